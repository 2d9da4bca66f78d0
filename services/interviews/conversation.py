"""How an interview goes on: an answer is scored, and the next question is chosen with it in mind."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.inference.v1 import inference_pb2_grpc
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.interviews import resumes, room_store, store
from services.interviews.asking.follow_ups import follow_up
from services.interviews.asking.plan import next_question
from services.interviews.coding import editor
from services.interviews.coding import store as coding
from services.interviews.coding.runs import Runs
from services.interviews.room import INTERVIEWER, Room
from services.interviews.scoring.answers import AnswerScore, score
from services.interviews.subjects import Answer, Question
from services.interviews.tables import Interview, Line, QuestionAnswer
from services.interviews.vectors import Embeddings

_UNKNOWN = 5.0  # neither good nor bad
LONGEST_ANSWER = 20_000  # characters
_FOLLOWED = 2.0  # an answer of less has nothing that could be taken up
FAREWELL = "That was the last question. Thank you! You can end the interview now."


class Conversation:
    """Considers answers. The models may be away: the next question is asked all the same, and the score follows with the report."""

    def __init__(self, database: Database, inference: grpc.Channel, room: Room, runs: Runs, clock: Clock) -> None:
        self._database = database
        self._runs = runs
        self._embeddings = Embeddings(inference_pb2_grpc.InferenceServiceStub(inference))
        self._room = room
        self._clock = clock

    def consider(self, question_id: UUID) -> None:
        """Scores the answer to a question and asks the next one; where that was asked already and the answer has grown since, only scores it again.

        Repeating it changes nothing.
        """
        while not self._consider_once(question_id):
            pass

    def _consider_once(self, question_id: UUID) -> bool:
        """Says whether that was all: not where the answer grew meanwhile."""
        with self._database.begin(calls.SYSTEM) as connection:
            answered = store.find_question(connection, question_id)
            if answered is None or answered.state != "answered" or (answered.is_considered and answered.evidence is not None):
                return True
            interview = store.find_interview(connection, answered.interview_id)
            every = store.list_questions(connection, answered.interview_id, planned=True)
        if interview is None:
            return True
        began = time.monotonic()
        scored = None
        try:
            scored = self.score(interview, answered)
        except (grpc.RpcError, errors.Refusal) as problem:
            log.warning("answer not scored yet", extra={"question_id": str(question_id)}, exc_info=problem)
        chosen = choose(answered, every, scored)
        log.info("answer judged", extra={"question_id": str(question_id), "ms": round(1000 * (time.monotonic() - began))})
        lines: list[Line] = []
        with self._database.begin(calls.SYSTEM) as connection:
            locked = store.find_and_lock(connection, interview.id)
            current = store.find_question(connection, question_id)
            if locked is None or current is None or current.is_considered != answered.is_considered or current.evidence is not None:
                return True
            if current.answer != answered.answer:
                return False
            store.change_question(connection, question_id, {"is_considered": True, **(columns(scored) if scored else {})})
            if locked.status == "running" and not current.is_considered:
                lines.append(self._go_on(connection, locked, every, chosen))
            audit.record(connection, "answer.considered", tenant_id=locked.tenant_id, interview_id=locked.id, question_id=question_id)
        self._room.publish(interview, lines)
        return True

    def anticipate(self, interview: Interview, answered: QuestionAnswer, every: Sequence[QuestionAnswer]) -> str:
        """What would be said after this answer. The vectors that it takes are remembered, so judging the same words again is quick; nothing is stored."""
        try:
            scored = self.score(interview, answered)
        except (grpc.RpcError, errors.Refusal):
            return ""
        chosen = choose(answered, every, scored)
        return FAREWELL if chosen is None else chosen.question.text

    def score(self, interview: Interview, answered: QuestionAnswer) -> AnswerScore:
        """Raises grpc.RpcError where the models are away, and a refusal where its code cannot be run now."""
        vectors = partial(self._embeddings.of, tenant_id=interview.tenant_id)
        result = self._runs.final(interview, answered)
        return score(resumes.question(answered.question), resumes.answer(answered, result), vectors)

    def _go_on(self, connection: Connection, interview: Interview, every: Sequence[QuestionAnswer], chosen: "Chosen | None") -> Line:
        now = self._clock()
        if chosen is None:
            return store.add_line(connection, interview.id, "interviewer", FAREWELL, now=now, sender_name=INTERVIEWER)
        row = chosen.row
        if row is None:
            row = planned(interview.id, None, chosen.question, follows_id=chosen.follows_id)
            store.add_questions(connection, [row])
        number = 1 + sum(question.number is not None for question in every)
        return ask(connection, interview.id, row, number=number, now=now)


@dataclass(frozen=True)
class Chosen:
    """The next question: one whose row is there, or one that comes up on the way, such as a follow-up to what was just said."""

    question: Question
    row: QuestionAnswer | None = None
    follows_id: UUID | None = None


def choose(answered: QuestionAnswer, every: Sequence[QuestionAnswer], scored: AnswerScore | None) -> Chosen | None:
    """The question after `answered`, whose score is not there where the models are away. None where all was asked."""
    asked = [row for row in every if row.number is not None]
    question = resumes.question(answered.question)
    if scored is None or (scored.value >= _FOLLOWED and not scored.is_deviated and not question.asks_for_code):
        found = {point.text for point in scored.points if point.found} if scored else set()
        missing = [point for point in question.points if point.text not in found] if scored else None
        asked_so_far = [resumes.question(row.question) for row in asked]
        further = follow_up(question, resumes.answer(answered), asked_so_far, missing=missing)
        if further is not None:
            return Chosen(further, follows_id=answered.id)
    values = {row.id: _UNKNOWN if row.score is None else float(row.score) for row in asked}
    if scored is not None:
        values[answered.id] = scored.value
    following = next_question(
        [resumes.question(row.question) for row in every if row.position is not None],
        [(resumes.question(row.question), values[row.id]) for row in asked],
    )
    if following is None:
        return None
    rows = {row.question["key"]: row for row in every if row.number is None}
    return Chosen(following, rows.get(following.key))


def ask(connection: Connection, interview_id: UUID, question: QuestionAnswer, *, number: int, now: datetime) -> Line:
    """Opens a question that is stored, and says it."""
    store.change_question(connection, question.id, {"state": "open", "number": number, "asked_at": now})
    return store.add_line(
        connection, interview_id, "interviewer", question.question["text"], now=now, sender_name=INTERVIEWER, question_id=question.id
    )


def take(
    connection: Connection, interview: Interview, question_id: UUID, answer: Answer, source: str, *, now: datetime, client_id: str | None = None
) -> Line:  # fmt: skip
    """Stores the candidate's answer with its code, and says it. What they had said aloud to the question before is the beginning of the answer."""
    answer = code_of(connection, store.get_question(connection, interview.id, question_id), answer)
    whole = " ".join(filter(None, [*room_store.said_to(connection, interview.id, question_id), answer.text]))[:LONGEST_ANSWER]
    values = {
        "state": "answered", "answer": whole, "code": answer.code, "language": answer.language, "source": source, "problem": "", "answered_at": now
    }  # fmt: skip
    store.change_question(connection, question_id, values)
    said = "\n\n".join(part for part in (answer.text, answer.code) if part)
    return store.add_line(
        connection, interview.id, "candidate", said, now=now, sender_id=interview.user_id, sender_name=interview.candidate_name,
        question_id=question_id, client_id=client_id,
    )  # fmt: skip


def code_of(connection: Connection, question: QuestionAnswer, answer: Answer) -> Answer:
    """The answer with its code: where code is asked for and none came with it, that is what stands in the shared editor, in the language it was last run in."""
    if not question.question["asks_for_code"] or answer.code.strip():
        return answer
    language = answer.language or coding.last_language(connection, question.id)
    return replace(answer, code=editor.text(connection, question.interview_id, question.id), language=language)


def take_spoken(connection: Connection, interview: Interview, question: QuestionAnswer, *, now: datetime) -> bool:
    """Closes a question with all that was said to it, and the code where it asks for some; says whether anything was said."""
    said = " ".join(room_store.said_to(connection, interview.id, question.id))[:LONGEST_ANSWER]
    if not said:
        return False
    answer = code_of(connection, question, Answer(said))
    values = {
        "state": "answered", "answer": said, "code": answer.code, "language": answer.language, "source": "speech", "problem": "", "answered_at": now
    }  # fmt: skip
    store.change_question(connection, question.id, values)
    audit.record(connection, "answer.given", tenant_id=interview.tenant_id, interview_id=interview.id, question_id=question.id)
    return True


def take_more(connection: Connection, interview: Interview, question: QuestionAnswer, text: str) -> None:
    """Adds what was said late to an answer, which is scored again by its task. What was asked next stands: it can be read already."""
    if text:
        grown = {"answer": f"{question.answer} {text}".strip()[:LONGEST_ANSWER], "score": None, "is_deviated": None, "evidence": None}
        store.change_question(connection, question.id, grown)
        audit.record(connection, "answer.extended", tenant_id=interview.tenant_id, interview_id=interview.id, question_id=question.id)
        tasks.enqueue(connection, "consider", {"question_id": question.id}, tenant_id=interview.tenant_id)


def take_rest(connection: Connection, interview: Interview, *, now: datetime) -> list[Line]:
    """Takes what was said to the open question so far, and what stands in the shared editor where it asks for code, as its answer: the interview ends."""
    question = store.open_questions(connection, [interview.id]).get(interview.id)
    if question is None or question.state != "open" or take_spoken(connection, interview, question, now=now):
        return []
    return [take(connection, interview, question.id, Answer(""), "typed", now=now)] if has_code(connection, interview) else []


def has_code(connection: Connection, interview: Interview) -> bool:
    """Whether the open question asks for code, and some stands in the shared editor."""
    question = store.open_questions(connection, [interview.id]).get(interview.id)
    return question is not None and question.state == "open" and bool(code_of(connection, question, Answer("")).code)


def columns(scored: AnswerScore) -> dict[str, Any]:
    return {"score": resumes.points(scored.value), "is_deviated": scored.is_deviated, "evidence": resumes.plain(scored)}


def planned(interview_id: UUID, position: int | None, question: Question, *, follows_id: UUID | None = None) -> QuestionAnswer:
    return QuestionAnswer(
        ids.mint(), interview_id, position, None, resumes.plain(question), follows_id, "planned", "", "", "", "", "", None, "", is_considered=False,
        score=None, is_deviated=None, evidence=None, asked_at=None, answered_at=None,
    )  # fmt: skip
