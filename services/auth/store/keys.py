"""Every query of signing keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    signing_keys,
)

_KEYS_LOCK = 0x4B_45_59_53


def lock_signing_keys(connection: Connection) -> None:
    """Holds until commit the right to make or retire keys, so that two processes that start together make one."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_KEYS_LOCK)))


def list_signing_keys(connection: Connection, *, retired_after: datetime) -> Sequence[Any]:
    """Newest first; those retired before that moment are left out."""
    recent = sa.or_(signing_keys.c.retired_at.is_(None), signing_keys.c.retired_at > retired_after)
    return connection.execute(sa.select(signing_keys).where(recent).order_by(signing_keys.c.created_at.desc())).all()


def add_signing_key(
    connection: Connection, key_id: str, algorithm: str, private_key: bytes, public_key: dict[str, Any], now: datetime
) -> None:
    row = {"key_id": key_id, "algorithm": algorithm, "private_key": private_key, "public_key": public_key, "created_at": now}
    connection.execute(signing_keys.insert(), row)


def retire_signing_keys(connection: Connection, now: datetime) -> None:
    connection.execute(signing_keys.update().where(signing_keys.c.retired_at.is_(None)).values(retired_at=now))
