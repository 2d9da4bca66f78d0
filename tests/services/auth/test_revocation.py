"""What is revoked stops counting within five seconds, at every service."""

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor

from cli.services import SERVICES
from einstellen.auth.v1 import auth_pb2, sessions_pb2
from einstellen.options.v1 import options_pb2
from tests.conftest import Account, House, until
from tests.journeys import world as worlds
from tests.refusals import told

SECONDS = 5.0


def probe(service: str) -> MethodDescriptor:
    """An RPC of the service that needs a token and takes one request."""
    return next(
        method
        for method in worlds.rpcs()
        if worlds.owner_of(method) == service and not method.client_streaming and method.full_name.split(".")[1] == service
        and not method.GetOptions().Extensions[options_pb2.allow].public
    )  # fmt: skip


def reason(house: House, method: MethodDescriptor, metadata: Any) -> str:
    """What an empty request is answered: whoever calls is looked at before what they say."""
    try:
        worlds.invoke(house, method, worlds.message_factory.GetMessageClass(method.input_type)(), metadata)
    except grpc.RpcError as error:
        return told(error).reason
    return "OK"


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_the_tokens_of_an_ended_session_stop_within_five_seconds(house: House, sessions: Any, service: str) -> None:
    account, method = house.register(), probe(service)
    assert reason(house, method, account.metadata) not in ("TOKEN_REVOKED", "TOKEN_INVALID")
    sessions.RevokeSessions(sessions_pb2.RevokeSessionsRequest(), metadata=account.metadata)
    until(lambda: reason(house, method, account.metadata) == "TOKEN_REVOKED", f"{service} refuses the token", SECONDS)


def test_another_session_of_the_same_person_goes_on(house: House, auth: Any, sessions: Any) -> None:
    account = house.register()
    other = auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
    kept = Account(account.email, account.password, account.user_id, other.access_token, other.refresh_token, account.tenant_id, "owner")
    auth.Logout(auth_pb2.LogoutRequest(refresh_token=account.refresh))
    listing = sessions_pb2.ListSessionsRequest()

    def refused() -> bool:
        try:
            sessions.ListSessions(listing, metadata=account.metadata)
        except grpc.RpcError as error:
            return told(error).reason == "TOKEN_REVOKED"
        return False

    until(refused, "the ended session is refused", SECONDS)
    assert len(sessions.ListSessions(listing, metadata=kept.metadata).sessions) == 1
