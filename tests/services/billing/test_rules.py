"""Half-credits, and which part of an account a booking takes from or gives back to."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing import rules
from services.billing.tables.credits import Account, Legs, Transaction
from services.chassis import errors

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)
amounts = st.integers(0, 10_000)
accounts = st.builds(
    Account, tenant_id=st.just(uuid4()), unit=st.just("ai"), monthly=amounts, lasting=amounts, held=amounts,
    monthly_until=st.sampled_from([None, EARLIER, NOW, LATER]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "halves"),
    [(0, 0), (1, 0), (500, 0), (501, 1), (1000, 1), (1500, 1), (1501, 2), (2000, 2), (2500, 2), (3500, 3), (3501, 4)],
)
def test_tokens_cost_the_nearest_half_credit_and_a_tie_costs_less(tokens: int, halves: int) -> None:
    assert rules.halves_for_tokens(tokens, 2000) == halves


@given(st.integers(0, 10**9), st.integers(2, 10**5))
def test_what_tokens_cost_is_never_off_by_more_than_a_quarter_credit(tokens: int, each: int) -> None:
    exact = Fraction(2 * tokens, each)
    cost = rules.halves_for_tokens(tokens, each)
    assert abs(cost - exact) <= Fraction(1, 2)
    assert cost - exact < Fraction(1, 2), "a tie goes to the customer"


@given(st.integers(1, 2_000_000))
def test_half_credits_on_the_wire_are_exact(halves: int) -> None:
    assert rules.halves(halves / 2) == halves


@pytest.mark.parametrize("amount", [0.25, 1.4999999, float("nan"), float("inf")])
def test_what_is_no_half_credit_is_refused(amount: float) -> None:
    with pytest.raises(errors.InvalidArgument, match="CREDITS_NOT_HALF"):
        rules.halves(amount)


@given(accounts, st.integers(1, 20_000))
def test_a_spend_takes_what_runs_out_first_and_never_more_than_there_is(account: Account, amount: int) -> None:
    try:
        legs = rules.take(account, amount, now=NOW)
    except errors.FailedPrecondition:
        assert account.spendable(NOW) < amount
        return
    assert legs.outside == amount
    assert 0 <= -legs.monthly <= account.live_monthly(NOW)
    assert 0 <= -legs.lasting <= account.lasting
    assert legs.lasting == 0 or -legs.monthly == account.live_monthly(NOW), "lasting credits are touched last"


@given(accounts, st.integers(1, 20_000))
def test_giving_back_undoes_a_spend(account: Account, amount: int) -> None:
    try:
        legs = rules.take(account, amount, now=NOW)
    except errors.FailedPrecondition:
        return
    after = Account(
        account.tenant_id, "ai", account.monthly + legs.monthly, account.lasting + legs.lasting, account.held, account.monthly_until
    )
    back = rules.give_back(after, booked(account, legs), now=NOW)
    assert (after.monthly + back.monthly, after.lasting + back.lasting) == (account.monthly, account.lasting)


@given(accounts, st.integers(1, 20_000))
def test_what_is_given_back_after_its_month_lasts(account: Account, amount: int) -> None:
    try:
        legs = rules.take(account, amount, now=NOW)
    except errors.FailedPrecondition:
        return
    assert rules.give_back(account, booked(account, legs), now=LATER + timedelta(days=1)) == Legs(lasting=amount)


def booked(account: Account, legs: Legs) -> Transaction:
    return Transaction(
        1, uuid4(), account.tenant_id, account.unit, "TAILOR", "spend:1", legs.monthly, legs.lasting, 0, legs.outside, account.total - legs.outside, "", "",
        0, 0, 0, NOW,
    )  # fmt: skip
