"""A database for each service, with a role that owns it and a role that only uses it."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from cli.stack.errors import StackError
from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres

_LOCK = 0x45696E73  # one at a time, whoever calls
_READY = "einstellen: roles and rights are set"


@dataclass(frozen=True)
class DatabaseUrls:
    """How a service reaches its database: `app` to work, `owner` to migrate."""

    app: str
    owner: str


def ensure_databases(postgres: Postgres, folder: DataFolder, databases: Mapping[str, str]) -> dict[str, DatabaseUrls]:
    """Make what is missing for these services (service to database name) and return where each is.

    Service `auth` has the roles `auth_owner`, who owns the database and its schema, and `auth_app`, who may connect and look names up until
    the owner grants more. Their passwords are secrets of the folder. Safe to repeat and to run at the same time from several processes.
    """
    with _session(postgres) as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (_LOCK,))
        cursor.execute("select rolname from pg_roles")
        roles = {row[0] for row in cursor.fetchall()}
        cursor.execute("select datname, coalesce(shobj_description(oid, 'pg_database'), '') from pg_database")
        present: dict[str, str] = dict(cursor.fetchall())
        for service, database in databases.items():
            for role in (_owner(service), _app(service)):
                _ensure_role(cursor, folder, role, exists=role in roles)
            if database not in present:
                cursor.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(database), sql.Identifier(_owner(service))))
            if present.get(database) != _READY:
                _set_rights(postgres, service, database)
                cursor.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(database), sql.Literal(_READY)))
    return {service: urls(postgres, folder, service, database) for service, database in databases.items()}


def urls(postgres: Postgres, folder: DataFolder, service: str, database: str) -> DatabaseUrls:
    """Where a service's database is, without looking whether it exists. Raises StackError if its roles were never made."""

    def url(role: str) -> str:
        password = folder.find_secret(f"role-{role}")
        if password is None:
            raise StackError(f"the database role {role} was never made on {folder.root}")
        return postgres.url(database, role, password)

    return DatabaseUrls(app=url(_app(service)), owner=url(_owner(service)))


def copy_database(postgres: Postgres, folder: DataFolder, service: str, template: str, database: str) -> DatabaseUrls:
    """Make one like `template`, with its tables, rows and grants, in some tens of milliseconds; nobody may be connected to the template."""
    with _session(postgres) as cursor:
        statement = sql.SQL("create database {} template {} owner {}")
        cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(template), sql.Identifier(_owner(service))))
        _close_to_public(cursor, service, database)
    return urls(postgres, folder, service, database)


def drop_database(postgres: Postgres, database: str) -> None:
    """Remove it if it is there, ending the sessions on it."""
    with _session(postgres) as cursor:
        cursor.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def _owner(service: str) -> str:
    return f"{service}_owner"


def _app(service: str) -> str:
    return f"{service}_app"


@contextmanager
def _session(postgres: Postgres, database: str = "postgres") -> Iterator[Cursor]:
    """A superuser's session where each statement stands alone, as CREATE DATABASE demands."""
    connection = psycopg2.connect(postgres.url(database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _ensure_role(cursor: Cursor, folder: DataFolder, role: str, *, exists: bool) -> None:
    """The password is kept only after the server has it: if we die in between, the next start sets a new one."""
    secret = f"role-{role}"
    known = folder.find_secret(secret)
    if exists and known is not None:
        return
    password = known or secrets.token_urlsafe(24)
    statement = sql.SQL("alter role {} login password {}") if exists else sql.SQL("create role {} login password {}")
    cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
    folder.keep_secret(secret, password)


def _set_rights(postgres: Postgres, service: str, database: str) -> None:
    with _session(postgres, database) as cursor:
        _close_to_public(cursor, service, database)
        names = {"owner": sql.Identifier(_owner(service)), "app": sql.Identifier(_app(service))}
        cursor.execute(sql.SQL("alter schema public owner to {owner}").format(**names))
        cursor.execute("revoke all on schema public from public")
        cursor.execute(sql.SQL("grant usage on schema public to {app}").format(**names))


def _close_to_public(cursor: Cursor, service: str, database: str) -> None:
    names = {"database": sql.Identifier(database), "app": sql.Identifier(_app(service))}
    cursor.execute(sql.SQL("revoke all on database {database} from public").format(**names))
    cursor.execute(sql.SQL("grant connect on database {database} to {app}").format(**names))
