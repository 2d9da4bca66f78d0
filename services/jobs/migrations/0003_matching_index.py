"""What the index of matching reads: each profile as features, the order of all changes, and the weights of words that every replica scores with."""

from alembic import op

revision = "0003_matching_index"
down_revision = "0002_profiles_of_applicants"

# `change` numbers what changes who may be matched as what: a profile, and whose pool it is in. The lock is held until commit, so that numbers follow
# the order of commits and nobody who reads on from the last number skips one.
CHANGES = """
ALTER TABLE candidate_profiles ADD features bytea, ADD features_version text NOT NULL DEFAULT '', ADD change bigint NOT NULL DEFAULT 0;
CREATE SEQUENCE candidate_profiles_changes;

CREATE FUNCTION number_profile_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'504f4f4c'::int);
    NEW.change := nextval('candidate_profiles_changes');
    RETURN NEW;
END $$;

UPDATE candidate_profiles SET change = nextval('candidate_profiles_changes'), text = nullif(text, 'null');
CREATE INDEX candidate_profiles_change ON candidate_profiles (change);
DROP INDEX candidate_profiles_position;
CREATE TRIGGER candidate_profiles_change BEFORE INSERT OR UPDATE OF position, change ON candidate_profiles
    FOR EACH ROW EXECUTE FUNCTION number_profile_change();

-- An application lets another organization find the candidate, which the index learns of as of any other change.
CREATE FUNCTION note_applicant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE candidate_profiles SET change = 0 WHERE candidate_id = NEW.candidate_id;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_pool AFTER INSERT ON applications FOR EACH ROW EXECUTE FUNCTION note_applicant();
"""

# Statistics of everybody's words, without one that only a few have: they belong to no tenant.
WEIGHTS = """
CREATE TABLE word_weights (
    number bigint PRIMARY KEY,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE word_weights ENABLE ROW LEVEL SECURITY;
CREATE POLICY word_weights_system ON word_weights USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(CHANGES)
    op.execute(WEIGHTS)
