"""Evidence that the record of an interview gives by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pycrdt
import pytest

from einstellen.interviews.v1 import replay_pb2, replay_pb2_grpc
from services.interviews.noticing import silences
from tests.conftest import House
from tests.services.interviews.coding.test_bursts import FUNCTION
from tests.services.interviews.coding.test_code import write
from tests.services.interviews.conftest import GOOD, Hiring

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([20, 45, 80, 110], []),
        ([5, 70, 100], [(5, 65)]),
        ([], [(0, 120)]),
        ([60], [(0, 60), (60, 60)]),
        ([90, 10, 300, -5], [(10, 80)]),
    ],
)
def test_a_silence_is_a_minute_or_more_in_which_nothing_happened(heard: list[int], expected: list[tuple[int, int]]) -> None:
    found = silences(at(0), at(120), [at(second) for second in heard])
    assert [(one.began_at, one.seconds) for one in found] == [(at(second), float(seconds)) for second, seconds in expected]


def test_code_that_came_at_once_is_evidence_of_the_log_and_stands_once_on_the_time_line(house: House, hiring: Hiring) -> None:
    made = hiring.start()
    question, doc = made.open_question.id, pycrdt.Doc[Any]()
    for letter in "# mine":
        write(house, made.id, question, hiring.candidate, letter, doc)
    write(house, made.id, question, hiring.candidate, FUNCTION, doc)
    write(house, made.id, question, hiring.employer, "# and ours", doc)
    hiring.answer(made.id, GOOD)
    hiring.end(made.id)
    signals = hiring.report(made.id).signals
    assert [(one.kind, one.amount, UUID(one.question_id)) for one in signals] == [("code_burst", len(FUNCTION), UUID(question))]
    replay = house.stub("interviews", replay_pb2_grpc.ReplayServiceStub)
    found = replay.ListMoments(
        replay_pb2.ListMomentsRequest(interview_id=made.id, page_size=100), metadata=hiring.employer.metadata
    ).moments
    stretches = [(one.edits.editor, one.edits.last_seq) for one in found if one.HasField("edits")]
    assert stretches[-2:] == [("candidate", 7), ("colleague", 8)]
    assert [one.signal.kind for one in found if one.HasField("signal")] == ["code_burst"]
    times = [one.at_milliseconds for one in found]
    assert times == sorted(times)
    theirs = replay.ListMoments(
        replay_pb2.ListMomentsRequest(interview_id=made.id, page_size=100), metadata=hiring.candidate.metadata
    ).moments
    assert not [one for one in theirs if one.HasField("signal")]
