"""Bookings that are more than one query, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.billing.store import credits as store
from services.billing.tables import Booking, Legs, Transaction
from services.chassis import audit, ids


def grant(connection: Connection, tenant_id: UUID, unit: str, amount: int, description: str, *, now: datetime) -> Transaction:
    """Credits that last, from a platform administrator or an operator."""
    account, transaction_id = store.lock_account(connection, tenant_id, unit), ids.mint()
    booking = Booking(transaction_id, "GRANT", f"grant:{transaction_id}", description)
    granted = store.book(connection, account, Legs(lasting=amount), booking, now=now)
    audit.record(connection, "credits.granted", tenant_id=tenant_id, transaction_id=granted.id)
    return granted
