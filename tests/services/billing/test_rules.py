"""Half-credits, which part of an account a booking takes from or gives back to, and the arithmetic of months and cents."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing import catalogue, rules
from services.billing.providers import currencies
from services.billing.tables.credits import Account, Legs, Transaction
from services.billing.tables.subscriptions import Offer, Plan, Subscription
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


# Money and months.

HIRING = [offer for offer in catalogue.PLANS if offer.family == "hiring"]
cents = st.integers(1, 10**7)


@pytest.mark.parametrize(
    ("anchor", "days"),
    [
        (
            "2026-01-31",
            "2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30 2026-07-31 2026-08-31 2026-09-30 2026-10-31 2026-11-30 2026-12-31 2027-01-31",
        ),
        ("2027-12-31", "2028-01-31 2028-02-29 2028-03-31"),
        ("2028-02-29", "2028-03-29 2028-04-29"),
        ("2027-11-30", "2027-12-30 2028-01-30 2028-02-29 2028-03-30"),
    ],
)
def test_a_month_ends_on_the_day_it_began_or_on_its_last(anchor: str, days: str) -> None:
    began = datetime.fromisoformat(f"{anchor}T23:59:59+00:00")
    expected = days.split()
    assert [f"{rules.months_after(began, number + 1):%Y-%m-%d}" for number in range(len(expected))] == expected


def subscribed(offer: Offer) -> Subscription:
    made = rules.subscribe(uuid4(), Plan(uuid4(), 1, offer), "stripe", trial=False, now=NOW)
    return replace(made, status="active")


@given(st.sampled_from(list(itertools.combinations(HIRING, 2))), st.integers(0, 28 * 86_400))
def test_an_upgrade_costs_its_share_of_the_month_and_no_fraction_of_a_cent_more(plans: tuple[Offer, Offer], seconds: int) -> None:
    old, new = plans
    month, now = subscribed(old), NOW + timedelta(seconds=seconds)
    share = Fraction(int((month.period_end - now).total_seconds()), int((month.period_end - month.period_start).total_seconds()))
    price, more = rules.prorate(month, old, new, now=now)
    assert price == int((new.price - old.price) * share), "cents rounded down"
    assert 0 <= more - (new.credits - old.credits) * share < 1, "half-credits rounded up"


def test_an_upgrade_in_steps_on_one_day_costs_what_it_costs_at_once() -> None:
    lite, advanced, pro = HIRING
    month = subscribed(lite)
    steps = [rules.prorate(month, *pair, now=NOW) for pair in ((lite, advanced), (advanced, pro))]
    assert tuple(map(sum, zip(*steps, strict=True))) == rules.prorate(month, lite, pro, now=NOW) == (20_00, 30)


def test_an_upgrade_when_the_month_is_over_costs_nothing_and_brings_nothing() -> None:
    lite, _, pro = HIRING
    month = subscribed(lite)
    assert rules.prorate(month, lite, pro, now=month.period_end) == (0, 0)
    assert rules.prorate(month, lite, pro, now=month.period_end + timedelta(days=1)) == (0, 0)


@given(whole=st.integers(0, 10**7), parts=st.lists(cents, min_size=1, max_size=8))
def test_what_goes_back_in_parts_is_the_whole_in_the_end_and_never_more(whole: int, parts: list[int]) -> None:
    amount, back, shares = sum(parts), 0, []
    for part in parts:
        shares.append(rules.share_back(whole, amount, back, part))
        back += part
        assert sum(shares) == whole * back // amount
    assert sum(shares) == whole
    assert min(shares) >= 0


@pytest.mark.parametrize(("amount", "percent", "tax"), [(1000, "19", 190), (999, "7.7", 77), (5, "10", 1), (-5, "10", -1), (4, "10", 0)])
def test_half_a_cent_of_tax_is_a_cent(amount: int, percent: str, tax: int) -> None:
    assert rules.tax_of(amount, Decimal(percent)) == tax


@given(subtotal=st.integers(-(10**7), 10**7), percent=st.decimals(0, 100, places=2))
def test_tax_is_off_by_half_a_cent_at_most_and_the_same_in_a_credit_note(subtotal: int, percent: Decimal) -> None:
    tax = rules.tax_of(subtotal, percent)
    assert abs(Fraction(tax) - Fraction(subtotal) * Fraction(percent) / 100) <= Fraction(1, 2)
    assert rules.tax_of(-subtotal, percent) == -tax


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (900, "USD", "9.00"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (0, "EUR", "0.00"),
        (900, "JPY", "900"),
        (-900, "KRW", "-900"),
        (1234, "KWD", "1.234"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(amount: int, currency: str, words: str) -> None:
    assert currencies.written(amount, currency) == words
    assert currencies.smallest(words, currency) == amount


@pytest.mark.parametrize(("attempt", "final", "days"), [(1, False, 1), (2, False, 3), (3, False, 5), (4, False, None), (1, True, None)])
def test_a_renewal_is_tried_four_times_and_a_hard_decline_once(attempt: int, final: bool, days: int | None) -> None:
    assert rules.retry_at(attempt, final=final, now=NOW) == (NOW + timedelta(days=days) if days else None)


def booked(account: Account, legs: Legs) -> Transaction:
    return Transaction(
        1, uuid4(), account.tenant_id, account.unit, "TAILOR", "spend:1", legs.monthly, legs.lasting, 0, legs.outside, account.total - legs.outside, "", "",
        0, 0, 0, NOW,
    )  # fmt: skip
