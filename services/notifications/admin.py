"""What an operator does with notifications from the command line."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis import audit, calls
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.paging import Page
from services.notifications import bounces, dead_letters
from services.notifications.providers import push
from services.notifications.store import notifications as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.notifications import Notification


def read_bounce(database: Database, mail: bytes) -> str:
    """What became of it, in words."""
    bounce = bounces.read(mail)
    if bounce is None:
        return "no report of a notification"
    with database.begin(calls.SYSTEM) as connection:
        news = bounces.apply(connection, bounce, now=utc_now())
    return f"{bounce.notification_id}: {bounce.status}" + ("" if news else ", nothing new")


def list_suppressed(database: Database, limit: int) -> Sequence[tuple[str, str, datetime]]:
    with database.begin(calls.SYSTEM) as connection:
        return [(row.address, row.reason, row.created_at) for row in wishes_store.list_suppressed(connection, limit)]


def lift(database: Database, address: str) -> bool:
    """Says whether the address was suppressed."""
    with database.begin(calls.SYSTEM) as connection:
        lifted = wishes_store.lift(connection, address)
        if lifted:
            audit.record(connection, "suppression.lifted", tenant_id=None)
    return lifted


def list_failed(database: Database, limit: int) -> Sequence[Notification]:
    with database.begin(calls.SYSTEM) as connection:
        return store.list_failed(connection, Page(limit, None, ""))


def retry(database: Database, notification_id: UUID) -> None:
    with database.begin(calls.SYSTEM) as connection:
        dead_letters.retry(connection, notification_id, now=utc_now())


def new_push_key() -> str:
    return push.new_key()
