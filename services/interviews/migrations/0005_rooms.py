"""Rooms: who leases one, how far it has spoken, who leads, and who agrees to being recorded."""

from alembic import op

revision = "0005_rooms"
down_revision = "0001_interviews"

TABLES = """
CREATE TABLE rooms (
    interview_id uuid PRIMARY KEY REFERENCES interviews ON DELETE CASCADE,
    wanted_until timestamptz NOT NULL,
    lease_id uuid,
    lease_holder text NOT NULL,
    lease_until timestamptz,
    spoken_seq bigint NOT NULL,
    lead_user_id uuid,
    opened_at timestamptz NOT NULL
);
CREATE INDEX rooms_wanted ON rooms (wanted_until);

CREATE TABLE room_consents (
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    user_id uuid NOT NULL,
    agreed_at timestamptz NOT NULL,
    PRIMARY KEY (interview_id, user_id)
);
"""

POLICIES = """
ALTER TABLE rooms ENABLE ROW LEVEL SECURITY;
ALTER TABLE room_consents ENABLE ROW LEVEL SECURITY;

CREATE POLICY rooms_system ON rooms USING ((SELECT app_system()));
CREATE POLICY rooms_own ON rooms USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));

CREATE POLICY room_consents_system ON room_consents USING ((SELECT app_system()));
CREATE POLICY room_consents_own ON room_consents USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
