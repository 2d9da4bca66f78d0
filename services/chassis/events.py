"""Events: what a service tells the others has changed, and how another follows it, each event taking effect exactly once."""

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import grpc
import sqlalchemy as sa
from google.protobuf.struct_pb2 import Struct
from sqlalchemy.dialects.postgresql import insert

from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.chassis import calls, database, frame, metrics
from services.chassis.clock import to_timestamp
from services.chassis.database import Database
from services.chassis.logs import log

_ORDER_LOCK = 0x45_56_4E_54
_BATCH = 200
_POLL_SECONDS = 0.25
_LONGEST_PAUSE = 5.0
# Built once: building a statement costs more than sending it.
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(_ORDER_LOCK))
_ADD = frame.events.insert()
_POSITION = sa.select(sa.func.max(frame.events.c.position))


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
    database.ring_after_commit(connection)


def bring(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> None:
    """Adds events of another database of the service, as they are but for their positions; as `record`, last in the transaction."""
    connection.execute(_LOCK)
    kept = ("kind", "subject_id", "tenant_id", "details", "created_at")
    connection.execute(_ADD, [{name: getattr(row, name) for name in kept} for row in found])
    database.ring_after_commit(connection)


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
    """Serves a service's own events to those who follow it."""

    def __init__(self, own: Database) -> None:
        self._database = own

    def ListEvents(self, request: events_pb2.ListEventsRequest, context: grpc.ServicerContext) -> events_pb2.ListEventsResponse:
        table = frame.events
        query = sa.select(table).where(table.c.position > request.after).order_by(table.c.position).limit(request.limit or 100)
        with self._database.begin(calls.SYSTEM) as connection:
            rows = connection.execute(query).all()
        reply = events_pb2.ListEventsResponse()
        for row in rows:
            details = Struct()
            details.update(row.details)
            reply.events.add(
                position=row.position, kind=row.kind, subject_id=str(row.subject_id), tenant_id=str(row.tenant_id or ""), details=details,
                create_time=to_timestamp(row.created_at),
            )  # fmt: skip
        return reply


Apply = Callable[[sa.Connection, events_pb2.Event], None]
Prepare = Callable[[events_pb2.Event], Apply]


class Follower(threading.Thread):
    """Follows another service's events from where it stopped.

    `prepare` may call other services and returns what to do to the database; that and the cursor commit together, so a crash repeats the preparation only.
    An event that cannot be applied is tried again, more and more slowly, and holds back those behind it.
    """

    def __init__(
        self, server: str, source: str, channel: grpc.Channel, own: Database, prepare: Prepare, *, poll_seconds: float = _POLL_SECONDS
    ) -> None:
        super().__init__(name=f"{server}-follows-{source}", daemon=True)
        self._server = server
        self._source = source
        self._feed = events_pb2_grpc.EventServiceStub(channel)
        self._database = own
        self._prepare = prepare
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        pause = self._poll_seconds
        while not self._stopping.is_set():
            calls.enter(calls.Call(self._server, f"follow/{self._source}", ""))
            try:
                busy = self._advance()
                pause = self._poll_seconds
            except Exception as problem:  # noqa: BLE001 - whatever it was, the next round tries again
                log.warning("event not applied", extra={"source": self._source, "problem": type(problem).__name__})
                busy, pause = False, min(pause * 2, _LONGEST_PAUSE)
            if not busy:
                self._stopping.wait(pause)

    def stop(self) -> None:
        """Returns when it has stopped: its channel may be closed then, and not before."""
        self._stopping.set()
        if self.is_alive():
            self.join(_LONGEST_PAUSE * 2)

    def _advance(self) -> bool:
        """Applies a batch; says whether there may be more."""
        cursors = frame.cursors
        with self._database.begin(calls.SYSTEM) as connection:
            after = connection.execute(sa.select(cursors.c.position).where(cursors.c.source == self._source)).scalar() or 0
        found = self._feed.ListEvents(events_pb2.ListEventsRequest(after=after, limit=_BATCH)).events
        for event in found:
            if self._stopping.is_set():
                return False
            apply = self._prepare(event)
            with self._database.begin(calls.SYSTEM) as connection:
                # Two replicas of a follower meet here: the second waits for the first and finds the cursor moved.
                moved = connection.execute(
                    insert(cursors)
                    .values(source=self._source, position=event.position)
                    .on_conflict_do_update(
                        index_elements=["source"], set_={"position": event.position}, where=cursors.c.position < event.position
                    )
                    .returning(cursors.c.position)
                ).first()
                if moved:
                    apply(connection, event)
            metrics.EVENT_POSITION.labels(self._server, self._source).set(event.position)
        return len(found) == _BATCH
