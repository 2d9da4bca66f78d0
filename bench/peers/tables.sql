-- The tables of a peer: those of our jobs service that the requests touch, with the tenant in every WHERE in place of row-level security.
CREATE TABLE companies (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    website text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX companies_tenant ON companies (tenant_id, created_at, id);

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

GRANT SELECT, INSERT ON companies, audit_log TO "{role}";
