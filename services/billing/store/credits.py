"""Every query of the ledger: accounts, bookings, and the spend that is one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.billing.tables.credits import (
    UNITS,
    Account,
    Booking,
    Hold,
    Legs,
    Organization,
    Transaction,
    credit_accounts,
    credit_holds,
    credit_transactions,
    organizations,
)
from services.chassis import errors
from services.chassis.calls import Scope
from services.chassis.database import Database, constraint_of
from services.chassis.paging import Page

_SHOWN = ("PURCHASE", "TAILOR", "INTERVIEW", "GRANT", "REFUND", "BONUS", "EXPIRY")

# The account is locked, changed and written of in one statement, which its message ends: nobody waits for a round trip of ours. Nor for the disk: the next
# spender has the account as soon as this one has committed, and one write to the disk serves all who wait for theirs. Who is answered has waited, see `keep`.
# A key that was booked before violates credit_transactions_once and takes all of it back; ON CONFLICT DO NOTHING would keep the change and drop its booking.
_SPEND = """
SET LOCAL synchronous_commit = off;
SELECT * FROM spend_credits(%(id)s, %(tenant_id)s, %(unit)s, %(amount)s, %(type)s, %(key)s, %(description)s, %(reference_id)s, %(tokens_used)s,
    %(prompt_tokens)s, %(completion_tokens)s, %(now)s, %(audit_id)s, %(audit_user_id)s, %(audit_service)s, %(audit_action)s, %(audit_ip_address)s,
    %(audit_details)s, %(audit_request_id)s)
"""
# A commit that waits for the disk, and all that was committed before it is there too.
_KEEP = "SELECT pg_logical_emit_message(true, 'einstellen', '')"

# Asked for in every booking: built once, as building a statement costs more than running it.
_ACCOUNT = sa.and_(credit_accounts.c.tenant_id == sa.bindparam("its_tenant"), credit_accounts.c.unit == sa.bindparam("its_unit"))
_LOCK, _PUT = sa.select(credit_accounts).where(_ACCOUNT).with_for_update(), credit_accounts.update().where(_ACCOUNT)
_BOOK = credit_transactions.insert().returning(credit_transactions)
_BOOKING = sa.select(credit_transactions).where(
    credit_transactions.c.tenant_id == sa.bindparam("its_tenant"), credit_transactions.c.key == sa.bindparam("its_key")
)


def spend(
    database: Database, tenant_id: UUID, unit: str, amount: int, booking: Booking, audited: Mapping[str, Any], *, now: datetime
) -> Transaction | None:
    """Takes credits and books it for good, from monthly ones first; None where there are too few, or the key was booked before."""
    row = {f"audit_{name}": json.dumps(value) if name == "details" else value for name, value in audited.items()}
    values = {**vars(booking), **row, "tenant_id": tenant_id, "unit": unit, "amount": amount, "now": now}
    try:
        rows = database.run_alone(Scope(tenant_id), _SPEND, values)
    except sa.exc.IntegrityError as problem:
        if constraint_of(problem) != "credit_transactions_once":
            raise
        return None
    if not rows:
        return None
    keep(database, tenant_id)
    return Transaction(**rows[0]._mapping)


def keep(database: Database, tenant_id: UUID) -> None:
    """Waits until every spend that can be seen now is on the disk. Who answers by another's spend asks for it: that one may still be waiting, or have died."""
    database.run_alone(Scope(tenant_id), _KEEP, {})


def book(connection: Connection, account: Account, legs: Legs, booking: Booking, *, now: datetime) -> Transaction:
    """Books on an account that this transaction has locked."""
    connection.execute(
        _PUT,
        {
            "its_tenant": account.tenant_id,
            "its_unit": account.unit,
            "monthly": account.monthly + legs.monthly,
            "lasting": account.lasting + legs.lasting,
            "held": account.held + legs.held,
            "monthly_until": account.monthly_until,
        },
    )
    row = vars(booking) | vars(legs) | {
        "tenant_id": account.tenant_id, "unit": account.unit, "outside": legs.outside, "balance_after": account.total - legs.outside, "created_at": now,
    }  # fmt: skip
    booked = connection.execute(_BOOK, row).one()
    return Transaction(**booked._mapping)


def void(connection: Connection, tenant_id: UUID, booking: Booking, *, now: datetime) -> bool:
    """Takes a key for good, with nothing booked; False where it is booked. Waits for one who is booking it at this moment."""
    row = vars(booking) | {
        "tenant_id": tenant_id, "unit": None, "monthly": 0, "lasting": 0, "held": 0, "outside": 0, "balance_after": 0, "created_at": now,
    }  # fmt: skip
    added = connection.execute(insert(credit_transactions).on_conflict_do_nothing().returning(credit_transactions.c.id), row)
    return added.first() is not None


def lock_account(connection: Connection, tenant_id: UUID, unit: str) -> Account:
    """Holds the account until commit, so that bookings on it come one after the other."""
    row = connection.execute(_LOCK, {"its_tenant": tenant_id, "its_unit": unit}).first()
    if row is None:
        raise _unknown()
    return Account(**row._mapping)


def get_accounts(connection: Connection, tenant_id: UUID) -> Sequence[Account]:
    """One for each unit, `hiring` first."""
    query = sa.select(credit_accounts).where(credit_accounts.c.tenant_id == tenant_id).order_by(credit_accounts.c.unit.desc())
    found = [Account(**row._mapping) for row in connection.execute(query)]
    if not found:
        raise _unknown()
    return found


def find_booking(connection: Connection, tenant_id: UUID, key: str) -> Transaction | None:
    row = connection.execute(_BOOKING, {"its_tenant": tenant_id, "its_key": key}).first()
    return Transaction(**row._mapping) if row else None


def get_hold_booking(connection: Connection, hold_id: UUID) -> Transaction:
    query = sa.select(credit_transactions).where(credit_transactions.c.id == hold_id, credit_transactions.c.type == "HOLD")
    return Transaction(**connection.execute(query).one()._mapping)


def add_hold(connection: Connection, hold: Hold) -> None:
    connection.execute(credit_holds.insert(), vars(hold))


def get_hold(connection: Connection, hold_id: UUID, tenant_id: UUID) -> Hold:
    row = connection.execute(sa.select(credit_holds).where(credit_holds.c.id == hold_id, credit_holds.c.tenant_id == tenant_id)).first()
    if row is None:
        raise errors.NotFound("HOLD_NOT_FOUND", "there is no such hold in this organization")
    return Hold(**row._mapping)


def end_hold(connection: Connection, hold: Hold, status: str) -> Hold:
    """The account's lock is held, so that a hold ends once."""
    ended = credit_holds.update().where(credit_holds.c.id == hold.id, credit_holds.c.status == "open")
    connection.execute(ended, {"status": status})
    return replace(hold, status=status)


def list_transactions(connection: Connection, tenant_id: UUID, unit: str, page: Page) -> Sequence[Transaction]:
    """Those that changed what the organization has, newest first; what is held and let go again is not among them."""
    table = credit_transactions
    query = (
        sa.select(table).where(table.c.tenant_id == tenant_id, table.c.type.in_(_SHOWN)).order_by(table.c.position.desc()).limit(page.fetch)
    )
    if unit:
        query = query.where(table.c.unit == unit)
    if page.after:
        query = query.where(table.c.position < page.after[0])
    return [Transaction(**row._mapping) for row in connection.execute(query)]


def add_organization(connection: Connection, organization: Organization) -> bool:
    """Adds it with an empty account of each unit; False where it is known."""
    added = connection.execute(insert(organizations).on_conflict_do_nothing().returning(organizations.c.tenant_id), vars(organization))
    if added.first() is None:
        return False
    connection.execute(credit_accounts.insert(), [vars(Account(organization.tenant_id, unit)) for unit in UNITS])
    return True


def find_organization(connection: Connection, tenant_id: UUID) -> Organization | None:
    row = connection.execute(sa.select(organizations).where(organizations.c.tenant_id == tenant_id)).first()
    return Organization(**row._mapping) if row else None


_PROOF = """
WITH sums AS (
    SELECT tenant_id, unit, sum(monthly) AS monthly, sum(lasting) AS lasting, sum(held) AS held, sum(outside) AS outside, count(*) AS bookings
    FROM credit_transactions WHERE unit IS NOT NULL GROUP BY tenant_id, unit
), chained AS (
    SELECT tenant_id, unit, position, balance_after,
        sum(-outside) OVER (PARTITION BY tenant_id, unit ORDER BY position) AS expected, monthly + lasting + held + outside AS unbalanced
    FROM credit_transactions WHERE unit IS NOT NULL
)
SELECT coalesce(a.tenant_id, s.tenant_id) AS tenant_id, coalesce(a.unit, s.unit) AS unit,
    format('the account has %s monthly, %s lasting, %s held; its bookings add up to %s, %s, %s',
        a.monthly, a.lasting, a.held, coalesce(s.monthly, 0), coalesce(s.lasting, 0), coalesce(s.held, 0)) AS problem
FROM credit_accounts a FULL JOIN sums s USING (tenant_id, unit)
WHERE (a.monthly, a.lasting, a.held) IS DISTINCT FROM (coalesce(s.monthly, 0), coalesce(s.lasting, 0), coalesce(s.held, 0))
UNION ALL
SELECT tenant_id, unit, format('booking %s says %s after it; those up to it add up to %s', position, balance_after, expected)
FROM chained WHERE balance_after <> expected OR unbalanced <> 0
UNION ALL
SELECT a.tenant_id, a.unit, format('the account has %s held; its open holds add up to %s', a.held, coalesce(h.amount, 0))
FROM credit_accounts a LEFT JOIN (
    SELECT tenant_id, unit, sum(amount) AS amount FROM credit_holds WHERE status = 'open' GROUP BY tenant_id, unit
) h USING (tenant_id, unit) WHERE a.held <> coalesce(h.amount, 0)
"""


def disagreements(connection: Connection) -> Sequence[Any]:
    """Every account that is not the sum of its bookings, and every booking that does not balance or continues from another balance (in half-credits)."""
    return connection.execute(sa.text(_PROOF)).all()


def totals(connection: Connection) -> Any:
    """How many accounts and bookings there are, and what all accounts have, by unit."""
    query = """
        SELECT (SELECT count(*) FROM credit_accounts) AS accounts, (SELECT count(*) FROM credit_transactions) AS bookings,
            (SELECT coalesce(sum(monthly + lasting + held), 0) FROM credit_accounts WHERE unit = 'hiring') AS hiring,
            (SELECT coalesce(sum(monthly + lasting + held), 0) FROM credit_accounts WHERE unit = 'ai') AS ai"""
    return connection.execute(sa.text(query)).one()


def _unknown() -> errors.NotFound:
    return errors.NotFound("ORGANIZATION_NOT_FOUND", "billing knows of no such organization; a new one is known within a second or two")
