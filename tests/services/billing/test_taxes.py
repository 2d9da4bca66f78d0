"""Taxes as a line of their own: on the invoice, in what is taken, on the page, and in what goes back."""

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest

from einstellen.billing.v1 import payments_pb2
from tests.conftest import House
from tests.services.billing.till import Till, open_till


@pytest.fixture(scope="module")
def till(house: House) -> Iterator[Till]:
    with open_till(house, "billing_taxes", TAX_PERCENT="7.7", TAX_NAME="VAT 7.7 %", INVOICE_FROM="Example AG; Street 1; CHE-123") as opened:
        yield opened
        opened.verified()


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
    file = till.payments.DownloadInvoice(payments_pb2.DownloadInvoiceRequest(invoice_id=invoice.id), metadata=company.metadata)
    text = pypdfium2.PdfDocument(file.data)[0].get_textpage().get_text_range()
    for words in ("Example AG", "CHE-123", "Invoice 1", "100 ai credits", "9.00 USD", "VAT 7.7 %", "0.69 USD", "9.69 USD"):
        assert words in text


def test_a_plan_and_its_upgrade_cost_their_tax_too(till: Till) -> None:
    company = till.company()
    bought = till.subscribe(company, "HumanLite")
    assert (bought.status, till.invoices(company)[0].amount) == ("active", 1077)
    till.pass_time(days=32)
    assert [each.amount for each in till.invoices(company)] == [1077, 1077]
