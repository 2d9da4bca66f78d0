"""Blind mode, what an organization keeps on an application, what applicants say of themselves, and words that keep their signs."""

from alembic import op

revision = "0004_pipeline"
down_revision = "0003_matching_index"

# `blind_until` is that of the job on the day of the application: what people applied under stays. `reached` is the furthest stage that it stood at.
APPLICATIONS = """
ALTER TABLE jobs ADD blind_until text NOT NULL DEFAULT '' CHECK (blind_until IN ('', 'screening', 'interview', 'offer', 'hired'));
ALTER TABLE applications
    ADD source text NOT NULL DEFAULT '',
    ADD blind_until text NOT NULL DEFAULT '' CHECK (blind_until IN ('', 'screening', 'interview', 'offer', 'hired')),
    ADD reached text NOT NULL DEFAULT 'applied' CHECK (reached IN ('applied', 'screening', 'interview', 'offer', 'hired'));
UPDATE applications SET reached = status WHERE status IN ('screening', 'interview', 'offer', 'hired');
UPDATE applications a SET reached = c.from_status FROM status_changes c
    WHERE c.application_id = a.id AND a.status IN ('rejected', 'withdrawn') AND c.to_status = a.status
    AND c.from_status IN ('screening', 'interview', 'offer', 'hired');
CREATE INDEX applications_job ON applications (job_id, id);
"""

# The service writes the words, as no text search configuration of the database keeps "C++" apart from "C". Those of jobs that are here already are
# taken in much the same way.
WORDS = r"""
ALTER TABLE jobs DROP COLUMN words;
ALTER TABLE jobs ADD words tsvector NOT NULL DEFAULT '';
UPDATE jobs SET words = array_to_tsvector(ARRAY(
    SELECT DISTINCT left(found[1], 100)
    FROM regexp_matches(lower(concat_ws(' ', title, description, company_name, key_skills)), '(\.net\M|\w+(?:\+\+|#(?!\w))?)', 'g') found));
"""

TABLES = """
CREATE TABLE notes (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    application_id uuid NOT NULL REFERENCES applications,
    author_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX notes_application ON notes (application_id, id);

CREATE TABLE scorecards (
    application_id uuid NOT NULL REFERENCES applications,
    author_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    ratings jsonb NOT NULL,
    recommendation text NOT NULL,
    comment text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (application_id, author_id)
);

-- Nobody of the organization ever reads a row: the report counts them as the service itself.
CREATE TABLE self_identifications (
    application_id uuid PRIMARY KEY REFERENCES applications,
    user_id uuid NOT NULL,
    gender text NOT NULL,
    ethnicity text NOT NULL,
    age_group text NOT NULL,
    disability text NOT NULL
);
"""

POLICIES = """
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE scorecards ENABLE ROW LEVEL SECURITY;
ALTER TABLE self_identifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY notes_system ON notes USING ((SELECT app_system()));
CREATE POLICY notes_own ON notes USING (tenant_id = (SELECT app_tenant())) WITH CHECK (
    tenant_id = (SELECT app_tenant()) AND author_id = (SELECT app_user())
    AND EXISTS (SELECT FROM applications a WHERE a.id = application_id AND a.tenant_id = (SELECT app_tenant())));

CREATE POLICY scorecards_system ON scorecards USING ((SELECT app_system()));
CREATE POLICY scorecards_read ON scorecards FOR SELECT USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY scorecards_write ON scorecards USING (tenant_id = (SELECT app_tenant()) AND author_id = (SELECT app_user())) WITH CHECK (
    tenant_id = (SELECT app_tenant()) AND author_id = (SELECT app_user())
    AND EXISTS (SELECT FROM applications a WHERE a.id = application_id AND a.tenant_id = (SELECT app_tenant())));

CREATE POLICY self_identifications_system ON self_identifications USING ((SELECT app_system()));
CREATE POLICY self_identifications_own ON self_identifications USING (user_id = (SELECT app_user())) WITH CHECK (
    user_id = (SELECT app_user())
    AND EXISTS (SELECT FROM applications a WHERE a.id = application_id AND a.user_id = (SELECT app_user())));
"""


def upgrade() -> None:
    op.execute(APPLICATIONS)
    op.execute(WORDS)
    op.execute(TABLES)
    op.execute(POLICIES)
