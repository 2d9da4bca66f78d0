"""Sockets of whoever may no longer be there end within five seconds."""

import asyncio
from collections.abc import Callable

import pytest

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, sessions_pb2, sessions_pb2_grpc
from gateway.closing import Close
from tests.conftest import Account, House
from tests.gateway.sockets import connect, gateway, join, run

SECONDS = 5.0


@pytest.mark.parametrize("redis", ["", "redis://127.0.0.1:1/0"], ids=["with Redis", "with Redis away"])
def test_an_open_socket_ends_with_its_session_and_the_persons_other_ones_stay(house: House, meet: Callable[..., str], redis: str) -> None:
    auth, sessions = house.stub("auth", auth_pb2_grpc.AuthServiceStub), house.stub("auth", sessions_pb2_grpc.SessionServiceStub)
    ada = house.register("Ada")
    again = auth.Login(auth_pb2.LoginRequest(email=ada.email, password=ada.password))
    other = Account(ada.email, ada.password, ada.user_id, again.access_token, again.refresh_token, ada.tenant_id, "owner")
    room, values = meet(ada, house.register("Bo")), {"REDIS_URL": redis} if redis else {}

    async def scenario() -> None:
        async with gateway(house, **values) as door, join(door, room, ada) as ended, join(door, room, other) as kept:
            request = sessions_pb2.RevokeSessionsRequest(keep_current=True)
            await asyncio.to_thread(sessions.RevokeSessions, request, metadata=other.metadata)
            async with asyncio.timeout(SECONDS):
                assert await ended.code() == Close.UNAUTHENTICATED
            await kept.say("still here", "1")
            await kept.until(lambda: kept.messages, "the other session's own message")
            async with connect(door, room, ada) as back:
                assert await back.code() == Close.UNAUTHENTICATED

    run(scenario)
