"""How interviews end that nobody ends well: time runs out, nobody says a word, somebody leaves for good, an end comes twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from einstellen.interviews.v1 import interviewer_pb2, interviews_pb2
from services.interviews import closing
from tests.conftest import House, until
from tests.refusals import refused
from tests.services.interviews.conftest import GOOD, Hiring
from tests.services.interviews.interviewer.test_rooms import SAID, Rooms, due


@pytest.fixture
def room(house: House, new_hiring: Callable[..., Hiring]) -> Rooms:
    made = Rooms(house, new_hiring(funds=1))
    made.enter()
    return made


def status(room: Rooms) -> str:
    return str(room.hiring.read(room.interview.id).status)


def last_line(room: Rooms) -> str:
    return str(room.hiring.transcript(room.interview.id)[-1].text)


def test_what_was_said_until_the_time_was_up_is_the_answer(house: House, room: Rooms) -> None:
    lease = room.lease()
    room.take(lease, SAID[0])
    due(house, "time_up", room)
    until(lambda: status(room) == "ended", "it is over")
    assert last_line(room) == closing.TIME_UP
    [first] = room.hiring.questions(room.interview.id)
    assert (first.answer, first.state, first.HasField("score")) == (SAID[0], "answered", True)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LEASE_LOST"):
        room.take(lease, SAID[1], ends=True)
    assert [line.text for line in room.hiring.transcript(room.interview.id) if line.speaker == "candidate"] == SAID[:1]
    assert room.hiring.charges() == [room.interview.id]


def test_what_was_said_before_somebody_ends_it_counts_and_so_does_what_was_said_before_typing(room: Rooms) -> None:
    lease = room.lease()
    room.take(lease, SAID[0])
    room.hiring.answer(room.interview.id, GOOD)
    room.take(lease, SAID[1])
    room.hiring.end(room.interview.id)
    assert [question.answer for question in room.hiring.questions(room.interview.id)] == [f"{SAID[0]} {GOOD}", SAID[1]]


def test_an_end_that_comes_many_times_at_once_is_one_end_with_one_report(room: Rooms) -> None:
    room.hiring.answer(room.interview.id)
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda number: room.hiring.end(room.interview.id, (number % 2 and room.hiring.candidate) or None), range(8)))
    assert {one.status for one in ended} <= {"scoring", "ended"}
    until(lambda: status(room) == "ended", "the report is written")
    assert [line.text for line in room.hiring.transcript(room.interview.id)].count(closing.OVER) == 1
    assert room.hiring.report(room.interview.id).version == 1
    assert room.hiring.charges() == [room.interview.id]


def test_an_interview_that_ends_without_a_word_costs_nothing(room: Rooms) -> None:
    assert room.hiring.charges() == [room.interview.id]
    room.hiring.end(room.interview.id, room.hiring.candidate)
    until(lambda: not room.hiring.charges(), "the credit is given back")
    assert [one.type for one in room.hiring.ledger()] == ["REFUND", "INTERVIEW"]


def test_whoever_waits_in_a_cancelled_interview_is_told(room: Rooms) -> None:
    room.hiring.stub.CancelInterview(
        interviews_pb2.CancelInterviewRequest(interview_id=room.interview.id), metadata=room.hiring.employer.metadata
    )
    assert last_line(room) == closing.CANCELLED


def test_answers_that_were_given_without_ever_coming_are_reported_in_the_end(house: House, new_hiring: Callable[..., Hiring]) -> None:
    room = Rooms(house, new_hiring(funds=1))
    room.hiring.answer(room.interview.id)
    due(house, "nobody_came", room)
    until(lambda: status(room) == "ended", "it is over")
    assert room.hiring.charges() == [room.interview.id]


def test_an_interviewer_who_stepped_out_comes_back_when_something_is_typed(house: House, room: Rooms) -> None:
    lease = room.lease()
    room.stub.ReleaseRoom(
        interviewer_pb2.ReleaseRoomRequest(interview_id=room.interview.id, lease_id=lease.lease_id, is_done=True), metadata=room.metadata
    )
    assert not room.lease().lease_id
    room.say("I am back.")
    assert room.lease().lease_id


def test_many_interviewers_that_claim_one_room_at_once_are_one_interviewer(room: Rooms) -> None:
    with ThreadPoolExecutor(8) as pool:
        leases = list(pool.map(lambda _: room.lease().lease_id, range(8)))
    assert len([one for one in leases if one]) == 1


def test_credits_that_run_out_stop_the_next_interview_and_not_this_one(room: Rooms) -> None:
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "CREDITS_INSUFFICIENT"):
        room.hiring.start()
    for _ in range(2):
        room.hiring.answer(room.interview.id)
    room.hiring.end(room.interview.id)
    until(lambda: status(room) == "ended", "the report is written")
    assert room.hiring.charges() == [room.interview.id]
