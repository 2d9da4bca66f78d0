"""Keys for one purpose each, derived from the one secret of the environment: to encrypt what is stored, and to derive tokens."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes (HKDF, RFC 5869); one purpose's key says nothing about another's."""
    return HKDF(hashes.SHA256(), 32, b"einstellen", purpose.encode()).derive(secret.encode())


def box(secret: str, purpose: str) -> Fernet:
    """Encrypts and authenticates what is stored."""
    return Fernet(base64.urlsafe_b64encode(derive(secret, purpose)))


def token_of(key: bytes, text: str) -> str:
    """A token that only a holder of the key can make of this text, and always the same one: 256 bits in the letters of a URL."""
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).decode().rstrip("=")
