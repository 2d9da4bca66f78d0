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
from services.billing.tables.credits import Booking
from services.billing.tables.payments import Invoice, Payment, Refund
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database

RECOVERY = timedelta(seconds=30)
_ABANDONED = timedelta(days=2)
_REMEMBERED = timedelta(hours=5)  # for so long every provider knows an idempotency key
_SKEW = timedelta(minutes=5)
_FOR_NOTHING = "nothing to pay"
_LOST = "lost"  # nothing was found of a charge whose answer never came; it is looked for again whenever somebody names it


class Cashier:
    """Takes and returns money. Whoever asks about a payment (its maker, a task, a webhook) asks the provider, and writes down the same."""

    def __init__(self, database: Database, providers: Mapping[str, Provider], invoicing: Invoicing, public_url: str, clock: Clock) -> None:
        self._database = database
        self._providers = providers
        self._invoicing = invoicing
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    @property
    def providers(self) -> Mapping[str, Provider]:
        return self._providers

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
        if payment.status == "failed" and not payment.handle and payment.failure != _LOST:
            return payment, None
        outcome = self._ask(payment, self._charge(payment, invoice))
        with self._database.begin(calls.SYSTEM) as connection:
            return self.record(connection, payment_id, outcome), outcome

    def look(self, payment_id: UUID) -> tuple[Payment, Outcome | None]:
        """As `settle`, for a person who waits: what only somebody else can put right leaves the payment as it is, and its task is a dead letter."""
        try:
            return self.settle(payment_id)
        except tasks.GiveUp:
            with self._database.begin(calls.SYSTEM) as connection:
                return payments.get_payment(connection, payment_id, None), None

    def begin(
        self, connection: Connection, invoice: Invoice, provider_name: str, *, attempt: int = 1, off_session: bool = False, hosted: bool = False,
        success_url: str = "", cancel_url: str = "", run_at: datetime, now: datetime,
    ) -> Payment:  # fmt: skip
        """Writes down that the invoice is about to be paid. A task sees to it at `run_at`, whatever happens to whoever asked for it."""
        amount, currency = self.provider(provider_name).price(invoice.amount, invoice.currency)
        customer, method = payments.find_customer(connection, invoice.tenant_id, provider_name)
        payment = Payment(
            ids.mint(), invoice.tenant_id, invoice.id, provider_name, "pending", amount, 0, currency, customer, "" if hosted else method, off_session, attempt,
            "", "", success_url, cancel_url, now, now,
        )  # fmt: skip
        payments.add_payment(connection, payment)
        tasks.enqueue(connection, "settle_payment", {"payment_id": payment.id}, tenant_id=invoice.tenant_id, run_at=run_at)
        audit.record(connection, "payment.begun", tenant_id=invoice.tenant_id, payment_id=payment.id)
        return payment

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
            before, payment = (
                payment,
                payments.put_payment(connection, payment if over else replace(payment, status=status, failure=failure, updated_at=now)),
            )
            if not over and status in ("succeeded", "failed"):
                self._close(connection, before, payment, outcome, now=now)
        if outcome.refunded > payment.refunded:
            payment = self._returned(connection, payment, outcome.refunded - payment.refunded, now=now)
        return payment

    def _close(self, connection: Connection, before: Payment, payment: Payment, outcome: Outcome, *, now: datetime) -> None:
        invoice = store.lock_with_subscription(connection, payment.invoice_id, payment.tenant_id)
        steps = audit.change(before, payment, "status")
        audit.record(connection, f"payment.{payment.status}", tenant_id=payment.tenant_id, payment_id=payment.id, **steps)
        if payment.status == "failed":
            renewals.failed(connection, invoice, payment.attempt, final=outcome.final, now=now)
            return
        if outcome.customer and outcome.method:
            payments.keep_customer(connection, payment.tenant_id, payment.provider, outcome.customer, outcome.method)
        if invoice.status not in ("paid", "void"):
            renewals.paid(connection, invoice, payment, now=now)
        elif self.provider(payment.provider).refunds:  # paid by another payment, or too late: this money is for nothing and goes back
            self.begin_refund(connection, payment, payment.amount, _FOR_NOTHING, now=now)
        else:
            tasks.enqueue(connection, "owe_back", {"payment_id": payment.id}, tenant_id=payment.tenant_id)

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

    def send_back(self, refund_id: UUID) -> Refund:
        """Asks the provider for a refund that was written down, and then what is true of its payment. It stays `pending` until the provider has decided."""
        with self._database.begin(calls.SYSTEM) as connection:
            refund = payments.lock_refund(connection, refund_id)
            payment = payments.get_payment(connection, refund.payment_id, None)
            invoice = store.get_invoice(connection, payment.invoice_id, payment.tenant_id)
        if refund.status != "pending":
            return refund
        charge, provider = self._charge(payment, invoice), self.provider(payment.provider)
        if not provider.refunds:
            return self._sent_back_by_hand(refund)
        answer: Refunded = provider.refund(charge, payment.handle, refund.id, refund.amount)
        if answer.status == "pending":
            return refund
        outcome = provider.find(charge, payment.handle)
        with self._database.begin(calls.SYSTEM) as connection:
            payments.lock_payment(connection, payment.id)
            refund = payments.lock_refund(connection, refund_id)
            if refund.status != "pending":
                return refund
            refund = payments.put_refund(connection, replace(refund, status=answer.status, handle=answer.handle))
            payment = self.record(connection, payment.id, outcome)
            left = payment.amount - payment.refunded - payments.asked_back(connection, payment.id)
            if answer.status == "failed" and refund.reason == _FOR_NOTHING and 0 < left < refund.amount:  # a part has gone back elsewhere
                self.begin_refund(connection, payment, left, _FOR_NOTHING, now=self._clock())
            return refund

    def _sent_back_by_hand(self, refund: Refund) -> Refund:
        with self._database.begin(calls.SYSTEM) as connection:
            payment, refund = payments.lock_payment(connection, refund.payment_id), payments.lock_refund(connection, refund.id)
            if refund.status != "pending":
                return refund
            self._returned(connection, payment, refund.amount, now=self._clock())
            return payments.put_refund(connection, replace(refund, status="succeeded", handle="by hand"))

    def _returned(self, connection: Connection, payment: Payment, amount: int, *, now: datetime) -> Payment:
        """Money went back, by us or by somebody at the provider: a credit note, and the credits that it had bought as far as they are there."""
        invoice = store.lock_invoice(connection, payment.invoice_id, payment.tenant_id)
        payment_now = payments.put_payment(connection, replace(payment, refunded=payment.refunded + amount, updated_at=now))
        if invoice.payment_id != payment.id:
            return payment_now
        # A payment may be in another currency than its invoice; of either, and of the credits, the same share goes back.
        owed = rules.share_back(invoice.amount, payment.amount, payment.refunded, amount)
        tax = rules.share_back(invoice.tax, payment.amount, payment.refunded, amount)
        note = self._invoicing.credit_note(connection, invoice, payment, owed, tax, now=now)
        bought = rules.share_back(invoice.credits, payment.amount, payment.refunded, amount)
        self._take_back(connection, invoice, note.id, bought, now=now)
        renewals.mail(connection, payment.tenant_id, "payment_refunded", invoice_id=invoice.id, note_id=note.id, at=now.isoformat())
        returned = audit.change(payment, payment_now, "refunded")
        audit.record(connection, "payment.refunded", tenant_id=payment.tenant_id, payment_id=payment.id, **returned)
        return payment_now

    def _take_back(self, connection: Connection, invoice: Invoice, note_id: UUID, amount: int, *, now: datetime) -> None:
        account = accounts.lock_account(connection, invoice.tenant_id, "ai" if invoice.kind == "package" else "hiring")
        amount = min(amount, rules.left_of(account, invoice, now=now))
        if amount:
            booking = Booking(ids.mint(), "REFUND", f"invoice:{note_id}", f"Refund of invoice {invoice.number}", str(invoice.id))
            accounts.book(connection, account, rules.take(account, amount, now=now), booking, now=now)

    def forget(self, name: str, customer: str, method: str) -> None:
        """Has a provider delete what it keeps of a customer who is gone."""
        self.provider(name).forget(customer, method)

    def _ask(self, payment: Payment, charge: Charge) -> Outcome:
        """What is true of the charge. Where its answer was lost so long ago that repeating the question might take the money again, it is looked for."""
        provider = self.provider(payment.provider)
        if payment.handle or self._clock() - payment.created_at < _REMEMBERED:
            return provider.find(charge, payment.handle)
        found = next((each for each in provider.since(payment.created_at - _SKEW) if each.reference == payment.id), None)
        return found or Outcome("failed", "", payment.id, failure=_LOST)

    def _charge(self, payment: Payment, invoice: Invoice) -> Charge:
        back = f"{self._public_url}/api/v1/payments/return?payment_id={payment.id}"
        return Charge(
            payment.id, payment.amount, payment.currency, invoice.description, payment.created_at, payment.customer, payment.method, payment.off_session,
            invoice.subscription_id is not None, payment.success_url or self._public_url, payment.cancel_url or self._public_url, back,
        )  # fmt: skip
