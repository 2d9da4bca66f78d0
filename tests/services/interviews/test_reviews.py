"""Reviews: what people decide stands beside what the rules found, and no report is ever lost."""

from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from einstellen.interviews.v1 import interviews_pb2 as pb
from einstellen.interviews.v1 import reviews_pb2, reviews_pb2_grpc
from tests.conftest import House
from tests.refusals import refused
from tests.services.interviews.conftest import GOOD, Hiring, rows

NOT_FOUND, NOT_NOW, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
def reviews(house: House) -> Any:
    return house.stub("interviews", reviews_pb2_grpc.ReviewServiceStub)


def ended(hiring: Hiring) -> pb.Interview:
    made = hiring.start()
    hiring.answer(made.id)
    return hiring.end(made.id)


def test_scoring_again_adds_a_report_and_keeps_the_first_to_the_digit(hiring: Hiring, reviews: Any) -> None:
    done = ended(hiring)
    first = hiring.report(done.id)
    # As if the rules had been others then: what the first report says must not follow what is stored of an answer now.
    rows(
        hiring.house,
        "UPDATE question_answers SET score = 1, evidence = jsonb_set(evidence, '{value}', '1') WHERE interview_id = %s AND score IS NOT NULL",
        done.id,
    )
    again = reviews.ScoreAgain(reviews_pb2.ScoreAgainRequest(interview_id=done.id), metadata=hiring.employer.metadata, timeout=20)
    assert (again.version, again.overall_score) == (2, first.overall_score)
    assert hiring.report(done.id) == again
    old = hiring.stub.GetReport(pb.GetReportRequest(interview_id=done.id, version=1), metadata=hiring.employer.metadata)
    assert old == first
    with refused(NOT_FOUND, "REPORT_NOT_FOUND"):
        hiring.stub.GetReport(pb.GetReportRequest(interview_id=done.id, version=3), metadata=hiring.employer.metadata)


def test_a_persons_score_stands_beside_that_of_the_rules(hiring: Hiring, reviews: Any) -> None:
    done = ended(hiring)
    found = hiring.report(done.id)
    request = reviews_pb2.OverrideScoreRequest(
        interview_id=done.id, question_id=found.questions[0].id, value=9.5, reason="The example is from our own field.", request_id="o-1"
    )
    made = reviews.OverrideScore(request, metadata=hiring.employer.metadata)
    assert reviews.OverrideScore(request, metadata=hiring.employer.metadata) == made
    whole = reviews_pb2.OverrideScoreRequest(interview_id=done.id, value=8, reason="Overall strong")
    reviews.OverrideScore(whole, metadata=hiring.employer.metadata)
    report = hiring.report(done.id)
    assert [(one.question_id, one.value, one.user_id) for one in report.overrides] == [
        (found.questions[0].id, 9.5, hiring.employer.user_id), ("", 8, hiring.employer.user_id)
    ]  # fmt: skip
    assert report.overall_score == found.overall_score
    assert report.questions == found.questions


@pytest.mark.parametrize(
    ("value", "reason", "why"),
    [(11, "x", "FIELDS_INVALID"), (-1, "x", "FIELDS_INVALID"), (5, " ", "TEXT_BLANK"), (5, "", "FIELDS_INVALID")],
)
def test_an_override_needs_a_score_and_a_reason(hiring: Hiring, reviews: Any, value: float, reason: str, why: str) -> None:
    done = ended(hiring)
    with refused(INVALID, why):
        reviews.OverrideScore(
            reviews_pb2.OverrideScoreRequest(interview_id=done.id, value=value, reason=reason), metadata=hiring.employer.metadata
        )
    assert not hiring.report(done.id).overrides


def test_reviews_are_the_organizations_and_come_after_the_report(hiring: Hiring, house: House, reviews: Any) -> None:
    made = hiring.start()
    requests = (
        (reviews.ScoreAgain, reviews_pb2.ScoreAgainRequest(interview_id=made.id)),
        (reviews.OverrideScore, reviews_pb2.OverrideScoreRequest(interview_id=made.id, value=1, reason="x")),
    )
    for call, request in requests:
        with refused(NOT_NOW, "REPORT_MISSING"):
            call(request, metadata=hiring.employer.metadata)
    hiring.end(made.id)
    for call, request in (*requests, (reviews.ShareReport, reviews_pb2.ShareReportRequest(interview_id=made.id, share_report=True))):
        with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
            call(request, metadata=house.employer().metadata)
        with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
            call(request, metadata=hiring.candidate.metadata)


def test_a_report_is_shared_and_kept_again(hiring: Hiring, reviews: Any) -> None:
    done = ended(hiring)
    for shared in (True, False):
        request = reviews_pb2.ShareReportRequest(interview_id=done.id, share_report=shared)
        assert reviews.ShareReport(request, metadata=hiring.employer.metadata).share_report is shared
        if shared:
            assert hiring.report(done.id, hiring.candidate).overall_score == done.overall_score
        else:
            with refused(NOT_FOUND, "REPORT_NOT_FOUND"):
                hiring.report(done.id, hiring.candidate)


def noticed(second: int, kind: str = "tab_left", amount: float = 0) -> pb.Signal:
    stamp = Timestamp()
    stamp.FromDatetime(datetime(2026, 1, 1, 12, 0, second, tzinfo=UTC))
    return pb.Signal(kind=kind, time=stamp, amount=amount)


def test_signals_are_evidence_with_times_for_the_organization_and_change_no_score(hiring: Hiring, reviews: Any) -> None:
    quiet, noisy = hiring.start(), hiring.start()
    request = pb.RecordSignalsRequest(
        interview_id=noisy.id, signals=[noticed(9, "pasted", 480), noticed(3), noticed(5, "tab_returned")], request_id="s-1"
    )
    for _ in range(2):
        assert hiring.stub.RecordSignals(request, metadata=hiring.candidate.metadata).signal_count == 3
    for made in (quiet, noisy):
        hiring.answer(made.id, GOOD)
        hiring.end(made.id)
    report = hiring.report(noisy.id)
    assert [(one.kind, one.time.seconds % 60, one.amount) for one in report.signals] == [
        ("tab_left", 3, 0),
        ("tab_returned", 5, 0),
        ("pasted", 9, 480),
    ]
    assert {one.question_id for one in report.signals} == {noisy.open_question.id}
    assert report.overall_score == hiring.report(quiet.id).overall_score
    reviews.ShareReport(reviews_pb2.ShareReportRequest(interview_id=noisy.id, share_report=True), metadata=hiring.employer.metadata)
    assert not hiring.report(noisy.id, hiring.candidate).signals
    with refused(NOT_NOW, "INTERVIEW_NOT_RUNNING"):
        hiring.stub.RecordSignals(pb.RecordSignalsRequest(interview_id=noisy.id, signals=[noticed(1)]), metadata=hiring.candidate.metadata)


def test_signals_are_the_candidates_and_of_known_kinds(hiring: Hiring) -> None:
    made = hiring.start()
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CANDIDATE_ONLY"):
        hiring.stub.RecordSignals(pb.RecordSignalsRequest(interview_id=made.id, signals=[noticed(1)]), metadata=hiring.employer.metadata)
    with refused(INVALID, "FIELDS_INVALID", field="signals[0].kind"):
        hiring.stub.RecordSignals(
            pb.RecordSignalsRequest(interview_id=made.id, signals=[noticed(1, "cheated")]), metadata=hiring.candidate.metadata
        )
