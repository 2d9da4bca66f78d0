"""One transaction with the caller's scope, on PostgreSQL itself."""

import threading
from contextlib import suppress
from uuid import UUID

import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack.databases import DatabaseUrls
from cli.stack.ports import free_port
from services.chassis import calls, errors, ids
from services.chassis.calls import Scope
from services.chassis.database import Database, Wake, driver_url, refusing, ring_after_commit
from tests.chassis.conftest import bodies
from tests.chassis.notes import notes
from tests.conftest import until

OURS, THEIRS, ADA = ids.mint(), ids.mint(), ids.mint()
SCOPE = "SELECT app_tenant(), app_user(), app_system()"


def write(database: Database, tenant_id: UUID, body: str) -> None:
    with database.begin(Scope(tenant_id)) as connection:
        connection.execute(notes.insert(), {"tenant_id": tenant_id, "body": body})


def scope_in(database: Database, scope: Scope) -> tuple[UUID | None, UUID | None, bool]:
    with database.begin(scope) as connection:
        return tuple(connection.exec_driver_sql(SCOPE).one())


def test_a_transaction_says_who_it_is_for_and_the_next_one_does_not_inherit_it(urls: DatabaseUrls) -> None:
    database = Database(urls.app, pool_size=1)
    assert scope_in(database, Scope(OURS, ADA)) == (OURS, ADA, False)
    assert scope_in(database, calls.SYSTEM) == (None, None, True)
    assert scope_in(database, calls.ANONYMOUS) == (None, None, False)
    database.close()


def test_a_query_that_forgets_its_where_sees_the_tenants_rows_alone(database: Database) -> None:
    write(database, OURS, "ours")
    write(database, THEIRS, "theirs")
    everything = sa.select(notes.c.body)
    with database.begin(Scope(OURS)) as connection:
        assert connection.execute(everything).scalars().all() == ["ours"]
        assert connection.execute(notes.update().values(body="changed")).rowcount == 1
        assert connection.execute(notes.delete().where(notes.c.body != "changed")).rowcount == 0
    with database.begin(calls.ANONYMOUS) as connection:
        assert connection.execute(everything).scalars().all() == []
    assert bodies(database) == ["changed", "theirs"]


def test_a_row_cannot_be_written_into_another_tenant(database: Database) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), database.begin(Scope(OURS)) as connection:
        connection.execute(notes.insert(), {"tenant_id": THEIRS, "body": "smuggled"})
    assert bodies(database) == []


def test_an_exception_undoes_the_transaction_and_gives_the_connection_back_clean(urls: DatabaseUrls, database: Database) -> None:
    alone = Database(urls.app, pool_size=1)
    with suppress(ZeroDivisionError), alone.begin(Scope(OURS)) as connection:
        connection.execute(notes.insert(), {"tenant_id": OURS, "body": "half done"})
        raise ZeroDivisionError
    assert scope_in(alone, calls.ANONYMOUS) == (None, None, False)
    assert bodies(database) == []
    alone.close()


def test_a_nul_character_is_the_callers_mistake(database: Database) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal, database.begin(Scope(OURS)) as connection:
        connection.execute(notes.insert(), {"tenant_id": OURS, "body": "a\0b"})
    assert refusal.value.reason == "TEXT_INVALID"


def test_a_connection_that_the_server_ended_is_replaced(urls: DatabaseUrls) -> None:
    database = Database(urls.app, pool_size=1)
    with database.begin(calls.SYSTEM) as connection:
        first = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    kill(urls, first)
    with database.begin(calls.SYSTEM) as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != first
    database.close()


def test_a_connection_lost_in_the_middle_is_an_unavailable_and_the_next_transaction_works(urls: DatabaseUrls, database: Database) -> None:
    def lose() -> None:
        with database.begin(Scope(OURS)) as connection:
            connection.execute(notes.insert(), {"tenant_id": OURS, "body": "lost"})
            kill(urls, connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
            connection.execute(sa.select(notes.c.body))

    with pytest.raises(errors.Unavailable, match="DATABASE_UNAVAILABLE"):
        lose()
    assert bodies(database) == []


def kill(urls: DatabaseUrls, pid: int) -> None:
    """Ends a session as an operator would, and waits until it is gone."""
    connection = psycopg2.connect(urls.app)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    connection.close()


def test_a_database_that_cannot_be_reached_is_an_unavailable_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.database._RECONNECT_SECONDS", 0.2)
    database = Database(f"postgres://nobody:nothing@127.0.0.1:{free_port()}/none")
    with pytest.raises(errors.Unavailable), database.begin(calls.SYSTEM):
        pytest.fail("there is no such database")


def test_two_who_wait_for_each_other_are_told_to_try_again(database: Database) -> None:
    write(database, OURS, "left")
    write(database, OURS, "right")
    both_hold, refused = threading.Barrier(2, timeout=10), []

    def lock(first: str, second: str) -> None:
        try:
            with database.begin(Scope(OURS)) as connection:
                connection.execute(notes.update().where(notes.c.body == first).values(subject_id=ADA))
                both_hold.wait()
                connection.execute(notes.update().where(notes.c.body == second).values(subject_id=ADA))
        except errors.Aborted as refusal:
            refused.append(refusal.reason)

    other = threading.Thread(target=lock, args=("right", "left"))
    other.start()
    lock("left", "right")
    other.join(10)
    assert refused == ["CONFLICT"]


def test_a_named_constraint_becomes_its_refusal_and_another_stays_a_fault(database: Database) -> None:
    taken = {"notes_once": errors.AlreadyExists("TAKEN", "it is there already")}
    write(database, OURS, "once")
    with pytest.raises(errors.AlreadyExists), refusing(taken):
        write(database, OURS, "once")
    with pytest.raises(sa.exc.IntegrityError, match="notes_not_rude"), refusing(taken):
        write(database, OURS, "rude")


def test_a_role_that_passes_by_the_policies_is_refused_at_the_start(urls: DatabaseUrls, database: Database) -> None:
    database.refuse_unguarded()
    owner = Database(urls.owner)
    with pytest.raises(RuntimeError, match="auth_owner"):
        owner.refuse_unguarded()
    owner.close()


def test_who_waits_is_woken_by_a_commit_that_rings_for_the_topic_and_by_no_rollback(database: Database) -> None:
    topics = ("bread", "soup")
    with suppress(ZeroDivisionError), database.begin(calls.SYSTEM) as connection:
        ring_after_commit(connection, "bread")
        raise ZeroDivisionError
    with database.begin(calls.SYSTEM) as connection:
        ring_after_commit(connection, "salad")
    assert database.committed.wait(topics, 0, 0) == 0
    woken: list[int] = []
    waiter = threading.Thread(target=lambda: woken.append(database.committed.wait(topics, 0, 10)))
    waiter.start()
    with database.begin(calls.SYSTEM) as connection:
        ring_after_commit(connection, "bread")
        ring_after_commit(connection, "soup")
    waiter.join(5)
    assert woken == [2]


def test_a_ring_before_the_wait_is_not_missed_and_one_for_nobody_is_for_all() -> None:
    wake = Wake()
    wake.ring("bread")
    assert wake.wait(("bread",), 0, 10) == 1
    wake.ring()
    assert (wake.rung(("bread",)), wake.rung(("soup",))) == (2, 1)


def test_a_statement_that_runs_too_long_is_ended_by_the_server(database: Database) -> None:
    with database.begin(calls.SYSTEM) as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "30s"


@pytest.mark.parametrize("url", ["postgres://a:b@c/d", "postgresql://a:b@c/d", "postgresql+psycopg2://a:b@c/d"])
def test_a_url_is_taken_as_people_write_it(url: str) -> None:
    assert driver_url(url) == "postgresql+psycopg2://a:b@c/d"


def test_connections_beyond_the_pool_are_an_unavailable(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.database._RECONNECT_SECONDS", 0.2)
    database = Database(urls.app, pool_size=5)
    held = [database.begin(calls.SYSTEM) for _ in range(5)]
    for transaction in held:
        transaction.__enter__()
    with pytest.raises(errors.Unavailable), database.begin(calls.SYSTEM):
        pytest.fail("there was no connection left")
    for transaction in held:
        transaction.__exit__(None, None, None)
    until(lambda: scope_in(database, calls.SYSTEM), "a connection is free again")
    database.close()
