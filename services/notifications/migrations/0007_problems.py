"""The errors of services, by kind: what the operator was told of, and what not yet."""

from alembic import op

revision = "0007_problems"
down_revision = "0006_delivery"

TABLES = """
CREATE TABLE problems (
    fingerprint text PRIMARY KEY,
    service text NOT NULL,
    method text NOT NULL,
    exception text NOT NULL,
    place text NOT NULL,
    request_id text NOT NULL,
    count bigint NOT NULL,
    untold bigint NOT NULL CHECK (untold >= 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    told_at timestamptz,
    mailed_at timestamptz
);
ALTER TABLE problems ENABLE ROW LEVEL SECURITY;
CREATE POLICY problems_system ON problems USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(TABLES)
