"""The tutor board: who teaches what, and what their students say."""

from alembic import op

revision = "0005_tutors"
down_revision = "0004_pipeline"

TABLES = """
CREATE TABLE tutors (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    display_name text NOT NULL,
    headline text NOT NULL,
    bio text NOT NULL,
    subjects jsonb NOT NULL,
    languages jsonb NOT NULL,
    hourly_rate bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tutors_once UNIQUE (user_id)
);

CREATE TABLE tutor_reviews (
    id uuid PRIMARY KEY,
    tutor_id uuid NOT NULL REFERENCES tutors ON DELETE CASCADE,
    user_id uuid NOT NULL,
    rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT tutor_reviews_once UNIQUE (tutor_id, user_id)
);
CREATE INDEX tutor_reviews_tutor ON tutor_reviews (tutor_id, id);
"""

# Everybody reads the board; each person writes what is their own.
POLICIES = """
ALTER TABLE tutors ENABLE ROW LEVEL SECURITY;
ALTER TABLE tutor_reviews ENABLE ROW LEVEL SECURITY;

CREATE POLICY tutors_read ON tutors FOR SELECT USING (true);
CREATE POLICY tutors_own ON tutors USING (user_id = (SELECT app_user()) OR (SELECT app_system()));
CREATE POLICY tutor_reviews_read ON tutor_reviews FOR SELECT USING (true);
CREATE POLICY tutor_reviews_own ON tutor_reviews USING (user_id = (SELECT app_user()) OR (SELECT app_system())) WITH CHECK (
    user_id = (SELECT app_user())
    AND EXISTS (SELECT FROM tutors t WHERE t.id = tutor_id AND t.user_id <> (SELECT app_user())));
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
