"""Notifications over gRPC, on real PostgreSQL, with a real mailbox."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import psycopg2
import pytest

from einstellen.notifications.v1 import (
    messages_pb2,
    messages_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
)
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.chassis.clock import to_timestamp
from tests.conftest import Account, House, until
from tests.refusals import refused

Send = notifications_pb2.SendNotificationRequest


@pytest.fixture
def notifications(house: House) -> Any:
    return house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub)


@pytest.fixture
def messages(house: House) -> Any:
    return house.stub("notifications", messages_pb2_grpc.MessageServiceStub)


@pytest.fixture
def rooms(house: House) -> Any:
    return house.stub("notifications", rooms_pb2_grpc.RoomOwnerServiceStub)


@pytest.fixture
def reminders(house: House) -> Any:
    return house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)


@pytest.fixture
def jobs(house: House) -> Any:
    return house.as_service("jobs", "notifications")


@pytest.fixture
def meet(house: House, messages: Any, jobs: Any) -> Callable[..., str]:
    """Puts people into a new room, once notifications knows them; the answer is its name."""

    def open_room(*people: Account) -> str:
        for one in people:
            until(lambda one=one: one_row(house, "SELECT 1 FROM contacts WHERE user_id = %s", one.user_id), "the contact")  # type: ignore[misc]
        name = f"application-{uuid4()}"
        request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=people[0].tenant_id, user_ids=[one.user_id for one in people])
        messages.OpenRoom(request, metadata=jobs)
        return name

    return open_room


def one_row(house: House, query: str, *values: object) -> Any:
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        cursor.execute(query, [str(value) for value in values])
        return cursor.fetchone()


def for_person(house: House, account: Account) -> Any:
    return (*house.as_service("gateway", "notifications"), *account.metadata)


# Notifications.


def test_a_new_person_is_welcomed_by_mail(house: House, notifications: Any) -> None:
    account = house.register("Ada")
    subject = "Welcome to Einstellen"
    mail = until(lambda: [mail for mail in house.mails(account.email) if mail["subject"] == subject], "the welcome")[0]
    assert mail["text"].startswith("Hello Ada,")
    listed = until(
        lambda: [
            n
            for n in notifications.ListNotifications(notifications_pb2.ListNotificationsRequest(), metadata=account.metadata).notifications
            if n.is_sent
        ],
        "sent",
    )
    assert [(n.template, n.status) for n in listed] == [("welcome", "sent")]
    assert one_row(house, "SELECT count(*) FROM audit_log WHERE details->>'notification_id' = %s", listed[0].id) == (2,)


def test_an_invitation_carries_a_calendar_file(house: House, notifications: Any, jobs: Any, meet: Any) -> None:
    account = house.register()
    meet(account)
    values = {
        "job_title": "Data Engineer",
        "company_name": "Nordlicht",
        "interview_time": "2027-01-05T09:00:00Z",
        "application_id": str(uuid4()),
    }
    request = Send(
        notification_type="email", user_id=account.user_id, template="interview_invitation", variables=values, tenant_id=account.tenant_id
    )
    notifications.SendNotification(request, metadata=jobs)
    mail = until(lambda: [m for m in house.mails(account.email) if "Interview" in m["subject"]], "the invitation")[0]
    assert [(a["name"], a["content_type"]) for a in mail["attachments"]] == [("interview.ics", "text/calendar")]
    assert mail["html"]


def test_one_key_sends_one_mail(house: House, notifications: Any, jobs: Any, meet: Any) -> None:
    account = house.register()
    meet(account)
    request = Send(
        notification_type="email",
        user_id=account.user_id,
        subject="Once",
        message="Only once.",
        tenant_id=account.tenant_id,
        request_id="once",
    )
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: notifications.SendNotification(request, metadata=jobs).id, range(8)))
    assert len(set(sent)) == 1
    until(lambda: [m for m in house.mails(account.email) if m["subject"] == "Once"], "the mail")
    assert one_row(house, "SELECT count(*) FROM tasks WHERE payload->>'notification_id' = %s", sent[0]) == (1,)
    request.message = "Something else."
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        notifications.SendNotification(request, metadata=jobs)


def test_an_address_that_cannot_stand_in_a_mail_fails_for_good(house: House, notifications: Any, jobs: Any, person: Account) -> None:
    request = Send(notification_type="email", recipient="two..dots@example.com", subject="a", message="b", tenant_id=person.tenant_id)
    sent = notifications.SendNotification(request, metadata=jobs)
    until(lambda: one_row(house, "SELECT status FROM notifications WHERE id = %s", sent.id) == ("failed",), "failed")


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"template": "unheard_of"}, "TEMPLATE_UNKNOWN", "template"),
        ({"template": "low_credit", "variables": {}}, "TEMPLATE_VARIABLES_INVALID", "variables[balance]"),
        ({"template": "low_credit", "message": "and words"}, "WORDS_AND_TEMPLATE", "message"),
        ({}, "MESSAGE_MISSING", "message"),
        ({"message": "no subject"}, "SUBJECT_MISSING", "subject"),
        ({"message": "a", "subject": "b", "recipient": "nobody"}, "RECIPIENT_INVALID", "recipient"),
        ({"message": "a", "subject": "b", "user_id": ""}, "RECIPIENT_MISSING", "user_id"),
        ({"message": "a", "subject": "b", "tenant_id": ""}, "TENANT_MISSING", "tenant_id"),
        ({"message": "a", "notification_type": "pigeon"}, "FIELDS_INVALID", "notification_type"),
        ({"message": "a", "user_id": "me"}, "FIELDS_INVALID", "user_id"),
        ({"message": "a" * 20_001}, "FIELDS_INVALID", "message"),
    ],
)
def test_a_wrong_request_is_told_its_field(
    house: House, notifications: Any, jobs: Any, person: Account, values: dict[str, Any], reason: str, field: str
) -> None:
    before = one_row(house, "SELECT count(*) FROM notifications WHERE sender_id IS NULL AND template <> 'welcome'")
    whole = {"notification_type": "email", "user_id": person.user_id, "tenant_id": person.tenant_id} | values
    with refused(grpc.StatusCode.INVALID_ARGUMENT, reason, field=field):
        notifications.SendNotification(Send(**whole), metadata=jobs)
    assert one_row(house, "SELECT count(*) FROM notifications WHERE sender_id IS NULL AND template <> 'welcome'") == before


@pytest.mark.parametrize("kind", ["sms", "push"])
def test_a_channel_that_is_not_set_up_says_so(notifications: Any, person: Account, kind: str) -> None:
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "CHANNEL_NOT_CONFIGURED"):
        notifications.SendNotification(Send(notification_type=kind, user_id=person.user_id, message="a"), metadata=person.metadata)


def test_a_person_writes_to_those_in_a_room_with_them_and_to_nobody_else(house: House, notifications: Any, meet: Any) -> None:
    ada, bo, eve = house.register("Ada"), house.register("Bo"), house.register("Eve")
    meet(ada, bo)
    meet(eve)
    request = Send(notification_type="email", user_id=bo.user_id, subject="Tomorrow\r\nBcc: eve@example.com", message="See you.")
    notifications.SendNotification(request, metadata=ada.metadata)
    mail = until(lambda: [m for m in house.mails(bo.email) if m["subject"].startswith("Tomorrow")], "the mail")[0]
    assert "Ada Lindqvist wrote to you on Einstellen" in mail["text"]
    assert mail["subject"] == "Tomorrow Bcc: eve@example.com"
    with refused(grpc.StatusCode.NOT_FOUND, "RECIPIENT_NOT_FOUND"):
        notifications.SendNotification(request, metadata=eve.metadata)
    with refused(grpc.StatusCode.NOT_FOUND, "RECIPIENT_NOT_FOUND"):
        notifications.SendNotification(Send(notification_type="in_app", user_id=str(uuid4()), message="a"), metadata=ada.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "RECIPIENT_NOT_ALLOWED", field="recipient"):
        notifications.SendNotification(
            Send(notification_type="email", recipient="x@example.com", subject="a", message="b"), metadata=ada.metadata
        )
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "TEMPLATE_UNKNOWN", field="template"):
        notifications.SendNotification(
            Send(notification_type="email", user_id=bo.user_id, template="payment_receipt", variables={"amount": "1"}),
            metadata=ada.metadata,
        )
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "TENANT_NOT_YOURS", field="tenant_id"):
        notifications.SendNotification(
            Send(notification_type="in_app", user_id=bo.user_id, message="a", tenant_id=bo.tenant_id), metadata=ada.metadata
        )


def test_a_notification_is_read_by_its_recipient_and_seen_by_its_sender(house: House, notifications: Any, meet: Any) -> None:
    ada, bo, eve = house.register("Ada"), house.register("Bo"), house.register("Eve")
    meet(ada, bo)
    sent = notifications.SendNotification(Send(notification_type="in_app", user_id=bo.user_id, message="Look."), metadata=ada.metadata)
    get, mark = (
        notifications_pb2.GetNotificationRequest(notification_id=sent.id),
        notifications_pb2.MarkNotificationReadRequest(notification_id=sent.id),
    )
    assert notifications.GetNotification(get, metadata=ada.metadata).message == "Look."
    for stranger in (ada, eve):
        with refused(grpc.StatusCode.NOT_FOUND, "NOTIFICATION_NOT_FOUND"):
            notifications.MarkNotificationRead(mark, metadata=stranger.metadata)
    with refused(grpc.StatusCode.NOT_FOUND, "NOTIFICATION_NOT_FOUND"):
        notifications.GetNotification(get, metadata=eve.metadata)
    first, second = (notifications.MarkNotificationRead(mark, metadata=bo.metadata) for _ in range(2))
    assert first.read_time == second.read_time
    assert first.HasField("read_time")
    unread = notifications.ListNotifications(
        notifications_pb2.ListNotificationsRequest(unread_only=True), metadata=bo.metadata
    ).notifications
    assert sent.id not in [n.id for n in unread]
    assert one_row(
        house, "SELECT count(*) FROM audit_log WHERE action = 'notification.read' AND details->>'notification_id' = %s", sent.id
    ) == (1,)


def test_pages_of_notifications_join_without_a_gap(house: House, notifications: Any, meet: Any) -> None:
    ada = house.register()
    meet(ada)
    sent = [
        notifications.SendNotification(Send(notification_type="in_app", user_id=ada.user_id, message=str(n)), metadata=ada.metadata).id
        for n in range(5)
    ]
    found, token = [], ""
    while True:
        page = notifications.ListNotifications(
            notifications_pb2.ListNotificationsRequest(page_size=2, page_token=token), metadata=ada.metadata
        )
        found += [n.id for n in page.notifications if n.notification_type == "in_app"]
        token = page.next_page_token
        if not token:
            break
    assert found == sent[::-1]


def test_an_earlier_contact_does_not_undo_a_later_one(house: House, notifications: Any) -> None:
    user_id, auth = str(uuid4()), house.as_service("auth", "notifications")
    for version, name in ((2, "second"), (1, "first"), (2, "again")):
        request = notifications_pb2.PutContactRequest(user_id=user_id, email="a@example.com", first_name=name, version=version)
        notifications.PutContact(request, metadata=auth)
    assert one_row(house, "SELECT first_name, version FROM contacts WHERE user_id = %s", user_id) == ("second", 2)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        notifications.PutContact(request, metadata=house.register().metadata)


# Rooms and messages.


def test_a_room_opens_once_and_takes_more_members(house: House, messages: Any, jobs: Any, meet: Any) -> None:
    ada, bo = house.register(), house.register()
    name = meet(ada)
    request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=ada.tenant_id, user_ids=[ada.user_id, bo.user_id])
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: messages.OpenRoom(request, metadata=jobs), range(8)))
    assert {(room.id, tuple(room.user_ids)) for room in opened} == {(opened[0].id, tuple(sorted([ada.user_id, bo.user_id])))}
    request.tenant_id = bo.tenant_id
    with refused(grpc.StatusCode.ALREADY_EXISTS, "ROOM_NAME_TAKEN"):
        messages.OpenRoom(request, metadata=jobs)
    request.room_name = "direct-x"
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "ROOM_NAME_RESERVED", field="room_name"):
        messages.OpenRoom(request, metadata=jobs)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        messages.OpenRoom(request, metadata=ada.metadata)


def test_messages_of_many_at_once_are_numbered_without_a_gap_and_a_repeat_is_the_first(house: House, rooms: Any, meet: Any) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    name = meet(ada, bo)

    def say(number: int) -> rooms_pb2.RoomMessage:
        who = (ada, bo)[number % 2]
        request = rooms_pb2.AppendMessageRequest(room_name=name, content=f"message {number}", client_id=f"c{number % 20}")
        answer: rooms_pb2.RoomMessage = rooms.AppendMessage(request, metadata=for_person(house, who))
        return answer

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(say, range(40)))
    assert sorted({message.seq for message in said}) == list(range(1, 21))
    assert {message.client_id: message.id for message in said[:20]} == {message.client_id: message.id for message in said[20:]}
    load = rooms_pb2.LoadMessagesRequest(room_name=name, after=5, limit=10)
    loaded = rooms.LoadMessages(load, metadata=for_person(house, bo))
    assert [message.seq for message in loaded.messages] == list(range(6, 16))
    assert loaded.more
    assert {message.sender_name for message in loaded.messages} == {"Ada Lindqvist", "Bo Lindqvist"}
    load.after = -1
    newest = rooms.LoadMessages(load, metadata=for_person(house, bo))
    assert [message.seq for message in newest.messages] == list(range(11, 21))
    assert newest.more
    load.before, seen = 11, []
    while True:
        page = rooms.LoadMessages(load, metadata=for_person(house, bo))
        seen = [*(message.seq for message in page.messages), *seen]
        if not page.more:
            break
        load.before = page.messages[0].seq
    assert seen == list(range(1, 11))
    assert one_row(
        house, "SELECT count(*) FROM audit_log WHERE action = 'message.sent' AND user_id IN (%s, %s)", ada.user_id, bo.user_id
    ) == (20,)


def test_a_stranger_finds_no_room_whatever_they_ask(house: House, rooms: Any, meet: Any) -> None:
    ada, eve = house.register(), house.register()
    name = meet(ada)
    calls = [
        (rooms.JoinRoom, rooms_pb2.JoinRoomRequest(room_name=name)),
        (rooms.AppendMessage, rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id="b")),
        (rooms.LoadMessages, rooms_pb2.LoadMessagesRequest(room_name=name)),
        (rooms.MarkRoomRead, rooms_pb2.MarkRoomReadRequest(room_name=name, seq=1)),
    ]
    for call, request in calls:
        with refused(grpc.StatusCode.NOT_FOUND, "ROOM_NOT_FOUND"):
            call(request, metadata=for_person(house, eve))
        with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
            call(request, metadata=ada.metadata)
        with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
            call(request, metadata=house.as_service("gateway", "notifications"))


def test_row_level_security_alone_keeps_a_stranger_out(house: House, rooms: Any, meet: Any) -> None:
    ada, bo, eve = house.register(), house.register(), house.register()
    name = meet(ada, bo)
    rooms.AppendMessage(rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id="b"), metadata=for_person(house, ada))

    def seen_by(account: Account) -> list[int]:
        counts: list[int] = []
        with psycopg2.connect(house.app_url("notifications")) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.user_id = '{account.user_id}'; SET LOCAL app.tenant_id = '{account.tenant_id}'")
            for table in ("contacts", "notifications", "rooms", "room_members", "messages", "interview_reminders"):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE %s OR true", (table == "notifications",))
                counts += cursor.fetchone() or ()
        return counts

    until(lambda: seen_by(eve)[0] == 1 and seen_by(eve)[1] == 1, "eve's contact and welcome")
    assert seen_by(eve) == [1, 1, 0, 0, 0, 0]
    assert seen_by(bo)[0] == 2
    assert seen_by(bo)[2:] == [1, 2, 1, 0]


def test_a_read_mark_never_moves_backwards_nor_past_the_end(house: House, rooms: Any, meet: Any) -> None:
    ada = house.register()
    name = meet(ada)
    for number in range(3):
        rooms.AppendMessage(
            rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id=str(number)), metadata=for_person(house, ada)
        )
    marks = [
        rooms.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=name, seq=seq), metadata=for_person(house, ada)).read_seq
        for seq in (2, 1, 99)
    ]
    assert marks == [2, 2, 3]
    assert rooms.JoinRoom(rooms_pb2.JoinRoomRequest(room_name=name), metadata=for_person(house, ada)).read_seq == 3


def test_a_direct_message_goes_to_the_room_of_two(house: House, messages: Any, rooms: Any, meet: Any) -> None:
    ada, bo, eve = house.register("Ada"), house.register("Bo"), house.register("Eve")
    meet(ada, bo)
    meet(eve)
    request = messages_pb2.SendMessageRequest(receiver_id=bo.user_id, content="Hello", request_id="one")
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: messages.SendMessage(request, metadata=ada.metadata), range(4)))
    assert len({message.id for message in sent}) == 1
    answer = messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=ada.user_id, content="Hello yourself"), metadata=bo.metadata)
    assert (answer.room_name, answer.seq) == (sent[0].room_name, 2)
    rooms.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=answer.room_name, seq=1), metadata=for_person(house, bo))
    listed = messages.ListMessages(messages_pb2.ListMessagesRequest(with_user_id=bo.user_id), metadata=ada.metadata).messages
    assert [(m.content, m.is_read) for m in listed] == [("Hello yourself", False), ("Hello", True)]
    assert not messages.ListMessages(messages_pb2.ListMessagesRequest(), metadata=eve.metadata).messages
    assert answer.room_name in [room.room_name for room in messages.ListRooms(messages_pb2.ListRoomsRequest(), metadata=bo.metadata).rooms]
    for stranger, receiver in ((eve, ada), (ada, eve), (ada, ada)):
        with refused(grpc.StatusCode.NOT_FOUND, "RECIPIENT_NOT_FOUND"):
            messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=receiver.user_id, content="a"), metadata=stranger.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="content"):
        messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=bo.user_id, content="a" * 4001), metadata=ada.metadata)


# Reminders.


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
