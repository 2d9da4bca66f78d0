"""Web push: messages that only the browser they are for can open (RFC 8291), signed so that its push service knows whose they are (RFC 8292)."""

import base64
import ipaddress
import json
import os
import time
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import jwt
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.chassis.logs import log
from services.notifications.providers.channel import Device, Patience, Undeliverable
from services.notifications.settings import Settings
from services.notifications.tables.notifications import Notification

_TIMEOUT_SECONDS = 10.0
_KEPT_SECONDS = 3 * 24 * 3600  # by the push service, for a browser that is not there
_SIGNED_SECONDS = 12 * 3600  # RFC 8292 allows a day
_RECORD = 4096  # one record, which is all that push services have to take (RFC 8030, section 7.2)
_KEY_BYTES, _SECRET_BYTES, _SALT_BYTES = 65, 16, 16
_LONGEST = _RECORD - _SALT_BYTES - 4 - 1 - _KEY_BYTES - 1 - 16
_GONE = (404, 410)
_TOO_LARGE, _TOO_MANY = 413, 429


class WebPush:
    """A notification to every browser of a person. A browser that shows one again replaces it, for both have the notification's id as their tag."""

    def __init__(self, settings: Settings) -> None:
        self._key = read_key(settings.push_private_key.get_secret_value())
        self._subject = settings.push_subject
        self._hosts = settings.push_hosts
        self.public_key = encode(_point(self._key.public_key()))

    def accepts(self, endpoint: str) -> bool:
        """Whether an address is one of a push service that we know: it comes from outside, and we call it from inside."""
        try:
            url = urlsplit(endpoint)
            host, plain = url.hostname or "", url.scheme == "http" and _is_loopback(url.hostname or "")
            standard = plain or (url.scheme == "https" and url.port in (None, 443))
        except ValueError:
            return False
        return standard and "@" not in url.netloc and any(fnmatchcase(host, pattern) for pattern in self._hosts)

    def send(self, notification: Notification, devices: Sequence[Device], *, again: bool) -> str:
        """Each browser that has it is marked at once. What goes wrong with one keeps it from no other."""
        shown = {"id": str(notification.id), "tag": str(notification.id), "title": notification.subject, "body": notification.message}
        data = json.dumps(shown | {"kind": notification.kind}, ensure_ascii=False).encode()
        problem: Exception | None = None
        for device in devices:
            try:
                self._send_one(notification, device, data)
            except (Undeliverable, Patience, OSError) as found:
                problem = problem if problem is not None and not isinstance(problem, Undeliverable) else found
        if problem is not None:
            raise problem
        return ""

    def _send_one(self, notification: Notification, device: Device, data: bytes) -> None:
        subscription = device.subscription
        body = encrypt(data, decode(subscription.p256dh), decode(subscription.auth))
        headers = {
            "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "TTL": str(_KEPT_SECONDS),
            "Urgency": "high" if notification.kind == "security" else "normal", "Topic": encode(notification.id.bytes),
            "Authorization": f"vapid t={self._signed(subscription.endpoint)}, k={self.public_key}",
        }  # fmt: skip
        answer = requests.post(subscription.endpoint, body, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False)
        if answer.ok:
            device.has_it()
        elif answer.status_code in _GONE:
            device.is_gone()
        elif answer.status_code == _TOO_LARGE:
            raise Undeliverable("the push service finds it too large", "PUSH_TOO_LARGE")
        elif answer.status_code == _TOO_MANY:
            wait = answer.headers.get("Retry-After", "")
            raise Patience("the push service asks for patience", float(wait) if wait.isdecimal() else 0.0)
        elif answer.status_code < 500:
            log.warning("push refused", extra={"notification_id": str(notification.id), "status": answer.status_code})
            raise Undeliverable("the push service refused it", f"PUSH_{answer.status_code}")
        else:
            raise ConnectionError(f"the push service answered {answer.status_code}")

    def _signed(self, endpoint: str) -> str:
        url = urlsplit(endpoint)
        claims = {"aud": f"{url.scheme}://{url.netloc}", "exp": int(time.time()) + _SIGNED_SECONDS, "sub": self._subject}
        return jwt.encode(claims, self._key, algorithm="ES256")


def encrypt(data: bytes, receiver: bytes, secret: bytes, *, sender: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b"") -> bytes:
    """One record of aes128gcm (RFC 8188) for the browser with this public key and secret; the sender's key and the salt are new for each."""
    if len(data) > _LONGEST:
        raise Undeliverable(f"a push message has at most {_LONGEST} bytes", "PUSH_TOO_LARGE")
    sender, salt = sender or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(_SALT_BYTES)
    own = _point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver))
    key = _derive(32, secret, b"WebPush: info\0" + receiver + own)(shared)
    cipher = AESGCM(_derive(16, salt, b"Content-Encoding: aes128gcm\0")(key))
    sealed = cipher.encrypt(_derive(12, salt, b"Content-Encoding: nonce\0")(key), data + b"\2", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(own)]) + own + sealed


def check_keys(p256dh: str, auth: str) -> bool:
    """Whether a browser's keys are a point on the curve and a secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(p256dh))
        return len(decode(p256dh)) == _KEY_BYTES and len(decode(auth)) == _SECRET_BYTES
    except ValueError:
        return False


def new_key() -> str:
    """A new VAPID key, in the form in which other tools keep theirs: 32 bytes in base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), ec.SECP256R1())


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Raises ValueError for what is no base64url."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _derive(length: int, salt: bytes, info: bytes) -> Callable[[bytes], bytes]:
    return HKDF(hashes.SHA256(), length, salt, info).derive


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
