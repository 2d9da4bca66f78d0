"""API keys at the one public address: exchanged at Envoy, narrowed to scopes, stopped within five seconds."""

import asyncio
import hashlib
import re
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import grpc
import psycopg2
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from einstellen.auth.v1 import api_keys_pb2, api_keys_pb2_grpc, organizations_pb2, organizations_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from tests.conftest import Account, House, until
from tests.journeys.conftest import Edge
from tests.refusals import refused, told

SECONDS = 5.0


def make(house: House, account: Account, *scopes: str, **fields: Any) -> Any:
    request = api_keys_pb2.CreateApiKeyRequest(**{"name": "A program", "scopes": scopes or ["jobs.read", "jobs.write"], **fields})
    return house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub).CreateApiKey(request, metadata=account.metadata)


def revoke(house: House, account: Account, key: Any) -> None:
    request = api_keys_pb2.RevokeApiKeyRequest(api_key_id=key.id)
    house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub).RevokeApiKey(request, metadata=account.metadata)


def test_a_key_works_over_rest_and_grpc_in_place_of_a_token(house: House, edge: Edge) -> None:
    account = house.employer()
    key = make(house, account)
    made = edge.http()("POST", "/companies", {"name": "By a program"}, x_api_key=key.key)
    assert made.status == 200, made.body
    with grpc.insecure_channel(edge.host) as channel:
        jobs = jobs_pb2_grpc.JobServiceStub(channel)
        metadata = (("x-api-key", key.key),)
        assert jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="By another"), metadata=metadata).name == "By another"
        with refused(grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING"):
            organizations_pb2_grpc.OrganizationServiceStub(channel).ListOrganizations(
                organizations_pb2.ListOrganizationsRequest(), metadata=metadata
            )
    (listed,) = house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub).ListApiKeys(
        api_keys_pb2.ListApiKeysRequest(), metadata=account.metadata
    ).api_keys  # fmt: skip
    assert (listed.key, listed.prefix, listed.user_id) == ("", key.key[: len(listed.prefix)], account.user_id)
    assert abs(listed.last_used_time.ToDatetime(UTC) - datetime.now(UTC)) < timedelta(minutes=2)


def test_a_key_wins_over_a_token_and_is_kept_from_the_services(house: House, edge: Edge) -> None:
    maker, other = house.employer(), house.register()
    key = make(house, maker, "organizations.read")
    found = edge.http(other.access)("GET", f"/organizations/{maker.tenant_id}", x_api_key=key.key)
    assert (found.status, found.json["id"]) == (200, maker.tenant_id)
    denied = edge.http(maker.access)("GET", f"/organizations/{maker.tenant_id}", x_api_key=key.key[:-1] + "!")
    assert (denied.status, denied.reason) == (401, "API_KEY_INVALID")


@pytest.mark.parametrize(
    ("scopes", "verb", "path", "reason"),
    [
        (["jobs.read"], "POST", "/companies", "SCOPE_MISSING"),
        (["organizations.read"], "GET", "/jobs/list", ""),
        (["jobs.write", "organizations.write"], "GET", "/organizations", "SCOPE_MISSING"),
        (["organizations.read", "organizations.write"], "GET", "/auth/me", "SCOPE_MISSING"),
        (["organizations.write"], "GET", "/api-keys", "SCOPE_MISSING"),
        (["organizations.write"], "GET", "/tenants", "SCOPE_MISSING"),
    ],
)
def test_a_key_reaches_as_far_as_its_scopes(house: House, edge: Edge, scopes: list[str], verb: str, path: str, reason: str) -> None:
    account = house.employer()
    key = make(house, account, *scopes)
    answer = edge.http()(verb, path, {"name": "A company"} if verb == "POST" else None, x_api_key=key.key)
    assert (answer.status, answer.reason if reason else "") == (403 if reason else 200, reason), answer.body


@pytest.mark.parametrize(
    "key",
    ["", "ek_", "nonsense", "ek_" + "A" * 43, "ek_" + "é" * 43, "x" * 20_000],
    ids=["empty", "short", "other", "unknown", "latin", "long"],
)
def test_what_is_no_key_is_refused_in_the_form_of_the_house(edge: Edge, key: str) -> None:
    answer = edge.http()("GET", "/jobs/list", x_api_key=key)
    assert (answer.status, answer.reason) == (401, "API_KEY_INVALID")
    assert answer.request_id == answer.headers["x-request-id"]
    if key.isascii():
        with grpc.insecure_channel(edge.host) as channel, pytest.raises(grpc.RpcError) as caught:
            jobs_pb2_grpc.JobServiceStub(channel).ListJobs(jobs_pb2.ListJobsRequest(), metadata=(("x-api-key", key),))
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_auth_is_asked_for_requests_with_a_key_alone(house: House, edge: Edge) -> None:
    def asked() -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{edge.admin_port}/stats?filter=ext_authz") as answer:
            found = dict(re.findall(r"([\w.]+): (\d+)", answer.read().decode()))
        return sum(int(found[f"http.edge.ext_authz.{outcome}"]) for outcome in ("ok", "denied", "error"))

    account = house.employer()
    key, before = make(house, account), asked()
    for _ in range(5):
        assert edge.http(account.access)("GET", "/auth/me").status == 200
        assert edge.http()("GET", "/jobs/list").status == 200
    assert asked() == before
    assert edge.http()("GET", "/jobs/list", x_api_key=key.key).status == 200
    assert asked() == before + 1


def test_a_revoked_key_stops_over_rest_and_grpc_within_five_seconds(house: House, edge: Edge) -> None:
    account = house.employer()
    key = make(house, account)
    metadata = (("x-api-key", key.key),)
    with grpc.insecure_channel(edge.host) as channel:
        jobs = jobs_pb2_grpc.JobServiceStub(channel)

        def call() -> str:
            try:
                jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Again"), metadata=metadata)
            except grpc.RpcError as error:
                return error.code().name
            return "OK"

        assert (call(), edge.http()("POST", "/companies", {"name": "Again"}, x_api_key=key.key).status) == ("OK", 200)
        revoke(house, account, key)
        revoke(house, account, key)
        until(lambda: call() == "UNAUTHENTICATED", "the key is refused over gRPC", SECONDS)
    assert edge.http()("POST", "/companies", {"name": "Again"}, x_api_key=key.key).status == 401


def test_a_key_opens_a_socket_where_its_scopes_let_it_and_the_socket_ends_with_the_key(house: House, edge: Edge) -> None:
    account = house.employer()
    rooms = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    room = messages_pb2.OpenRoomRequest(room_name=f"application-{uuid4()}", tenant_id=account.tenant_id, user_ids=[account.user_id])
    rooms.OpenRoom(room, metadata=house.as_service("jobs", "notifications"))
    key, narrow = make(house, account, "rooms.write"), make(house, account, "jobs.write")

    async def code(session: aiohttp.ClientSession, with_key: str, welcomed: Callable[[], object]) -> int | None:
        async with session.ws_connect(f"{edge.url}/ws/chat/{room.room_name}", headers={"x-api-key": with_key}) as ws:
            async for told in ws:
                if "welcome" in told.data:
                    await asyncio.to_thread(welcomed)
            return ws.close_code

    async def scenario() -> tuple[int | None, int | None]:
        async with aiohttp.ClientSession() as session, asyncio.timeout(15):
            refused_code = await code(session, narrow.key, lambda: pytest.fail("let in without the scope"))
            async with asyncio.timeout(SECONDS + 5):
                return refused_code, await code(session, key.key, lambda: revoke(house, account, key))

    assert asyncio.run(scenario()) == (4403, 4401)


def test_a_key_stops_with_its_makers_membership_and_at_its_end(house: House, edge: Edge) -> None:
    owner = house.employer()
    house.take_plan(owner)
    admin = house.colleague(owner, "admin")
    soon = Timestamp()
    soon.FromDatetime(datetime.now(UTC) + timedelta(seconds=2))
    lasting, short = make(house, admin), make(house, owner, expire_time=soon)
    assert edge.http()("POST", "/companies", {"name": "Before"}, x_api_key=lasting.key).status == 200
    request = organizations_pb2.RemoveMemberRequest(organization_id=owner.tenant_id, user_id=admin.user_id)
    house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub).RemoveMember(request, metadata=owner.metadata)
    for key in (lasting, short):
        until(lambda key=key: edge.http()("GET", "/jobs/list", x_api_key=key.key).status == 401, "the key is refused", SECONDS)  # type: ignore[misc]


def test_a_key_is_made_once_for_one_request_and_only_with_scopes_that_there_are(house: House) -> None:
    account, keys = house.employer(), house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub)
    first, again = (make(house, account, request_id="one") for _ in range(2))
    assert (first.id, first.key) == (again.id, again.key)
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT key_hash, k::text || coalesce(i.answer, '')::text FROM api_keys k, idempotency_keys i WHERE k.id = %s", (first.id,)
        )
        rows = cursor.fetchall()
    assert {bytes(key_hash) for key_hash, _ in rows} == {hashlib.sha256(first.key.encode()).digest()}
    assert not [row for _, row in rows if first.key in row or first.key.encode().hex() in row]  # nor in the answer that a repeat gets
    for fields, reason in (({"scopes": ["jobs.all"]}, "SCOPE_UNKNOWN"), ({"expire_time": Timestamp(seconds=1)}, "EXPIRY_PAST")):
        with refused(grpc.StatusCode.INVALID_ARGUMENT, reason, field=next(iter(fields))):
            make(house, account, **{"scopes": ["jobs.read"], **fields})
    stranger = house.employer()
    with pytest.raises(grpc.RpcError) as caught:
        keys.RevokeApiKey(api_keys_pb2.RevokeApiKeyRequest(api_key_id=first.id), metadata=stranger.metadata)
    assert told(caught.value).reason == "API_KEY_NOT_FOUND"
