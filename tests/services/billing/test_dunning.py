"""What becomes of a month that is not paid: tried again, suspended, paid by hand with another card, or ended with the month that is owed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from services.billing import admin, reconciliation
from services.chassis import errors
from services.chassis.calls import Person
from tests.conftest import House
from tests.services.billing.opening import Opened, open_shop


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "dunning") as found:
        yield found
        assert admin.verify(found.shop.database)[1] == []


@pytest.fixture
def person(opened: Opened) -> Iterator[Person]:
    yield opened.shop.open_account()
    opened.stripe.decide = lambda intent: ""
    opened.rows("UPDATE tasks SET state = 'cancelled' WHERE state = 'ready'")  # what was begun ends with its test


def declining(opened: Opened, code: str) -> list[str]:
    """From now on every card but `pm_card_other` is declined; which ones were tried."""
    tried: list[str] = []

    def decide(intent: dict[str, Any]) -> str:
        tried.append(intent["payment_method"])
        return "" if intent["payment_method"] == "pm_card_other" else code

    opened.stripe.decide = decide
    return tried


def mailed(opened: Opened, person: Person) -> list[str]:
    query = (
        "SELECT payload->>'status' AS status FROM tasks WHERE tenant_id = %s AND payload->>'template' = 'subscription_status' ORDER BY id"
    )
    return [each["status"] for each in opened.rows(query, person.tenant_id) if each["status"] != "renewing"]


def test_a_trial_that_ends_without_a_method_waits_to_be_paid_and_is_then_suspended(opened: Opened, person: Person) -> None:
    trial = opened.shop.subscribe(person, "Pro", "key", "", trial=True)
    opened.pass_by(days=13)
    assert opened.shop.subscription(person, trial.id).status == "trialing"
    opened.pass_by(days=2)
    assert opened.shop.subscription(person, trial.id).status == "past_due"
    opened.pass_by(days=9)
    assert opened.shop.subscription(person, trial.id).status == "suspended"
    assert mailed(opened, person) == ["past_due", "past_due", "past_due", "suspended"]
    [invoice] = opened.shop.invoices(person)
    assert (invoice.kind, invoice.status, invoice.amount) == ("renewal", "open", 2900)
    opened.stripe.pay(opened.shop.pay(person, invoice.id).provider_id)
    opened.pass_by(minutes=1)
    assert (opened.shop.subscription(person, trial.id).status, mailed(opened, person)[-1]) == ("active", "recovered")
    opened.pass_by(days=31)
    assert [each.status for each in opened.shop.invoices(person)] == ["paid", "paid"], "the card of the page pays the next month"


def test_a_page_that_is_opened_and_left_puts_nothing_off(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanLite", "key")
    tried = declining(opened, "insufficient_funds")
    opened.pass_by(seconds=made.period_end_time.seconds - opened.clock().timestamp() + 60)
    assert (opened.shop.subscription(person, made.id).status, len(tried)) == ("past_due", 1)
    invoice = opened.shop.invoices(person)[0]
    for _ in range(9):
        opened.shop.pay(person, invoice.id, other_method=True)
        opened.pass_by(days=1)
    assert opened.shop.subscription(person, made.id).status == "suspended"
    assert mailed(opened, person) == ["past_due", "past_due", "past_due", "suspended"]


def test_who_is_suspended_ends_with_the_month_that_is_owed_and_later_money_goes_back(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanLite", "key")
    declining(opened, "stolen_card")
    opened.pass_by(days=32)
    assert opened.shop.subscription(person, made.id).status == "suspended"
    invoice = opened.shop.invoices(person)[0]
    opened.pass_by(days=28)
    page = opened.shop.pay(person, invoice.id, other_method=True)
    opened.pass_by(days=1, hours=12)
    assert (opened.shop.subscription(person, made.id).status, opened.shop.invoices(person)[0].status) == ("cancelled", "void")
    opened.stripe.pay(page.provider_id, "pm_card_other")
    opened.pass_by(days=3)
    paid = opened.shop.payment(person, page.id)
    assert (paid.status, paid.refunded_amount, opened.shop.balance(person, "hiring").amount) == ("succeeded", 1000, 0)
    assert mailed(opened, person) == ["suspended", "cancelled"]
    assert opened.shop.subscribe(person, "HumanLite", "anew", "pm_card_other").status == "active"


def test_a_card_that_is_gone_makes_way_for_another(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanLite", "key")
    declining(opened, "expired_card")
    opened.pass_by(days=32)
    invoice = opened.shop.invoices(person)[0]
    assert opened.shop.pay(person, invoice.id).failure == "expired_card", "the saved card is what is charged where nothing is said"
    page = opened.shop.pay(person, invoice.id, other_method=True)
    assert (page.status, opened.shop.pay(person, invoice.id, other_method=True).id) == ("requires_action", page.id), (
        "twice is the same page"
    )
    opened.stripe.pay(page.provider_id, "pm_card_other")
    assert opened.shop.payment(person, page.id).status == "succeeded"
    assert (opened.shop.subscription(person, made.id).status, opened.shop.balance(person, "hiring").amount) == ("active", 5)
    opened.pass_by(days=31)
    assert [each.status for each in opened.shop.invoices(person)] == ["paid", "paid", "paid"]


def test_a_payment_that_waits_for_3d_secure_makes_way_for_another_card(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanLite", "key", "pm_card_authenticationRequired")
    opened.stripe.authenticate(made.payment.provider_id)
    opened.pass_by(days=32)
    invoice = opened.shop.invoices(person)[0]
    waiting = opened.shop.pay(person, invoice.id)
    assert (waiting.status, bool(waiting.client_secret)) == ("requires_action", True)
    page = opened.shop.pay(person, invoice.id, other_method=True)
    assert page.id != waiting.id
    opened.stripe.pay(page.provider_id, "pm_card_other")
    opened.stripe.authenticate(waiting.provider_id)  # and then they do both
    opened.pass_by(hours=2)
    back = {each.id: opened.shop.payment(person, each.id).refunded_amount for each in (page, waiting)}
    assert sorted(back.values()) == [0, 1000], "one of the two goes back"
    assert saved(opened, person) == "pm_card_other", "the card that they changed to stays, though the other was heard of last"


def saved(opened: Opened, person: Person) -> str:
    [kept] = opened.rows("SELECT method FROM payment_customers WHERE tenant_id = %s", person.tenant_id)
    return str(kept["method"])


def test_a_card_that_paid_for_a_package_is_not_what_renewals_are_paid_with(opened: Opened, person: Person) -> None:
    opened.shop.subscribe(person, "HumanLite", "key")
    page = opened.shop.buy(person, "ai-100", "bought")
    opened.stripe.pay(page.provider_id, "pm_card_other")
    assert opened.shop.payment(person, page.id).status == "succeeded"
    assert saved(opened, person) == "pm_card_visa"
    other = opened.shop.open_account()
    opened.stripe.pay(opened.shop.buy(other, "ai-100", "bought").provider_id)
    opened.pass_by(minutes=1)
    assert (
        opened.shop.balance(other, "ai").amount,
        opened.rows("SELECT 1 FROM payment_customers WHERE tenant_id = %s", other.tenant_id),
    ) == (100, [])


def test_a_page_for_a_customer_who_was_deleted_at_stripe_is_a_payment_that_failed(opened: Opened, person: Person) -> None:
    opened.shop.subscribe(person, "HumanLite", "key")
    [kept] = opened.rows("SELECT customer FROM payment_customers WHERE tenant_id = %s", person.tenant_id)
    del opened.stripe.objects[kept["customer"]]
    asked = opened.shop.buy(person, "ai-100", "bought")
    assert (asked.status, asked.failure) == ("failed", "resource_missing")


def test_a_refund_of_a_month_that_is_over_takes_nothing_of_the_month_that_is_paid(opened: Opened, person: Person) -> None:
    opened.shop.subscribe(person, "HumanLite", "key")
    opened.pass_by(days=32)
    payments = {each.kind: each.payment_id for each in opened.shop.invoices(person)}
    opened.shop.refund(person, payments["first"], 0, "first")
    opened.pass_by(minutes=1)
    assert opened.shop.balance(person, "hiring").amount == 5, "those of the first month have run out"
    opened.shop.grant(person, "hiring", 2, "grant")
    opened.shop.spend(person, "hiring", 1.5, "spent")
    opened.shop.refund(person, payments["renewal"], 0, "renewal")
    opened.pass_by(minutes=1)
    assert opened.shop.balance(person, "hiring").amount == 2, "what was left of this month goes, and what was granted stays"


def test_who_cancels_and_subscribes_anew_keeps_what_is_left_of_the_month(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanAdv", "key")
    opened.shop.spend(person, "hiring", 1.5, "spent")
    opened.pass_by(days=2)
    opened.shop.cancel(person, made.id)
    assert opened.shop.balance(person, "hiring").amount == 8.5, "a month that is paid lasts to its end"
    opened.shop.subscribe(person, "HumanLite", "anew")
    assert opened.shop.balance(person, "hiring").amount == 13.5
    opened.pass_by(days=30)
    assert opened.shop.balance(person, "hiring").amount == 13.5, "and as long as what came after it"
    opened.pass_by(days=1)
    assert opened.shop.balance(person, "hiring").amount == 5


def test_a_key_that_was_answered_is_answered_again_when_the_plan_has_ended(opened: Opened, person: Person) -> None:
    made = opened.shop.subscribe(person, "HumanLite", "key")
    first = opened.shop.consume(person, made.id, 1.5, "consumed")
    opened.shop.cancel(person, made.id)
    assert opened.shop.consume(person, made.id, 1.5, "consumed").id == first.id
    with pytest.raises(errors.AlreadyExists, match="IDEMPOTENCY_KEY_REUSED"):
        opened.shop.consume(person, made.id, 2, "consumed")
    with pytest.raises(errors.FailedPrecondition, match="SUBSCRIPTION_NOT_ACTIVE"):
        opened.shop.consume(person, made.id, 1.5, "another")
    assert opened.shop.balance(person, "hiring").amount == 3.5


@contextmanager
def slow_refunds(opened: Opened) -> Iterator[Callable[[str], None]]:
    """Refunds that Stripe has not decided about, until it is told what becomes of them."""
    own, made = opened.stripe._refund, []

    def slowly(asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        status, answer = own(asked)
        answer["status"] = "pending"
        made.append(answer)
        return status, answer

    def decide(status: str) -> None:
        for each in made:
            each["status"] = status
            opened.stripe.objects[each["charge"]]["amount_refunded"] -= each["amount"] if status == "failed" else 0

    opened.stripe._refund = slowly  # type: ignore[method-assign]
    try:
        yield decide
    finally:
        opened.stripe._refund = own  # type: ignore[method-assign]


@pytest.mark.parametrize("decided", ["succeeded", "failed"])
def test_a_refund_that_takes_its_days_is_asked_about_until_it_is_decided(opened: Opened, person: Person, decided: str) -> None:
    payment = opened.shop.buy(person, "ai-100", "key")
    opened.stripe.pay(payment.provider_id)
    opened.shop.payment(person, payment.id)
    with slow_refunds(opened) as decide:
        opened.shop.refund(person, payment.id, 450, "refund")
        opened.pass_by(hours=5)
        assert opened.rows("SELECT status FROM refunds WHERE payment_id = %s", payment.id) == [{"status": "pending"}]
        decide(decided)
        opened.pass_by(hours=1, minutes=1)
    assert opened.rows("SELECT status FROM refunds WHERE payment_id = %s", payment.id) == [{"status": decided}]
    now = opened.clock()
    [compared] = reconciliation.reconcile(opened.shop.database, opened.shop.cashier, now - timedelta(days=2), now=now)
    told = [(each.ours, each.theirs, each.mended) for each in compared.differences if each.reference == payment.id]
    # Stripe counts a refund as sent back when it is asked for; what comes of one that fails in the end is for a person to decide.
    assert told == ([] if decided == "succeeded" else [("succeeded, 900 USD, 450 back", "succeeded, 900 USD, 0 back", False)])
    assert opened.rows("SELECT kind, last_error FROM tasks WHERE state IN ('ready', 'dead') AND kind = 'refund'") == []
