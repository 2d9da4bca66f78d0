"""Tokens that expire, and servers that go away."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import psycopg2
import pytest

from cli.services import SERVICES
from cli.stack.folder import DataFolder
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from tests.conftest import Account, House
from tests.gateway.sockets import gateway, heard, join, run

Meet = Callable[..., str]


def test_a_token_that_expires_ends_the_socket_unless_a_fresh_one_came(house: House, meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = house.register("One"), house.register("Two")
    room, decode = meet(one, two), jwt.decode
    soon = time.time() + 1.5

    def expires_soon(token: str, *args: Any, **options: Any) -> Any:
        claims = decode(token, *args, **options)
        first = options == {"options": {"verify_signature": False}} and token in (one.access, two.access)
        return {**claims, "exp": soon} if first else claims

    monkeypatch.setattr("gateway.identity.jwt.decode", expires_soon)
    fresh = replace(two, access=_signed_in_again(house, two))

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, one) as leaving, join(door, room, two) as staying:
            await staying.send(authenticate={"token": fresh.access})
            assert await leaving.code() == 4401
            await staying.say("still here", "1")
            await staying.until(lambda: staying.messages, "the message")
            await staying.send(authenticate={"token": one.access})
            assert await staying.code() == 4401

    run(scenario)


def _signed_in_again(house: House, account: Account) -> str:
    pair = house.stub("auth", auth_pb2_grpc.AuthServiceStub).Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
    return str(pair.access_token)


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Valkey, Callable[[], None], Callable[[], None]]]:
    """A Valkey of the test's own, with what stops it and what starts it again on the same port."""
    root = tmp_path_factory.mktemp("valkey")
    folder = DataFolder(Path(root) / "data")
    with folder.held():
        valkey = Valkey.prepare(folder)
        supervisors: list[Supervisor] = []

        def start() -> None:
            supervisor = Supervisor(folder, say=lambda _: None)
            supervisor.__enter__()
            supervisor.start(valkey.child())
            supervisors.append(supervisor)

        def stop() -> None:
            supervisors.pop().__exit__(None, None, None)

        start()
        yield valkey, stop, start
        while supervisors:
            stop()


def test_sockets_outlive_redis_and_heal_when_it_is_back(
    house: House, meet: Meet, own_valkey: tuple[Valkey, Callable[[], None], Callable[[], None]]
) -> None:
    valkey, stop, start = own_valkey
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)

    async def scenario() -> None:
        url = valkey.url()
        # The owner publishes to the house's Valkey; these gateways listen on another, so all that they learn, they learn by healing.
        async with (
            gateway(house, REDIS_URL=url) as one,
            gateway(house, REDIS_URL=url) as two,
            join(one, room, ada_account) as ada,
            join(two, room, bo_account) as bo,
        ):
            stop()
            await heard(one, room, answers=False)
            await ada.say("into the dark", "1")
            await ada.until(lambda: ada.seqs == [1], "its own, from the owner's answer")
            assert not bo.messages
            start()
            await bo.until(lambda: bo.seqs == [1], "what it missed")
            await heard(one, room)  # who types is told to those who listen, and to nobody later
            await bo.send(typing={"active": True})
            await ada.other("typing", user_id=bo_account.user_id)

    run(scenario)


def test_sockets_outlive_notifications_and_say_again_what_was_refused(house: House, meet: Meet) -> None:
    account = house.register()
    room = meet(account)
    service = next(service for service in SERVICES if service.name == "notifications")
    place = next(index for index, server in enumerate(house.servers) if server.name == "notifications")

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, account) as client:
            await client.say("before", "1")
            await client.until(lambda: client.seqs == [1], "the first")
            await asyncio.to_thread(house.servers[place].stop, 1)
            try:
                await client.say("lost?", "2")
                error = await client.other("error", client_id="2")
                assert error["reason"] == "PEER_UNAVAILABLE"
            finally:
                house.servers[place] = await asyncio.to_thread(service.start, house.environment)
            await client.say("lost?", "2")
            await client.until(lambda: client.seqs == [1, 2], "said again")

    run(scenario)
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messages m JOIN rooms r ON r.id = m.room_id WHERE r.name = %s", (room,))
        assert cursor.fetchone() == (2,)
