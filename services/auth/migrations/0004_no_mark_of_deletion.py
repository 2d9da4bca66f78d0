"""Who deletes their account is deleted: no row says that somebody was."""

from alembic import op

revision = "0004_no_mark_of_deletion"
down_revision = "0003_organizations"


def upgrade() -> None:
    op.execute("ALTER TABLE users DROP COLUMN deleted_at")
