"""The channels to outside parties, over their real protocols: an SMTP server that refuses, and Twilio's API on the loopback address."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from jsonschema import Draft202012Validator
from prometheus_client import REGISTRY
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]

from cli.stack.ports import LOOPBACK, free_port
from services.chassis.settings import load
from services.chassis.tasks import Later
from services.notifications.breaker import Breaker
from services.notifications.providers import push
from services.notifications.providers.channel import Patience, Undeliverable
from services.notifications.providers.push import WebPush
from services.notifications.providers.smtp import Smtp
from services.notifications.providers.twilio import Twilio
from services.notifications.settings import Settings
from services.notifications.tables.notifications import Notification
from tests.services.notifications.stand_ins import Browser, TwilioStandIn, serving, twilio_settings

CONTRACT = Path(__file__).resolve().parents[4] / "shared" / "data" / "contracts" / "twilio" / "spec" / "json" / "twilio_api_v2010.json"
KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def settings(**values: Any) -> Settings:
    found = {"SECRET_KEY": KEY, "SERVICE_TOKEN": KEY, **values}
    return load(Settings, "notifications", {name: str(value) for name, value in found.items()})


def written(kind: str, recipient: str) -> Notification:
    return Notification(
        UUID(int=3), uuid4(), None, None, kind, "", "Grüße", "Text.", "<p>Text.</p>", "", recipient, "queued", None, None, datetime.now(UTC)
    )


class _Moody:
    """Refuses some recipients for good and some for now."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.senders: list[str | None] = []

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("full"):
            return "552 5.2.2 mailbox full"
        if address.startswith("unwanted"):
            return "550 5.7.1 not from you"
        if address.startswith("busy"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 not wanted here"
        self.kept.append(envelope.content)
        self.senders.append(envelope.mail_from)
        return "250 kept"


def _link(notification: Notification) -> str:
    return "https://example.com/u/1" if notification.kind == "messages" else ""


@pytest.fixture
def moody() -> Iterator[tuple[_Moody, Smtp]]:
    handler, port = _Moody(), free_port()
    controller = Controller(handler, hostname=LOOPBACK, port=port)
    controller.start()
    yield (
        handler,
        Smtp(
            settings(
                EMAIL_HOST=LOOPBACK, EMAIL_PORT=port, EMAIL_FROM="Einstellen <no-reply@example.com>", EMAIL_BOUNCES="bounces@example.com"
            ),
            _link,
        ),
    )
    controller.stop()


@pytest.mark.parametrize(
    ("recipient", "failure", "suppress"),
    [
        ("gone@example.com", "SMTP_550", True),
        ("full@example.com", "SMTP_552", False),
        ("unwanted@example.com", "SMTP_550", False),
        ("spam@example.com", "SMTP_554", False),
        ("two@at@example.com", "ADDRESS_INVALID", False),
    ],
)
def test_a_mail_that_is_refused_for_good_is_undeliverable(moody: tuple[_Moody, Smtp], recipient: str, failure: str, suppress: bool) -> None:
    with pytest.raises(Undeliverable) as refused:
        moody[1].send(written("email", recipient), [], again=False)
    assert (refused.value.failure, refused.value.suppress) == (failure, suppress)


def test_a_mail_that_is_refused_for_now_is_tried_again(moody: tuple[_Moody, Smtp]) -> None:
    handler, smtp = moody
    with pytest.raises(Patience):
        smtp.send(written("email", "busy@example.com"), [], again=False)
    smtp.send(written("email", "ada@example.com"), [], again=True)
    assert f"<{UUID(int=3)}@example.com>".encode() in handler.kept[0]


def test_a_mail_says_where_it_is_turned_off_and_where_its_bounce_goes(moody: tuple[_Moody, Smtp]) -> None:
    handler, smtp = moody
    smtp.send(written("email", "ada@example.com"), [], again=False)
    assert b"List-Unsubscribe: <https://example.com/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in handler.kept[0]
    assert handler.senders == [f"bounces+{UUID(int=3).hex}@example.com"]
    smtp.send(replace(written("email", "ada@example.com"), kind="security"), [], again=False)
    assert b"Unsubscribe" not in handler.kept[1]


def test_a_password_is_not_sent_where_the_server_offers_no_tls(moody: tuple[_Moody, Smtp], monkeypatch: pytest.MonkeyPatch) -> None:
    handler, smtp = moody
    monkeypatch.setattr("services.notifications.providers.smtp._is_loopback", lambda _: False)
    monkeypatch.setattr(smtp, "_user", "me")
    with pytest.raises(ConnectionError, match="no TLS"):
        smtp.send(written("email", "ada@example.com"), [], again=False)
    assert not handler.kept


@pytest.fixture
def twilio() -> Iterator[tuple[TwilioStandIn, Twilio]]:
    stand_in = TwilioStandIn()
    with serving(stand_in) as address:
        yield stand_in, Twilio(settings(**twilio_settings(address)), lambda provider_id, notification_id: provider_id == "another's")


def test_an_sms_that_went_through_is_not_sent_a_second_time(twilio: tuple[TwilioStandIn, Twilio]) -> None:
    stand_in, channel = twilio
    first = channel.send(written("sms", "+491701111111"), [], again=False)
    assert channel.send(written("sms", "+491701111111"), [], again=True) == first
    assert [(message["to"], message["body"]) for message in stand_in.messages] == [("+491701111111", "Text.")]
    assert stand_in.messages[0]["callback"] == f"http://127.0.0.1:8080/api/v1/notifications/callbacks/twilio/{UUID(int=3)}"
    channel.send(written("sms", "+491702222222"), [], again=True)
    assert len(stand_in.messages) == 2


@pytest.mark.skipif(not CONTRACT.exists(), reason="Twilio's contract is not here")
def test_the_stand_in_answers_as_twilios_contract_says(twilio: tuple[TwilioStandIn, Twilio]) -> None:
    contract = json.loads(CONTRACT.read_text())
    asked = contract["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]["requestBody"]["content"]
    assert {"To", "From", "Body", "StatusCallback"} <= set(asked["application/x-www-form-urlencoded"]["schema"]["properties"])
    twilio[1].send(written("sms", "+491701111111"), [], again=False)
    message = {name: value for name, value in twilio[0].messages[0].items() if name != "callback"}
    schema = _nullable({**contract["components"]["schemas"]["api.v2010.account.message"], "components": contract["components"]})
    assert [(list(error.path), error.message) for error in Draft202012Validator(schema).iter_errors(message)] == []


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a list of types."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _nullable(value) for name, value in schema.items()}
    if schema.get("nullable") and "type" in found:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def test_an_sms_whose_answer_was_lost_is_found_again(twilio: tuple[TwilioStandIn, Twilio]) -> None:
    stand_in, channel = twilio
    stand_in.next_answers = [None]
    with pytest.raises(ConnectionError):
        channel.send(written("sms", "+491701111111"), [], again=False)
    assert channel.send(written("sms", "+491701111111"), [], again=True) == stand_in.messages[0]["sid"]
    assert len(stand_in.messages) == 1


def test_the_same_words_to_the_same_number_are_another_sms(twilio: tuple[TwilioStandIn, Twilio]) -> None:
    stand_in, channel = twilio
    channel.send(written("sms", "+491701111111"), [], again=False)
    stand_in.messages[0]["sid"] = "another's"
    assert channel.send(written("sms", "+491701111111"), [], again=True) == stand_in.messages[1]["sid"]


@pytest.mark.parametrize(
    ("answer", "problem"), [(400, Undeliverable), (429, Patience), (500, TwilioRestException), (401, TwilioRestException)]
)
def test_what_twilio_answers_is_told_apart(twilio: tuple[TwilioStandIn, Twilio], answer: int, problem: type[Exception]) -> None:
    twilio[0].next_answers = [answer]
    with pytest.raises(problem):
        twilio[1].send(written("sms", "+4915000000001"), [], again=False)


# What RFC 8291 shows, section 5 and appendix A.
_SENDER, _RECEIVER = (
    "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
)
_SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_push_message_is_sealed_as_the_standard_shows() -> None:
    sealed = push.encrypt(
        b"When I grow up, I want to be a watermelon", push.decode(_RECEIVER), push.decode("BTBZMqHH6r4Tts7J_aSIgg"),
        sender=push.read_key(_SENDER), salt=push.decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )  # fmt: skip
    assert push.encode(sealed) == _SEALED


def test_a_push_message_has_at_most_what_one_record_holds() -> None:
    browser = Browser("")
    keys = [push.decode(browser.keys[name]) for name in ("p256dh", "auth")]
    assert len(push.encrypt(b"x" * 3993, *keys)) == 4096
    with pytest.raises(Undeliverable):
        push.encrypt(b"x" * 3994, *keys)


@pytest.mark.parametrize(
    ("endpoint", "accepted"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://fcm.googleapis.com@169.254.169.254/abc", False),
        ("https://fcm.googleapis.com.example.org/abc", False),
        ("https://169.254.169.254/latest", False),
        ("http://127.0.0.1/abc", False),
        ("https://[broken", False),
    ],
)
def test_only_push_services_that_we_know_are_called(endpoint: str, accepted: bool) -> None:
    assert WebPush(settings(VAPID_PRIVATE_KEY=push.new_key())).accepts(endpoint) == accepted


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def _fails(breaker: Breaker, problem: Exception) -> None:
    breaker.admit()
    with pytest.raises(type(problem)), breaker.watched():
        raise problem


def _state(provider: str) -> float | None:
    return REGISTRY.get_sample_value("einstellen_provider_state", {"provider": provider})


def test_a_provider_that_fails_is_left_alone_and_looked_at_by_one() -> None:
    clock = _Clock()
    breaker = Breaker("one", clock)
    for _ in range(5):
        assert _state("one") == 0
        _fails(breaker, ConnectionError())
    assert _state("one") == 2
    with pytest.raises(Later) as wait:
        breaker.admit()
    assert timedelta(seconds=15) <= wait.value.at - clock.now <= timedelta(seconds=18)
    clock.now += timedelta(seconds=15)
    breaker.admit()
    assert _state("one") == 1
    with pytest.raises(Later):  # while the first one looks
        breaker.admit()
    with pytest.raises(ConnectionError), breaker.watched():
        raise ConnectionError
    with pytest.raises(Later) as wait:  # twice as long
        breaker.admit()
    assert timedelta(seconds=30) <= wait.value.at - clock.now
    clock.now += timedelta(seconds=30)
    breaker.admit()
    with breaker.watched():
        pass
    assert _state("one") == 0
    breaker.admit()


def test_what_a_provider_refuses_is_no_failure_of_its() -> None:
    breaker = Breaker("two", _Clock())
    for _ in range(4):
        _fails(breaker, ConnectionError())
    _fails(breaker, Patience("later"))
    for _ in range(4):
        _fails(breaker, ConnectionError())
    _fails(breaker, Undeliverable("no", "NO"))
    breaker.admit()
    assert _state("two") == 0
