"""A database of the chassis' own: its tables as migrated, and one table of notes with a tenant, for what a service would keep."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack.databases import DatabaseUrls, copy_database, drop_database
from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres
from services.chassis import calls
from services.chassis.clock import utc_now
from services.chassis.database import Database
from tests.chassis.notes import notes

_NOTES = """
    CREATE TABLE notes (tenant_id uuid, subject_id uuid, body text NOT NULL CONSTRAINT notes_not_rude CHECK (body <> 'rude'));
    CREATE UNIQUE INDEX notes_once ON notes (body) WHERE body LIKE 'once%';
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY notes_own ON notes USING ((SELECT app_system()) OR tenant_id = (SELECT app_tenant()));
    GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO auth_app"""


@pytest.fixture(scope="session")
def urls(shared_folder: DataFolder) -> Iterator[DatabaseUrls]:
    postgres, name = Postgres.attach(shared_folder), f"chassis_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    made = copy_database(postgres, shared_folder, "auth", "auth_db", name)
    _as_owner(made, _NOTES)
    yield made
    drop_database(postgres, name)


@pytest.fixture
def database(urls: DatabaseUrls) -> Iterator[Database]:
    """Empty, and opened as a service opens its own."""
    _as_owner(urls, "TRUNCATE notes, tasks, events, event_cursors, idempotency_keys, audit_log RESTART IDENTITY")
    opened = Database(urls.app, pool_size=8, application_name="chassis-tests")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def no_call() -> Iterator[None]:
    """No test sees the call that another one entered."""
    calls.enter(calls.NO_CALL)
    yield
    calls.enter(calls.NO_CALL)


def _as_owner(urls: DatabaseUrls, statements: str) -> None:
    connection = psycopg2.connect(urls.owner)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statements)
    finally:
        connection.close()


class Hand:
    """A clock whose hand a test moves. It starts a minute ahead, so that what is enqueued now is due."""

    def __init__(self) -> None:
        self.now = utc_now() + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Hand:
    return Hand()


def bodies(database: Database) -> list[str]:
    """What the notes say, in alphabetical order."""
    with database.begin(calls.SYSTEM) as connection:
        return list(connection.execute(sa.select(notes.c.body).order_by(notes.c.body)).scalars())
