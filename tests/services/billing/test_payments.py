"""Packages of credits bought by Stripe: what was taken is written down, once, whatever breaks and whoever tells it."""

from collections import Counter
from typing import Any

import grpc
import pytest

from einstellen.billing.v1 import credits_pb2, payments_pb2, payments_pb2_grpc
from services.chassis import calls, tasks
from tests.conftest import Account
from tests.refusals import refused
from tests.services.billing.conftest import at_once
from tests.services.billing.till import HERE, Till


@pytest.fixture
def company(till: Till) -> Account:
    return till.company()


def paid_event(till: Till, payment: Any) -> dict[str, Any]:
    return next(
        e for e in till.stripe.events if e["type"] == "checkout.session.completed" and e["data"]["object"]["id"] == payment.provider_id
    )


def test_a_package_is_paid_on_stripes_page_and_a_webhook_brings_the_credits(till: Till, company: Account) -> None:
    payment = till.buy(company, "ai-100")
    assert (payment.status, payment.amount, payment.currency) == ("requires_action", 900, "USD")
    assert payment.url.startswith(till.stripe.url)
    assert till.balance(company, "ai") == 0
    till.stripe.pay(payment.provider_id)
    till.tell(paid_event(till, payment))
    till.quiet()
    assert till.balance(company, "ai") == 100
    bought = till.credits.ListTransactions(credits_pb2.ListTransactionsRequest(), metadata=company.metadata).transactions[0]
    assert (bought.type, bought.amount, bought.description) == ("PURCHASE", 100, "100 ai credits")
    assert [(each.number, each.status, each.amount) for each in till.invoices(company)] == [(1, "paid", 900)]


def test_an_invoice_is_a_pdf_and_the_same_each_time(till: Till, company: Account) -> None:
    payment = till.buy(company)
    till.stripe.pay(payment.provider_id)
    assert till.payment(company, payment.id).status == "succeeded"
    request = payments_pb2.DownloadInvoiceRequest(invoice_id=till.invoices(company)[0].id)
    files = [till.payments.DownloadInvoice(request, metadata=company.metadata) for _ in range(2)]
    assert files[0].data == files[1].data
    assert files[0].data.startswith(b"%PDF-")
    with refused(grpc.StatusCode.NOT_FOUND, "INVOICE_NOT_FOUND"):
        till.payments.DownloadInvoice(request, metadata=till.company().metadata)


def test_nobody_has_to_tell_it_for_a_payment_to_be_found(till: Till, company: Account) -> None:
    payment = till.buy(company)
    till.stripe.pay(payment.provider_id)
    till.pass_time(minutes=1)
    assert till.balance(company, "ai") == 100


def test_a_page_that_nobody_pays_on_comes_to_nothing(till: Till, company: Account) -> None:
    payment = till.buy(company)
    till.stripe.expire(payment.provider_id)
    till.pass_time(minutes=1)
    assert (till.payment(company, payment.id).status, till.balance(company, "ai"), till.invoices(company)) == ("failed", 0, [])
    left = till.buy(company)
    till.pass_time(days=3)
    assert till.payment(company, left.id).failure == "abandoned"


def test_the_same_key_is_the_same_payment_and_page_however_many_ask_at_once(till: Till, company: Account) -> None:
    answers = at_once(12, lambda _: till.buy(company, request_id="once"))
    assert len({(each.id, each.provider_id) for each in answers}) == 1
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        till.buy(company, "ai-500", request_id="once")


@pytest.mark.parametrize("lost", ["POST /v1/checkout/sessions", "GET /v1/checkout/sessions"])
def test_an_answer_that_is_lost_on_its_way_loses_nothing(till: Till, company: Account, lost: str) -> None:
    broken = [lost]

    def break_once(verb: str, path: str) -> bool:
        if broken and f"{verb} {path}".startswith(broken[0]):
            broken.clear()
            return False
        return True

    till.stripe.before_answer = break_once
    sessions = sum(each["object"] == "checkout.session" for each in till.stripe.objects.values())
    try:
        payment = till.buy(company, request_id="lost")
        till.stripe.pay(payment.provider_id)
        till.pass_time(minutes=2)
    except grpc.RpcError:
        payment = till.buy(company, request_id="lost")
        till.stripe.pay(payment.provider_id)
        till.pass_time(minutes=2)
    finally:
        till.stripe.before_answer = lambda verb, path: True
    assert not broken
    assert sum(each["object"] == "checkout.session" for each in till.stripe.objects.values()) == sessions + 1
    assert till.balance(company, "ai") == 100


def test_a_payment_of_another_amount_is_a_dead_letter_and_no_credits(till: Till, company: Account) -> None:
    payment = till.buy(company)
    till.stripe.objects[payment.provider_id]["amount_total"] = 1
    till.stripe.pay(payment.provider_id)
    till.tell(paid_event(till, payment))
    till.quiet()
    dead = till.rows("SELECT kind, last_error FROM tasks WHERE state = 'dead' AND kind = 'apply_webhook'")
    assert dead == [("apply_webhook", "stripe took 1 USD, not 900 USD")]
    assert till.balance(company, "ai") == 0
    # Somebody mends it at the provider, and the letter is replayed.
    intent = till.stripe.objects[till.stripe.objects[payment.provider_id]["payment_intent"]]
    intent["amount_received"] = 900
    with till.database.begin(calls.SYSTEM) as connection:
        assert tasks.retry(connection, till.rows("SELECT id FROM tasks WHERE state = 'dead'")[0][0])
    till.quiet()
    assert till.balance(company, "ai") == 100


def test_a_refund_sends_money_back_once_and_takes_the_credits_that_are_there(till: Till, company: Account, administrator: Any) -> None:
    payment = till.buy(company)
    till.stripe.pay(payment.provider_id)
    till.payment(company, payment.id)
    spend = credits_pb2.SpendCreditsRequest(tenant_id=company.tenant_id, unit="ai", amount=70, type="TAILOR", request_id="70")
    till.credits.SpendCredits(spend, metadata=till.house.as_service("resumes", "billing"))
    request = payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=450, request_id="refund")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "PLATFORM_ADMIN_ONLY"):
        till.payments.RefundPayment(request, metadata=company.metadata)
    answers = at_once(8, lambda _: till.payments.RefundPayment(request, metadata=administrator).id)
    assert len(set(answers)) == 1
    till.quiet()
    assert (till.payment(company, payment.id).refunded_amount, till.balance(company, "ai")) == (450, 0), "30 were left of the 50"
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "REFUND_TOO_LARGE", field="amount"):
        till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=451), metadata=administrator)
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id), metadata=administrator)
    till.quiet()
    assert till.payment(company, payment.id).refunded_amount == 900


def test_a_package_that_there_is_not_and_a_provider_that_is_off_are_refused(till: Till, company: Account) -> None:
    with refused(grpc.StatusCode.NOT_FOUND, "PACKAGE_NOT_FOUND"):
        till.buy(company, "ai-1")
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "PROVIDER_OFF"):  # in the house nobody has set any up
        request = payments_pb2.CreatePaymentRequest(package_id="ai-50", provider="jazzcash", **HERE)
        till.house.stub("billing", payments_pb2_grpc.PaymentServiceStub).CreatePayment(request, metadata=company.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="success_url"):
        till.buy(company, success_url="javascript:alert(1)")


def test_another_organizations_payment_is_not_there(till: Till, company: Account) -> None:
    payment, other = till.buy(company), till.company()
    with refused(grpc.StatusCode.NOT_FOUND, "PAYMENT_NOT_FOUND"):
        till.payment(other, payment.id)
    assert not till.payments.ListPayments(payments_pb2.ListPaymentsRequest(), metadata=other.metadata).payments


def test_a_line_that_is_down_is_said_and_the_payment_goes_on_when_it_is_back(till: Till, company: Account) -> None:
    till.stripe.before_answer = lambda verb, path: False
    try:
        with refused(grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNAVAILABLE"):
            till.payments.CreatePayment(
                payments_pb2.CreatePaymentRequest(provider="stripe", package_id="ai-50", request_id="down", **HERE),
                metadata=company.metadata,
                timeout=10,
            )
    finally:
        till.stripe.before_answer = lambda verb, path: True
    statuses = Counter(
        each.status for each in till.payments.ListPayments(payments_pb2.ListPaymentsRequest(), metadata=company.metadata).payments
    )
    assert statuses == {"pending": 1}
    assert till.buy(company, "ai-50", request_id="down").url
