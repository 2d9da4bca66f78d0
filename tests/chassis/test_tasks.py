"""Durable tasks: run at least once whoever dies, again with growing pauses, and given up in a way that an operator sees."""

import logging
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from cli.stack.databases import DatabaseUrls
from services.chassis import calls, errors, frame, ids, tasks
from services.chassis.database import Database
from services.chassis.tasks import GiveUp, Lane, Later, Task, Worker
from tests.chassis.conftest import Hand, bodies
from tests.chassis.dying_worker import WHEN
from tests.chassis.notes import notes
from tests.conftest import until

ROOT = Path(__file__).parents[2]
LEASE_SECONDS = tasks._LEASE.total_seconds()


def enqueue(database: Database, kind: str = "work", **options: Any) -> UUID:
    with database.begin(calls.SYSTEM) as connection:
        return tasks.enqueue(connection, kind, {"why": "trial"}, tenant_id=None, **options)


def row(database: Database, task_id: UUID) -> Any:
    with database.begin(calls.SYSTEM) as connection:
        return connection.execute(sa.select(frame.tasks).where(frame.tasks.c.id == task_id)).one()


def test_a_task_that_waits_is_no_attempt_unless_it_is_counted(database: Database) -> None:
    now = datetime.now(UTC)
    waits = {"free": Later(now + timedelta(hours=1)), "counted": Later(now + timedelta(hours=1), counted=True)}

    def wait(task: Task) -> None:
        raise waits[task.kind]

    task_ids = {kind: enqueue(database, kind) for kind in waits}
    assert Worker("trial", database, dict.fromkeys(waits, wait)).run_due() == 2
    found = {kind: row(database, task_id) for kind, task_id in task_ids.items()}
    assert [(found[kind].state, found[kind].attempts, found[kind].last_error) for kind in waits] == [("ready", 0, None), ("ready", 1, None)]
    assert all(one.run_at == now + timedelta(hours=1) for one in found.values())


def write(database: Database, body: str) -> None:
    with database.begin(calls.SYSTEM) as connection:
        connection.execute(notes.insert(), {"body": body})


def fail(_: Task) -> None:
    raise ValueError("what a person wrote")


def test_a_task_runs_once_with_what_it_was_given(database: Database) -> None:
    seen: list[Task] = []
    subject, tenant = ids.mint(), ids.mint()
    calls.enter(calls.Call("trial", "m", "request-1"))
    with database.begin(calls.SYSTEM) as connection:
        task_id = tasks.enqueue(connection, "work", {"subject_id": subject, "count": 3}, tenant_id=tenant)
    worker = Worker("trial", database, {"work": seen.append})
    assert (worker.run_due(), worker.run_due()) == (1, 0)
    (task,) = seen
    assert (task.id, task.tenant_id, dict(task.payload)) == (task_id, tenant, {"subject_id": str(subject), "count": 3})
    assert (task.attempts, task.request_id) == (1, "request-1")
    assert row(database, task_id).state == "done"


def test_a_task_of_a_change_that_was_undone_does_not_exist(database: Database) -> None:
    with suppress(ZeroDivisionError), database.begin(calls.SYSTEM) as connection:
        tasks.enqueue(connection, "work", {}, tenant_id=None)
        raise ZeroDivisionError
    assert Worker("trial", database, {"work": fail}).run_due() == 0


def test_a_running_worker_is_woken_by_the_commit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_POLL_SECONDS", 60.0)
    ran = threading.Event()
    worker = Worker("trial", database, {"work": lambda _: ran.set()}, threads=1)
    worker.start()
    enqueue(database)
    assert ran.wait(10)
    worker.stop()


def test_a_lane_does_not_wait_for_another(database: Database) -> None:
    go_on, ran = threading.Event(), threading.Event()
    worker = Worker(
        "trial", database, {"slow": lambda _: go_on.wait(15)}, threads=1, beside=[Lane({"quick": lambda _: ran.set()}, threads=1)]
    )
    worker.start()
    enqueue(database, "slow")
    enqueue(database, "quick")
    assert ran.wait(15)
    go_on.set()
    worker.stop()


def test_an_enqueued_task_wakes_one_thread_of_its_own_lane(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def look(self: Worker, claims: tasks._Claims) -> Task | None:
        looks.append(threading.current_thread().name)
        return claim(self, claims)

    claim = Worker._claim
    monkeypatch.setattr(Worker, "_claim", look)
    monkeypatch.setattr(tasks, "_POLL_SECONDS", 60.0)
    count = 20
    ran = threading.Semaphore(0)
    worker = Worker("trial", database, {"work": lambda _: ran.release()}, threads=4, beside=[Lane({"other": fail}, threads=4)])
    worker.start()
    for _ in range(count):
        enqueue(database)
        assert ran.acquire(timeout=15)
    worker.stop()
    assert not [name for name in looks if name.startswith("trial-tasks-1")], "the other lane slept"
    # One look finds the task and one more finds nothing, unless the next was enqueued meanwhile.
    assert count <= len(looks) <= count * 3


def test_a_worker_with_threads_that_all_sleep_stops_at_once(database: Database) -> None:
    worker = Worker("trial", database, {"work": fail}, threads=8)
    worker.start()
    worker.stop()
    assert not any(thread.is_alive() for thread in worker._threads)


def test_a_task_waits_for_its_time(database: Database, clock: Hand) -> None:
    enqueue(database, run_at=clock.now.replace(microsecond=0) + tasks.timedelta(hours=1))
    worker = Worker("trial", database, {"work": lambda _: None}, clock=clock)
    assert worker.run_due() == 0
    clock.move(hours=1)
    assert worker.run_due() == 1


def test_a_task_that_nobody_here_handles_is_left_for_those_who_do(database: Database) -> None:
    task_id = enqueue(database, "another kind")
    assert Worker("trial", database, {"work": fail}).run_due() == 0
    assert row(database, task_id).state == "ready"


def test_many_workers_share_the_tasks_and_none_is_run_twice(database: Database) -> None:
    for _ in range(60):
        enqueue(database)
    workers = [Worker("trial", database, {"work": lambda task: write(database, f"once {task.id}")}) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(Worker.run_due, workers))
    assert sum(counts) == 60 == len(bodies(database))


def test_a_failed_task_runs_again_after_pauses_that_double(database: Database, clock: Hand) -> None:
    task_id = enqueue(database)
    worker = Worker("trial", database, {"work": fail}, clock=clock)
    for attempt in range(1, 6):
        clock.move(seconds=1)
        assert worker.run_due() == 1
        found = row(database, task_id)
        pause = (found.run_at - clock.now).total_seconds()
        assert (found.state, found.attempts) == ("ready", attempt)
        assert 0.79 <= pause / (0.5 * 2 ** (attempt - 1)) <= 1.21
        clock.now = found.run_at - tasks.timedelta(milliseconds=1)
        assert worker.run_due() == 0


def test_what_a_person_wrote_is_not_kept_with_a_failure_that_is_tried_again(database: Database) -> None:
    task_id = enqueue(database)
    Worker("trial", database, {"work": fail}).run_due()
    assert row(database, task_id).last_error == "ValueError"


def test_a_task_that_never_succeeds_is_dead_after_its_attempts_and_runs_again_when_an_operator_says_so(
    database: Database, clock: Hand
) -> None:
    task_id = enqueue(database, max_attempts=3)
    worker = Worker("trial", database, {"work": fail}, clock=clock)
    for _ in range(3):
        clock.move(hours=2)
        assert worker.run_due() == 1
    clock.move(days=1)
    assert worker.run_due() == 0
    with database.begin(calls.SYSTEM) as connection:
        assert [dead.id for dead in tasks.list_tasks(connection, ("dead",))] == [task_id]
        assert tasks.retry(connection, task_id)
        assert not tasks.retry(connection, task_id)
    assert Worker("trial", database, {"work": lambda _: None}, clock=clock).run_due() == 1
    assert (row(database, task_id).state, row(database, task_id).last_error) == ("done", None)


def test_a_handler_that_gives_up_is_not_asked_again(database: Database, clock: Hand) -> None:
    def give_up(_: Task) -> None:
        raise GiveUp("nobody lives there")

    task_id = enqueue(database)
    worker = Worker("trial", database, {"work": give_up}, clock=clock)
    worker.run_due()
    clock.move(days=1)
    assert worker.run_due() == 0
    assert (row(database, task_id).state, row(database, task_id).last_error) == ("dead", "nobody lives there")


def test_a_cancelled_task_does_not_run_and_one_that_has_begun_cannot_be_cancelled(database: Database) -> None:
    late = []

    def handle(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            late.append(tasks.cancel(connection, task.id))

    early = enqueue(database, run_at=tasks.utc_now() + tasks.timedelta(hours=1))
    with database.begin(calls.SYSTEM) as connection:
        assert tasks.cancel(connection, early)
        assert not tasks.cancel(connection, early)
    enqueue(database)
    assert Worker("trial", database, {"work": handle}).run_due() == 1
    assert (late, row(database, early).state) == ([False], "cancelled")


def test_a_worker_that_lost_its_lease_cannot_end_the_task_or_keep_its_effect(database: Database, clock: Hand) -> None:
    task_id = enqueue(database)
    began, go_on = threading.Event(), threading.Event()

    def slow(task: Task) -> None:
        began.set()
        assert go_on.wait(10)
        with database.begin(calls.SYSTEM) as connection:
            connection.execute(notes.insert(), {"body": "slow"})
            tasks.finish(connection, task)

    def quick(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            connection.execute(notes.insert(), {"body": "quick"})
            tasks.finish(connection, task)

    first = threading.Thread(target=Worker("first", database, {"work": slow}, clock=clock).run_due)
    first.start()
    assert began.wait(10)
    second = Worker("second", database, {"work": quick}, clock=clock)
    assert second.run_due() == 0
    clock.move(seconds=LEASE_SECONDS + 1)
    assert second.run_due() == 1
    go_on.set()
    first.join(10)
    assert bodies(database) == ["quick"]
    assert (row(database, task_id).state, row(database, task_id).attempts) == ("done", 2)


def test_a_lease_is_renewed_while_its_worker_lives(database: Database, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_RENEW_SECONDS", 0.05)
    task_id = enqueue(database)
    go_on = threading.Event()
    worker = Worker("trial", database, {"work": lambda _: go_on.wait(10)}, threads=1, clock=clock)
    worker.start()
    first = until(lambda: row(database, task_id).leased_until, "the task has begun")
    clock.move(seconds=LEASE_SECONDS + 1)
    until(lambda: row(database, task_id).leased_until > first, "the lease is renewed")
    assert Worker("other", database, {"work": fail}, clock=clock).run_due() == 0
    go_on.set()
    until(lambda: row(database, task_id).state == "done", "the task is done")
    worker.stop()


# How often the effect is there when a worker was killed at each point and another took over.
EFFECTS = {WHEN[0]: ["run 2"], WHEN[1]: ["run 2"], WHEN[2]: ["run 1", "run 2"], WHEN[3]: ["run 1"]}


@pytest.mark.parametrize(("when", "effects"), EFFECTS.items())
def test_a_task_whose_worker_is_killed_is_run_by_another(
    urls: DatabaseUrls, database: Database, clock: Hand, when: str, effects: list[str]
) -> None:
    task_id = enqueue(database)
    command = [sys.executable, "-m", "tests.chassis.dying_worker", urls.app, when]
    dying = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert dying.stdout.readline() == "here\n"
    finally:
        dying.send_signal(signal.SIGKILL)
        dying.communicate()

    def handle(task: Task) -> None:
        write(database, f"run {task.attempts}")

    clock.now = tasks.utc_now()  # which the other process went by
    taking_over = Worker("other", database, {"work": handle}, clock=clock)
    assert taking_over.run_due() == 0  # its lease holds
    clock.move(seconds=LEASE_SECONDS + 5)
    assert taking_over.run_due() == (0 if when == "after finish" else 1)
    assert bodies(database) == effects
    assert row(database, task_id).state == "done"


def test_a_task_that_kills_every_worker_is_given_up(database: Database, clock: Hand) -> None:
    task_id = enqueue(database, max_attempts=2)
    worker = Worker("trial", database, {"work": fail}, clock=clock)
    for _ in range(2):
        assert worker._claim(worker._lanes[0]) is not None  # and then it dies
        clock.move(seconds=LEASE_SECONDS + 1)
    assert worker.run_due() == 1
    assert (row(database, task_id).state, row(database, task_id).attempts) == ("dead", 3)


def test_a_failure_while_the_database_is_away_leaves_the_task_to_the_next_lease(
    database: Database, clock: Hand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    task_id = enqueue(database)
    worker = Worker("trial", database, {"work": fail}, clock=clock)

    def away(*_: object) -> None:
        raise errors.Unavailable("DATABASE_UNAVAILABLE", "away")

    claimed = worker._claim(worker._lanes[0])
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(database, "begin", away)
        worker._run(claimed)
    assert row(database, task_id).state == "running"
    clock.move(seconds=LEASE_SECONDS + 1)
    assert Worker("trial", database, {"work": lambda _: None}, clock=clock).run_due() == 1
