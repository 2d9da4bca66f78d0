"""Decisions of billing: half-credits, what tokens cost, and which part of an account a booking takes from or gives to."""

import math
from calendar import monthrange
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from services.billing.tables.credits import Account, Booking, Legs, Transaction
from services.billing.tables.payments import Invoice
from services.billing.tables.subscriptions import Offer, Plan, Subscription
from services.chassis import errors, ids


def halves(amount: float, field: str = "amount") -> int:
    """An amount of credits as whole half-credits. Raises InvalidArgument / CREDITS_NOT_HALF."""
    doubled = amount * 2
    if not math.isfinite(doubled) or doubled != int(doubled):
        raise errors.invalid_field(field, "CREDITS_NOT_HALF", "must be a multiple of 0.5")
    return int(doubled)


def halves_for_tokens(tokens: int, tokens_per_credit: int) -> int:
    """What tokens cost, rounded to the nearest half-credit, ties towards the customer: of 2000 a credit, 3500 cost 3 halves."""
    return -((tokens_per_credit - 4 * tokens) // (2 * tokens_per_credit)) if tokens else 0


def take(account: Account, amount: int, *, now: datetime) -> Legs:
    """Takes from what runs out first. Raises FailedPrecondition / CREDITS_INSUFFICIENT. `store.spend` decides the same in SQL."""
    if account.spendable(now) < amount:
        raise insufficient(account, amount, now=now)
    monthly = min(amount, account.live_monthly(now))
    return Legs(monthly=-monthly, lasting=monthly - amount)


def insufficient(account: Account, amount: int, *, now: datetime) -> errors.FailedPrecondition:
    return errors.FailedPrecondition(
        "CREDITS_INSUFFICIENT",
        f"this needs {amount / 2:g} {account.unit} credits; there are {account.spendable(now) / 2:g}",
        unit=account.unit,
    )


def give_back(account: Account, spent: Transaction, *, now: datetime) -> Legs:
    """Undoes a spend. Monthly credits go back to where they came from, and last where their month is over: it was not the customer who failed."""
    if account.month_runs(now):
        return Legs(monthly=-spent.monthly, lasting=-spent.lasting)
    return Legs(lasting=-(spent.monthly + spent.lasting))


def left_of(account: Account, invoice: Invoice, *, now: datetime) -> int:
    """How many half-credits of those that an invoice bought can be there still: a month's while it runs, for those that came later were bought by another."""
    if invoice.kind == "package":
        return account.spendable(now)
    return account.live_monthly(now) if invoice.period_end is not None and invoice.period_end > now else 0


def settle(account: Account, held: Transaction, used: int, *, now: datetime) -> Legs:
    """Ends a hold: what was used leaves, from monthly credits first as with a spend, and the rest goes back as `give_back` does."""
    unused = held.held - used
    lasting = min(unused, -held.lasting) if account.month_runs(now) else unused
    return Legs(monthly=unused - lasting, lasting=lasting, held=-held.held)


def check_same_hold(first: Transaction, unit: str, amount: int, again: Booking) -> None:
    """Raises AlreadyExists / IDEMPOTENCY_KEY_REUSED where a hold comes again with another body."""
    if (first.unit, first.held, first.description, first.reference_id) != (unit, amount, again.description, again.reference_id):
        raise errors.AlreadyExists("IDEMPOTENCY_KEY_REUSED", "this idempotency key came with another request before; use a new one")


def check_same(first: Transaction, unit: str, amount: int, again: Booking) -> None:
    """Raises AlreadyExists / IDEMPOTENCY_KEY_REUSED where a spend comes again with another body. A key that was voided came with none."""
    if first.unit is None:
        return
    was = (first.unit, first.outside, first.type, first.description, first.reference_id, first.prompt_tokens, first.completion_tokens)
    if was != (unit, amount, again.type, again.description, again.reference_id, again.prompt_tokens, again.completion_tokens):
        raise errors.AlreadyExists("IDEMPOTENCY_KEY_REUSED", "this idempotency key came with another request before; use a new one")


# Subscriptions.


def months_after(anchor: datetime, months: int) -> datetime:
    """The same day and time some months later, or the month's last day where it has none: 31 January, 28 February, 31 March."""
    year, month = divmod(anchor.month - 1 + months, 12)
    year, month = anchor.year + year, month + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))


def subscribe(tenant_id: UUID, plan: Plan, provider: str, *, trial: bool, now: datetime) -> Subscription:
    """A new one: free at once, on trial until its trial is over, or waiting to be paid for."""
    free, trial = plan.offer.price == 0, trial and plan.offer.trial_days > 0
    status = "active" if free else "trialing" if trial else "incomplete"
    end = now + timedelta(days=plan.offer.trial_days) if trial and not free else months_after(now, 1)
    anchor, cycle = (end, -1) if status == "trialing" else (now, 0)
    return Subscription(
        ids.mint(), tenant_id, plan.offer.family, plan.id, None, provider, None, status, now, None, anchor, cycle, now, end, True, now, now
    )


def next_period(subscription: Subscription, *, now: datetime) -> Subscription:
    """The subscription in its next month, on the plan that was chosen for it."""
    cycle = subscription.cycle + 1
    return replace(
        subscription, cycle=cycle, period_start=months_after(subscription.anchor_at, cycle), period_end=months_after(subscription.anchor_at, cycle + 1),
        plan_id=subscription.next_plan_id or subscription.plan_id, next_plan_id=None, updated_at=now,
    )  # fmt: skip


def prorate(subscription: Subscription, old: Offer, new: Offer, *, now: datetime) -> tuple[int, int]:
    """What an upgrade costs for the rest of the month, and the half-credits that come with it: cents rounded down, half-credits up, to the customer."""
    whole = int((subscription.period_end - subscription.period_start).total_seconds())
    rest = min(whole, max(0, int((subscription.period_end - now).total_seconds())))
    return (new.price - old.price) * rest // whole, -(-max(0, new.credits - old.credits) * rest // whole)


def tax_of(subtotal: int, percent: Decimal) -> int:
    """The tax on an amount of cents, half a cent rounded up."""
    return int((abs(subtotal) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)) * (1 if subtotal >= 0 else -1)


RETRY_DAYS = (1, 3, 5)  # after the attempt before


def retry_at(attempt: int, *, final: bool, now: datetime) -> datetime | None:
    """When a renewal is tried again after this many attempts; None where it is not."""
    return None if final or attempt > len(RETRY_DAYS) else now + timedelta(days=RETRY_DAYS[attempt - 1])


def check_change(subscription: Subscription, old: Offer, new: Offer) -> None:
    """Raises FailedPrecondition / SUBSCRIPTION_NOT_ACTIVE, InvalidArgument / PLAN_SAME, PLAN_OF_OTHER_FAMILY."""
    if subscription.status not in ("active", "trialing"):
        raise errors.FailedPrecondition(
            "SUBSCRIPTION_NOT_ACTIVE", f"the subscription is {subscription.status}: only an active one changes its plan"
        )
    if old.family != new.family:
        raise errors.invalid_field("plan_id", "PLAN_OF_OTHER_FAMILY", f"is of the family {new.family}, the subscription of {old.family}")
    if old.name == new.name:
        raise errors.invalid_field("plan_id", "PLAN_SAME", "is the plan that the subscription has")


def share_back(whole: int, amount: int, refunded: int, more: int) -> int:
    """What of the whole goes with a refund of `more` cents after `refunded` of `amount`: its share, in all exactly the whole."""
    return whole * (refunded + more) // amount - whole * refunded // amount
