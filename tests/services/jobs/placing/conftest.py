"""A main database of jobs and a place beside it, of this test's own, and a server on both with the house's other services as neighbours."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import psycopg2
import pytest

from cli import placing
from cli.services import SERVICES
from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from services.chassis import places
from services.chassis.moving import Mover, Side
from tests.conftest import House

JOBS = next(service for service in SERVICES if service.name == "jobs")
STALE = 0.2


@dataclass
class Sides:
    """Two databases of jobs as migrated, with nothing in them but what makes the second a place."""

    values: dict[str, str]
    by_name: dict[str, Side]
    _connections: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @cached_property
    def mover(self) -> Mover:
        """One who does not wait, as nobody else has to see."""
        return placing.mover_of(JOBS, JOBS.load(self.values), settle=0)

    def sql(self, name: str, statement: str, *values: object, as_app: bool = False) -> Any:
        if (name, as_app) not in self._connections:
            self._connections[name, as_app] = psycopg2.connect(self.by_name[name].app if as_app else self.by_name[name].owner)
        connection = self._connections[name, as_app]
        with connection, connection.cursor() as cursor:
            if as_app:
                cursor.execute("SET LOCAL app.system = 'on'")
            cursor.execute(statement, values[0] if values and isinstance(values[0], dict) else values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def close(self) -> None:
        self.mover.close()
        for connection in self._connections.values():
            connection.close()

    def placement(self, tenant_id: object) -> tuple[str, str]:
        """Where it lives, and the step of its move."""
        found = self.sql("main", "SELECT place, step FROM placements WHERE tenant_id = %s", str(tenant_id))
        return found[0] if found else ("main", "settled")


@pytest.fixture(scope="module")
def sides(house: House) -> Iterator[Sides]:
    names = {name: f"job_{name}_{secrets.token_hex(4)}" for name in ("main", "big")}
    found = {name: copy_database(house.postgres, house.folder, "jobs", "job_db", database) for name, database in names.items()}
    values = house.environment | {
        "JOBS_DATABASE_URL": found["main"].app, "JOBS_DATABASE_OWNER_URL": found["main"].owner,
        "JOBS_DATABASE_PLACES": f"big={found['big'].app}", "JOBS_DATABASE_OWNER_PLACES": f"big={found['big'].owner}",
    }  # fmt: skip
    made = Sides(values, {name: Side(name, urls.app, urls.owner) for name, urls in found.items()})
    assert made.mover.found("big")
    yield made
    made.close()
    for database in names.values():
        drop_database(house.postgres, database)


@pytest.fixture
def placed(house: House, sides: Sides, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house, with a jobs of its own that has a place. What it knows of places grows stale sooner than elsewhere, so that a move need not wait as long."""
    monkeypatch.setattr(places, "STALE_SECONDS", STALE)
    port = free_port()
    server = JOBS.start(sides.values | {"JOBS_LISTEN": f"{LOOPBACK}:{port}"})
    yield replace(house, environment=sides.values, addresses=house.addresses | {"jobs": f"{LOOPBACK}:{port}"}, _channels={})
    server.stop(1)
