"""Whoever applies brings their profile along, so that it is there before the event that tells of it."""

from alembic import op

revision = "0002_profiles_of_applicants"
down_revision = "0001_jobs"

# Position 0 comes before every event's: what the follower stores always replaces it, and it never replaces that.
POLICY = """
CREATE POLICY candidate_profiles_bring ON candidate_profiles FOR INSERT WITH CHECK (user_id = (SELECT app_user()) AND position = 0);
"""


def upgrade() -> None:
    op.execute(POLICY)
