"""Every query of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    User,
    users,
)
from services.chassis import errors
from services.chassis.database import refusing


def add_user(connection: Connection, user: User) -> None:
    with refusing(
        {"users_email": errors.AlreadyExists("EMAIL_TAKEN", "there is an account with this address; sign in, or reset its password")}
    ):
        connection.execute(users.insert(), asdict(user))


def find_user_by_email(connection: Connection, email: str) -> User | None:
    row = connection.execute(sa.select(users).where(sa.func.lower(users.c.email) == email.strip().lower())).first()
    return User(**row._mapping) if row else None


def find_user(connection: Connection, user_id: UUID) -> User | None:
    row = connection.execute(sa.select(users).where(users.c.id == user_id)).first()
    return User(**row._mapping) if row else None


def get_user(connection: Connection, user_id: UUID) -> User:
    row = connection.execute(sa.select(users).where(users.c.id == user_id)).first()
    if row is None:
        raise errors.NotFound("USER_NOT_FOUND", "there is no such account")
    return User(**row._mapping)


def lock_user(connection: Connection, user_id: UUID) -> User:
    """Holds the account until commit, so that signing in and a change of how one signs in come one after the other."""
    user = find_locked(connection, user_id)
    if user is None:
        raise errors.NotFound("USER_NOT_FOUND", "there is no such account")
    return user


def find_locked(connection: Connection, user_id: UUID) -> User | None:
    """As `lock_user`, where the account may have gone while one waited."""
    row = connection.execute(sa.select(users).where(users.c.id == user_id).with_for_update()).first()
    return User(**row._mapping) if row else None


def list_administrators(connection: Connection) -> Sequence[str]:
    """The addresses of the platform administrators."""
    return connection.execute(sa.select(users.c.email).where(users.c.is_platform_admin).order_by(users.c.email)).scalars().all()


def update_user(connection: Connection, user_id: UUID, changes: Mapping[str, object]) -> None:
    connection.execute(users.update().where(users.c.id == user_id).values(**changes, version=users.c.version + 1))


def change_email(connection: Connection, user_id: UUID, email: str, now: datetime) -> None:
    with refusing({"users_email": errors.AlreadyExists("EMAIL_TAKEN", "there is another account with this address by now")}):
        update_user(connection, user_id, {"email": email, "email_verified_at": now})


def replace_password_hash(connection: Connection, user_id: UUID, old: str | None, new: str) -> bool:
    """Says whether the old one was still there."""
    mine = sa.and_(users.c.id == user_id, users.c.password_hash == old)
    return connection.execute(users.update().where(mine).values(password_hash=new)).rowcount == 1
