"""The one way into delivery: a notification, and the task that carries it, in the caller's transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, ids, tasks
from services.notifications import rules
from services.notifications.letters import Letter, Reader
from services.notifications.rules import Course
from services.notifications.store import notifications as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.notifications import WAITING, Notification, Wishes
from services.notifications.unsubscribing import Unsubscribing

# A provider may be away for a day: pauses grow to an hour, and this many of them are three days.
MAX_ATTEMPTS = 80
GIVE_UP_AFTER = timedelta(days=3)


def post(
    connection: Connection, letter: Letter, notification_type: str, recipient: str, *, tenant_id: UUID, now: datetime, template: str = "",
    user_id: UUID | None = None, sender_id: UUID | None = None, send_at: datetime | None = None, needed_by: datetime | None = None,
) -> Notification:  # fmt: skip
    """Records a notification. One in the product is there once it is recorded, where it is not for later; any other goes to its channel."""
    by_mail = notification_type == "email"
    notification = Notification(
        ids.mint(), tenant_id, sender_id, user_id, notification_type, template, letter.subject, letter.words(notification_type),
        letter.html if by_mail else "", letter.calendar if by_mail else "", recipient, "queued", None, None, now, letter.kind, send_at, needed_by,
    )  # fmt: skip
    decided = decide(connection, notification, now=now)
    at_once = decided.status == "queued" and notification_type == "in_app"
    notification = replace(
        notification, status="sent" if at_once else decided.status, sent_at=now if at_once else None, failure=decided.failure
    )  # fmt: skip
    store.add_notification(connection, notification)
    audit.record(connection, "notification.recorded", tenant_id=tenant_id, notification_id=notification.id, template=template)
    if notification.status in WAITING:
        carry(connection, notification, decided.at)
    return notification


def carry(connection: Connection, notification: Notification, at: datetime | None = None) -> None:
    """Each channel has tasks and workers of its own, so that one which is slow holds up no other."""
    kind, payload = f"deliver_{notification.notification_type}", {"notification_id": notification.id}
    tasks.enqueue(connection, kind, payload, tenant_id=notification.tenant_id, run_at=at, max_attempts=MAX_ATTEMPTS)


def decide(connection: Connection, notification: Notification, *, now: datetime) -> Course:
    """What its recipient's wishes, and their address, make of it."""
    wishes = wishes_store.find_wishes(connection, notification.user_id) if notification.user_id else None
    suppressed = notification.notification_type == "email" and wishes_store.is_suppressed(connection, notification.recipient)
    return rules.course(notification, wishes, suppressed=suppressed, now=now)


def reader(
    wishes: Wishes | None, kind: str, unsubscribing: Unsubscribing | None = None, *, first_name: str = "", language: str = "", user_id: UUID | None = None
) -> Reader:  # fmt: skip
    """Whom a letter is for, by what they have said; only a person that we know can turn a kind off, and only one that is not mandatory."""
    link = unsubscribing.link(user_id, kind) if unsubscribing and user_id and not rules.KINDS[kind].mandatory else ""
    return Reader((wishes.language if wishes else "") or language or "en", wishes.time_zone if wishes else "UTC", first_name, link)
