"""Tokens used, by organization, day, purpose and provider."""

from alembic import op

revision = "0001_usage"
down_revision = None

TABLES = """
CREATE TABLE usage (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    purpose text NOT NULL,
    provider text NOT NULL,
    prompt_tokens bigint NOT NULL CHECK (prompt_tokens >= 0),
    completion_tokens bigint NOT NULL CHECK (completion_tokens >= 0),
    requests bigint NOT NULL CHECK (requests >= 0),
    PRIMARY KEY (tenant_id, day, purpose, provider)
);
"""

POLICIES = """
ALTER TABLE usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY usage_system ON usage USING ((SELECT app_system()));
CREATE POLICY usage_tenant ON usage USING (tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
