"""What becomes of notifications between the one who sends and the one who is told, on real PostgreSQL and SMTP, with Twilio and browsers stood in for."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.field_mask_pb2 import FieldMask

from cli.stack import mailbox
from einstellen.notifications.v1 import (
    notifications_pb2,
    notifications_pb2_grpc,
    preferences_pb2,
    preferences_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
    templates_pb2,
    templates_pb2_grpc,
)
from services.chassis.clock import to_timestamp
from tests.conftest import Account, until
from tests.refusals import refused
from tests.services.notifications.conftest import PostOffice

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
    mail = office.mailed(ada, "Erinnerung: Ihr Gespräch, Dienstag, 5. Januar 2027, 18:00 JST")
    assert mail["text"].startswith("Hallo Ada,")


def test_what_is_turned_off_is_withheld_and_what_is_mandatory_comes(office: PostOffice) -> None:
    ada = office.person()
    want(office, ada, off=[*off("credits"), *off("credits", "in_app")])
    for kind in ("email", "in_app"):
        sent = office.send(ada, notification_type=kind, template="low_credit", variables={"balance": "3"})
        assert (sent.status, sent.failure, sent.is_sent) == ("withheld", "TURNED_OFF", False)
    office.send(ada, notification_type="email", template="password_changed")
    office.mailed(ada, "Your password was changed")
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
    office.mailed(ada, "Signing in needs a code from now on")
    due = office.row("SELECT run_at - now() > interval '1 hour 50 minutes' FROM tasks WHERE payload ->> 'notification_id' = %s", held.id)
    assert due == (True,)
    # The hours pass, as far as the database is concerned: what is due is looked at anew.
    office.row("UPDATE preferences SET quiet_start = NULL, quiet_end = NULL WHERE user_id = %s", ada.user_id)
    office.row("UPDATE tasks SET run_at = now() WHERE payload ->> 'notification_id' = %s", held.id)
    office.mailed(ada, "It can wait")


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
    message = source(office, office.mailed(ada, "Your application: Engineer at Nordlicht is now offer"))
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
