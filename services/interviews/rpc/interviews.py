"""The RPCs of interviews: starting, answering, ending, and reading what came of it."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from sqlalchemy import Connection

from einstellen.interviews.v1 import interviews_pb2, interviews_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids, paging, tasks, uploads
from services.chassis.calls import Person
from services.chassis.clock import Clock, from_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.interviews import closing, conversation, pdf, recordings, rules, store
from services.interviews.conversation import Conversation
from services.interviews.reporting import Reporting
from services.interviews.room import Room
from services.interviews.rpc import shown
from services.interviews.starting import Starting
from services.interviews.subjects import Answer
from services.interviews.tables import Interview, Line, Signal

Context = grpc.ServicerContext
_QUESTIONS = 6
_SETTLE = timedelta(seconds=20)
_CONSIDER = timedelta(seconds=5)
_LONGEST_KEY = 100
_PIECE = 256 * 1024
_WAIT_SECONDS, _PAUSE_SECONDS = 3.0, 0.05


@dataclass(frozen=True)
class Parts:
    """What the RPCs work with beside the database."""

    starting: Starting
    conversation: Conversation
    reporting: Reporting
    room: Room
    files: ObjectStore


class InterviewService(interviews_pb2_grpc.InterviewServiceServicer):
    """See interviews.proto."""

    def __init__(self, database: Database, parts: Parts, clock: Clock = utc_now) -> None:
        self._database = database
        self._parts = parts
        self._files = parts.files
        self._clock = clock

    def StartInterview(self, request: interviews_pb2.StartInterviewRequest, context: Context) -> interviews_pb2.Interview:
        person, key, digest = calls.person(), _start_key(request), _digest(request)
        give_up = time.monotonic() + _WAIT_SECONDS
        # Whoever comes second with a key waits a little for the first. A first one that was refused leaves nothing, and the second tries for itself.
        while True:
            interview, is_mine = self._claim(person, request, key, digest)
            if is_mine:
                self._parts.starting.go(interview)
            if is_mine or interview.status != "starting":
                return self._read(person, interview.id)
            if time.monotonic() > give_up:
                raise errors.Aborted("START_IN_PROGRESS", "the first request with this key is not finished; try again")
            time.sleep(_PAUSE_SECONDS)

    def GetInterview(self, request: interviews_pb2.GetInterviewRequest, context: Context) -> interviews_pb2.Interview:
        return self._read(calls.person(), UUID(request.interview_id))

    def ListInterviews(self, request: interviews_pb2.ListInterviewsRequest, context: Context) -> interviews_pb2.ListInterviewsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        business = person.kind == "business"
        with self._database.begin(person) as connection:
            found = store.list_interviews(
                connection, page, tenant_id=person.tenant_id if business else None, user_id=None if business else person.user_id,
                job_id=UUID(request.job_id) if request.job_id else None,
            )  # fmt: skip
            rows, token = page.cut(found, lambda row: [row.id])
            told = self._tell(connection, person, rows)
        return interviews_pb2.ListInterviewsResponse(interviews=told, next_page_token=token)

    def ListQuestions(self, request: interviews_pb2.ListQuestionsRequest, context: Context) -> interviews_pb2.ListQuestionsResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rows = store.list_questions(connection, interview.id)
        scored = rules.is_organization(interview, person)
        return interviews_pb2.ListQuestionsResponse(questions=[shown.to_question(row, scored=scored) for row in rows])

    def AnswerQuestion(self, request: interviews_pb2.AnswerQuestionRequest, context: Context) -> interviews_pb2.AnswerQuestionResponse:
        person, question_id = calls.person(), UUID(request.question_id)
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, interviews_pb2.AnswerQuestionResponse)
            interview = store.lock_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            if claim.answer is None:
                rules.check_candidate(interview, person)
                question = store.get_question(connection, interview.id, question_id)
                rules.check_running(interview)
                rules.check_open(question)
                answer = Answer(request.text.strip(), request.code, request.language)
                rules.check_answer(answer.text, conversation.code_of(connection, question, answer).code)
                line = conversation.take(connection, interview, question.id, answer, "typed", now=self._clock())
                audit.record(connection, "answer.given", interview_id=interview.id, question_id=question.id)
                # Done below, at once; by the task where this process does not come so far.
                tasks.enqueue(
                    connection, "consider", {"question_id": question.id}, tenant_id=interview.tenant_id, run_at=self._clock() + _CONSIDER
                )
                claim.keep(interviews_pb2.AnswerQuestionResponse())
        if claim.answer is None:
            self._parts.room.publish(interview, [line])
            self._parts.conversation.consider(question_id)
        return self._after(person, interview.id, question_id)

    def UploadAnswer(self, requests: Iterator[interviews_pb2.UploadAnswerRequest], context: Context) -> interviews_pb2.Question:
        person = calls.person()
        with uploads.in_time(requests, context) as messages:
            first = next(messages, interviews_pb2.UploadAnswerRequest())
            interview_id, question_id = uploads.id_of(first, "interview_id"), uploads.id_of(first, "question_id")
            with self._database.begin(person) as connection:  # before taking in twenty megabytes for nobody
                interview = store.get_interview(connection, interview_id, person.tenant_id, person.user_id)
                rules.check_candidate(interview, person)
                store.get_question(connection, interview_id, question_id)
                rules.check_consent(interview)
            file = uploads.receive((message.body for message in chain([first], messages)), recordings.LARGEST)
        kind = recordings.content_type(file.data)
        said = interviews_pb2.UploadAnswerRequest(
            interview_id=str(interview_id), question_id=str(question_id),
            body=HttpBody(content_type=kind, data=hashlib.sha256(file.data).digest()),  # the file by its digest
        )  # fmt: skip
        uploads.check_whole(context)
        recording_id = ids.mint()
        key = recordings.key_of(interview, recording_id)
        with self._database.begin(person) as connection:
            noted = recordings.note(connection, person.tenant_id, key, self._clock())
        with recordings.stored(self._files, key, file.data), self._database.begin(person) as connection:
            claim = idempotency.claim(connection, said, interviews_pb2.Question)
            if claim.answer is not None:
                return claim.answer
            interview = store.lock_interview(connection, interview_id, person.tenant_id, person.user_id)
            rules.check_running(interview)
            rules.check_consent(interview)
            rules.check_open(store.get_question(connection, interview_id, question_id))
            recordings.keep(connection, noted)
            values = {"state": "transcribing", "source": "speech", "recording_type": kind, "recording_id": recording_id, "problem": ""}
            store.change_question(connection, question_id, values)
            audit.record(connection, "answer.recorded", interview_id=interview_id, question_id=question_id, size_bytes=len(file.data))
            tasks.enqueue(connection, "transcribe", {"question_id": question_id}, tenant_id=interview.tenant_id)
            return claim.keep(shown.to_question(store.get_question(connection, interview_id, question_id), scored=False))

    def ConsentToRecording(self, request: interviews_pb2.ConsentToRecordingRequest, context: Context) -> interviews_pb2.Interview:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.lock_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rules.check_candidate(interview, person)
            rules.check_running(interview)
            if request.agrees != (interview.consented_at is not None):
                store.change_interview(connection, interview.id, {"consented_at": self._clock() if request.agrees else None})
                audit.record(connection, "recording.allowed" if request.agrees else "recording.refused", interview_id=interview.id)
        return self._read(person, interview.id)

    def RecordSignals(self, request: interviews_pb2.RecordSignalsRequest, context: Context) -> interviews_pb2.RecordSignalsResponse:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, interviews_pb2.RecordSignalsResponse)
            if claim.answer is not None:
                return claim.answer
            interview = store.lock_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rules.check_candidate(interview, person)
            rules.check_running(interview)
            following = store.open_questions(connection, [interview.id]).get(interview.id)
            noticed = [
                Signal(ids.mint(), interview.id, following.id if following else None, one.kind, one.amount, _noticed_at(one), now)
                for one in request.signals
            ]
            count = store.count_signals(connection, interview.id) + len(noticed)
            rules.check_signals(count)
            store.add_signals(connection, noticed)
            audit.record(connection, "signals.recorded", interview_id=interview.id, count=len(noticed))
            return claim.keep(interviews_pb2.RecordSignalsResponse(signal_count=count))

    def DownloadRecording(self, request: interviews_pb2.DownloadRecordingRequest, context: Context) -> Iterator[HttpBody]:
        person, question_id = calls.person(), UUID(request.question_id)
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            question = store.get_question(connection, interview.id, question_id)
        missing = errors.NotFound("RECORDING_NOT_FOUND", "this answer has no recording")
        if question.recording_id is None:
            raise missing
        try:
            for piece in self._files.chunks(recordings.key_of(interview, question.recording_id)):
                yield HttpBody(content_type=question.recording_type, data=piece)
        except FileNotFoundError:
            raise missing from None

    def ListTranscript(self, request: interviews_pb2.ListTranscriptRequest, context: Context) -> interviews_pb2.ListTranscriptResponse:
        person, page = calls.person(), paging.read(request, int)
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            after = page.after[0] if page.after else 0
            rows, token = page.cut(store.list_lines(connection, interview.id, after, page.fetch), lambda row: [row.seq])
        return interviews_pb2.ListTranscriptResponse(lines=[shown.to_line(row) for row in rows], next_page_token=token)

    def EndInterview(self, request: interviews_pb2.EndInterviewRequest, context: Context) -> interviews_pb2.Interview:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            interview = store.lock_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rules.check_acts(interview, person)
            if interview.status in ("starting", "cancelled"):
                raise rules.not_running(interview)
            lines = []
            if interview.status == "running":
                lines += closing.end(connection, interview, now=now)
        self._parts.room.publish(interview, lines)
        if interview.status in ("running", "scoring"):
            self._parts.reporting.write_soon(interview.id)
        return self._read(person, interview.id)

    def CancelInterview(self, request: interviews_pb2.CancelInterviewRequest, context: Context) -> interviews_pb2.Interview:
        person, now, lines = calls.person(), self._clock(), list[Line]()
        with self._database.begin(person) as connection:
            interview = store.lock_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            if not rules.is_organization(interview, person):
                raise store.no_interview()
            if interview.status != "cancelled":
                rules.check_running(interview)
                rules.check_unanswered(store.list_questions(connection, interview.id))
                lines = closing.cancel(connection, interview, now=now)
        self._parts.room.publish(interview, lines)
        return self._read(person, interview.id)

    def GetReport(self, request: interviews_pb2.GetReportRequest, context: Context) -> interviews_pb2.FeedbackReport:
        person = calls.person()
        with self._database.begin(person) as connection:
            return shown.read_report(connection, person, UUID(request.interview_id), request.version)

    def DownloadReport(self, request: interviews_pb2.GetReportRequest, context: Context) -> Iterator[HttpBody]:
        person = calls.person()
        with self._database.begin(person) as connection:
            found = shown.find_report(connection, person, UUID(request.interview_id), request.version)
            questions = store.list_questions(connection, found[0].id)
        data = pdf.render(*found, questions)
        for start in range(0, len(data), _PIECE):
            yield HttpBody(content_type="application/pdf", data=data[start : start + _PIECE])

    def _claim(self, person: Person, request: interviews_pb2.StartInterviewRequest, key: str, digest: bytes) -> tuple[Interview, bool]:
        """The interview of this key and whether it was claimed just now. Raises AlreadyExists where the key came with another request."""
        now, interview_id = self._clock(), ids.mint()
        while True:
            try:
                with self._database.begin(person) as connection:
                    found = store.find_start(connection, person.tenant_id, key) if key else None
                    if found is not None:
                        if found.start_hash != digest:
                            raise errors.AlreadyExists(
                                "IDEMPOTENCY_KEY_REUSED", "this idempotency key came with another request before; use a new one"
                            )
                        return found, False
                    task_id = tasks.enqueue(
                        connection, "settle_start", {"interview_id": interview_id}, tenant_id=person.tenant_id, run_at=now + _SETTLE
                    )
                    claimed = Interview(
                        interview_id, person.tenant_id, person.user_id, UUID(request.subscription_id) if request.subscription_id else None,
                        UUID(request.candidate_id), None, "", UUID(request.job_id), "", request.question_count or _QUESTIONS, request.share_report, None,
                        None, "starting", key or None, digest, task_id, 0, None, None, now, None, None,
                    )  # fmt: skip
                    store.add_interview(connection, claimed)
                return claimed, True  # noqa: TRY300 - once it is committed
            except store.Repeated:
                continue  # somebody claimed it between our look and our try: they are found now

    def _after(self, person: Person, interview_id: UUID, question_id: UUID) -> interviews_pb2.AnswerQuestionResponse:
        """How things stand after an answer, also after its repeat."""
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, interview_id, person.tenant_id, person.user_id)
            answered = store.get_question(connection, interview_id, question_id)
            following = store.open_questions(connection, [interview_id]).get(interview_id)
        answer = interviews_pb2.AnswerQuestionResponse(
            answered=shown.to_question(answered, scored=False), is_complete=following is None and answered.is_considered
        )
        if following is not None and interview.status == "running":
            answer.next_question.CopyFrom(shown.to_question(following, scored=False))
        return answer

    def _read(self, person: Person, interview_id: UUID) -> interviews_pb2.Interview:
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, interview_id, person.tenant_id, person.user_id)
            return self._tell(connection, person, [interview])[0]

    @staticmethod
    def _tell(connection: Connection, person: Person, rows: Sequence[Interview]) -> list[interviews_pb2.Interview]:
        if not rows:
            return []
        every = [row.id for row in rows]
        opened, asked = store.open_questions(connection, every), store.count_asked(connection, every)
        return [
            shown.to_interview(
                row, organization=rules.is_organization(row, person), asked_count=asked.get(row.id, 0), open_question=opened.get(row.id)
            )
            for row in rows
        ]


def _start_key(request: interviews_pb2.StartInterviewRequest) -> str:
    key = request.request_id or calls.current().idempotency_key
    if len(key) > _LONGEST_KEY:
        raise errors.invalid_field("request_id", "IDEMPOTENCY_KEY_TOO_LONG", f"must not be longer than {_LONGEST_KEY} characters")
    return key


def _digest(request: interviews_pb2.StartInterviewRequest) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


def _noticed_at(signal: interviews_pb2.Signal) -> datetime:
    try:
        return from_timestamp(signal.time)
    except (ValueError, OverflowError):
        raise errors.invalid_field("signals.time", "TIME_INVALID", "is no time of the calendar") from None
