"""Organizations, the ledger of credits, and plans."""

from alembic import op

revision = "0001_credits"
down_revision = None

TABLES = """
CREATE TABLE organizations (
    tenant_id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('personal', 'business')),
    created_at timestamptz NOT NULL
);

-- Rows that change often and grow no index: room on the page lets PostgreSQL change them in place.
CREATE TABLE credit_accounts (
    tenant_id uuid NOT NULL REFERENCES organizations,
    unit text NOT NULL CHECK (unit IN ('hiring', 'ai')),
    monthly bigint NOT NULL,
    lasting bigint NOT NULL,
    held bigint NOT NULL,
    monthly_until timestamptz,
    PRIMARY KEY (tenant_id, unit),
    CONSTRAINT credit_accounts_never_below_zero CHECK (monthly >= 0 AND lasting >= 0 AND held >= 0)
) WITH (fillfactor = 50);

-- One row is one booking, both sides of it: what it adds to the parts of the account, and to the world outside.
CREATE TABLE credit_transactions (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    unit text CHECK (unit IN ('hiring', 'ai')),
    type text NOT NULL CHECK (type IN ('PURCHASE', 'TAILOR', 'INTERVIEW', 'GRANT', 'REFUND', 'BONUS', 'EXPIRY', 'HOLD', 'RELEASE', 'VOID')),
    key text NOT NULL,
    monthly bigint NOT NULL,
    lasting bigint NOT NULL,
    held bigint NOT NULL,
    outside bigint NOT NULL,
    balance_after bigint NOT NULL CHECK (balance_after >= 0),
    description text NOT NULL,
    reference_id text NOT NULL,
    tokens_used bigint NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT credit_transactions_balanced CHECK (monthly + lasting + held + outside = 0),
    CONSTRAINT credit_transactions_void CHECK ((type = 'VOID') = (unit IS NULL)),
    CONSTRAINT credit_transactions_once UNIQUE (tenant_id, key)
);
CREATE INDEX credit_transactions_tenant ON credit_transactions (tenant_id, position);

CREATE TABLE plans (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    version integer NOT NULL,
    family text NOT NULL CHECK (family IN ('hiring', 'content')),
    description text NOT NULL,
    price bigint NOT NULL CHECK (price >= 0),
    currency text NOT NULL,
    credits bigint NOT NULL CHECK (credits >= 0),
    billing_cycle text NOT NULL CHECK (billing_cycle = 'monthly'),
    quotas jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT plans_version UNIQUE (name, version)
);
"""

# What was booked stays as it was booked, whoever asks; so does a plan that somebody may have bought.
FOR_GOOD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$;
CREATE TRIGGER credit_transactions_for_good BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_transactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plans_for_good BEFORE UPDATE OR DELETE OR TRUNCATE ON plans FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

POLICIES = """
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY organizations_own ON organizations FOR SELECT USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY organizations_system ON organizations USING ((SELECT app_system()));

ALTER TABLE credit_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY credit_accounts_own ON credit_accounts USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));

ALTER TABLE credit_transactions ENABLE ROW LEVEL SECURITY;
CREATE POLICY credit_transactions_read ON credit_transactions FOR SELECT USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
CREATE POLICY credit_transactions_book ON credit_transactions FOR INSERT WITH CHECK ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(FOR_GOOD)
    op.execute(POLICIES)
