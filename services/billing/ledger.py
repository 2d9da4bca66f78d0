"""Bookings that are more than one query, in the caller's transaction."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.billing import rules
from services.billing.store import credits as store
from services.billing.tables.credits import Booking, Hold, Legs, Transaction
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.database import Database


def grant(connection: Connection, tenant_id: UUID, unit: str, amount: int, description: str, *, now: datetime) -> Transaction:
    """Credits that last, from a platform administrator or an operator."""
    account, transaction_id = store.lock_account(connection, tenant_id, unit), ids.mint()
    booking = Booking(transaction_id, "GRANT", f"grant:{transaction_id}", description)
    granted = store.book(connection, account, Legs(lasting=amount), booking, now=now)
    audit.record(connection, "credits.granted", tenant_id=tenant_id, transaction_id=granted.id)
    return granted


def hold(connection: Connection, tenant_id: UUID, unit: str, amount: int, booking: Booking, expires_at: datetime, *, now: datetime) -> Hold:
    """Sets credits aside until `expires_at`. Raises FailedPrecondition / CREDITS_INSUFFICIENT; repeating the key returns the first."""
    account = store.lock_account(connection, tenant_id, unit)
    first = store.find_booking(connection, tenant_id, booking.key)
    if first is not None:
        rules.check_same_hold(first, unit, amount, booking)
        return store.get_hold(connection, first.id, tenant_id)
    taken = rules.take(account, amount, now=now)
    store.book(connection, account, replace(taken, held=amount), booking, now=now)
    made = Hold(booking.id, tenant_id, unit, amount, "open", expires_at)
    store.add_hold(connection, made)
    tasks.enqueue(connection, "expire_hold", {"hold_id": made.id}, tenant_id=tenant_id, run_at=expires_at)
    audit.record(connection, "credits.held", tenant_id=tenant_id, hold_id=made.id)
    return made


def end_hold(
    connection: Connection, tenant_id: UUID, hold_id: UUID, used: int, booking: Booking, status: str, *, now: datetime
) -> Transaction | None:
    """Ends an open hold by what was used of it: `settled`, `released` or `expired`. None where it has ended before.

    Raises NotFound / HOLD_NOT_FOUND, InvalidArgument / HOLD_EXCEEDED.
    """
    account = store.lock_account(connection, tenant_id, store.get_hold(connection, hold_id, tenant_id).unit)
    found = store.get_hold(connection, hold_id, tenant_id)  # as it is now that the account is ours
    if found.status != "open":
        return None
    if used > found.amount:
        raise errors.invalid_field("amount", "HOLD_EXCEEDED", f"only {found.amount / 2:g} are held")
    held = store.get_hold_booking(connection, hold_id)
    ended = store.book(connection, account, rules.settle(account, held, used, now=now), replace(booking, key=f"end:{hold_id}"), now=now)
    store.end_hold(connection, found, status)
    audit.record(connection, f"credits.{status}", tenant_id=tenant_id, hold_id=hold_id, **audit.turned(status=(found.status, status)))
    return ended


def refill(connection: Connection, tenant_id: UUID, unit: str, amount: int, booking: Booking, until: datetime, *, now: datetime) -> None:
    """Begins a month: what the one before has left runs out, and the new credits are there `until` its end. Repeating the key changes nothing.

    Where the month before still runs, as for who cancelled and subscribes anew, what is left of it was paid for and lasts as long as the new ones.
    """
    if store.find_booking(connection, tenant_id, booking.key) is None:
        account = store.lock_account(connection, tenant_id, unit)
        if account.monthly_until is not None and account.month_runs(now):
            until = max(until, account.monthly_until)
        else:
            run_out(connection, tenant_id, unit, f"{booking.key}:before", now=now)
            account = store.lock_account(connection, tenant_id, unit)
        store.book(connection, replace(account, monthly_until=until), Legs(monthly=amount), booking, now=now)
        about = {"unit": unit, "until": until.isoformat(), "key": f"{booking.key}:after"}
        tasks.enqueue(connection, "run_out", about, tenant_id=tenant_id, run_at=until)
        audit.record(connection, "credits.refilled", tenant_id=tenant_id, transaction_id=booking.id)


def warn_if_low(database: Database, spent: Transaction, low: int) -> None:
    """Has the owner told by mail when a spend leaves fewer credits than `low`, which there were before. A warning that a crash swallows is no loss."""
    if spent.unit and spent.balance_after < 2 * low <= spent.balance_after + spent.outside:
        about = {"template": "low_credit", "balance": f"{spent.balance_after / 2:g}", "threshold": f"{low:g}"}
        with database.begin(calls.SYSTEM) as connection:
            tasks.enqueue(connection, "mail", about, tenant_id=spent.tenant_id)


def run_out(connection: Connection, tenant_id: UUID, unit: str, key: str, *, now: datetime, month: datetime | None = None) -> None:
    """Books off monthly credits, whose month is over; with a `month`, only where they are those that last until then."""
    account = store.lock_account(connection, tenant_id, unit)
    if account.monthly and month in (None, account.monthly_until):
        expiry = Booking(ids.mint(), "EXPIRY", key, "The month is over")
        store.book(connection, account, Legs(monthly=-account.monthly), expiry, now=now)
        audit.record(connection, "credits.expired", tenant_id=tenant_id, transaction_id=expiry.id)
