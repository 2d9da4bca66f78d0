"""What stands on an invoice: taxes as a line of their own, in what is taken and in what goes back too, and whom it is made out to."""

from collections.abc import Iterator
from typing import Any

import grpc
import pypdfium2
import pytest

from einstellen.billing.v1 import payments_pb2
from tests.conftest import House
from tests.refusals import refused
from tests.services.billing.till import Till, open_till


@pytest.fixture(scope="module")
def till(house: House) -> Iterator[Till]:
    with open_till(house, "billing_taxes", TAX_PERCENT="7.7", TAX_NAME="VAT 7.7 %", INVOICE_FROM="Example AG; Street 1; CHE-123") as opened:
        yield opened
        opened.verified()


def printed(till: Till, company: Any, invoice_id: str) -> str:
    file = till.payments.DownloadInvoice(payments_pb2.DownloadInvoiceRequest(invoice_id=invoice_id), metadata=company.metadata)
    return str(pypdfium2.PdfDocument(file.data)[0].get_textpage().get_text_range())


def test_a_package_costs_its_tax_too_and_a_refund_has_its_share(till: Till, administrator: Any) -> None:
    company = till.company()
    payment = till.buy(company, "ai-100")
    assert payment.amount == 969, "9.00 and 7.7 % of it, which is 69.3 cents"
    till.stripe.pay(payment.provider_id)
    till.payment(company, payment.id)
    [invoice] = till.invoices(company)
    assert (invoice.subtotal_amount, invoice.tax_amount, invoice.amount) == (900, 69, 969)
    for amount in (484, 485):
        request = payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=amount)
        till.payments.RefundPayment(request, metadata=administrator)
        till.quiet()
    notes = [(each.subtotal_amount, each.tax_amount, each.amount) for each in till.invoices(company) if each.kind == "credit_note"]
    assert notes == [(-450, -35, -485), (-450, -34, -484)]
    text = printed(till, company, invoice.id)
    for words in ("Example AG", "CHE-123", "Invoice 1", "100 ai credits", "9.00 USD", "VAT 7.7 %", "0.69 USD", "9.69 USD"):
        assert words in text


def test_a_plan_and_its_upgrade_cost_their_tax_too(till: Till) -> None:
    company = till.company()
    bought = till.subscribe(company, "HumanLite")
    assert (bought.status, till.invoices(company)[0].amount) == ("active", 1077)
    till.pass_time(days=32)
    assert [each.amount for each in till.invoices(company)] == [1077, 1077]


def test_an_invoice_is_made_out_to_whom_the_organization_said_when_it_was_issued(till: Till, administrator: Any) -> None:
    company, other = till.company(), till.company()
    moved = ["Kiefernwald GmbH", "Am Kai 4", "20457 Hamburg", "DE", "DE123456789"]

    def put(*lines: str) -> None:
        details = payments_pb2.BillingDetails(name=lines[0], address_lines=lines[1:3], country=lines[3], tax_id=lines[4])
        request = payments_pb2.PutBillingDetailsRequest(billing_details=details)
        assert till.payments.PutBillingDetails(request, metadata=company.metadata) == details

    def buy() -> Any:
        payment = till.buy(company, "ai-50")
        till.stripe.pay(payment.provider_id)
        till.payment(company, payment.id)
        return payment

    unsaid = buy()
    put("Kiefernwald GmbH", "Pier 4", "20457 Hamburg", "DE", "DE123456789")
    first = buy()
    put(*moved)
    second = buy()
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=first.id), metadata=administrator)
    till.quiet()
    invoices = till.invoices(company)
    made_out = {each.payment_id: [*each.billed_to] for each in invoices if each.kind == "package"}
    assert (made_out[unsaid.id], made_out[first.id][1], made_out[second.id]) == ([], "Pier 4", moved)
    [note] = [each for each in invoices if each.kind == "credit_note"]
    assert note.billed_to[1] == "Pier 4", "a credit note goes where its invoice went"
    told = {each.payment_id: printed(till, company, each.id) for each in invoices if each.kind == "package"}
    assert f"Organization {company.tenant_id}" in told[unsaid.id]
    assert all(line in told[second.id] for line in moved)
    theirs = till.payments.GetBillingDetails(payments_pb2.GetBillingDetailsRequest(), metadata=other.metadata)
    assert theirs == payments_pb2.BillingDetails()


def test_billing_details_that_say_nothing_are_refused(till: Till) -> None:
    company = till.company()
    for wrong, reason, field in (
        (payments_pb2.BillingDetails(name=" "), "NAME_EMPTY", "billing_details.name"),
        (payments_pb2.BillingDetails(name="A", country="Germany"), "FIELDS_INVALID", "billing_details.country"),
        (payments_pb2.BillingDetails(name="A", address_lines=["x"] * 7), "FIELDS_INVALID", "billing_details.address_lines"),
    ):
        with refused(grpc.StatusCode.INVALID_ARGUMENT, reason, field=field):
            till.payments.PutBillingDetails(payments_pb2.PutBillingDetailsRequest(billing_details=wrong), metadata=company.metadata)
