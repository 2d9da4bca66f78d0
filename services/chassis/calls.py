"""Who is calling, and the call that this thread is serving."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from services.chassis import errors


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may touch. The database enforces it by row-level security, whatever the query says.

    `system` is for what belongs to no tenant: signing in, durable tasks, followers of events. It lets everything through.
    """

    tenant_id: UUID | None = None
    user_id: UUID | None = None
    system: bool = False


ANONYMOUS = Scope()
SYSTEM = Scope(system=True)


@dataclass(frozen=True)
class Person:
    """A signed-in person as their access token says: acting in one organization, with one role there.

    For an API key it is who made the key, narrowed to `scopes`, and `session_id` is the key's. `revision` is up to where its signer knew what is revoked.
    """

    user_id: UUID
    tenant_id: UUID
    kind: str
    role: str
    session_id: UUID
    is_platform_admin: bool = False
    scopes: frozenset[str] | None = None
    revision: int = 0

    @property
    def scope(self) -> Scope:
        return Scope(self.tenant_id, self.user_id)


@dataclass(frozen=True)
class Call:
    """One request or task: what every log line, error, trace and audit row of it carries."""

    server: str
    method: str
    request_id: str
    address: str = ""
    person: Person | None = None
    service: str = ""
    token: str = field(default="", repr=False)
    idempotency_key: str = ""

    @property
    def scope(self) -> Scope:
        """The person's, also where a service acts for them; a service that calls for itself is trusted with everything."""
        if self.person:
            return self.person.scope
        return SYSTEM if self.service else ANONYMOUS


NO_CALL = Call(server="", method="", request_id="")
_current: ContextVar[Call] = ContextVar("einstellen_call", default=NO_CALL)


def current() -> Call:
    return _current.get()


def enter(call: Call) -> None:
    """Makes this the call that the thread serves, until the next one."""
    _current.set(call)


def person() -> Person:
    """The signed-in person who is calling. Raises Unauthenticated where there is none, as with a public RPC."""
    found = _current.get().person
    if found is None:
        raise errors.Unauthenticated("TOKEN_MISSING", "sign in and send the access token as `Authorization: Bearer <token>`")
    return found
