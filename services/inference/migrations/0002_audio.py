"""Seconds of audio beside the tokens that were used."""

from alembic import op

revision = "0002_audio"
down_revision = "0001_usage"


def upgrade() -> None:
    op.execute("ALTER TABLE usage ADD COLUMN audio_milliseconds bigint NOT NULL DEFAULT 0 CHECK (audio_milliseconds >= 0)")
