"""Which profile stands for another one in an organization, so that it is shown with the applications of both."""

from alembic import op

revision = "0008_applications_of_doubles"
down_revision = "0007_salary_periods"


def upgrade() -> None:
    op.execute("ALTER TABLE candidate_profiles ADD merged_into uuid[] NOT NULL DEFAULT '{}'")
    op.execute("CREATE INDEX candidate_profiles_merged ON candidate_profiles USING gin (merged_into) WHERE merged_into <> '{}'")
