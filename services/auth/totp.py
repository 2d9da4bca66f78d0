"""One-time codes (TOTP, RFC 6238) and recovery codes: making them, and telling a good one."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

_SECRET_BYTES = 20
_STEP_SECONDS = 30
_DIGITS = 6
_RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_RECOVERY_LETTERS = 12  # 59 bits


def new_secret() -> bytes:
    return secrets.token_bytes(_SECRET_BYTES)


def written(secret: bytes) -> str:
    return base64.b32encode(secret).decode()


def uri(secret: bytes, email: str) -> str:
    """What authenticators read as a QR code."""
    return _totp(secret).get_provisioning_uri(email, "Einstellen")


def code_at(secret: bytes, moment: float) -> str:
    """The code at this moment, in seconds since 1970."""
    return _totp(secret).generate(int(moment)).decode()


def is_one_time(code: str) -> bool:
    """Whether it has the form of an authenticator's code; any other is a recovery code."""
    plain = code.replace(" ", "")
    return len(plain) == _DIGITS and plain.isascii() and plain.isdecimal()


def step_of(secret: bytes, code: str, *, after: int, now: datetime) -> int | None:
    """The time step that the code is of: the current one, or one to either side for clocks that differ. None for a wrong code, or one of a used step."""
    current, plain = int(now.timestamp()) // _STEP_SECONDS, code.replace(" ", "")
    found = None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(code_at(secret, step * _STEP_SECONDS), plain) and step > after:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    def one() -> str:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_RECOVERY_LETTERS))
        return "-".join(letters[start : start + 4] for start in range(0, _RECOVERY_LETTERS, 4))

    return [one() for _ in range(_RECOVERY_CODES)]


def hash_recovery_code(key: bytes, user_id: UUID, code: str) -> bytes:
    """Keyed, because 59 bits alone could be tried by whoever has the table."""
    plain = "".join(letter for letter in code.lower() if letter in _LETTERS)
    return hmac.digest(key, f"{user_id} {plain}".encode(), hashlib.sha256)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _STEP_SECONDS, enforce_key_length=False)  # noqa: S303 - what authenticators compute
