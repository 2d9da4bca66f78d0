"""The tables of the chassis: audit log, events and cursors, idempotency keys, durable tasks."""

from alembic import op

revision = "0001_frame"
down_revision = None

# Policies ask these; a `(select ...)` around the call makes the planner compute it once a query.
FUNCTIONS = """
CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;
CREATE FUNCTION app_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(current_setting('app.system', true), '') = 'on' $$;
"""

TABLES = """
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    user_id uuid,
    service text NOT NULL,
    action text NOT NULL,
    ip_address inet,
    details jsonb NOT NULL,
    request_id text NOT NULL,
    timestamp timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_tenant ON audit_log (tenant_id, id);

CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    tenant_id uuid,
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE event_cursors (
    source text PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE idempotency_keys (
    scope_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    tenant_id uuid,
    request_hash bytea NOT NULL,
    answer bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope_id, method, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    tenant_id uuid,
    payload jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead', 'cancelled')),
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    max_attempts integer NOT NULL,
    leased_until timestamptz,
    lease_id uuid,
    last_error text,
    request_id text NOT NULL,
    traceparent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX tasks_due ON tasks (run_at) WHERE state = 'ready';
CREATE INDEX tasks_leased ON tasks (leased_until) WHERE state = 'running';
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE state = 'done';
"""

POLICIES = """
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_log_write ON audit_log FOR INSERT WITH CHECK (true);
CREATE POLICY audit_log_read ON audit_log FOR SELECT USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_write ON events FOR INSERT WITH CHECK (true);
CREATE POLICY events_read ON events FOR SELECT USING ((SELECT app_system()));

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_own ON idempotency_keys USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));

ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tasks_write ON tasks FOR INSERT WITH CHECK (true);
CREATE POLICY tasks_run ON tasks USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute(TABLES)
    op.execute(POLICIES)
