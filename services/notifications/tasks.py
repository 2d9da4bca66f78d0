"""What notifications does outside a request: carrying them to their channels, and sending reminders when their time has come."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls
from services.chassis import tasks as chassis
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.chassis.tasks import Handler, Task
from services.notifications import letters, outbox
from services.notifications.providers.channel import Channel, Undeliverable
from services.notifications.store import notifications as store
from services.notifications.tables import Reminder


def handlers(database: Database, channels: Mapping[str, Channel], clock: Clock) -> dict[str, Handler]:
    def deliver(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            notification = store.find_notification(connection, UUID(task.payload["notification_id"]))
        if notification is None or notification.status != "queued":
            return
        channel = channels.get(notification.notification_type)
        if channel is None:
            raise LookupError(f"no channel for {notification.notification_type}: it was configured when this was recorded")
        refused = ""
        try:
            channel.send(notification, again=task.attempts > 1)
        except Undeliverable as problem:
            refused = str(problem)
            log.warning("notification refused", extra={"notification_id": str(notification.id), "problem": refused})
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            secret = notification.template in letters.TEMPLATES and letters.TEMPLATES[notification.template].secret
            if refused:
                store.mark_failed(connection, notification.id, secret=secret)
            else:
                store.mark_sent(connection, notification.id, clock(), secret=secret)
            action = "notification.failed" if refused else "notification.sent"
            audit.record(connection, action, tenant_id=notification.tenant_id, notification_id=notification.id)

    def remind(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            reminder = store.lock_reminder(connection, UUID(task.payload["reminder_id"]), None)
            if reminder.status == "scheduled":
                status = "sent" if clock() < reminder.interview_at else "cancelled"  # after a long outage it would come too late to be one
                store.set_reminder_status(connection, reminder.id, status)
                steps = audit.turned(status=(reminder.status, status))
                audit.record(connection, f"reminder.{status}", tenant_id=reminder.tenant_id, reminder_id=reminder.id, **steps)
                if status == "sent":
                    _post(connection, reminder)

    def _post(connection: Connection, reminder: Reminder) -> None:
        for user_id in sorted({reminder.candidate_id, reminder.employer_id}):
            contact = store.get_contact(connection, user_id)  # where auth has not said yet, the task tries again
            now, template = clock(), "interview_reminder"
            words = {"first_name": contact.first_name, "title": reminder.title, "interview_time": reminder.interview_at.isoformat()}
            letter = letters.render(template, words, now=now)
            outbox.post(
                connection, letter, "email", contact.email, tenant_id=reminder.tenant_id, now=now, template=template, user_id=user_id
            )

    return {"deliver": deliver, "remind": remind}
