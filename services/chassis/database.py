"""The database of a service: one transaction at a time, opened with the caller's tenant and user set."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import psycopg2
import psycopg2.extensions
import psycopg2.extras
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from services.chassis import errors
from services.chassis.calls import Call, Person, Scope

psycopg2.extras.register_uuid()  # type: ignore[no-untyped-call]

_RECONNECT_SECONDS = 5.0
_RETRY_CODES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_GATE_CLOSED = "EP001"  # raised by tenant_gate() where an organization's rows do not live, or are on their way
Found = TypeVar("Found")


class Wake:
    """Tells waiting threads that something was committed that they may have work from: each topic counts how often it has rung."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._counts: Counter[str] = Counter()
        self._all = 0

    def ring(self, *topics: str) -> None:
        """Rings for these topics, a topic that is named twice twice; for every one where none is named."""
        with self._condition:
            self._counts.update(topics)
            self._all += not topics
            self._condition.notify_all()

    def rung(self, topics: Collection[str]) -> int:
        with self._condition:
            return self._rung(topics)

    def wait(self, topics: Collection[str], seen: int, timeout: float) -> int:
        """Returns as soon as one of them has rung since `seen` (0 at first), or after `timeout` seconds; the answer is the next `seen`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung(topics) != seen, timeout)
            return self._rung(topics)

    def _rung(self, topics: Collection[str]) -> int:
        return self._all + sum(self._counts[topic] for topic in topics)


class Database:
    """A pool of connections and the one way to open a transaction on it.

    The pool runs in autocommit, so that BEGIN and the caller's scope go to the server as one message; behind a pooler in transaction mode this works too.
    """

    def __init__(self, url: str, *, pool_size: int = 16, application_name: str = "einstellen") -> None:
        self.engine = sa.create_engine(
            driver_url(url),
            poolclass=QueuePool, pool_size=pool_size, max_overflow=0, pool_timeout=_RECONNECT_SECONDS, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args={"application_name": application_name, "connect_timeout": 5, "options": "-c timezone=UTC -c statement_timeout=30000"},
        )  # fmt: skip
        self.committed = Wake()

    @contextmanager
    def begin(self, who: Scope | Person | Call) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back by any exception.

        Raises Unavailable where the database cannot be reached for five seconds, Aborted on a conflict between transactions.
        """
        scope = who if isinstance(who, Scope) else who.scope
        connection = self._open(scope)
        try:
            yield connection
            _run(connection, "COMMIT")
        except BaseException as problem:
            _undo(connection)
            refusal = _translate(problem)
            if refusal is not None:
                raise refusal from problem
            raise
        else:
            rings = connection.info.pop("rings", ())
            if rings:
                self.committed.ring(*rings)
        finally:
            if not connection.invalidated:
                connection.info.pop("rings", None)
            connection.close()

    def of(self, tenant_id: UUID | None) -> "Database":
        """The database that an organization's rows are in. There is one for all, unless some are placed elsewhere: see places.py."""
        return self

    def everywhere(self) -> Sequence["Database"]:
        """Each database that has rows of this service; the main one first."""
        return [self]

    @contextmanager
    def begin_where(self, who: Scope | Person | Call, holds: Callable[[sa.Connection], object]) -> Iterator[sa.Connection]:
        """One transaction in the database that has a thing of which only the id is known: where `holds` finds it, the caller's own where it is nowhere."""
        with self.begin(who) as connection:
            yield connection

    def gather(self, who: Scope | Person | Call, read: Callable[[sa.Connection], Iterable[Found]]) -> list[Found]:
        """What is read in each database, one after the other."""
        found: list[Found] = []
        for each in self.everywhere():
            with each.begin(who) as connection:
                found.extend(read(connection))
        return found

    def run_alone(self, who: Scope | Person | Call, statement: str, parameters: Mapping[str, object]) -> Sequence[Any]:
        """One statement as a transaction of its own: it travels with the scope as one message, so what it locks is held for no round trip.

        The statement has the driver's placeholders, `%(name)s`. Raises as `begin` does; after Unavailable it may have been done all the same.
        """
        scope = who if isinstance(who, Scope) else who.scope
        try:
            with self.engine.connect() as connection:
                return connection.exec_driver_sql("; ".join([*_settings(scope), statement]), dict(parameters)).all()
        except sa.exc.TimeoutError as problem:
            raise _unavailable() from problem
        except (sa.exc.SQLAlchemyError, psycopg2.Error, ValueError) as problem:
            refusal = _translate(problem)
            if refusal is not None:
                raise refusal from problem
            raise

    def _open(self, scope: Scope) -> sa.Connection:
        opening = "; ".join(["BEGIN", *_settings(scope)])
        give_up = time.monotonic() + _RECONNECT_SECONDS
        pause = 0.02
        while True:
            connection = None
            try:
                connection = self.engine.connect()
                _run(connection, opening)
            except (sa.exc.OperationalError, sa.exc.TimeoutError, psycopg2.OperationalError, psycopg2.InterfaceError) as problem:
                # Nothing was done yet: a connection that a restarted server left dead is replaced, and a server that is starting is waited for.
                if connection is not None:
                    connection.invalidate()
                    connection.close()
                if time.monotonic() >= give_up or isinstance(problem, sa.exc.TimeoutError):
                    raise _unavailable() from problem
                time.sleep(pause)
                pause = min(pause * 2, 0.5)
            else:
                return connection

    def check(self) -> None:
        """Raises where the database does not answer."""
        with self.engine.connect() as connection:
            _run(connection, "SELECT 1")

    def refuse_unguarded(self) -> None:
        """Raises RuntimeError where the role would pass by row-level security, so that a wrong URL cannot open every tenant's rows."""
        query = """
            SELECT current_user, rolsuper OR rolbypassrls OR EXISTS (
                SELECT FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity AND pg_has_role(relowner, 'USAGE'))
            FROM pg_roles WHERE rolname = current_user"""
        with self.engine.connect() as connection:
            role, unguarded = connection.exec_driver_sql(query).one()
        if unguarded:
            raise RuntimeError(
                f"the database role {role} owns the tables or bypasses row-level security: run services with a role that only has rights on them "
                "(DATABASE_URL), and keep the owner for migrations (DATABASE_OWNER_URL)"
            )

    def close(self) -> None:
        self.engine.dispose()


def _settings(scope: Scope) -> list[str]:
    """What the policies ask for, as statements; their values are UUID objects, never text from outside."""
    found = [f"SET LOCAL app.tenant_id = '{scope.tenant_id!s}'"] if scope.tenant_id is not None else []
    if scope.user_id is not None:
        found.append(f"SET LOCAL app.user_id = '{scope.user_id!s}'")
    if scope.system:
        found.append("SET LOCAL app.system = 'on'")
    return found


def driver_url(url: str) -> str:
    """A PostgreSQL URL as people write it (`postgres://`, `postgresql://`) with the driver that we use."""
    return "postgresql+psycopg2://" + url.split("://", 1)[-1]


def ring_after_commit(connection: sa.Connection, topic: str) -> None:
    """Wakes those in this process who wait for the topic, when the transaction has committed."""
    connection.info.setdefault("rings", []).append(topic)


@contextmanager
def refusing(refusals: Mapping[str, errors.Refusal]) -> Iterator[None]:
    """Turns the violation of a named constraint into a refusal; any other violation is a fault and stays one."""
    try:
        yield
    except sa.exc.IntegrityError as problem:
        refusal = refusals.get(constraint_of(problem) or "")
        if refusal is None:
            raise
        raise refusal from problem


def constraint_of(problem: sa.exc.IntegrityError) -> str | None:
    """The name of the constraint that was violated."""
    diagnostics: Any = getattr(problem.orig, "diag", None)
    return getattr(diagnostics, "constraint_name", None)


def _run(connection: sa.Connection, statement: str) -> None:
    dbapi: Any = connection.connection.dbapi_connection
    with dbapi.cursor() as cursor:
        cursor.execute(statement)


def _undo(connection: sa.Connection) -> None:
    try:
        if connection.invalidated or connection.closed:
            return
        dbapi: Any = connection.connection.dbapi_connection
        if dbapi.closed or dbapi.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_UNKNOWN:
            connection.invalidate()
        elif dbapi.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
            _run(connection, "ROLLBACK")
    except (psycopg2.Error, sa.exc.SQLAlchemyError):
        connection.invalidate()


def _unavailable() -> errors.Unavailable:
    return errors.Unavailable("DATABASE_UNAVAILABLE", "the database is not available; try again")


def _translate(problem: BaseException) -> errors.Refusal | None:
    if isinstance(problem, ValueError) and "NUL (0x00)" in str(problem):
        return errors.InvalidArgument("TEXT_INVALID", "text must not contain the character U+0000")
    cause = problem.orig if isinstance(problem, sa.exc.DBAPIError) else problem
    if isinstance(cause, psycopg2.Error):
        if cause.pgcode in _RETRY_CODES:
            return errors.Aborted("CONFLICT", "somebody else changed the same thing at the same moment; try again")
        if cause.pgcode == _GATE_CLOSED:
            return errors.Unavailable("TENANT_MOVING", "the organization is being moved to another database; try again in a minute")
        if isinstance(cause, (psycopg2.OperationalError, psycopg2.InterfaceError)) and cause.pgcode in (None, "57P01", "57P02", "57P03"):
            return errors.Unavailable("DATABASE_UNAVAILABLE", "the database went away; try again")
    return None
