"""What both peers ask of a caller: an ES256 access token, verified once and remembered until it expires, as our services do."""

import json
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import jwt

_LEEWAY = 5
_CACHED = 10_000
_WRITERS = frozenset({"owner", "admin", "member"})
_READERS = _WRITERS | {"viewer"}


class Refused(Exception):
    """The token is missing or no good."""


@dataclass(frozen=True)
class Caller:
    """The signed-in person that a token names."""

    user_id: UUID
    tenant_id: UUID
    kind: str
    role: str

    is_authenticated = True  # what Django REST framework asks of a user

    @property
    def may_read(self) -> bool:
        return self.kind == "business" and self.role in _READERS

    @property
    def may_write(self) -> bool:
        return self.kind == "business" and self.role in _WRITERS


class Tokens:
    """Verifies access tokens by the keys that were published when the process started."""

    def __init__(self, published: str, *, remember: bool) -> None:
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in json.loads(published)["keys"]}
        self._remember = remember
        self._verified: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    def verify(self, authorization: str) -> Caller:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("send the access token as `Authorization: Bearer <token>`")
        hit = self._verified.get(token)
        if hit is not None and time.time() < hit[0]:
            return hit[1]
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token, key, algorithms=["ES256"], issuer="einstellen", audience="einstellen", leeway=_LEEWAY,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )  # fmt: skip
            caller = Caller(UUID(claims["sub"]), UUID(claims["org"]), str(claims["kind"]), str(claims["role"]))
        except (jwt.PyJWTError, KeyError, ValueError) as problem:
            raise Refused("the access token is not valid") from problem
        if self._remember:
            self._verified[token] = (float(claims["exp"]), caller)
            while len(self._verified) > _CACHED:
                self._verified.popitem(last=False)
        return caller


def tokens() -> Tokens:
    return Tokens(os.environ["BENCH_KEYS"], remember=os.environ.get("BENCH_REMEMBER", "1") == "1")
