"""Secrets of webhooks, and signatures with them: the symmetric kind, v1, of the Standard Webhooks specification."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

_MARK = "whsec_"


class Secrets:
    """Derives each endpoint's secrets from the one secret of the environment: they are stored nowhere."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), b"einstellen webhooks", hashlib.sha256)

    def of(self, endpoint_id: UUID, version: int) -> str:
        """As the organization gets it: `whsec_` and 32 bytes in Base64."""
        return _MARK + base64.b64encode(hmac.digest(self._key, f"{endpoint_id} {version}".encode(), hashlib.sha256)).decode()


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret, so that either verifies while one takes the other's place."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(secret.removeprefix(_MARK)) for secret in secrets]
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
