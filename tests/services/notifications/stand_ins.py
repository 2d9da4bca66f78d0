"""What stands outside, over its real protocol: Twilio's Messages API and a push service, each with a memory."""

import base64
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from cli.stack.ports import LOOPBACK
from services.notifications.providers.push import decode, encode

ACCOUNT, TOKEN, NUMBER = f"AC{'0' * 32}", "a token of the account", "+491701234567"


def twilio_settings(address: str) -> dict[str, str]:
    return {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_FROM": NUMBER, "TWILIO_BASE_URL": address}


class _Handler(BaseHTTPRequestHandler):
    owner: Any

    def do_POST(self) -> None:
        self.owner.post(self, self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        self.owner.get(self)

    def answer(self, status: int, body: object = None, **headers: str) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def serving(owner: Any) -> Iterator[str]:
    """Serves it on the loopback address, and says where."""
    server = ThreadingHTTPServer((LOOPBACK, 0), type("Handler", (_Handler,), {"owner": owner}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class TwilioStandIn:
    """Creates and lists messages as Twilio does: a message that waits has no date of sending, and none is taken back once it is answered for.

    `next_answers` are statuses to answer with in place of doing anything; None takes the message and closes the connection without an answer.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    next_answers: list[int | None] = field(default_factory=list)
    asked: int = 0

    def post(self, request: _Handler, body: bytes) -> None:
        if not self._knows(request):
            return
        form = {key: values[0] for key, values in parse_qs(body.decode(), strict_parsing=True).items()}
        planned = self.next_answers.pop(0) if self.next_answers else 201
        if planned is not None and planned != 201:
            request.answer(planned, {"code": 20000 + planned, "message": "no", "status": planned})
            return
        if form["To"] == "+4915000000000":
            request.answer(400, {"code": 21211, "message": "invalid number", "status": 400})
            return
        made = {
            "sid": f"SM{secrets.token_hex(16)}", "account_sid": ACCOUNT, "to": form["To"], "from": form["From"], "body": form["Body"], "status": "queued",
            "date_created": format_datetime(datetime.now(UTC)), "date_updated": format_datetime(datetime.now(UTC)), "date_sent": None,
            "direction": "outbound-api", "num_segments": "1", "num_media": "0", "error_code": None, "error_message": None,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/x.json",
        }  # fmt: skip
        self.messages.append(made | {"callback": form.get("StatusCallback", "")})
        if planned is None:
            request.close_connection = True
            return
        request.answer(201, made)

    def get(self, request: _Handler) -> None:
        if not self._knows(request):
            return
        self.asked += 1
        query = {key: values[0] for key, values in parse_qs(urlsplit(request.path).query).items()}
        found = [
            {name: value for name, value in message.items() if name != "callback"}
            for message in reversed(self.messages)
            if query.get("To") in (None, message["to"])
            and query.get("From") in (None, message["from"])
            # Twilio filters by a date that what is still queued does not have.
            and not (any(name.startswith("DateSent") for name in query) and message["date_sent"] is None)
        ]
        request.answer(200, {"messages": found, "page": 0, "page_size": 50, "uri": request.path, "next_page_uri": None})

    def callback(self, message: Mapping[str, Any], status: str, **more: str) -> tuple[str, bytes, str]:
        """The address, body and signature of what Twilio tells of a message."""
        fields = {
            "MessageSid": message["sid"],
            "MessageStatus": status,
            "To": message["to"],
            "From": message["from"],
            "AccountSid": ACCOUNT,
            **more,
        }
        signature = RequestValidator(TOKEN).compute_signature(message["callback"], fields)
        return message["callback"], urlencode(fields).encode(), str(signature)

    def _knows(self, request: _Handler) -> bool:
        known = base64.b64decode(request.headers["Authorization"].split()[1]).decode() == f"{ACCOUNT}:{TOKEN}"
        if not known or urlsplit(request.path).path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            request.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
            return False
        return True


class Browser:
    """A browser's subscription: its keys, and how it opens what arrives (RFC 8291, written from its other end)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = secrets.token_bytes(16)
        self._public = self._key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": encode(self._public), "auth": encode(self._secret)}

    def open(self, body: bytes) -> dict[str, Any]:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert (length, len(sealed) <= size) == (65, True)
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        key = HKDF(hashes.SHA256(), 32, self._secret, b"WebPush: info\0" + self._public + sender).derive(shared)
        content = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(key)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(key)
        plain = AESGCM(content).decrypt(nonce, sealed, None)
        assert plain.endswith(b"\2")
        shown: dict[str, Any] = json.loads(plain[:-1])
        return shown


@dataclass
class PushStandIn:
    """Takes messages for browsers, checks who signed them as a push service does, and refuses what is too large.

    `answers` are the statuses to answer an endpoint with, one after the other, before it goes back to taking what comes.
    """

    address: str = ""
    public_key: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)
    arrived: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)

    def browser(self) -> Browser:
        endpoint = f"{self.address}/send/{secrets.token_urlsafe(12)}"
        self.browsers[endpoint] = Browser(endpoint)
        return self.browsers[endpoint]

    def post(self, request: _Handler, body: bytes) -> None:
        endpoint = self.address + request.path
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(fields["k"]))
        claims = jwt.decode(fields["t"], key, algorithms=["ES256"], audience=self.address)
        if scheme != "vapid" or fields["k"] != self.public_key or claims["exp"] - datetime.now(UTC).timestamp() > 24 * 3600:
            request.answer(403)
        elif planned := self.answers.get(endpoint):
            request.answer(planned.pop(0), Retry_After="1")
        elif len(body) > 4096:
            request.answer(413)
        elif endpoint not in self.browsers:
            request.answer(410)
        else:
            self.arrived.append((endpoint, self.browsers[endpoint].open(body), dict(request.headers.items())))
            request.answer(201, Location=f"{self.address}/m/{len(self.arrived)}")


def tell(callback: tuple[str, bytes, str], door: str) -> int:
    """Sends a callback of Twilio's to a door that is not the public address, and returns the status of the answer."""
    address, body, signature = callback
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(door + urlsplit(address).path, body, headers=headers, timeout=10).status_code
