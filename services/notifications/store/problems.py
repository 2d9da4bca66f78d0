"""Every query of the errors of services."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.notifications.tables.problems import Problem, problems

_LOCK = 4_110_011


def lock(connection: Connection) -> None:
    """Holds them until commit, so that two who report one kind do not both mail it."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def last_told(connection: Connection, fingerprint: str) -> datetime | None:
    """When the operator last heard of this kind, or it was last seen since; None where they never did."""
    row = connection.execute(sa.select(problems.c.told_at, problems.c.last_at).where(problems.c.fingerprint == fingerprint)).first()
    return None if row is None or row.told_at is None else max(row.told_at, row.last_at)


def count_told(connection: Connection, since: datetime) -> int:
    """How many were told at once since then."""
    return connection.execute(sa.select(sa.func.count()).where(problems.c.mailed_at > since)).scalar_one()


def count(connection: Connection, fingerprint: str, problem: Problem, *, untold: int, told_at: datetime | None, now: datetime) -> None:
    row = {
        "fingerprint": fingerprint, "service": problem.service, "method": problem.method, "exception": problem.exception, "place": problem.place,
        "request_id": problem.request_id, "count": problem.count, "untold": untold, "first_at": problem.first_at, "last_at": now, "told_at": told_at,
        "mailed_at": told_at,
    }  # fmt: skip
    changed: dict[str, Any] = {
        "count": problems.c.count + problem.count, "untold": problems.c.untold + untold, "last_at": now, "place": problem.place,
        "request_id": problem.request_id,
    }  # fmt: skip
    if told_at is not None:
        changed |= {"told_at": told_at, "mailed_at": told_at}
    connection.execute(insert(problems).values(row).on_conflict_do_update(index_elements=["fingerprint"], set_=changed))


def digest_waits(connection: Connection) -> bool:
    waiting = sa.text("SELECT EXISTS (SELECT FROM tasks WHERE kind = 'operator_digest' AND state IN ('ready', 'running'))")
    return bool(connection.execute(waiting).scalar_one())


def list_untold(connection: Connection) -> Sequence[sa.Row[Any]]:
    return connection.execute(sa.select(problems).where(problems.c.untold > 0).order_by(problems.c.untold.desc())).all()


def mark_told(connection: Connection, now: datetime) -> None:
    connection.execute(problems.update().where(problems.c.untold > 0).values(untold=0, told_at=now))
