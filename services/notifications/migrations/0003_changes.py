"""Messages that change, bring attachments and mention people."""

from alembic import op

revision = "0003_changes"
down_revision = "0002_documents"

TABLES = """
ALTER TABLE messages
    ADD COLUMN target_seq bigint NOT NULL DEFAULT 0 CHECK (target_seq >= 0 AND target_seq < seq),
    ADD COLUMN attachments jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN mentions uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN edited_at timestamptz,
    ADD COLUMN deleted_at timestamptz,
    ADD CHECK (deleted_at IS NULL OR (content = '' AND attachments = '[]' AND mentions = '{}'));
CREATE POLICY messages_change ON messages FOR UPDATE USING (sender_id = (SELECT app_user()) AND is_member(room_id, sender_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
