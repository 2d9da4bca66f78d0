"""Every query of interview reminders, and of the two who are reminded."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis import errors
from services.chassis.paging import Page
from services.notifications.tables.reminders import Reminded, Reminder, interview_reminders, reminder_recipients


def add_reminder(connection: Connection, reminder: Reminder) -> None:
    connection.execute(interview_reminders.insert(), asdict(reminder))


def lock_application(connection: Connection, application_id: UUID) -> None:
    """Holds the reminders of an application until commit, those too that are not there yet."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(application_id), 7))))


def lock_scheduled(connection: Connection, application_id: UUID, tenant_id: UUID) -> Sequence[Reminder]:
    table = interview_reminders
    where = (table.c.application_id == application_id, table.c.tenant_id == tenant_id, table.c.status != "cancelled")
    query = sa.select(table).where(*where).order_by(table.c.id).with_for_update()
    return [Reminder(**row._mapping) for row in connection.execute(query)]


def lock_reminder(connection: Connection, reminder_id: UUID, tenant_id: UUID | None) -> Reminder:
    """Holds a reminder of the organization until commit, so that it is either cancelled or sent; None is any one, for tasks and services."""
    query = sa.select(interview_reminders).where(interview_reminders.c.id == reminder_id).with_for_update()
    if tenant_id is not None:
        query = query.where(interview_reminders.c.tenant_id == tenant_id)
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("REMINDER_NOT_FOUND", "there is no such reminder in this organization")
    return Reminder(**row._mapping)


def set_reminder(connection: Connection, reminder_id: UUID, **values: object) -> None:
    connection.execute(interview_reminders.update().where(interview_reminders.c.id == reminder_id).values(**values))


def put_recipient(connection: Connection, one: Reminded) -> None:
    table = reminder_recipients
    connection.execute(table.delete().where(table.c.reminder_id == one.reminder_id, table.c.user_id == one.user_id))
    connection.execute(table.insert(), asdict(one))


def set_recipient(connection: Connection, reminder_id: UUID, user_id: UUID, status: str) -> None:
    table = reminder_recipients
    connection.execute(table.update().where(table.c.reminder_id == reminder_id, table.c.user_id == user_id).values(status=status))


def recipients_of(connection: Connection, reminder_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Reminded]]:
    table = reminder_recipients
    found: dict[UUID, list[Reminded]] = {reminder_id: [] for reminder_id in reminder_ids}
    query = sa.select(table).where(table.c.reminder_id.in_(reminder_ids)).order_by(table.c.remind_at, table.c.user_id)
    for row in connection.execute(query):
        found[row.reminder_id].append(Reminded(**row._mapping))
    return found


def awaited_by(connection: Connection, user_id: UUID) -> Sequence[UUID]:
    """The reminders that are still to come to somebody, by the day before of their own clock."""
    table, reminders = reminder_recipients, interview_reminders
    joined = sa.select(table.c.reminder_id).join(reminders, reminders.c.id == table.c.reminder_id)
    return connection.execute(joined.where(table.c.user_id == user_id, table.c.status == "scheduled", ~reminders.c.fixed)).scalars().all()


def list_reminders(connection: Connection, tenant_id: UUID, user_id: UUID, page: Page) -> Sequence[Reminder]:
    table = interview_reminders
    theirs = sa.or_(table.c.tenant_id == tenant_id, table.c.candidate_id == user_id, table.c.employer_id == user_id)
    query = sa.select(table).where(theirs).order_by(table.c.reminder_at.desc(), table.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(sa.tuple_(table.c.reminder_at, table.c.id) < sa.tuple_(*page.after))
    return [Reminder(**row._mapping) for row in connection.execute(query)]
