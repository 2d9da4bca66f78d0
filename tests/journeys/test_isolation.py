"""No tenant reads or changes another's rows, by any RPC or by a query that forgets its WHERE."""

from typing import Any
from uuid import UUID

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.descriptor import MethodDescriptor

from cli.services import SERVICES
from services.chassis.calls import Scope
from services.chassis.database import Database
from tests.conftest import Account, House
from tests.journeys import world as worlds
from tests.journeys.world import World
from tests.refusals import told

_REFUSALS = {"RESOURCE_EXHAUSTED", "NOT_FOUND", "PERMISSION_DENIED", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "UNAUTHENTICATED"}


@pytest.fixture(scope="module")
def strangers(house: House) -> list[Account]:
    """Somebody else's employer, and a person on their own."""
    return [house.employer("Strangers"), house.register("Strange", "Stranger")]


def state(house: House, world: World) -> dict[str, list[Any]]:
    """What the audit logs say was done in the world's tenants."""
    query = "SELECT id FROM audit_log WHERE tenant_id IN %s AND user_id IS NOT NULL ORDER BY id"
    tenants = (world.employer.tenant_id, world.candidate.tenant_id)
    return {service.name: house.read(service.name, query, tenants) for service in SERVICES}


@pytest.mark.parametrize("method", worlds.rpcs(), ids=lambda method: method.full_name.removeprefix("einstellen."))
def test_a_stranger_learns_and_changes_nothing(house: House, world: World, strangers: list[Account], method: MethodDescriptor) -> None:
    before = state(house, world)
    for stranger in strangers:
        request = worlds.valid_request(method, world.ids)
        try:
            answer = worlds.invoke(house, method, request, stranger.metadata)
        except grpc.RpcError as error:
            refusal = told(error)
            assert refusal.code is not None
            assert refusal.code.name in _REFUSALS | {"ALREADY_EXISTS"}, refusal
            shown = refusal.message
        else:
            shown = str(answer)
        assert not [mark for mark in world.marks if mark in shown], f"{stranger.role} saw something of another tenant"
    assert state(house, world) == before


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_query_that_forgets_its_where_finds_nothing_of_another_tenant(
    house: House, world: World, strangers: list[Account], service: Any
) -> None:
    database = Database(house.app_url(service.name), pool_size=1)
    metadata = sa.MetaData()
    metadata.reflect(sa.create_engine(house.owner_url(service.name).replace("postgresql://", "postgresql+psycopg2://")))
    seen = 0
    for stranger in strangers:
        for table in metadata.tables.values():
            with database.begin(Scope(UUID(stranger.tenant_id), UUID(stranger.user_id))) as connection:
                try:
                    rows = connection.execute(sa.select(table)).all()
                except sa.exc.ProgrammingError:
                    continue  # the service's role has no right to the table at all
            text = str(rows)
            found = [mark for mark in world.marks if mark in text]
            assert not found, f"{table.name} shows {found}"
            seen += len(rows)
    database.close()
    assert seen or service.name in ("inference", "candidates", "interviews"), "the strangers' own rows are there, so the query did look"
