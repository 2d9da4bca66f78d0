"""Every query of contacts, notifications and reminders."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.chassis.paging import Page
from services.notifications.tables import Contact, Notification, Reminder, contacts, interview_reminders, notifications


def put_contact(connection: Connection, contact: Contact) -> bool:
    """Keeps the contact unless a later version is there; says whether it was kept."""
    row = asdict(contact)
    later = contacts.c.version < contact.version
    statement = insert(contacts).values(row).on_conflict_do_update(index_elements=["user_id"], set_=row, where=later)
    return connection.execute(statement).rowcount == 1


def find_contact(connection: Connection, user_id: UUID) -> Contact | None:
    row = connection.execute(sa.select(contacts).where(contacts.c.user_id == user_id)).first()
    return Contact(**row._mapping) if row else None


def get_contact(connection: Connection, user_id: UUID) -> Contact:
    found = find_contact(connection, user_id)
    if found is None:
        raise errors.NotFound("RECIPIENT_NOT_FOUND", "there is no such person, or none that you may write to")
    return found


def get_reachable(connection: Connection, sender_id: UUID, user_id: UUID) -> Contact:
    """The contact of somebody that the sender may write to: themselves, or a person in a room with them."""
    if user_id != sender_id and not connection.execute(sa.select(sa.func.shares_room(sender_id, user_id))).scalar_one():
        raise errors.NotFound("RECIPIENT_NOT_FOUND", "there is no such person, or none that you may write to")
    return get_contact(connection, user_id)


def add_notification(connection: Connection, notification: Notification) -> None:
    connection.execute(notifications.insert(), asdict(notification))


def get_notification(connection: Connection, notification_id: UUID, user_id: UUID) -> Notification:
    """A notification to the user, or sent by them."""
    theirs = sa.or_(notifications.c.user_id == user_id, notifications.c.sender_id == user_id)
    row = connection.execute(sa.select(notifications).where(notifications.c.id == notification_id, theirs)).first()
    if row is None:
        raise errors.NotFound("NOTIFICATION_NOT_FOUND", "there is no such notification")
    return Notification(**row._mapping)


def find_notification(connection: Connection, notification_id: UUID) -> Notification | None:
    """Whoever it is to: for delivery."""
    row = connection.execute(sa.select(notifications).where(notifications.c.id == notification_id)).first()
    return Notification(**row._mapping) if row else None


def list_notifications(connection: Connection, user_id: UUID, page: Page, *, unread_only: bool) -> Sequence[Notification]:
    query = sa.select(notifications).where(notifications.c.user_id == user_id).order_by(notifications.c.id.desc()).limit(page.fetch)
    if unread_only:
        query = query.where(notifications.c.read_at.is_(None))
    if page.after:
        query = query.where(notifications.c.id < page.after[0])
    return [Notification(**row._mapping) for row in connection.execute(query)]


def mark_read(connection: Connection, notification_id: UUID, user_id: UUID, now: datetime) -> bool:
    """Says whether this was the first time."""
    table = notifications
    mark = table.update().where(table.c.id == notification_id, table.c.user_id == user_id, table.c.read_at.is_(None)).values(read_at=now)
    return connection.execute(mark).rowcount == 1


def mark_sent(connection: Connection, notification_id: UUID, now: datetime, *, secret: bool) -> None:
    """What is only needed for sending is dropped with it; of a secret one that is all."""
    _end(connection, notification_id, secret=secret, status="sent", sent_at=now)


def mark_failed(connection: Connection, notification_id: UUID, *, secret: bool) -> None:
    _end(connection, notification_id, secret=secret, status="failed")


def _end(connection: Connection, notification_id: UUID, *, secret: bool, **values: object) -> None:
    dropped = ("html", "calendar", "message") if secret else ("html", "calendar")
    table = notifications
    connection.execute(table.update().where(table.c.id == notification_id).values(**values, **dict.fromkeys(dropped, "")))


def add_reminder(connection: Connection, reminder: Reminder) -> None:
    connection.execute(interview_reminders.insert(), asdict(reminder))


def lock_reminder(connection: Connection, reminder_id: UUID, tenant_id: UUID | None) -> Reminder:
    """Holds a reminder of the organization until commit, so that it is either cancelled or sent; None is any one, for tasks and services."""
    query = sa.select(interview_reminders).where(interview_reminders.c.id == reminder_id).with_for_update()
    if tenant_id is not None:
        query = query.where(interview_reminders.c.tenant_id == tenant_id)
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("REMINDER_NOT_FOUND", "there is no such reminder in this organization")
    return Reminder(**row._mapping)


def set_reminder_status(connection: Connection, reminder_id: UUID, status: str) -> None:
    connection.execute(interview_reminders.update().where(interview_reminders.c.id == reminder_id).values(status=status))


def list_reminders(connection: Connection, tenant_id: UUID, user_id: UUID, page: Page) -> Sequence[Reminder]:
    table = interview_reminders
    theirs = sa.or_(table.c.tenant_id == tenant_id, table.c.candidate_id == user_id, table.c.employer_id == user_id)
    query = sa.select(table).where(theirs).order_by(table.c.reminder_at.desc(), table.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(sa.tuple_(table.c.reminder_at, table.c.id) < sa.tuple_(*page.after))
    return [Reminder(**row._mapping) for row in connection.execute(query)]
