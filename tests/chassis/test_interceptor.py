"""What stands around every RPC: identity, rules, validation, errors and the log line, on a real server with a servicer of the test's own."""

import io
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from services.chassis import calls, errors, ids, tokens
from services.chassis.interceptor import CLIENT_ADDRESS, REQUEST_ID, SERVICE_TOKEN
from services.chassis.logs import JsonFormatter, log
from services.chassis.server import serve
from services.chassis.settings import Settings
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens
from tests.refusals import refused

KEY = "3f9c1e7ab25d4860c1f2a9e8b7d60514"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = {"keys": [{**ECAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True), "kid": "k", "alg": "ES256"}]}
SECRET = "postgres://auth_owner:hunter2@db.internal"


class Trial(jobs_pb2_grpc.JobServiceServicer):
    """Answers by what a test says, and remembers the calls that came through."""

    def __init__(self) -> None:
        self.seen: list[calls.Call] = []
        self.answer: Callable[[], Any] = jobs_pb2.Job

    def GetJob(self, request: jobs_pb2.GetJobRequest, context: grpc.ServicerContext) -> Any:
        self.seen.append(calls.current())
        return self.answer()

    def CreateCompany(self, request: jobs_pb2.CreateCompanyRequest, context: grpc.ServicerContext) -> Any:
        self.seen.append(calls.current())
        return jobs_pb2.Company(name=request.name)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Trial, jobs_pb2_grpc.JobServiceStub, grpc.Channel]]:
    trial = Trial()
    settings = Settings(service="jobs", SECRET_KEY=KEY, SERVICE_TOKEN=KEY, WORKERS=2)
    server = serve(
        settings, [jobs_pb2.DESCRIPTOR], lambda grpc_server: jobs_pb2_grpc.add_JobServiceServicer_to_server(trial, grpc_server),
        access=AccessTokens(KeyRing(lambda: PUBLISHED), "einstellen"), services=ServiceTokens(KEY, "jobs"), parts={},
    )  # fmt: skip
    with grpc.insecure_channel(server.address) as channel:
        yield trial, jobs_pb2_grpc.JobServiceStub(channel), channel
    server.stop(0)


@pytest.fixture
def trial(served: Any) -> Trial:
    served[0].seen.clear()
    served[0].answer = jobs_pb2.Job
    return served[0]


@pytest.fixture
def jobs(served: Any) -> jobs_pb2_grpc.JobServiceStub:
    return served[1]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    log.addHandler(handler)
    before = log.level
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    log.removeHandler(handler)
    log.setLevel(before)


def bearer(role: str = "owner", kind: str = "business") -> tuple[str, str]:
    now = int(time.time())
    claims = {"iss": "einstellen", "aud": "einstellen", "iat": now, "exp": now + 3600, "kind": kind, "role": role}
    claims |= {name: str(ids.mint()) for name in ("sub", "org", "sid")}
    return ("authorization", "Bearer " + jwt.encode(claims, PRIVATE, "ES256", {"kid": "k", "typ": tokens.TYPE}))


GET = jobs_pb2.GetJobRequest(job_id=str(ids.mint()))
CREATE = jobs_pb2.CreateCompanyRequest(name="Nordlicht")


def test_a_fault_of_ours_is_told_as_an_internal_error_and_logged_with_the_requests_id(trial: Trial, jobs: Any, lines: Any) -> None:
    def fail() -> None:
        raise RuntimeError(SECRET)

    trial.answer = fail
    with refused(grpc.StatusCode.INTERNAL, "INTERNAL") as told:
        jobs.GetJob(GET)
    assert told.message == "internal error"
    logged = next(line for line in lines() if line["level"] == "error")
    assert (logged["request_id"], logged["method"]) == (told.request_id, "einstellen.jobs.v1.JobService/GetJob")
    assert SECRET not in str(logged)
    assert logged["exception"][0] == "RuntimeError"


def test_a_refusal_is_told_as_it_is(trial: Trial, jobs: Any) -> None:
    def refuse() -> None:
        raise errors.FailedPrecondition("JOB_CLOSED", "the job is closed")

    trial.answer = refuse
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "JOB_CLOSED") as told:
        jobs.GetJob(GET)
    assert told.message == "the job is closed"


def test_a_message_that_breaks_its_rules_does_not_reach_the_handler(trial: Trial, jobs: Any) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="job_id"):
        jobs.GetJob(jobs_pb2.GetJobRequest(job_id="1 OR 1=1"))
    assert trial.seen == []


@pytest.mark.parametrize(
    ("metadata", "code", "reason"),
    [
        ((), grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
        ((("authorization", "Bearer nonsense"),), grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"),
        ((("authorization", "Basic YWRhOmFkYQ=="),), grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"),
        ((bearer(role="viewer"),), grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED"),
        ((bearer(kind="personal"),), grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"),
        ((bearer(), (SERVICE_TOKEN, "nonsense")), grpc.StatusCode.UNAUTHENTICATED, "SERVICE_TOKEN_INVALID"),
        (((SERVICE_TOKEN, ServiceTokens(KEY, "gateway").sign("auth")),), grpc.StatusCode.UNAUTHENTICATED, "SERVICE_TOKEN_INVALID"),
    ],
)  # fmt: skip
def test_who_may_not_call_does_not_reach_the_handler(trial: Trial, jobs: Any, metadata: Any, code: grpc.StatusCode, reason: str) -> None:
    with refused(code, reason):
        jobs.CreateCompany(CREATE, metadata=metadata)
    assert trial.seen == []


def test_who_may_call_is_checked_before_what_they_say(jobs: Any) -> None:
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        jobs.CreateCompany(jobs_pb2.CreateCompanyRequest())


def test_an_rpc_that_is_public_takes_a_broken_token_for_none(trial: Trial, jobs: Any) -> None:
    jobs.GetJob(GET, metadata=(("authorization", "Bearer nonsense"),))
    jobs.GetJob(GET, metadata=(bearer(),))
    assert [call.person is not None for call in trial.seen] == [False, True]


def test_a_service_that_acts_for_a_person_is_known_as_both(trial: Trial, jobs: Any) -> None:
    jobs.GetJob(GET, metadata=(bearer(), (SERVICE_TOKEN, ServiceTokens(KEY, "interviews").sign("jobs"))))
    (call,) = trial.seen
    assert (call.service, call.scope) == ("interviews", call.person.scope)


@pytest.mark.parametrize(("given", "kept"), [("request-1", True), ("r" * 64, True), ("r" * 65, False), ("", False)])
def test_a_requests_id_is_kept_if_it_is_one(trial: Trial, jobs: Any, given: str, kept: bool) -> None:
    jobs.GetJob(GET, metadata=((REQUEST_ID, given),))
    assert (trial.seen[0].request_id == given) is kept
    assert trial.seen[0].request_id


def test_where_a_call_comes_from_is_said_by_envoy_or_by_a_service_and_by_no_client(trial: Trial, jobs: Any) -> None:
    said = (CLIENT_ADDRESS, "203.0.113.7")
    jobs.GetJob(GET, metadata=(said,))
    jobs.GetJob(GET, metadata=(said, (SERVICE_TOKEN, ServiceTokens(KEY, "gateway").sign("jobs"))))
    jobs.GetJob(GET, metadata=(said, ("x-envoy-external-address", "198.51.100.1")))
    assert [call.address for call in trial.seen] == ["127.0.0.1", "203.0.113.7", "198.51.100.1"]


def test_each_call_leaves_one_line_without_what_was_said(trial: Trial, jobs: Any, lines: Any) -> None:
    token = bearer()
    jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Geheim & Co"), metadata=(token, (REQUEST_ID, "request-1")))
    (line,) = [line for line in lines() if line["message"] == "rpc" and line["request_id"] == "request-1"]
    assert (line["service"], line["method"], line["code"], line["request_id"]) == (
        "jobs",
        "einstellen.jobs.v1.JobService/CreateCompany",
        "OK",
        "request-1",
    )
    assert line["user_id"] == str(trial.seen[0].person.user_id)
    assert "Geheim" not in json.dumps(line)
    assert token[1].removeprefix("Bearer ") not in json.dumps(line)


def test_an_rpc_that_is_not_there_is_unimplemented(served: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        served[2].unary_unary("/einstellen.jobs.v1.JobService/Nothing")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_an_rpc_apart_is_answered_while_every_worker_waits() -> None:
    trial, called, answered = Trial(), threading.Event(), threading.Event()

    def wait() -> Any:
        called.set()
        answered.wait(15)
        return jobs_pb2.Job()

    trial.answer = wait
    settings = Settings(service="jobs", SECRET_KEY=KEY, SERVICE_TOKEN=KEY, WORKERS=1)
    server = serve(
        settings, [jobs_pb2.DESCRIPTOR], lambda grpc_server: jobs_pb2_grpc.add_JobServiceServicer_to_server(trial, grpc_server),
        access=AccessTokens(KeyRing(lambda: PUBLISHED), "einstellen"), services=ServiceTokens(KEY, "jobs"), parts={},
        apart=["/einstellen.jobs.v1.JobService/CreateCompany"],
    )  # fmt: skip
    with grpc.insecure_channel(server.address) as channel:
        stub: Any = jobs_pb2_grpc.JobServiceStub(channel)
        waiting = stub.GetJob.future(jobs_pb2.GetJobRequest(job_id=str(ids.mint())))
        assert called.wait(15)
        assert stub.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Quick"), metadata=(bearer(),), timeout=15).name == "Quick"
        assert not waiting.done()
        answered.set()
        waiting.result(15)
    server.stop(0)
