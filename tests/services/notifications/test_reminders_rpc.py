"""Reminders of interviews over gRPC."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc

from einstellen.notifications.v1 import (
    reminders_pb2,
)
from services.chassis.clock import to_timestamp
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.notifications.conftest import one_row


def reminder(ada: Account, erik: Account, **values: Any) -> reminders_pb2.CreateReminderRequest:
    whole = {"interview_time": to_timestamp(datetime.now(UTC) + timedelta(days=3)), "title": "Data Engineer"} | values
    return reminders_pb2.CreateReminderRequest(application_id=str(uuid4()), candidate_id=ada.user_id, employer_id=erik.user_id, **whole)


def test_a_reminder_reaches_both_sides_once(house: House, reminders: Any, jobs: Any, meet: Any) -> None:
    ada, erik = house.register("Ada"), house.employer()
    meet(ada, erik)
    soon = to_timestamp(datetime.now(UTC) + timedelta(hours=2))
    made = reminders.CreateReminder(reminder(ada, erik, interview_time=soon, tenant_id=erik.tenant_id, request_id="r"), metadata=jobs)
    for account in (ada, erik):
        until(
            lambda account=account: [m for m in house.mails(account.email) if m["subject"].startswith("Reminder: Data Engineer")],
            "the reminder",
        )  # type: ignore[misc]
    listed = reminders.ListReminders(reminders_pb2.ListRemindersRequest(), metadata=ada.metadata).reminders
    assert [(r.id, r.status, r.is_sent) for r in listed] == [(made.id, "sent", True)]
    assert one_row(
        house, "SELECT count(*) FROM notifications WHERE template = 'interview_reminder' AND user_id IN (%s, %s)", ada.user_id, erik.user_id
    ) == (2,)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "REMINDER_SENT"):
        reminders.CancelReminder(reminders_pb2.CancelReminderRequest(reminder_id=made.id), metadata=erik.metadata)


def test_a_cancelled_reminder_and_its_task_are_cancelled_together(house: House, reminders: Any, meet: Any) -> None:
    ada, erik, eve = house.register(), house.employer(), house.employer("Other")
    meet(ada, erik)
    request = reminder(ada, erik, request_id="one")
    with ThreadPoolExecutor(4) as pool:
        made = {r.id for r in pool.map(lambda _: reminders.CreateReminder(request, metadata=erik.metadata), range(4))}
    assert len(made) == 1
    cancel = reminders_pb2.CancelReminderRequest(reminder_id=made.pop())
    with refused(grpc.StatusCode.NOT_FOUND, "REMINDER_NOT_FOUND"):
        reminders.CancelReminder(cancel, metadata=eve.metadata)
    assert [reminders.CancelReminder(cancel, metadata=erik.metadata).status for _ in range(2)] == ["cancelled", "cancelled"]
    query = """
        SELECT DISTINCT t.state, r.status FROM interview_reminders r
        JOIN reminder_recipients p ON p.reminder_id = r.id JOIN tasks t ON t.id = p.task_id WHERE r.id = %s"""
    assert one_row(house, query, cancel.reminder_id) == ("cancelled", "cancelled")
    assert not reminders.ListReminders(reminders_pb2.ListRemindersRequest(), metadata=eve.metadata).reminders
    assert one_row(house, "SELECT count(*) FROM audit_log WHERE details->>'reminder_id' = %s", cancel.reminder_id) == (2,)


def test_an_employer_reminds_only_those_in_a_room_with_them(house: House, reminders: Any, meet: Any) -> None:
    ada, erik, eve = house.register(), house.employer(), house.register()
    meet(ada, erik)
    meet(eve)
    for candidate, employer in ((eve, erik), (ada, eve)):
        with refused(grpc.StatusCode.NOT_FOUND, "RECIPIENT_NOT_FOUND"):
            reminders.CreateReminder(reminder(candidate, employer), metadata=erik.metadata)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        reminders.CreateReminder(reminder(ada, erik), metadata=ada.metadata)
    past = to_timestamp(datetime.now(UTC) - timedelta(minutes=1))
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "REMINDER_TIME_PAST", field="reminder_time"):
        reminders.CreateReminder(reminder(ada, erik, reminder_time=past), metadata=erik.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="interview_time"):
        reminders.CreateReminder(reminder(ada, erik, interview_time=None), metadata=erik.metadata)
