"""Idempotency keys: the same key again returns the first answer, and the key commits with the change."""

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from google.protobuf.message import Message
from sqlalchemy.dialects.postgresql import insert

from services.chassis import calls, errors, frame

_KEPT = "24 hours"
_LONGEST_KEY = 100
Answer = TypeVar("Answer", bound=Message)

# Built once: building a statement costs more than sending it.
_KEYS = frame.idempotency_keys
_THE_KEY = sa.and_(
    _KEYS.c.scope_id == sa.bindparam("of_scope"), _KEYS.c.method == sa.bindparam("of_method"), _KEYS.c.key == sa.bindparam("of_key")
)
_CLAIM = insert(_KEYS).on_conflict_do_nothing().returning(_KEYS.c.key)
_FIND = sa.select(_KEYS.c.request_hash, _KEYS.c.answer).where(_THE_KEY)
_KEEP = _KEYS.update().where(_THE_KEY).values(answer=sa.bindparam("first_answer"))


@dataclass
class Claim(Generic[Answer]):
    """A key that this transaction holds. With an `answer` the work was done before: return it."""

    answer: Answer | None = None
    _connection: sa.Connection | None = None
    _row: tuple[UUID, str, str] | None = None

    def keep(self, answer: Answer) -> Answer:
        """Remembers the answer for repeats, and returns it."""
        if self._connection is not None and self._row is not None:
            self._connection.execute(_KEEP, {**_named(self._row), "first_answer": answer.SerializeToString(deterministic=True)})
        return answer


def claim(connection: sa.Connection, request: Message, answer_type: type[Answer], *, scope_id: UUID | None = None) -> Claim[Answer]:
    """Holds the request's key (`request_id`, or the header Idempotency-Key) until commit, so that concurrent repeats wait for the first.

    Keys are scoped by tenant, or by `scope_id` where a service acts for one, and by method. Without a key nothing is held.
    Raises AlreadyExists / IDEMPOTENCY_KEY_REUSED where the key came with another request before.
    """
    call = calls.current()
    key = str(getattr(request, "request_id", "")) or call.idempotency_key
    if not key:
        return Claim()
    if len(key) > _LONGEST_KEY:
        raise errors.invalid_field("request_id", "IDEMPOTENCY_KEY_TOO_LONG", f"must not be longer than {_LONGEST_KEY} characters")
    if scope_id is None:
        scope_id = calls.person().tenant_id
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    row = {"scope_id": scope_id, "method": call.method, "key": key, "tenant_id": scope_id, "request_hash": digest}
    if connection.execute(_CLAIM, row).first():
        return Claim(None, connection, (scope_id, call.method, key))
    first = connection.execute(_FIND, _named((scope_id, call.method, key))).one()
    if first.request_hash != digest:
        raise errors.AlreadyExists("IDEMPOTENCY_KEY_REUSED", "this idempotency key came with another request before; use a new one")
    if first.answer is None:
        raise errors.Aborted("IN_PROGRESS", "the first request with this key is not finished; try again")
    answer = answer_type()
    answer.ParseFromString(first.answer)
    return Claim(answer)


def _named(row: tuple[UUID, str, str]) -> dict[str, object]:
    return dict(zip(("of_scope", "of_method", "of_key"), row, strict=True))


def forget_old(connection: sa.Connection) -> int:
    """Deletes keys that are past their time; the answer is how many."""
    return connection.execute(_KEYS.delete().where(_KEYS.c.created_at < sa.func.now() - sa.text(f"interval '{_KEPT}'"))).rowcount
