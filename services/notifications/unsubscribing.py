"""Links by which a person turns mails of one kind off without signing in (RFC 8058)."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from services.chassis import errors
from services.notifications.rules import KINDS

_PURPOSE = b"einstellen unsubscribe "
_MAC_BYTES = 16


class Unsubscribing:
    """Makes and reads them. A token is good for ever, since so is the mail that it stands in, and for no more than turning that kind of mail off."""

    def __init__(self, secret: str, public_url: str) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
        self._address = f"{public_url.rstrip('/')}/api/v1/notifications/unsubscribe"

    def link(self, user_id: UUID, kind: str) -> str:
        words = user_id.bytes + kind.encode()
        return f"{self._address}/{base64.urlsafe_b64encode(self._mac(words) + words).decode().rstrip('=')}"

    def read(self, token: str) -> tuple[UUID, str]:
        """Whom a token is of, and which kind it turns off. Raises NotFound / UNSUBSCRIBE_TOKEN_INVALID."""
        try:
            found = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            found = b""
        mac, words = found[:_MAC_BYTES], found[_MAC_BYTES:]
        kind = words[16:].decode(errors="replace")
        if not hmac.compare_digest(mac, self._mac(words)) or kind not in KINDS or KINDS[kind].mandatory:
            raise errors.NotFound("UNSUBSCRIBE_TOKEN_INVALID", "this link is not one of ours, or was cut short")
        return UUID(bytes=words[:16]), kind

    def _mac(self, words: bytes) -> bytes:
        return hmac.digest(self._key, words, hashlib.sha256)[:_MAC_BYTES]
