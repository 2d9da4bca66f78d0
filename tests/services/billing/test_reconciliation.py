"""The books held against four providers': what was lost on the way is found and mended, and what cannot be is said."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cli import operator
from services.billing import reconciliation
from services.billing.cashier import Cashier
from services.billing.providers.configured import providers_of
from services.billing.reconciliation import Comparison
from services.billing.renewals import Invoicing
from services.billing.settings import Settings
from tests.conftest import Account, House
from tests.services.billing.test_webhooks import spoil
from tests.services.billing.till import Till, open_till
from tests.services.billing.webhook_cases import NAMES


@pytest.fixture(scope="module")
def till(house: House) -> Iterator[Till]:
    """One in which nothing differs but what a test has made so."""
    with open_till(house, "billing_books", RECONCILE_DAYS="3") as opened:
        yield opened


@pytest.fixture
def company(till: Till) -> Account:
    return till.company()


def pay(till: Till, payment: Any) -> None:
    if payment.provider == "jazzcash":
        till.jazzcash.pay(dict(payment.form))
    elif payment.provider == "paypal":
        till.paypal.approve(payment.provider_id)
        till.paypal.capture(payment.provider_id)
    else:
        getattr(till, payment.provider).pay(payment.provider_id)


def compared(till: Till, name: str) -> Comparison:
    settings: Settings = till.settings
    cashier = Cashier(till.database, providers_of(settings), Invoicing(settings.tax_percent), settings.public_url, till.clock)
    found = reconciliation.reconcile(till.database, cashier, till.clock() - timedelta(days=2), now=till.clock())
    return next(each for each in found if each.provider == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_payment_that_nobody_told_of_is_found_and_booked(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    till.clock.ahead += timedelta(hours=2)
    pay(till, payment)
    till.database.engine.dispose()
    first = compared(till, name)
    assert till.balance(company, "ai") == 100
    assert [(each.reference, each.mended) for each in first.differences if each.reference == payment.id] in ([(payment.id, True)], [])
    assert not compared(till, name).differences, "and then the books agree"


@pytest.mark.parametrize("name", ["stripe", "razorpay", "paypal"])
def test_a_refund_made_at_the_providers_desk_is_found_and_booked(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    pay(till, payment)
    till.payment(company, payment.id)
    stand_in = getattr(till, name)
    stand_in.refund_at_the_desk(stand_in.objects[payment.provider_id]["payment_intent"] if name == "stripe" else payment.provider_id, 300)
    found = compared(till, name).differences
    assert [(each.ours, each.theirs, each.mended) for each in found] == [
        ("succeeded, 900 USD, 0 back", "succeeded, 900 USD, 300 back", True)
    ]
    assert till.payment(company, payment.id).refunded_amount == 300
    assert not compared(till, name).differences


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_an_amount_that_differs_is_said_each_time_until_somebody_mends_it(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    pay(till, payment)
    till.payment(company, payment.id)
    mend = spoil(till, payment)
    for _ in range(2):
        found = compared(till, name).differences
        assert [(each.reference, each.theirs.split(",")[1], each.mended) for each in found] == [(payment.id, " 100 USD", False)]
    mend()
    assert not compared(till, name).differences


@pytest.mark.parametrize("name", NAMES)
def test_money_that_a_provider_knows_nothing_of_is_said(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    pay(till, payment)
    till.payment(company, payment.id)
    hide = hidden(till, payment)
    assert [(each.reference, each.theirs, each.mended) for each in compared(till, name).differences] == [(payment.id, "nothing", False)]
    hide()
    assert not compared(till, name).differences


def hidden(till: Till, payment: Any) -> Any:
    """The provider forgets the payment; what brings it back."""
    stand_in = getattr(till, payment.provider)
    if payment.provider == "jazzcash":
        kept = stand_in.transactions.pop(payment.provider_id)
        return lambda: stand_in.transactions.update({payment.provider_id: kept})
    if payment.provider == "paypal":
        payments = stand_in.orders[payment.provider_id]["purchase_units"][0]["payments"]
        captures, payments["captures"] = payments["captures"], []
        return lambda: payments.update(captures=captures)
    if payment.provider == "razorpay":
        each = next(each for each in stand_in.objects.values() if each.get("order_id") == payment.provider_id)
        each["status"] = "failed"
        return lambda: each.update(status="captured")
    session = stand_in.objects[payment.provider_id]
    intent = stand_in.objects[session["payment_intent"]]
    intent["status"], session["payment_status"] = "canceled", "unpaid"
    return lambda: (intent.update(status="succeeded"), session.update(payment_status="paid"))


def test_money_of_nobody_here_is_said(till: Till) -> None:
    order = till.razorpay._order({"amount": 5000, "currency": "USD", "receipt": "of another shop"})[1]
    till.razorpay.pay(order["id"])
    found = compared(till, "razorpay").differences
    assert [(each.handle, each.ours, each.theirs) for each in found] == [(order["id"], "nothing", "succeeded, 5000 USD, 0 back")]
    del till.razorpay.objects[order["id"]]
    till.razorpay.objects = {name: each for name, each in till.razorpay.objects.items() if each.get("order_id") != order["id"]}


def test_an_operator_sees_what_differs_and_who_does_not_answer(till: Till, company: Account, capsys: pytest.CaptureFixture[str]) -> None:
    payment = till.buy(company, provider="paypal")
    pay(till, payment)
    till.payment(company, payment.id)
    mend = spoil(till, payment)
    till.razorpay.before_answer = lambda verb, path: False
    try:
        assert operator.reconcile_books(till.environment, 30) == 1
    finally:
        till.razorpay.before_answer = lambda verb, path: True
    told = capsys.readouterr().out
    assert "razorpay: does not answer" in told
    assert f"  {payment.id} {payment.provider_id}  here: succeeded, 900 USD, 0 back  there: succeeded, 100 USD, 0 back  LOOK" in told
    mend()


def test_what_a_webhook_said_is_forgotten_after_ninety_days_but_not_that_it_came(till: Till, company: Account) -> None:
    payment = till.buy(company, provider="razorpay")
    pay(till, payment)
    event = till.razorpay.events[-1]
    till.tell(event, "razorpay")
    till.quiet()
    till.clock.ahead += timedelta(days=91)
    till.pass_time(days=1, hours=1)
    kept = "SELECT length(body) FROM webhook_events WHERE handle = %s"
    assert till.rows(kept, payment.provider_id) == [(0,)]
    till.tell(event, "razorpay")
    assert till.rows(kept, payment.provider_id) == [(0,)]


def test_the_books_are_compared_each_night_and_it_is_kept(till: Till, company: Account) -> None:
    payment = till.buy(company, provider="paypal")
    pay(till, payment)
    till.pass_time(days=3)
    nights = till.rows(
        "SELECT count(DISTINCT created_at::date), count(DISTINCT provider) FROM reconciliations WHERE since < created_at - interval '2.5 days'"
    )
    assert nights[0][0] >= 3
    assert nights[0][1] == 4
    assert till.rows("SELECT count(*) FROM tasks WHERE kind = 'reconcile' AND state = 'ready'") == [(1,)]


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("name", ["stripe", "razorpay", "paypal"])
def test_an_answer_lost_long_ago_is_looked_for_and_the_question_not_repeated(till: Till, company: Account, name: str, taken: bool) -> None:
    """A crash between the provider's answer and our commit, and nobody there to recover before the provider has forgotten the key."""
    payment = till.buy(company, provider=name)
    if taken:
        pay(till, payment)
    till.rows("UPDATE payments SET handle = '', status = 'pending' WHERE id = %s RETURNING id", payment.id)
    stand_in = getattr(till, name)
    asked = len(stand_in.requests if name == "stripe" else stand_in.exchanges)
    till.clock.ahead += timedelta(hours=6)
    till.payment(company, payment.id)
    if name == "stripe":
        verbs = {verb for verb, _ in stand_in.requests[asked:]}
    else:
        verbs = {each.asked.verb for each in stand_in.exchanges[asked:] if "oauth2" not in each.asked.path}
    assert verbs == {"GET"}
    assert till.payment(company, payment.id).status == ("succeeded" if taken else "failed")
    assert till.balance(company, "ai") == (100 if taken else 0)


@pytest.mark.parametrize("name", ["stripe", "razorpay", "paypal"])
def test_a_refund_of_what_was_taken_long_before_is_found_though_nobody_told_of_it(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    pay(till, payment)
    till.payment(company, payment.id)
    till.clock.ahead += timedelta(days=10)
    till.quiet()  # nothing asks about it any more by itself
    assert not compared(till, name).differences
    stand_in = getattr(till, name)
    stand_in.refund_at_the_desk(stand_in.objects[payment.provider_id]["payment_intent"] if name == "stripe" else payment.provider_id, 300)
    found = [(each.reference, each.theirs, each.mended) for each in compared(till, name).differences]
    assert found == [(payment.id, "succeeded, 900 USD, 300 back", True)]
    assert till.payment(company, payment.id).refunded_amount == 300
    assert not compared(till, name).differences
