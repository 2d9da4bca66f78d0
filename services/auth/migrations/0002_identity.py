"""Sessions as people see them, forgiven refresh tokens, mailed links, second factors, linked identities, exports."""

from alembic import op

revision = "0002_identity"
down_revision = "0001_accounts"

TABLES = """
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
ALTER TABLE users ADD COLUMN deleted_at timestamptz;

ALTER TABLE sessions ADD COLUMN user_agent text NOT NULL DEFAULT '';
ALTER TABLE sessions ALTER COLUMN user_agent DROP DEFAULT;
ALTER TABLE sessions ADD COLUMN last_used_at timestamptz;
ALTER TABLE sessions ADD COLUMN expires_at timestamptz;
UPDATE sessions SET last_used_at = created_at,
    expires_at = coalesce((SELECT max(r.expires_at) FROM refresh_tokens r WHERE r.session_id = sessions.id), created_at);
ALTER TABLE sessions ALTER COLUMN last_used_at SET NOT NULL;
ALTER TABLE sessions ALTER COLUMN expires_at SET NOT NULL;

ALTER TABLE refresh_tokens ADD COLUMN successor_hash bytea;
ALTER TABLE refresh_tokens ADD COLUMN forgiven_at timestamptz;

CREATE TABLE mailed_links (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX mailed_links_user ON mailed_links (user_id, purpose) WHERE used_at IS NULL;

CREATE TABLE second_factors (
    user_id uuid PRIMARY KEY REFERENCES users,
    secret bytea NOT NULL,
    last_step bigint NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz
);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE login_challenges (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts int NOT NULL,
    used_at timestamptz
);
CREATE INDEX login_challenges_user ON login_challenges (user_id);

CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX identities_user ON identities (user_id, issuer);

CREATE TABLE sign_in_attempts (
    state_hash bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    nonce text NOT NULL,
    verifier bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE exports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users,
    status text NOT NULL CHECK (status IN ('preparing', 'ready', 'expired')),
    created_at timestamptz NOT NULL,
    ready_at timestamptz,
    expires_at timestamptz
);
CREATE INDEX exports_user ON exports (user_id, id);
"""

# What is asked for before anybody is signed in is seen by the system scope alone.
POLICIES = """
ALTER TABLE mailed_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_challenges ENABLE ROW LEVEL SECURITY;
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;

CREATE POLICY mailed_links_system ON mailed_links USING ((SELECT app_system()));
CREATE POLICY second_factors_system ON second_factors USING ((SELECT app_system()));
CREATE POLICY second_factors_self ON second_factors USING (user_id = (SELECT app_user()));
CREATE POLICY recovery_codes_system ON recovery_codes USING ((SELECT app_system()));
CREATE POLICY recovery_codes_self ON recovery_codes USING (user_id = (SELECT app_user()));
CREATE POLICY login_challenges_system ON login_challenges USING ((SELECT app_system()));
CREATE POLICY identities_system ON identities USING ((SELECT app_system()));
CREATE POLICY identities_self ON identities FOR SELECT USING (user_id = (SELECT app_user()));
CREATE POLICY sign_in_attempts_system ON sign_in_attempts USING ((SELECT app_system()));
CREATE POLICY exports_system ON exports USING ((SELECT app_system()));
CREATE POLICY exports_self ON exports USING (user_id = (SELECT app_user()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
