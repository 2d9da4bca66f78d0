"""Every query of interviews."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors, ids
from services.chassis.database import constraint_of
from services.chassis.paging import Page
from services.interviews.tables import (
    Interview,
    Line,
    Override,
    QuestionAnswer,
    Report,
    Signal,
    feedback_reports,
    interviews,
    question_answers,
    score_overrides,
    signals,
    transcript,
    transcript_reads,
)

_ASKED = question_answers.c.number.is_not(None)


class Repeated(Exception):  # noqa: N818 - an outcome, not a fault
    """The same start, or the same line of a room, was stored before."""


def no_interview() -> errors.NotFound:
    return errors.NotFound("INTERVIEW_NOT_FOUND", "there is no such interview that you take part in")


def add_interview(connection: Connection, interview: Interview) -> None:
    """Claims a start. Raises Repeated where its key is taken, after which the transaction can only be left."""
    try:
        connection.execute(interviews.insert().inline(), asdict(interview))
    except sa.exc.IntegrityError as problem:
        if constraint_of(problem) == "interviews_start_key":
            raise Repeated from problem
        raise


def find_start(connection: Connection, tenant_id: UUID, start_key: str) -> Interview | None:
    return _interview(
        connection.execute(sa.select(interviews).where(interviews.c.tenant_id == tenant_id, interviews.c.start_key == start_key)).first()
    )


def find_interview(connection: Connection, interview_id: UUID) -> Interview | None:
    """The transaction's scope alone decides who sees it."""
    return _interview(connection.execute(sa.select(interviews).where(interviews.c.id == interview_id)).first())


def get_interview(connection: Connection, interview_id: UUID, tenant_id: UUID, user_id: UUID) -> Interview:
    """One that the organization started, or that the person is asked in."""
    found = _interview(connection.execute(sa.select(interviews).where(interviews.c.id == interview_id, _side(tenant_id, user_id))).first())
    if found is None:
        raise no_interview()
    return found


def get_own_interview(connection: Connection, interview_id: UUID, tenant_id: UUID) -> Interview:
    """One that the organization started."""
    query = sa.select(interviews).where(interviews.c.id == interview_id, interviews.c.tenant_id == tenant_id)
    found = _interview(connection.execute(query).first())
    if found is None:
        raise no_interview()
    return found


def lock_interview(connection: Connection, interview_id: UUID, tenant_id: UUID, user_id: UUID) -> Interview:
    """As get_interview, held until commit: what is said and asked in one interview happens one after the other."""
    query = sa.select(interviews).where(interviews.c.id == interview_id, _side(tenant_id, user_id)).with_for_update()
    found = _interview(connection.execute(query).first())
    if found is None:
        raise no_interview()
    return found


def find_and_lock(connection: Connection, interview_id: UUID) -> Interview | None:
    """For work that belongs to no person."""
    return _interview(connection.execute(sa.select(interviews).where(interviews.c.id == interview_id).with_for_update()).first())


def list_interviews(
    connection: Connection, page: Page, *, tenant_id: UUID | None, user_id: UUID | None, job_id: UUID | None
) -> Sequence[Interview]:
    """Those of the tenant, or those that the user is asked in; newest first."""
    query = sa.select(interviews).order_by(interviews.c.id.desc()).limit(page.fetch)
    if tenant_id is not None:
        query = query.where(interviews.c.tenant_id == tenant_id)
    if user_id is not None:
        query = query.where(interviews.c.user_id == user_id, interviews.c.status != "starting")
    if job_id is not None:
        query = query.where(interviews.c.job_id == job_id)
    if page.after:
        query = query.where(interviews.c.id < page.after[0])
    return [Interview(**row._mapping) for row in connection.execute(query)]


def change_interview(connection: Connection, interview_id: UUID, values: Mapping[str, Any]) -> None:
    connection.execute(interviews.update().where(interviews.c.id == interview_id).values(**values))


def prepare(connection: Connection, interview_id: UUID, values: Mapping[str, Any]) -> bool:
    """Notes what a start has read; says whether it is still to be started, and holds it until commit."""
    update = interviews.update().where(interviews.c.id == interview_id, interviews.c.status == "starting", interviews.c.resume.is_(None))
    return connection.execute(update.values(**values)).rowcount == 1


def withdraw(connection: Connection, interview_id: UUID) -> bool:
    """Forgets a start that came to nothing."""
    gone = connection.execute(interviews.delete().where(interviews.c.id == interview_id, interviews.c.status == "starting"))
    return gone.rowcount == 1


def add_questions(connection: Connection, questions: Sequence[QuestionAnswer]) -> None:
    connection.execute(question_answers.insert().inline(), [asdict(question) for question in questions])


def list_questions(connection: Connection, interview_id: UUID, *, planned: bool = False) -> list[QuestionAnswer]:
    """Those that were asked, in their order; with `planned`, after them those that were not."""
    query = sa.select(question_answers).where(question_answers.c.interview_id == interview_id)
    if not planned:
        query = query.where(_ASKED)
    return [
        QuestionAnswer(**row._mapping)
        for row in connection.execute(query.order_by(question_answers.c.number.asc().nulls_last(), question_answers.c.position))
    ]


def open_questions(connection: Connection, interview_ids: Sequence[UUID]) -> dict[UUID, QuestionAnswer]:
    """The question of each interview that waits for an answer."""
    query = sa.select(question_answers).where(
        question_answers.c.interview_id.in_(interview_ids), question_answers.c.state.in_(("open", "transcribing"))
    )
    found = [QuestionAnswer(**row._mapping) for row in connection.execute(query)]
    return {question.interview_id: question for question in found}


def count_asked(connection: Connection, interview_ids: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        sa.select(question_answers.c.interview_id, sa.func.count())
        .where(question_answers.c.interview_id.in_(interview_ids), _ASKED)
        .group_by(question_answers.c.interview_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def get_question(connection: Connection, interview_id: UUID, question_id: UUID) -> QuestionAnswer:
    """One that was asked in this interview."""
    query = sa.select(question_answers).where(question_answers.c.id == question_id, question_answers.c.interview_id == interview_id, _ASKED)
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("QUESTION_NOT_FOUND", "there is no such question in this interview")
    return QuestionAnswer(**row._mapping)


def find_question(connection: Connection, question_id: UUID) -> QuestionAnswer | None:
    row = connection.execute(sa.select(question_answers).where(question_answers.c.id == question_id)).first()
    return QuestionAnswer(**row._mapping) if row else None


def change_question(connection: Connection, question_id: UUID, values: Mapping[str, Any]) -> None:
    connection.execute(question_answers.update().where(question_answers.c.id == question_id).values(**values))


def leave_open(connection: Connection, interview_id: UUID) -> None:
    """What is open when an interview ends stays without an answer; a recording that is being transcribed still becomes one."""
    still = sa.and_(question_answers.c.interview_id == interview_id, question_answers.c.state == "open")
    connection.execute(question_answers.update().where(still).values(state="unanswered"))


def add_line(
    connection: Connection, interview_id: UUID, speaker: str, text: str, *, now: datetime, sender_id: UUID | None = None, sender_name: str = "",
    question_id: UUID | None = None, client_id: str | None = None,
) -> Line:  # fmt: skip
    """Adds to the transcript and numbers it. Raises Repeated where this sender's client_id is there already, after which the transaction can only be left."""
    number = (
        interviews.update()
        .where(interviews.c.id == interview_id)
        .values(last_seq=interviews.c.last_seq + 1)
        .returning(interviews.c.last_seq)
    )
    seq = connection.execute(number).scalar_one()
    line = Line(ids.mint(), interview_id, seq, speaker, sender_id, sender_name, text, question_id, client_id, now)
    try:
        connection.execute(transcript.insert().inline(), asdict(line))
    except sa.exc.IntegrityError as problem:
        if constraint_of(problem) == "transcript_client_id":
            raise Repeated from problem
        raise
    return line


def has_spoken(connection: Connection, interview_id: UUID) -> bool:
    """Whether the candidate has said anything, in whichever way."""
    said = sa.select(sa.true()).where(transcript.c.interview_id == interview_id, transcript.c.speaker == "candidate")
    return connection.execute(said.limit(1)).first() is not None


def get_line(connection: Connection, interview_id: UUID, sender_id: UUID, client_id: str) -> Line:
    query = sa.select(transcript).where(
        transcript.c.interview_id == interview_id, transcript.c.sender_id == sender_id, transcript.c.client_id == client_id
    )
    return Line(**connection.execute(query).one()._mapping)


def list_lines(connection: Connection, interview_id: UUID, after: int = 0, limit: int | None = None, before: int = 0) -> list[Line]:
    """All lines, or so many after a number, oldest first; with `after` below zero the newest `limit` ones, of those before a number where one is given."""
    query = sa.select(transcript).where(transcript.c.interview_id == interview_id).limit(limit)
    if after < 0:
        query = query.where(transcript.c.seq < before) if before else query
        rows = list(connection.execute(query.order_by(transcript.c.seq.desc())))
        return [Line(**row._mapping) for row in reversed(rows)]
    return [Line(**row._mapping) for row in connection.execute(query.where(transcript.c.seq > after).order_by(transcript.c.seq))]


def read_mark(connection: Connection, interview_id: UUID, user_id: UUID) -> int:
    query = sa.select(transcript_reads.c.seq).where(transcript_reads.c.interview_id == interview_id, transcript_reads.c.user_id == user_id)
    return connection.execute(query).scalar() or 0


def mark_read(connection: Connection, interview: Interview, user_id: UUID, seq: int) -> int:
    """Moves the mark forward, never back and never past the newest line; returns where it is."""
    values = {"interview_id": interview.id, "user_id": user_id, "seq": min(seq, interview.last_seq)}
    put = insert(transcript_reads).values(**values)
    kept = put.on_conflict_do_update(
        index_elements=["interview_id", "user_id"], set_={"seq": sa.func.greatest(transcript_reads.c.seq, put.excluded.seq)}
    ).returning(transcript_reads.c.seq)
    return int(connection.execute(kept).scalar_one())


def add_report(connection: Connection, report: Report) -> None:
    connection.execute(feedback_reports.insert().inline(), asdict(report))


def next_version(connection: Connection, interview_id: UUID) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(feedback_reports.c.version), 0) + 1).where(
        feedback_reports.c.interview_id == interview_id
    )
    return int(connection.execute(query).scalar_one())


def find_report(connection: Connection, interview_id: UUID, version: int = 0) -> Report | None:
    """The newest, unless a version is named."""
    query = sa.select(feedback_reports).where(feedback_reports.c.interview_id == interview_id)
    if version:
        query = query.where(feedback_reports.c.version == version)
    row = connection.execute(query.order_by(feedback_reports.c.version.desc()).limit(1)).first()
    return Report(**row._mapping) if row else None


def add_override(connection: Connection, override: Override) -> None:
    connection.execute(score_overrides.insert().inline(), asdict(override))


def list_overrides(connection: Connection, interview_id: UUID) -> list[Override]:
    """Oldest first."""
    query = sa.select(score_overrides).where(score_overrides.c.interview_id == interview_id).order_by(score_overrides.c.id)
    return [Override(**row._mapping) for row in connection.execute(query)]


def add_signals(connection: Connection, noticed: Sequence[Signal]) -> None:
    connection.execute(signals.insert().inline(), [asdict(signal) for signal in noticed])


def keep_signals(connection: Connection, noticed: Sequence[Signal]) -> None:
    """Adds those that are not there yet."""
    if noticed:
        connection.execute(insert(signals).values([asdict(signal) for signal in noticed]).on_conflict_do_nothing())


def count_signals(connection: Connection, interview_id: UUID) -> int:
    query = sa.select(sa.func.count()).select_from(signals).where(signals.c.interview_id == interview_id)
    return int(connection.execute(query).scalar_one())


def list_signals(connection: Connection, interview_id: UUID) -> list[Signal]:
    """In the order in which they were noticed."""
    query = sa.select(signals).where(signals.c.interview_id == interview_id).order_by(signals.c.noticed_at, signals.c.id)
    return [Signal(**row._mapping) for row in connection.execute(query)]


def _side(tenant_id: UUID, user_id: UUID) -> sa.ColumnElement[bool]:
    asked = sa.and_(interviews.c.user_id == user_id, interviews.c.status != "starting")
    return sa.or_(interviews.c.tenant_id == tenant_id, asked)


def _interview(row: sa.Row[Any] | None) -> Interview | None:
    return Interview(**row._mapping) if row else None
