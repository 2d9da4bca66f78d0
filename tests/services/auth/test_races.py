"""Seeded races for one session: refresh, a repeat of it, logout, revocation and switching at the same moment, and what must hold afterwards."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import grpc
import jwt
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, organizations_pb2, sessions_pb2
from tests.conftest import Account, House
from tests.refusals import told

_SLICE, _ALL = 60, 1000


@pytest.fixture
def account(house: House) -> Account:
    return house.register()


def outcome(act: Callable[[], Any]) -> tuple[str, str]:
    """The refresh token that came back, or the reason why none did."""
    try:
        return getattr(act(), "refresh_token", ""), ""
    except grpc.RpcError as error:
        return "", told(error).reason


def race(house: House, auth: Any, organizations: Any, sessions: Any, account: Account, seed: int) -> str:
    """One race; returns how it ended. The seed chooses who takes part and in which order they are let go."""
    chance = random.Random(seed)
    pair = auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
    metadata = (("authorization", f"Bearer {pair.access_token}"),)
    session_id = jwt.decode(pair.access_token, options={"verify_signature": False})["sid"]
    token, previous = pair.refresh_token, ""
    for _ in range(chance.randrange(3)):
        previous, token = token, auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=token)).refresh_token
    switch = organizations_pb2.SwitchOrganizationRequest(organization_id=account.tenant_id, refresh_token=token)
    acts: dict[str, Callable[[], Any]] = {
        "refresh": lambda: auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=token)),
        "repeat": lambda: auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=previous or token)),
        "switch": lambda: organizations.SwitchOrganization(switch, metadata=metadata),
        "logout": lambda: auth.Logout(auth_pb2.LogoutRequest(refresh_token=token)),
        "revoke": lambda: sessions.RevokeSession(sessions_pb2.RevokeSessionRequest(session_id=session_id), metadata=metadata),
    }
    chosen = ["refresh", *chance.choices(list(acts), k=chance.randint(1, 4))]
    chance.shuffle(chosen)
    gate = threading.Barrier(len(chosen))

    def run(name: str) -> tuple[str, tuple[str, str]]:
        gate.wait()
        return name, outcome(acts[name])

    with ThreadPoolExecutor(len(chosen)) as pool:
        ended = list(pool.map(run, chosen))

    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT revoked_at IS NOT NULL FROM sessions WHERE id = %s", (session_id,))
        (revoked,) = cursor.fetchone() or (None,)
        cursor.execute("SELECT count(*) FROM refresh_tokens WHERE session_id = %s AND used_at IS NULL", (session_id,))
        (unused,) = cursor.fetchone() or (None,)
        cursor.execute("SELECT count(*) FROM events WHERE kind = 'session.revoked' AND subject_id = %s", (session_id,))
        (told_of,) = cursor.fetchone() or (None,)
    assert unused == 1, "a family is a chain: one token in it was not used"
    assert told_of == int(revoked), "those who follow learn of the end, once"
    if {"logout", "revoke"} & set(chosen):
        assert revoked, "whoever was told that the session is ended can rely on it"
    assert revoked == bool({"logout", "revoke"} & set(chosen) or "REFRESH_TOKEN_REUSED" in {reason for _, (_, reason) in ended})
    successors = {given for _, (given, _) in ended if given}
    # One successor of the newest token, and, where the one before it was presented too, that newest token itself.
    assert len(successors - {token}) <= 1
    given = [g for _, (g, _) in ended if g and g != token]
    assert len(given) <= 2, "the first, and one that is forgiven"
    for candidate in successors | {token, previous} - {""}:
        alive = bool(outcome(lambda candidate=candidate: auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=candidate)))[0])  # type: ignore[misc]
        assert not (alive and revoked), "a token of an ended session was exchanged"
    return "ended" if revoked else "lives"


def test_races_of_one_session_leave_one_living_token_or_none(
    house: House, auth: Any, organizations: Any, sessions: Any, account: Account
) -> None:
    endings = {race(house, auth, organizations, sessions, account, seed) for seed in range(_SLICE)}
    assert endings == {"ended", "lives"}


@pytest.mark.soak
def test_a_thousand_races_of_one_session(
    house: House, auth: Any, organizations: Any, sessions: Any, account: Account, record_property: Callable[[str, object], None]
) -> None:
    counts = {"ended": 0, "lives": 0}
    for seed in range(_ALL):
        counts[race(house, auth, organizations, sessions, account, 10_000 + seed)] += 1
    record_property("count", f"{_ALL} races, {counts}")
    assert min(counts.values()) > 0
