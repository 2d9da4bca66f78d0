"""That every table is guarded, told of and forgotten with whom it is about, and that the migrated databases are what the code says."""

import importlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cli.services import SERVICES
from services.chassis import frame
from services.chassis.database import driver_url
from tests.architecture.repository import ROOT, imported
from tests.cli.contracts.conftest import compiled, imports  # noqa: F401 - fixtures: contracts that a test writes itself
from tests.conftest import House

# What is kept of people.

NOT_OF_PEOPLE = {
    "signing_keys": "ours",
    "sign_in_attempts": "of browsers that have not said who they are, for ten minutes",
    "plans": "what is for sale",
    "invoice_numbers": "a counter",
    "reconciliations": "our books against the providers', by day",
    "problems": "kinds of errors and their places, and nothing of whom they met",
    "word_weights": "statistics of everybody's words, without those that only a few have",
}


def untold(service: str, source: str) -> list[str]:
    """Tables of a service that its persons.py does not know."""
    tables = importlib.import_module(f"services.{service}.tables").metadata.tables
    taken = {name.rpartition(".")[2] for name in imported(source)}
    return sorted(set(tables) - taken - set(NOT_OF_PEOPLE))


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_every_table_is_handed_out_and_erased_or_has_a_reason(service: str) -> None:
    source = (ROOT / "services" / service / "persons.py").read_text()
    assert untold(service, source) == []
    assert untold(service, "") != []


# What the migrated databases have.

GUARDLESS = {
    "event_cursors": "positions in other services' feeds: no tenant's data",
    "plans": "what is for sale, for everybody to read",
    "tutors": "a board for everybody to read; a policy lets each person write their own",
    "tutor_reviews": "as tutors",
}
each_service = pytest.mark.parametrize("service", [service.name for service in SERVICES])


@pytest.fixture
def owner(house: House, service: str) -> Iterator[sa.Connection]:
    """The service's database as its owner sees it; what a test changes there is rolled back."""
    engine = sa.create_engine(driver_url(house.owner_url(service)))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def unguarded(connection: sa.Connection) -> list[str]:
    """Tables without row-level security, without a policy, or with one that lets everybody read."""
    query = """
        SELECT c.relname, c.relrowsecurity, count(p.polname),
            count(*) FILTER (WHERE p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, p.polrelid) = 'true')
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE '%\\_version'
        GROUP BY c.relname, c.relrowsecurity"""
    return [
        table
        for table, guarded, policies, wide_open in connection.exec_driver_sql(query.replace("%", "%%"))
        if table not in GUARDLESS and (not guarded or not policies or wide_open)
    ]


@each_service
def test_every_table_has_row_level_security_or_a_reason(owner: sa.Connection) -> None:
    assert unguarded(owner) == []
    owner.exec_driver_sql("CREATE TABLE plain (tenant_id uuid)")
    owner.exec_driver_sql("CREATE TABLE forgotten (tenant_id uuid); ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY")
    owner.exec_driver_sql("CREATE TABLE gate (tenant_id uuid); ALTER TABLE gate ENABLE ROW LEVEL SECURITY")
    owner.exec_driver_sql("CREATE POLICY open ON gate USING (true)")
    assert sorted(unguarded(owner)) == ["forgotten", "gate", "plain"]


@each_service
def test_tables_py_says_what_the_migrated_database_has(owner: sa.Connection, service: str) -> None:
    assert differences(owner, service) == []
    owner.exec_driver_sql("ALTER TABLE tasks ADD COLUMN surprise text; ALTER TABLE tasks ALTER COLUMN kind TYPE varchar(900)")
    assert sorted(difference[0] for difference in differences(owner, service)) == ["modify_type", "remove_column"]


def differences(connection: sa.Connection, service: str) -> list[tuple]:
    """Tables, columns, types and what may be null; indexes and constraints are the migrations' own."""
    metadata = [frame.metadata, importlib.import_module(f"services.{service}.tables").metadata]
    options = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or not name.endswith("_version")}
    found = []
    for difference in compare_metadata(MigrationContext.configure(connection, opts=options), metadata):
        found += difference if isinstance(difference, list) else [difference]
    shapes = [one for one in found if one[0].endswith(("_table", "_column", "_type", "_nullable"))]
    # A generated column is the database's own answer to those who read it in SQL; no code writes it.
    return [one for one in shapes if one[0] != "remove_column" or one[3].computed is None]


@each_service
@pytest.mark.parametrize("table", ["audit_log", "events"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET details = '{{}}'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_recorded_cannot_be_changed_by_the_service(house: House, service: str, table: str, statement: str) -> None:
    engine = sa.create_engine(driver_url(house.app_url(service)))
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        connection.exec_driver_sql(statement.format(table))
    engine.dispose()


@each_service
def test_the_role_of_a_service_has_no_way_round_row_level_security(house: House, service: str) -> None:
    engine = sa.create_engine(driver_url(house.app_url(service)))
    with engine.connect() as connection:
        rights = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        assert not any(connection.exec_driver_sql(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user").one())
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole").scalar() == 0
        guarded = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relrowsecurity").scalars().all()
    assert {"audit_log", "audit_chain", "tasks"} <= set(guarded)
    for table in guarded:
        for change in (
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" ADD COLUMN mine int',
            f'DROP TABLE "{table}"',
        ):
            with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="must be owner"):
                connection.exec_driver_sql(change)
    engine.dispose()
