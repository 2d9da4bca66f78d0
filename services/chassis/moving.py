"""Moving an organization's rows of a service from one database to another, its writes paused meanwhile, so that it can be resumed or undone at any point."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import psycopg2
from psycopg2 import sql

from services.chassis import calls
from services.chassis.database import Database
from services.chassis.migrate import migrate
from services.chassis.places import ANYBODY, MAIN, STALE_SECONDS, Relay

_LOCK = 1346454341  # as tenant_gate() takes it
_DRAIN_SECONDS = 60.0
# What no organization takes along: its log stays where it was written, as nobody may delete from it; events go to the main database by themselves.
_STAYS = {"audit_log", "audit_chain", "events", "event_cursors", "placements", "tenant_gates"}
# Workers mark tasks whatever the gate says; none is begun while it is closed. Keys are claimed with a change that the gate sees, or one of another's.
_UNGUARDED = {"tasks", "idempotency_keys"}


class MoveError(Exception):
    """The move cannot be made, or not yet; the text says why and what to do."""


@dataclass(frozen=True)
class Side:
    """A database of the service, by its URLs for the service's role and for its owner."""

    name: str
    app: str
    owner: str


@dataclass(frozen=True)
class Placement:
    """Where an organization is read; while it is moved, `other` is where it goes to (copying) or comes from (switching)."""

    tenant_id: UUID
    place: str
    other: str | None
    step: str


@dataclass(frozen=True)
class _Table:
    """One that holds rows of organizations: how to choose an organization's, and how a trigger finds whose a row is (empty: by its tenant_id)."""

    name: str
    columns: Sequence[str]
    chosen: str
    owner_of: str


class Mover:
    """Moves organizations between the databases of one service. `shared` names tables that each database keeps by itself, as copies of others' data."""

    def __init__(
        self, service: str, sides: Mapping[str, Side], shared: Collection[str], *, app_role: str,
        settle: float = STALE_SECONDS + 2, say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._service = service
        self._sides = sides
        self._shared = shared
        self._app_role = app_role
        self._pause = settle
        self._say = say
        self._connections: dict[str, Any] = {}

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    @contextmanager
    def session(self, name: str | None, *, snapshot: bool = False, passing: bool = False) -> Iterator[Any]:
        """One transaction by the owner, which may see one moment only, or pass the gates."""
        side = self._side(name)
        if side.name not in self._connections:
            self._connections[side.name] = psycopg2.connect(side.owner)
        connection = self._connections[side.name]
        connection.set_session(isolation_level="REPEATABLE READ" if snapshot else "READ COMMITTED")
        with connection, connection.cursor() as cursor:
            if passing:
                cursor.execute("SET LOCAL app.moving = 'on'")
            yield cursor

    def found(self, name: str) -> bool:
        """Makes a new place ready, with what each database keeps by itself as the main one has it; says whether it was new."""
        place = self._side(name)
        migrate(place.owner, self._service, self._app_role)
        with self.session(place.name) as there:
            if _one(there, "SELECT 1 FROM tenant_gates WHERE tenant_id = %s", ANYBODY):
                return False
            with self.session(MAIN, snapshot=True) as here:
                for table in (*self._shared, "event_cursors"):
                    chosen = "source NOT LIKE 'place:%%'" if table == "event_cursors" else "true"
                    there.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                    _copy(here, there, _Table(table, _columns(here, table), chosen, ""), ANYBODY)
            there.execute("INSERT INTO tenant_gates VALUES (%s, false)", (ANYBODY,))
        return True

    def guard(self) -> None:
        """Puts gates on tables that came with a migration, in databases that have any."""
        for side in self._sides.values():
            with self.session(side.name) as cursor:
                is_gated = _one(cursor, "SELECT 1 FROM tenant_gates LIMIT 1")
            if is_gated:
                self._guard(side.name)

    def placements(self) -> list[Placement]:
        with self.session(MAIN) as main:
            main.execute("SELECT tenant_id, place, other, step FROM placements ORDER BY tenant_id")
            return [Placement(*row) for row in main.fetchall()]

    def place(self, tenant_id: UUID, name: str) -> None:
        """Gives an organization that has nothing here yet its place. Raises MoveError where it has, or lives elsewhere already."""
        with self.session(MAIN) as main:
            if _one(main, "SELECT 1 FROM placements WHERE tenant_id = %s", tenant_id):
                raise MoveError("it has a place already: `einstellen tenants move` gives it another")
            full = [table.name for table in self._tables(main) if _count(main, table, tenant_id)[0]]
        if full:
            raise MoveError(f"it has rows already ({', '.join(full)}): `einstellen tenants move` takes them along")
        self.move(tenant_id, name)

    def move(self, tenant_id: UUID, name: str) -> None:
        """Moves an organization, or goes on with a move of it that broke off. Raises MoveError where another is under way."""
        self._side(name)
        found = self._find(tenant_id)
        if found is None or found.step == "settled":
            found = self._begin(tenant_id, found.place if found else MAIN, name)
        elif name != (found.other if found.step == "copying" else found.place):
            raise MoveError(f"a move is under way ({found}): finish it, or undo it, first")
        if found.step == "copying":
            found = self._take_over(found)
        self._settle_down(found)

    def undo(self, tenant_id: UUID) -> None:
        """Ends a move that has not switched yet, and leaves everything where it was. Raises MoveError where it is too late, or there is none."""
        found = self._find(tenant_id)
        if found is None or found.step == "settled":
            raise MoveError("no move of it is under way")
        if found.step != "copying" or found.other is None:
            raise MoveError("it lives in its new place already: finish the move, then move it back")
        with self.session(found.other, passing=True) as there:
            self._delete(there, tenant_id)
            _shut(there, tenant_id, found.other)
        with self.session(found.place) as here:
            _set_gate(here, tenant_id, is_open=True)
        self._settled(found)
        self._say(f"it stays on {found.place}")

    def _begin(self, tenant_id: UUID, here: str, there: str) -> Placement:
        if here == there:
            raise MoveError(f"it lives on {there} already")
        if there != MAIN:
            self.found(there)
        for name in (here, there):
            self._guard(name)
        with self.session(MAIN) as main:
            main.execute(
                "INSERT INTO placements VALUES (%s, %s, %s, 'copying') "
                "ON CONFLICT (tenant_id) DO UPDATE SET other = excluded.other, step = 'copying', changed_at = now()",
                (tenant_id, here, there),
            )
        return Placement(tenant_id, here, there, "copying")

    def _take_over(self, move: Placement) -> Placement:
        """From the pause to the moment when the new place is the organization's; until then nothing is lost by stopping anywhere."""
        tenant_id, here, there = move.tenant_id, self._side(move.place), self._side(move.other)
        with self.session(there.name) as cursor:
            _set_gate(cursor, tenant_id, is_open=False)
        with self.session(here.name) as cursor:
            _set_gate(cursor, tenant_id, is_open=False)
        self._say("its writes are paused")
        with self.session(here.name) as cursor:
            # Whoever has written under the open gate holds this until the commit; whoever comes later finds the gate closed.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, str(tenant_id)))
        self._drain(here, tenant_id)
        with self.session(here.name, snapshot=True) as source, self.session(there.name, passing=True) as target:
            self._delete(target, tenant_id)
            for table in self._tables(source):
                rows = _copy(source, target, table, tenant_id)
                if _count(source, table, tenant_id) != _count(target, table, tenant_id):
                    raise MoveError(f"{table.name} did not arrive as it was sent; nothing has changed")
                self._say(f"{table.name}: {rows}")
        self._relay(here)
        with self.session(MAIN) as main:
            main.execute(
                "UPDATE placements SET place = %s, other = %s, step = 'switching', changed_at = now() WHERE tenant_id = %s",
                (there.name, here.name, tenant_id),
            )
        return Placement(tenant_id, there.name, here.name, "switching")

    def _settle_down(self, move: Placement) -> None:
        """Opens the new place when every process has seen it, or may not act upon what it knew before, and nothing is left in the old one."""
        here, there = self._side(move.other), self._side(move.place)
        time.sleep(self._pause)
        with self.session(here.name, passing=True, snapshot=True) as source:
            # What was enqueued there since the copy goes along; nobody has run it, as the gate is closed.
            tasks = next(table for table in self._tables(source) if table.name == "tasks")
            with self.session(there.name) as target:
                _copy(source, target, tasks, move.tenant_id, again=True)
            self._delete(source, move.tenant_id)
            _shut(source, move.tenant_id, here.name)
        with self.session(there.name) as target:
            _set_gate(target, move.tenant_id, is_open=True)
        self._settled(move)
        self._say(f"it lives on {move.place}, and writes again")

    def _settled(self, move: Placement) -> None:
        with self.session(MAIN) as main:
            if move.place == MAIN:
                main.execute("DELETE FROM placements WHERE tenant_id = %s", (move.tenant_id,))
            else:
                ended = "UPDATE placements SET other = NULL, step = 'settled', changed_at = now() WHERE tenant_id = %s"
                main.execute(ended, (move.tenant_id,))

    def _drain(self, here: Side, tenant_id: UUID) -> None:
        """Waits for the organization's tasks that run; those of a worker that has died are moved as they are, and taken over there."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        running = "SELECT count(*) FROM tasks WHERE tenant_id = %s AND state = 'running' AND leased_until > now()"
        while True:
            with self.session(here.name) as cursor:
                if not _one(cursor, running, tenant_id):
                    return
            if time.monotonic() > deadline:
                raise MoveError("a task of its runs for a minute already: go on with the move later, or undo it")
            time.sleep(0.05)

    def _relay(self, here: Side) -> None:
        """What the organization has told of itself comes before what it tells from elsewhere."""
        if here.name == MAIN:
            return
        place, main = Database(here.app, pool_size=1), Database(self._side(MAIN).app, pool_size=1)
        try:
            calls.enter(calls.Call("cli", "einstellen", ""))
            relay = Relay(here.name, place, main)
            while relay.advance():
                pass
        finally:
            place.close()
            main.close()

    def _guard(self, name: str) -> None:
        """Puts the gate on each table that holds an organization's rows; waits for those who write it at the moment.

        One transaction for each table: who held one table's lock while it waits for the next would sooner or later meet a writer that
        goes the other way, and one of the two would lose its work.
        """
        with self.session(name) as cursor:
            cursor.execute("SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'tenant_gate'")
            guarded = {table for (table,) in cursor.fetchall()}
            bare = [table for table in self._tables(cursor) if table.name not in guarded | _UNGUARDED]
        for table in bare:
            with self.session(name) as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                cursor.execute(
                    sql.SQL(
                        "CREATE TRIGGER tenant_gate BEFORE INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW "
                        "WHEN (current_setting('app.moving', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION tenant_gate({})"
                    ).format(sql.Identifier(table.name), sql.Literal(table.owner_of) if table.owner_of else sql.SQL(""))
                )

    def _tables(self, cursor: Any) -> list[_Table]:
        """Those that hold rows of organizations, parents before children: with a tenant_id, or with a key of such a table."""
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            "AND NOT a.attisdropped WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1"
        )
        columns = {name: found for name, found in cursor.fetchall() if name not in _STAYS and name not in self._shared}
        cursor.execute(
            "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, a.attname, b.attname FROM pg_constraint k "
            "JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
            "JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1] "
            "WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 ORDER BY 1, 2"
        )
        keys = cursor.fetchall()
        found: dict[str, _Table] = {}
        waiting = sorted(columns)
        while waiting:
            ready = [name for name in waiting if not any(p in waiting and p != name for c, p, *_ in keys if c == name)]
            if not ready:
                raise MoveError(f"the keys of {', '.join(waiting)} go round in a circle")
            for name in ready:
                parents = [(parent, key, of) for child, parent, key, of in keys if child == name and parent in found]
                if "tenant_id" in columns[name]:
                    found[name] = _Table(name, _columns(cursor, name), "tenant_id = %(tenant)s", "")
                elif parents:
                    parent, key, of = parents[0]
                    above = found[parent]
                    if above.owner_of:
                        raise MoveError(f"{name} is further from its organization than one key; give it a tenant_id")
                    found[name] = _Table(
                        name, _columns(cursor, name), f"{key} IN (SELECT {of} FROM {parent} WHERE {above.chosen})",  # noqa: S608 - as below
                        f"SELECT p.tenant_id FROM {parent} p WHERE p.{of} = ($1).{key}",  # noqa: S608 - as below
                    )  # fmt: skip
            waiting = [name for name in waiting if name not in ready]
        return list(found.values())

    def _delete(self, cursor: Any, tenant_id: UUID) -> None:
        for table in reversed(self._tables(cursor)):
            cursor.execute(f"DELETE FROM {table.name} WHERE {table.chosen}", {"tenant": tenant_id})  # noqa: S608 - names from the catalogue

    def _find(self, tenant_id: UUID) -> Placement | None:
        return next((each for each in self.placements() if each.tenant_id == tenant_id), None)

    def _side(self, name: str | None) -> Side:
        if name is None or name not in self._sides:
            raise MoveError(f"there is no place {name}: DATABASE_PLACES and DATABASE_OWNER_PLACES name {', '.join(self._sides)}")
        return self._sides[name]


def _set_gate(cursor: Any, tenant_id: UUID, *, is_open: bool) -> None:
    cursor.execute(
        "INSERT INTO tenant_gates VALUES (%s, %s) ON CONFLICT (tenant_id) DO UPDATE SET open = excluded.open", (tenant_id, is_open)
    )


def _shut(cursor: Any, tenant_id: UUID, name: str) -> None:
    """Where an organization does not live: a place lets nobody write who has no gate there."""
    if name == MAIN:
        _set_gate(cursor, tenant_id, is_open=False)
    else:
        cursor.execute("DELETE FROM tenant_gates WHERE tenant_id = %s", (tenant_id,))


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' "
        "ORDER BY attname", (table,),
    )  # fmt: skip
    return [name for (name,) in cursor.fetchall()]


def _copy(source: Any, target: Any, table: _Table, tenant_id: UUID, *, again: bool = False) -> int:
    """Copies an organization's rows; `again` leaves out those that are there."""
    names = ", ".join(f'"{name}"' for name in table.columns)
    rows = f"SELECT {names} FROM {table.name} WHERE {table.chosen}"  # noqa: S608 - names from the catalogue
    into = f"{table.name} ({names})"
    if again:
        target.execute(f"CREATE TEMP TABLE arriving (LIKE {table.name}) ON COMMIT DROP")
        into = f"arriving ({names})"
    with TemporaryFile() as file:
        source.copy_expert(f"COPY ({source.mogrify(rows, {'tenant': str(tenant_id)}).decode()}) TO STDOUT (FORMAT binary)", file)
        file.seek(0)
        target.copy_expert(f"COPY {into} FROM STDIN (FORMAT binary)", file)
    count: int = target.rowcount
    if again:
        target.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM arriving ON CONFLICT DO NOTHING")  # noqa: S608 - as above
    return count


def _count(cursor: Any, table: _Table, tenant_id: UUID) -> tuple[int, Any]:
    """How many rows of an organization's there are, and a sum over what is in them."""
    row = ", ".join(f'"{name}"' for name in table.columns)
    cursor.execute(
        f"SELECT count(*), sum(hashtextextended(ROW({row})::text, 0)::numeric) FROM {table.name} WHERE {table.chosen}",  # noqa: S608 - as above
        {"tenant": tenant_id},
    )
    found: tuple[int, Any] = cursor.fetchone()
    return found


def _one(cursor: Any, query: str, *values: object) -> Any:
    cursor.execute(query, values)
    row = cursor.fetchone()
    return row[0] if row else None
