"""Webhooks: the endpoints of organizations, what they are told, and each attempt to tell it."""

from alembic import op

revision = "0005_webhooks"
down_revision = "0004_people_who_go"

TABLES = """
CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    url text NOT NULL,
    description text NOT NULL,
    event_types text[] NOT NULL,
    status text NOT NULL CHECK (status IN ('on', 'switched_off', 'gone', 'failing')),
    secret_version integer NOT NULL,
    old_secret_until timestamptz,
    failing_since timestamptz,
    resting_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_tenant ON webhook_endpoints (tenant_id, id);

CREATE TABLE webhook_messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    event_type text NOT NULL,
    payload text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX webhook_messages_tenant ON webhook_messages (tenant_id, created_at);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    message_id uuid NOT NULL REFERENCES webhook_messages ON DELETE CASCADE,
    status text NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts integer NOT NULL,
    attempts_before integer NOT NULL CHECK (attempts_before <= attempts),
    task_id uuid NOT NULL,
    next_attempt_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT webhook_deliveries_once UNIQUE (message_id, endpoint_id)
);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);

CREATE TABLE webhook_attempts (
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    http_status integer NOT NULL,
    problem text NOT NULL,
    milliseconds integer NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
"""

# Attempts are written by tasks, in the system scope alone.
POLICIES = """
ALTER TABLE webhook_endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY webhook_endpoints_system ON webhook_endpoints USING ((SELECT app_system()));
CREATE POLICY webhook_endpoints_own ON webhook_endpoints USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY webhook_messages_system ON webhook_messages USING ((SELECT app_system()));
CREATE POLICY webhook_messages_own ON webhook_messages USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY webhook_deliveries_system ON webhook_deliveries USING ((SELECT app_system()));
CREATE POLICY webhook_deliveries_own ON webhook_deliveries USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY webhook_attempts_system ON webhook_attempts USING ((SELECT app_system()));
CREATE POLICY webhook_attempts_read ON webhook_attempts FOR SELECT USING (
    EXISTS (SELECT FROM webhook_deliveries d WHERE d.id = delivery_id AND d.tenant_id = (SELECT app_tenant())));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
