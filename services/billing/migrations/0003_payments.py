"""Subscriptions, invoices, payments, and what providers told of them."""

from alembic import op

revision = "0003_payments"
down_revision = "0002_holds"

TABLES = """
ALTER TABLE plans ADD COLUMN trial_days integer NOT NULL DEFAULT 0;

CREATE TABLE subscriptions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    family text NOT NULL,
    plan_id uuid NOT NULL REFERENCES plans,
    next_plan_id uuid REFERENCES plans,
    payment_method text NOT NULL,
    payment_id uuid,
    status text NOT NULL CHECK (status IN ('incomplete', 'trialing', 'active', 'past_due', 'suspended', 'cancelled')),
    start_date timestamptz NOT NULL,
    end_date timestamptz,
    anchor_at timestamptz NOT NULL,
    cycle integer NOT NULL,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    auto_renew boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX subscriptions_one_a_family ON subscriptions (tenant_id, family) WHERE status <> 'cancelled';
CREATE INDEX subscriptions_tenant ON subscriptions (tenant_id, id);

CREATE TABLE invoice_numbers (
    tenant_id uuid PRIMARY KEY REFERENCES organizations,
    last integer NOT NULL
);

CREATE TABLE invoices (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    number integer,
    kind text NOT NULL CHECK (kind IN ('package', 'first', 'renewal', 'upgrade', 'credit_note')),
    subscription_id uuid REFERENCES subscriptions,
    plan_id uuid REFERENCES plans,
    package_id text,
    credited_id uuid REFERENCES invoices,
    status text NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'void')),
    description text NOT NULL,
    subtotal bigint NOT NULL,
    tax bigint NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    credits bigint NOT NULL,
    period_start timestamptz,
    period_end timestamptz,
    invoice_date timestamptz NOT NULL,
    due_date timestamptz NOT NULL,
    payment_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT invoices_sum CHECK (subtotal + tax = amount),
    CONSTRAINT invoices_numbered CHECK (number IS NOT NULL OR status IN ('draft', 'void')),
    CONSTRAINT invoices_number UNIQUE (tenant_id, number)
);
CREATE UNIQUE INDEX invoices_one_a_period ON invoices (subscription_id, period_start) WHERE kind IN ('first', 'renewal') AND status <> 'void';
CREATE INDEX invoices_tenant ON invoices (tenant_id, id);

-- A payment is written down before its provider is asked for it, and says then what came of it.
CREATE TABLE payments (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    invoice_id uuid NOT NULL REFERENCES invoices,
    provider text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'requires_action', 'succeeded', 'failed')),
    amount bigint NOT NULL CHECK (amount > 0),
    refunded bigint NOT NULL CHECK (refunded >= 0),
    currency text NOT NULL,
    customer text NOT NULL,
    method text NOT NULL,
    off_session boolean NOT NULL,
    attempt integer NOT NULL,
    handle text NOT NULL,
    failure text NOT NULL,
    success_url text NOT NULL,
    cancel_url text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payments_not_over_refunded CHECK (refunded <= amount)
);
CREATE UNIQUE INDEX payments_handle ON payments (provider, handle) WHERE handle <> '';
CREATE INDEX payments_tenant ON payments (tenant_id, id);
CREATE INDEX payments_invoice ON payments (invoice_id);

CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    payment_id uuid NOT NULL REFERENCES payments,
    amount bigint NOT NULL CHECK (amount > 0),
    status text NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    handle text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX refunds_payment ON refunds (payment_id);

-- What a provider knows an organization as, and the method that it saved for renewals.
CREATE TABLE payment_customers (
    tenant_id uuid NOT NULL REFERENCES organizations,
    provider text NOT NULL,
    customer text NOT NULL,
    method text NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);

-- Every webhook whose signature is right, as it came; of no tenant until it is applied.
CREATE TABLE webhook_events (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    handle text NOT NULL,
    reference text NOT NULL,
    body bytea NOT NULL,
    outcome text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT webhook_events_once UNIQUE (provider, event_id)
);
"""

POLICIES = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_own ON {table} USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
"""
    for table in ("subscriptions", "invoice_numbers", "invoices", "payments", "refunds", "payment_customers")
)
HOOKS = """
ALTER TABLE webhook_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY webhook_events_system ON webhook_events USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
    op.execute(HOOKS)
