"""Who sees the parts of a profile, asked of functions: their plans are kept by the connection, where a policy's own queries are planned with each statement."""

from alembic import op

revision = "0004_quicker_policies"
down_revision = "0003_duplicates"

FUNCTIONS = """
CREATE FUNCTION sees_candidate(id uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN EXISTS (SELECT FROM candidates c WHERE c.id = sees_candidate.id); END $$;
CREATE FUNCTION is_candidate(id uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN EXISTS (SELECT FROM candidates c WHERE c.id = is_candidate.id AND c.user_id = app_user()); END $$;
"""

POLICIES = """
DROP POLICY {table}_own ON {table};
DROP POLICY {table}_read ON {table};
CREATE POLICY {table}_read ON {table} FOR SELECT USING (sees_candidate(candidate_id));
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (is_candidate(candidate_id));
CREATE POLICY {table}_update ON {table} FOR UPDATE USING (is_candidate(candidate_id));
CREATE POLICY {table}_delete ON {table} FOR DELETE USING (is_candidate(candidate_id));
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for table in ("skills", "work_experience", "education", "certifications", "languages", "projects"):
        op.execute(POLICIES.format(table=table))
