"""Rows as their messages, with what each side may see."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from einstellen.interviews.v1 import interviews_pb2
from services.chassis import errors
from services.chassis.calls import Person
from services.chassis.clock import to_timestamp
from services.interviews import rules, store
from services.interviews.tables import Interview, Line, Override, QuestionAnswer, Report, Signal


def to_interview(
    interview: Interview, *, organization: bool, asked_count: int = 0, open_question: QuestionAnswer | None = None
) -> interviews_pb2.Interview:
    answer = interviews_pb2.Interview(
        id=str(interview.id), candidate_id=str(interview.candidate_id), user_id=str(interview.user_id or ""), candidate_name=interview.candidate_name,
        job_id=str(interview.job_id), job_title=interview.job_title, subscription_id=str(interview.subscription_id or ""), status=interview.status,
        asked_count=asked_count, share_report=interview.share_report, is_recording_allowed=interview.consented_at is not None, room_name=interview.room_name,
        create_time=to_timestamp(interview.created_at), start_time=to_timestamp(interview.started_at), end_time=to_timestamp(interview.ended_at),
    )  # fmt: skip
    if open_question is not None and interview.status == "running":
        answer.open_question.CopyFrom(to_question(open_question, scored=False))
    if organization and interview.overall_score is not None:
        answer.overall_score = float(interview.overall_score)
    return answer


def to_question(row: QuestionAnswer, *, scored: bool) -> interviews_pb2.Question:
    """What a good answer has is never told before there is one, and to the candidate not at all unless the report is shared."""
    question = row.question
    tests = [test for test in question["tests"] if not test.get("is_hidden")]
    answer = interviews_pb2.Question(
        id=str(row.id), number=row.number or 0, kind=question["kind"], skill=question["skill"], level=question["level"], text=question["text"],
        asks_for_code=question["asks_for_code"], signature=question["signature"], follows_id=str(row.follows_id or ""), state=row.state,
        answer=row.answer, code=row.code, language=row.language, source=row.source, problem=row.problem, ask_time=to_timestamp(row.asked_at),
        answer_time=to_timestamp(row.answered_at), hidden_test_count=len(question["tests"]) - len(tests),
        tests=[interviews_pb2.CodeTest(arguments=test["arguments"], expected=test["expected"]) for test in tests],
    )  # fmt: skip
    if scored and row.evidence is not None:
        answer.score.CopyFrom(to_score(row.evidence))
    return answer


def to_score(evidence: dict[str, Any]) -> interviews_pb2.AnswerScore:
    code = evidence.get("code")
    return interviews_pb2.AnswerScore(
        code=to_code_score(code) if code else None,
        value=evidence["value"], is_deviated=evidence["is_deviated"], relevance=evidence["relevance"], notes=evidence["notes"],
        points=[interviews_pb2.Point(text=point["text"], found=point["found"], quote=point["quote"]) for point in evidence["points"]],
    )  # fmt: skip


def to_code_score(told: dict[str, Any]) -> interviews_pb2.CodeScore:
    return interviews_pb2.CodeScore(
        passed_count=told["passed"], test_count=told["total"], growth=told["growth"], good_growth=told["good_growth"]
    )


def to_line(line: Line) -> interviews_pb2.TranscriptLine:
    return interviews_pb2.TranscriptLine(
        id=str(line.id), seq=line.seq, speaker=line.speaker, speaker_name=line.sender_name, text=line.text, question_id=str(line.question_id or ""),
        say_time=to_timestamp(line.said_at),
    )  # fmt: skip


def find_report(connection: Connection, person: Person, interview_id: UUID, version: int = 0) -> tuple[Interview, Report]:
    """Raises NotFound / INTERVIEW_NOT_FOUND, REPORT_NOT_FOUND."""
    interview = store.get_interview(connection, interview_id, person.tenant_id, person.user_id)
    report = store.find_report(connection, interview.id, version) if rules.may_read_report(interview, person) else None
    if report is None:
        raise errors.NotFound("REPORT_NOT_FOUND", "there is no report of this interview that you may read")
    return interview, report


def read_report(connection: Connection, person: Person, interview_id: UUID, version: int = 0) -> interviews_pb2.FeedbackReport:
    interview, report = find_report(connection, person, interview_id, version)
    answer = to_report(report, store.list_questions(connection, interview.id))
    if rules.is_organization(interview, person):
        answer.overrides.extend(map(to_override, store.list_overrides(connection, interview.id)))
        answer.signals.extend(map(to_signal, store.list_signals(connection, interview.id)))
    return answer


def to_report(report: Report, questions: Sequence[QuestionAnswer]) -> interviews_pb2.FeedbackReport:
    """With the evidence of the day it was written, whatever became of the scores since."""
    told = report.detailed_scores
    rows = [replace(question, evidence=told["evidence"].get(str(question.id))) for question in questions]
    return interviews_pb2.FeedbackReport(
        id=str(report.id), interview_id=str(report.interview_id), version=report.version, overall_score=float(report.overall_score),
        skills=[to_skill(skill) for skill in told["skills"]], questions=[to_question(row, scored=True) for row in rows],
        strengths=told["strengths"], gaps=told["gaps"], comments=report.comments, rubric_version=told["rubric"],
        generate_time=to_timestamp(report.generated_at),
    )  # fmt: skip


def to_skill(told: dict[str, Any]) -> interviews_pb2.SkillScore:
    return interviews_pb2.SkillScore(
        skill=told["skill"], score=told["score"], question_count=told["answers"], is_required=told["is_required"]
    )


def to_override(override: Override) -> interviews_pb2.ScoreOverride:
    return interviews_pb2.ScoreOverride(
        id=str(override.id), question_id=str(override.question_id or ""), value=float(override.value), reason=override.reason,
        user_id=str(override.user_id), create_time=to_timestamp(override.created_at),
    )  # fmt: skip


def to_signal(signal: Signal) -> interviews_pb2.Signal:
    return interviews_pb2.Signal(
        kind=signal.kind, time=to_timestamp(signal.noticed_at), amount=signal.amount, question_id=str(signal.question_id or "")
    )
