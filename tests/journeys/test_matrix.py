"""Every RPC as every kind of caller: the code and reason that each is owed by the contract, and no cell left out."""

from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor

from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc
from tests.conftest import House, until
from tests.journeys import matrix
from tests.journeys import world as worlds
from tests.journeys.matrix import ADMITTED, Caller, Callers, Metadata, Verdict
from tests.journeys.world import World
from tests.refusals import told

_RPCS = worlds.rpcs()
_PAGED = [method for method in _RPCS if "page_token" in method.input_type.fields_by_name]
# The last test counts what the others have filled in; one worker runs a whole file.
_CELLS: dict[str, set[str]] = {}


@pytest.fixture(scope="module")
def others(house: House) -> World:
    """Another tenant with one of everything, whose people name what is the first one's."""
    return worlds.make(house)


@pytest.fixture(scope="module")
def removed(house: House) -> Metadata:
    """The token of somebody who was a member, and is none any more, as every service has heard."""
    owner = house.employer("Left behind")
    house.take_plan(owner)
    account = house.colleague(owner, "admin")
    request = organizations_pb2.RemoveMemberRequest(organization_id=owner.tenant_id, user_id=account.user_id)
    house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub).RemoveMember(request, metadata=owner.metadata)
    for service in house.addresses:
        method = next(
            each
            for each in _RPCS
            if worlds.owner_of(each) == service and not each.client_streaming and not matrix.allow_of(each).public
            and each.full_name.split(".")[1] == service
        )  # fmt: skip
        until(lambda: answer(house, method, matrix.probe(method)[0], account.metadata)[1] == "TOKEN_REVOKED", f"{service} knows")  # noqa: B023
    return account.metadata


@pytest.fixture(scope="module")
def callers(house: House, world: World, removed: Metadata) -> Iterator[Callers]:
    made = Callers(house, world, removed)
    yield made
    made.close()


def answer(house: House, method: MethodDescriptor, request: Any, metadata: Metadata) -> Verdict:
    try:
        worlds.invoke(house, method, request, metadata)
    except grpc.RpcError as error:
        refusal = told(error)
        return (refusal.code.name if refusal.code else "", refusal.reason)
    return "OK", ""


def cell(method: MethodDescriptor, column: str, owed: Verdict, given: Verdict) -> None:
    """One cell: the reason counts where one is owed."""
    _CELLS.setdefault(method.full_name, set()).add(column)
    if owed != (given if owed[1] else (given[0], "")):
        _WRONG.append(f"{column}: owed {owed}, given {given}")


_WRONG: list[str] = []


@pytest.fixture
def cells() -> Iterator[Callable[[MethodDescriptor, str, Verdict, Verdict], None]]:
    """Takes every cell of a row, so that a failure shows all that is wrong in it."""
    _WRONG.clear()
    yield cell
    assert not _WRONG, "\n".join(_WRONG)


def named(method: MethodDescriptor) -> str:
    return method.full_name.removeprefix("einstellen.")


@pytest.mark.parametrize("method", _RPCS, ids=named)
def test_each_kind_of_caller_is_let_in_or_refused_as_the_contract_says(
    house: House, callers: Callers, cells: Any, method: MethodDescriptor
) -> None:
    request, answered = matrix.probe(method)
    for caller in callers.of(method):
        verdict = matrix.verdict(method, caller)
        cells(method, caller.name, answered if verdict == ADMITTED else verdict, answer(house, method, request, caller.metadata))


@pytest.mark.parametrize("method", _RPCS, ids=named)
def test_what_belongs_to_another_tenant_is_not_there(
    house: House, world: World, others: World, cells: Any, method: MethodDescriptor
) -> None:
    for who, account, kind in (("employer", others.employer, "business"), ("candidate", others.candidate, "personal")):
        own, foreign, fields = matrix.ids_of(others, who), matrix.ids_of(world, who), matrix.naming(method, world)
        verdict = matrix.verdict(method, Caller(who, account.metadata, "owner", kind))
        if fields:
            owed = matrix.owed_to_a_stranger(method, fields) if verdict == ADMITTED else verdict
            cells(
                method,
                f"{who} of another tenant",
                owed,
                answer(house, method, matrix.request_for(method, foreign, account), account.metadata),
            )
        for field in fields:
            mixed = matrix.request_for(method, {**own, field: foreign[field]}, account)
            owed = matrix.FOREIGN_ANSWERS.get((method.name, field, who), matrix.owed_to_a_stranger(method, [field]))
            cells(
                method,
                f"{who} with a foreign {field}",
                owed if verdict == ADMITTED else verdict,
                answer(house, method, mixed, account.metadata),
            )


@pytest.mark.parametrize("method", _PAGED, ids=named)
def test_a_page_token_of_somebody_else_is_no_token(
    house: House, world: World, others: World, callers: Callers, cells: Any, method: MethodDescriptor
) -> None:
    admin = house.administrator()
    for who, owner, stranger, metadata in (
        ("employer", world.employer, others.employer, others.employer.metadata),
        ("candidate", world.candidate, others.candidate, others.candidate.metadata),
        ("administrator", admin, admin, callers.administrator()),
    ):
        request = matrix.request_for(method, matrix.ids_of(world, who), owner)
        for token in matrix.page_tokens(request, owner):
            request.page_token = token
            if answer(house, method, request, owner.metadata)[0] == "OK":
                theirs = matrix.request_for(method, matrix.ids_of(others, who), stranger)
                theirs.page_token = token
                cells(method, "foreign page token", ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID"), answer(house, method, theirs, metadata))
                return
    pytest.fail("nobody could page, so nothing was shown")


def test_no_cell_is_missing(callers: Callers, world: World, record_property: Callable[[str, object], None]) -> None:
    """Counts the cells, and prints the number at the end of the run."""
    for method in _RPCS:
        columns = {caller.name for caller in callers.of(method)}
        for field in matrix.naming(method, world):
            columns |= {f"{who} {words}" for who in ("employer", "candidate") for words in ("of another tenant", f"with a foreign {field}")}
        if method in _PAGED:
            columns.add("foreign page token")
        assert _CELLS.get(method.full_name) == columns, method.full_name
    record_property("count", f"{sum(map(len, _CELLS.values()))} cells: {len(_RPCS)} RPCs, each as every kind of caller")
