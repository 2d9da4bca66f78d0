"""Credits that are set aside for work that has begun."""

from alembic import op

revision = "0002_holds"
down_revision = "0001_credits"

TABLES = """
CREATE TABLE credit_holds (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    unit text NOT NULL CHECK (unit IN ('hiring', 'ai')),
    amount bigint NOT NULL CHECK (amount > 0),
    status text NOT NULL CHECK (status IN ('open', 'settled', 'released', 'expired')),
    expires_at timestamptz NOT NULL
);
CREATE INDEX credit_holds_open ON credit_holds (tenant_id, unit) WHERE status = 'open';

-- What a hold's end looks up.
CREATE INDEX credit_transactions_id ON credit_transactions (id) WHERE type = 'HOLD';

ALTER TABLE credit_holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY credit_holds_own ON credit_holds USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(TABLES)
