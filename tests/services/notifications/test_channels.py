"""The channels to outside parties, over their real protocols: an SMTP server that refuses, and Twilio's API on the loopback address."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.stack.ports import LOOPBACK, free_port
from services.chassis.settings import load
from services.notifications.providers.channel import Undeliverable
from services.notifications.providers.smtp import Smtp
from services.notifications.providers.twilio import Twilio
from services.notifications.settings import Settings
from services.notifications.tables import Notification

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

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address.startswith("gone"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 not wanted here"
        self.kept.append(envelope.content)
        return "250 kept"


@pytest.fixture
def moody() -> Iterator[tuple[_Moody, Smtp]]:
    handler, port = _Moody(), free_port()
    controller = Controller(handler, hostname=LOOPBACK, port=port)
    controller.start()
    yield handler, Smtp(settings(EMAIL_HOST=LOOPBACK, EMAIL_PORT=port, EMAIL_FROM="Einstellen <no-reply@example.com>"))
    controller.stop()


@pytest.mark.parametrize("recipient", ["gone@example.com", "spam@example.com", "two@at@example.com"])
def test_a_mail_that_is_refused_for_good_is_undeliverable(moody: tuple[_Moody, Smtp], recipient: str) -> None:
    with pytest.raises(Undeliverable):
        moody[1].send(written("email", recipient), again=False)


def test_a_mail_that_is_refused_for_now_is_tried_again(moody: tuple[_Moody, Smtp]) -> None:
    handler, smtp = moody
    with pytest.raises(OSError, match="busy"):
        smtp.send(written("email", "busy@example.com"), again=False)
    smtp.send(written("email", "ada@example.com"), again=True)
    assert f"<{UUID(int=3)}@example.com>".encode() in handler.kept[0]


def test_a_password_is_not_sent_where_the_server_offers_no_tls(moody: tuple[_Moody, Smtp], monkeypatch: pytest.MonkeyPatch) -> None:
    handler, smtp = moody
    monkeypatch.setattr("services.notifications.providers.smtp._is_loopback", lambda _: False)
    monkeypatch.setattr(smtp, "_user", "me")
    with pytest.raises(ConnectionError, match="no TLS"):
        smtp.send(written("email", "ada@example.com"), again=False)
    assert not handler.kept


class _Api(BaseHTTPRequestHandler):
    """As much of Twilio's Messages resource as sending and looking up needs."""

    sent: list[dict[str, str]]

    def do_POST(self) -> None:
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        if form["To"] == "+4915000000000":
            self._answer(400, {"code": 21211, "message": "invalid number", "status": 400})
            return
        self.sent.append(form)
        self._answer(201, self._message(form))

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        found = [self._message(form) for form in self.sent if form["To"] == query["To"][0]]
        self._answer(200, {"messages": found, "page": 0, "page_size": 50, "uri": self.path, "next_page_uri": None})

    def _message(self, form: dict[str, str]) -> dict[str, Any]:
        return {
            "sid": "SM0",
            "to": form["To"],
            "from": form["From"],
            "body": form["Body"],
            "status": "queued",
            "date_sent": format_datetime(datetime.now(UTC)),
        }

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        assert base64.b64decode(self.headers["Authorization"].split()[1]) == b"AC0:token"
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def twilio() -> Iterator[tuple[list[dict[str, str]], Twilio]]:
    handler: Any = type("Api", (_Api,), {"sent": []})
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://{LOOPBACK}:{server.server_port}"
    values = {"TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM": "+491701234567", "TWILIO_BASE_URL": address}
    yield handler.sent, Twilio(settings(**values))
    server.shutdown()
    server.server_close()


def test_an_sms_that_went_through_is_not_sent_a_second_time(twilio: tuple[list[dict[str, str]], Twilio]) -> None:
    sent, channel = twilio
    for again in (False, True):
        channel.send(written("sms", "+491701111111"), again=again)
    assert [(form["To"], form["Body"]) for form in sent] == [("+491701111111", "Text.")]
    channel.send(written("sms", "+491702222222"), again=True)
    assert len(sent) == 2


def test_a_number_that_twilio_refuses_is_undeliverable(twilio: tuple[list[dict[str, str]], Twilio]) -> None:
    with pytest.raises(Undeliverable):
        twilio[1].send(written("sms", "+4915000000000"), again=False)
