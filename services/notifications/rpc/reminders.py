"""The RPCs of interview reminders."""

from datetime import datetime
from uuid import UUID

import grpc

from einstellen.notifications.v1 import reminders_pb2, reminders_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids, paging, tasks
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications import rules
from services.notifications.store import notifications as store
from services.notifications.tables import Reminder

Context = grpc.ServicerContext


class ReminderService(reminders_pb2_grpc.ReminderServiceServicer):
    """See reminders.proto."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def CreateReminder(self, request: reminders_pb2.CreateReminderRequest, context: Context) -> reminders_pb2.Reminder:
        call, now = calls.current(), self._clock()
        tenant_id = rules.tenant_of(call, request.tenant_id)
        candidate_id, employer_id = UUID(request.candidate_id), UUID(request.employer_id)
        interview_at = from_timestamp(request.interview_time)
        wanted = from_timestamp(request.reminder_time) if request.HasField("reminder_time") else None
        sender = None if call.service else calls.person()
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            claim = idempotency.claim(connection, request, reminders_pb2.Reminder, scope_id=tenant_id)
            if claim.answer is not None:
                return claim.answer
            reminder_at = rules.reminder_time(interview_at, wanted, now=now)
            if sender is not None:
                for user_id in (candidate_id, employer_id):
                    store.get_reachable(connection, sender.user_id, user_id)
            reminder_id = ids.mint()
            task_id = tasks.enqueue(connection, "remind", {"reminder_id": reminder_id}, tenant_id=tenant_id, run_at=reminder_at)
            reminder = Reminder(
                reminder_id, UUID(request.application_id), tenant_id, candidate_id, employer_id, request.title, interview_at, reminder_at,
                "scheduled", task_id, now,
            )  # fmt: skip
            store.add_reminder(connection, reminder)
            audit.record(
                connection, "reminder.created", tenant_id=tenant_id, reminder_id=reminder_id, application_id=request.application_id
            )
            return claim.keep(to_reminder(reminder))

    def ListReminders(self, request: reminders_pb2.ListRemindersRequest, context: Context) -> reminders_pb2.ListRemindersResponse:
        person, page = calls.person(), paging.read(request, datetime, UUID)
        with self._database.begin(person) as connection:
            found = store.list_reminders(connection, person.tenant_id, person.user_id, page)
        rows, token = page.cut(found, lambda row: [row.reminder_at, row.id])
        return reminders_pb2.ListRemindersResponse(reminders=map(to_reminder, rows), next_page_token=token)

    def CancelReminder(self, request: reminders_pb2.CancelReminderRequest, context: Context) -> reminders_pb2.Reminder:
        call = calls.current()
        sender = None if call.service else calls.person()
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            reminder = store.lock_reminder(connection, UUID(request.reminder_id), sender.tenant_id if sender else None)
            if reminder.status == "sent":
                raise errors.FailedPrecondition("REMINDER_SENT", "the reminder was sent already")
            if reminder.status == "scheduled":
                # A task that is just starting waits for the row, and then finds that there is nothing to do.
                tasks.cancel(connection, reminder.task_id)
                store.set_reminder_status(connection, reminder.id, "cancelled")
                steps = audit.turned(status=(reminder.status, "cancelled"))
                audit.record(connection, "reminder.cancelled", tenant_id=reminder.tenant_id, reminder_id=reminder.id, **steps)
        return to_reminder(reminder, "cancelled")


def to_reminder(row: Reminder, status: str = "") -> reminders_pb2.Reminder:
    status = status or row.status
    return reminders_pb2.Reminder(
        id=str(row.id), application_id=str(row.application_id), candidate_id=str(row.candidate_id), employer_id=str(row.employer_id),
        title=row.title, interview_time=to_timestamp(row.interview_at), reminder_time=to_timestamp(row.reminder_at), status=status, is_sent=status == "sent",
        create_time=to_timestamp(row.created_at),
    )  # fmt: skip
