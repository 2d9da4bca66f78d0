"""Seeded races for one session: refresh, a repeat of it, logout, revocation, switching and new signing keys at once, and what must hold afterwards."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import grpc
import jwt
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, organizations_pb2, sessions_pb2
from services.auth.keys import SigningKeys
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.tokens import AccessTokens, KeyRing, published
from tests.conftest import Account, House
from tests.refusals import told

_SLICE, _ALL = 60, 1000


@pytest.fixture
def account(house: House) -> Account:
    return house.register()


@dataclass
class Races:
    """What takes part: the doors, somebody's account, another process that makes signing keys, and a verifier as every service has one."""

    house: House
    auth: Any
    organizations: Any
    sessions: Any
    account: Account
    keys: SigningKeys
    verifier: AccessTokens
    ended: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)

    def outcome(self, act: Callable[[], Any]) -> tuple[str, str]:
        """The refresh token that came back, or the reason why none did. Whatever was signed verifies."""
        try:
            answer = act()
        except grpc.RpcError as error:
            return "", told(error).reason
        if hasattr(answer, "access_token"):
            assert str(self.verifier.verify(answer.access_token).user_id) == self.account.user_id
        return getattr(answer, "refresh_token", ""), ""


@pytest.fixture
def races(house: House, auth: Any, organizations: Any, sessions: Any, account: Account) -> Iterator[Races]:
    database = Database(house.app_url("auth"), pool_size=6)
    keys = SigningKeys(database, house.environment["SECRET_KEY"], "ES256", 900, utc_now)
    verifier = AccessTokens(KeyRing(published(house.channel("auth"))), house.environment.get("JWT_ISSUER", "einstellen"))
    yield Races(house, auth, organizations, sessions, account, keys, verifier)
    database.close()


def race(races: Races, seed: int) -> None:
    """One race. The seed chooses who takes part and in which order they are let go."""
    chance, auth, account, outcome = random.Random(seed), races.auth, races.account, races.outcome
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
        "switch": lambda: races.organizations.SwitchOrganization(switch, metadata=metadata),
        "logout": lambda: auth.Logout(auth_pb2.LogoutRequest(refresh_token=token)),
        "revoke": lambda: races.sessions.RevokeSession(sessions_pb2.RevokeSessionRequest(session_id=session_id), metadata=metadata),
    }
    acts["rotate keys"] = races.keys.rotate
    chosen = ["refresh", *chance.choices(list(acts), k=chance.randint(1, 4))]
    races.acts.update(chosen)
    chance.shuffle(chosen)
    gate = threading.Barrier(len(chosen))

    def run(name: str) -> tuple[str, tuple[str, str]]:
        gate.wait()
        return name, outcome(acts[name])

    with ThreadPoolExecutor(len(chosen)) as pool:
        ended = list(pool.map(run, chosen))

    with closing(psycopg2.connect(races.house.owner_url("auth"))) as connection, connection.cursor() as cursor:
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
    races.ended["ended" if revoked else "lives"] += 1


def test_races_of_one_session_leave_one_living_token_or_none(races: Races) -> None:
    for seed in range(_SLICE):
        race(races, seed)
    assert min(races.ended["ended"], races.ended["lives"]) > 0


@pytest.mark.soak
def test_a_thousand_races_of_one_session(races: Races, record_property: Callable[[str, object], None]) -> None:
    for seed in range(_ALL):
        race(races, 10_000 + seed)
    record_property("count", f"{races.ended.total()} races, {dict(races.ended)}, of {dict(races.acts)}")
    assert min(races.ended["ended"], races.ended["lives"]) > 0
