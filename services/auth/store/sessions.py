"""Every query of sessions and their refresh tokens."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    RefreshToken,
    Session,
    refresh_tokens,
    sessions,
)


def add_session(connection: Connection, session: Session) -> None:
    connection.execute(sessions.insert(), asdict(session))


def add_refresh_token(connection: Connection, token: RefreshToken) -> None:
    connection.execute(refresh_tokens.insert(), asdict(token))


def lock_refresh_token(connection: Connection, token_hash: bytes) -> tuple[RefreshToken | None, Session | None]:
    """The token and its session, which is held until commit, so that of two who present the same token one comes second."""
    session_id = connection.execute(sa.select(refresh_tokens.c.session_id).where(refresh_tokens.c.token_hash == token_hash)).scalar()
    if session_id is None:
        return None, None
    session = connection.execute(sa.select(sessions).where(sessions.c.id == session_id).with_for_update()).one()
    token = connection.execute(sa.select(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)).one()
    return RefreshToken(**token._mapping), Session(**session._mapping)


def use_refresh_token(connection: Connection, token_hash: bytes, now: datetime) -> None:
    connection.execute(refresh_tokens.update().where(refresh_tokens.c.token_hash == token_hash).values(used_at=now))


def move_session(connection: Connection, session_id: UUID, tenant_id: UUID) -> None:
    connection.execute(sessions.update().where(sessions.c.id == session_id).values(tenant_id=tenant_id))


def revoke_session(connection: Connection, session_id: UUID, now: datetime) -> None:
    connection.execute(sessions.update().where(sessions.c.id == session_id, sessions.c.revoked_at.is_(None)).values(revoked_at=now))
