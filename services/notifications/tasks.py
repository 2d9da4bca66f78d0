"""What notifications does outside a request beside carrying them: reminding of interviews when the time has come."""

from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls
from services.chassis import tasks as chassis
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.tasks import Handler, Task
from services.notifications import letters, outbox, reminding, rules
from services.notifications.store import notifications as contacts
from services.notifications.store import reminders as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.reminders import Reminder
from services.notifications.unsubscribing import Unsubscribing

_TEMPLATE = "interview_reminder"


def handlers(database: Database, unsubscribing: Unsubscribing, clock: Clock) -> dict[str, Handler]:
    def remind(task: Task) -> None:
        """Once for each of the two: the row says which task it is that reminds them, and is marked with the notification."""
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            reminder = store.lock_reminder(connection, UUID(task.payload["reminder_id"]), None)
            recipients = store.recipients_of(connection, [reminder.id])[reminder.id]
            mine = [one.user_id for one in recipients if one.status == "scheduled" and one.task_id == task.id]
            # After a long outage it would come too late to be a reminder.
            status = "sent" if clock() < reminder.interview_at else "cancelled"
            for user_id in mine:
                store.set_recipient(connection, reminder.id, user_id, status)
                if status == "sent":
                    _post(connection, reminder, user_id)
            if mine and all(one.status != "scheduled" or one.user_id in mine for one in recipients):
                store.set_reminder(connection, reminder.id, status=status)
            if mine:
                steps = audit.turned(status=("scheduled", status))
                audit.record(connection, f"reminder.{status}", tenant_id=reminder.tenant_id, reminder_id=reminder.id, **steps)

    def _post(connection: Connection, reminder: Reminder, user_id: UUID) -> None:
        contact = contacts.get_contact(connection, user_id)  # where auth has not said yet, the task tries again
        now, wishes = clock(), wishes_store.find_wishes(connection, user_id)
        reader = outbox.reader(
            wishes, letters.TEMPLATES[_TEMPLATE].kind, unsubscribing, first_name=contact.first_name, user_id=user_id
        )  # fmt: skip
        words = {"title": reminder.title, "interview_time": reminder.interview_at.isoformat()}
        letter = letters.render(_TEMPLATE, words, reader, now=now)
        outbox.post(
            connection, letter, "email", contact.email, tenant_id=reminder.tenant_id, now=now, template=_TEMPLATE, user_id=user_id,
            needed_by=reminder.interview_at,
        )  # fmt: skip

    def replan_reminders(task: Task) -> None:
        """Somebody lives by another clock now: what is still to come to them comes by that one."""
        user_id = UUID(task.payload["user_id"])
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            wishes, now = wishes_store.find_wishes(connection, user_id), clock()
            for reminder_id in sorted(store.awaited_by(connection, user_id)):
                reminder = store.lock_reminder(connection, reminder_id, None)
                recipients = store.recipients_of(connection, [reminder_id])[reminder_id]
                for one in recipients:
                    if one.user_id == user_id and one.status == "scheduled":
                        chassis.cancel(connection, one.task_id)
                        at = rules.remind_at(reminder.interview_at, None, wishes.time_zone if wishes else "UTC", now=now)
                        reminding.schedule(connection, reminder, user_id, at)
                planned = store.recipients_of(connection, [reminder_id])[reminder_id]
                store.set_reminder(connection, reminder_id, reminder_at=min(one.remind_at for one in planned))

    return {"remind": remind, "replan_reminders": replan_reminders}
