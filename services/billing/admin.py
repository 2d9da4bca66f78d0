"""What the operator's command does to billing: granting credits, proving the ledger, and comparing the books with the providers'."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.billing import ledger, reconciliation, rules
from services.billing.cashier import Cashier
from services.billing.providers.configured import providers_of
from services.billing.reconciliation import Comparison
from services.billing.renewals import Invoicing
from services.billing.settings import Settings
from services.billing.store import credits as store
from services.chassis import calls, errors
from services.chassis.clock import utc_now
from services.chassis.database import Database


def grant_credits(database: Database, tenant_id: UUID, unit: str, amount: float, description: str) -> float:
    """Grants credits that last and returns how many there are then.

    Raises NotFound / ORGANIZATION_NOT_FOUND, InvalidArgument / CREDITS_NOT_HALF, CREDITS_NOT_POSITIVE.
    """
    halves = rules.halves(amount)
    if halves <= 0:
        raise errors.invalid_field("amount", "CREDITS_NOT_POSITIVE", "must be above zero")
    with database.begin(calls.SYSTEM) as connection:
        return ledger.grant(connection, tenant_id, unit, halves, description, now=utc_now()).balance_after / 2


def verify(database: Database) -> tuple[str, Sequence[str]]:
    """What was looked at, in words, and every disagreement that was found."""
    with database.begin(calls.SYSTEM) as connection:
        wrong = [f"{row.tenant_id} {row.unit}: {row.problem}" for row in store.disagreements(connection)]
        seen = store.totals(connection)
    words = f"{seen.accounts} accounts, {seen.bookings} bookings; {seen.hiring / 2:g} hiring and {seen.ai / 2:g} ai credits in all"
    return words, wrong


def reconcile(database: Database, settings: Settings, days: int) -> Sequence[Comparison]:
    """Compares the books of the last days with those of every provider that is set up."""
    now = utc_now()
    cashier = Cashier(database, providers_of(settings), Invoicing(settings.tax_percent), settings.public_url, utc_now)
    return reconciliation.reconcile(database, cashier, now - timedelta(days=days), now=now)
