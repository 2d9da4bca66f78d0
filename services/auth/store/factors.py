"""Every query of second factors, recovery codes, and the challenges between the two steps of signing in."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import LoginChallenge, SecondFactor, login_challenges, recovery_codes, second_factors


def find_factor(connection: Connection, user_id: UUID) -> SecondFactor | None:
    row = connection.execute(sa.select(second_factors).where(second_factors.c.user_id == user_id)).first()
    return SecondFactor(**row._mapping) if row else None


def lock_factor(connection: Connection, user_id: UUID) -> SecondFactor | None:
    """Holds the factor until commit, so that of two who come with one code one comes second."""
    row = connection.execute(sa.select(second_factors).where(second_factors.c.user_id == user_id).with_for_update()).first()
    return SecondFactor(**row._mapping) if row else None


def put_factor(connection: Connection, factor: SecondFactor) -> None:
    drop_factor(connection, factor.user_id)
    connection.execute(second_factors.insert(), asdict(factor))


def use_step(connection: Connection, user_id: UUID, step: int) -> None:
    connection.execute(second_factors.update().where(second_factors.c.user_id == user_id).values(last_step=step))


def confirm_factor(connection: Connection, user_id: UUID, now: datetime) -> None:
    connection.execute(second_factors.update().where(second_factors.c.user_id == user_id).values(confirmed_at=now))


def drop_factor(connection: Connection, user_id: UUID) -> None:
    """With its recovery codes."""
    connection.execute(recovery_codes.delete().where(recovery_codes.c.user_id == user_id))
    connection.execute(second_factors.delete().where(second_factors.c.user_id == user_id))


def put_recovery_codes(connection: Connection, user_id: UUID, hashes: Iterable[bytes]) -> None:
    connection.execute(recovery_codes.delete().where(recovery_codes.c.user_id == user_id))
    connection.execute(recovery_codes.insert(), [{"user_id": user_id, "code_hash": code_hash, "used_at": None} for code_hash in hashes])


def use_recovery_code(connection: Connection, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """Says whether it was there and unused."""
    table = recovery_codes
    unused = sa.and_(table.c.user_id == user_id, table.c.code_hash == code_hash, table.c.used_at.is_(None))
    return connection.execute(table.update().where(unused).values(used_at=now)).rowcount == 1


def add_challenge(connection: Connection, challenge: LoginChallenge) -> None:
    """And forgets the person's old ones."""
    old = sa.and_(login_challenges.c.user_id == challenge.user_id, login_challenges.c.expires_at <= challenge.created_at)
    connection.execute(login_challenges.delete().where(old))
    connection.execute(login_challenges.insert(), asdict(challenge))


def find_challenge(connection: Connection, token_hash: bytes) -> LoginChallenge | None:
    row = connection.execute(sa.select(login_challenges).where(login_challenges.c.token_hash == token_hash)).first()
    return LoginChallenge(**row._mapping) if row else None


def lock_challenge(connection: Connection, token_hash: bytes) -> LoginChallenge | None:
    """Holds the challenge until commit, so that the tries at it are counted one after the other."""
    row = connection.execute(sa.select(login_challenges).where(login_challenges.c.token_hash == token_hash).with_for_update()).first()
    return LoginChallenge(**row._mapping) if row else None


def try_challenge(connection: Connection, token_hash: bytes, *, used_at: datetime | None) -> None:
    counted = login_challenges.update().where(login_challenges.c.token_hash == token_hash)
    connection.execute(counted.values(attempts=login_challenges.c.attempts + 1, used_at=used_at))


def drop_challenges(connection: Connection, user_id: UUID) -> None:
    connection.execute(login_challenges.delete().where(login_challenges.c.user_id == user_id))
