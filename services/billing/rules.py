"""Decisions of billing: half-credits, what tokens cost, and which part of an account a booking takes from or gives to."""

import math
from datetime import datetime

from services.billing.tables import Account, Booking, Legs, Transaction
from services.chassis import errors


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
