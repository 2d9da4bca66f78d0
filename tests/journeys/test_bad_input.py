"""Bad input to each RPC: a clear refusal that names the field, in bounded time, and nothing written."""

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from cli.services import SERVICES
from tests.conftest import House
from tests.journeys import world as worlds
from tests.journeys.world import World
from tests.refusals import told

_CLIENTS_FAULT = {
    "INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "FAILED_PRECONDITION", "ALREADY_EXISTS", "OUT_OF_RANGE", "RESOURCE_EXHAUSTED",
}  # fmt: skip
_UNARY = [method for method in worlds.rpcs() if not method.client_streaming]
_ENDS_THE_CALLER = "RevokeSessions"  # its empty request is good, and those who send it can call nothing afterwards


@pytest.fixture(scope="module")
def world(house: House) -> World:
    return worlds.make(house)


def written(house: House) -> dict[str, int]:
    """How many rows the audit logs have; every change adds one."""
    query = "SELECT count(*) FROM audit_log WHERE action NOT LIKE 'tenants.%%'"
    return {service.name: house.read(service.name, query)[0][0] for service in SERVICES}


def spoilt(method: MethodDescriptor, world: World) -> list[tuple[str, Any]]:
    """Requests with one field each that no rule allows, and the field's name."""
    found = []
    for field in method.input_type.fields:
        bad: list[Any] = []
        if field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated:
            bad = ["x" * 250_000]
            if field.name.endswith("_id") and field.name not in ("request_id", "client_id"):
                bad.append("not-a-uuid")
            if field.name == "page_token":
                bad = ["x" * 501, "bm8", "!!"]
        elif field.type == FieldDescriptor.TYPE_INT32 and not field.is_repeated:
            bad = [-1, 2**31 - 1]
        for value in bad:
            request = worlds.valid_request(method, world.ids)
            setattr(request, field.name, value)
            found.append((field.name, request))
    return found


@pytest.mark.parametrize("method", _UNARY, ids=lambda method: method.full_name.removeprefix("einstellen."))
def test_a_field_that_no_rule_allows_is_named_and_changes_nothing(house: House, world: World, method: MethodDescriptor) -> None:
    before = written(house)
    for name, request in spoilt(method, world):
        for caller in (world.employer.metadata, world.candidate.metadata, house.as_service("gateway", worlds.owner_of(method))):
            with pytest.raises(grpc.RpcError) as caught:
                worlds.invoke(house, method, request, caller)
            refusal = told(caught.value)
            assert refusal.code is not None
            assert refusal.code.name in _CLIENTS_FAULT, (name, refusal)
            if refusal.code is grpc.StatusCode.INVALID_ARGUMENT:
                assert name in [violation.field for violation in refusal.fields], (name, refusal)
    assert written(house) == before


@pytest.mark.parametrize(
    "method", [each for each in _UNARY if each.name != _ENDS_THE_CALLER], ids=lambda method: method.full_name.removeprefix("einstellen.")
)
def test_an_empty_request_and_one_without_a_token_are_answered_without_a_fault(
    house: House, world: World, method: MethodDescriptor
) -> None:
    empty = type(worlds.valid_request(method, world.ids))()
    for caller in (None, world.employer.metadata, world.candidate.metadata):
        try:
            worlds.invoke(house, method, empty, caller)
        except grpc.RpcError as error:
            assert error.code().name in _CLIENTS_FAULT, error
