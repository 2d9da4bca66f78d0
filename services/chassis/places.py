"""Organizations on databases of their own: which database a transaction opens on, and their events on their way into the one sequence that others follow."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field

from services.chassis import calls, errors, events, frame, settings
from services.chassis.calls import Call, Person, Scope
from services.chassis.database import Database
from services.chassis.logs import log

MAIN = "main"
# Stands for every organization that has no gate of its own.
ANYBODY = UUID(int=0)
_POLL_SECONDS = 1.0
# Older knowledge than this is not acted upon; moving.py waits longer than this before anybody may write where an organization has moved to.
STALE_SECONDS = 3.0
_RELAY_POLL_SECONDS = 0.25
_BATCH = 200


class PlacedSettings(settings.Settings):
    """For a service whose organizations may be placed on databases of their own."""

    database_places: settings.Urls = Field(
        {}, alias="DATABASE_PLACES",
        description="More databases of the service, for organizations that are placed there, as `big=postgresql://...` with spaces between.",
    )  # fmt: skip
    database_owner_places: settings.Urls = Field(
        {}, alias="DATABASE_OWNER_PLACES", description="The same places by their owners; read by migrations and moves only."
    )


class Places(Database):
    """A service's main database and the others, as one: a transaction opens where the caller's organization lives, and SYSTEM's in the main one.

    Each other place is a whole database of the service, with tasks, followers and copies of its own; only its events come to the main one (Relay).
    Where an organization lives stands in the main database. What is known of it is three seconds old at most, and the database refuses a
    write in the wrong place, whatever a process believes.
    """

    def __init__(self, main: Database, others: Mapping[str, Database]) -> None:
        self.engine, self.committed = main.engine, main.committed
        self.main, self.others = main, others
        self._homes: Mapping[UUID, str] = {}
        self._read_at = float("-inf")
        self._watch = threading.Thread(target=self._follow, name="places", daemon=True)
        self._stopping = threading.Event()

    def of(self, tenant_id: UUID | None) -> Database:
        """Raises Unavailable / PLACE_UNKNOWN where this process was not told of the place."""
        if time.monotonic() - self._read_at > STALE_SECONDS:
            self.refresh()
        name = self._homes.get(tenant_id, MAIN) if tenant_id is not None else MAIN
        if name == MAIN:
            return self.main
        if name not in self.others:
            raise errors.Unavailable("PLACE_UNKNOWN", "the organization's database is not known here; try again later")
        return self.others[name]

    def everywhere(self) -> Sequence[Database]:
        return [self.main, *self.others.values()]

    @contextmanager
    def begin(self, who: Scope | Person | Call) -> Iterator[sa.Connection]:
        with self.of(_scope(who).tenant_id).begin(who) as connection:
            yield connection

    @contextmanager
    def begin_where(self, who: Scope | Person | Call, holds: Callable[[sa.Connection], object]) -> Iterator[sa.Connection]:
        own = self.of(_scope(who).tenant_id)
        for each in [own, *(one for one in self.everywhere() if one is not own)]:
            with each.begin(who) as connection:
                if holds(connection):
                    yield connection
                    return
        with own.begin(who) as connection:
            yield connection

    def run_alone(self, who: Scope | Person | Call, statement: str, parameters: Mapping[str, object]) -> Sequence[Any]:
        return self.of(_scope(who).tenant_id).run_alone(who, statement, parameters)

    def refresh(self) -> None:
        """Reads where organizations live."""
        now = time.monotonic()
        table = frame.placements
        with self.main.begin(calls.SYSTEM) as connection:
            self._homes = {row.tenant_id: row.place for row in connection.execute(sa.select(table.c.tenant_id, table.c.place))}
        self._read_at = now

    def check(self) -> None:
        for each in self.everywhere():
            each.check()

    def refuse_unguarded(self) -> None:
        """Raises RuntimeError also where a place was never migrated, or rows live where this process cannot reach."""
        for each in self.everywhere():
            each.refuse_unguarded()
        for name, place in self.others.items():
            with place.begin(calls.SYSTEM) as connection:
                if (
                    connection.execute(sa.select(frame.tenant_gates.c.open).where(frame.tenant_gates.c.tenant_id == ANYBODY)).scalar()
                    is None
                ):
                    raise RuntimeError(f"the place {name} is not ready: run `einstellen migrate`")
        self.refresh()
        unknown = set(self._homes.values()) - {MAIN, *self.others}
        if unknown:
            raise RuntimeError(f"organizations live on {', '.join(sorted(unknown))}: name each in DATABASE_PLACES")

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join(_POLL_SECONDS * 2)

    def close(self) -> None:
        for each in self.everywhere():
            each.close()

    def _follow(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            try:
                self.refresh()
            except errors.Refusal as problem:
                log.warning("places not read", extra={"problem": problem.reason})


def connect(settings: PlacedSettings, *, pool_size: int, application_name: str) -> Places:
    """The databases that the settings name. Raises RuntimeError as `refuse_unguarded` does."""

    def opened(url: str) -> Database:
        return Database(url, pool_size=pool_size, application_name=application_name)

    found = Places(opened(settings.database_url), {name: opened(url) for name, url in settings.database_places.items()})
    found.refuse_unguarded()
    return found


class Relay(threading.Thread):
    """Brings a place's events into the main database's own sequence, each exactly once and in their order, for those who follow the service."""

    def __init__(self, name: str, place: Database, main: Database) -> None:
        super().__init__(name=f"relay-{name}", daemon=True)
        self._place = place
        self._main = main
        self._source = source_of(name)
        self._stopping = threading.Event()

    def run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            try:
                while self.advance():
                    pass
            except Exception as problem:  # noqa: BLE001 - either database may be away; the next round tries again
                log.warning("events not relayed", extra={"source": self._source, "problem": type(problem).__name__})
            seen = self._place.committed.wait((events.RECORDED,), seen, _RELAY_POLL_SECONDS)

    def stop(self) -> None:
        self._stopping.set()
        self._place.committed.ring(events.RECORDED)
        if self.is_alive():
            self.join(5)

    def advance(self) -> int:
        """Brings the next events over, and says how many there were."""
        table, cursors = frame.events, frame.cursors
        cursor = sa.select(cursors.c.position).where(cursors.c.source == self._source)
        with self._main.begin(calls.SYSTEM) as connection:
            after = connection.execute(cursor).scalar() or 0
        with self._place.begin(calls.SYSTEM) as connection:
            found = connection.execute(sa.select(table).where(table.c.position > after).order_by(table.c.position).limit(_BATCH)).all()
        if not found:
            return 0
        with self._main.begin(calls.SYSTEM) as connection:
            # Two replicas of this meet at the cursor: the second waits for the first and finds that it has moved.
            if events.move_cursor(connection, self._source, after, found[-1].position):
                events.bring(connection, found)
        return len(found)


def source_of(name: str) -> str:
    """What the cursor of a place's events is called in the main database."""
    return f"place:{name}"


def _scope(who: Scope | Person | Call) -> Scope:
    return who if isinstance(who, Scope) else who.scope
