"""Tokens: verifying a person's access token (RFC 7519, RFC 8725), and the short-lived ones by which services know each other."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import grpc
import jwt

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.chassis import errors, jose
from services.chassis.calls import Person
from services.chassis.revocations import Revocations

ALGORITHMS = ("ES256", "EdDSA")
TYPE = "at+jwt"  # RFC 9068
SERVICE_TYPE = "service+jwt"
SERVICE_SECONDS = 60
_LEEWAY = 5
_CACHED = 10_000
_KEYS_SECONDS = 300.0
_REFETCH_SECONDS = 2.0


class KeyRing:
    """The public keys of whoever signs, fetched when they are old or a token names one that is not known.

    However many unknown keys are named, they are fetched at most once in two seconds, by one thread at a time.
    """

    def __init__(self, fetch: Callable[[], Mapping[str, Any]], algorithms: Collection[str] = ALGORITHMS) -> None:
        self._fetch = fetch
        self._algorithms = algorithms
        self._keys: dict[str, jose.Key] = {}
        self._fetched = -_KEYS_SECONDS
        self._tried = -_KEYS_SECONDS
        self._away: errors.Refusal | None = None
        self._lock = threading.Lock()

    def key(self, key_id: str) -> jose.Key | None:
        """Raises Unavailable where a key is not known and nobody can be asked."""
        found = self._keys.get(key_id)
        if found is not None and time.monotonic() - self._fetched < _KEYS_SECONDS:
            return found
        with self._lock:
            now = time.monotonic()
            fresh = now - self._fetched < _KEYS_SECONDS and key_id in self._keys
            if not fresh and now - self._tried > _REFETCH_SECONDS:
                self._tried = now
                try:
                    self._keys = jose.read_keys(self._fetch(), self._algorithms)
                    self._fetched, self._away = now, None
                except errors.Refusal as problem:
                    self._away = problem
            away = self._away
        found = self._keys.get(key_id)
        if found is None and away is not None:
            raise errors.Unavailable(away.reason, away.message)
        return found


def published(channel: grpc.Channel) -> Callable[[], Mapping[str, Any]]:
    """How a service that signs no tokens fetches the keys from the one that does."""
    stub = keys_pb2_grpc.KeyServiceStub(channel)

    def fetch() -> Mapping[str, Any]:
        try:
            return dict(json.loads(stub.GetKeys(keys_pb2.GetKeysRequest()).data))
        except grpc.RpcError as problem:
            raise errors.Unavailable("KEYS_UNAVAILABLE", "access tokens cannot be verified at the moment; try again") from problem

    return fetch


class AccessTokens:
    """Verifies access tokens, and remembers those that it has verified until they expire."""

    def __init__(self, keys: KeyRing, issuer: str, revocations: Revocations | None = None) -> None:
        self.revocations = revocations
        self._keys = keys
        self._issuer = issuer
        self._verified: OrderedDict[str, tuple[float, Person]] = OrderedDict()
        self._lock = threading.Lock()

    def verify(self, token: str) -> Person:
        """The person that a token names. Raises Unauthenticated / TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_REVOKED."""
        person = self._read(token)
        self.check(person)
        return person

    def check(self, person: Person) -> None:
        """Raises Unauthenticated / TOKEN_REVOKED where the token that named the person was revoked meanwhile, as while a stream is open."""
        if self.revocations is not None:
            self.revocations.check(person)

    def _read(self, token: str) -> Person:
        hit = self._verified.get(token)
        if hit is not None:
            if time.time() < hit[0]:
                return hit[1]
            with self._lock:
                self._verified.pop(token, None)
        expires, person = self._check(token)
        with self._lock:
            self._verified[token] = (expires, person)
            while len(self._verified) > _CACHED:
                self._verified.popitem(last=False)
        return person

    def _check(self, token: str) -> tuple[float, Person]:
        try:
            if jose.header_of(token).get("typ") != TYPE:
                raise jose.Invalid  # noqa: TRY301 - one answer to all that is wrong with a token
            claims = jose.claims_of(jose.verify(token, self._keys.key), issuers=(self._issuer,), audience=self._issuer, now=time.time())
            person = Person(
                user_id=UUID(str(claims["sub"])), tenant_id=UUID(str(claims["org"])), kind=str(claims["kind"]), role=str(claims["role"]),
                session_id=UUID(str(claims["sid"])), is_platform_admin=claims.get("admin") is True,
                scopes=frozenset(str(claims["scope"]).split()) if "scope" in claims else None, revision=int(claims.get("rev", 0)),
            )  # fmt: skip
        except jose.Expired as problem:
            raise errors.Unauthenticated("TOKEN_EXPIRED", "the access token has expired; refresh it") from problem
        except (jose.Invalid, KeyError, ValueError, TypeError) as problem:
            raise errors.Unauthenticated("TOKEN_INVALID", "the access token is not valid") from problem
        return float(claims["exp"]), person


class ServiceTokens:
    """Signs this service's name for its calls, and verifies the names of those who call it, by one key that all services share."""

    def __init__(self, key: str, service: str) -> None:
        self._key = key
        self._service = service
        self._signed: dict[str, tuple[float, str]] = {}
        self._verified: dict[str, tuple[float, str]] = {}

    def sign(self, audience: str) -> str:
        """A token for calls to `audience`, good for up to a minute."""
        now = time.time()
        expires, token = self._signed.get(audience, (0.0, ""))
        if expires - now < SERVICE_SECONDS / 2:
            expires = now + SERVICE_SECONDS
            claims = {"iss": self._service, "aud": audience, "iat": int(now), "exp": int(expires)}
            token = jwt.encode(claims, self._key, algorithm="HS256", headers={"typ": SERVICE_TYPE})
            self._signed[audience] = (expires, token)
        return token

    def verify(self, token: str) -> str:
        """The name of the calling service. Raises Unauthenticated / SERVICE_TOKEN_INVALID."""
        hit = self._verified.get(token)
        if hit is not None and time.time() < hit[0]:
            return hit[1]
        try:
            if jwt.get_unverified_header(token).get("typ") != SERVICE_TYPE:
                raise jwt.InvalidTokenError
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=self._service,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud"]},
            )
        except jwt.PyJWTError as problem:
            raise errors.Unauthenticated("SERVICE_TOKEN_INVALID", "the calling service's token is not valid") from problem
        if len(self._verified) > _CACHED:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), str(claims["iss"]))
        return str(claims["iss"])
