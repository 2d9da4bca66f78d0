"""Events: what a service tells the others has changed, and how another follows it, each event taking effect exactly once."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import grpc
import sqlalchemy as sa
from google.protobuf.struct_pb2 import Struct
from sqlalchemy.dialects.postgresql import insert

from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.chassis import calls, clients, database, errors, frame, metrics
from services.chassis.clock import to_timestamp
from services.chassis.database import Database
from services.chassis.logs import log

# What rings in a process when it has recorded an event.
RECORDED = "events"
_ORDER_LOCK = 0x45_56_4E_54
_BATCH = 200
_WAIT_SECONDS = 20
# What this process commits is seen at once; what a replica of it does, within this time.
_LOOK_SECONDS = 0.5
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
# Built once: building a statement costs more than sending it.
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(_ORDER_LOCK))
_ADD = frame.events.insert()
_POSITION = sa.select(sa.func.max(frame.events.c.position))
_NEXT = "SELECT * FROM events WHERE position > %(after)s ORDER BY position LIMIT %(limit)s"
_CURSORS = frame.cursors
_NEWER = insert(_CURSORS).values(source=sa.bindparam("source"), position=sa.bindparam("position"))
_MOVE = _NEWER.on_conflict_do_update(
    index_elements=["source"], set_={"position": _NEWER.excluded.position}, where=_CURSORS.c.position < _NEWER.excluded.position
).returning(_CURSORS.c.position)
LIST_EVENTS = f"/{events_pb2.DESCRIPTOR.services_by_name['EventService'].full_name}/ListEvents"


def record(connection: sa.Connection, kind: str, subject_id: UUID, tenant_id: UUID | None, **details: object) -> None:
    """Adds an event to the transaction. Call it last: it takes the lock that makes positions follow the order of commits, so that no follower skips one."""
    connection.execute(_LOCK)
    connection.execute(
        _ADD,
        {
            "kind": kind,
            "subject_id": subject_id,
            "tenant_id": tenant_id,
            "details": {n: str(v) if isinstance(v, UUID) else v for n, v in details.items()},
        },
    )
    database.ring_after_commit(connection, RECORDED)


def bring(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> None:
    """Adds events of another database of the service, as they are but for their positions; as `record`, last in the transaction."""
    connection.execute(_LOCK)
    kept = ("kind", "subject_id", "tenant_id", "details", "created_at")
    connection.execute(_ADD, [{name: getattr(row, name) for name in kept} for row in found])
    database.ring_after_commit(connection, RECORDED)


def move_cursor(connection: sa.Connection, source: str, before: int, after: int) -> bool:
    """Says whether it stood at `before`, which is 0 for one that is new, and stands at `after` now."""
    moved = insert(frame.cursors).values(source=source, position=after)
    moved = moved.on_conflict_do_update(
        index_elements=["source"], set_={"position": after}, where=frame.cursors.c.position == before
    )  # fmt: skip
    return connection.execute(moved.returning(frame.cursors.c.position)).first() is not None


def position(connection: sa.Connection) -> int:
    """That of the newest event. What is read after this has all in it that the events up to there tell of."""
    return connection.execute(_POSITION).scalar() or 0


def list_of(connection: sa.Connection, kinds: Collection[str], after: int, since: datetime) -> Sequence[sa.Row[Any]]:
    """The events of these kinds after a position that are no older."""
    table = frame.events
    wanted = sa.and_(table.c.kind.in_(kinds), table.c.position > after, table.c.created_at > since)
    return connection.execute(sa.select(table).where(wanted).order_by(table.c.position)).all()


class EventFeed(events_pb2_grpc.EventServiceServicer):
    """Serves a service's own events to those who follow it; who asks for what is not there yet may wait for it.

    One thread reads new ones on behalf of all who wait, and keeps the newest: who is not far behind is answered without a question to the database.
    """

    def __init__(self, own: Database) -> None:
        self._database = own
        self._tail: deque[Any] = deque(maxlen=_BATCH)
        self._from = 0  # all events after this position, up to the newest known, are in the tail
        self._newest = 0
        self._looked = threading.Condition()
        self._ended = False
        self._looking = threading.Thread(target=self._look, name="event-feed", daemon=True)

    def ListEvents(self, request: events_pb2.ListEventsRequest, context: grpc.ServicerContext) -> events_pb2.ListEventsResponse:
        limit = request.limit or 100
        rows = None
        # Who has gone is waited for no longer.
        if request.wait_seconds and context.add_callback(self._wake):
            with self._looked:
                self._looked.wait_for(lambda: self._newest > request.after or self._ended or not context.is_active(), request.wait_seconds)
                rows = [row for row in self._tail if row.position > request.after][:limit] if request.after >= self._from else None
        reply = events_pb2.ListEventsResponse()
        for row in self._after(request.after, limit) if rows is None else rows:
            details = Struct()
            details.update(row.details)
            reply.events.add(
                position=row.position, kind=row.kind, subject_id=str(row.subject_id), tenant_id=str(row.tenant_id or ""), details=details,
                create_time=to_timestamp(row.created_at),
            )  # fmt: skip
        return reply

    def start(self) -> None:
        self._looking.start()

    def end(self) -> None:
        """Answers all who wait, and lets nobody wait from here on."""
        with self._looked:
            self._ended = True
            self._looked.notify_all()
        self._database.committed.ring(RECORDED)
        if self._looking.is_alive():
            self._looking.join(_LONGEST_PAUSE)

    def _wake(self) -> None:
        with self._looked:
            self._looked.notify_all()

    def _look(self) -> None:
        seen, begun = 0, False
        while not self._ended:
            try:
                if not begun:
                    self._begin()
                    begun = True
                while rows := self._after(self._newest, _BATCH):
                    self._take(rows)
            except errors.Refusal as problem:
                log.warning("events not read", extra={"problem": problem.reason})
            seen = self._database.committed.wait((RECORDED,), seen, _LOOK_SECONDS)

    def _begin(self) -> None:
        """What was there before this process is read by those who are behind."""
        with self._database.begin(calls.SYSTEM) as connection:
            newest = position(connection)
        with self._looked:
            self._from = self._newest = newest
            self._looked.notify_all()

    def _take(self, rows: Sequence[Any]) -> None:
        with self._looked:
            for row in rows:
                if len(self._tail) == self._tail.maxlen:
                    self._from = self._tail[0].position
                self._tail.append(row)
            self._newest = rows[-1].position
            self._looked.notify_all()

    def _after(self, position: int, limit: int) -> Sequence[Any]:
        return self._database.run_alone(calls.SYSTEM, _NEXT, {"after": position, "limit": limit})


Apply = Callable[[sa.Connection, events_pb2.Event], None]
Prepare = Callable[[events_pb2.Event], Apply]


class Follower(threading.Thread):
    """Follows another service's events from where it stopped.

    `prepare` may call other services and returns what to do to the database; that and the cursor commit together, so a crash repeats the preparation only.
    An event that cannot be applied is tried again, more and more slowly, and holds back those behind it.
    """

    def __init__(self, server: str, source: str, channel: grpc.Channel, own: Database, prepare: Prepare) -> None:
        super().__init__(name=f"{server}-follows-{source}", daemon=True)
        self._server = server
        self._source = source
        self._feed = events_pb2_grpc.EventServiceStub(channel)
        self._database = own
        self._prepare = prepare
        self._after: int | None = None
        self._asking: grpc.Future[events_pb2.ListEventsResponse] | None = None
        self._stopping = threading.Event()

    def run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            calls.enter(calls.Call(self._server, f"follow/{self._source}", ""))
            try:
                self._advance()
                pause = _FIRST_PAUSE
            except Exception as problem:  # noqa: BLE001 - whatever it was, the next round tries again
                self._after = None
                if not self._stopping.is_set():
                    log.warning("event not applied", extra={"source": self._source, "problem": type(problem).__name__})
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def stop(self) -> None:
        """Returns when it has stopped: its channel may be closed then, and not before."""
        self._stopping.set()
        if self._asking is not None:
            self._asking.cancel()
        if self.is_alive():
            self.join(_LONGEST_PAUSE * 2)

    def _advance(self) -> None:
        """Waits for the next events, and applies them."""
        if self._after is None:
            self._after = self._stands_at()
        request = events_pb2.ListEventsRequest(after=self._after, limit=_BATCH, wait_seconds=_WAIT_SECONDS)
        self._asking = self._feed.ListEvents.future(request, timeout=_WAIT_SECONDS + clients.DEADLINE_SECONDS)
        if self._stopping.is_set():
            self._asking.cancel()
        # gRPC's own wait wakes ten times a second.
        answered = threading.Event()
        self._asking.add_done_callback(lambda _: answered.set())
        answered.wait()
        for event in self._asking.result().events:
            if self._stopping.is_set():
                return
            apply = self._prepare(event)
            with self._database.begin(calls.SYSTEM) as connection:
                # Two replicas of a follower meet here: the second waits for the first and finds the cursor moved.
                moved = connection.execute(_MOVE, {"source": self._source, "position": event.position}).first()
                if moved:
                    apply(connection, event)
            self._after = event.position
            metrics.EVENT_POSITION.labels(self._server, self._source).set(event.position)

    def _stands_at(self) -> int:
        cursors = frame.cursors
        with self._database.begin(calls.SYSTEM) as connection:
            return connection.execute(sa.select(cursors.c.position).where(cursors.c.source == self._source)).scalar() or 0
