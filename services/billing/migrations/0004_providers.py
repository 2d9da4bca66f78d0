"""Webhooks that are known by their bytes too, and what comparing the books with the providers' found."""

from alembic import op

revision = "0004_providers"
down_revision = "0003_payments"

TABLES = """
-- Razorpay's event ids are in a header that nobody signs, so the bytes that are signed count as well.
ALTER TABLE webhook_events ADD COLUMN digest bytea;
UPDATE webhook_events SET digest = sha256(body);
ALTER TABLE webhook_events ALTER COLUMN digest SET NOT NULL, ADD CONSTRAINT webhook_events_digest UNIQUE (provider, digest);

CREATE TABLE reconciliations (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    since timestamptz NOT NULL,
    charges integer NOT NULL,
    payments integer NOT NULL,
    differences jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX payments_since ON payments (provider, created_at);

ALTER TABLE reconciliations ENABLE ROW LEVEL SECURITY;
CREATE POLICY reconciliations_system ON reconciliations USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(TABLES)
