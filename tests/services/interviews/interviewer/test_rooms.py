"""What interviews keeps of a room for whichever interviewer comes: leases, utterances, how far all was said, recordings and their replay."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import grpc
import pytest

from einstellen.interviews.v1 import interviewer_pb2, interviewer_pb2_grpc, interviews_pb2, replay_pb2, replay_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.chassis import objects
from services.chassis.clock import to_timestamp
from services.interviews import closing
from services.interviews.interviewer.recorder import Piece
from tests.conftest import House, until
from tests.refusals import refused
from tests.services.interviews.conftest import GOOD, Hiring, rows

SAID = [
    "I moved the payment ledger to a partitioned PostgreSQL database.",
    "The slowest query went from four seconds to eighty milliseconds.",
]


class Rooms:
    """Interviewers that call, by the names they go by."""

    def __init__(self, house: House, hiring: Hiring) -> None:
        self.house = house
        self.hiring = hiring
        self.interview = hiring.start(question_count=2)
        self.stub = house.stub("interviews", interviewer_pb2_grpc.InterviewerServiceStub)
        self.metadata = house.as_service("interviewer", "interviews")

    def enter(self) -> None:
        """The candidate comes in."""
        metadata = [*self.house.as_service("gateway", "interviews"), *self.hiring.candidate.metadata]
        self.house.stub("interviews", rooms_pb2_grpc.RoomOwnerServiceStub).JoinRoom(
            rooms_pb2.JoinRoomRequest(room_name=self.interview.room_name), metadata=metadata
        )

    def say(self, text: str) -> None:
        """The candidate types it."""
        metadata = [*self.house.as_service("gateway", "interviews"), *self.hiring.candidate.metadata]
        self.house.stub("interviews", rooms_pb2_grpc.RoomOwnerServiceStub).AppendMessage(
            rooms_pb2.AppendMessageRequest(room_name=self.interview.room_name, content=text, client_id=str(uuid4())), metadata=metadata
        )

    def lease(self) -> interviewer_pb2.Lease:
        """Of this room; those of other tests' rooms are taken on the way. Not set where nobody may have it."""
        while True:
            answer = self.stub.LeaseRoom(interviewer_pb2.LeaseRoomRequest(holder="test"), metadata=self.metadata)
            if not answer.HasField("lease") or answer.lease.interview_id == self.interview.id:
                return answer.lease

    def take(
        self, lease: interviewer_pb2.Lease, text: str, *, ends: bool = False, utterance_id: str = "", heard_seq: int | None = None
    ) -> list[str]:
        """What the interviewer is to say then."""
        request = interviewer_pb2.TakeUtteranceRequest(
            interview_id=self.interview.id, lease_id=lease.lease_id, utterance_id=utterance_id or str(uuid4()), text=text, ends_turn=ends,
            heard_seq=heard_seq,
        )  # fmt: skip
        return [line.content for line in self.stub.TakeUtterance(request, metadata=self.metadata, timeout=20).unspoken]

    def anticipate(self, lease: interviewer_pb2.Lease, text: str) -> str:
        request = interviewer_pb2.AnticipateRequest(interview_id=self.interview.id, lease_id=lease.lease_id, text=text)
        return str(self.stub.Anticipate(request, metadata=self.metadata, timeout=20).text)

    def renew(self, lease: interviewer_pb2.Lease, **values: Any) -> interviewer_pb2.Lease:
        request = interviewer_pb2.RenewLeaseRequest(interview_id=self.interview.id, lease_id=lease.lease_id, **values)
        return self.stub.RenewLease(request, metadata=self.metadata)

    def run_out(self) -> None:
        """The interviewer died some time ago."""
        rows(self.house, "UPDATE rooms SET lease_until = now() - interval '1 second' WHERE interview_id = %s", self.interview.id)


@pytest.fixture
def room(house: House, new_hiring: Callable[..., Hiring]) -> Rooms:
    return Rooms(house, new_hiring())


def test_one_interviewer_at_a_time_has_a_room_and_another_goes_on_where_a_dead_one_was(room: Rooms) -> None:
    assert not room.lease().lease_id  # nobody has come
    room.enter()
    first = room.lease()
    question = room.hiring.questions(room.interview.id)[0]
    assert (first.question_id, [line.content for line in first.unspoken], first.draft) == (question.id, [question.text], "")
    assert not room.lease().lease_id
    room.take(first, SAID[0])
    room.stub.NoteSpoken(
        interviewer_pb2.NoteSpokenRequest(interview_id=room.interview.id, lease_id=first.lease_id, seq=1), metadata=room.metadata
    )
    room.run_out()
    second = room.lease()
    assert (second.question_id, list(second.unspoken), second.draft) == (question.id, [], SAID[0])
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LEASE_LOST"):
        room.take(first, SAID[1], ends=True)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LEASE_LOST"):
        room.renew(first)
    [following] = room.take(second, SAID[1], ends=True)
    asked, after = room.hiring.questions(room.interview.id)
    assert (asked.answer, asked.source, after.text) == (" ".join(SAID), "speech", following)
    assert [line.speaker for line in room.hiring.transcript(room.interview.id)] == ["interviewer", "candidate", "candidate", "interviewer"]


def test_an_utterance_whose_answer_was_lost_is_stored_once(room: Rooms) -> None:
    room.enter()
    lease, once = room.lease(), str(uuid4())
    first = room.take(lease, GOOD, ends=True, utterance_id=once)
    assert room.take(lease, GOOD, ends=True, utterance_id=once) == first
    assert [line.text for line in room.hiring.transcript(room.interview.id)].count(GOOD) == 1
    assert len(room.hiring.questions(room.interview.id)) == 2


def test_what_is_said_before_the_next_question_sounds_belongs_to_the_answer_before_it(room: Rooms) -> None:
    room.enter()
    lease, late = room.lease(), str(uuid4())
    *_, following = room.take(lease, SAID[0], ends=True, heard_seq=1)
    before, _ = room.hiring.questions(room.interview.id)
    for _ in range(2):  # the second time its answer was lost
        assert room.take(lease, SAID[1], ends=True, utterance_id=late, heard_seq=1)[1:] == [following]
    first, second = room.hiring.questions(room.interview.id)
    assert (first.answer, second.text, second.state, second.answer) == (" ".join(SAID), following, "open", "")
    assert [line.question_id for line in room.hiring.transcript(room.interview.id)] == [first.id, first.id, second.id, first.id]
    until(lambda: room.hiring.questions(room.interview.id)[0].HasField("score"), "it is scored again")
    assert room.hiring.questions(room.interview.id)[0].score.value > before.score.value
    room.take(lease, GOOD, ends=True, heard_seq=3)
    assert room.hiring.questions(room.interview.id)[1].answer == GOOD


def test_what_is_said_before_anything_was_asked_or_after_all_was_answers_nothing(room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    room.take(lease, "Hello, can you hear me?", ends=True, heard_seq=0)
    assert [one.state for one in room.hiring.questions(room.interview.id)] == ["open"]
    for answered in range(2):
        room.take(lease, GOOD, ends=True, heard_seq=room.hiring.transcript(room.interview.id)[-1].seq if answered else 1)
    *_, farewell = room.hiring.transcript(room.interview.id)
    answers = [one.answer for one in room.hiring.questions(room.interview.id)]
    room.take(lease, "Thank you, goodbye.", ends=True, heard_seq=farewell.seq)
    assert [one.answer for one in room.hiring.questions(room.interview.id)] == answers
    room.take(lease, "One more thing.", ends=True, heard_seq=farewell.seq - 1)
    assert [one.answer for one in room.hiring.questions(room.interview.id)] == [*answers[:-1], f"{answers[-1]} One more thing."]


def test_where_an_interviewer_dies_before_the_next_question_sounds_what_is_said_to_another_belongs_to_the_answer(room: Rooms) -> None:
    room.enter()
    dead = room.lease()
    note = interviewer_pb2.NoteSpokenRequest(interview_id=room.interview.id, lease_id=dead.lease_id, seq=1)
    room.stub.NoteSpoken(note, metadata=room.metadata)
    [following] = room.take(dead, SAID[0], ends=True, heard_seq=1)
    room.run_out()
    lease = room.lease()
    assert (lease.spoken_seq, [line.content for line in lease.unspoken]) == (1, [following])
    assert room.take(lease, SAID[1], ends=True, heard_seq=lease.spoken_seq) == [following]
    first, second = room.hiring.questions(room.interview.id)
    assert (first.answer, second.state, second.answer) == (" ".join(SAID), "open", "")


def test_what_is_anticipated_is_what_is_asked_then_and_nothing_is_stored(room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    room.take(lease, SAID[0])
    before = room.hiring.questions(room.interview.id), room.hiring.transcript(room.interview.id)
    following = room.anticipate(lease, SAID[1])
    assert (room.hiring.questions(room.interview.id), room.hiring.transcript(room.interview.id)) == before
    assert following
    assert room.take(lease, SAID[1], ends=True)[-1] == following


def test_nothing_is_anticipated_where_nothing_was_said_or_the_room_is_anothers(room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    assert room.anticipate(lease, " ") == ""
    room.run_out()
    room.lease()
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LEASE_LOST"):
        room.anticipate(lease, GOOD)


def test_a_turn_without_words_answers_nothing(room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    room.take(lease, "", ends=True)
    assert [question.state for question in room.hiring.questions(room.interview.id)] == ["open"]


def test_an_interview_that_is_over_takes_its_lease_back(room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    room.take(lease, GOOD, ends=True)
    room.hiring.end(room.interview.id)
    for call in (lambda: room.renew(lease), lambda: room.take(lease, SAID[0])):
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "LEASE_LOST"):
            call()
    assert room.hiring.charges() == [room.interview.id]


def test_nobody_but_the_interviewer_leases_rooms(house: House, room: Rooms) -> None:
    for metadata in (room.hiring.candidate.metadata, room.hiring.employer.metadata, house.as_service("jobs", "interviews")):
        with pytest.raises(grpc.RpcError) as problem:
            room.stub.LeaseRoom(interviewer_pb2.LeaseRoomRequest(holder="x"), metadata=metadata)
        assert problem.value.code() in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED)


def test_who_changes_their_mind_while_a_piece_of_their_voice_is_stored_leaves_no_file(
    house: House, room: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.enter()
    lease, put, keys = room.lease(), objects.ObjectStore.put, []

    def agree(agrees: bool) -> None:
        request = interviews_pb2.ConsentToRecordingRequest(interview_id=room.interview.id, agrees=agrees)
        room.hiring.stub.ConsentToRecording(request, metadata=room.hiring.candidate.metadata)

    def slow(files: objects.ObjectStore, key: str, data: bytes) -> None:
        put(files, key, data)
        keys.append(Path(house.environment["UPLOAD_DIR"], key))
        assert keys[-1].exists()
        agree(False)  # which nothing holds up: no transaction is open meanwhile

    agree(True)
    monkeypatch.setattr(objects.ObjectStore, "put", slow)
    request = interviewer_pb2.AddPieceRequest(
        interview_id=room.interview.id, lease_id=lease.lease_id, track_id=str(uuid4()), user_id=room.hiring.candidate.user_id,
        start_time=to_timestamp(datetime.now(UTC)), milliseconds=1000, data=b"OggS",
    )  # fmt: skip
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "CONSENT_MISSING"):
        room.stub.AddPiece(request, metadata=room.metadata)
    (kept,) = keys
    assert not kept.exists()


def test_voices_are_kept_once_all_agree_and_replayed_with_words_and_signals(house: House, room: Rooms) -> None:
    room.enter()
    lease, began = room.lease(), room.hiring.read(room.interview.id).start_time.ToDatetime(UTC)
    voice = Piece("t", 0, "", 16_000, 0.0, bytearray(2 * 16_000))
    data, track = voice.encode(), str(uuid4())

    def keep(number: int, second: int, *, user_id: str = room.hiring.candidate.user_id) -> None:
        at = to_timestamp(began + timedelta(seconds=second))
        request = interviewer_pb2.AddPieceRequest(
            interview_id=room.interview.id, lease_id=lease.lease_id, track_id=track if user_id else str(uuid4()), number=number, user_id=user_id,
            start_time=at, milliseconds=1000, data=data,
        )  # fmt: skip
        room.stub.AddPiece(request, metadata=room.metadata)

    with refused(grpc.StatusCode.FAILED_PRECONDITION, "CONSENT_MISSING"):
        keep(0, 1)
    room.hiring.stub.ConsentToRecording(
        interviews_pb2.ConsentToRecordingRequest(interview_id=room.interview.id, agrees=True), metadata=room.hiring.candidate.metadata
    )
    for number, second in ((0, 1), (1, 2), (1, 2), (2, 30)):
        keep(number, second)
    keep(0, 3, user_id="")
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "CONSENT_MISSING"):
        keep(3, 40, user_id=room.hiring.employer.user_id)
    replay = house.stub("interviews", replay_pb2_grpc.ReplayServiceStub)

    def moments(**values: Any) -> list[replay_pb2.Moment]:
        request = replay_pb2.ListMomentsRequest(interview_id=room.interview.id, **values)
        answer = replay.ListMoments(request, metadata=room.hiring.employer.metadata)
        return [*answer.moments, *(moments(**{**values, "page_token": answer.next_page_token}) if answer.next_page_token else [])]

    def voices(found: list[replay_pb2.Moment]) -> list[tuple[str, int]]:
        return [(one.voice.speaker, one.at_milliseconds) for one in found if one.HasField("voice")]

    everything = [("candidate", 1000), ("candidate", 2000), ("interviewer", 3000), ("candidate", 30_000)]
    assert voices(moments()) == voices(moments(page_size=1)) == everything
    assert voices(moments(from_milliseconds=2500)) == everything[1:]
    assert [one.line.text for one in moments() if one.HasField("line")] == [room.interview.open_question.text]

    def heard(speaker: str, start: int = 0) -> bytes:
        request = replay_pb2.DownloadVoiceRequest(interview_id=room.interview.id, speaker=speaker, from_milliseconds=start)
        return b"".join(piece.data for piece in replay.DownloadVoice(request, metadata=room.hiring.candidate.metadata))

    assert heard("candidate") == data * 3
    assert heard("candidate", 2500) == data * 2
    with av.open(io.BytesIO(heard("candidate"))) as file:
        assert file.streams.audio[0].codec_context.name in ("opus", "libopus")
    with refused(grpc.StatusCode.NOT_FOUND, "RECORDING_NOT_FOUND"):
        heard("colleague")
    with refused(grpc.StatusCode.NOT_FOUND, "INTERVIEW_NOT_FOUND"):
        replay.ListMoments(replay_pb2.ListMomentsRequest(interview_id=room.interview.id), metadata=house.register().metadata)


def test_where_there_is_no_more_room_for_pictures_voices_go_on(house: House, room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    room.hiring.stub.ConsentToRecording(
        interviews_pb2.ConsentToRecordingRequest(interview_id=room.interview.id, agrees=True), metadata=room.hiring.candidate.metadata
    )

    def keep(kind: str) -> None:
        request = interviewer_pb2.AddPieceRequest(
            interview_id=room.interview.id, lease_id=lease.lease_id, track_id=str(uuid4()), user_id=room.hiring.candidate.user_id,
            start_time=to_timestamp(datetime.now(UTC)), milliseconds=1000, data=b"any", kind=kind,
        )  # fmt: skip
        room.stub.AddPiece(request, metadata=room.metadata)

    keep("video")
    rows(house, "UPDATE track_pieces SET size_bytes = 1 << 30 WHERE interview_id = %s", room.interview.id)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "RECORDING_FULL"):
        keep("video")
    keep("audio")


def test_a_candidate_who_leaves_is_waited_for_and_then_not_any_more(house: House, room: Rooms) -> None:
    room.enter()
    lease = room.lease()
    assert room.renew(lease, candidate_is_here=True).is_wanted
    rows(house, "UPDATE rooms SET wanted_until = now() - interval '1 second' WHERE interview_id = %s", room.interview.id)
    assert not room.renew(lease).is_wanted
    request = interviewer_pb2.ReleaseRoomRequest(interview_id=room.interview.id, lease_id=lease.lease_id)
    room.stub.ReleaseRoom(request, metadata=room.metadata)
    assert not room.lease().lease_id
    room.enter()
    assert until(lambda: room.lease().lease_id, "the room is leased again") != lease.lease_id


def due(house: House, kind: str, room: Rooms) -> None:
    rows(house, "UPDATE tasks SET run_at = now() WHERE kind = %s AND payload->>'interview_id' = %s", kind, room.interview.id)


@pytest.mark.parametrize("answered", [True, False])
def test_an_interview_whose_time_is_up_ends_and_costs_nothing_where_nothing_was_answered(house: House, room: Rooms, answered: bool) -> None:
    room.enter()
    if answered:
        room.take(room.lease(), GOOD, ends=True)
    due(house, "time_up", room)
    status = "ended" if answered else "cancelled"
    until(lambda: room.hiring.read(room.interview.id).status == status, f"it is {status}")
    until(lambda: room.hiring.charges() == ([room.interview.id] if answered else []), "the ledger is right")
    assert room.hiring.transcript(room.interview.id)[-1].text == (closing.TIME_UP if answered else closing.NOT_HELD)


def test_an_interview_to_which_nobody_came_is_given_back_and_one_that_was_entered_is_not(house: House, room: Rooms) -> None:
    due(house, "nobody_came", room)
    until(lambda: room.hiring.read(room.interview.id).status == "cancelled", "it is cancelled")
    until(lambda: not room.hiring.charges(), "the credit is given back")
