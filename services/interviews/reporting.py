"""How an interview that is over becomes a report."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import grpc

from services.chassis import audit, calls, errors, events, ids
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.interviews import noticing, resumes, store
from services.interviews.conversation import Conversation, columns
from services.interviews.scoring.answers import AnswerScore, score
from services.interviews.scoring.reports import report
from services.interviews.subjects import Answer
from services.interviews.tables import Interview, QuestionAnswer, Report


class Reporting:
    """Scores what has no score yet and writes the report, once. Each answer and each score is stored before: a report that fails loses nothing."""

    def __init__(self, database: Database, conversation: Conversation, clock: Clock) -> None:
        self._database = database
        self._conversation = conversation
        self._clock = clock

    def write_soon(self, interview_id: UUID) -> None:
        """As `write`, where a task will do it if this does not."""
        try:
            self.write(interview_id)
        except (grpc.RpcError, errors.Refusal) as problem:
            log.warning("report not written yet", extra={"interview_id": str(interview_id)}, exc_info=problem)

    def write(self, interview_id: UUID) -> None:
        """Raises grpc.RpcError where an answer cannot be scored now. Does nothing where the report is there, or a recording is still transcribed."""
        with self._database.begin(calls.SYSTEM) as connection:
            interview = store.find_interview(connection, interview_id)
            rows = store.list_questions(connection, interview_id)
        if interview is None or interview.status != "scoring" or any(row.state == "transcribing" for row in rows):
            return
        self._write(interview, rows, {row.id: row.evidence for row in rows if row.evidence is not None})

    def write_again(self, interview_id: UUID) -> None:
        """Scores every answer anew and adds a report; those before keep the evidence that they were written with."""
        with self._database.begin(calls.SYSTEM) as connection:
            interview = store.find_interview(connection, interview_id)
            rows = store.list_questions(connection, interview_id)
        if interview is not None:
            self._write(interview, rows, {})

    def _write(self, interview: Interview, rows: Sequence[QuestionAnswer], known: Mapping[UUID, dict[str, Any]]) -> None:
        scores = {row.id: self._conversation.score(interview, row) for row in rows if row.state == "answered" and row.id not in known}
        evidence = {**known, **{question_id: resumes.plain(scored) for question_id, scored in scores.items()}}
        items = [(resumes.question(row.question), resumes.answer(row), _score(row, evidence.get(row.id))) for row in rows]
        made = report(items, resumes.opening_from(interview.job_description))
        with self._database.begin(calls.SYSTEM) as connection:
            noticed = noticing.notice(connection, interview, rows, self._clock())
        with self._database.begin(calls.SYSTEM) as connection:
            locked = store.find_and_lock(connection, interview.id)
            if locked is None or locked.status != interview.status:
                return
            for question_id, scored in scores.items():
                store.change_question(connection, question_id, columns(scored))
            overall = resumes.points(made.overall_score)
            told = {**resumes.plain(made), "evidence": {str(question_id): found for question_id, found in evidence.items()}}
            store.keep_signals(connection, noticed)
            version = store.next_version(connection, interview.id)
            store.add_report(connection, Report(ids.mint(), interview.id, version, overall, told, made.comments, self._clock()))
            store.change_interview(connection, interview.id, {"status": "ended", "overall_score": overall})
            audit.record(connection, "report.written", tenant_id=interview.tenant_id, interview_id=interview.id, version=version)
            if locked.status == "scoring":
                events.record(connection, "interview.ended", interview.id, interview.tenant_id, candidate_id=interview.candidate_id)


def _score(row: QuestionAnswer, evidence: dict[str, Any] | None) -> AnswerScore:
    """That of a question without an answer needs no models."""
    if evidence is not None:
        return resumes.score(evidence)
    return score(resumes.question(row.question), Answer(""), lambda _: [])
