"""JSON Web Signatures in compact form, verified strictly (RFC 7515, RFC 8725): which keys of a set can be used, and whether one of them signed a token."""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import Algorithm, ECAlgorithm, OKPAlgorithm, RSAAlgorithm

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_LARGEST = 16 * 1024
_LEEWAY = 5  # seconds that two clocks may differ
_SHORTEST_RSA = 2048
# What each algorithm's key looks like (RFC 7518, RFC 8037), and how it verifies.
_KINDS: Mapping[str, tuple[str, str | None, Algorithm]] = {
    "ES256": ("EC", "P-256", ECAlgorithm(ECAlgorithm.SHA256)),
    "EdDSA": ("OKP", "Ed25519", OKPAlgorithm()),
    "RS256": ("RSA", None, RSAAlgorithm(RSAAlgorithm.SHA256)),
}


class Invalid(Exception):  # noqa: N818 - what a token is, not what went wrong here
    """A token that nobody we know has signed, or that is none."""


class Expired(Invalid):
    """A token that was good and is too old."""


@dataclass(frozen=True)
class Key:
    """A public key for one algorithm."""

    key_id: str
    algorithm: str
    public: Any


def read_keys(document: Any, algorithms: Collection[str]) -> dict[str, Key]:
    """The keys of a JSON Web Key Set that are for signatures by one of these algorithms, by key id.

    Any other key is left out, and so are all keys that share an id: a token could not say which one it means.
    """
    found: dict[str, Key] = {}
    seen: set[str] = set()
    for entry in document["keys"]:
        key = _read_key(entry, algorithms)
        key_id = str(entry.get("kid", "")) if isinstance(entry, dict) else ""
        if key_id in seen:
            found.pop(key_id, None)
        elif key is not None:
            found[key_id] = key
        seen.add(key_id)
    return found


def header_of(token: str) -> dict[str, Any]:
    """What the token says about itself, which is nobody's word until it is verified. Raises Invalid."""
    if len(token) > _LARGEST or not _FORM.fullmatch(token):
        raise Invalid
    header = _json(_decode(token.partition(".")[0]))
    # Extensions that must be understood (`crit`) are not; a key that a token brings along is never looked at.
    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid"), str) or "crit" in header:
        raise Invalid
    return header


def verify(token: str, find: Callable[[str], Key | None]) -> bytes:
    """What the token says, if the key that `find` knows by its id signed it by the key's own algorithm. Raises Invalid."""
    header = header_of(token)
    key = find(header["kid"])
    if key is None or header["alg"] != key.algorithm:
        raise Invalid
    signed, _, signature = token.rpartition(".")
    try:
        good = _KINDS[key.algorithm][2].verify(signed.encode(), key.public, _decode(signature))
    except (InvalidSignature, ValueError):
        good = False
    if not good:
        raise Invalid
    return _decode(signed.partition(".")[2])


def claims_of(payload: bytes, *, issuers: Collection[str], audience: str, now: float) -> dict[str, Any]:
    """The claims of a verified token (RFC 7519), if it is from one of the issuers, for the audience alone, and of this moment.

    Raises Expired, or Invalid.
    """
    claims = _json(payload)
    starts = max(_moment(claims, "iat"), _moment(claims, "nbf") if "nbf" in claims else 0)
    if claims.get("iss") not in issuers or claims.get("aud") not in (audience, [audience]) or now + _LEEWAY < starts:
        raise Invalid
    if now - _LEEWAY >= _moment(claims, "exp"):
        raise Expired
    return claims


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Invalid
    return value


def _read_key(entry: Any, algorithms: Collection[str]) -> Key | None:
    if not isinstance(entry, dict) or entry.get("alg") not in algorithms or not isinstance(entry.get("kid"), str):
        return None
    algorithm = str(entry["alg"])
    kind, curve, reader = _KINDS[algorithm]
    operations = entry.get("key_ops", ["verify"])
    fits = entry.get("kty") == kind and entry.get("crv") == curve
    if not fits or entry.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        public = reader.from_jwk({name: value for name, value in entry.items() if name in ("kty", "crv", "x", "y", "n", "e")})
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        return None
    if isinstance(public, RSAPublicKey) and (public.key_size < _SHORTEST_RSA or _is_roca(public.public_numbers().n)):
        return None
    return Key(str(entry["kid"]), algorithm, public)


def _is_roca(modulus: int) -> bool:
    """Whether an RSA modulus has the fingerprint of keys that can be factored (CVE-2017-15361): it is a power of 65537 modulo each small prime."""
    for prime in _SMALL_PRIMES:
        power, powers = 1, set()
        while power not in powers:
            powers.add(power)
            power = power * 65537 % prime
        if modulus % prime not in powers:
            return False
    return True


_SMALL_PRIMES = [n for n in range(3, 168) if all(n % d for d in range(2, n))]


def _decode(part: str) -> bytes:
    """Base64url without padding, in its one right form (RFC 4648, 3.5)."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Invalid from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise Invalid
    return data


def _json(data: bytes) -> dict[str, Any]:
    """An object in which no name is given twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Invalid
        return dict(pairs)

    try:
        found = json.loads(data.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Invalid from None
    if not isinstance(found, dict):
        raise Invalid
    return found
