"""Who may call which RPC, as the contracts' `allow` option says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from einstellen.options.v1 import options_pb2
from services.chassis import errors
from services.chassis.calls import Person


@dataclass(frozen=True)
class Rule:
    """The `allow` option of one RPC. See options.proto for what each field means."""

    public: bool = False
    self_: bool = False
    roles: frozenset[str] = frozenset()
    kind: str = ""
    services: frozenset[str] = frozenset()
    platform_admin: bool = False
    scope: str = ""

    def check(self, person: Person | None, service: str) -> None:
        """Returns where the caller may; raises Unauthenticated or PermissionDenied with the reason that helps most."""
        if self.public or (service and ("*" in self.services or service in self.services)):
            return
        if person is None:
            if not (self.self_ or self.roles or self.platform_admin):
                raise errors.PermissionDenied("SERVICES_ONLY", "only services may call this")
            raise errors.Unauthenticated("TOKEN_MISSING", "sign in and send the access token as `Authorization: Bearer <token>`")
        if person.scopes is not None and not service:  # a key is narrowed at the first door, and not where one of ours goes on for it
            check_scope(person.scopes, self.scope)
        if self.self_ or (self.platform_admin and person.is_platform_admin):
            return
        if person.role in self.roles:
            if not self.kind or person.kind == self.kind:
                return
            raise errors.PermissionDenied("ORGANIZATION_KIND_WRONG", f"this needs a {self.kind} organization: switch to one, or create it")
        if self.roles:
            raise errors.PermissionDenied(
                "ROLE_NOT_ALLOWED", f"this needs one of the roles {', '.join(sorted(self.roles))} in the organization"
            )
        if self.platform_admin:
            raise errors.PermissionDenied("PLATFORM_ADMIN_ONLY", "only platform administrators may call this")
        raise errors.PermissionDenied("SERVICES_ONLY", "only services may call this")


def check_scope(scopes: frozenset[str], needed: str) -> None:
    """Raises PermissionDenied / SCOPE_MISSING where an API key with these scopes may not do what needs this one; `needed` is empty for what no key may."""
    if not needed:
        raise errors.PermissionDenied("SCOPE_MISSING", "no API key may do this: sign in")
    if needed not in scopes:
        raise errors.PermissionDenied("SCOPE_MISSING", f"this needs an API key with the scope {needed}")


NOBODY = Rule()
PUBLIC = Rule(public=True)


def rule_of(method: MethodDescriptor) -> Rule:
    """The rule of an RPC; one that says nothing lets nobody in."""
    options: Any = method.GetOptions()
    if not options.HasExtension(options_pb2.allow):
        return NOBODY
    allow = options.Extensions[options_pb2.allow]
    return Rule(
        allow.public, allow.self, frozenset(allow.roles), allow.kind, frozenset(allow.services), allow.platform_admin, scope_of(method)
    )  # fmt: skip


def scope_of(method: MethodDescriptor) -> str:
    """What an API key needs to call an RPC; empty where none may."""
    service: Any = method.containing_service.GetOptions()
    scope = str(service.Extensions[options_pb2.scope])
    http: Any = method.GetOptions()
    reads = http.Extensions[annotations_pb2.http].WhichOneof("pattern") == "get"
    return f"{scope}.{'read' if reads else 'write'}" if scope else ""


def rules_of(services: Iterable[str]) -> dict[str, Rule]:
    """The rules of every RPC of the services with these full names, by gRPC path (`/einstellen.auth.v1.AuthService/Login`)."""
    pool = descriptor_pool.Default()
    return {
        f"/{name}/{method.name}": rule_of(method) for name in services for method in pool.FindServiceByName(name).methods
    }  # fmt: skip
