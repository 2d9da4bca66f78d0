"""Recordings: each upload is a file of its own."""

from alembic import op

revision = "0009_recordings"
down_revision = "0008_videos"


def upgrade() -> None:
    op.execute("ALTER TABLE question_answers ADD COLUMN recording_id uuid")
    op.execute("UPDATE question_answers SET recording_id = id WHERE recording_type <> ''")
