"""The RPCs of payments, refunds and invoices."""

from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody

from einstellen.billing.v1 import payments_pb2, payments_pb2_grpc
from services.billing import catalogue, documents, renewals
from services.billing.cashier import RECOVERY, Cashier
from services.billing.renewals import Invoicing
from services.billing.rpc.messages import to_details, to_invoice, to_payment, to_refund
from services.billing.store import credits as accounts
from services.billing.store import payments as store
from services.billing.store import subscriptions
from services.billing.tables.payments import BillingDetails
from services.chassis import audit, calls, errors, idempotency, paging
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class PaymentService(payments_pb2_grpc.PaymentServiceServicer):
    """See payments.proto."""

    def __init__(
        self, database: Database, cashier: Cashier, invoicing: Invoicing, *, tax_name: str, public_url: str, seller: str = "", clock: Clock = utc_now
    ) -> None:  # fmt: skip
        self._database = database
        self._cashier = cashier
        self._invoicing = invoicing
        self._tax_name = tax_name
        self._seller = seller
        self._public_url = public_url
        self._clock = clock

    def CreatePayment(self, request: payments_pb2.CreatePaymentRequest, context: Context) -> payments_pb2.Payment:
        person, now = calls.person(), self._clock()
        package = next((each for each in catalogue.PACKAGES if each.id == request.package_id), None)
        if package is None:
            raise errors.NotFound("PACKAGE_NOT_FOUND", "there is no such package of credits")
        provider = self._cashier.provider(request.provider or "stripe").name
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, payments_pb2.Payment)
            if claim.answer is not None:
                payment_id = UUID(claim.answer.id)
            else:
                accounts.get_accounts(connection, person.tenant_id)  # or it is not known here yet
                invoice = self._invoicing.for_package(person.tenant_id, package, now=now)
                subscriptions.add_invoice(connection, invoice)
                payment_id = self._cashier.begin(
                    connection, invoice, provider, hosted=True, success_url=request.success_url, cancel_url=request.cancel_url, run_at=now + RECOVERY,
                    now=now,
                ).id  # fmt: skip
                claim.keep(payments_pb2.Payment(id=str(payment_id)))
        return to_payment(*self._cashier.look(payment_id))

    def GetPayment(self, request: payments_pb2.GetPaymentRequest, context: Context) -> payments_pb2.Payment:
        person = calls.person()
        with self._database.begin(person) as connection:
            payment = store.get_payment(connection, UUID(request.payment_id), person.tenant_id)
        if payment.status in ("succeeded", "failed"):
            return to_payment(payment)
        return to_payment(*self._cashier.look(payment.id))

    def ListPayments(self, request: payments_pb2.ListPaymentsRequest, context: Context) -> payments_pb2.ListPaymentsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            shown, token = page.cut(store.list_payments(connection, person.tenant_id, page), lambda each: [each.id])
        return payments_pb2.ListPaymentsResponse(payments=map(to_payment, shown), next_page_token=token)

    def FinishPayment(self, request: payments_pb2.FinishPaymentRequest, context: Context) -> HttpBody:
        with self._database.begin(calls.SYSTEM) as connection:
            payment = store.get_payment(connection, UUID(request.payment_id), None)
        if request.page.data and not self._cashier.provider(payment.provider).returned(request.page.data):
            raise errors.Unauthenticated("SIGNATURE_INVALID", f"this does not come from {payment.provider}")
        if payment.status not in ("succeeded", "failed"):
            payment, _ = self._cashier.look(payment.id)
        return self._on_to(payment.success_url if payment.status in ("pending", "succeeded") else payment.cancel_url)

    def LeavePayment(self, request: payments_pb2.LeavePaymentRequest, context: Context) -> HttpBody:
        with self._database.begin(calls.SYSTEM) as connection:
            return self._on_to(store.get_payment(connection, UUID(request.payment_id), None).cancel_url)

    def RefundPayment(self, request: payments_pb2.RefundPaymentRequest, context: Context) -> payments_pb2.Refund:
        with self._database.begin(calls.SYSTEM) as connection:
            claim = idempotency.claim(connection, request, payments_pb2.Refund)
            if claim.answer is not None:
                return claim.answer
            payment = store.lock_payment(connection, UUID(request.payment_id))
            left = payment.amount - payment.refunded - store.asked_back(connection, payment.id)
            refund = self._cashier.begin_refund(connection, payment, request.amount or max(left, 1), request.reason, now=self._clock())
            return claim.keep(to_refund(refund))

    def ListInvoices(self, request: payments_pb2.ListInvoicesRequest, context: Context) -> payments_pb2.ListInvoicesResponse:
        person, page = calls.person(), paging.read(request, int)
        with self._database.begin(person) as connection:
            shown, token = page.cut(subscriptions.list_invoices(connection, person.tenant_id, page), lambda each: [each.number])
        return payments_pb2.ListInvoicesResponse(invoices=map(to_invoice, shown), next_page_token=token)

    def PayInvoice(self, request: payments_pb2.PayInvoiceRequest, context: Context) -> payments_pb2.Payment:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            invoice = subscriptions.lock_invoice(connection, UUID(request.invoice_id), person.tenant_id)
            if invoice.status != "open":
                raise errors.FailedPrecondition("INVOICE_NOT_OPEN", f"the invoice is {invoice.status}")
            provider = request.provider
            if not provider and invoice.subscription_id is not None:
                provider = subscriptions.get_subscription(connection, invoice.subscription_id, person.tenant_id).payment_method
            payment = store.find_running(connection, invoice.id)
            # One that waits for the person alone makes way for another way to pay; should they pay by both, the second goes back.
            if payment is not None and payment.status == "requires_action":
                same = payment.provider == provider and not (request.other_method and payment.method)
                payment = payment if same else None
            if payment is None:
                saved = store.find_customer(connection, person.tenant_id, self._cashier.provider(provider).name)[1]
                hosted = request.other_method or not saved
                payment = self._cashier.begin(
                    connection, invoice, provider, attempt=renewals.BY_HAND, hosted=hosted, success_url=request.success_url, cancel_url=request.cancel_url,
                    run_at=now + RECOVERY, now=now,
                )  # fmt: skip
        return to_payment(*self._cashier.look(payment.id))

    def DownloadInvoice(self, request: payments_pb2.DownloadInvoiceRequest, context: Context) -> HttpBody:
        person = calls.person()
        with self._database.begin(person) as connection:
            invoice = subscriptions.get_invoice(connection, UUID(request.invoice_id), person.tenant_id)
            if invoice.number is None:
                raise errors.NotFound("INVOICE_NOT_FOUND", "there is no such invoice in the active organization")
            audit.record(connection, "invoice.downloaded", invoice_id=invoice.id)
        context.send_initial_metadata((("content-disposition", f"attachment; filename=invoice-{invoice.number}.pdf"),))
        return HttpBody(content_type="application/pdf", data=documents.invoice_pdf(invoice, self._tax_name, self._seller))

    def GetBillingDetails(self, request: payments_pb2.GetBillingDetailsRequest, context: Context) -> payments_pb2.BillingDetails:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_details(subscriptions.get_details(connection, person.tenant_id))

    def PutBillingDetails(self, request: payments_pb2.PutBillingDetailsRequest, context: Context) -> payments_pb2.BillingDetails:
        person, asked = calls.person(), request.billing_details
        name, *address = (" ".join(line.split()) for line in (asked.name, *asked.address_lines))
        details = BillingDetails(person.tenant_id, name, "\n".join(filter(None, address)), asked.country, " ".join(asked.tax_id.split()))
        if not details.name:
            raise errors.invalid_field("billing_details.name", "NAME_EMPTY", "says nothing")
        with self._database.begin(person) as connection:
            accounts.get_accounts(connection, person.tenant_id)  # or it is not known here yet
            subscriptions.put_details(connection, details)
            audit.record(connection, "billing_details.put", tenant_id=person.tenant_id)
        return to_details(details)

    def _on_to(self, url: str) -> HttpBody:
        """A page that leads on by itself: an RPC cannot answer with a redirection."""
        return HttpBody(content_type="text/html; charset=utf-8", data=documents.onward(url or self._public_url).encode())
