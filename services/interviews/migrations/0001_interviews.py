"""Interviews, their questions and answers, what was said, and the reports."""

from alembic import op

revision = "0001_interviews"
down_revision = None

TABLES = """
CREATE TABLE interviews (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    created_by uuid NOT NULL,
    subscription_id uuid,
    candidate_id uuid NOT NULL,
    user_id uuid,
    candidate_name text NOT NULL,
    job_id uuid NOT NULL,
    job_title text NOT NULL,
    question_count integer NOT NULL,
    share_report boolean NOT NULL,
    resume jsonb,
    job_description jsonb,
    status text NOT NULL CHECK (status IN ('starting', 'running', 'scoring', 'ended', 'cancelled')),
    start_key text,
    start_hash bytea NOT NULL,
    start_task_id uuid NOT NULL,
    last_seq bigint NOT NULL,
    overall_score numeric(4, 1),
    consented_at timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT interviews_start_key UNIQUE (tenant_id, start_key),
    CHECK (status = 'starting' OR (user_id IS NOT NULL AND resume IS NOT NULL AND job_description IS NOT NULL AND started_at IS NOT NULL))
);
CREATE INDEX interviews_tenant ON interviews (tenant_id, id);
CREATE INDEX interviews_user ON interviews (user_id, id);

CREATE TABLE question_answers (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    position integer,
    number integer,
    question jsonb NOT NULL,
    follows_id uuid REFERENCES question_answers ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('planned', 'open', 'transcribing', 'answered', 'unanswered')),
    answer text NOT NULL,
    code text NOT NULL,
    language text NOT NULL,
    source text NOT NULL CHECK (source IN ('', 'typed', 'speech', 'room')),
    recording_type text NOT NULL,
    problem text NOT NULL,
    is_considered boolean NOT NULL,
    score numeric(4, 1) CHECK (score BETWEEN 0 AND 10),
    is_deviated boolean,
    evidence jsonb,
    asked_at timestamptz,
    answered_at timestamptz,
    UNIQUE (interview_id, position),
    UNIQUE (interview_id, number),
    CHECK (num_nulls(score, is_deviated, evidence) IN (0, 3)),
    CHECK (state = 'planned' OR (number IS NOT NULL AND asked_at IS NOT NULL))
);
-- An interview asks one thing at a time.
CREATE UNIQUE INDEX question_answers_one_open ON question_answers (interview_id) WHERE state IN ('open', 'transcribing');

CREATE TABLE transcript (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    seq bigint NOT NULL,
    speaker text NOT NULL CHECK (speaker IN ('interviewer', 'candidate', 'colleague')),
    sender_id uuid,
    sender_name text NOT NULL,
    text text NOT NULL,
    question_id uuid REFERENCES question_answers ON DELETE CASCADE,
    client_id text,
    said_at timestamptz NOT NULL,
    UNIQUE (interview_id, seq),
    CONSTRAINT transcript_client_id UNIQUE (interview_id, sender_id, client_id)
);

CREATE TABLE transcript_reads (
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (interview_id, user_id)
);

CREATE TABLE feedback_reports (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    version integer NOT NULL,
    overall_score numeric(4, 1) NOT NULL,
    detailed_scores jsonb NOT NULL,
    comments text NOT NULL,
    generated_at timestamptz NOT NULL,
    UNIQUE (interview_id, version)
);

CREATE TABLE score_overrides (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    question_id uuid REFERENCES question_answers ON DELETE CASCADE,
    value numeric(4, 1) NOT NULL CHECK (value BETWEEN 0 AND 10),
    reason text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX score_overrides_interview ON score_overrides (interview_id, id);

CREATE TABLE signals (
    id uuid PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews ON DELETE CASCADE,
    question_id uuid REFERENCES question_answers ON DELETE CASCADE,
    kind text NOT NULL,
    amount double precision NOT NULL,
    noticed_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX signals_interview ON signals (interview_id, noticed_at);
"""

# Only the organization starts an interview, and both sides carry it on. The policies of the other tables ask that of interviews, which asks no other.
POLICIES = """
ALTER TABLE interviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE question_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE transcript ENABLE ROW LEVEL SECURITY;
ALTER TABLE transcript_reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback_reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE score_overrides ENABLE ROW LEVEL SECURITY;
ALTER TABLE signals ENABLE ROW LEVEL SECURITY;

CREATE POLICY interviews_system ON interviews USING ((SELECT app_system()));
CREATE POLICY interviews_own ON interviews USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY interviews_read ON interviews FOR SELECT USING (user_id = (SELECT app_user()) AND status <> 'starting');
CREATE POLICY interviews_carry_on ON interviews FOR UPDATE USING (user_id = (SELECT app_user()) AND status <> 'starting');

CREATE POLICY question_answers_system ON question_answers USING ((SELECT app_system()));
CREATE POLICY question_answers_own ON question_answers USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));

CREATE POLICY transcript_system ON transcript USING ((SELECT app_system()));
CREATE POLICY transcript_own ON transcript USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));

CREATE POLICY transcript_reads_system ON transcript_reads USING ((SELECT app_system()));
CREATE POLICY transcript_reads_own ON transcript_reads USING (
    user_id = (SELECT app_user()) AND EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));

CREATE POLICY feedback_reports_system ON feedback_reports USING ((SELECT app_system()));
CREATE POLICY feedback_reports_read ON feedback_reports FOR SELECT USING (
    EXISTS (SELECT FROM interviews i WHERE i.id = interview_id AND (i.tenant_id = (SELECT app_tenant()) OR i.share_report)));

CREATE POLICY score_overrides_system ON score_overrides USING ((SELECT app_system()));
CREATE POLICY score_overrides_own ON score_overrides USING (
    EXISTS (SELECT FROM interviews i WHERE i.id = interview_id AND i.tenant_id = (SELECT app_tenant())));

CREATE POLICY signals_system ON signals USING ((SELECT app_system()));
CREATE POLICY signals_own ON signals USING (EXISTS (SELECT FROM interviews i WHERE i.id = interview_id));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
