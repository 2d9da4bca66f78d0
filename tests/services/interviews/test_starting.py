"""Starting interviews: one charge for one interview, and none for none, whoever comes at once and whatever goes away."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import grpc
import pytest

from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc
from einstellen.interviews.v1 import interviews_pb2
from services.chassis import calls, clients
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.tasks import Worker
from services.chassis.tokens import ServiceTokens
from services.interviews.room import Room
from services.interviews.rpc.interviews import InterviewService, Parts
from services.interviews.starting import Peers, Starting
from tests.conftest import House, until
from tests.refusals import refused, told
from tests.services.interviews.conftest import Hiring, rows

NOT_FOUND, NOT_NOW, AWAY = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.UNAVAILABLE


class Silent:
    """Gateways that are not there."""

    def publish(self, channel: str, data: bytes) -> None:
        pass


def test_a_start_is_one_interview_with_one_charge_and_an_open_question(hiring: Hiring) -> None:
    made = hiring.start()
    assert (made.status, made.asked_count, made.candidate_name, made.job_title) == (
        "running",
        1,
        "Ada Lindqvist",
        "Senior Backend Engineer",
    )
    assert made.open_question.text
    assert made.open_question.number == 1
    (charge,) = hiring.ledger()
    assert (charge.amount, charge.type, charge.reference_id, charge.unit) == (-1, "INTERVIEW", made.id, "hiring")
    assert hiring.read(made.id, hiring.candidate).open_question == made.open_question
    said = hiring.transcript(made.id)
    assert [(line.seq, line.speaker, line.text) for line in said] == [(1, "interviewer", made.open_question.text)]
    actions = [action for (action,) in rows(hiring.house, "SELECT action FROM audit_log WHERE details->>'interview_id' = %s", made.id)]
    assert actions == ["interview.started"]


def test_the_questions_come_from_this_resume_and_this_job(hiring: Hiring) -> None:
    made = hiring.start(question_count=8)
    found = rows(hiring.house, "SELECT question FROM question_answers WHERE interview_id = %s", made.id)
    assert {"Python", "PostgreSQL", "Kubernetes"} <= {question["skill"] for (question,) in found}
    assert any("Kiefernwald" in question["text"] for (question,) in found), "nothing refers to the resume"
    assert any(question["asks_for_code"] for (question,) in found)


def test_fifty_starts_with_one_key_at_once_are_one_interview_and_one_charge(hiring: Hiring) -> None:
    with ThreadPoolExecutor(50) as pool:
        made = list(pool.map(lambda _: started(hiring, "the-key"), range(50)))
    ids = {answer.id for answer in made if not isinstance(answer, str)}
    assert len(ids) == 1, made
    assert {answer for answer in made if isinstance(answer, str)} <= {"START_IN_PROGRESS", "TOO_MANY_REQUESTS"}
    assert hiring.charges() == list(ids)
    assert hiring.start("the-key").id in ids
    assert rows(hiring.house, "SELECT count(*) FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id) == [(1,)]


def test_three_credits_start_exactly_three_of_twenty_interviews(new_hiring: Callable[..., Hiring]) -> None:
    hiring = new_hiring(funds=3)
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: started(hiring, f"start-{number}"), range(20)))
    ids = {answer.id for answer in made if not isinstance(answer, str)}
    assert Counter(answer for answer in made if isinstance(answer, str)) == {"CREDITS_INSUFFICIENT": 17}
    assert len(ids) == 3
    assert set(hiring.charges()) == ids
    assert rows(hiring.house, "SELECT count(*) FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id) == [(3,)]


def started(hiring: Hiring, key: str) -> interviews_pb2.Interview | str:
    try:
        return hiring.stub.StartInterview(hiring.request(key), metadata=hiring.employer.metadata, timeout=30)
    except grpc.RpcError as error:
        return told(error).reason


def test_a_start_that_was_refused_can_be_tried_again_with_its_key(
    new_hiring: Callable[..., Hiring],
) -> None:
    hiring = new_hiring(funds=0)
    with refused(NOT_NOW, "CREDITS_INSUFFICIENT"):
        hiring.start("later")
    hiring.house.credit(hiring.employer, 1)
    assert hiring.start("later").status == "running"


def test_a_key_is_good_for_one_request(hiring: Hiring) -> None:
    hiring.start("once")
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        hiring.start("once", question_count=3)
    assert len(hiring.charges()) == 1


def test_neither_a_foreign_candidate_nor_a_foreign_job_starts_or_costs_anything(hiring: Hiring, new_hiring: Callable[..., Hiring]) -> None:
    other = new_hiring(funds=0)
    for candidate_id, job_id, reason in (
        (other.candidate_id, hiring.job.id, "CANDIDATE_NOT_FOUND"), (hiring.candidate_id, other.job.id, "JOB_NOT_FOUND"),
        ("00000000-0000-7000-8000-000000000000", hiring.job.id, "CANDIDATE_NOT_FOUND"),
    ):  # fmt: skip
        request = interviews_pb2.StartInterviewRequest(candidate_id=candidate_id, job_id=job_id, request_id="foreign")
        with refused(NOT_FOUND, reason):
            hiring.stub.StartInterview(request, metadata=hiring.employer.metadata)
    assert hiring.ledger() == []
    assert rows(hiring.house, "SELECT count(*) FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id) == [(0,)]


def test_a_person_in_their_personal_organization_starts_none(hiring: Hiring) -> None:
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        hiring.stub.StartInterview(hiring.request(), metadata=hiring.candidate.metadata)


class Lossy(grpc.UnaryUnaryClientInterceptor):
    """Loses answers, or whole calls, of one method."""

    def __init__(self, method: str, *, after: bool) -> None:
        self._method = method
        self._after = after

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        if details.method.endswith(self._method):
            if self._after:
                continuation(details, request).result()
            raise Lost
        return continuation(details, request)


class Lost(grpc.RpcError, grpc.Call):
    """A call whose answer never came."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNAVAILABLE

    def details(self) -> str:
        return "lost"

    def initial_metadata(self) -> Any:
        return ()

    def trailing_metadata(self) -> Any:
        return ()

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: Any) -> bool:
        return False


def settle(house: House, starting: Starting) -> None:
    """Runs the tasks of starts that broke off, as if their patience were over."""
    database = Database(house.app_url("interviews"), pool_size=2)
    Worker("interviews", database, {"settle_start": starting.settle}, clock=lambda: utc_now() + timedelta(minutes=1)).run_due()
    database.close()


def starting_of(house: House, billing: grpc.Channel | None = None) -> Starting:
    tokens = ServiceTokens(house.environment["SERVICE_TOKEN"], "interviews")
    channels = {name: clients.connect(house.addresses[name], name, tokens) for name in ("candidates", "jobs", "billing", "inference")}
    database = Database(house.app_url("interviews"), pool_size=2)
    return Starting(
        database,
        Peers(channels["candidates"], channels["jobs"], billing or channels["billing"], channels["inference"]),
        Room(Silent()),
        utc_now,
    )


@pytest.mark.parametrize("after", [False, True], ids=["the call is lost", "its answer is lost"])
def test_a_start_whose_charge_is_lost_is_finished_later_with_one_charge(hiring: Hiring, *, after: bool) -> None:
    house = hiring.house
    tokens = ServiceTokens(house.environment["SERVICE_TOKEN"], "interviews")
    lossy = grpc.intercept_channel(clients.connect(house.addresses["billing"], "billing", tokens), Lossy("SpendCredits", after=after))
    service = service_with(house, starting_of(house, lossy))
    enter(hiring)
    try:
        with pytest.raises(Exception, match="START_UNFINISHED"):
            service.StartInterview(hiring.request("lost"), None)
    finally:
        calls.enter(calls.NO_CALL)
    assert len(hiring.charges()) == (1 if after else 0)
    with refused(grpc.StatusCode.ABORTED, "START_IN_PROGRESS"):
        hiring.start("lost")
    settle(house, starting_of(house))
    made = hiring.start("lost")
    assert made.status == "running"
    assert hiring.charges() == [made.id]


def enter(hiring: Hiring) -> None:
    account = hiring.employer
    person = calls.Person(UUID(account.user_id), UUID(account.tenant_id), "business", account.role, UUID(int=0))
    method = "einstellen.interviews.v1.InterviewService/StartInterview"
    calls.enter(calls.Call("interviews", method, "request", person=person, token=account.access))


def service_with(house: House, starting: Starting) -> Any:
    nothing: Any = None
    return InterviewService(Database(house.app_url("interviews"), pool_size=2), Parts(starting, nothing, nothing, Room(Silent()), nothing))


def test_a_start_whose_charge_was_reversed_first_is_taken_back(hiring: Hiring) -> None:
    house = hiring.house
    tokens = ServiceTokens(house.environment["SERVICE_TOKEN"], "interviews")
    lossy = grpc.intercept_channel(clients.connect(house.addresses["billing"], "billing", tokens), Lossy("SpendCredits", after=False))
    enter(hiring)
    try:
        with pytest.raises(Exception, match="START_UNFINISHED"):
            service_with(house, starting_of(house, lossy)).StartInterview(hiring.request("gone"), None)
    finally:
        calls.enter(calls.NO_CALL)
    ((interview_id,),) = rows(house, "SELECT id FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id)
    house.stub("billing", credits_pb2_grpc.CreditServiceStub).ReverseSpend(
        credits_pb2.ReverseSpendRequest(tenant_id=hiring.employer.tenant_id, request_id=f"interview:{interview_id}"),
        metadata=house.as_service("interviews", "billing"),
    )
    settle(house, starting_of(house))
    assert rows(house, "SELECT count(*) FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id) == [(0,)]
    assert hiring.charges() == []


def test_a_cancelled_interview_costs_nothing(hiring: Hiring) -> None:
    made = hiring.start()
    cancel = interviews_pb2.CancelInterviewRequest(interview_id=made.id)
    for _ in range(2):
        assert hiring.stub.CancelInterview(cancel, metadata=hiring.employer.metadata).status == "cancelled"
    until(lambda: hiring.charges() == [], "the credit comes back")
    assert len([one for one in hiring.ledger() if one.type == "REFUND"]) == 1
    with refused(NOT_NOW, "INTERVIEW_NOT_RUNNING"):
        hiring.end(made.id)
    with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
        hiring.stub.CancelInterview(cancel, metadata=hiring.house.employer().metadata)


def test_an_interview_with_an_answer_is_not_cancelled_any_more(hiring: Hiring) -> None:
    made = hiring.start()
    hiring.answer(made.id)
    with refused(NOT_NOW, "INTERVIEW_ANSWERED"):
        hiring.stub.CancelInterview(interviews_pb2.CancelInterviewRequest(interview_id=made.id), metadata=hiring.employer.metadata)
    assert hiring.charges() == [made.id]
