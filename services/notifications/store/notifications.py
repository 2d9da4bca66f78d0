"""Every query of contacts and notifications."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.chassis.paging import Page
from services.notifications.tables.notifications import WAITING, Contact, Notification, contacts, notifications


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
    """What is for the product alone is listed once it is there."""
    shown = sa.or_(notifications.c.notification_type != "in_app", notifications.c.status == "sent")
    query = sa.select(notifications).where(notifications.c.user_id == user_id, shown).order_by(notifications.c.id.desc()).limit(page.fetch)
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


def lock_notification(connection: Connection, notification_id: UUID, sender_id: UUID | None = None) -> Notification | None:
    """Holds a notification until commit, so that it is either cancelled or on its way; with a sender, one of theirs."""
    query = sa.select(notifications).where(notifications.c.id == notification_id).with_for_update()
    if sender_id is not None:
        query = query.where(notifications.c.sender_id == sender_id)
    row = connection.execute(query).first()
    return Notification(**row._mapping) if row else None


def set_notification(connection: Connection, notification_id: UUID, **values: object) -> None:
    connection.execute(notifications.update().where(notifications.c.id == notification_id).values(**values))


def mark_sent(connection: Connection, notification_id: UUID, now: datetime, *, secret: bool, provider_id: str = "") -> None:
    """What is only needed for sending is dropped with it; of a secret one that is all. What a provider has said meanwhile stays."""
    table, waits = notifications, notifications.c.status.in_(WAITING)
    dropped = ("html", "calendar", "message") if secret else ("html", "calendar")
    values: dict[str, object] = {"status": "sent", "sent_at": now, "failure": "", **dict.fromkeys(dropped, "")}
    if provider_id:
        values["provider_id"] = provider_id
    connection.execute(table.update().where(table.c.id == notification_id, waits).values(values))


def mark_failed(connection: Connection, notification_id: UUID, failure: str, *, secret: bool) -> None:
    """Its words stay, so that it can be sent once more, unless they are secret."""
    dropped = dict.fromkeys(("html", "calendar", "message"), "") if secret else {}
    set_notification(connection, notification_id, status="failed", failure=failure, **dropped)


def list_failed(connection: Connection, page: Page) -> Sequence[Notification]:
    query = sa.select(notifications).where(notifications.c.status == "failed").order_by(notifications.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(notifications.c.id < page.after[0])
    return [Notification(**row._mapping) for row in connection.execute(query)]


def is_anothers(connection: Connection, provider_id: str, notification_id: UUID) -> bool:
    """Whether a provider's id is known to belong to another notification."""
    other = sa.exists().where(notifications.c.provider_id == provider_id, notifications.c.id != notification_id)
    return connection.execute(sa.select(other)).scalar_one()
