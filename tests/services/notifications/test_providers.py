"""What becomes of notifications at the providers: what Twilio, browsers and mail servers say of them later, and a provider that is away."""

from pathlib import Path
from uuid import uuid4

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from prometheus_client import REGISTRY

from cli import operator
from cli.__main__ import main
from einstellen.notifications.v1 import (
    deliveries_pb2,
    deliveries_pb2_grpc,
    push_pb2,
    push_pb2_grpc,
)
from services.notifications import admin
from tests.conftest import Account, until
from tests.refusals import refused
from tests.services.notifications.conftest import PostOffice
from tests.services.notifications.stand_ins import Browser

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
    office.mailed(ada, "Hello")
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
        office.mailed(ada, "Your password was changed")  # what somebody needs to get in is tried all the same
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
