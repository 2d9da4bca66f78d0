"""Profiles that another one stands for in an organization, which ranks each person once."""

from alembic import op

revision = "0006_merged_profiles"
down_revision = "0005_tutors"


def upgrade() -> None:
    op.execute("ALTER TABLE candidate_profiles ADD merged_for uuid[] NOT NULL DEFAULT '{}'")
