"""Sessions and their refresh tokens, over gRPC."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from einstellen.auth.v1 import auth_pb2
from tests.conftest import House
from tests.refusals import refused


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(house: House, auth: Any) -> None:
    account = house.register()
    second = auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=second.refresh_token))


def test_of_twenty_concurrent_refreshes_at_most_one_succeeds(house: House, auth: Any) -> None:
    account = house.register()

    def refresh(_: int) -> bool:
        try:
            auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
        except grpc.RpcError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(refresh, range(20))) == 1


def test_logging_out_kills_the_refresh_token_and_may_be_repeated(house: House, auth: Any) -> None:
    account = house.register()
    for _ in range(2):
        auth.Logout(auth_pb2.LogoutRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
