"""Pages of a list: a size, and an opaque token that says after which row the next page starts."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from services.chassis import calls, errors

DEFAULT_SIZE = 20
LARGEST_SIZE = 100
Row = TypeVar("Row")


class _Identified(Protocol):
    @property
    def id(self) -> UUID: ...


Identified = TypeVar("Identified", bound=_Identified)


@dataclass(frozen=True)
class Page:
    """What to fetch: up to `size` rows after `after`, the keyset values of the last row of the page before (None at the start)."""

    size: int
    after: tuple[Any, ...] | None
    _filters: str

    @property
    def fetch(self) -> int:
        """One more row than the page has, to know whether another page follows."""
        return self.size + 1

    def cut(self, rows: Sequence[Row], key: Callable[[Row], Sequence[object]]) -> tuple[Sequence[Row], str]:
        """The rows of this page, and the token of the next, empty where this is the last."""
        if len(rows) <= self.size:
            return rows, ""
        kept = rows[: self.size]
        values = [_pack(value) for value in key(kept[-1])]
        return kept, base64.urlsafe_b64encode(json.dumps([self._filters, *values], separators=(",", ":")).encode()).decode().rstrip("=")


def newest(rows: Iterable[Identified], limit: int) -> list[Identified]:
    """The first of what several databases answered, by id; one that is on its way between two is in both, and comes once."""
    return sorted({row.id: row for row in rows}.values(), key=lambda row: row.id, reverse=True)[:limit]


def read(request: Message, *kinds: type) -> Page:
    """The page that a list request asks for, whose keyset has values of these kinds (UUID, datetime, int, float, str).

    Raises InvalidArgument / PAGE_TOKEN_INVALID for a token that was not made for the same caller, list and filters. A token is no authorisation: the query
    is narrowed to the caller all the same.
    """
    size = getattr(request, "page_size", 0) or DEFAULT_SIZE
    token = getattr(request, "page_token", "")
    filters = _filters(request)
    if not token:
        return Page(min(size, LARGEST_SIZE), None, filters)
    try:
        made_for, *values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if made_for != filters or len(values) != len(kinds):
            raise ValueError(token)  # noqa: TRY301
        after = tuple(_unpack(kind, value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError) as problem:
        raise errors.invalid_field(
            "page_token", "PAGE_TOKEN_INVALID", "is not a token of yours for this list with these filters"
        ) from problem
    return Page(min(size, LARGEST_SIZE), after, filters)


def _filters(request: Message) -> str:
    plain = type(request)()
    plain.CopyFrom(request)
    for field in ("page_size", "page_token"):
        plain.ClearField(field)
    person = calls.current().person
    caller = f"{person.tenant_id} {person.user_id}" if person else ""
    made_for = f"{plain.DESCRIPTOR.full_name} {caller} ".encode() + plain.SerializeToString(deterministic=True)
    return hashlib.sha256(made_for).hexdigest()[:12]


def _pack(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _unpack(kind: type, value: object) -> object:
    if kind is UUID:
        return UUID(str(value))
    if kind is datetime:
        return datetime.fromisoformat(str(value))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind or (kind is int and not -(2**63) <= int(str(value)) < 2**63):
        raise ValueError(value)
    if isinstance(value, str):
        value.encode()  # JSON can write half a surrogate pair, which is no text to the database
    return value
