"""Each row of the audit log is chained to the one before it in its organization, by a hash that the database computes at the commit."""

from alembic import op

revision = "0002_audit_chain"
down_revision = "0001_frame"

# The nil UUID stands for what belongs to no organization. The role of the service may only read this table: the function below writes for it.
TABLE = """
CREATE TABLE audit_chain (
    tenant_id uuid NOT NULL,
    position bigint NOT NULL,
    entry_id uuid NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, position)
);
CREATE UNIQUE INDEX audit_chain_entry ON audit_chain (entry_id);
ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_chain_read ON audit_chain FOR SELECT USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
"""

# The trigger is deferred to the commit, so the lock of a chain is held while the transaction commits and no longer: writers of one organization wait for each
# other's commits and not for each other's work, and those of two organizations never.
LINK = """
CREATE FUNCTION audit_digest(previous bytea, entry audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(jsonb_build_array(
        entry.id, entry.tenant_id, entry.user_id, entry.service, entry.action, host(entry.ip_address), entry.details, entry.request_id,
        to_char(entry.timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8'))
$$;

CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chain uuid := coalesce(NEW.tenant_id, '00000000-0000-0000-0000-000000000000');
    place bigint;
    previous bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(1096107073, hashtext(chain::text));
    SELECT c.position, c.hash INTO place, previous FROM audit_chain c WHERE c.tenant_id = chain ORDER BY c.position DESC LIMIT 1;
    INSERT INTO audit_chain (tenant_id, position, entry_id, hash)
    VALUES (chain, coalesce(place, 0) + 1, NEW.id, audit_digest(coalesce(previous, ''), NEW));
    RETURN NULL;
END
$$;
"""

# What was written before is chained as it stands; verifying begins here.
PAST = """
DO $$
DECLARE entry audit_log;
    place bigint;
    previous bytea;
    chain uuid;
BEGIN
    FOR entry IN SELECT * FROM audit_log ORDER BY id LOOP
        chain := coalesce(entry.tenant_id, '00000000-0000-0000-0000-000000000000');
        SELECT c.position, c.hash INTO place, previous FROM audit_chain c WHERE c.tenant_id = chain ORDER BY c.position DESC LIMIT 1;
        INSERT INTO audit_chain VALUES (chain, coalesce(place, 0) + 1, entry.id, audit_digest(coalesce(previous, ''), entry));
    END LOOP;
END
$$;
"""

TRIGGER = """
CREATE CONSTRAINT TRIGGER audit_linked AFTER INSERT ON audit_log
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_link();
"""


def upgrade() -> None:
    op.execute("LOCK TABLE audit_log IN SHARE MODE")
    for statement in (TABLE, LINK, PAST, TRIGGER):
        op.execute(statement)
