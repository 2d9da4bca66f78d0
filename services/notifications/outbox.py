"""The one way into delivery: a notification, and the task that carries it, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, ids, tasks
from services.notifications.letters import Letter
from services.notifications.store import notifications as store
from services.notifications.tables import Notification


def post(
    connection: Connection, letter: Letter, notification_type: str, recipient: str, *, tenant_id: UUID, now: datetime, template: str = "",
    user_id: UUID | None = None, sender_id: UUID | None = None,
) -> Notification:  # fmt: skip
    """Records a notification. One in the product is there once it is recorded; any other is queued for its channel."""
    at_once, by_mail = notification_type == "in_app", notification_type == "email"
    notification = Notification(
        ids.mint(), tenant_id, sender_id, user_id, notification_type, template, letter.subject, letter.text,
        letter.html if by_mail else "", letter.calendar if by_mail else "", recipient,
        "sent" if at_once else "queued", now if at_once else None, None, now,
    )  # fmt: skip
    store.add_notification(connection, notification)
    audit.record(connection, "notification.recorded", tenant_id=tenant_id, notification_id=notification.id, template=template)
    if not at_once:
        tasks.enqueue(connection, "deliver", {"notification_id": notification.id}, tenant_id=tenant_id)
    return notification
