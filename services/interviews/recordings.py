"""Recorded answers: stored first, then transcribed by inference on our own machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.inference.v1 import speech_pb2, speech_pb2_grpc
from services.chassis import audit, calls, errors, objects, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.chassis.persons import DELETE_FILES
from services.chassis.tasks import GiveUp, Task
from services.interviews import conversation, store
from services.interviews.room import Room
from services.interviews.subjects import Answer
from services.interviews.tables import Interview, Line, QuestionAnswer

LARGEST = 20 * 1024 * 1024
KIND = "recordings"
_TRACKS = {"audio": "voices", "video": "videos"}
_PIECE = 256 * 1024
_SECONDS = 240.0
_UNNAMED = timedelta(hours=1)
_LONGEST = 20_000  # characters, as of a typed answer
_MOST_TERMS, _LONGEST_TERM = 40, 60  # as TranscribeSettings takes them
# The first bytes of each format that is taken; what is behind them, the decoder sees.
_FORMATS = (
    (b"RIFF", "audio/wav"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)


def content_type(data: bytes) -> str:
    """Told from the content, never from what a client says. Raises InvalidArgument / FILE_TYPE_UNSUPPORTED."""
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    for start, name in _FORMATS:
        if data.startswith(start):
            return name
    words = "is not a recording that can be read: send WAV, Ogg Opus, WebM, MP3 or M4A"
    raise errors.invalid_field("body", "FILE_TYPE_UNSUPPORTED", words)


def key_of(interview: Interview, recording_id: UUID) -> str:
    return objects.key_of(interview.tenant_id, KIND, recording_id)


def note(connection: Connection, tenant_id: UUID, key: str, now: datetime) -> UUID:
    """Says that a file is about to be stored: unless `keep` follows, with the row that names it, it is deleted an hour later."""
    return tasks.enqueue(connection, DELETE_FILES, {"keys": [key]}, tenant_id=tenant_id, run_at=now + _UNNAMED)


@contextmanager
def stored(files: ObjectStore, key: str, data: bytes) -> Iterator[None]:
    """Stores a file that was noted, for a block that keeps it; takes it back where the block is refused, and so has written nothing.

    Outside of any transaction, as the store of files may be far away, and before the row, which must not be without its file.
    """
    files.put(key, data)
    try:
        yield
    except (errors.FailedPrecondition, errors.NotFound, errors.Aborted):
        files.delete(key)
        raise


def keep(connection: Connection, noted: UUID) -> None:
    """Raises Aborted / UPLOAD_INTERRUPTED where that took so long that the file is gone."""
    if not tasks.withdraw(connection, noted):
        raise errors.Aborted("UPLOAD_INTERRUPTED", "it took too long to be stored; send it again")


def key_of_piece(tenant_id: UUID, kind: str, file_id: UUID) -> str:
    """Where a piece of a track is, whose kind is `audio` or `video`."""
    return objects.key_of(tenant_id, _TRACKS[kind], file_id)


def name_of_piece(kind: str, speaker: str, track_id: UUID, number: int) -> str:
    """What it is called where it is handed out."""
    return f"{_TRACKS[kind]}/{speaker}-{track_id}-{number}.{'ogg' if kind == 'audio' else 'webm'}"


class Transcribing:
    """The task that turns a recording into an answer. A recording that says nothing opens its question again, with the reason."""

    def __init__(self, database: Database, files: ObjectStore, inference: grpc.Channel, room: Room, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._speech = speech_pb2_grpc.SpeechServiceStub(inference)
        self._room = room
        self._clock = clock

    def run(self, task: Task) -> None:
        with self._database.begin(calls.SYSTEM) as connection:
            question = store.find_question(connection, UUID(task.payload["question_id"]))
            interview = store.find_interview(connection, question.interview_id) if question else None
        if question is None or interview is None or question.state != "transcribing":
            return
        text, problem = self._listen(interview, question)
        lines: list[Line] = []
        with self._database.begin(calls.SYSTEM) as connection:
            locked = store.find_and_lock(connection, interview.id)
            if locked is None:
                return
            tasks.finish(connection, task)
            if not problem:
                lines.append(conversation.take(connection, locked, question.id, Answer(text), "speech", now=self._clock()))
                tasks.enqueue(connection, "consider", {"question_id": question.id}, tenant_id=locked.tenant_id)
            else:
                state = "open" if locked.status == "running" else "unanswered"
                gone = {"state": state, "source": "", "recording_type": "", "recording_id": None, "problem": problem}
                store.change_question(connection, question.id, gone)
                if question.recording_id is not None:
                    keys = [key_of(locked, question.recording_id)]
                    tasks.enqueue(connection, DELETE_FILES, {"keys": keys}, tenant_id=locked.tenant_id)
            if locked.status == "scoring":
                tasks.enqueue(connection, "write_report", {"interview_id": locked.id}, tenant_id=locked.tenant_id)
            audit.record(connection, "answer.transcribed", tenant_id=locked.tenant_id, question_id=question.id, problem=problem)
        self._room.publish(interview, lines)

    def _listen(self, interview: Interview, question: QuestionAnswer) -> tuple[str, str]:
        """What is said in the recording, or the reason why nothing can be taken from it."""
        try:
            data = self._files.get(key_of(interview, question.recording_id or question.id))
        except FileNotFoundError:
            raise GiveUp("the recording is not in the object store") from None
        try:
            answer = self._speech.TranscribeRecording(_pieces(data, interview), timeout=_SECONDS)
        except grpc.RpcError as problem:
            refusal = errors.from_rpc(problem)
            if isinstance(refusal, (errors.InvalidArgument, errors.OutOfRange)):
                return "", refusal.reason
            raise
        text = " ".join(segment.text.strip() for segment in answer.segments).strip()
        return text[:_LONGEST], "" if text else "AUDIO_SILENT"


def _pieces(data: bytes, interview: Interview) -> Iterator[speech_pb2.TranscribeRecordingRequest]:
    settings = speech_pb2.TranscribeSettings(purpose="interview_answer", tenant_id=str(interview.tenant_id), vocabulary=terms(interview))
    yield speech_pb2.TranscribeRecordingRequest(settings=settings)
    for start in range(0, len(data), _PIECE):
        yield speech_pb2.TranscribeRecordingRequest(file=data[start : start + _PIECE])


def terms(interview: Interview) -> list[str]:
    """Names that are likely to be said, from the job and the resume: the model spells them as they are written there."""
    job, resume = interview.job_description or {}, interview.resume or {}
    names = dict.fromkeys((*job.get("key_skills", ()), *resume.get("skills", ()), *resume.get("employers", ())))
    return [name for name in names if 0 < len(name) <= _LONGEST_TERM][:_MOST_TERMS]
