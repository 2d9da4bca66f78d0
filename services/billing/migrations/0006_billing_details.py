"""Whom invoices are made out to, as the organization says, and as each was when it was issued."""

from alembic import op

revision = "0006_billing_details"
down_revision = "0005_spend"

TABLES = """
CREATE TABLE billing_details (
    tenant_id uuid PRIMARY KEY,
    name text NOT NULL,
    address text NOT NULL,
    country text NOT NULL,
    tax_id text NOT NULL
);
ALTER TABLE billing_details ENABLE ROW LEVEL SECURITY;
CREATE POLICY billing_details_own ON billing_details USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));

ALTER TABLE invoices ADD COLUMN billed_to text NOT NULL DEFAULT '';
ALTER TABLE invoices ALTER COLUMN billed_to DROP DEFAULT;
"""


def upgrade() -> None:
    op.execute(TABLES)
