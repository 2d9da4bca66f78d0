"""Who opens a socket: finding the access token where browsers and programs can put it, and verifying it. A token is never logged."""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field

import jwt
from aiohttp import web

from services.chassis import errors
from services.chassis.calls import Person
from services.chassis.interceptor import SERVICE_TOKEN
from services.chassis.rules import check_scope
from services.chassis.tokens import AccessTokens, ServiceTokens

PROTOCOL, BINARY, YJS = "einstellen.v1", "einstellen.v1.binary", "yjs"
_BEARER = "bearer."
_SCOPE = "rooms.write"
_DAY = 86_400.0

# aiohttp's own warnings quote subprotocols and request lines, where tokens stand. What goes wrong in a handler is logged by ours.
logging.getLogger("aiohttp.websocket").setLevel(logging.CRITICAL)
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Identity:
    """A verified person, with their token for calls on their behalf and when it expires (seconds since 1970); or a process of ours that comes for itself."""

    person: Person | None
    expires: float
    token: str = field(repr=False)
    service: str = ""

    @property
    def user_id(self) -> str:
        return str(self.person.user_id) if self.person else ""

    def check(self, access: AccessTokens) -> None:
        """Raises Unauthenticated / TOKEN_REVOKED where the token was revoked meanwhile."""
        if self.person is not None:
            access.check(self.person)


def offered(request: web.Request) -> list[str]:
    """The subprotocols that the client offers, one of which may be `bearer.<token>`."""
    return [word.strip() for word in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if word.strip()]


def chosen(request: web.Request) -> tuple[str, ...]:
    """The subprotocol that is answered, of those that the client offers: at most one, and never the one that is a token."""
    return tuple(word for word in offered(request) if word in (PROTOCOL, BINARY, YJS))[:1]


def find_token(request: web.Request) -> str:
    """The token of the handshake: the Authorization header, a subprotocol, or the query; empty where it comes as the first frame."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    for word in offered(request):
        if word.startswith(_BEARER):
            return word.removeprefix(_BEARER)
    return request.query.get("access_token", "")


def find_service(request: web.Request, tokens: ServiceTokens, welcome: Collection[str]) -> Identity | None:
    """A process of ours by its service token, which Envoy takes from whatever comes from outside. Raises Unauthenticated where it is not welcome here."""
    token = request.headers.get(SERVICE_TOKEN, "")
    if not token:
        return None
    service = tokens.verify(token)
    if service not in welcome:
        raise errors.Unauthenticated("SERVICE_TOKEN_INVALID", "this door is not for that service")
    return Identity(None, time.time() + _DAY, "", service)


async def verify(access: AccessTokens, token: str) -> Identity:
    """Raises Unauthenticated, PermissionDenied for an API key that may not, and Unavailable where the keys cannot be fetched.

    On a thread, because fetching them blocks.
    """
    try:
        person = await asyncio.to_thread(access.verify, token)
        if person.scopes is not None:
            check_scope(person.scopes, _SCOPE)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as problem:
        raise errors.Unauthenticated("TOKEN_INVALID", "the access token is not valid") from problem
    return Identity(person, float(claims["exp"]), token)
