"""Answers: typed, spoken, in code and in the room; what follows from them, and what is told to whom."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody

from einstellen.interviews.v1 import interviews_pb2 as pb
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.chassis import clients
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.chassis.tokens import ServiceTokens
from services.interviews import recordings
from services.interviews.coding.runs import Runs
from services.interviews.conversation import Conversation
from services.interviews.room import Room
from services.interviews.running.programs import NoRunner
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.interviews.conftest import GOOD, Hiring, rows
from tests.services.interviews.test_starting import Silent

NOT_FOUND, NOT_NOW, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT
SPOKEN = Path(__file__).parents[3] / "cli" / "demo" / "data" / "answer.ogg"


def test_an_answer_brings_the_next_question(hiring: Hiring) -> None:
    made = hiring.start()
    first = made.open_question
    answer = hiring.answer(made.id)
    assert (answer.answered.id, answer.answered.state, answer.answered.answer, answer.answered.source) == (
        first.id,
        "answered",
        GOOD,
        "typed",
    )
    assert answer.next_question.number == 2
    assert answer.next_question.text != first.text
    assert hiring.read(made.id, hiring.candidate).open_question == answer.next_question
    assert [line.speaker for line in hiring.transcript(made.id)] == ["interviewer", "candidate", "interviewer"]


def test_a_follow_up_goes_back_to_what_was_said(hiring: Hiring) -> None:
    made = hiring.start()
    for _ in range(4):
        hiring.answer(made.id)
    asked = hiring.questions(made.id)
    by_id = {question.id: question for question in asked}
    further = [question for question in asked if question.kind == "follow_up"]
    assert further
    for question in further:
        words = {word.strip(".,?“”\"'").lower() for word in question.text.split()}
        assert len(words & {word.strip(".,").lower() for word in by_id[question.follows_id].answer.split() if len(word) > 5}) >= 1


def test_every_question_is_asked_once_and_then_the_interview_is_complete(hiring: Hiring) -> None:
    made = hiring.start(question_count=3)
    answers = [hiring.answer(made.id)]
    while not answers[-1].is_complete:
        assert len(answers) <= 6, "three questions, and a follow-up for each at most"
        answers.append(hiring.answer(made.id))
    texts = [question.text for question in hiring.questions(made.id)]
    assert len(texts) == len(set(texts)) == len(answers)
    assert not hiring.read(made.id).HasField("open_question")


def test_code_is_kept_beside_the_words(hiring: Hiring) -> None:
    made = hiring.start()
    code = "def slowest(queries):\n    return max(queries, key=lambda query: query.seconds)\n"
    answer = hiring.answer(made.id, "", code=code)
    assert (answer.answered.answer, answer.answered.code) == ("", code)
    assert hiring.questions(made.id)[0].code == code


def test_a_repeat_with_the_key_is_the_same_answer_and_without_it_is_refused(hiring: Hiring) -> None:
    made = hiring.start()
    question = made.open_question
    request = pb.AnswerQuestionRequest(interview_id=made.id, question_id=question.id, text=GOOD, request_id="answer-1")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hiring.stub.AnswerQuestion(request, metadata=hiring.candidate.metadata), range(8)))
    assert {answer.answered.id for answer in answers} == {question.id}
    assert len([line for line in hiring.transcript(made.id) if line.speaker == "candidate"]) == 1
    request.request_id = "answer-2"
    with refused(NOT_NOW, "QUESTION_ANSWERED"):
        hiring.stub.AnswerQuestion(request, metadata=hiring.candidate.metadata)


def test_only_the_candidate_answers(hiring: Hiring, house: House) -> None:
    made = hiring.start()
    request = pb.AnswerQuestionRequest(interview_id=made.id, question_id=made.open_question.id, text="mine")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CANDIDATE_ONLY"):
        hiring.stub.AnswerQuestion(request, metadata=hiring.employer.metadata)
    for stranger in (house.employer(), house.register()):
        with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
            hiring.stub.AnswerQuestion(request, metadata=stranger.metadata)


def test_an_empty_answer_and_a_foreign_question_change_nothing(hiring: Hiring) -> None:
    made, other = hiring.start(), hiring.start()
    with refused(INVALID, "ANSWER_EMPTY", field="text"):
        hiring.answer(made.id, " \n ")
    request = pb.AnswerQuestionRequest(interview_id=made.id, question_id=other.open_question.id, text="x")
    with refused(NOT_FOUND, "QUESTION_NOT_FOUND"):
        hiring.stub.AnswerQuestion(request, metadata=hiring.candidate.metadata)
    ((planned,),) = rows(
        hiring.house, "SELECT id::text FROM question_answers WHERE interview_id = %s AND state = 'planned' LIMIT 1", made.id
    )
    request.question_id = planned
    with refused(NOT_FOUND, "QUESTION_NOT_FOUND"):
        hiring.stub.AnswerQuestion(request, metadata=hiring.candidate.metadata)
    assert hiring.read(made.id, hiring.candidate).open_question.id == made.open_question.id


def test_the_candidate_sees_neither_scores_nor_what_is_coming(hiring: Hiring) -> None:
    made = hiring.start()
    hiring.answer(made.id)
    mine = hiring.questions(made.id, hiring.candidate)
    assert [question.state for question in mine] == ["answered", "open"]
    assert not any(question.HasField("score") for question in mine)
    assert hiring.questions(made.id)[0].HasField("score")


def consent(hiring: Hiring, made: pb.Interview, *, agrees: bool = True) -> pb.Interview:
    request = pb.ConsentToRecordingRequest(interview_id=made.id, agrees=agrees)
    return hiring.stub.ConsentToRecording(request, metadata=hiring.candidate.metadata)


def upload(hiring: Hiring, made: pb.Interview, data: bytes, content_type: str = "audio/ogg", piece: int = 64 * 1024) -> pb.Question:
    def chunks() -> Iterator[pb.UploadAnswerRequest]:
        for start in range(0, len(data), piece):
            body = HttpBody(content_type=content_type, data=data[start : start + piece])
            yield pb.UploadAnswerRequest(interview_id=made.id, question_id=made.open_question.id, body=body)

    return hiring.stub.UploadAnswer(chunks(), metadata=hiring.candidate.metadata)


def test_a_recorded_answer_is_transcribed_scored_and_kept(hiring: Hiring) -> None:
    made = hiring.start()
    consent(hiring, made)
    taken = upload(hiring, made, SPOKEN.read_bytes())
    assert (taken.state, taken.source) == ("transcribing", "speech")
    answered = until(lambda: answered_first(hiring, made.id), "the recording is transcribed", 60)
    words = answered.answer.lower()
    assert "ledger" in words
    assert "migration" in words
    until(lambda: hiring.questions(made.id)[0].HasField("score"), "it is scored")
    assert hiring.read(made.id, hiring.candidate).open_question.number == 2
    request = pb.DownloadRecordingRequest(interview_id=made.id, question_id=taken.id)
    for who in (hiring.employer, hiring.candidate):
        back = list(hiring.stub.DownloadRecording(request, metadata=who.metadata))
        assert b"".join(part.data for part in back) == SPOKEN.read_bytes()
        assert {part.content_type for part in back} == {"audio/ogg"}
    with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
        list(hiring.stub.DownloadRecording(request, metadata=hiring.house.employer().metadata))


def answered_first(hiring: Hiring, interview_id: str) -> pb.Question | None:
    question = hiring.questions(interview_id)[0]
    return question if question.state == "answered" else None


def test_a_recording_that_says_nothing_opens_its_question_again(hiring: Hiring) -> None:
    made = hiring.start()
    consent(hiring, made)
    silence = (
        b"RIFF"
        + (36 + 32000).to_bytes(4, "little")
        + b"WAVEfmt "
        + bytes.fromhex("100000000100010080 3e000000 7d0000 02001000".replace(" ", ""))
    )
    silence += b"data" + (32000).to_bytes(4, "little") + bytes(32000)
    upload(hiring, made, silence, "audio/wav")
    question = until(lambda: reopened(hiring, made.id), "the recording was heard", 60)
    assert question.problem == "AUDIO_SILENT"
    until(lambda: not recorded(hiring), "it is deleted")
    hiring.answer(made.id)
    assert hiring.questions(made.id)[0].source == "typed"


def recorded(hiring: Hiring) -> list[Path]:
    """The files of the organization's recordings."""
    return list(Path(hiring.house.environment["UPLOAD_DIR"], hiring.employer.tenant_id, recordings.KIND).glob("*"))


def test_who_changes_their_mind_while_their_recording_is_stored_leaves_no_file(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    made, put, stored = hiring.start(), ObjectStore.put, []
    consent(hiring, made)

    def slow(files: ObjectStore, key: str, data: bytes) -> None:
        put(files, key, data)
        stored.extend(recorded(hiring))
        consent(hiring, made, agrees=False)  # which nothing holds up: no transaction is open meanwhile

    monkeypatch.setattr(ObjectStore, "put", slow)
    with refused(NOT_NOW, "CONSENT_MISSING"):
        upload(hiring, made, SPOKEN.read_bytes())
    assert len(stored) == 1
    assert not recorded(hiring)


def test_a_recording_whose_process_died_before_anything_named_it_is_deleted(hiring: Hiring, monkeypatch: pytest.MonkeyPatch) -> None:
    made, put = hiring.start(), ObjectStore.put
    consent(hiring, made)

    def dying(files: ObjectStore, key: str, data: bytes) -> None:
        put(files, key, data)
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", dying)
        with pytest.raises(grpc.RpcError):
            upload(hiring, made, SPOKEN.read_bytes())
    [lost] = recorded(hiring)
    upload(hiring, made, SPOKEN.read_bytes())
    assert len(recorded(hiring)) == 2
    rows(
        hiring.house,
        "UPDATE tasks SET run_at = now() WHERE kind = 'delete_files' AND state = 'ready' AND payload::text LIKE %s",
        f"%{lost.name}%",
    )
    until(lambda: lost not in recorded(hiring), "it is deleted")
    assert len(recorded(hiring)) == 1


def reopened(hiring: Hiring, interview_id: str) -> pb.Question | None:
    question = hiring.questions(interview_id)[0]
    return question if question.problem else None


def test_nothing_is_recorded_before_the_candidate_agrees_nor_after_they_changed_their_mind(hiring: Hiring) -> None:
    made = hiring.start()
    with refused(NOT_NOW, "CONSENT_MISSING"):
        upload(hiring, made, SPOKEN.read_bytes())
    assert consent(hiring, made).is_recording_allowed
    assert not consent(hiring, made, agrees=False).is_recording_allowed
    with refused(NOT_NOW, "CONSENT_MISSING"):
        upload(hiring, made, SPOKEN.read_bytes())
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CANDIDATE_ONLY"):
        request = pb.ConsentToRecordingRequest(interview_id=made.id, agrees=True)
        hiring.stub.ConsentToRecording(request, metadata=hiring.employer.metadata)


def test_what_is_no_recording_is_refused_at_once(hiring: Hiring) -> None:
    made = hiring.start()
    consent(hiring, made)
    for data, reason in ((b"MZ not sound at all", "FILE_TYPE_UNSUPPORTED"), (b"%PDF-1.7", "FILE_TYPE_UNSUPPORTED")):
        with refused(INVALID, reason, field="body"):
            upload(hiring, made, data)
    assert hiring.read(made.id, hiring.candidate).open_question.state == "open"


def test_an_interview_goes_on_while_the_models_are_away_and_is_scored_at_its_end(hiring: Hiring, house: House) -> None:
    made = hiring.start()
    tokens = ServiceTokens(house.environment["SERVICE_TOKEN"], "interviews")
    nowhere = clients.connect("127.0.0.1:1", "inference", tokens)
    database = Database(house.app_url("interviews"), pool_size=2)
    rows(
        house,
        "UPDATE question_answers SET state = 'answered', answer = %s, source = 'typed', answered_at = now() WHERE id = %s",
        GOOD,
        made.open_question.id,
    )
    Conversation(database, nowhere, Room(Silent()), Runs(database, NoRunner("not here"), utc_now), utc_now).consider(
        UUID(made.open_question.id)
    )
    database.close()
    assert hiring.read(made.id).open_question.number == 2
    assert not hiring.questions(made.id)[0].HasField("score")
    hiring.end(made.id)
    assert hiring.report(made.id).questions[0].score.value > 0


def test_the_room_has_the_transcript_and_what_the_candidate_says_there_is_the_answer(hiring: Hiring, house: House) -> None:
    made = hiring.start()
    owner = house.stub("interviews", rooms_pb2_grpc.RoomOwnerServiceStub)
    gateway = house.as_service("gateway", "interviews")

    def as_gateway(account: Account) -> Any:
        return (*gateway, *account.metadata)

    joined = owner.JoinRoom(rooms_pb2.JoinRoomRequest(room_name=made.room_name), metadata=as_gateway(hiring.candidate))
    assert (joined.display_name, joined.last_seq) == ("Ada Lindqvist", 1)
    say = rooms_pb2.AppendMessageRequest(room_name=made.room_name, content=GOOD, client_id="c1")
    first = owner.AppendMessage(say, metadata=as_gateway(hiring.candidate))
    assert owner.AppendMessage(say, metadata=as_gateway(hiring.candidate)) == first
    until(lambda: hiring.read(made.id).open_question.number == 2, "the next question")
    assert hiring.questions(made.id)[0].source == "room"
    say = rooms_pb2.AppendMessageRequest(room_name=made.room_name, content="A question from us as well", client_id="e1")
    owner.AppendMessage(say, metadata=as_gateway(hiring.employer))
    load = rooms_pb2.LoadMessagesRequest(room_name=made.room_name, after=0)
    heard = owner.LoadMessages(load, metadata=as_gateway(hiring.candidate)).messages
    assert [message.seq for message in heard] == [1, 2, 3, 4]
    assert heard[1].content == GOOD
    read = owner.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=made.room_name, seq=9), metadata=as_gateway(hiring.candidate))
    assert read.read_seq == 4
    for stranger in (house.employer(), house.register()):
        with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
            owner.JoinRoom(rooms_pb2.JoinRoomRequest(room_name=made.room_name), metadata=as_gateway(stranger))
    with refused(NOT_FOUND, "ROOM_NOT_FOUND"):
        owner.JoinRoom(rooms_pb2.JoinRoomRequest(room_name="interview-nonsense"), metadata=as_gateway(hiring.candidate))
    hiring.end(made.id)
    with refused(NOT_NOW, "INTERVIEW_NOT_RUNNING"):
        owner.AppendMessage(
            rooms_pb2.AppendMessageRequest(room_name=made.room_name, content="late", client_id="c2"), metadata=as_gateway(hiring.candidate)
        )
