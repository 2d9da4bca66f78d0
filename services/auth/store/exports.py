"""Every query of exports."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import Export, exports
from services.chassis.paging import Page


def add_export(connection: Connection, export: Export) -> None:
    connection.execute(exports.insert(), asdict(export))


def find_export(connection: Connection, export_id: UUID) -> Export | None:
    row = connection.execute(sa.select(exports).where(exports.c.id == export_id)).first()
    return Export(**row._mapping) if row else None


def find_preparing(connection: Connection, user_id: UUID) -> Export | None:
    row = connection.execute(sa.select(exports).where(exports.c.user_id == user_id, exports.c.status == "preparing")).first()
    return Export(**row._mapping) if row else None


def list_exports(connection: Connection, user_id: UUID, page: Page) -> Sequence[Export]:
    query = sa.select(exports).where(exports.c.user_id == user_id).order_by(exports.c.id).limit(page.fetch)
    if page.after:
        query = query.where(exports.c.id > page.after[0])
    return [Export(**row._mapping) for row in connection.execute(query)]


def keep_ready(connection: Connection, export_id: UUID, now: datetime, expires_at: datetime) -> bool:
    """Says whether it was being prepared: an account that is gone has no exports any more."""
    preparing = sa.and_(exports.c.id == export_id, exports.c.status == "preparing")
    ready = exports.update().where(preparing).values(status="ready", ready_at=now, expires_at=expires_at)
    return connection.execute(ready).rowcount == 1


def expire(connection: Connection, export_id: UUID) -> None:
    connection.execute(exports.update().where(exports.c.id == export_id).values(status="expired"))
