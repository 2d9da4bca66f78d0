"""Invitations, workspaces, API keys, and organizations that are suspended."""

from alembic import op

revision = "0003_organizations"
down_revision = "0002_identity"

TABLES = """
ALTER TABLE organizations ADD COLUMN suspended_at timestamptz;
ALTER TABLE organizations ADD COLUMN suspended_for text;

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    token_hash bytea NOT NULL,
    invited_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_one_open ON invitations (tenant_id, lower(email)) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_tenant ON invitations (tenant_id, id);

CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX workspaces_name ON workspaces (tenant_id, lower(name));
CREATE INDEX workspaces_tenant ON workspaces (tenant_id, id);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL REFERENCES users,
    name text NOT NULL,
    prefix text NOT NULL,
    key_hash bytea NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (key_hash);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, id);

-- What a process that starts asks for: the revocations of the last half hour, however many events there are.
CREATE INDEX events_revoking ON events (created_at) WHERE kind IN (
    'session.revoked', 'api_key.revoked', 'member.removed', 'member.changed', 'organization.suspended');
"""

# Who founded an organization and has left it sees it no longer. An invitation is accepted by somebody who is not yet in the tenant, in the system scope.
POLICIES = """
DROP POLICY organizations_read ON organizations;
CREATE POLICY organizations_read ON organizations FOR SELECT USING (
    id = (SELECT app_tenant()) OR EXISTS (SELECT FROM members m WHERE m.tenant_id = organizations.id AND m.user_id = (SELECT app_user())));
CREATE POLICY organizations_change ON organizations FOR UPDATE USING (id = (SELECT app_tenant()));
CREATE POLICY members_change ON members FOR UPDATE USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY members_remove ON members FOR DELETE USING (tenant_id = (SELECT app_tenant()));

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY invitations_system ON invitations USING ((SELECT app_system()));
CREATE POLICY invitations_tenant ON invitations USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY workspaces_system ON workspaces USING ((SELECT app_system()));
CREATE POLICY workspaces_tenant ON workspaces USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY api_keys_system ON api_keys USING ((SELECT app_system()));
CREATE POLICY api_keys_tenant ON api_keys USING (tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
