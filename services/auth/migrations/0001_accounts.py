"""Accounts, organizations, sessions and signing keys."""

from alembic import op

revision = "0001_accounts"
down_revision = None

TABLES = """
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    password_hash text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    picture_url text NOT NULL,
    is_platform_admin boolean NOT NULL,
    personal_organization_id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('personal', 'business')),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX organizations_one_personal ON organizations (owner_id) WHERE kind = 'personal';

CREATE TABLE members (
    tenant_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX members_user ON members (user_id, tenant_id);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    tenant_id uuid NOT NULL REFERENCES organizations,
    ip_address inet,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE revoked_at IS NULL;

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    key_id text PRIMARY KEY,
    algorithm text NOT NULL,
    private_key bytea NOT NULL,
    public_key jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);
"""

# Signing in happens before there is a tenant, in the system scope; everything else sees the caller's own and their active organization's.
POLICIES = """
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY;

-- Runs as the owner of the tables: the policies of members and organizations would otherwise ask each other without end.
CREATE FUNCTION is_owner(organization uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT FROM organizations o WHERE o.id = organization AND o.owner_id = person) $$;

CREATE POLICY members_system ON members USING ((SELECT app_system()));
CREATE POLICY members_read ON members FOR SELECT USING (tenant_id = (SELECT app_tenant()) OR user_id = (SELECT app_user()));
CREATE POLICY members_write ON members FOR INSERT WITH CHECK (
    user_id = (SELECT app_user()) AND role = 'owner' AND is_owner(tenant_id, user_id));

CREATE POLICY organizations_system ON organizations USING ((SELECT app_system()));
CREATE POLICY organizations_read ON organizations FOR SELECT USING (
    id = (SELECT app_tenant()) OR owner_id = (SELECT app_user())
    OR EXISTS (SELECT FROM members m WHERE m.tenant_id = organizations.id AND m.user_id = (SELECT app_user())));
CREATE POLICY organizations_create ON organizations FOR INSERT WITH CHECK (owner_id = (SELECT app_user()));

CREATE POLICY users_system ON users USING ((SELECT app_system()));
CREATE POLICY users_self ON users USING (id = (SELECT app_user()));
CREATE POLICY users_colleagues ON users FOR SELECT USING (
    EXISTS (SELECT FROM members m WHERE m.user_id = users.id AND m.tenant_id = (SELECT app_tenant())));

CREATE POLICY sessions_system ON sessions USING ((SELECT app_system()));
CREATE POLICY sessions_self ON sessions USING (user_id = (SELECT app_user()));

CREATE POLICY refresh_tokens_system ON refresh_tokens USING ((SELECT app_system()));
CREATE POLICY signing_keys_system ON signing_keys USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
