"""Durable tasks: work that outlives a request, recorded with the change that causes it and run until it has succeeded or is given up."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from opentelemetry.trace import SpanKind
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis import calls, database, errors, frame, idempotency, ids, metrics, problems, tracing
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database, Wake
from services.chassis.logs import log

MAX_ATTEMPTS = 12
_LEASE = timedelta(seconds=15)
_RENEW_SECONDS = 5.0
_POLL_SECONDS = 1.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 3600.0
_DONE_KEPT = timedelta(days=7)
_SWEEP_SECONDS = 600.0

# Built once: building a statement costs more than sending it.
_ADD = frame.tasks.insert()
_HELD = sa.and_(
    frame.tasks.c.id == sa.bindparam("its_id"), frame.tasks.c.lease_id == sa.bindparam("its_lease"), frame.tasks.c.state == "running"
)
_DONE = frame.tasks.update().where(_HELD).values(state="done", finished_at=sa.bindparam("at"), last_error=None)


@dataclass(frozen=True)
class Task:
    """One piece of work. Its id is a good idempotency key for what it does elsewhere."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    payload: Mapping[str, Any]
    attempts: int
    max_attempts: int
    request_id: str
    traceparent: str
    lease_id: UUID
    finished: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)


class GiveUp(Exception):  # noqa: N818 - an outcome, not a fault
    """Raised by a handler whose task cannot succeed however often it runs: it goes to the dead letters at once."""


class Later(Exception):  # noqa: N818 - an outcome, not a fault
    """Raised by a handler that has to wait: its task runs again at that time. It was no attempt unless it is counted as one."""

    def __init__(self, at: datetime, *, counted: bool = False) -> None:
        super().__init__(f"waits until {at:%Y-%m-%dT%H:%M:%S%z}")
        self.at = at
        self.counted = counted


Handler = Callable[[Task], None]


def enqueue(
    connection: sa.Connection, kind: str, payload: Mapping[str, object], *, tenant_id: UUID | None, run_at: datetime | None = None,
    max_attempts: int = MAX_ATTEMPTS,
) -> UUID:  # fmt: skip
    """Adds a task to the transaction: it exists if and only if the change does. Runs at `run_at`, or at once. Returns its id."""
    task_id = ids.mint()
    connection.execute(
        _ADD,
        {
            "id": task_id, "kind": kind, "tenant_id": tenant_id, "state": "ready", "run_at": run_at or utc_now(), "attempts": 0,
            "payload": {name: str(value) if isinstance(value, UUID) else value for name, value in payload.items()},
            "max_attempts": max_attempts, "request_id": calls.current().request_id, "traceparent": tracing.carrier().get("traceparent", ""),
        },
    )  # fmt: skip
    database.ring_after_commit(connection, _topic(kind))
    return task_id


def cancel(connection: sa.Connection, task_id: UUID) -> bool:
    """Cancels a task that has not begun; says whether it was in time."""
    table = frame.tasks
    return connection.execute(table.update().where(table.c.id == task_id, table.c.state == "ready").values(state="cancelled")).rowcount == 1


def withdraw(connection: sa.Connection, task_id: UUID) -> bool:
    """As `cancel`, for what nobody will ask about: no row of it stays."""
    table = frame.tasks
    return connection.execute(table.delete().where(table.c.id == task_id, table.c.state == "ready")).rowcount == 1


def finish(connection: sa.Connection, task: Task) -> None:
    """Marks the task as done in the handler's own transaction, so that its effect and its end commit together.

    Raises Aborted where the task's lease has passed to another worker: this transaction then rolls back.
    """
    done = connection.execute(_DONE, {**_lease_of(task), "at": utc_now()})
    if done.rowcount != 1:
        raise errors.Aborted("TASK_LOST", "another worker took the task over")
    task.finished.set()


_NOW = sa.bindparam("now", type_=sa.DateTime(timezone=True))


def _due() -> sa.ColumnElement[bool]:
    """That a task waits for a worker, or its worker has died; an organization that is being moved takes its tasks along."""
    table = frame.tasks
    moving = sa.select(frame.tenant_gates.c.tenant_id).where(~frame.tenant_gates.c.open)
    return sa.and_(
        sa.or_(sa.and_(table.c.state == "ready", table.c.run_at <= _NOW), sa.and_(table.c.state == "running", table.c.leased_until < _NOW)),
        sa.or_(table.c.tenant_id.is_(None), table.c.tenant_id.not_in(moving)),
    )


def _claiming(kinds: Iterable[str]) -> sa.Executable:
    """Takes the lease of the task that is due longest."""
    table = frame.tasks
    chosen = (
        sa.select(table.c.id)
        .where(_due(), table.c.kind == sa.any_(sa.literal(list(kinds), ARRAY(sa.Text))))
        .order_by(table.c.run_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    leased = {"leased_until": sa.bindparam("until", type_=sa.DateTime(timezone=True)), "lease_id": sa.bindparam("lease", type_=sa.Uuid)}
    claim = table.update().where(table.c.id == chosen.scalar_subquery())
    return claim.values(state="running", attempts=table.c.attempts + 1, **leased).returning(table)


def _looking(kinds: Iterable[str]) -> sa.Select[tuple[str]]:
    """Those of these kinds of which a task is due."""
    wanted = sa.select(sa.func.unnest(sa.literal(list(kinds), ARRAY(sa.Text))).label("kind")).subquery()
    return sa.select(wanted.c.kind).where(sa.exists().where(frame.tasks.c.kind == wanted.c.kind, _due()))


def _lease_of(task: Task) -> dict[str, UUID]:
    """The values of `_HELD`."""
    return {"its_id": task.id, "its_lease": task.lease_id}


def _topic(kind: str) -> str:
    """What rings in a process when it has enqueued a task of the kind."""
    return f"task/{kind}"


@dataclass(frozen=True)
class Lane:
    """Handlers with threads of their own: their tasks wait for no others."""

    handlers: Mapping[str, Handler]
    threads: int = 2


class _Claims:
    """A lane's way to its tasks. A task that is enqueued here rings once, and one thread looks for it; the others stay asleep."""

    def __init__(self, lane: Lane, committed: Wake) -> None:
        self.statement = _claiming(lane.handlers)
        self._committed = committed
        self._topics = [_topic(kind) for kind in lane.handlers]
        self._seen = 0
        self._watching = threading.Lock()

    def wait(self, stopping: threading.Event) -> None:
        """Returns when there may be a task that no other thread looks for, or the worker stops: it rings when it has said so."""
        with self._watching:
            seen = self._seen
            if not stopping.is_set():
                rung = self._committed.wait(self._topics, seen, _LONGEST_PAUSE)
                self._seen = min(seen + 1, rung)

    def rung(self) -> int:
        return self._committed.rung(self._topics)

    def found_none(self, rung: int) -> None:
        """Nothing was due when it had rung so often."""
        # Where two threads write this at once the lower number may win: somebody looks once more than needed.
        self._seen = max(self._seen, rung)


class Worker:
    """Runs a service's tasks on a few threads: at least once each, under a lease that another worker takes over when this one dies.

    Tasks of the lanes beside the first have threads of their own. One more thread asks each second what has become due.
    """

    def __init__(
        self, server: str, own: Database, handlers: Mapping[str, Handler], *, threads: int = 2, beside: Sequence[Lane] = (), clock: Clock = utc_now
    ) -> None:  # fmt: skip
        lanes = [lane for lane in (Lane(handlers, threads), *beside) if lane.handlers]
        self._server = server
        self._database = own
        self._handlers = {kind: handler for lane in lanes for kind, handler in lane.handlers.items()}
        self._lanes = [_Claims(lane, own.committed) for lane in lanes]
        self._look = _looking(self._handlers)
        self._clock = clock
        self._stopping = threading.Event()
        self._running: dict[UUID, UUID] = {}
        self._threads = [
            threading.Thread(target=self._loop, args=(claims,), name=f"{server}-tasks-{at}-{n}", daemon=True)
            for at, (claims, lane) in enumerate(zip(self._lanes, lanes, strict=True))
            for n in range(lane.threads)
        ]
        self._threads.append(threading.Thread(target=self._tend, name=f"{server}-tasks-clock", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Lets tasks that run finish, up to `timeout` seconds; a longer one is taken over after its lease."""
        self._stopping.set()
        self._database.committed.ring()
        for thread in self._threads:
            thread.join(timeout)

    def run_due(self) -> int:
        """Runs what is due now on this thread, one after the other, and returns how many ran: for tests and commands."""
        count = 0
        for claims in self._lanes:
            while (task := self._claim(claims)) is not None:
                self._run(task)
                count += 1
        return count

    def _loop(self, claims: _Claims) -> None:
        while not self._stopping.is_set():
            claims.wait(self._stopping)
            try:
                while not self._stopping.is_set():
                    rung = claims.rung()
                    task = self._claim(claims)
                    if task is None:
                        claims.found_none(rung)
                        break
                    self._run(task)
            except Exception as problem:  # noqa: BLE001 - the database may be away; it comes back, and the clock rings again
                log.warning("tasks not read", extra={"server": self._server, "problem": type(problem).__name__})

    def _claim(self, claims: _Claims) -> Task | None:
        now, lease_id = self._clock(), ids.mint()
        with self._database.begin(calls.SYSTEM) as connection:
            row = connection.execute(claims.statement, {"now": now, "until": now + _LEASE, "lease": lease_id}).first()
        if row is None:
            return None
        self._running[row.id] = lease_id
        return Task(
            row.id, row.kind, row.tenant_id, row.payload, row.attempts, row.max_attempts, row.request_id, row.traceparent or "", lease_id
        )

    def _run(self, task: Task) -> None:
        calls.enter(calls.Call(self._server, f"task/{task.kind}", task.request_id))
        outcome = "done"
        try:
            with tracing.span(f"task {task.kind}", {"traceparent": task.traceparent}, kind=SpanKind.CONSUMER, request_id=task.request_id):
                if task.attempts > task.max_attempts:
                    raise GiveUp("its worker died each time it ran")  # noqa: TRY301
                self._handlers[task.kind](task)
            if not task.finished.is_set():
                self._end(task)
        except Later as wait:
            outcome = "waited"
            self._wait(task, wait)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the task says so and runs again
            outcome = self._fail(task, problem)
        finally:
            self._running.pop(task.id, None)
            metrics.TASKS.labels(self._server, task.kind, outcome).inc()
            calls.enter(calls.NO_CALL)

    def _end(self, task: Task) -> None:
        with self._database.begin(calls.SYSTEM) as connection:
            connection.execute(_DONE, {**_lease_of(task), "at": self._clock()})

    def _wait(self, task: Task, wait: Later) -> None:
        waits = {"state": "ready", "run_at": wait.at, "attempts": task.attempts if wait.counted else task.attempts - 1}
        try:
            with self._database.begin(calls.SYSTEM) as connection:
                connection.execute(frame.tasks.update().where(_HELD).values(waits), _lease_of(task))
        except errors.Refusal:
            log.warning("task's pause not recorded; its lease will run out", extra={"task_id": str(task.id)})

    def _fail(self, task: Task, problem: Exception) -> str:
        now = self._clock()
        dead = isinstance(problem, GiveUp) or task.attempts >= task.max_attempts
        pause = min(_FIRST_PAUSE * 2 ** (task.attempts - 1), _LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries
        if dead:
            problems.note(problem)
        # The kind of problem and its reason; a message might carry what a person wrote, but those of GiveUp are ours.
        told = f"{problem.reason}: {problem.message}" if isinstance(problem, errors.Refusal) else type(problem).__name__
        if isinstance(problem, GiveUp):
            told = str(problem)
        log.warning(
            "task failed", extra={"task_id": str(task.id), "kind": task.kind, "attempt": task.attempts, "dead": dead}, exc_info=problem
        )
        try:
            with self._database.begin(calls.SYSTEM) as connection:
                failed = {"state": "dead" if dead else "ready", "run_at": now + timedelta(seconds=pause), "last_error": told[:500]}
                connection.execute(frame.tasks.update().where(_HELD).values(failed), _lease_of(task))
        except errors.Refusal:
            log.warning("task's failure not recorded; its lease will run out", extra={"task_id": str(task.id)})
        return "dead" if dead else "retried"

    def _tend(self) -> None:
        """Renews the leases of what runs here, rings for what has become due, and now and then sweeps what is old."""
        renew_at, sweep_at = 0.0, time.monotonic() + _SWEEP_SECONDS
        while not self._stopping.is_set():
            now = self._clock()
            try:
                if time.monotonic() >= renew_at:
                    with self._database.begin(calls.SYSTEM) as connection:
                        self._renew(connection, now)
                    renew_at = time.monotonic() + _RENEW_SECONDS
                with self._database.begin(calls.SYSTEM) as connection:
                    due = connection.execute(self._look, {"now": now}).all()
                if due:
                    self._database.committed.ring(*(_topic(row.kind) for row in due))
                if time.monotonic() >= sweep_at:
                    with self._database.begin(calls.SYSTEM) as connection:
                        idempotency.forget_old(connection)
                        connection.execute(
                            frame.tasks.delete().where(frame.tasks.c.state == "done", frame.tasks.c.finished_at < now - _DONE_KEPT)
                        )
                    sweep_at = time.monotonic() + _SWEEP_SECONDS
            except Exception as problem:  # noqa: BLE001 - the database may be away; it comes back
                log.warning("tasks not read", extra={"server": self._server, "problem": type(problem).__name__})
            self._stopping.wait(min(_POLL_SECONDS, _RENEW_SECONDS))

    def _renew(self, connection: sa.Connection, now: datetime) -> None:
        table, held = frame.tasks, list(self._running.values())
        if held:
            connection.execute(
                table.update().where(table.c.lease_id.in_(held), table.c.state == "running").values(leased_until=now + _LEASE)
            )
        due = sa.select(sa.func.count()).where(table.c.state == "ready", table.c.run_at <= now)
        metrics.TASKS_DUE.labels(self._server).set(connection.execute(due).scalar_one())
        dead = sa.select(sa.func.count()).where(table.c.state == "dead")
        metrics.TASKS_DEAD.labels(self._server).set(connection.execute(dead).scalar_one())


def list_tasks(connection: sa.Connection, states: tuple[str, ...], limit: int = 100) -> list[Any]:
    """Tasks in these states, the longest due first, for an operator."""
    table = frame.tasks
    return list(connection.execute(sa.select(table).where(table.c.state.in_(states)).order_by(table.c.run_at).limit(limit)).all())


def retry(connection: sa.Connection, task_id: UUID) -> bool:
    """Gives a dead task all its attempts again, from now; says whether there was such a one."""
    table = frame.tasks
    found = connection.execute(
        table.update()
        .where(table.c.id == task_id, table.c.state == "dead")
        .values(state="ready", attempts=0, run_at=sa.func.now(), last_error=None)
    )
    return found.rowcount == 1
