"""Shared documents: the log of their updates, which is their history, and the state that opens them."""

from alembic import op

revision = "0002_documents"
down_revision = "0001_notifications"

TABLES = """
CREATE TABLE documents (
    room_id uuid PRIMARY KEY REFERENCES rooms,
    last_seq bigint NOT NULL CHECK (last_seq >= 0),
    size bigint NOT NULL CHECK (size >= 0),
    state bytea NOT NULL,
    state_seq bigint NOT NULL CHECK (state_seq BETWEEN 0 AND last_seq)
);

CREATE TABLE document_updates (
    room_id uuid NOT NULL REFERENCES documents,
    seq bigint NOT NULL,
    batch_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    update bytea NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, seq)
);
CREATE INDEX document_updates_batch ON document_updates (room_id, batch_id, seq);
"""

# Nobody changes or deletes what is in the log, its owner least of all: it is evidence.
POLICIES = """
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_updates ENABLE ROW LEVEL SECURITY;
CREATE POLICY documents_system ON documents USING ((SELECT app_system()));
CREATE POLICY documents_members ON documents USING (is_member(room_id, (SELECT app_user())));
CREATE POLICY document_updates_system ON document_updates FOR SELECT USING ((SELECT app_system()));
CREATE POLICY document_updates_read ON document_updates FOR SELECT USING (is_member(room_id, (SELECT app_user())));
CREATE POLICY document_updates_write ON document_updates FOR INSERT WITH CHECK (
    sender_id = (SELECT app_user()) AND is_member(room_id, sender_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
