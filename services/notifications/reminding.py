"""How a reminder is planned for each of the two, moved and cancelled, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, tasks
from services.notifications import rules
from services.notifications.store import reminders as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.reminders import Reminded, Reminder


def plan(connection: Connection, reminder: Reminder, wanted: datetime | None, *, now: datetime) -> Sequence[Reminded]:
    """A time and a task for each, by their own clock."""
    planned = []
    for user_id in sorted({reminder.candidate_id, reminder.employer_id}):
        wishes = wishes_store.find_wishes(connection, user_id)
        remind_at = rules.remind_at(reminder.interview_at, wanted, wishes.time_zone if wishes else "UTC", now=now)
        planned.append(schedule(connection, reminder, user_id, remind_at))
    planned.sort(key=lambda one: (one.remind_at, one.user_id))
    store.set_reminder(connection, reminder.id, reminder_at=planned[0].remind_at)
    return planned


def schedule(connection: Connection, reminder: Reminder, user_id: UUID, remind_at: datetime) -> Reminded:
    """The task that is named with the person is the only one that reminds them: an earlier one that has just begun finds that it is not."""
    payload = {"reminder_id": reminder.id, "user_id": user_id}
    task_id = tasks.enqueue(connection, "remind", payload, tenant_id=reminder.tenant_id, run_at=remind_at)
    one = Reminded(reminder.id, user_id, remind_at, "scheduled", task_id)
    store.put_recipient(connection, one)
    return one


def is_same(reminder: Reminder, recipients: Sequence[Reminded], people: tuple[UUID, UUID], wanted: datetime | None) -> bool:
    """Whether both would be reminded as they are already, given that the interview is at the same time."""
    if people != (reminder.candidate_id, reminder.employer_id) or reminder.fixed != (wanted is not None):
        return False
    return wanted is None or all(one.remind_at == wanted for one in recipients)


def move(
    connection: Connection, reminder: Reminder, recipients: Sequence[Reminded], interview_at: datetime, wanted: datetime | None
) -> Reminder:
    for one in recipients:
        tasks.cancel(connection, one.task_id)
    moved = replace(reminder, interview_at=interview_at, fixed=wanted is not None, status="scheduled")
    store.set_reminder(connection, reminder.id, interview_at=interview_at, fixed=moved.fixed, status="scheduled")
    return moved


def cancel(connection: Connection, reminder: Reminder) -> None:
    """Who was reminded already stays so. A task that is just starting waits for the row, and then finds that there is nothing to do."""
    for one in store.recipients_of(connection, [reminder.id])[reminder.id]:
        if one.status == "scheduled":
            tasks.cancel(connection, one.task_id)
            store.set_recipient(connection, reminder.id, one.user_id, "cancelled")
    if reminder.status == "scheduled":
        store.set_reminder(connection, reminder.id, status="cancelled")
        steps = audit.turned(status=(reminder.status, "cancelled"))
        audit.record(connection, "reminder.cancelled", tenant_id=reminder.tenant_id, reminder_id=reminder.id, **steps)
