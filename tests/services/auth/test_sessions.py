"""Sessions and their refresh tokens over gRPC: rotation, the forgiven repeat, and what people see of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import jwt
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, sessions_pb2
from services.auth import rules
from services.auth.rules import TokenState
from services.auth.tables import RefreshToken, Session
from services.chassis import ids
from tests.conftest import Account, House
from tests.refusals import refused, told


def refresh(auth: Any, token: str) -> Any:
    return auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=token))


def sid(access: str) -> str:
    return str(jwt.decode(access, options={"verify_signature": False})["sid"])


@pytest.fixture
def age(house: House) -> Callable[[str, int], None]:
    """Makes a session's used refresh tokens used so many seconds earlier."""

    def change(session_id: str, seconds: int) -> None:
        with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => %s) WHERE session_id = %s", (seconds, session_id)
            )

    return change


def living(house: House, session_id: str) -> int:
    """How many refresh tokens of the session could still be exchanged."""
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
               WHERE s.id = %s AND s.revoked_at IS NULL AND r.used_at IS NULL""",
            (session_id,),
        )
        found = cursor.fetchone()
        assert found
        return int(found[0])


def test_a_lost_answer_is_given_again_once_with_the_same_successor(house: House, auth: Any) -> None:
    account = house.register()
    lost = refresh(auth, account.refresh)
    again = refresh(auth, account.refresh)
    assert again.refresh_token == lost.refresh_token != account.refresh
    assert again.access_token != lost.access_token
    assert living(house, sid(account.access)) == 1
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        refresh(auth, account.refresh)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        refresh(auth, lost.refresh_token)


def test_a_token_whose_successor_was_used_is_not_forgiven(house: House, auth: Any) -> None:
    account = house.register()
    third = refresh(auth, refresh(auth, account.refresh).refresh_token)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        refresh(auth, account.refresh)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        refresh(auth, third.refresh_token)


def test_a_repeat_after_ten_seconds_ends_the_session(house: House, auth: Any, age: Callable[[str, int], None]) -> None:
    account = house.register()
    second = refresh(auth, account.refresh)
    age(sid(account.access), 11)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        refresh(auth, account.refresh)
    assert living(house, sid(account.access)) == 0
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        refresh(auth, second.refresh_token)


@pytest.mark.parametrize(
    ("used", "forgiven", "successor_used", "expected"),
    [
        (None, None, None, TokenState.GOOD),
        (0, None, None, TokenState.FORGIVEN),
        (10, None, None, TokenState.FORGIVEN),
        (11, None, None, TokenState.REUSED),
        (5, 2, None, TokenState.REUSED),
        (5, None, 1, TokenState.REUSED),
    ],
)
def test_what_a_token_is_worth(used: int | None, forgiven: int | None, successor_used: int | None, expected: TokenState) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)

    def ago(seconds: int | None) -> datetime | None:
        return None if seconds is None else now - timedelta(seconds=seconds)

    session = Session(ids.mint(), ids.mint(), ids.mint(), None, now, None, "", now, now)
    token = RefreshToken(b"1", session.id, now, now + timedelta(days=1), ago(used), b"2", ago(forgiven))
    successor = RefreshToken(b"2", session.id, now, now + timedelta(days=1), ago(successor_used)) if used is not None else None
    assert rules.judge(token, session, successor, now=now) is expected
    ended = Session(session.id, session.user_id, session.tenant_id, None, now, now, "", now, now)
    assert rules.judge(token, ended, successor, now=now) is TokenState.DEAD
    assert rules.judge(token, session, successor, now=now + timedelta(days=1)) is TokenState.DEAD


def test_fifty_concurrent_refreshes_never_leave_two_living_tokens(house: House, auth: Any) -> None:
    account = house.register()

    def one(_: int) -> str:
        try:
            return str(refresh(auth, account.refresh).refresh_token)
        except grpc.RpcError as error:
            return told(error).reason

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(one, range(50)))
    tokens = {answer for answer in answers if not answer.startswith("REFRESH_TOKEN_")}
    assert len(tokens) == 1
    assert sum(answer in tokens for answer in answers) == 2, "the first, and one that is forgiven"
    assert answers.count("REFRESH_TOKEN_REUSED") == 1
    assert living(house, sid(account.access)) == 0


def test_only_hashes_of_refresh_tokens_are_stored(house: House, auth: Any) -> None:
    account = house.register()
    second = refresh(auth, account.refresh)
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT r::text, s::text FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id")
        stored = str(cursor.fetchall())
    for token in (account.refresh, second.refresh_token):
        assert token not in stored
        assert token.encode().hex() not in stored
        assert rules.hash_token(token).hex() in stored


def test_logging_out_kills_the_refresh_token_and_may_be_repeated(house: House, auth: Any) -> None:
    account = house.register()
    for _ in range(2):
        auth.Logout(auth_pb2.LogoutRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        refresh(auth, account.refresh)


def test_people_see_where_they_are_signed_in_and_end_one(house: House, auth: Any, sessions: Any) -> None:
    account = house.register()
    login = auth_pb2.LoginRequest(email=account.email, password=account.password)
    phone = auth.Login(login, metadata=(("x-envoy-external-address", "203.0.113.7"),))
    listed = sessions.ListSessions(sessions_pb2.ListSessionsRequest(), metadata=account.metadata).sessions
    assert [(row.id, row.is_current) for row in listed] == [(sid(phone.access_token), False), (sid(account.access), True)]
    assert listed[0].ip_address == "203.0.113.7"
    assert "grpc" in listed[0].user_agent
    for _ in range(2):
        sessions.RevokeSession(sessions_pb2.RevokeSessionRequest(session_id=listed[0].id), metadata=account.metadata)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        refresh(auth, phone.refresh_token)
    left = sessions.ListSessions(sessions_pb2.ListSessionsRequest(), metadata=account.metadata).sessions
    assert [row.id for row in left] == [sid(account.access)]


def test_somebody_elses_session_is_not_there(house: House, sessions: Any, person: Account) -> None:
    other = house.register()
    with refused(grpc.StatusCode.NOT_FOUND, "SESSION_NOT_FOUND"):
        sessions.RevokeSession(sessions_pb2.RevokeSessionRequest(session_id=sid(other.access)), metadata=person.metadata)
    assert living(house, sid(other.access)) == 1


@pytest.mark.parametrize("keep", [True, False])
def test_all_sessions_end_but_the_one_that_is_kept(house: House, auth: Any, sessions: Any, *, keep: bool) -> None:
    account = house.register()
    others = [auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password)) for _ in range(3)]
    answer = sessions.RevokeSessions(sessions_pb2.RevokeSessionsRequest(keep_current=keep), metadata=account.metadata)
    assert answer.revoked == (3 if keep else 4)
    for pair in others:
        with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
            refresh(auth, pair.refresh_token)
    assert living(house, sid(account.access)) == (1 if keep else 0)
