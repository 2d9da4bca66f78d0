"""A transaction that writes the logs of several organizations locks their chains in one order, so that no two wait for each other."""

from alembic import op

revision = "0004_audit_locks"
down_revision = "0003_places"

# Each row notes its chain as it is written; the first that is linked at the commit locks all that were noted. What the setting says decides about the
# order alone: a chain that it leaves out is locked when its row is linked, as before.
NOTE = """
CREATE FUNCTION audit_note() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    chain text := hashtext(coalesce(NEW.tenant_id, '00000000-0000-0000-0000-000000000000')::text)::text;
    noted text := coalesce(current_setting('app.audit_chains', true), '');
BEGIN
    IF chain <> ALL (string_to_array(noted, ' ')) THEN
        PERFORM set_config('app.audit_chains', concat_ws(' ', nullif(noted, ''), chain), true);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_noted AFTER INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_note();

CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chain uuid := coalesce(NEW.tenant_id, '00000000-0000-0000-0000-000000000000');
    noted text := coalesce(current_setting('app.audit_chains', true), '');
    one integer;
    place bigint;
    previous bytea;
BEGIN
    IF noted <> '' THEN
        FOR one IN SELECT DISTINCT each::integer FROM unnest(string_to_array(noted, ' ')) each ORDER BY 1 LOOP
            PERFORM pg_advisory_xact_lock(1096107073, one);
        END LOOP;
        PERFORM set_config('app.audit_chains', '', true);
    END IF;
    PERFORM pg_advisory_xact_lock(1096107073, hashtext(chain::text));
    SELECT c.position, c.hash INTO place, previous FROM audit_chain c WHERE c.tenant_id = chain ORDER BY c.position DESC LIMIT 1;
    INSERT INTO audit_chain (tenant_id, position, entry_id, hash)
    VALUES (chain, coalesce(place, 0) + 1, NEW.id, audit_digest(coalesce(previous, ''), NEW));
    RETURN NULL;
END
$$;
"""


def upgrade() -> None:
    op.execute(NOTE)
