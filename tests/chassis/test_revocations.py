"""The list of what is revoked: which tokens it covers, and what it does while nobody can be asked."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc
import jwt
import pytest
from google.api.httpbody_pb2 import HttpBody

from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.keys.v1 import keys_pb2
from services.chassis import errors, ids
from services.chassis.calls import Person
from services.chassis.clock import to_timestamp
from services.chassis.revocations import Revocations
from services.chassis.server import serve
from services.chassis.settings import Settings
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens
from tests.chassis.test_interceptor import KEY, PUBLISHED, bearer
from tests.conftest import until
from tests.refusals import refused

SESSION, TENANT, USER = (ids.mint() for _ in range(3))


class Signer:
    """Answers as whoever signs tokens, from a list that a test fills; `away` refuses."""

    def __init__(self) -> None:
        self.revoked: list[keys_pb2.Revocation] = []
        self.position = 0
        self.asked: list[int] = []
        self.away = False

    def add(self, *, seconds: float = 60, **what: Any) -> int:
        self.position += 1
        expires = to_timestamp(datetime.now(UTC) + timedelta(seconds=seconds))
        named = {name: str(value) for name, value in what.items()}
        self.revoked.append(keys_pb2.Revocation(position=self.position, expire_time=expires, **named))
        return self.position

    def __call__(self, after: int) -> keys_pb2.ListRevocationsResponse:
        self.asked.append(after)
        if self.away and len(self.asked) % 2:
            raise ValueError(after)  # what nobody has thought of
        if self.away:
            raise errors.Unavailable("REVOCATIONS_UNAVAILABLE", "away")
        found = [each for each in self.revoked if each.position > after]
        return keys_pb2.ListRevocationsResponse(revocations=found, position=self.position)


def person(revision: int = 0, **changes: Any) -> Person:
    return Person(
        **{"user_id": USER, "tenant_id": TENANT, "kind": "business", "role": "owner", "session_id": SESSION, **changes}, revision=revision
    )


@pytest.mark.parametrize(
    ("what", "spared"),
    [
        ({"session_id": SESSION}, {"session_id": ids.mint()}),
        ({"organization_id": TENANT}, {"tenant_id": ids.mint()}),
        ({"organization_id": TENANT, "user_id": USER}, {"user_id": ids.mint()}),
        ({"organization_id": TENANT, "user_id": USER}, {"tenant_id": ids.mint()}),
    ],
)
def test_what_was_signed_before_is_refused_and_what_was_signed_after_is_not(what: dict[str, Any], spared: dict[str, Any]) -> None:
    signer = Signer()
    position = signer.add(**what)
    revocations = Revocations("test", signer)
    with pytest.raises(errors.Unauthenticated) as caught:
        revocations.check(person(position - 1))
    assert caught.value.reason == "TOKEN_REVOKED"
    revocations.check(person(position))
    revocations.check(person(position - 1, **spared))


def test_a_process_that_has_just_begun_believes_no_token_before_it_has_asked() -> None:
    signer = Signer()
    signer.away = True
    revocations = Revocations("test", signer)
    for problem in (ValueError, errors.Unavailable):
        with pytest.raises(problem):
            revocations.check(person())
    signer.away = False
    revocations.check(person())
    signer.away = True
    revocations.check(person())
    assert signer.asked == [0, 0, 0]  # once it knows, requests wait for nobody


def test_it_follows_from_where_it_stopped_through_an_outage_and_tells_of_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.revocations.POLL_SECONDS", 0.01)
    signer, told = Signer(), []
    revocations = Revocations("test", signer, lambda: told.append(True))
    revocations.start()
    until(lambda: signer.asked, "it asks")
    signer.away = True
    signer.add(session_id=SESSION)
    until(lambda: len(signer.asked) > 3, "it asks again")
    assert not revocations.covers(person())
    signer.away = False
    until(lambda: revocations.covers(person()), "it has learned")
    until(lambda: told == [True], "it has told")
    until(lambda: signer.asked[-1] == 1, "it asks for what comes after")
    revocations.stop()
    assert not revocations.is_alive()


def test_what_can_no_longer_be_presented_is_forgotten() -> None:
    signer = Signer()
    signer.add(session_id=SESSION, seconds=0.05)
    revocations = Revocations("test", signer)
    revocations.check(person(revision=1))
    assert revocations.covers(person())
    until(lambda: not _covers_after_reading(revocations), "it is forgotten")


def _covers_after_reading(revocations: Revocations) -> bool:
    revocations._read()
    return revocations.covers(person())


class Trial(candidates_pb2_grpc.CandidateServiceServicer):
    """Sends a second part when a test says so."""

    def __init__(self) -> None:
        self.more = threading.Event()

    def DownloadCv(self, request: Any, context: grpc.ServicerContext) -> Iterator[HttpBody]:
        yield HttpBody(data=b"one")
        self.more.wait(15)
        yield HttpBody(data=b"two")


def test_a_stream_that_is_open_ends_with_what_its_token_stands_on() -> None:
    signer, trial = Signer(), Trial()
    revocations = Revocations("candidates", signer)
    settings = Settings(service="candidates", SECRET_KEY=KEY, SERVICE_TOKEN=KEY, WORKERS=2)
    server = serve(
        settings, [candidates_pb2.DESCRIPTOR], lambda grpc_server: candidates_pb2_grpc.add_CandidateServiceServicer_to_server(trial, grpc_server),
        access=AccessTokens(KeyRing(lambda: PUBLISHED), "einstellen", revocations), services=ServiceTokens(KEY, "candidates"), parts={},
    )  # fmt: skip
    token = bearer()
    session_id = jwt.decode(token[1].removeprefix("Bearer "), options={"verify_signature": False})["sid"]
    with grpc.insecure_channel(server.address) as channel:
        request = candidates_pb2.GetCvRequest(candidate_id=str(TENANT), cv_id=str(TENANT))
        parts = candidates_pb2_grpc.CandidateServiceStub(channel).DownloadCv(request, metadata=(token,))
        assert next(parts).data == b"one"
        signer.add(session_id=session_id)
        until(lambda: revocations.covers(person(session_id=UUID(session_id))), "it is known")
        trial.more.set()
        with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_REVOKED"):
            next(parts)
    server.stop(0)
