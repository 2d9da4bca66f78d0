"""The RPCs of interview reminders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import grpc

from einstellen.notifications.v1 import reminders_pb2, reminders_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids, paging
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications import reminding, rules
from services.notifications.store import notifications as contacts
from services.notifications.store import reminders as store
from services.notifications.tables.reminders import Reminded, Reminder

Context = grpc.ServicerContext


class ReminderService(reminders_pb2_grpc.ReminderServiceServicer):
    """See reminders.proto."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def CreateReminder(self, request: reminders_pb2.CreateReminderRequest, context: Context) -> reminders_pb2.Reminder:
        call, now = calls.current(), self._clock()
        tenant_id, application_id = rules.tenant_of(call, request.tenant_id), UUID(request.application_id)
        people = (UUID(request.candidate_id), UUID(request.employer_id))
        interview_at = from_timestamp(request.interview_time)
        wanted = from_timestamp(request.reminder_time) if request.HasField("reminder_time") else None
        sender = None if call.service else calls.person()
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            claim = idempotency.claim(connection, request, reminders_pb2.Reminder, scope_id=tenant_id)
            if claim.answer is not None:
                return claim.answer
            rules.check_reminder(interview_at, wanted, now=now)
            if sender is not None:
                for user_id in people:
                    contacts.get_reachable(connection, sender.user_id, user_id)
            store.lock_application(connection, application_id)
            for other in store.lock_scheduled(connection, application_id, tenant_id):
                others = store.recipients_of(connection, [other.id])[other.id]
                if other.interview_at != interview_at:
                    reminding.cancel(connection, other)
                elif reminding.is_same(other, others, people, wanted):
                    return claim.keep(to_reminder(other, others))
            reminder = Reminder(
                ids.mint(),
                application_id,
                tenant_id,
                *people,
                request.title,
                interview_at,
                wanted or now,
                "scheduled",
                wanted is not None,
                now,
                request.candidate_hidden,
            )
            store.add_reminder(connection, reminder)
            recipients = reminding.plan(connection, reminder, wanted, now=now)
            audit.record(
                connection, "reminder.created", tenant_id=tenant_id, reminder_id=reminder.id, application_id=request.application_id
            )
            return claim.keep(to_reminder(reminder, recipients))

    def MoveReminder(self, request: reminders_pb2.MoveReminderRequest, context: Context) -> reminders_pb2.Reminder:
        call, now = calls.current(), self._clock()
        sender = None if call.service else calls.person()
        interview_at = from_timestamp(request.interview_time)
        wanted = from_timestamp(request.reminder_time) if request.HasField("reminder_time") else None
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            reminder = store.lock_reminder(connection, UUID(request.reminder_id), sender.tenant_id if sender else None)
            if reminder.status == "cancelled":
                raise errors.FailedPrecondition("REMINDER_CANCELLED", "the reminder was cancelled: create another one")
            rules.check_reminder(interview_at, wanted, now=now)
            recipients = store.recipients_of(connection, [reminder.id])[reminder.id]
            people = (reminder.candidate_id, reminder.employer_id)
            if reminder.interview_at != interview_at or not reminding.is_same(reminder, recipients, people, wanted):
                before, reminder = reminder, reminding.move(connection, reminder, recipients, interview_at, wanted)
                recipients = reminding.plan(connection, reminder, wanted, now=now)
                told = audit.change(before, reminder, "interview_at", "status")
                audit.record(connection, "reminder.moved", tenant_id=reminder.tenant_id, reminder_id=reminder.id, **told)
        return to_reminder(reminder, recipients)

    def ListReminders(self, request: reminders_pb2.ListRemindersRequest, context: Context) -> reminders_pb2.ListRemindersResponse:
        person, page = calls.person(), paging.read(request, datetime, UUID)
        with self._database.begin(person) as connection:
            rows, token = page.cut(
                store.list_reminders(connection, person.tenant_id, person.user_id, page), lambda row: [row.reminder_at, row.id]
            )
            recipients = store.recipients_of(connection, [row.id for row in rows])
        return reminders_pb2.ListRemindersResponse(reminders=[to_reminder(row, recipients[row.id]) for row in rows], next_page_token=token)

    def CancelReminder(self, request: reminders_pb2.CancelReminderRequest, context: Context) -> reminders_pb2.Reminder:
        call = calls.current()
        sender = None if call.service else calls.person()
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            reminder = store.lock_reminder(connection, UUID(request.reminder_id), sender.tenant_id if sender else None)
            if reminder.status == "sent":
                raise errors.FailedPrecondition("REMINDER_SENT", "the reminder was sent already")
            if reminder.status == "scheduled":
                reminding.cancel(connection, reminder)
            recipients = store.recipients_of(connection, [reminder.id])[reminder.id]
        return to_reminder(reminder, recipients, "cancelled")


def to_reminder(row: Reminder, recipients: Sequence[Reminded], status: str = "") -> reminders_pb2.Reminder:
    """As whoever calls may see it."""
    status, call = status or row.status, calls.current()
    hidden = row.candidate_id if row.candidate_hidden and call.person and call.person.user_id != row.candidate_id else None
    return reminders_pb2.Reminder(
        id=str(row.id), application_id=str(row.application_id), candidate_id="" if hidden else str(row.candidate_id),
        employer_id=str(row.employer_id), title=row.title, interview_time=to_timestamp(row.interview_at), status=status, is_sent=status == "sent",
        reminder_time=to_timestamp(min((one.remind_at for one in recipients), default=row.reminder_at)), create_time=to_timestamp(row.created_at),
        recipients=[
            reminders_pb2.Recipient(
                user_id="" if one.user_id == hidden else str(one.user_id), remind_time=to_timestamp(one.remind_at), status=one.status
            )
            for one in recipients
        ],
    )  # fmt: skip
