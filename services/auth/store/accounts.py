"""Every query of accounts."""

from collections.abc import Mapping
from dataclasses import asdict
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


def get_user(connection: Connection, user_id: UUID) -> User:
    row = connection.execute(sa.select(users).where(users.c.id == user_id)).first()
    if row is None:
        raise errors.NotFound("USER_NOT_FOUND", "there is no such account")
    return User(**row._mapping)


def update_user(connection: Connection, user_id: UUID, changes: Mapping[str, object]) -> None:
    connection.execute(users.update().where(users.c.id == user_id).values(**changes, version=users.c.version + 1))


def replace_password_hash(connection: Connection, user_id: UUID, password_hash: str) -> None:
    connection.execute(users.update().where(users.c.id == user_id).values(password_hash=password_hash))
