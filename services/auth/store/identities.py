"""Every query of linked identities, and of the sign-ins elsewhere that have begun."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import Identity, SignInAttempt, identities, sign_in_attempts
from services.chassis import errors
from services.chassis.database import refusing


def find_identity(connection: Connection, issuer: str, subject: str) -> Identity | None:
    row = connection.execute(sa.select(identities).where(identities.c.issuer == issuer, identities.c.subject == subject)).first()
    return Identity(**row._mapping) if row else None


def add_identity(connection: Connection, identity: Identity) -> None:
    taken = errors.AlreadyExists(
        "IDENTITY_TAKEN", "this account is linked to another one there; sign in with that one, or with the password"
    )
    with refusing({"identities_user": taken, "identities_pkey": taken}):
        connection.execute(identities.insert(), asdict(identity))


def drop_identities(connection: Connection, user_id: UUID) -> None:
    connection.execute(identities.delete().where(identities.c.user_id == user_id))


def add_attempt(connection: Connection, attempt: SignInAttempt) -> None:
    """And forgets those that are over."""
    connection.execute(sign_in_attempts.delete().where(sign_in_attempts.c.expires_at < attempt.created_at))
    connection.execute(sign_in_attempts.insert(), asdict(attempt))


def take_attempt(connection: Connection, state_hash: bytes, browser_hash: bytes, now: datetime) -> SignInAttempt | None:
    """Uses an attempt of this browser that is good, so that of two who come with one answer one finds nothing."""
    good = sa.and_(
        sign_in_attempts.c.state_hash == state_hash, sign_in_attempts.c.browser_hash == browser_hash, sign_in_attempts.c.used_at.is_(None),
        sign_in_attempts.c.expires_at > now,
    )  # fmt: skip
    row = connection.execute(sign_in_attempts.update().where(good).values(used_at=now).returning(sign_in_attempts)).first()
    return SignInAttempt(**row._mapping) if row else None
