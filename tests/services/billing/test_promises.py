"""What every buyer may rely on: a key is one effect and one answer, invoices are numbered without gaps, and their pages say what is true."""

from collections.abc import Callable
from typing import Any

import grpc
import pypdfium2
import pytest
from sqlalchemy import Connection

from einstellen.billing.v1 import payments_pb2, subscriptions_pb2
from services.billing.store import subscriptions as store
from services.chassis import calls
from tests.conftest import Account
from tests.refusals import refused
from tests.services.billing.conftest import at_once
from tests.services.billing.till import HERE, Till

Ask = Callable[[bool], Any]  # the same request each time, or another under the same key


@pytest.fixture
def company(till: Till) -> Account:
    return till.company()


def paid(till: Till, company: Account) -> Any:
    """A payment for a package, and what was asked of its provider is answered."""
    payment = till.buy(company)
    till.stripe.pay(payment.provider_id)
    return till.payment(company, payment.id)


def read(till: Till, company: Account, invoice: Any) -> str:
    """What is on the one page of an invoice."""
    request = payments_pb2.DownloadInvoiceRequest(invoice_id=invoice.id)
    file = till.payments.DownloadInvoice(request, metadata=company.metadata)
    return str(pypdfium2.PdfDocument(file.data)[0].get_textpage().get_text_range())


def buying(till: Till, company: Account, _: Any) -> Ask:
    return lambda other: till.buy(company, "ai-500" if other else "ai-100", request_id="key")


def subscribing(till: Till, company: Account, _: Any) -> Ask:
    return lambda other: till.subscribe(company, "HumanPro" if other else "HumanLite", request_id="key")


def checking_out(till: Till, company: Account, _: Any) -> Ask:
    def ask(other: bool) -> Any:
        plan = till.plan("HumanPro" if other else "HumanLite")
        request = subscriptions_pb2.CreateCheckoutSessionRequest(plan_id=plan, request_id="key", **HERE)
        return till.subscriptions.CreateCheckoutSession(request, metadata=company.metadata)

    return ask


def upgrading(till: Till, company: Account, _: Any) -> Ask:
    made = till.subscribe(company, "HumanLite")

    def ask(other: bool) -> Any:
        plan = till.plan("HumanPro" if other else "HumanAdv")
        request = subscriptions_pb2.ChangePlanRequest(subscription_id=made.id, plan_id=plan, request_id="key")
        return till.subscriptions.ChangePlan(request, metadata=company.metadata)

    return ask


def refunding(till: Till, company: Account, administrator: Any) -> Ask:
    payment = paid(till, company)

    def ask(other: bool) -> Any:
        request = payments_pb2.RefundPaymentRequest(
            payment_id=payment.id, amount=200 if other else 300, request_id=f"key-{company.tenant_id}"
        )
        return till.payments.RefundPayment(request, metadata=administrator)

    return ask


@pytest.mark.parametrize(
    ("prepare", "table"),
    [(buying, "payments"), (subscribing, "subscriptions"), (checking_out, "payments"), (upgrading, "payments"), (refunding, "refunds")],
)
def test_twenty_at_once_under_one_key_are_one_effect_and_one_answer(
    till: Till, company: Account, administrator: Any, prepare: Callable[[Till, Account, Any], Ask], table: str
) -> None:
    ask = prepare(till, company, administrator)
    count = f"SELECT count(*) FROM {table} WHERE tenant_id = %s"
    before = till.rows(count, company.tenant_id)[0][0]
    answers = at_once(20, lambda _: ask(False).id)
    assert len(set(answers)) == 1
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        ask(True)
    till.quiet()
    assert till.rows(count, company.tenant_id)[0][0] == before + 1


def test_invoices_of_one_organization_are_numbered_without_gaps_while_others_roll_back(till: Till, company: Account) -> None:
    pages = [till.buy(company, "ai-50") for _ in range(8)]
    for each in pages:
        till.stripe.pay(each.provider_id)

    def break_off(connection: Connection) -> None:
        store.next_number(connection, company.tenant_id)
        raise InterruptedError

    def ask(number: int) -> str:
        if number % 2:
            with pytest.raises(InterruptedError), till.database.begin(calls.SYSTEM) as connection:
                break_off(connection)
            return "rolled back"
        return str(till.payment(company, pages[number // 2].id).status)

    assert sorted(at_once(16, ask)) == ["rolled back"] * 8 + ["succeeded"] * 8
    assert [each.number for each in till.invoices(company)] == list(range(8, 0, -1))


def test_a_credit_note_is_a_pdf_that_names_its_invoice(till: Till, company: Account, administrator: Any) -> None:
    payment = paid(till, company)
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=450), metadata=administrator)
    till.quiet()
    note, invoice = till.invoices(company)
    assert (note.kind, note.amount, note.credited_invoice_id) == ("credit_note", -450, invoice.id)
    request = payments_pb2.DownloadInvoiceRequest(invoice_id=note.id)
    text = read(till, company, note)
    for words in ("Credit note 2", "Refund of invoice 1", "-4.50 USD", company.tenant_id):
        assert words in text
    assert "Paid" not in text
    assert "Paid" in read(till, company, invoice)
    with refused(grpc.StatusCode.NOT_FOUND, "INVOICE_NOT_FOUND"):
        till.payments.DownloadInvoice(request, metadata=till.company().metadata)


def test_an_invoice_that_is_void_says_so(till: Till, company: Account) -> None:
    till.subscribe(company, method="pm_card_chargeDeclined")
    [invoice] = till.invoices(company)
    text = read(till, company, invoice)
    assert ("Void: nothing is owed" in text, "Due" in text) == (True, False)
