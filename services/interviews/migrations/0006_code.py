"""Runs of candidates' code, and the document of a room with the log of its edits."""

from alembic import op

revision = "0006_code"
down_revision = "0005_rooms"

TABLES = """
CREATE TABLE code_runs (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    question_id uuid NOT NULL REFERENCES question_answers ON DELETE CASCADE,
    is_final boolean NOT NULL,
    language text NOT NULL,
    code text NOT NULL,
    runner text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    problem text NOT NULL,
    results jsonb NOT NULL,
    growth double precision,
    started_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX code_runs_interview ON code_runs (interview_id, id);
-- What the score of an answer rests on is run once.
CREATE UNIQUE INDEX code_runs_final ON code_runs (question_id) WHERE is_final;

CREATE TABLE documents (
    interview_id uuid PRIMARY KEY REFERENCES interviews ON DELETE CASCADE,
    last_seq bigint NOT NULL CHECK (last_seq >= 0),
    size bigint NOT NULL CHECK (size >= 0),
    state bytea NOT NULL,
    state_seq bigint NOT NULL CHECK (state_seq BETWEEN 0 AND last_seq)
);

CREATE TABLE document_updates (
    interview_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
    seq bigint NOT NULL,
    batch_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    update bytea NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (interview_id, seq)
);
CREATE INDEX document_updates_batch ON document_updates (interview_id, batch_id, seq);
"""

# Nobody changes or deletes what is in the log of edits, nor a run whose end is known: they are evidence.
POLICIES = """
ALTER TABLE code_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_updates ENABLE ROW LEVEL SECURITY;

CREATE POLICY code_runs_system ON code_runs USING ((SELECT app_system()));
CREATE POLICY code_runs_read ON code_runs FOR SELECT USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
CREATE POLICY code_runs_begin ON code_runs FOR INSERT WITH CHECK (
    NOT is_final AND EXISTS (SELECT FROM interviews i WHERE i.id = interview_id AND i.user_id = (SELECT app_user())));
CREATE POLICY code_runs_end ON code_runs FOR UPDATE USING (
    NOT is_final AND state = 'running' AND EXISTS (SELECT FROM interviews i WHERE i.id = interview_id AND i.user_id = (SELECT app_user())))
    WITH CHECK (NOT is_final);

CREATE POLICY documents_system ON documents USING ((SELECT app_system()));
CREATE POLICY documents_own ON documents USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));

CREATE POLICY document_updates_system ON document_updates FOR SELECT USING ((SELECT app_system()));
CREATE POLICY document_updates_read ON document_updates FOR SELECT USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
CREATE POLICY document_updates_write ON document_updates FOR INSERT WITH CHECK (
    sender_id = (SELECT app_user()) AND EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
CREATE POLICY document_updates_rename ON document_updates FOR UPDATE USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
