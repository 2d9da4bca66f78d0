"""Payments and refunds: written down before the provider is asked, asked outside any transaction, and what is true written down once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.billing import renewals, rules
from services.billing.providers.protocol import Charge, Outcome, Provider, Refunded
from services.billing.renewals import Invoicing
from services.billing.store import credits as accounts
from services.billing.store import payments
from services.billing.store import subscriptions as store
from services.billing.tables import Booking, Invoice, Payment, Refund
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database

RECOVERY = timedelta(seconds=30)
_ABANDONED = timedelta(days=2)


class Cashier:
    """Takes and returns money. Whoever asks about a payment (its maker, a task, a webhook) asks the provider, and writes down the same."""

    def __init__(self, database: Database, providers: Mapping[str, Provider], invoicing: Invoicing, clock: Clock) -> None:
        self._database = database
        self._providers = providers
        self._invoicing = invoicing
        self._clock = clock

    def provider(self, name: str) -> Provider:
        """Raises FailedPrecondition / PROVIDER_OFF."""
        if name not in self._providers:
            known = ", ".join(self._providers) or "none"
            raise errors.FailedPrecondition("PROVIDER_OFF", f"payments by {name} are not set up here; there are: {known}")
        return self._providers[name]

    def settle(self, payment_id: UUID) -> tuple[Payment, Outcome | None]:
        """Begins the payment, or asks what became of it, and writes that down. The outcome says how the person goes on; None where it is over."""
        with self._database.begin(calls.SYSTEM) as connection:
            payment = payments.get_payment(connection, payment_id, None)
            invoice = store.get_invoice(connection, payment.invoice_id, payment.tenant_id)
        if payment.status == "failed" and not payment.handle:
            return payment, None
        charge = _charge(payment, invoice)
        outcome = self.provider(payment.provider).find(charge, payment.handle)
        with self._database.begin(calls.SYSTEM) as connection:
            return self.record(connection, payment_id, outcome), outcome

    def record(self, connection: Connection, payment_id: UUID, outcome: Outcome) -> Payment:
        """Writes down what is true. However often, in whatever order and by how many at once it is told, each thing happens once.

        Raises GiveUp where the provider took another amount than it was asked for: that is for a person to look at.
        """
        payment, now = payments.lock_payment(connection, payment_id), self._clock()
        if outcome.status == "succeeded" and (outcome.received, outcome.currency) != (payment.amount, payment.currency):
            raise tasks.GiveUp(f"{payment.provider} took {outcome.received} {outcome.currency}, not {payment.amount} {payment.currency}")
        if outcome.handle and not payment.handle:
            payment = replace(payment, handle=outcome.handle)
        if payment.status != "succeeded":
            late = outcome.status == "requires_action" and now - payment.created_at > _ABANDONED
            status = "failed" if late else outcome.status
            failure = "abandoned" if late else outcome.failure
            over = payment.status == "failed" and status != "succeeded"
            payment = payments.put_payment(
                connection, payment if over else replace(payment, status=status, failure=failure, updated_at=now)
            )
            if not over and status in ("succeeded", "failed"):
                self._close(connection, payment, outcome, now=now)
        if outcome.refunded > payment.refunded:
            payment = self._returned(connection, payment, outcome.refunded - payment.refunded, now=now)
        return payment

    def _close(self, connection: Connection, payment: Payment, outcome: Outcome, *, now: datetime) -> None:
        invoice = store.lock_invoice(connection, payment.invoice_id, payment.tenant_id)
        audit.record(connection, f"payment.{payment.status}", tenant_id=payment.tenant_id, payment_id=payment.id)
        if payment.status == "failed":
            renewals.failed(connection, invoice, payment.attempt, final=outcome.final, now=now)
            return
        if outcome.customer and outcome.method:
            payments.keep_customer(connection, payment.tenant_id, payment.provider, outcome.customer, outcome.method)
        if invoice.status in ("paid", "void"):  # by another payment, or too late: this money is for nothing and goes back
            self.begin_refund(connection, payment, payment.amount, "nothing to pay", now=now)
        else:
            renewals.paid(connection, invoice, payment, now=now)

    def begin_refund(self, connection: Connection, payment: Payment, amount: int, reason: str, *, now: datetime) -> Refund:
        """Writes down that money is about to go back; a task sees to it. The payment is locked.

        Raises FailedPrecondition / PAYMENT_NOT_PAID, InvalidArgument / REFUND_TOO_LARGE.
        """
        if payment.status != "succeeded":
            raise errors.FailedPrecondition("PAYMENT_NOT_PAID", "only what was paid goes back")
        left = payment.amount - payment.refunded - payments.asked_back(connection, payment.id)
        if amount > left:
            raise errors.invalid_field("amount", "REFUND_TOO_LARGE", f"at most {left} can still go back")
        refund = Refund(ids.mint(), payment.tenant_id, payment.id, amount, "pending", "", reason, now)
        payments.add_refund(connection, refund)
        tasks.enqueue(connection, "refund", {"refund_id": refund.id}, tenant_id=payment.tenant_id)
        audit.record(connection, "refund.begun", tenant_id=payment.tenant_id, refund_id=refund.id)
        return refund

    def send_back(self, refund_id: UUID) -> None:
        """Asks the provider for a refund that was written down, and then what is true of its payment."""
        with self._database.begin(calls.SYSTEM) as connection:
            refund = payments.lock_refund(connection, refund_id)
            payment = payments.get_payment(connection, refund.payment_id, None)
            invoice = store.get_invoice(connection, payment.invoice_id, payment.tenant_id)
        if refund.status != "pending":
            return
        charge, provider = _charge(payment, invoice), self.provider(payment.provider)
        answer: Refunded = provider.refund(charge, payment.handle, refund.id, refund.amount)
        if answer.status == "pending":
            raise errors.Unavailable("REFUND_PENDING", "the provider has not decided yet")
        outcome = provider.find(charge, payment.handle)
        with self._database.begin(calls.SYSTEM) as connection:
            payments.lock_payment(connection, payment.id)
            payments.put_refund(
                connection, replace(payments.lock_refund(connection, refund_id), status=answer.status, handle=answer.handle)
            )
            self.record(connection, payment.id, outcome)

    def _returned(self, connection: Connection, payment: Payment, amount: int, *, now: datetime) -> Payment:
        """Money went back, by us or by somebody at the provider: a credit note, and the credits that it had bought as far as they are there."""
        invoice = store.lock_invoice(connection, payment.invoice_id, payment.tenant_id)
        payment_now = payments.put_payment(connection, replace(payment, refunded=payment.refunded + amount, updated_at=now))
        if invoice.payment_id != payment.id:
            return payment_now
        note = self._invoicing.credit_note(connection, invoice, payment, amount, now=now)
        self._take_back(
            connection, invoice, note.id, rules.credits_back(invoice.credits, payment.amount, payment.refunded, amount), now=now
        )
        audit.record(connection, "payment.refunded", tenant_id=payment.tenant_id, payment_id=payment.id)
        return payment_now

    def _take_back(self, connection: Connection, invoice: Invoice, note_id: UUID, amount: int, *, now: datetime) -> None:
        account = accounts.lock_account(connection, invoice.tenant_id, "ai" if invoice.kind == "package" else "hiring")
        amount = min(amount, account.spendable(now))
        if amount:
            booking = Booking(ids.mint(), "REFUND", f"invoice:{note_id}", f"Refund of invoice {invoice.number}", str(invoice.id))
            accounts.book(connection, account, rules.take(account, amount, now=now), booking, now=now)


def _charge(payment: Payment, invoice: Invoice) -> Charge:
    return Charge(
        payment.id, payment.amount, payment.currency, invoice.description, payment.customer, payment.method, payment.off_session, payment.success_url,
        payment.cancel_url,
    )  # fmt: skip
