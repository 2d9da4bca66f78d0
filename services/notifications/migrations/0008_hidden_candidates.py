"""Reminders of interviews whose organization does not know yet who the candidate is."""

from alembic import op

revision = "0008_hidden_candidates"
down_revision = "0007_problems"


def upgrade() -> None:
    op.execute("ALTER TABLE interview_reminders ADD candidate_hidden boolean NOT NULL DEFAULT false")
