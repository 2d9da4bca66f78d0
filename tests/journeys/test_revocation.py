"""What is revoked stops at every door of the one public address within five seconds: REST, gRPC, and sockets that are open."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import grpc
import pytest

from einstellen.auth.v1 import (
    api_keys_pb2,
    api_keys_pb2_grpc,
    organizations_pb2,
    organizations_pb2_grpc,
    sessions_pb2,
    sessions_pb2_grpc,
)
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from tests.conftest import Account, House, until
from tests.journeys.conftest import Edge

SECONDS = 5.0


@dataclass
class Caller:
    """Somebody with headers that let them in, and how that ends."""

    account: Account
    headers: dict[str, str]
    end: Callable[[], object]


class OpenSocket:
    """A socket in a room, held open by a thread of its own; `code` is what it was closed with."""

    def __init__(self, edge: Edge, room: str, headers: dict[str, str]) -> None:
        self.code: int | None = None
        self._welcomed = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._stay(f"{edge.url}/ws/chat/{room}", headers)), daemon=True)
        self._thread.start()

    async def _stay(self, url: str, headers: dict[str, str]) -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as ws:
            async for told in ws:
                if "welcome" in told.data:
                    self._welcomed.set()
            self.code = ws.close_code

    def welcomed(self) -> bool:
        return self._welcomed.is_set()


@pytest.fixture(scope="module")
def owner(house: House) -> Account:
    account = house.employer()
    house.take_plan(account)
    return account


def bearer(account: Account) -> dict[str, str]:
    return {"authorization": f"Bearer {account.access}"}


def ended_session(house: House, owner: Account) -> Caller:
    account = house.colleague(owner, "admin")
    sessions = house.stub("auth", sessions_pb2_grpc.SessionServiceStub)
    request = sessions_pb2.RevokeSessionsRequest()
    return Caller(account, bearer(account), lambda: sessions.RevokeSessions(request, metadata=account.metadata))


def removed_member(house: House, owner: Account) -> Caller:
    account = house.colleague(owner, "admin")
    organizations = house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
    request = organizations_pb2.RemoveMemberRequest(organization_id=owner.tenant_id, user_id=account.user_id)
    return Caller(account, bearer(account), lambda: organizations.RemoveMember(request, metadata=owner.metadata))


def suspended_organization(house: House, owner: Account) -> Caller:
    account = house.employer()
    organizations = house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
    request = organizations_pb2.SuspendTenantRequest(organization_id=account.tenant_id)
    return Caller(account, bearer(account), lambda: organizations.SuspendTenant(request, metadata=house.administrator().metadata))


def revoked_key(house: House, owner: Account) -> Caller:
    account = house.employer()
    keys = house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub)
    made = keys.CreateApiKey(
        api_keys_pb2.CreateApiKeyRequest(name="A program", scopes=["jobs.read", "rooms.write"]), metadata=account.metadata
    )
    request = api_keys_pb2.RevokeApiKeyRequest(api_key_id=made.id)
    return Caller(account, {"x-api-key": made.key}, lambda: keys.RevokeApiKey(request, metadata=account.metadata))


@pytest.mark.parametrize("cause", [ended_session, removed_member, suspended_organization, revoked_key], ids=lambda cause: cause.__name__)
def test_every_door_closes_within_five_seconds(house: House, edge: Edge, owner: Account, cause: Callable[..., Caller]) -> None:
    caller = cause(house, owner)
    room = messages_pb2.OpenRoomRequest(
        room_name=f"application-{uuid4()}", tenant_id=caller.account.tenant_id, user_ids=[caller.account.user_id]
    )
    house.stub("notifications", messages_pb2_grpc.MessageServiceStub).OpenRoom(room, metadata=house.as_service("jobs", "notifications"))
    with grpc.insecure_channel(edge.host) as channel:
        jobs: Any = jobs_pb2_grpc.JobServiceStub(channel)

        def over_grpc() -> str:
            try:
                jobs.ListCompanies(jobs_pb2.ListCompaniesRequest(), metadata=tuple(caller.headers.items()))
            except grpc.RpcError as error:
                return error.code().name
            return "OK"

        def over_rest() -> int:
            return edge.http()("GET", "/companies", **caller.headers).status

        socket = OpenSocket(edge, room.room_name, caller.headers)
        until(socket.welcomed, "the socket is let in")
        assert (over_grpc(), over_rest(), socket.code) == ("OK", 200, None)
        caller.end()
        until(
            lambda: (over_grpc(), over_rest(), socket.code) == ("UNAUTHENTICATED", 401, 4401), "REST, gRPC and the socket are closed", SECONDS
        )  # fmt: skip
