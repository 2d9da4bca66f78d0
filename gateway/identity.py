"""Who opens a socket: finding the access token where browsers and programs can put it, and verifying it. A token is never logged."""

import asyncio
import logging
from dataclasses import dataclass, field

import jwt
from aiohttp import web

from services.chassis import errors
from services.chassis.calls import Person
from services.chassis.rules import check_scope
from services.chassis.tokens import AccessTokens

PROTOCOL, BINARY, YJS = "einstellen.v1", "einstellen.v1.binary", "yjs"
_BEARER = "bearer."
_SCOPE = "rooms.write"

# aiohttp's own warnings quote subprotocols and request lines, where tokens stand. What goes wrong in a handler is logged by ours.
logging.getLogger("aiohttp.websocket").setLevel(logging.CRITICAL)
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Identity:
    """A verified person, with their token for calls on their behalf and when it expires (seconds since 1970)."""

    person: Person
    expires: float
    token: str = field(repr=False)


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
