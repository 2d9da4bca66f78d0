"""Candidates, the lists of their profiles, their CVs, and the organizations that may see them."""

from alembic import op

revision = "0001_candidates"
down_revision = None

TABLES = """
CREATE TABLE candidates (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL CONSTRAINT candidates_one_a_person UNIQUE,
    first_name text NOT NULL,
    last_name text NOT NULL,
    dob date,
    email text NOT NULL,
    phone text NOT NULL,
    location text NOT NULL,
    headline text NOT NULL,
    summary text NOT NULL,
    discoverable boolean NOT NULL,
    typed text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX candidates_tenant ON candidates (tenant_id);

CREATE TABLE education (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    degree text NOT NULL,
    university text NOT NULL,
    start_year integer NOT NULL,
    end_year integer NOT NULL
);
CREATE INDEX education_candidate ON education (candidate_id, id);

CREATE TABLE work_experience (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    company_name text NOT NULL,
    job_title text NOT NULL,
    start_date text NOT NULL,
    end_date text NOT NULL,
    description text NOT NULL
);
CREATE INDEX work_experience_candidate ON work_experience (candidate_id, id);

CREATE TABLE skills (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    skill_name text NOT NULL
);
CREATE INDEX skills_candidate ON skills (candidate_id, id);
CREATE UNIQUE INDEX skills_once ON skills (candidate_id, lower(skill_name));

CREATE TABLE certifications (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    title text NOT NULL,
    issued_by text NOT NULL,
    issue_date text NOT NULL
);
CREATE INDEX certifications_candidate ON certifications (candidate_id, id);

CREATE TABLE cvs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    candidate_id uuid NOT NULL REFERENCES candidates,
    file_name text NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'parsed', 'unreadable')),
    reason text NOT NULL,
    findings jsonb NOT NULL,
    unread jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    parsed_at timestamptz
);
CREATE INDEX cvs_candidate ON cvs (candidate_id, id);
CREATE UNIQUE INDEX cvs_queued_once ON cvs (candidate_id, sha256) WHERE status = 'queued';

CREATE TABLE grants (
    candidate_id uuid NOT NULL REFERENCES candidates,
    tenant_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (candidate_id, tenant_id)
);
"""

# The person reads and writes what is theirs; an organization reads whom it was granted and whoever is discoverable; CVs are the person's alone.
# The policies of the lists ask that of candidates, which asks that of grants, which asks nobody.
POLICIES = """
ALTER TABLE candidates ENABLE ROW LEVEL SECURITY;
CREATE POLICY candidates_system ON candidates USING ((SELECT app_system()));
CREATE POLICY candidates_own ON candidates USING (user_id = (SELECT app_user()))
    WITH CHECK (user_id = (SELECT app_user()) AND tenant_id = (SELECT app_tenant()));
CREATE POLICY candidates_read ON candidates FOR SELECT USING (
    tenant_id = (SELECT app_tenant()) OR (discoverable AND (SELECT app_tenant()) IS NOT NULL)
    OR EXISTS (SELECT FROM grants g WHERE g.candidate_id = candidates.id AND g.tenant_id = (SELECT app_tenant())));

ALTER TABLE grants ENABLE ROW LEVEL SECURITY;
CREATE POLICY grants_system ON grants USING ((SELECT app_system()));
CREATE POLICY grants_read ON grants FOR SELECT USING (tenant_id = (SELECT app_tenant()));

ALTER TABLE cvs ENABLE ROW LEVEL SECURITY;
CREATE POLICY cvs_system ON cvs USING ((SELECT app_system()));
CREATE POLICY cvs_own ON cvs USING (user_id = (SELECT app_user()))
    WITH CHECK (user_id = (SELECT app_user()) AND tenant_id = (SELECT app_tenant()));
"""

LISTS = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {table}_system ON {table} USING ((SELECT app_system()));
CREATE POLICY {table}_own ON {table} USING (
    EXISTS (SELECT FROM candidates c WHERE c.id = candidate_id AND c.user_id = (SELECT app_user())));
CREATE POLICY {table}_read ON {table} FOR SELECT USING (EXISTS (SELECT FROM candidates c WHERE c.id = candidate_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
    for table in ("education", "work_experience", "skills", "certifications"):
        op.execute(LISTS.format(table=table))
