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


@dataclass
class Claim(Generic[Answer]):
    """A key that this transaction holds. With an `answer` the work was done before: return it."""

    answer: Answer | None = None
    _connection: sa.Connection | None = None
    _row: tuple[UUID, str, str] | None = None

    def keep(self, answer: Answer) -> Answer:
        """Remembers the answer for repeats, and returns it."""
        if self._connection is not None and self._row is not None:
            keys, (scope_id, method, key) = frame.idempotency_keys, self._row
            self._connection.execute(
                keys.update().where(keys.c.scope_id == scope_id, keys.c.method == method, keys.c.key == key),
                {"answer": answer.SerializeToString(deterministic=True)},
            )
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
    keys = frame.idempotency_keys
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    row = {"scope_id": scope_id, "method": call.method, "key": key, "tenant_id": scope_id, "request_hash": digest}
    if connection.execute(insert(keys).values(row).on_conflict_do_nothing().returning(keys.c.key)).first():
        return Claim(None, connection, (scope_id, call.method, key))
    first = connection.execute(
        sa.select(keys.c.request_hash, keys.c.answer).where(keys.c.scope_id == scope_id, keys.c.method == call.method, keys.c.key == key)
    ).one()
    if first.request_hash != digest:
        raise errors.AlreadyExists("IDEMPOTENCY_KEY_REUSED", "this idempotency key came with another request before; use a new one")
    if first.answer is None:
        raise errors.Aborted("IN_PROGRESS", "the first request with this key is not finished; try again")
    answer = answer_type()
    answer.ParseFromString(first.answer)
    return Claim(answer)


def forget_old(connection: sa.Connection) -> int:
    """Deletes keys that are past their time; the answer is how many."""
    keys = frame.idempotency_keys
    return connection.execute(keys.delete().where(keys.c.created_at < sa.func.now() - sa.text(f"interval '{_KEPT}'"))).rowcount
