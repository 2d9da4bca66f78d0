"""An organization's rows go from one database to another: stopped anywhere, nothing is lost, and it can be resumed or undone."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import UUID, uuid4

import psycopg2
import pytest

from services.chassis import calls, errors
from services.chassis.database import Database
from services.chassis.moving import MoveError
from services.chassis.places import Places
from tests.conftest import until
from tests.services.jobs.placing.conftest import Sides

_ROWS = """
    INSERT INTO companies VALUES (%(company)s, %(tenant)s, %(user)s, 'Nordlicht', '', now());
    INSERT INTO jobs (id, tenant_id, company_id, company_name, created_by, title, description, location, remote, key_skills, status, version,
        created_at, updated_at) VALUES (%(job)s, %(tenant)s, %(company)s, 'N', %(user)s, 'Engineer', '', '', false, '[]', 'published', 1, now(), now());
    INSERT INTO applications (id, tenant_id, job_id, candidate_id, user_id, candidate_name, cover_letter, status, match_score, explanation,
        applied_at, updated_at) VALUES (%(application)s, %(tenant)s, %(job)s, %(user)s, %(user)s, 'Ada', 'æ\t\\', 'applied', 1.5, '{}', now(), now());
    INSERT INTO status_changes VALUES (gen_random_uuid(), %(application)s, '', 'applied', '', %(user)s, now());
    INSERT INTO self_identifications VALUES (%(application)s, %(user)s, 'another', '', '', '');
    INSERT INTO notes SELECT gen_random_uuid(), %(tenant)s, %(application)s, %(user)s, 'note ' || n, now() FROM generate_series(1, 20) n;
    INSERT INTO tasks VALUES (gen_random_uuid(), 'application_received', %(tenant)s, '{}', 'ready', now() + interval '1 day', 0, 12, request_id => '');
"""
_NAMES = ("companies", "jobs", "applications", "notes", "tasks")


def fill(sides: Sides, name: str, tenant_id: UUID) -> dict[str, str]:
    values = {key: str(uuid4()) for key in ("company", "user", "job", "application")} | {"tenant": str(tenant_id)}
    statements = _ROWS.replace("now() + interval '1 day', 0, 12, request_id => ''", "now() + interval '1 day', 0, 12, NULL, NULL, NULL, ''")
    with psycopg2.connect(sides.by_name[name].owner) as connection, connection.cursor() as cursor:
        cursor.execute(statements, values)
    return values


def counted(sides: Sides, name: str, tenant_id: UUID) -> dict[str, int]:
    of_parent = "SELECT count(*) FROM {} JOIN applications a ON a.id = application_id WHERE a.tenant_id = %(tenant)s"
    queries = {table: f"SELECT count(*) FROM {table} WHERE tenant_id = %(tenant)s" for table in _NAMES}
    queries |= {table: of_parent.format(table) for table in ("status_changes", "self_identifications")}
    (found,) = sides.sql(name, "SELECT " + ", ".join(f"({query})" for query in queries.values()), {"tenant": str(tenant_id)})
    return dict(zip(queries, found, strict=True))


FULL = {"companies": 1, "jobs": 1, "applications": 1, "notes": 20, "tasks": 1, "status_changes": 1, "self_identifications": 1}
EMPTY = dict.fromkeys(FULL, 0)


def note(sides: Sides, name: str, values: dict[str, str]) -> None:
    sides.sql(
        name, "INSERT INTO notes VALUES (gen_random_uuid(), %s, %s, %s, 'more', now())", values["tenant"], values["application"],
        values["user"], as_app=True,
    )  # fmt: skip


@pytest.fixture
def dying(sides: Sides) -> Iterator[Callable[..., str]]:
    """Runs a move that is killed at a step; says whether it was, or was done before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services.jobs.placing.dying"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    urls = {name: {"app": side.app, "owner": side.owner} for name, side in sides.by_name.items()}

    def attempt(tenant_id: UUID, to: str, step: int, *, undo: bool = False) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"sides": urls, "tenant_id": str(tenant_id), "to": to, "step": step, "undo": undo}) + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    yield attempt
    process.stdin.close()  # type: ignore[union-attr]
    process.wait(10)


def test_a_move_that_is_killed_at_any_step_goes_on_or_is_undone_and_loses_nothing(
    sides: Sides, dying: Callable[..., str], record_property: Callable[[str, object], None], pytestconfig: pytest.Config
) -> None:
    tenant, neighbour = uuid4(), uuid4()
    values, theirs = fill(sides, "main", tenant), fill(sides, "main", neighbour)
    stride = 1 if pytestconfig.getoption("--soak") else 3
    here, there, step, killed, undone = "main", "big", 1, 0, 0
    while True:
        outcome = dying(tenant, there, step)
        assert outcome in ("killed", "done")
        home, state = sides.placement(tenant)
        assert counted(sides, home, tenant) == FULL, (step, home, state)
        note(sides, "main", theirs)
        if outcome == "done":
            assert (home, state) == (there, "settled")
            break
        killed += 1
        # Undoing breaks off as well; what it left is undone, or moved all the same.
        if step % 2 and state == "copying":
            dying(tenant, there, step % 5 + 1, undo=True)
            if sides.placement(tenant)[1] == "copying":
                sides.mover.undo(tenant)
            undone += 1
            assert (sides.placement(tenant), counted(sides, there, tenant)) == ((here, "settled"), EMPTY)
            note(sides, here, values)
            sides.sql(here, "DELETE FROM notes WHERE text = 'more' AND tenant_id = %s", str(tenant))
        elif (home, state) != (there, "settled"):
            sides.mover.move(tenant, there)
        if sides.placement(tenant) == (there, "settled"):
            assert (counted(sides, there, tenant), counted(sides, here, tenant)) == (FULL, EMPTY)
            with pytest.raises(psycopg2.Error, match="not written here"):
                note(sides, here, values)
            here, there = there, here
        step += stride
    assert killed >= 24 // stride
    assert undone >= 6 // stride
    record_property("count", f"moves of an organization killed: {killed}, of which undone: {undone}")


def test_who_believes_in_the_old_place_reads_nothing_wrong_and_writes_nothing(sides: Sides) -> None:
    tenant = uuid4()
    values = fill(sides, "main", tenant)
    main, big = (Database(sides.by_name[name].app, pool_size=1) for name in ("main", "big"))
    late = Places(main, {"big": big})
    late.refresh()
    sides.mover.move(tenant, "big")
    with pytest.raises(errors.Unavailable) as told, main.begin(calls.SYSTEM) as connection:
        connection.exec_driver_sql("INSERT INTO companies VALUES (gen_random_uuid(), %s, %s, 'Late', '', now())", (tenant, tenant))
    assert told.value.reason == "TENANT_MOVING"
    with late.begin(calls.Scope(tenant)) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 0, (
            "what it knew is not stale yet, and the rows are gone"
        )
    late.refresh()
    with late.begin(calls.Scope(tenant)) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 20
    note(sides, "big", values)
    for each in (main, big):
        each.close()


def test_a_writer_who_came_before_the_pause_is_waited_for_and_taken_along(sides: Sides) -> None:
    tenant = uuid4()
    values = fill(sides, "main", tenant)
    early = psycopg2.connect(sides.by_name["main"].app)
    sides.mover.move(uuid4(), "big")  # so that the gates are there
    with early.cursor() as cursor:
        cursor.execute("SET LOCAL app.system = 'on'")
        row = (values["tenant"], values["application"], values["user"])
        cursor.execute("INSERT INTO notes VALUES (gen_random_uuid(), %s, %s, %s, 'early', now())", row)
    moving = subprocess.Popen(
        [sys.executable, "-m", "tests.services.jobs.placing.dying"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert moving.stdin is not None
    urls = {name: {"app": side.app, "owner": side.owner} for name, side in sides.by_name.items()}
    moving.stdin.write(json.dumps({"sides": urls, "tenant_id": str(tenant), "to": "big", "step": 0, "undo": False}) + "\n")
    moving.stdin.close()
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while sides.sql("main", waits)[0][0] == 0:
        assert moving.poll() is None, "it did not wait"
    early.commit()
    early.close()
    assert moving.stdout is not None
    assert moving.stdout.read().strip() == "done"
    moving.wait(10)
    assert counted(sides, "big", tenant) == FULL | {"notes": 21}


def test_what_cannot_be_moved_is_said(sides: Sides) -> None:
    tenant = uuid4()
    fill(sides, "main", tenant)
    mover = sides.mover
    for call, words in (
        (lambda: mover.move(tenant, "small"), "there is no place small"), (lambda: mover.move(tenant, "main"), "it lives on main already"),
        (lambda: mover.place(tenant, "big"), "it has rows already"), (lambda: mover.undo(tenant), "no move of it is under way"),
    ):  # fmt: skip
        with pytest.raises(MoveError, match=words):
            call()
    mover.move(tenant, "big")
    with pytest.raises(MoveError, match="it has a place already"):
        mover.place(tenant, "big")
    fresh = uuid4()
    mover.place(fresh, "big")
    assert sides.placement(fresh) == ("big", "settled")


def test_gates_are_put_on_tables_beside_writers_who_take_them_in_another_order(sides: Sides) -> None:
    gates = "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'tenant_gate' ORDER BY 1"
    before = sides.sql("big", gates)
    for (table,) in before:
        sides.sql("big", f"DROP TRIGGER tenant_gate ON {table}")
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock' AND relation = 'notes'::regclass"
    with closing(psycopg2.connect(sides.by_name["big"].owner)) as writer, writer.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("LOCK TABLE notes IN ROW EXCLUSIVE MODE")
        guarding = pool.submit(sides.mover.guard)
        until(lambda: sides.sql("big", waits), "the gates wait for the notes' writer")
        for (table,) in before:
            cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        writer.commit()
        guarding.result(15)
    assert sides.sql("big", gates) == before
    assert ("notes",) in before
