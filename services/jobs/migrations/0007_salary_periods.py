"""What a salary is paid for, and words of places beside those of texts."""

from alembic import op

revision = "0007_salary_periods"
down_revision = "0006_merged_profiles"

PERIODS = """
ALTER TABLE jobs ADD salary_period text NOT NULL DEFAULT 'year' CHECK (salary_period IN ('year', 'month', 'week', 'day', 'hour'));
"""

# Those of jobs that are here already are taken in much the same way as the service takes them, without other spellings of a word.
WORDS = r"""
CREATE FUNCTION pg_temp.words(said text, mark text) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(DISTINCT mark || left(found[1], 100)) FROM regexp_matches(
        translate(replace(lower(said), 'ß', 'ss'), 'äöüåàáâãçèéêëìíîïñòóôõùúûýÿøłđ', 'aouaaaaaceeeeiiiinoooouuuyyold'), '(\.net\M|\w+(?:\+\+|#(?!\w))?)', 'g') found
$$;
UPDATE jobs SET words = array_to_tsvector(
    coalesce(pg_temp.words(concat_ws(' ', title, description, company_name, location, key_skills), ''), '{}') || coalesce(pg_temp.words(location, '@'), '{}'));
"""


def upgrade() -> None:
    op.execute(PERIODS)
    op.execute(WORDS)
