"""The real servers under the real supervisor: started, killed, started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from cli.stack import binaries
from cli.stack.accounts import Account, unprivileged_account
from cli.stack.databases import copy_database, drop_database, ensure_databases
from cli.stack.envoy import check, envoy_child
from cli.stack.errors import AlreadyRunningError, StackError
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port, is_free
from cli.stack.postgres import Postgres
from cli.stack.processes import identify, servers_in
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from tests.conftest import until

ROOT = Path(__file__).parents[2]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def admin_only(folder: DataFolder, port: int) -> Path:
    config = folder.room("envoy") / "envoy.yaml"
    config.write_text(f"admin: {{address: {{socket_address: {{address: {LOOPBACK}, port_value: {port}}}}}}}\n")
    return config


@contextmanager
def process(folder: DataFolder, *prefix: str, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A stack in a process of its own, up when the block begins."""
    command = [*prefix, sys.executable, "-m", "tests.cli.running", str(folder.root)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    assert running.stdout is not None
    try:
        lines = iter(running.stdout.readline, "")
        assert "up\n" in lines, "the stack ended before it was up"
        yield running
    finally:
        running.terminate()
        running.wait(timeout=30)
        running.stdout.close()


def test_each_killed_child_is_announced_and_restarted_in_its_place_with_its_data(folder, said):
    admin = free_port()
    with folder.held(), Supervisor(folder, said.append) as supervisor:
        postgres, valkey = Postgres.prepare(folder, say=said.append), Valkey.prepare(folder)
        supervisor.start(postgres.child(), valkey.child(), envoy_child(folder, admin_only(folder, admin), admin_port=admin))
        query(postgres.url(), "create table kept (word text)")
        query(postgres.url(), "insert into kept values ('committed')")

        for name in ("postgres", "valkey", "envoy"):
            pid = supervisor.pid(name)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            until(lambda name=name: any(line.startswith(f"{name} is back after") for line in said), f"{name} is back")
            assert f"{name} was killed by signal 9; restarting (1)" in said
            assert supervisor.ready(name)
            assert supervisor.pid(name) != pid

        assert query(postgres.url(), "select word from kept") == [("committed",)]
        assert redis.Redis.from_url(valkey.url()).ping()


def test_postgres_is_restarted_although_a_session_of_its_former_life_is_busy(folder, said):
    with folder.held(), Supervisor(folder, said.append) as supervisor:
        postgres = Postgres.prepare(folder, durable=False, say=said.append)
        supervisor.start(postgres.child())
        with ThreadPoolExecutor() as pool:
            # A loop that never looks up: this session alone would not notice that its postmaster is gone.
            busy = pool.submit(query, postgres.url(), "select count(*) from generate_series(1, 100000000000)")
            until(
                lambda: query(
                    postgres.url(), "select 1 from pg_stat_activity where state = 'active' and query like '%generate_series(1, 1%'"
                ),
                "the session is busy",
            )
            pid = supervisor.pid("postgres")
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            until(lambda: any("is back" in line for line in said), "postgres is back")
            assert isinstance(busy.exception(timeout=10), psycopg2.OperationalError)
        assert supervisor.restarts("postgres") == 1


def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next_start(folder):
    with process(folder) as first:
        postgres, valkey = Postgres.attach(folder), Valkey.attach(folder)
        query(postgres.url(), "create table kept (word text)")
        query(postgres.url(), "insert into kept values ('committed')")
        children = folder.recorded()
        assert len(children) == 2
        first.kill()
        first.wait()

        with process(folder):
            assert not any(child.alive() for child in children)
            # Nobody keeps the old ports either: they were free to be taken again.
            assert Postgres.attach(folder).port == postgres.port
            assert Valkey.attach(folder).port == valkey.port
            assert query(postgres.url(), "select word from kept") == [("committed",)]


def test_children_die_with_their_supervisor_even_when_nothing_starts_afterwards(folder):
    with process(folder) as running:
        postgres = Postgres.attach(folder)
        children = until(
            lambda: len(found := [*folder.recorded(), *servers_in(postgres.data, "postgres")]) > 2 and found,
            "the servers have their processes",
        )
        running.kill()
        until(lambda: not any(child.alive() for child in children), "every child has died", 60)


def test_an_orphan_that_ignores_its_death_signal_is_killed_by_the_next_start(folder, said):
    stubborn = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
    try:
        folder.record("stubborn", stubborn.pid)
        with folder.held(), Supervisor(folder, said.append, orphans_patience=0.1):
            assert stubborn.wait(timeout=10) == -signal.SIGKILL
    finally:
        stubborn.kill()


def test_a_process_that_merely_has_a_recorded_pid_is_left_alone(folder, said):
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    try:
        folder.record("postgres", bystander.pid)
        record = folder.room("run") / "postgres.pid"
        identity = identify(bystander.pid)
        assert identity is not None
        record.write_text(record.read_text().replace(identity.started, "another-boot/1"))
        with folder.held(), Supervisor(folder, said.append):
            assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_stale_postmaster_pid_of_a_living_stranger_does_not_stop_postgres(folder, said):
    with folder.held():
        postgres = Postgres.prepare(folder, durable=False, say=said.append)
        (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n1\n{postgres.port}\n\n{LOOPBACK}\n1 1\nready   \n")
        with Supervisor(folder, said.append) as supervisor:
            supervisor.start(postgres.child())
            assert query(postgres.url(), "select 1") == [(1,)]


def test_a_second_start_says_who_runs_where_and_what_to_do(folder):
    with process(folder) as running, pytest.raises(AlreadyRunningError) as refusal, folder.held():
        pass
    message = str(refusal.value)
    assert f"already running (pid {running.pid}, at http://127.0.0.1:8080)" in message
    assert "--data" in message


def test_sigterm_stops_every_child_cleanly(folder):
    with process(folder) as running:
        postgres = Postgres.attach(folder)
        children = folder.recorded()
        running.terminate()
        assert running.wait(timeout=20) == 0
    assert not any(child.alive() for child in children)
    assert folder.recorded() == []
    assert "database system is shut down" in folder.log("postgres").read_text()
    assert is_free(postgres.port)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user; the other tests already run as an ordinary one")
def test_it_runs_as_an_ordinary_user_too(folder):
    account = unprivileged_account()
    assert account is not None
    if not (account.reaches(Path(sys.executable).resolve()) and account.reaches(ROOT / "cli")):
        pytest.skip(f"{account.name} cannot reach this Python or this clone")
    theirs = DataFolder(folder.root.parent / "theirs")
    for path in (theirs.root, *theirs.root.rglob("*")):
        os.chown(path, account.uid, account.gid)
    prefix = ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    with process(theirs, *prefix, environment={"PATH": os.defpath}) as running:
        assert query(Postgres.attach(theirs).url(), "select 1") == [(1,)]
        children = theirs.recorded()
        assert {Path(f"/proc/{child.pid}").stat().st_uid for child in children} == {account.uid}
        running.kill()
        until(lambda: not any(child.alive() for child in children), "every child has died", 60)


@pytest.mark.skipif(os.geteuid() != 0, reason="only under root does PostgreSQL run as somebody else")
def test_where_its_user_cannot_reach_the_folder_postgres_keeps_its_data_outside_and_says_so(folder, said):
    folder.root.parent.chmod(0o700)
    with folder.held(), Supervisor(folder, said.append) as supervisor:
        postgres = Postgres.prepare(folder, durable=False, say=said.append)
        assert postgres.data.is_relative_to(folder.outside())
        assert any(str(folder.outside()) in line for line in said)
        assert Postgres.attach(folder).data == postgres.data
        supervisor.start(postgres.child())
        assert query(postgres.url(), "select 1") == [(1,)]
    folder.remove()
    assert not folder.outside().exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only under root does PostgreSQL run as somebody else")
def test_where_its_user_cannot_reach_the_programs_postgres_runs_from_a_copy(folder, said, monkeypatch):
    wheel, elsewhere = binaries.postgres_home(), folder.root.parent / "elsewhere"
    reaches = Account.reaches
    monkeypatch.setattr(Account, "reaches", lambda account, path: not path.is_relative_to(wheel) and reaches(account, path))
    monkeypatch.setattr("cli.stack.postgres.outside_home", lambda _: elsewhere)
    umask = os.umask(0o077)
    try:
        with folder.held(), Supervisor(folder, said.append) as supervisor:
            postgres = Postgres.prepare(folder, durable=False, say=said.append)
            assert postgres.home.is_relative_to(elsewhere)
            assert any(str(elsewhere) in line for line in said)
            supervisor.start(postgres.child())
            assert query(postgres.url(), "select 1") == [(1,)]
            assert Postgres.prepare(folder, say=said.append).home == postgres.home
    finally:
        os.umask(umask)


def test_data_of_another_user_are_refused_with_a_word_why(folder, said, monkeypatch):
    postgres = Postgres.prepare(folder, durable=False, say=said.append)
    if postgres.account is None:
        monkeypatch.setattr(os, "geteuid", lambda: 4321)
    else:
        os.chown(postgres.data, 4321, -1)
    with pytest.raises(StackError, match="made by a run as another user"):
        Postgres.prepare(folder, say=said.append)


def test_the_two_roles_of_a_service_can_do_what_they_need_and_no_more(folder, said):
    with folder.held(), Supervisor(folder, said.append) as supervisor:
        postgres = Postgres.prepare(folder, durable=False, say=said.append)
        supervisor.start(postgres.child())
        wanted = {"auth": "auth_db", "jobs": "job_db"}
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda _: ensure_databases(postgres, folder, wanted), range(3)))
        assert answers[0] == answers[1] == answers[2]
        auth, jobs = answers[0]["auth"], answers[0]["jobs"]

        query(auth.owner, "create table thing (id int)")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(auth.app, "select * from thing")
        query(auth.owner, "grant select on thing to auth_app")
        assert query(auth.app, "select * from thing") == []
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(auth.app, "create table mine (id int)")
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            query(jobs.app.replace("/job_db", "/auth_db"), "select 1")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            query(auth.app.replace("auth_app:", "auth_app:x"), "select 1")
        assert query(auth.owner, "select lower('ÄŠ')") == [("äš",)]

        copy = copy_database(postgres, folder, "auth", "auth_db", "auth_copy")
        assert query(copy.app, "select * from thing") == []
        query(copy.owner, "create table more (id int)")
        drop_database(postgres, "auth_copy")
        assert query(postgres.url(), "select 1 from pg_database where datname = 'auth_copy'") == []


def test_a_lost_password_of_a_role_is_set_anew_and_that_of_the_server_is_said(folder, said):
    with folder.held(), Supervisor(folder, said.append) as supervisor:
        postgres = Postgres.prepare(folder, durable=False, say=said.append)
        supervisor.start(postgres.child())
        ensure_databases(postgres, folder, {"auth": "auth_db"})
        (folder.room("secrets") / "role-auth_app").unlink()
        assert query(ensure_databases(postgres, folder, {"auth": "auth_db"})["auth"].app, "select 1") == [(1,)]
        (folder.room("secrets") / "postgres-superuser").unlink()
        with pytest.raises(StackError, match="the password of the database"):
            Postgres.prepare(folder, say=said.append)


def test_envoy_tells_what_is_wrong_with_a_configuration(folder):
    good = admin_only(folder, free_port())
    check(good)
    good.write_text("static_resources: {listenerz: []}\n")
    with pytest.raises(StackError, match="listenerz"):
        check(good)


def test_secrets_can_be_read_by_nobody_else(folder):
    folder.secret("key")
    assert (folder.room("secrets") / "key").stat().st_mode & 0o077 == 0
    assert folder.room("secrets").stat().st_mode & 0o077 == 0
    assert folder.secret("key") == DataFolder(folder.root).secret("key")
