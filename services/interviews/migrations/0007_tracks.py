"""Tracks: what was recorded of each voice in a room, in pieces."""

from alembic import op

revision = "0007_tracks"
down_revision = "0006_code"

TABLES = """
CREATE TABLE track_pieces (
    track_id uuid NOT NULL,
    number integer NOT NULL,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    user_id uuid,
    speaker text NOT NULL CHECK (speaker IN ('interviewer', 'candidate', 'colleague')),
    file_id uuid NOT NULL,
    size_bytes integer NOT NULL,
    milliseconds integer NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT track_pieces_number PRIMARY KEY (track_id, number)
);
CREATE INDEX track_pieces_interview ON track_pieces (interview_id, started_at);
"""

POLICIES = """
ALTER TABLE track_pieces ENABLE ROW LEVEL SECURITY;

CREATE POLICY track_pieces_system ON track_pieces USING ((SELECT app_system()));
CREATE POLICY track_pieces_own ON track_pieces USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
