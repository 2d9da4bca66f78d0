"""How often something may be tried: by account, by address, and not at all while nobody can count."""

import secrets
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
import redis

from cli.services import SERVICES
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, credentials_pb2, credentials_pb2_grpc
from services.auth import passwords
from services.auth.limits import Limits
from services.chassis import errors
from tests.conftest import House
from tests.refusals import refused


@pytest.fixture
def counter(house: House) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(house.environment["REDIS_URL"])
    yield client
    client.close()


def tries(limits: Limits, account: str, address: str, count: int) -> int:
    """How many of so many tries are let through."""

    def go(_: int) -> int:
        try:
            limits.count(account, address)
        except errors.ResourceExhausted as refusal:
            assert refusal.reason == "TOO_MANY_ATTEMPTS"
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(go, range(count)))


def test_an_account_is_tried_from_everywhere_as_often_as_from_one_place(counter: redis.Redis) -> None:
    limits, account = Limits(counter, secrets.token_hex(4), 5), "ada@example.com"
    assert sum(tries(limits, account, f"192.0.2.{number}", 2) for number in range(20)) == 5
    assert tries(limits, " ADA@example.com ", "192.0.2.99", 5) == 0, "it is the same account, however it is written"
    assert tries(limits, "eve@example.com", "192.0.2.99", 1) == 1


def test_fifty_tries_at_once_are_no_more_than_one_after_the_other(counter: redis.Redis) -> None:
    assert tries(Limits(counter, secrets.token_hex(4), 5), "ada@example.com", "192.0.2.1", 50) == 5


def test_an_address_that_tries_many_accounts_is_stopped_though_some_are_its_own(counter: redis.Redis) -> None:
    limits, address = Limits(counter, secrets.token_hex(4), 3), "192.0.2.1"
    let_in = 0
    for number in range(60):
        let_in += tries(limits, f"{number}@example.com", address, 1)
        if number % 10 == 9:  # a good account of their own, in between
            limits.count("own@example.com", "198.51.100.1")
            limits.succeeded("own@example.com", address)
    assert let_in == 30 + 3, "thirty for an address, and each success gives back its own try and no more"


def test_what_is_counted_says_neither_who_nor_from_where_and_is_forgotten(counter: redis.Redis) -> None:
    kind = secrets.token_hex(4)
    Limits(counter, kind, 5).count("ada@example.com", "192.0.2.1")
    keys = [bytes(key).decode() for key in counter.scan_iter(f"auth:{kind}:*")]
    assert len(keys) == 2
    assert not any("ada" in key or "192.0.2.1" in key for key in keys)
    assert all(0 < counter.ttl(key) <= 15 * 60 for key in keys)


def test_while_nobody_can_count_nobody_signs_in_and_what_needs_no_counting_goes_on(house: House) -> None:
    """Another auth on the house's databases, with a Valkey of its own that goes away and comes back."""
    account, port = house.register(), free_port()
    with tempfile.TemporaryDirectory(prefix="einstellen-limits-") as root:
        Path(root).chmod(0o755)
        folder = DataFolder(Path(root) / "data")
        valkey = Valkey.prepare(folder)
        values = house.environment | {"AUTH_LISTEN": f"{LOOPBACK}:{port}", "REDIS_URL": valkey.url()}
        server = next(service for service in SERVICES if service.name == "auth").start(values)
        channel = grpc.insecure_channel(f"{LOOPBACK}:{port}")
        auth, credentials = auth_pb2_grpc.AuthServiceStub(channel), credentials_pb2_grpc.CredentialServiceStub(channel)
        login = auth_pb2.LoginRequest(email=account.email, password=account.password)
        forgot = credentials_pb2.RequestPasswordResetRequest(email=account.email)
        change = credentials_pb2.ChangePasswordRequest(current_password=account.password, new_password="another long password of mine")
        try:
            with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
                supervisor.start(valkey.child())
                pair = auth.Login(login)
            for call in (
                lambda: auth.Login(login),
                lambda: credentials.RequestPasswordReset(forgot),
                lambda: credentials.ChangePassword(change, metadata=account.metadata),
            ):
                with refused(grpc.StatusCode.UNAVAILABLE, "LIMITS_UNAVAILABLE"):
                    call()
            assert auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=pair.refresh_token)).access_token
            with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
                supervisor.start(valkey.child())
                assert auth.Login(login).access_token
        finally:
            channel.close()
            server.stop(1)


class Counted:
    """A hasher that remembers what it was asked to verify."""

    def __init__(self, hasher: Any) -> None:
        self._hasher = hasher
        self.verified: list[str] = []

    def verify(self, stored: str, password: str) -> bool:
        self.verified.append(stored)
        return bool(self._hasher.verify(stored, password))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hasher, name)


@pytest.mark.parametrize("known", [False, True], ids=["no account", "an account"])
def test_a_wrong_password_costs_one_hash_of_the_same_strength_with_and_without_an_account(
    monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    stored = passwords.make_hash("the right password") if known else None
    counted = Counted(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counted)
    assert not passwords.matches("the wrong password", stored)
    (used,) = counted.verified
    assert not counted.check_needs_rehash(used)
