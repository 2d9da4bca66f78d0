"""Every query of auth."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    Organization,
    RefreshToken,
    Session,
    User,
    members,
    organizations,
    refresh_tokens,
    sessions,
    signing_keys,
    users,
)
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page

_KEYS_LOCK = 0x4B_45_59_53


def add_user(connection: Connection, user: User) -> None:
    with refusing(
        {"users_email": errors.AlreadyExists("EMAIL_TAKEN", "there is an account with this address; sign in, or reset its password")}
    ):
        connection.execute(users.insert(), asdict(user))


def find_user_by_email(connection: Connection, email: str) -> User | None:
    row = connection.execute(sa.select(users).where(sa.func.lower(users.c.email) == email.strip().lower())).first()
    return User(**row._mapping) if row else None


def get_user(connection: Connection, user_id: UUID) -> User:
    row = connection.execute(sa.select(users).where(users.c.id == user_id)).first()
    if row is None:
        raise errors.NotFound("USER_NOT_FOUND", "there is no such account")
    return User(**row._mapping)


def update_user(connection: Connection, user_id: UUID, changes: Mapping[str, object]) -> None:
    connection.execute(users.update().where(users.c.id == user_id).values(**changes, version=users.c.version + 1))


def replace_password_hash(connection: Connection, user_id: UUID, password_hash: str) -> None:
    connection.execute(users.update().where(users.c.id == user_id).values(password_hash=password_hash))


def add_organization(connection: Connection, organization: Organization) -> None:
    """Adds it with its owner as the first member."""
    row = asdict(organization)
    role = row.pop("role")
    connection.execute(organizations.insert(), row)
    connection.execute(
        members.insert(),
        {"tenant_id": organization.id, "user_id": organization.owner_id, "role": role, "created_at": organization.created_at},
    )


def get_membership(connection: Connection, organization_id: UUID, user_id: UUID) -> Organization:
    """The organization with the user's role in it; NotFound where they are no member."""
    query = (
        sa.select(organizations, members.c.role)
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(organizations.c.id == organization_id, members.c.user_id == user_id)
    )
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or you do not belong to it")
    return Organization(**row._mapping)


def list_organizations(connection: Connection, user_id: UUID, page: Page) -> Sequence[Organization]:
    query = (
        sa.select(organizations, members.c.role)
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(members.c.user_id == user_id)
        .order_by(organizations.c.id)
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(organizations.c.id > page.after[0])
    return [Organization(**row._mapping) for row in connection.execute(query)]


def list_all_organizations(connection: Connection, page: Page) -> Sequence[Organization]:
    query = sa.select(organizations).order_by(organizations.c.id).limit(page.fetch)
    if page.after:
        query = query.where(organizations.c.id > page.after[0])
    return [Organization(**row._mapping) for row in connection.execute(query)]


def list_members(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Any]:
    query = (
        sa.select(users.c.id, users.c.email, users.c.first_name, users.c.last_name, members.c.role, members.c.created_at)
        .join(members, members.c.user_id == users.c.id)
        .where(members.c.tenant_id == tenant_id)
        .order_by(users.c.id)
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(users.c.id > page.after[0])
    return connection.execute(query).all()


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
