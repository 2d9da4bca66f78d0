"""Pictures: tracks are of voices or of pictures."""

from alembic import op

revision = "0008_videos"
down_revision = "0007_tracks"


def upgrade() -> None:
    op.execute("ALTER TABLE track_pieces ADD COLUMN kind text NOT NULL DEFAULT 'audio' CHECK (kind IN ('audio', 'video'))")
