"""Migrations: the chassis' own first, then the service's, under one lock, by the role that owns the database."""

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from services.chassis.database import driver_url

_HERE = Path(__file__).parent
_LOCK = 0x45_49_4E_53  # any number that everybody who migrates agrees on
_READ_ONLY = ("audit_log", "events")  # the service's role may add to these and read them, nothing else


def migrate(owner_url: str, service: str, app_role: str) -> list[str]:
    """Brings the service's database to the newest version and returns the revisions that were applied.

    Waits for another migration that runs at the same moment; a statement that waits ten seconds for a lock gives up rather than stop the service's traffic.
    """
    engine = sa.create_engine(driver_url(owner_url))
    applied: list[str] = []
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.commit()
            for room in ("chassis", service):
                applied += _upgrade(connection, room)
            _grant(connection, app_role)
            connection.commit()
    finally:
        engine.dispose()
    return applied


def folder(room: str) -> Path:
    """Where a room's migrations stand; the chassis' for "chassis"."""
    return _HERE / "migrations" if room == "chassis" else _HERE.parent / room / "migrations"


def _upgrade(connection: sa.Connection, room: str) -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(folder(room)))
    config.set_main_option("version_locations", str(folder(room)))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    applied: list[str] = []

    def steps(revision: str | tuple[str, ...], _context: MigrationContext) -> list[object]:
        return list(script._upgrade_revs("head", revision))  # type: ignore[arg-type] # noqa: SLF001 - as alembic's own upgrade command does

    with EnvironmentContext(config, script, fn=steps, destination_rev="head") as environment:
        environment.configure(
            connection=connection, version_table=f"{room}_version", transaction_per_migration=True,
            on_version_apply=lambda step, **_: applied.append(f"{room}:{step.up_revision_id}"),
        )  # fmt: skip
        with environment.begin_transaction():
            environment.run_migrations()
    connection.commit()
    return applied


def _grant(connection: sa.Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {quoted}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(_READ_ONLY)} FROM {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_chain FROM {quoted}",  # which the database writes by itself
    ):
        connection.exec_driver_sql(statement)
    for table in (name for name in sa.inspect(connection).get_table_names() if name.endswith("_version")):
        connection.exec_driver_sql(f"REVOKE ALL ON {connection.dialect.identifier_preparer.quote(table)} FROM {quoted}")
