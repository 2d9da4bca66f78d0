"""The audit log: who did what, from where, written in the transaction of the change."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis import calls, frame, ids

# Built once: building a statement costs more than sending it.
_ADD = frame.audit_log.insert()


def record(
    connection: sa.Connection, action: str, *, tenant_id: UUID | None = None, user_id: UUID | None = None, **details: object
) -> None:
    """Adds a row for the current call. Details hold ids and field names, never personal values.

    Tenant and user are the caller's unless given, as where somebody registers.
    """
    connection.execute(_ADD, row(action, tenant_id=tenant_id, user_id=user_id, **details))


def change(before: object, after: object, *fields: str) -> dict[str, Any]:
    """Details that say what these fields were `before` and are `after`, where they differ: for states, amounts and ids, never for personal values."""
    return turned(**{name: (getattr(before, name), getattr(after, name)) for name in fields})


def turned(**fields: tuple[object, object]) -> dict[str, Any]:
    """As `change`, for fields that are given as what they were and what they are; None stands for nothing."""
    differ = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    if not differ:
        return {}
    return {when: {name: _plain(pair[place]) for name, pair in differ.items()} for place, when in enumerate(("before", "after"))}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (UUID, Decimal)) else value


def row(action: str, *, tenant_id: UUID | None = None, user_id: UUID | None = None, **details: object) -> dict[str, Any]:
    """What `record` adds, for a change that is one statement and brings its own row along."""
    call = calls.current()
    person = call.person
    return {
        "id": ids.mint(),
        "tenant_id": tenant_id or (person.tenant_id if person else None),
        "user_id": user_id or (person.user_id if person else None),
        "service": call.service or call.server,
        "action": action,
        "ip_address": call.address or None,
        "details": {name: str(value) if isinstance(value, UUID) else value for name, value in details.items()},
        "request_id": call.request_id,
    }
