"""Notifications that failed for good, sent once more by an administrator."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, errors
from services.notifications import outbox
from services.notifications.store import notifications as store
from services.notifications.tables.notifications import Notification


def retry(connection: Connection, notification_id: UUID, *, now: datetime) -> Notification:
    """It counts as recorded now, and may yet be found to have gone through.

    Raises NotFound / NOTIFICATION_NOT_FOUND; FailedPrecondition / NOTIFICATION_NOT_FAILED, NOTIFICATION_EMPTY.
    """
    found = store.lock_notification(connection, notification_id)
    if found is None:
        raise errors.NotFound("NOTIFICATION_NOT_FOUND", "there is no such notification")
    if found.status != "failed":
        raise errors.FailedPrecondition("NOTIFICATION_NOT_FAILED", f"it is {found.status}")
    if not found.message:
        raise errors.FailedPrecondition("NOTIFICATION_EMPTY", "its words were secret and are gone: whoever wanted it asks for another")
    # A provider that said it failed has no more of it; one that never answered may have.
    heard = found.provider_id != ""
    again = replace(
        found, status="queued", failure="", send_at=now, provider_id="", sent_at=None, attempted_at=None if heard else found.attempted_at
    )
    store.set_notification(
        connection, found.id, status="queued", failure="", send_at=now, provider_id="", sent_at=None, attempted_at=again.attempted_at
    )
    outbox.carry(connection, again)
    steps = audit.change(found, again, "status")
    audit.record(connection, "notification.retried", tenant_id=found.tenant_id, notification_id=found.id, **steps)
    return again
