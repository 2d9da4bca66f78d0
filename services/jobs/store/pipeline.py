"""Every query of notes, scorecards and self-identifications, and of what is counted over all applications to a job."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis.paging import Page
from services.jobs.tables import (
    Note,
    Scorecard,
    SelfIdentification,
    Stay,
    applications,
    notes,
    scorecards,
    self_identifications,
    status_changes,
)


def add_note(connection: Connection, note: Note) -> None:
    connection.execute(notes.insert(), asdict(note))


def list_notes(connection: Connection, page: Page, application_id: UUID, tenant_id: UUID) -> Sequence[Note]:
    query = sa.select(notes).where(notes.c.application_id == application_id, notes.c.tenant_id == tenant_id)
    if page.after:
        query = query.where(notes.c.id > page.after[0])
    return [Note(**row._mapping) for row in connection.execute(query.order_by(notes.c.id).limit(page.fetch))]


def put_scorecard(connection: Connection, card: Scorecard) -> None:
    row = asdict(card)
    key = ["application_id", "author_id"]
    connection.execute(insert(scorecards).values(row).on_conflict_do_update(index_elements=key, set_=row))


def list_scorecards(connection: Connection, application_id: UUID, tenant_id: UUID) -> Sequence[Scorecard]:
    query = sa.select(scorecards).where(scorecards.c.application_id == application_id, scorecards.c.tenant_id == tenant_id)
    return [Scorecard(**row._mapping) for row in connection.execute(query.order_by(scorecards.c.updated_at, scorecards.c.author_id))]


def put_self_identification(connection: Connection, said: SelfIdentification) -> None:
    row = asdict(said)
    connection.execute(insert(self_identifications).values(row).on_conflict_do_update(index_elements=["application_id"], set_=row))


def forget_self_identification(connection: Connection, application_id: UUID, user_id: UUID) -> None:
    mine = self_identifications.c
    connection.execute(self_identifications.delete().where(mine.application_id == application_id, mine.user_id == user_id))


def count_answers(connection: Connection, job_id: UUID, question: str) -> Sequence[tuple[str, str, str, int]]:
    """How many applications to the job have each answer to the question, furthest stage and status. Only the service itself may ask for all."""
    answer = self_identifications.c[question]
    query = (
        sa.select(answer, applications.c.reached, applications.c.status, sa.func.count())
        .join(applications, applications.c.id == self_identifications.c.application_id)
        .where(applications.c.job_id == job_id, answer != "")
        .group_by(answer, applications.c.reached, applications.c.status)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def count_outcomes(connection: Connection, job_id: UUID, tenant_id: UUID) -> Sequence[tuple[str, str, str, int]]:
    """How many applications to a job of the tenant have each source, furthest stage and status."""
    theirs = applications.c
    query = (
        sa.select(theirs.source, theirs.reached, theirs.status, sa.func.count())
        .where(theirs.job_id == job_id, theirs.tenant_id == tenant_id)
        .group_by(theirs.source, theirs.reached, theirs.status)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def list_stays(
    connection: Connection, job_id: UUID, tenant_id: UUID, pipeline: Sequence[str], final: Collection[str], now: datetime
) -> Sequence[Stay]:
    """The stages that applications to a job of the tenant stood at, each summed up; `pipeline` are those that a step to is a step forward, and nobody
    waits at a `final` one.
    """
    change = status_changes.c

    def following(column: sa.ColumnElement[Any]) -> sa.Over[Any]:
        return sa.func.lead(column).over(partition_by=change.application_id, order_by=change.id)

    steps = (
        sa.select(
            change.to_status.label("status"), change.created_at.label("since"),
            following(change.created_at).label("until"), following(change.to_status).label("next"),
            (change.created_at - applications.c.applied_at).label("lead"),
        )
        .join(applications, applications.c.id == change.application_id)
        .where(applications.c.job_id == job_id, applications.c.tenant_id == tenant_id)
        .subquery()
    )  # fmt: skip
    seconds = sa.case((steps.c.status.in_(final), 0), else_=sa.extract("epoch", sa.func.coalesce(steps.c.until, now) - steps.c.since))
    lead = sa.extract("epoch", steps.c.lead)
    query = sa.select(
        steps.c.status, sa.func.count(), sa.func.count().filter(steps.c.next.is_(None)),
        sa.func.count().filter(steps.c.next.in_(pipeline)), sa.func.percentile_cont(0.5).within_group(seconds), sa.func.avg(seconds),
        sa.func.percentile_cont(0.5).within_group(lead),
    ).group_by(steps.c.status)  # fmt: skip
    return [Stay(row[0], row[1], row[2], row[3], float(row[4]), float(row[5]), float(row[6])) for row in connection.execute(query)]
