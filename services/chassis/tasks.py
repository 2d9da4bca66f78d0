"""Durable tasks: work that outlives a request, recorded with the change that causes it and run until it has succeeded or is given up."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from opentelemetry.trace import SpanKind

from services.chassis import calls, database, errors, frame, idempotency, ids, metrics, problems, tracing
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.chassis.logs import log

MAX_ATTEMPTS = 12
_LEASE = timedelta(seconds=15)
_RENEW_SECONDS = 5.0
_POLL_SECONDS = 1.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 3600.0
_DONE_KEPT = timedelta(days=7)
_SWEEP_SECONDS = 600.0


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
        frame.tasks.insert(),
        {
            "id": task_id, "kind": kind, "tenant_id": tenant_id, "state": "ready", "run_at": run_at or utc_now(), "attempts": 0,
            "payload": {name: str(value) if isinstance(value, UUID) else value for name, value in payload.items()},
            "max_attempts": max_attempts, "request_id": calls.current().request_id, "traceparent": tracing.carrier().get("traceparent", ""),
        },
    )  # fmt: skip
    database.ring_after_commit(connection)
    return task_id


def cancel(connection: sa.Connection, task_id: UUID) -> bool:
    """Cancels a task that has not begun; says whether it was in time."""
    table = frame.tasks
    return connection.execute(table.update().where(table.c.id == task_id, table.c.state == "ready").values(state="cancelled")).rowcount == 1


def finish(connection: sa.Connection, task: Task) -> None:
    """Marks the task as done in the handler's own transaction, so that its effect and its end commit together.

    Raises Aborted where the task's lease has passed to another worker: this transaction then rolls back.
    """
    table = frame.tasks
    done = connection.execute(
        table.update()
        .where(table.c.id == task.id, table.c.lease_id == task.lease_id, table.c.state == "running")
        .values(state="done", finished_at=sa.func.now(), last_error=None)
    )
    if done.rowcount != 1:
        raise errors.Aborted("TASK_LOST", "another worker took the task over")
    task.finished.set()


def _claiming(kinds: Iterable[str]) -> sa.Executable:
    """Takes the lease of the task that is due longest. It is asked for every second by every worker, so each worker builds it once."""
    table, now = frame.tasks, sa.bindparam("now", type_=sa.DateTime(timezone=True))
    due = sa.or_(sa.and_(table.c.state == "ready", table.c.run_at <= now), sa.and_(table.c.state == "running", table.c.leased_until < now))
    # An organization that is being moved takes its tasks along.
    moving = sa.select(frame.tenant_gates.c.tenant_id).where(~frame.tenant_gates.c.open)
    here = sa.or_(table.c.tenant_id.is_(None), table.c.tenant_id.not_in(moving))
    chosen = (
        sa.select(table.c.id)
        .where(due, table.c.kind.in_(list(kinds)), here)
        .order_by(table.c.run_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    leased = {"leased_until": sa.bindparam("until", type_=sa.DateTime(timezone=True)), "lease_id": sa.bindparam("lease", type_=sa.Uuid)}
    claim = table.update().where(table.c.id == chosen.scalar_subquery())
    return claim.values(state="running", attempts=table.c.attempts + 1, **leased).returning(table)


class Worker:
    """Runs a service's tasks on a few threads: at least once each, under a lease that another worker takes over when this one dies."""

    def __init__(self, server: str, own: Database, handlers: Mapping[str, Handler], *, threads: int = 2, clock: Clock = utc_now) -> None:
        self._server = server
        self._database = own
        self._handlers = handlers
        self._claims = _claiming(handlers)
        self._clock = clock
        self._stopping = threading.Event()
        self._watching = threading.Lock()
        self._running: dict[UUID, UUID] = {}
        self._threads = [threading.Thread(target=self._loop, name=f"{server}-tasks-{n}", daemon=True) for n in range(threads)]
        self._threads.append(threading.Thread(target=self._tend, name=f"{server}-tasks-leases", daemon=True))

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
        while (task := self._claim()) is not None:
            self._run(task)
            count += 1
        return count

    def _loop(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            task = None
            try:
                task = self._claim()
            except Exception as problem:  # noqa: BLE001 - the database may be away; it comes back
                log.warning("tasks not read", extra={"server": self._server, "problem": type(problem).__name__})
            if task is not None:
                self._run(task)
            else:
                # One thread asks each second for what has become due; when it finds something, the next is already in its place.
                with self._watching:
                    seen = self._database.committed.wait(seen, _POLL_SECONDS)

    def _claim(self) -> Task | None:
        now, lease_id = self._clock(), ids.mint()
        with self._database.begin(calls.SYSTEM) as connection:
            row = connection.execute(self._claims, {"now": now, "until": now + _LEASE, "lease": lease_id}).first()
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
        table = frame.tasks
        with self._database.begin(calls.SYSTEM) as connection:
            connection.execute(
                table.update()
                .where(table.c.id == task.id, table.c.lease_id == task.lease_id, table.c.state == "running")
                .values(state="done", finished_at=self._clock(), last_error=None)
            )

    def _wait(self, task: Task, wait: Later) -> None:
        table, held = frame.tasks, sa.and_(frame.tasks.c.id == task.id, frame.tasks.c.lease_id == task.lease_id)
        attempts = task.attempts if wait.counted else task.attempts - 1
        waits = {"state": "ready", "run_at": wait.at, "attempts": attempts}
        try:
            with self._database.begin(calls.SYSTEM) as connection:
                connection.execute(table.update().where(held, table.c.state == "running").values(waits))
        except errors.Refusal:
            log.warning("task's pause not recorded; its lease will run out", extra={"task_id": str(task.id)})

    def _fail(self, task: Task, problem: Exception) -> str:
        table, now = frame.tasks, self._clock()
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
                connection.execute(
                    table.update()
                    .where(table.c.id == task.id, table.c.lease_id == task.lease_id, table.c.state == "running")
                    .values(state="dead" if dead else "ready", run_at=now + timedelta(seconds=pause), last_error=told[:500])
                )
        except errors.Refusal:
            log.warning("task's failure not recorded; its lease will run out", extra={"task_id": str(task.id)})
        return "dead" if dead else "retried"

    def _tend(self) -> None:
        """Renews the leases of what runs here; now and then counts what waits and sweeps what is old."""
        table, sweep = frame.tasks, 0.0
        while not self._stopping.wait(_RENEW_SECONDS):
            try:
                with self._database.begin(calls.SYSTEM) as connection:
                    held = list(self._running.values())
                    if held:
                        connection.execute(
                            table.update()
                            .where(table.c.lease_id.in_(held), table.c.state == "running")
                            .values(leased_until=self._clock() + _LEASE)
                        )
                    due = sa.select(sa.func.count()).where(table.c.state == "ready", table.c.run_at <= self._clock())
                    metrics.TASKS_DUE.labels(self._server).set(connection.execute(due).scalar_one())
                    metrics.TASKS_DEAD.labels(self._server).set(
                        connection.execute(sa.select(sa.func.count()).where(table.c.state == "dead")).scalar_one()
                    )
                    sweep += _RENEW_SECONDS
                    if sweep >= _SWEEP_SECONDS:
                        sweep = 0.0
                        idempotency.forget_old(connection)
                        connection.execute(table.delete().where(table.c.state == "done", table.c.finished_at < self._clock() - _DONE_KEPT))
            except errors.Refusal:
                continue


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
