"""Every query of applications and the steps that they take."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page
from services.jobs.tables import Application, StatusChange, applications, jobs, status_changes


def add_application(connection: Connection, application: Application, step: StatusChange) -> None:
    """Adds it with the first step of its history."""
    applied = errors.AlreadyExists("ALREADY_APPLIED", "you have applied to this job already")
    with refusing({"applications_once": applied}):
        connection.execute(applications.insert(), asdict(application))
    connection.execute(status_changes.insert(), asdict(step))


def find_application(connection: Connection, application_id: UUID) -> Application | None:
    """Whosever it is: for tasks, and for services that call for themselves."""
    row = connection.execute(sa.select(applications).where(applications.c.id == application_id)).first()
    return None if row is None else Application(**row._mapping)


def get_application(connection: Connection, application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    """One to the tenant, or made by the user."""
    return _application(connection, sa.select(applications), application_id, tenant_id, user_id)


def lock_application(connection: Connection, application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    """As get_application, held until commit, so that moves come one after the other."""
    return _application(connection, sa.select(applications).with_for_update(), application_id, tenant_id, user_id)


def _application(connection: Connection, query: sa.Select[Any], application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    theirs = sa.or_(applications.c.tenant_id == tenant_id, applications.c.user_id == user_id)
    row = connection.execute(query.where(applications.c.id == application_id, theirs)).first()
    if row is None:
        raise no_application()
    return Application(**row._mapping)


def no_application() -> errors.NotFound:
    return errors.NotFound("APPLICATION_NOT_FOUND", "there is no such application, or none that you may see")


def list_applications(
    connection: Connection, page: Page, *, tenant_id: UUID | None, user_id: UUID | None, job_id: UUID | None, status: str
) -> Sequence[Application]:
    """Newest first: those to the tenant, or those that the user made."""
    whose = applications.c.user_id == user_id if tenant_id is None else applications.c.tenant_id == tenant_id
    query = sa.select(applications).where(whose).order_by(applications.c.id.desc()).limit(page.fetch)
    if job_id:
        query = query.where(applications.c.job_id == job_id)
    if status:
        query = query.where(applications.c.status == status)
    if page.after:
        query = query.where(applications.c.id < page.after[0])
    return [Application(**row._mapping) for row in connection.execute(query)]


def job_titles(connection: Connection, job_ids: Collection[UUID]) -> dict[UUID, str]:
    """The titles of those jobs that the transaction's scope may see."""
    rows = connection.execute(sa.select(jobs.c.id, jobs.c.title).where(jobs.c.id.in_(job_ids)))
    return {row.id: row.title for row in rows}


def list_steps(connection: Connection, application_id: UUID) -> Sequence[StatusChange]:
    """The history, oldest first."""
    query = sa.select(status_changes).where(status_changes.c.application_id == application_id).order_by(status_changes.c.id)
    return [StatusChange(**row._mapping) for row in connection.execute(query)]


def move_application(connection: Connection, application: Application, step: StatusChange) -> None:
    """Keeps the move of an application that this transaction has locked."""
    connection.execute(
        applications.update()
        .where(applications.c.id == application.id, applications.c.tenant_id == application.tenant_id)
        .values(
            status=application.status, reached=application.reached, interview_at=application.interview_at, updated_at=application.updated_at
        )
    )
    connection.execute(status_changes.insert(), asdict(step))


def keep_reminder(connection: Connection, application_id: UUID, reminder_id: UUID) -> str:
    """Notes the reminder of the interview; the answer is the application's status at that moment, from which a later move will see the reminder."""
    changed = (
        applications.update().where(applications.c.id == application_id).values(reminder_id=reminder_id).returning(applications.c.status)
    )
    return str(connection.execute(changed).scalar_one())


def applications_of(connection: Connection, tenant_id: UUID, candidate_ids: Collection[UUID]) -> dict[UUID, list[Application]]:
    """All that these candidates applied to at the tenant, by candidate."""
    query = sa.select(applications).where(applications.c.tenant_id == tenant_id, applications.c.candidate_id.in_(candidate_ids))
    found: dict[UUID, list[Application]] = {}
    for row in connection.execute(query):
        found.setdefault(row.candidate_id, []).append(Application(**row._mapping))
    return found


def own_application(connection: Connection, application_id: UUID, tenant_id: UUID) -> Application:
    """One to the tenant."""
    row = connection.execute(
        sa.select(applications).where(applications.c.id == application_id, applications.c.tenant_id == tenant_id)
    ).first()
    if row is None:
        raise no_application()
    return Application(**row._mapping)


def lock_applications(connection: Connection, application_ids: Collection[UUID], tenant_id: UUID) -> dict[UUID, Application]:
    """Those of these to the tenant, held until commit; in the order of ids, so that two who move the same ones do not wait for each other."""
    query = sa.select(applications).where(applications.c.id.in_(application_ids), applications.c.tenant_id == tenant_id)
    rows = connection.execute(query.order_by(applications.c.id).with_for_update())
    return {row.id: Application(**row._mapping) for row in rows}
