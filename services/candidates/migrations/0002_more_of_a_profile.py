"""Links, languages and projects of a profile; how far a CV is read, and its text."""

from alembic import op

revision = "0002_more_of_a_profile"
down_revision = "0001_candidates"

TABLES = """
ALTER TABLE candidates ADD COLUMN links text[] NOT NULL DEFAULT '{}';

CREATE TABLE languages (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    name text NOT NULL,
    level text NOT NULL
);
CREATE INDEX languages_candidate ON languages (candidate_id, id);

CREATE TABLE projects (
    id uuid PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates,
    source text NOT NULL CHECK (source IN ('person', 'cv')),
    name text NOT NULL,
    description text NOT NULL,
    url text NOT NULL
);
CREATE INDEX projects_candidate ON projects (candidate_id, id);

ALTER TABLE cvs ADD COLUMN step text NOT NULL DEFAULT 'done' CHECK (step IN ('waiting', 'reading', 'filling', 'done'));

CREATE TABLE cv_texts (
    cv_id uuid PRIMARY KEY REFERENCES cvs,
    text text NOT NULL
);
"""

POLICIES = """
ALTER TABLE cv_texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY cv_texts_system ON cv_texts USING ((SELECT app_system()));
CREATE POLICY cv_texts_own ON cv_texts FOR SELECT USING (
    EXISTS (SELECT FROM cvs c WHERE c.id = cv_id AND c.user_id = (SELECT app_user())));
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
    for table in ("languages", "projects"):
        op.execute(LISTS.format(table=table))
