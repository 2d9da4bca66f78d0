"""Every query of API keys."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import ApiKey, api_keys
from services.chassis import errors
from services.chassis.paging import Page


def add_key(connection: Connection, key: ApiKey) -> None:
    connection.execute(api_keys.insert(), asdict(key))


def count_keys(connection: Connection, tenant_id: UUID) -> int:
    """Those that are not revoked."""
    query = sa.select(sa.func.count()).where(api_keys.c.tenant_id == tenant_id, api_keys.c.revoked_at.is_(None))
    return connection.execute(query).scalar_one()


def list_keys(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[ApiKey]:
    """Those that are not revoked, oldest first."""
    kept = sa.and_(api_keys.c.tenant_id == tenant_id, api_keys.c.revoked_at.is_(None))
    query = sa.select(api_keys).where(kept).order_by(api_keys.c.id).limit(page.fetch)
    if page.after:
        query = query.where(api_keys.c.id > page.after[0])
    return [ApiKey(**row._mapping) for row in connection.execute(query)]


def get_key(connection: Connection, key_id: UUID, tenant_id: UUID) -> ApiKey:
    row = connection.execute(sa.select(api_keys).where(api_keys.c.id == key_id, api_keys.c.tenant_id == tenant_id)).first()
    if row is None:
        raise errors.NotFound("API_KEY_NOT_FOUND", "there is no such API key")
    return ApiKey(**row._mapping)


def find_by_hash(connection: Connection, key_hash: bytes) -> ApiKey | None:
    row = connection.execute(sa.select(api_keys).where(api_keys.c.key_hash == key_hash)).first()
    return ApiKey(**row._mapping) if row else None


def touch_key(connection: Connection, key_id: UUID, now: datetime) -> None:
    connection.execute(api_keys.update().where(api_keys.c.id == key_id).values(last_used_at=now))


def revoke_key(connection: Connection, key_id: UUID, now: datetime) -> bool:
    """Says whether it was good until now."""
    good = sa.and_(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return connection.execute(api_keys.update().where(good).values(revoked_at=now)).rowcount == 1


def revoke_keys_of(connection: Connection, tenant_id: UUID, user_id: UUID, now: datetime) -> Sequence[UUID]:
    """Revokes all that one person made in one organization, and returns which."""
    good = sa.and_(api_keys.c.tenant_id == tenant_id, api_keys.c.user_id == user_id, api_keys.c.revoked_at.is_(None))
    return connection.execute(api_keys.update().where(good).values(revoked_at=now).returning(api_keys.c.id)).scalars().all()
