"""What becomes of notifications between the one who sends and the one who is told, on real PostgreSQL and SMTP, with Twilio and browsers stood in for."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.field_mask_pb2 import FieldMask
from prometheus_client import REGISTRY

from cli import operator
from cli.__main__ import main
from cli.stack import mailbox
from einstellen.notifications.v1 import (
    deliveries_pb2,
    deliveries_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    preferences_pb2,
    preferences_pb2_grpc,
    push_pb2,
    push_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
    templates_pb2,
    templates_pb2_grpc,
)
from services.chassis.clock import to_timestamp
from services.notifications import admin
from tests.conftest import Account, until
from tests.refusals import refused
from tests.services.notifications.conftest import PostOffice
from tests.services.notifications.stand_ins import Browser

Preferences = preferences_pb2.Preferences


def want(office: PostOffice, account: Account, mask: list[str] | None = None, **values: object) -> Preferences:
    request = preferences_pb2.UpdatePreferencesRequest(preferences=Preferences(**values), update_mask=FieldMask(paths=mask or []))  # type: ignore[arg-type]
    found: Preferences = office.stub(preferences_pb2_grpc.PreferenceServiceStub).UpdatePreferences(request, metadata=account.metadata)
    return found


def quiet_now(zone: str = "UTC") -> preferences_pb2.QuietHours:
    """Quiet hours that began an hour ago and end in two, wherever the clock stands."""
    now = datetime.now(ZoneInfo(zone))
    return preferences_pb2.QuietHours(start=f"{now - timedelta(hours=1):%H:%M}", end=f"{now + timedelta(hours=2):%H:%M}")


def off(kind: str, notification_type: str = "email") -> list[preferences_pb2.Switch]:
    return [preferences_pb2.Switch(kind=kind, notification_type=notification_type)]


def mailed(office: PostOffice, account: Account, subject: str) -> mailbox.Mail:
    found: list[mailbox.Mail] = until(lambda: [m for m in office.mails(account) if m["subject"] == subject], f"{subject} is in the mailbox")
    assert len(found) == 1
    return found[0]


def source(office: PostOffice, mail: mailbox.Mail) -> email.message.EmailMessage:
    raw = (office.house.mailbox.folder / f"{mail['id']}.eml").read_bytes()
    return email.message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


# What people want.


def test_preferences_are_kept_changed_in_part_and_the_callers_own(office: PostOffice) -> None:
    ada, bo = office.person(), office.person("Bo")
    hours = preferences_pb2.QuietHours(start="22:00", end="07:00")
    want(office, ada, language="de", time_zone="Europe/Berlin", quiet_hours=hours, off=off("messages"))
    changed = want(office, ada, ["quiet_hours", "language"], language="fr")
    assert (changed.language, changed.time_zone, changed.HasField("quiet_hours"), len(changed.off)) == ("fr", "Europe/Berlin", False, 1)
    stub = office.stub(preferences_pb2_grpc.PreferenceServiceStub)
    assert stub.GetPreferences(preferences_pb2.GetPreferencesRequest(), metadata=ada.metadata) == changed
    others = stub.GetPreferences(preferences_pb2.GetPreferencesRequest(), metadata=bo.metadata)
    assert (others.language, others.time_zone, len(others.off)) == ("en", "UTC", 0)
    assert {kind.name for kind in others.kinds if kind.mandatory} == {"security", "billing", "operations"}


def test_preferences_that_make_no_sense_are_refused(office: PostOffice) -> None:
    ada = office.person()
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "TIME_ZONE_UNKNOWN"):
        want(office, ada, time_zone="Europe/Atlantis")
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "KIND_MANDATORY"):
        want(office, ada, off=off("security"))
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "QUIET_HOURS_EMPTY"):
        want(office, ada, quiet_hours=preferences_pb2.QuietHours(start="07:00", end="07:00"))
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_MASK_INVALID"):
        want(office, ada, ["kinds"])


def test_a_letter_is_in_the_readers_language_and_time(office: PostOffice) -> None:
    ada = office.person()
    want(office, ada, language="de", time_zone="Asia/Tokyo")
    office.send(ada, notification_type="email", template="interview_reminder", variables={"interview_time": "2027-01-05T09:00:00Z"})
    mail = mailed(office, ada, "Erinnerung: Ihr Gespräch, Dienstag, 5. Januar 2027, 18:00 JST")
    assert mail["text"].startswith("Hallo Ada,")


def test_what_is_turned_off_is_withheld_and_what_is_mandatory_comes(office: PostOffice) -> None:
    ada = office.person()
    want(office, ada, off=[*off("credits"), *off("credits", "in_app")])
    for kind in ("email", "in_app"):
        sent = office.send(ada, notification_type=kind, template="low_credit", variables={"balance": "3"})
        assert (sent.status, sent.failure, sent.is_sent) == ("withheld", "TURNED_OFF", False)
    office.send(ada, notification_type="email", template="password_changed")
    mailed(office, ada, "Your password was changed")
    listed = office.stub(notifications_pb2_grpc.NotificationServiceStub).ListNotifications(
        notifications_pb2.ListNotificationsRequest(), metadata=ada.metadata
    )
    assert [n.notification_type for n in listed.notifications] == ["email", "email"]  # what is for the product alone is not there


def test_quiet_hours_hold_what_can_wait_and_let_through_what_cannot(office: PostOffice) -> None:
    ada = office.person()
    want(office, ada, time_zone="Asia/Kolkata", quiet_hours=quiet_now("Asia/Kolkata"))
    held = office.send(ada, notification_type="email", subject="It can wait", message="Words", kind="account")
    assert held.status == "held"
    office.send(ada, notification_type="email", template="second_factor_on")
    assert office.send(ada, notification_type="in_app", subject="a", message="b").status == "sent"
    mailed(office, ada, "Signing in needs a code from now on")
    due = office.row("SELECT run_at - now() > interval '1 hour 50 minutes' FROM tasks WHERE payload ->> 'notification_id' = %s", held.id)
    assert due == (True,)
    # The hours pass, as far as the database is concerned: what is due is looked at anew.
    office.row("UPDATE preferences SET quiet_start = NULL, quiet_end = NULL WHERE user_id = %s", ada.user_id)
    office.row("UPDATE tasks SET run_at = now() WHERE payload ->> 'notification_id' = %s", held.id)
    mailed(office, ada, "It can wait")


def test_quiet_hours_that_were_set_meanwhile_hold_what_was_scheduled(office: PostOffice) -> None:
    ada = office.person()
    soon = to_timestamp(datetime.now(UTC) + timedelta(hours=1))
    sent = office.send(ada, notification_type="email", subject="Later", message="Words", send_time=soon)
    assert (sent.status, sent.send_time) == ("scheduled", soon)
    want(office, ada, quiet_hours=quiet_now())
    office.row("UPDATE notifications SET send_at = now() WHERE id = %s", sent.id)
    office.row("UPDATE tasks SET run_at = now() WHERE payload ->> 'notification_id' = %s", sent.id)
    until(lambda: office.status(sent.id)[0] == "held", "it is held")
    assert office.row("SELECT attempts FROM tasks WHERE payload ->> 'notification_id' = %s AND state = 'ready'", sent.id) == (0,)
    assert "Later" not in {mail["subject"] for mail in office.mails(ada)}


def test_what_is_scheduled_can_be_cancelled_by_its_sender_alone(office: PostOffice) -> None:
    ada, bo, eve = office.person(), office.person("Bo"), office.person("Eve")
    office.meet(ada, bo)
    office.meet(bo, eve)
    stub = office.stub(notifications_pb2_grpc.NotificationServiceStub)
    soon = to_timestamp(datetime.now(UTC) + timedelta(hours=1))
    request = notifications_pb2.SendNotificationRequest(
        notification_type="in_app", user_id=bo.user_id, subject="a", message="b", send_time=soon
    )
    sent = stub.SendNotification(request, metadata=ada.metadata)
    cancel = notifications_pb2.CancelNotificationRequest(notification_id=sent.id)
    for other in (bo, eve):
        with refused(grpc.StatusCode.NOT_FOUND, "NOTIFICATION_NOT_FOUND"):
            stub.CancelNotification(cancel, metadata=other.metadata)
    assert [stub.CancelNotification(cancel, metadata=ada.metadata).status for _ in range(2)] == ["cancelled", "cancelled"]
    office.row("UPDATE tasks SET run_at = now() WHERE payload ->> 'notification_id' = %s", sent.id)
    until(lambda: office.row("SELECT state FROM tasks WHERE payload ->> 'notification_id' = %s", sent.id) == ("done",), "its task has run")
    assert office.status(sent.id)[0] == "cancelled"
    request.ClearField("send_time")
    at_once = stub.SendNotification(request, metadata=ada.metadata)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "NOTIFICATION_SENT"):
        stub.CancelNotification(notifications_pb2.CancelNotificationRequest(notification_id=at_once.id), metadata=ada.metadata)
    request.send_time.FromDatetime(datetime.now(UTC) + timedelta(days=400))
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "SEND_TIME_TOO_FAR"):
        stub.SendNotification(request, metadata=ada.metadata)


def test_one_click_turns_a_kind_of_mail_off_for_whoever_got_it(office: PostOffice) -> None:
    ada = office.person()
    values = {"job_title": "Engineer", "company_name": "Nordlicht", "status": "offer"}
    office.send(ada, notification_type="email", template="application_status", variables=values)
    message = source(office, mailed(office, ada, "Your application: Engineer at Nordlicht is now offer"))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://people.example.com/api/v1/notifications/unsubscribe/")
    stub, token = office.stub(preferences_pb2_grpc.PreferenceServiceStub), link.rpartition("/")[2]
    shown = stub.ShowUnsubscribe(preferences_pb2.ShowUnsubscribeRequest(token=token))
    assert b"<form method" in shown.data
    assert not stub.GetPreferences(preferences_pb2.GetPreferencesRequest(), metadata=ada.metadata).off  # looking changed nothing
    body = HttpBody(content_type="application/x-www-form-urlencoded", data=b"List-Unsubscribe=One-Click")
    for _ in range(2):
        stub.Unsubscribe(preferences_pb2.UnsubscribeRequest(token=token, body=body))
    assert list(stub.GetPreferences(preferences_pb2.GetPreferencesRequest(), metadata=ada.metadata).off) == off("applications")
    assert office.send(ada, notification_type="email", template="application_status", variables=values).status == "withheld"
    for wrong in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "A", "é"):
        with refused(grpc.StatusCode.NOT_FOUND, "UNSUBSCRIBE_TOKEN_INVALID"):
            stub.Unsubscribe(preferences_pb2.UnsubscribeRequest(token=wrong))


def test_a_preview_shows_every_form_and_sends_nothing(office: PostOffice) -> None:
    ada = office.person()
    stub = office.stub(templates_pb2_grpc.TemplateServiceStub)
    values = {"balance": "3", "threshold": "10"}
    seen = stub.PreviewTemplate(
        templates_pb2.PreviewTemplateRequest(template="low_credit", variables=values, language="es"), metadata=ada.metadata
    )
    assert (seen.language, seen.subject) == ("es", "Le quedan pocos créditos: 3")
    assert all((seen.text, seen.html, seen.sms, seen.push_title, seen.push_text))
    names = {one.name: one for one in stub.ListTemplates(templates_pb2.ListTemplatesRequest(), metadata=ada.metadata).templates}
    assert [(v.name, v.type, v.optional) for v in names["low_credit"].variables] == [
        ("balance", "number", False), ("threshold", "number", True), ("first_name", "text", True)
    ]  # fmt: skip
    assert seen.subject not in {mail["subject"] for mail in office.mails(ada)}


# Reminders.


def reminder(office: PostOffice, ada: Account, bo: Account, application: UUID, at: datetime, key: str = "") -> reminders_pb2.Reminder:
    request = reminders_pb2.CreateReminderRequest(
        application_id=str(application), candidate_id=ada.user_id, employer_id=bo.user_id, interview_time=to_timestamp(at), title="Systems",
        tenant_id=bo.tenant_id, request_id=key,
    )  # fmt: skip
    found: reminders_pb2.Reminder = office.stub(reminders_pb2_grpc.ReminderServiceStub).CreateReminder(request, metadata=office.jobs)
    return found


def times(found: reminders_pb2.Reminder) -> dict[str, datetime]:
    return {one.user_id: one.remind_time.ToDatetime(UTC) for one in found.recipients}


def test_each_is_reminded_by_their_own_clock_and_anew_when_it_changes(office: PostOffice) -> None:
    ada, bo = office.person(), office.person("Bo")
    want(office, ada, time_zone="Europe/Berlin")
    # Clocks in Berlin go forward on 28 March 2027, between the reminder and the interview.
    at = datetime(2027, 3, 28, 13, 0, tzinfo=UTC)
    made = reminder(office, ada, bo, uuid4(), at)
    assert times(made) == {ada.user_id: datetime(2027, 3, 27, 14, 0, tzinfo=UTC), bo.user_id: datetime(2027, 3, 27, 13, 0, tzinfo=UTC)}
    want(office, ada, ["time_zone"], time_zone="UTC")
    query = "SELECT remind_at FROM reminder_recipients WHERE reminder_id = %s AND user_id = %s"
    until(lambda: office.row(query, made.id, ada.user_id) == (at - timedelta(days=1),), "it has moved with the zone")
    assert office.row("SELECT count(*) FROM tasks WHERE payload ->> 'reminder_id' = %s AND state = 'ready'", made.id) == (2,)


def test_an_interview_that_is_moved_twice_is_reminded_of_once(office: PostOffice) -> None:
    ada, bo = office.person(), office.person("Bo")
    application, at = uuid4(), datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    stub = office.stub(reminders_pb2_grpc.ReminderServiceStub)
    made = reminder(office, ada, bo, application, at)
    assert reminder(office, ada, bo, application, at).id == made.id  # told twice
    moved = stub.MoveReminder(
        reminders_pb2.MoveReminderRequest(reminder_id=made.id, interview_time=to_timestamp(at + timedelta(days=1))), metadata=office.jobs
    )
    assert set(times(moved).values()) == {at}
    soon = datetime.now(UTC) + timedelta(hours=3)
    again = reminder(office, ada, bo, application, soon)  # as a service says it that does not know the earlier one
    for account in (ada, bo):
        until(lambda account=account: [m for m in office.mails(account) if m["subject"].startswith("Reminder: Systems")], "the reminder")  # type: ignore[misc]
    query = "SELECT count(*), count(*) FILTER (WHERE state = 'ready') FROM tasks WHERE kind = 'remind' AND payload ->> 'reminder_id' IN (%s, %s)"
    assert office.row(query, made.id, again.id)[1] == 0
    assert office.row("SELECT status FROM interview_reminders WHERE id = %s", made.id) == ("cancelled",)
    until(lambda: office.row("SELECT status FROM interview_reminders WHERE id = %s", again.id) == ("sent",), "it is marked")
    for account in (ada, bo):
        assert len([m for m in office.mails(account) if m["subject"].startswith("Reminder")]) == 1
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "REMINDER_CANCELLED"):
        stub.MoveReminder(reminders_pb2.MoveReminderRequest(reminder_id=made.id, interview_time=to_timestamp(soon)), metadata=office.jobs)


# SMS.


def test_an_sms_is_told_of_by_twilio_and_never_goes_backwards(office: PostOffice) -> None:
    sent = office.send(notification_type="sms", recipient="+491701111111", message="Hello", tenant_id=str(uuid4()))
    until(lambda: office.status(sent.id)[0] == "sent", "Twilio has it")
    message = office.twilio.messages[-1]
    for status, expected in (
        ("sending", "sent"), ("delivered", "delivered"), ("sent", "delivered"), ("queued", "delivered"), ("undelivered", "delivered"),
        ("delivered", "delivered"),
    ):  # fmt: skip
        twilio_says(office, message, status)
        assert office.status(sent.id)[0] == expected
    assert office.row(
        "SELECT count(*) FROM audit_log WHERE action = 'notification.delivered' AND details ->> 'notification_id' = %s", sent.id
    ) == (1,)


def test_an_sms_that_failed_says_why_and_is_sent_again_by_an_administrator(office: PostOffice) -> None:
    sent = office.send(notification_type="sms", recipient="+491702222222", message="Hello", tenant_id=str(uuid4()))
    until(lambda: office.status(sent.id)[0] == "sent", "Twilio has it")
    twilio_says(office, office.twilio.messages[-1], "undelivered", ErrorCode="30003")
    assert office.status(sent.id) == ("failed", "TWILIO_30003")
    twilio_says(office, office.twilio.messages[-1], "sent")
    assert office.status(sent.id) == ("failed", "TWILIO_30003")
    stub, administrator = office.stub(deliveries_pb2_grpc.DeliveryServiceStub), office.house.administrator()
    found = stub.ListDeadLetters(deliveries_pb2.ListDeadLettersRequest(), metadata=administrator.metadata).dead_letters
    assert [(one.failure, one.notification_type) for one in found if one.id == sent.id] == [("TWILIO_30003", "sms")]
    retry = deliveries_pb2.RetryDeadLetterRequest(dead_letter_id=sent.id)
    assert stub.RetryDeadLetter(retry, metadata=administrator.metadata).status == "queued"
    until(lambda: office.status(sent.id)[0] == "sent", "it went out again")
    assert len([m for m in office.twilio.messages if m["to"] == "+491702222222"]) == 2
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "NOTIFICATION_NOT_FAILED"):
        stub.RetryDeadLetter(retry, metadata=administrator.metadata)


def test_a_callback_that_is_not_signed_for_this_message_is_refused(office: PostOffice) -> None:
    sent = office.send(notification_type="sms", recipient="+491703333333", message="Hello", tenant_id=str(uuid4()))
    until(lambda: office.status(sent.id)[0] == "sent", "Twilio has it")
    message = office.twilio.messages[-1]
    _, body, signature = office.twilio.callback(message, "delivered")
    stub = office.stub(deliveries_pb2_grpc.DeliveryServiceStub)
    for notification, data, signed in (
        (sent.id, body, ""), (sent.id, body + b"x", signature), (str(uuid4()), body, signature), (sent.id, b"", signature), ("x", body, signature)
    ):  # fmt: skip
        request = deliveries_pb2.ReceiveTwilioStatusRequest(notification=notification, body=HttpBody(data=data))
        with refused(grpc.StatusCode.UNAUTHENTICATED, "SIGNATURE_INVALID"):
            stub.ReceiveTwilioStatus(request, metadata=(("x-twilio-signature", signed),))
    assert office.status(sent.id)[0] == "sent"


def twilio_says(office: PostOffice, message: dict[str, str], status: str, **more: str) -> None:
    address, body, signature = office.twilio.callback(message, status, **more)
    request = deliveries_pb2.ReceiveTwilioStatusRequest(
        notification=address.rpartition("/")[2], body=HttpBody(content_type="application/x-www-form-urlencoded", data=body)
    )
    office.stub(deliveries_pb2_grpc.DeliveryServiceStub).ReceiveTwilioStatus(request, metadata=(("x-twilio-signature", signature),))


def test_an_sms_whose_answer_was_lost_goes_out_once(office: PostOffice) -> None:
    office.twilio.next_answers = [None]
    sent = office.send(notification_type="sms", recipient="+491704444444", message="Hello", tenant_id=str(uuid4()))
    until(lambda: office.status(sent.id)[0] == "sent", "it was found")
    assert len([m for m in office.twilio.messages if m["to"] == "+491704444444"]) == 1


# Push.


def subscribe(office: PostOffice, account: Account) -> Browser:
    browser = office.push.browser()
    request = push_pb2.CreatePushSubscriptionRequest(endpoint=browser.endpoint, **browser.keys)
    office.stub(push_pb2_grpc.PushServiceStub).CreatePushSubscription(request, metadata=account.metadata)
    return browser


def arrived(office: PostOffice, browser: Browser) -> list[dict[str, str]]:
    return [shown for endpoint, shown, _ in office.push.arrived if endpoint == browser.endpoint]


def test_a_push_message_opens_in_each_browser_and_one_that_is_gone_is_forgotten(office: PostOffice) -> None:
    ada = office.person()
    one, other, gone = (subscribe(office, ada) for _ in range(3))
    subscribe(office, ada)
    office.push.browsers.pop(gone.endpoint)
    office.push.answers[other.endpoint] = [500]
    sent = office.send(ada, notification_type="push", subject="Grüße", message="ü" * 5000)
    until(lambda: office.status(sent.id)[0] == "sent", "all that are there have it")
    for browser in (one, other):  # the one that failed at first was not sent to the others twice
        (shown,) = arrived(office, browser)
        assert (shown["id"], shown["tag"], shown["title"], len(shown["body"])) == (sent.id, sent.id, "Grüße", 300)
    stub = office.stub(push_pb2_grpc.PushServiceStub)
    listed = stub.ListPushSubscriptions(push_pb2.ListPushSubscriptionsRequest(), metadata=ada.metadata).push_subscriptions
    assert gone.endpoint not in {found.endpoint for found in listed}
    assert len(listed) == 3
    stub.DeletePushSubscription(push_pb2.DeletePushSubscriptionRequest(push_subscription_id=listed[0].id), metadata=ada.metadata)
    headers = next(headers for endpoint, _, headers in office.push.arrived if endpoint == one.endpoint)
    assert (headers["TTL"], len(headers["Topic"])) == ("259200", 22)


def test_a_push_message_to_nobodys_browser_fails_and_says_so(office: PostOffice) -> None:
    ada = office.person()
    sent = office.send(ada, notification_type="push", subject="a", message="b")
    until(lambda: office.status(sent.id) == ("failed", "NO_DEVICE"), "there is none")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"endpoint": "https://169.254.169.254/latest"}, "PUSH_ENDPOINT_INVALID"),
        ({"p256dh": "AAAA"}, "PUSH_KEYS_INVALID"),
        ({"auth": "AAAA"}, "PUSH_KEYS_INVALID"),
        ({"auth": "no base64!"}, "PUSH_KEYS_INVALID"),
    ],
)
def test_a_subscription_that_could_not_be_sent_to_is_refused(
    office: PostOffice, person: Account, values: dict[str, str], reason: str
) -> None:
    browser = Browser(f"{office.push.address}/send/abc")
    request = push_pb2.CreatePushSubscriptionRequest(**{"endpoint": browser.endpoint, **browser.keys, **values})
    with refused(grpc.StatusCode.INVALID_ARGUMENT, reason):
        office.stub(push_pb2_grpc.PushServiceStub).CreatePushSubscription(request, metadata=person.metadata)


def test_a_browser_is_whoevers_is_signed_in_there(office: PostOffice) -> None:
    ada, bo = office.person(), office.person("Bo")
    browser = subscribe(office, ada)
    request = push_pb2.CreatePushSubscriptionRequest(endpoint=browser.endpoint, **browser.keys)
    stub = office.stub(push_pb2_grpc.PushServiceStub)
    stub.CreatePushSubscription(request, metadata=bo.metadata)
    assert not stub.ListPushSubscriptions(push_pb2.ListPushSubscriptionsRequest(), metadata=ada.metadata).push_subscriptions


# Bounces.

REPORT = """\
From: MAILER-DAEMON@mx.example.com
To: bounces@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; someone.else@example.com
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: <{id}@einstellen.example>
Subject: Hello

--b--
"""


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_bounce_marks_its_mail_and_its_address_takes_no_more(office: PostOffice, kind: str) -> None:
    ada = office.person()
    sent = office.send(ada, notification_type="email", subject="Hello", message="Words")
    mailed(office, ada, "Hello")
    until(lambda: office.status(sent.id)[0] == "sent", "it is sent")
    with office.database() as database:
        delayed = REPORT.format(action="delayed", status="4.4.1", id=sent.id, kind=kind)
        assert admin.read_bounce(database, delayed.encode()) == f"{sent.id}: 4.4.1, nothing new"
        assert office.status(sent.id)[0] == "sent"
        report = REPORT.format(action="failed", status="5.1.1", id=sent.id, kind=kind).encode()
        assert admin.read_bounce(database, report) == f"{sent.id}: 5.1.1"
        assert office.status(sent.id) == ("bounced", "BOUNCED_5.1.1")
        assert admin.read_bounce(database, report) == f"{sent.id}: 5.1.1, nothing new"
        again = office.send(ada, notification_type="email", subject="Again", message="Words")
        assert (again.status, again.failure) == ("withheld", "ADDRESS_BOUNCED")
        office.send(ada, notification_type="email", template="password_changed")
        mailed(office, ada, "Your password was changed")  # what somebody needs to get in is tried all the same
        assert ada.email in [address for address, _, _ in admin.list_suppressed(database, 100)]
        assert "someone.else@example.com" not in [address for address, _, _ in admin.list_suppressed(database, 100)]
        assert admin.lift(database, ada.email.upper())
        assert office.send(ada, notification_type="email", subject="Once more", message="Words").status == "queued"


def test_the_operators_commands_read_bounces_and_send_dead_letters_again(
    office: PostOffice, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = office.house.environment | {"NOTIFICATIONS_DATABASE_URL": office.app_url}
    monkeypatch.setattr(operator, "environment", lambda _: values)
    ada = office.person()
    sent = office.send(ada, notification_type="email", subject="By hand", message="Words")
    until(lambda: office.status(sent.id)[0] == "sent", "it is sent")
    bounce = tmp_path / "bounce.eml"
    bounce.write_text(REPORT.format(action="failed", status="5.1.1", id=sent.id, kind="message/rfc822"))
    assert main(["bounces", "read", str(bounce)]) == 0
    assert main(["bounces", "list"]) == 0
    assert main(["bounces", "lift", ada.email]) == 0
    assert main(["bounces", "lift", ada.email]) == 1
    failed = office.send(notification_type="sms", recipient="+4915000000000", message="Hello", tenant_id=str(uuid4()))
    until(lambda: office.status(failed.id) == ("failed", "TWILIO_21211"), "Twilio refuses the number")
    assert main(["dead-letters", "list"]) == 0
    assert main(["dead-letters", "retry", failed.id]) == 0
    until(lambda: office.status(failed.id) == ("failed", "TWILIO_21211"), "and again")
    assert main(["dead-letters", "retry", sent.id]) == 1
    assert main(["push", "key"]) == 0
    said = capsys.readouterr().out
    assert f"{sent.id}: 5.1.1\n{ada.email}  BOUNCED_5.1.1" in said
    assert "mail goes there again" in said
    assert f"{failed.id}  sms" in said
    assert "VAPID_PRIVATE_KEY=" in said


def test_what_is_no_bounce_of_ours_changes_nothing(office: PostOffice) -> None:
    with office.database() as database:
        for text in ("", "Subject: Hello\n\nWords", REPORT.format(action="failed", status="5.1.1", id="none", kind="message/rfc822")):
            assert admin.read_bounce(database, text.encode()) == "no report of a notification"
        unknown = uuid4()
        report = REPORT.replace("bounces@", f"bounces+{unknown.hex}@").format(
            action="failed", status="5.1.1", id="x", kind="message/rfc822"
        )
        assert admin.read_bounce(database, report.encode()) == f"{unknown}: 5.1.1, nothing new"


# Providers that are away. Last, for SMS are left alone from here on.


def test_a_provider_that_is_away_is_left_alone_and_the_others_go_on(office: PostOffice) -> None:
    ada = office.person()
    browser = subscribe(office, ada)
    office.twilio.next_answers = [500] * 50
    sent = [
        office.send(notification_type="sms", recipient=f"+49170555{number}000", message="Hello", tenant_id=str(uuid4()))
        for number in range(6)
    ]
    until(lambda: REGISTRY.get_sample_value("einstellen_provider_state", {"provider": "sms"}) == 2, "Twilio is left alone")
    pushed = office.send(ada, notification_type="push", subject="a", message="b")
    until(lambda: office.status(pushed.id)[0] == "sent", "push goes on")
    assert len(arrived(office, browser)) == 1
    waiting = "SELECT count(*) FROM tasks WHERE state = 'ready' AND run_at > now() + interval '5 seconds' AND payload ->> 'notification_id' = ANY(%s)"
    until(lambda: office.row(waiting, "{" + ",".join(one.id for one in sent) + "}") == (6,), "all wait until it may be back")
    assert {office.status(one.id)[0] for one in sent} == {"queued"}
    attempts = "SELECT sum(attempts) FROM tasks WHERE state = 'ready' AND payload ->> 'notification_id' = ANY(%s)"
    assert office.row(attempts, "{" + ",".join(one.id for one in sent) + "}") == (50 - len(office.twilio.next_answers),)  # waiting is none
    office.twilio.next_answers.clear()
