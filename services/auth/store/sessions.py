"""Every query of sessions and their refresh tokens."""

from collections.abc import Sequence
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
from services.chassis import errors
from services.chassis.paging import Page


def add_session(connection: Connection, session: Session) -> None:
    connection.execute(sessions.insert(), asdict(session))


def add_refresh_token(connection: Connection, token: RefreshToken) -> None:
    connection.execute(refresh_tokens.insert(), asdict(token))


def lock_refresh_token(connection: Connection, token_hash: bytes) -> tuple[RefreshToken | None, Session | None]:
    """The token and its session, which is held until commit, so that of two who present the same token one comes second."""
    session_id = connection.execute(sa.select(refresh_tokens.c.session_id).where(refresh_tokens.c.token_hash == token_hash)).scalar()
    if session_id is None:
        return None, None
    session = connection.execute(sa.select(sessions).where(sessions.c.id == session_id).with_for_update()).first()
    if session is None:  # the account has gone while one waited
        return None, None
    return find_refresh_token(connection, token_hash), Session(**session._mapping)


def find_refresh_token(connection: Connection, token_hash: bytes) -> RefreshToken | None:
    token = connection.execute(sa.select(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)).first()
    return RefreshToken(**token._mapping) if token else None


def use_refresh_token(connection: Connection, token_hash: bytes, successor: RefreshToken, now: datetime) -> None:
    """Hands the session over to the successor, which lives on its own from now."""
    used = refresh_tokens.update().where(refresh_tokens.c.token_hash == token_hash)
    connection.execute(used.values(used_at=now, successor_hash=successor.token_hash))
    connection.execute(refresh_tokens.insert(), asdict(successor))
    session = sessions.update().where(sessions.c.id == successor.session_id)
    connection.execute(session.values(last_used_at=now, expires_at=successor.expires_at))


def forgive_refresh_token(connection: Connection, token_hash: bytes, now: datetime) -> None:
    connection.execute(refresh_tokens.update().where(refresh_tokens.c.token_hash == token_hash).values(forgiven_at=now))


def move_session(connection: Connection, session_id: UUID, tenant_id: UUID) -> None:
    connection.execute(sessions.update().where(sessions.c.id == session_id).values(tenant_id=tenant_id))


def list_sessions(connection: Connection, user_id: UUID, page: Page, now: datetime) -> Sequence[Session]:
    """Those that are alive, newest first."""
    alive = sa.and_(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
    query = sa.select(sessions).where(alive).order_by(sessions.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(sessions.c.id < page.after[0])
    return [Session(**row._mapping) for row in connection.execute(query)]


def get_session(connection: Connection, session_id: UUID, user_id: UUID) -> Session:
    row = connection.execute(sa.select(sessions).where(sessions.c.id == session_id, sessions.c.user_id == user_id)).first()
    if row is None:
        raise errors.NotFound("SESSION_NOT_FOUND", "there is no such session of yours")
    return Session(**row._mapping)


def revoke_session(connection: Connection, session_id: UUID, now: datetime) -> bool:
    """Says whether it was alive until now."""
    alive = sa.and_(sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
    return connection.execute(sessions.update().where(alive).values(revoked_at=now)).rowcount == 1


def revoke_sessions(connection: Connection, user_id: UUID, now: datetime, *, but: UUID | None = None) -> Sequence[UUID]:
    """Ends the person's sessions, all or all but one, and returns which.

    They are locked in one order first, so that two who do this do not wait for each other in a circle.
    """
    alive = sa.and_(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None), sessions.c.id.is_distinct_from(but))
    found = connection.execute(sa.select(sessions.c.id).where(alive).order_by(sessions.c.id).with_for_update()).scalars().all()
    if found:
        connection.execute(sessions.update().where(sessions.c.id.in_(found)).values(revoked_at=now))
    return found
