"""Notifications over gRPC, on real PostgreSQL, with a real mailbox."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import grpc
import pytest

from einstellen.notifications.v1 import (
    notifications_pb2,
    notifications_pb2_grpc,
)
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.notifications.conftest import one_row

Send = notifications_pb2.SendNotificationRequest


@pytest.fixture
def notifications(house: House) -> Any:
    return house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub)


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
