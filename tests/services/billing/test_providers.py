"""Packages and plans bought by Razorpay, PayPal and JazzCash: each over HTTP against a stand-in, on the person's way and on ours."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody

from einstellen.billing.v1 import payments_pb2, subscriptions_pb2
from services.billing import persons
from services.billing.providers.configured import providers_of
from services.chassis import calls, errors, tasks
from services.chassis.persons import Person
from tests.conftest import Account
from tests.refusals import refused
from tests.services.billing.conftest import at_once
from tests.services.billing.till import HERE, Till

NAMES = ("razorpay", "paypal", "jazzcash")


@pytest.fixture
def company(till: Till) -> Account:
    return till.company()


def pay(till: Till, payment: Any) -> bytes:
    """The person pays on the provider's page; what their browser brings back."""
    if payment.provider == "razorpay":
        return urlencode(till.razorpay.pay(payment.provider_id)).encode()
    if payment.provider == "paypal":
        till.paypal.approve(payment.provider_id)
        return b""
    return till.jazzcash.signed(till.jazzcash.pay(dict(payment.form)))[0]


def finish(till: Till, payment: Any, page: bytes = b"") -> str:
    """The page that the browser comes back to; where it sends the person."""
    request = payments_pb2.FinishPaymentRequest(payment_id=payment.id, page=HttpBody(data=page))
    answer = till.payments.FinishPayment(request)
    assert answer.content_type.startswith("text/html")
    return answer.data.decode().partition("url=")[2].partition('"')[0]


def test_each_has_a_page_of_its_own_and_its_money(till: Till, company: Account) -> None:
    bought = {name: till.buy(company, provider=name) for name in NAMES}
    assert {name: (each.status, each.amount, each.currency) for name, each in bought.items()} == {
        "razorpay": ("requires_action", 900, "USD"), "paypal": ("requires_action", 900, "USD"), "jazzcash": ("requires_action", 252_000, "PKR"),
    }  # fmt: skip
    assert bought["paypal"].url == f"https://www.paypal.com/checkoutnow?token={bought['paypal'].provider_id}"
    assert bought["razorpay"].url == f"{till.razorpay.url}/v1/checkout/embedded"
    assert bought["razorpay"].form["order_id"] == bought["razorpay"].provider_id
    assert (
        bought["jazzcash"].form["pp_ReturnURL"] == f"https://einstellen.example/api/v1/payments/return?payment_id={bought['jazzcash'].id}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_who_comes_back_from_paying_has_the_credits_at_once(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    page = pay(till, payment)
    assert {finish(till, payment, page) for _ in range(3)} == {HERE["success_url"]}
    assert till.balance(company, "ai") == 100
    assert [(each.status, each.amount, each.currency) for each in till.invoices(company)] == [("paid", 900, "USD")]


@pytest.mark.parametrize("name", NAMES)
def test_who_pays_and_never_comes_back_has_them_all_the_same(till: Till, company: Account, name: str) -> None:
    pay(till, till.buy(company, provider=name))
    till.pass_time(minutes=11)
    assert till.balance(company, "ai") == 100


@pytest.mark.parametrize("name", NAMES)
def test_who_comes_back_without_paying_is_sent_to_the_other_page(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    assert finish(till, payment) == HERE["cancel_url"]
    left = till.payments.LeavePayment(payments_pb2.LeavePaymentRequest(payment_id=payment.id, token="EC-1"))
    assert HERE["cancel_url"] in left.data.decode()
    assert till.balance(company, "ai") == 0


@pytest.mark.parametrize("name", ["razorpay", "jazzcash"])
def test_what_a_browser_brings_back_must_be_the_providers(till: Till, company: Account, name: str) -> None:
    payment = till.buy(company, provider=name)
    page = pay(till, payment)
    for wrong in (page[:-1] + (b"0" if page[-1:] != b"0" else b"1"), b"razorpay_order_id=order_1", b"\xff\xfe", b"pp_TxnRefNo=T1"):
        with refused(grpc.StatusCode.UNAUTHENTICATED, "SIGNATURE_INVALID"):
            finish(till, payment, wrong)
    assert till.payment(company, payment.id).status == "succeeded", "it was paid nevertheless"


@pytest.mark.parametrize("name", NAMES)
def test_the_same_key_is_the_same_payment_however_many_ask_at_once(till: Till, company: Account, name: str) -> None:
    answers = at_once(8, lambda _: till.buy(company, provider=name, request_id=f"once-{name}"))
    assert len({(each.id, each.provider_id) for each in answers}) == 1
    page = pay(till, answers[0])
    finish(till, answers[0], page)
    assert till.balance(company, "ai") == 100


PLACES: dict[str, tuple[Callable[[Till], Any], str]] = {
    "razorpay order": (lambda till: till.razorpay, "POST /v1/orders"),
    "razorpay payments": (lambda till: till.razorpay, "GET /v1/orders/"),
    "paypal order": (lambda till: till.paypal, "POST /v2/checkout/orders"),
    "paypal capture": (lambda till: till.paypal, "POST /v2/checkout/orders/"),
    "paypal token": (lambda till: till.paypal, "GET /v2/checkout/orders/"),
    "jazzcash inquiry": (lambda till: till.jazzcash, "POST /ApplicationAPI"),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_answer_that_is_lost_on_its_way_loses_nothing(till: Till, company: Account, place: str) -> None:
    stand_in, lost = PLACES[place][0](till), [PLACES[place][1]]

    def break_once(verb: str, path: str) -> bool:
        if lost and f"{verb} {path}".startswith(lost[0]):
            lost.clear()
            return False
        return True

    def buy() -> Any:
        return till.buy(company, provider=place.partition(" ")[0], request_id=place)

    stand_in.before_answer = break_once
    try:
        try:
            payment = buy()
        except grpc.RpcError:
            payment = buy()
        pay(till, payment)
        till.pass_time(minutes=11)
    finally:
        stand_in.before_answer = lambda verb, path: True
    assert not lost, "it was lost"
    assert till.balance(company, "ai") == 100


def test_an_authorized_payment_of_razorpays_is_captured(till: Till, company: Account) -> None:
    payment = till.buy(company, provider="razorpay")
    till.razorpay.pay(payment.provider_id, captured=False)
    assert finish(till, payment) == HERE["success_url"]
    assert till.razorpay.taken()[payment.id] == 900


def test_a_wallet_that_declines_leaves_the_order_open_for_another(till: Till, company: Account) -> None:
    payment = till.buy(company, provider="paypal")
    till.paypal.declining.add(payment.provider_id)
    till.paypal.approve(payment.provider_id)
    assert finish(till, payment) == HERE["cancel_url"]
    till.paypal.declining.clear()
    till.paypal.approve(payment.provider_id)
    assert finish(till, payment) == HERE["success_url"]
    assert till.balance(company, "ai") == 100


def test_a_transaction_of_jazzcash_that_fails_is_over_and_one_that_waits_is_not(till: Till, company: Account) -> None:
    failed, waiting = (till.buy(company, provider="jazzcash") for _ in range(2))
    for payment, code in ((failed, "101"), (waiting, "157")):
        till.jazzcash.pay(dict(payment.form), code=code)
    assert (till.payment(company, failed.id).failure, till.payment(company, waiting.id).status) == ("jazzcash_101", "pending")
    till.jazzcash.transactions[waiting.provider_id]["code"] = "000"
    till.pass_time(minutes=11)
    assert till.balance(company, "ai") == 100


@pytest.mark.parametrize("name", NAMES)
def test_a_refund_goes_back_once_with_its_credit_note_and_credits(till: Till, company: Account, administrator: Any, name: str) -> None:
    payment = till.buy(company, provider=name)
    finish(till, payment, pay(till, payment))
    half = payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=payment.amount // 2, request_id=f"half-{name}")
    at_once(4, lambda _: till.payments.RefundPayment(half, metadata=administrator))
    till.quiet()
    assert till.balance(company, "ai") == 50
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id), metadata=administrator)
    till.quiet()
    assert till.payment(company, payment.id).refunded_amount == payment.amount
    notes = [each.amount for each in till.invoices(company) if each.kind == "credit_note"]
    assert (notes, till.balance(company, "ai")) == ([-450, -450], 0)


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_a_refund_whose_answer_is_lost_is_not_made_twice(till: Till, company: Account, administrator: Any, name: str) -> None:
    payment, lost = till.buy(company, provider=name), [True]
    finish(till, payment, pay(till, payment))

    def break_once(verb: str, path: str) -> bool:
        return not (verb == "POST" and path.endswith("/refund") and lost and lost.pop())

    stand_in = getattr(till, name)
    stand_in.before_answer = break_once
    try:
        till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=300), metadata=administrator)
        till.quiet()
        till.pass_time(minutes=1)
    finally:
        stand_in.before_answer = lambda verb, path: True
    assert (lost, till.payment(company, payment.id).refunded_amount) == ([], 300)


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_a_refund_of_more_than_is_left_fails_and_the_books_say_what_went_back(
    till: Till, company: Account, administrator: Any, name: str
) -> None:
    """Somebody has sent a part back on the provider's own pages, of which nobody told us."""
    payment = till.buy(company, provider=name)
    finish(till, payment, pay(till, payment))
    getattr(till, name).refund_at_the_desk(payment.provider_id, 700)
    states = []
    for amount in (500, 200):
        till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=amount), metadata=administrator)
        till.quiet()
        states.append(till.payment(company, payment.id).refunded_amount)
    assert states == [700, 900]
    assert till.rows("SELECT status FROM refunds WHERE payment_id = %s ORDER BY id", payment.id) == [("failed",), ("succeeded",)]
    waiting = "SELECT kind, state, last_error FROM tasks WHERE tenant_id = %s AND kind = 'refund' AND state <> 'done'"
    assert till.rows(waiting, company.tenant_id) == []


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_a_plan_is_paid_on_the_page_and_renews_by_the_method_that_was_kept(till: Till, company: Account, name: str) -> None:
    bought = till.subscribe(company, method="", provider=name)
    assert (bought.status, bought.payment.status) == ("incomplete", "requires_action")
    finish(till, bought.payment, pay(till, bought.payment))
    assert till.subscription(company, bought).status == "active"
    till.pass_time(days=32)
    assert [(each.kind, each.status, each.amount) for each in till.invoices(company)] == [
        ("renewal", "paid", 1000),
        ("first", "paid", 1000),
    ]
    assert (till.subscription(company, bought).status, till.balance(company)) == ("active", 5)
    method = till.rows("SELECT method FROM payment_customers WHERE tenant_id = %s", company.tenant_id)[0][0]
    getattr(till, name).declining.add(method)
    till.pass_time(days=31)
    assert till.subscription(company, bought).status == "past_due"
    getattr(till, name).declining.clear()
    till.pass_time(days=9)
    assert till.subscription(company, bought).status == "active"


@pytest.mark.parametrize("name", NAMES)
def test_everybody_who_asks_at_once_writes_down_one_payment(till: Till, company: Account, name: str) -> None:
    """The person comes back in several windows, looks at the payment, and the webhook arrives."""
    payment = till.buy(company, provider=name)
    page = pay(till, payment)
    stand_in = getattr(till, name)
    told = till.jazzcash.calls[-1] if name == "jazzcash" else stand_in.events[-1]

    def ask(number: int) -> Any:
        match number % 3:
            case 0:
                return finish(till, payment, page)
            case 1:
                return till.payment(company, payment.id).status
        return till.tell(told, name)

    assert set(at_once(18, ask)) == {HERE["success_url"], "succeeded", None}
    till.quiet()
    assert (till.balance(company, "ai"), len(till.invoices(company))) == (100, 1)


@pytest.mark.parametrize("name", ["paypal", "jazzcash"])
def test_an_upgrade_without_a_saved_method_is_paid_on_the_page(till: Till, company: Account, name: str) -> None:
    bought = till.subscribe(company, method="", provider=name)
    finish(till, bought.payment, pay(till, bought.payment))
    till.rows("DELETE FROM payment_customers WHERE tenant_id = %s RETURNING 1", company.tenant_id)
    request = subscriptions_pb2.ChangePlanRequest(subscription_id=bought.id, plan_id=till.plan("HumanPro"))
    asked = till.subscriptions.ChangePlan(request, metadata=company.metadata)
    assert (asked.plan_name, asked.payment.status) == ("HumanLite", "requires_action")
    assert finish(till, asked.payment, pay(till, asked.payment)) == "https://einstellen.example"
    assert till.subscription(company, bought).plan_name == "HumanPro"


def test_a_plan_paid_by_jazzcash_asks_for_each_month(till: Till, company: Account) -> None:
    bought = till.subscribe(company, method="", provider="jazzcash")
    finish(till, bought.payment, pay(till, bought.payment))
    till.pass_time(days=32)
    assert till.subscription(company, bought).status == "past_due"
    owed = till.invoices(company)[0]
    payment = till.payments.PayInvoice(payments_pb2.PayInvoiceRequest(invoice_id=owed.id, **HERE), metadata=company.metadata)
    finish(till, payment, pay(till, payment))
    assert (till.subscription(company, bought).status, till.balance(company)) == ("active", 5)


def test_an_order_that_paypal_has_dropped_is_over(till: Till, company: Account) -> None:
    """PayPal forgets an order that nobody approves for some hours."""
    looked_at, left = till.buy(company, provider="paypal"), till.buy(company, provider="paypal")
    for each in (looked_at, left):
        del till.paypal.orders[each.provider_id]
    assert (till.payment(company, looked_at.id).status, till.payment(company, looked_at.id).failure) == ("failed", "abandoned")
    till.pass_time(hours=2)
    assert till.payment(company, left.id).status == "failed"
    assert till.rows("SELECT kind, last_error FROM tasks WHERE tenant_id = %s AND state IN ('ready', 'dead')", company.tenant_id) == []


def test_what_jazzcash_took_for_nothing_is_owed_until_somebody_has_sent_it_back(till: Till, company: Account, administrator: Any) -> None:
    bought = till.subscribe(company, method="", provider="jazzcash")
    till.subscriptions.CancelSubscription(subscriptions_pb2.CancelSubscriptionRequest(subscription_id=bought.id), metadata=company.metadata)
    pay(till, bought.payment)
    till.pass_time(minutes=11)
    paid = till.payment(company, bought.payment.id)
    assert (paid.status, paid.refunded_amount) == ("succeeded", 0), "nobody has sent anything back"
    dead = "SELECT id, last_error FROM tasks WHERE tenant_id = %s AND kind = 'owe_back' AND state = 'dead'"
    [(task_id, words)] = till.rows(dead, company.tenant_id)
    assert words.startswith(f"jazzcash took 280000 PKR for nothing by the payment {paid.id}, and sends nothing back")
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=paid.id), metadata=administrator)
    till.quiet()
    with till.database.begin(calls.SYSTEM) as connection:
        assert tasks.retry(connection, UUID(str(task_id)))
    till.quiet()
    assert (till.payment(company, paid.id).refunded_amount, till.rows(dead, company.tenant_id)) == (280_000, [])


def test_who_pays_a_month_by_another_provider_renews_by_it_from_then_on(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")
    till.declining(company, lambda: "expired_card")
    till.pass_time(days=32)
    owed = till.invoices(company)[0]
    request = payments_pb2.PayInvoiceRequest(invoice_id=owed.id, provider="paypal", **HERE)
    payment = till.payments.PayInvoice(request, metadata=company.metadata)
    finish(till, payment, pay(till, payment))
    recovered = till.subscription(company, bought)
    assert (recovered.status, recovered.payment_method) == ("active", "paypal")
    till.pass_time(days=31)
    assert [(each.kind, each.status) for each in till.invoices(company)] == [("renewal", "paid"), ("renewal", "paid"), ("first", "paid")]


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_another_organizations_saved_method_cannot_be_named(till: Till, company: Account, name: str) -> None:
    bought = till.subscribe(company, method="", provider=name)
    finish(till, bought.payment, pay(till, bought.payment))
    method = till.rows("SELECT method FROM payment_customers WHERE tenant_id = %s", company.tenant_id)[0][0]
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "PAYMENT_METHOD_INVALID", field="payment_method"):
        till.subscribe(till.company(), method=method, provider=name)


@pytest.mark.parametrize("name", ["razorpay", "paypal"])
def test_the_method_of_who_goes_is_deleted_at_the_provider(till: Till, company: Account, name: str) -> None:
    bought = till.subscribe(company, method="", provider=name)
    finish(till, bought.payment, pay(till, bought.payment))
    [(customer, method)] = till.rows("SELECT customer, method FROM payment_customers WHERE tenant_id = %s", company.tenant_id)
    provider = providers_of(till.settings)[name]
    assert provider.save(UUID(company.tenant_id), customer, method) == customer, "it is there"
    with till.database.begin(calls.SYSTEM) as connection:
        persons.erase(connection, Person(uuid4(), (UUID(company.tenant_id),)))
    till.quiet()
    with pytest.raises(errors.InvalidArgument):
        provider.save(UUID(company.tenant_id), customer, method)
    provider.forget(customer, method)  # again, and it is gone all the same
    waiting = "SELECT state, last_error FROM tasks WHERE tenant_id = %s AND kind = 'forget_customer' AND state <> 'done'"
    assert till.rows(waiting, company.tenant_id) == []
