"""Who may call each RPC, as a page: a column for each role, made from the `allow` options."""

from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts.descriptors import Contracts
from cli.contracts.openapi import scope_of

_ROLES = ("owner", "admin", "member", "viewer")
_HEAD = """# Who may call which RPC

Made from the contracts by `make generate`. [What it comes to](../docs/permissions.md).

"public" needs no token; "own" is any signed-in person for what is their own; "business" is in a business organization alone. The scope is what an API key needs
beside its maker's role.
"""


def page(files: FileDescriptorSet) -> str:
    contracts = Contracts(files)
    lines = [_HEAD]
    for service in contracts.services():
        if not service.full_name.startswith("einstellen."):
            continue
        lines += [
            f"## {service.full_name.removeprefix('einstellen.')}",
            "",
            f"| RPC | {' | '.join(_ROLES)} | platform admin | services | API key |",
        ]
        lines += ["|---" * (len(_ROLES) + 4) + "|", *(_row(contracts, method) for method in service.methods), ""]
    return "\n".join(lines)


def _row(contracts: Contracts, method: MethodDescriptor) -> str:
    allow: Any = contracts.option(method, "einstellen.options.v1.allow")
    if allow is None:
        return f"| {method.name} |" + " - |" * (len(_ROLES) + 3)
    everybody = "public" if allow.public else "own" if allow.self else ""
    yes = allow.kind or "yes"
    roles = [everybody or (yes if role in allow.roles else "-") for role in _ROLES]
    admin = everybody or ("yes" if allow.platform_admin else "-")
    services = "public" if allow.public else " ".join("any" if name == "*" else name for name in allow.services) or "-"
    return (
        f"| {method.name} | {' | '.join(roles)} | {admin} | {services} | {'any' if allow.public else scope_of(contracts, method) or '-'} |"
    )
