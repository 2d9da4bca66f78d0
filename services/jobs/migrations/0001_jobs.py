"""Companies, jobs, applications with their history, and the copy of candidates' profiles that matching reads."""

from alembic import op

revision = "0001_jobs"
down_revision = None

# No index on `words`: under row-level security the planner may not ask it before the policy, so that a list walks jobs_published and looks at each.
TABLES = """
CREATE TABLE companies (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    created_by uuid NOT NULL,
    name text NOT NULL,
    website text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX companies_tenant ON companies (tenant_id, id);

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    company_id uuid NOT NULL REFERENCES companies,
    company_name text NOT NULL,
    created_by uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    location text NOT NULL,
    remote boolean NOT NULL,
    salary_min bigint,
    salary_max bigint,
    salary_currency text,
    key_skills jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'published', 'closed')),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || description)) STORED,
    CHECK (num_nulls(salary_min, salary_max, salary_currency) IN (0, 3))
);
CREATE INDEX jobs_tenant ON jobs (tenant_id, id);
CREATE INDEX jobs_published ON jobs (id) WHERE status = 'published';

CREATE TABLE applications (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    job_id uuid NOT NULL REFERENCES jobs,
    candidate_id uuid NOT NULL,
    user_id uuid NOT NULL,
    candidate_name text NOT NULL,
    cover_letter text NOT NULL,
    status text NOT NULL CHECK (status IN ('applied', 'screening', 'interview', 'offer', 'hired', 'rejected', 'withdrawn')),
    match_score numeric(4, 1) NOT NULL,
    explanation jsonb NOT NULL,
    interview_at timestamptz,
    reminder_id uuid,
    applied_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT applications_once UNIQUE (job_id, candidate_id)
);
CREATE INDEX applications_tenant ON applications (tenant_id, id);
CREATE INDEX applications_user ON applications (user_id, id);
CREATE INDEX applications_candidate ON applications (candidate_id, tenant_id);

CREATE TABLE status_changes (
    id uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications,
    from_status text NOT NULL,
    to_status text NOT NULL,
    reason text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX status_changes_application ON status_changes (application_id, id);

CREATE TABLE candidate_profiles (
    candidate_id uuid PRIMARY KEY,
    user_id uuid,
    tenant_id uuid,
    display_name text NOT NULL,
    headline text NOT NULL,
    discoverable boolean NOT NULL,
    text jsonb,
    position bigint NOT NULL
);
CREATE INDEX candidate_profiles_position ON candidate_profiles (position);
"""

# The policies of jobs, status_changes and candidate_profiles ask that of applications, which asks no other.
POLICIES = """
ALTER TABLE companies ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE candidate_profiles ENABLE ROW LEVEL SECURITY;

-- Runs as the owner of the tables: the policies of jobs and applications would otherwise ask each other without end.
CREATE FUNCTION takes_applications(job uuid, organization uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
    AS $$ SELECT EXISTS (SELECT FROM jobs j WHERE j.id = job AND j.tenant_id = organization AND j.status = 'published') $$;

CREATE POLICY companies_system ON companies USING ((SELECT app_system()));
CREATE POLICY companies_own ON companies USING (tenant_id = (SELECT app_tenant()));

CREATE POLICY jobs_system ON jobs USING ((SELECT app_system()));
CREATE POLICY jobs_own ON jobs USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY jobs_read ON jobs FOR SELECT USING (
    status = 'published'
    OR EXISTS (SELECT FROM applications a WHERE a.job_id = jobs.id AND a.user_id = (SELECT app_user())));

CREATE POLICY applications_system ON applications USING ((SELECT app_system()));
CREATE POLICY applications_read ON applications FOR SELECT USING (tenant_id = (SELECT app_tenant()) OR user_id = (SELECT app_user()));
CREATE POLICY applications_move ON applications FOR UPDATE USING (tenant_id = (SELECT app_tenant()) OR user_id = (SELECT app_user()));
CREATE POLICY applications_create ON applications FOR INSERT WITH CHECK (
    user_id = (SELECT app_user()) AND takes_applications(job_id, tenant_id));

CREATE POLICY status_changes_system ON status_changes USING ((SELECT app_system()));
CREATE POLICY status_changes_read ON status_changes FOR SELECT USING (EXISTS (SELECT FROM applications a WHERE a.id = application_id));
CREATE POLICY status_changes_add ON status_changes FOR INSERT WITH CHECK (
    user_id = (SELECT app_user()) AND EXISTS (SELECT FROM applications a WHERE a.id = application_id));

CREATE POLICY candidate_profiles_system ON candidate_profiles USING ((SELECT app_system()));
CREATE POLICY candidate_profiles_read ON candidate_profiles FOR SELECT USING (
    user_id = (SELECT app_user()) OR (discoverable AND (SELECT app_tenant()) IS NOT NULL)
    OR EXISTS (SELECT FROM applications a WHERE a.candidate_id = candidate_profiles.candidate_id AND a.tenant_id = (SELECT app_tenant())));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
