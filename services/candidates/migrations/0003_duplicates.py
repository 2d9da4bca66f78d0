"""Candidates of an organization that look like one person, and what tells them."""

from alembic import op

revision = "0003_duplicates"
down_revision = "0002_more_of_a_profile"

# The last nine digits of a number are the same however it is written, with a country's prefix or without.
TABLES = r"""
CREATE INDEX candidates_email ON candidates (lower(email)) WHERE email <> '';
CREATE INDEX candidates_phone ON candidates (right(regexp_replace(phone, '\D', '', 'g'), 9)) WHERE phone <> '';
CREATE INDEX grants_tenant ON grants (tenant_id, candidate_id);

ALTER TABLE cv_texts ADD COLUMN sketch bigint[] NOT NULL DEFAULT '{}', ADD COLUMN bands bigint[] NOT NULL DEFAULT '{}';
CREATE INDEX cv_texts_bands ON cv_texts USING gin (bands);

CREATE TABLE duplicates (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    one_id uuid NOT NULL REFERENCES candidates,
    other_id uuid NOT NULL REFERENCES candidates,
    reasons text[] NOT NULL,
    likeness double precision NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'merged', 'dismissed')),
    kept_id uuid,
    created_at timestamptz NOT NULL,
    CHECK (one_id < other_id),
    CHECK ((state = 'merged') = (kept_id IS NOT NULL)),
    CONSTRAINT duplicates_once UNIQUE (tenant_id, one_id, other_id)
);
CREATE INDEX duplicates_of_tenant ON duplicates (tenant_id, state, id);

ALTER TABLE duplicates ENABLE ROW LEVEL SECURITY;
CREATE POLICY duplicates_system ON duplicates USING ((SELECT app_system()));
CREATE POLICY duplicates_tenant ON duplicates USING (tenant_id = (SELECT app_tenant()));
"""


def upgrade() -> None:
    op.execute(TABLES)
