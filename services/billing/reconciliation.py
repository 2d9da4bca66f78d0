"""The books held against the providers': what differs is asked about again and mended, and said where it cannot be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from services.billing.cashier import Cashier
from services.billing.providers.protocol import Outcome, Provider
from services.billing.store import payments as store
from services.billing.tables.payments import Payment
from services.chassis import calls, errors, ids
from services.chassis.database import Database
from services.chassis.logs import log
from services.chassis.tasks import GiveUp

_UNDER_WAY = timedelta(hours=1)  # so long a payment may go on without anybody wondering


@dataclass(frozen=True)
class Difference:
    """One charge that the two see otherwise, each in words. It is `mended` where asking the provider again made ours true."""

    reference: str
    handle: str
    ours: str
    theirs: str
    mended: bool


@dataclass(frozen=True)
class Comparison:
    """What of one provider was compared, and what differed. One that did not answer is compared the next time."""

    provider: str
    since: datetime
    charges: int
    payments: int
    differences: Sequence[Difference]
    answered: bool = True


def reconcile(database: Database, cashier: Cashier, since: datetime, *, now: datetime) -> Sequence[Comparison]:
    """Compares every provider's charges from then on with the payments here, and keeps what it found."""
    return [_compare_and_keep(database, cashier, provider, since, now=now) for provider in cashier.providers.values()]


def _compare_and_keep(database: Database, cashier: Cashier, provider: Provider, since: datetime, *, now: datetime) -> Comparison:
    try:
        found = _compare(database, cashier, provider, since, now=now)
    except errors.Unavailable:
        log.error("books not compared", extra={"provider": provider.name})
        return Comparison(provider.name, since, 0, 0, (), answered=False)
    row = asdict(found) | {"id": ids.mint(), "created_at": now}
    del row["answered"]
    with database.begin(calls.SYSTEM) as connection:
        store.add_reconciliation(connection, row)
    broken = sum(not difference.mended for difference in found.differences)
    if broken:
        log.error("books differ", extra={"provider": found.provider, "differences": broken})
    return found


def _compare(database: Database, cashier: Cashier, provider: Provider, since: datetime, *, now: datetime) -> Comparison:
    differences, seen = [], set()
    theirs = list(provider.since(since))
    for charge in theirs:
        with database.begin(calls.SYSTEM) as connection:
            ours = store.find_payment(connection, provider.name, charge.handle, charge.reference)
        if ours is None:
            differences.append(Difference(str(charge.reference or ""), charge.handle, "nothing", _told(charge), mended=False))
            continue
        seen.add(ours.id)
        if not _agree(provider, ours, charge):
            after, _ = _ask(cashier, ours)
            differences.append(Difference(str(ours.id), ours.handle, _kept(ours), _told(charge), _agree(provider, after, charge)))
    with database.begin(calls.SYSTEM) as connection:
        rest = store.payments_since(connection, provider.name, since)
    for ours in rest.values():
        over = ours.status == "succeeded" or (ours.status != "failed" and now - ours.created_at > _UNDER_WAY)
        if ours.id in seen or not over:
            continue
        after, charge_now = _ask(cashier, ours)
        taken = charge_now is not None and charge_now.status == "succeeded"
        if charge_now is not None and taken and not (_agree(provider, ours, charge_now)):
            differences.append(Difference(str(ours.id), ours.handle, _kept(ours), _told(charge_now), _agree(provider, after, charge_now)))
        elif ours.status == "succeeded" and not taken:
            differences.append(Difference(str(ours.id), ours.handle, _kept(ours), "nothing", mended=False))
    return Comparison(provider.name, since, len(theirs), len(rest), differences)


def _ask(cashier: Cashier, payment: Payment) -> tuple[Payment, Outcome | None]:
    try:
        return cashier.settle(payment.id)
    except GiveUp:  # what the provider says cannot be true of it, and a person has to look
        return payment, None


def _agree(provider: Provider, ours: Payment, theirs: Outcome) -> bool:
    """Whether both say that the same was taken and went back; where money goes back by hand, the provider says nothing of it."""
    same = (ours.status, ours.amount, ours.currency) == ("succeeded", theirs.received, theirs.currency)
    return same and (not provider.refunds or ours.refunded == theirs.refunded)


def _kept(payment: Payment) -> str:
    return f"{payment.status}, {payment.amount} {payment.currency}, {payment.refunded} back"


def _told(charge: Outcome) -> str:
    return f"{charge.status}, {charge.received} {charge.currency}, {charge.refunded} back"
