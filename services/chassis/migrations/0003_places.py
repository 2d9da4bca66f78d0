"""Where organizations live that have a database of their own, and the gate that lets nobody write an organization's rows where they do not live."""

from alembic import op

revision = "0003_places"
down_revision = "0002_audit_chain"

# `placements` is read in the service's main database alone: `place` is where an organization's rows are read, `other` where they go to (copying) or
# are still to be deleted (switching). Gates are each database's own. The row of the nil UUID says what holds for those that have none;
# where that is missing too, everybody may write. The service's role may only read either.
TABLES = """
CREATE TABLE placements (
    tenant_id uuid PRIMARY KEY,
    place text NOT NULL,
    other text,
    step text NOT NULL CHECK (step IN ('settled', 'copying', 'switching')),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((other IS NULL) = (step = 'settled'))
);
CREATE TABLE tenant_gates (
    tenant_id uuid PRIMARY KEY,
    open boolean NOT NULL
);
ALTER TABLE placements ENABLE ROW LEVEL SECURITY;
CREATE POLICY placements_read ON placements FOR SELECT USING ((SELECT app_system()));
ALTER TABLE tenant_gates ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_gates_read ON tenant_gates FOR SELECT USING ((SELECT app_system()));
"""

# Not yet on any table: moving.py puts it there when the first organization moves, so that nobody pays for it before. A writer holds the lock until the
# end of its transaction, and looks at the gate when it has it; whoever closes the gate takes the lock once, and all that was written before is committed.
GATE = """
CREATE FUNCTION tenant_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant uuid;
    may_write boolean;
BEGIN
    IF TG_NARGS > 0 AND TG_OP = 'DELETE' THEN EXECUTE TG_ARGV[0] INTO tenant USING OLD;
    ELSIF TG_NARGS > 0 THEN EXECUTE TG_ARGV[0] INTO tenant USING NEW;
    ELSIF TG_OP = 'DELETE' THEN tenant := OLD.tenant_id;
    ELSE tenant := NEW.tenant_id;
    END IF;
    IF tenant IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(1346454341, hashtext(tenant::text));
        SELECT g.open INTO may_write FROM tenant_gates g WHERE g.tenant_id IN (tenant, '00000000-0000-0000-0000-000000000000')
            ORDER BY g.tenant_id = tenant DESC LIMIT 1;
        IF NOT coalesce(may_write, true) THEN
            RAISE EXCEPTION 'organization % is not written here', tenant USING ERRCODE = 'EP001';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GATE)
