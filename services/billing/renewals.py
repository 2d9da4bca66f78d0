"""The life of subscriptions: what is billed when, and what a payment, or its failure, does. All of it in the caller's transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from services.billing import ledger, rules
from services.billing.store import credits as accounts
from services.billing.store import payments, plans
from services.billing.store import subscriptions as store
from services.billing.tables.credits import Booking, Legs
from services.billing.tables.payments import Invoice, Payment
from services.billing.tables.subscriptions import Offer, Package, Plan, Subscription
from services.chassis import audit, events, ids, tasks

_DUE = timedelta(days=14)
_REMINDED = timedelta(days=3)  # before a renewal
BY_HAND = 0  # the attempt of somebody who pays an invoice themselves; the schedule goes on beside it


class Invoicing:
    """Makes invoices, with the tax that is configured."""

    def __init__(self, tax_percent: Decimal) -> None:
        self._tax_percent = tax_percent

    def for_package(self, tenant_id: UUID, package: Package, *, now: datetime) -> Invoice:
        words = f"{package.credits / 2:g} {package.unit} credits"
        return self._invoice(tenant_id, "package", words, package.price, package.currency, package.credits, now=now, package_id=package.id)

    def for_period(self, connection: Connection, subscription: Subscription, plan: Plan, kind: str, *, now: datetime) -> Invoice:
        """The invoice of the subscription's period. There is one for each, however often it is asked for."""
        found = store.find_period_invoice(connection, subscription.id, subscription.period_start)
        if found is not None:
            return found
        made = self._invoice(
            subscription.tenant_id, kind, _words(plan.offer, subscription), plan.offer.price, plan.offer.currency, plan.offer.credits, now=now,
            subscription=subscription, plan_id=plan.id,
        )  # fmt: skip
        return issue(connection, made)

    def for_upgrade(self, connection: Connection, subscription: Subscription, old: Plan, new: Plan, *, now: datetime) -> Invoice:
        price, more = rules.prorate(subscription, old.offer, new.offer, now=now)
        words = f"From {old.offer.name} to {new.offer.name} until {subscription.period_end:%-d %B %Y}"
        made = self._invoice(
            subscription.tenant_id, "upgrade", words, price, new.offer.currency, more, now=now, subscription=subscription, plan_id=new.id
        )
        return issue(connection, made)

    def credit_note(self, connection: Connection, invoice: Invoice, payment: Payment, amount: int, tax: int, *, now: datetime) -> Invoice:
        """The other half of a refund: numbered like an invoice, and below zero."""
        note = replace(
            invoice, id=ids.mint(), kind="credit_note", credited_id=invoice.id, status="paid", description=f"Refund of invoice {invoice.number}",
            subtotal=tax - amount, tax=-tax, amount=-amount, credits=0, invoice_date=now, due_date=now, payment_id=payment.id, created_at=now,
        )  # fmt: skip
        return issue(connection, note)

    def _invoice(
        self, tenant_id: UUID, kind: str, words: str, price: int, currency: str, more: int, *, now: datetime, package_id: str | None = None,
        subscription: Subscription | None = None, plan_id: UUID | None = None,
    ) -> Invoice:  # fmt: skip
        tax = rules.tax_of(price, self._tax_percent)
        start, end = (subscription.period_start, subscription.period_end) if subscription else (None, None)
        return Invoice(
            ids.mint(), tenant_id, None, kind, subscription.id if subscription else None, plan_id, package_id, None, "draft", words, price, tax, price + tax,
            currency, more, start, end, now, now + _DUE, None, now,
        )  # fmt: skip


def issue(connection: Connection, invoice: Invoice) -> Invoice:
    """Gives it its number: from now on somebody owes it, or has paid it."""
    status = "paid" if invoice.status == "paid" or invoice.amount == 0 else "open"
    issued = _numbered(connection, replace(invoice, status=status))
    store.add_invoice(connection, issued)
    audit.record(connection, "invoice.issued", tenant_id=invoice.tenant_id, invoice_id=invoice.id)
    return issued


def paid(connection: Connection, invoice: Invoice, payment: Payment | None, *, now: datetime) -> None:
    """Gives what the invoice was for. The invoice is locked and not paid yet."""
    before, invoice = invoice, replace(invoice, status="paid", payment_id=payment.id if payment else None)
    if invoice.number is None:
        invoice = _numbered(connection, invoice)
    store.put_invoice(connection, invoice)
    audit.record(connection, "invoice.paid", tenant_id=invoice.tenant_id, invoice_id=invoice.id, **audit.change(before, invoice, "status"))
    if payment is not None:
        mail(connection, invoice.tenant_id, "payment_receipt", invoice_id=invoice.id, at=now.isoformat())
    if invoice.kind == "package":
        account = accounts.lock_account(connection, invoice.tenant_id, "ai")
        bought = Booking(ids.mint(), "PURCHASE", f"invoice:{invoice.id}", invoice.description, str(invoice.id))
        accounts.book(connection, account, Legs(lasting=invoice.credits), bought, now=now)
    elif invoice.subscription_id is not None:
        subscription = store.lock_subscription(connection, invoice.subscription_id, invoice.tenant_id)
        if subscription.status == "cancelled":
            return  # its open invoices were made void with it, so no payment comes here
        if invoice.kind == "upgrade":
            _upgraded(connection, subscription, invoice, now=now)
        else:
            _period_paid(connection, subscription, invoice, payment, now=now)


def _numbered(connection: Connection, invoice: Invoice) -> Invoice:
    """From now on it is a document: with a number, made out to whom the organization has said, a credit note to whom its invoice was."""
    billed_to = invoice.billed_to or store.get_details(connection, invoice.tenant_id).lines
    return replace(invoice, number=store.next_number(connection, invoice.tenant_id), billed_to=billed_to)


def _period_paid(connection: Connection, subscription: Subscription, invoice: Invoice, payment: Payment | None, *, now: datetime) -> None:
    assert invoice.plan_id is not None
    recovered = subscription.status in ("past_due", "suspended")
    if invoice.kind == "renewal":
        subscription = rules.next_period(subscription, now=now)
    subscription = replace(subscription, status="active", updated_at=now)
    if payment is not None:
        keeps = payments.find_customer(connection, subscription.tenant_id, payment.provider)[1]
        subscription = replace(
            subscription, payment_id=payment.id, payment_method=payment.provider if keeps else subscription.payment_method
        )
    store.put_subscription(connection, subscription)
    if subscription.family == "hiring" and invoice.credits:
        month = Booking(ids.mint(), "PURCHASE", f"invoice:{invoice.id}", invoice.description, str(subscription.id))
        ledger.refill(connection, subscription.tenant_id, "hiring", invoice.credits, month, subscription.period_end, now=now)
    renew_later(connection, subscription)
    if recovered:
        mail(connection, subscription.tenant_id, "subscription_status", subscription_id=subscription.id, status="recovered")
    changed(connection, subscription)


def _upgraded(connection: Connection, subscription: Subscription, invoice: Invoice, *, now: datetime) -> None:
    assert invoice.plan_id is not None
    store.put_subscription(connection, replace(subscription, plan_id=invoice.plan_id, next_plan_id=None, updated_at=now))
    account = accounts.lock_account(connection, subscription.tenant_id, "hiring")
    if invoice.credits and subscription.family == "hiring" and account.month_runs(now):
        more = Booking(ids.mint(), "PURCHASE", f"invoice:{invoice.id}", invoice.description, str(subscription.id))
        accounts.book(connection, account, Legs(monthly=invoice.credits), more, now=now)
    changed(connection, subscription)


def failed(connection: Connection, invoice: Invoice, attempt: int, *, final: bool, now: datetime) -> None:
    """Nobody paid: a renewal is tried again on schedule and suspended in the end, anything else has not come about."""
    if invoice.status not in ("open", "draft") or invoice.subscription_id is None:
        if invoice.status == "draft":
            store.put_invoice(connection, replace(invoice, status="void"))
        return
    subscription = store.lock_subscription(connection, invoice.subscription_id, invoice.tenant_id)
    if attempt == BY_HAND:
        return
    if invoice.kind != "renewal":
        store.put_invoice(connection, replace(invoice, status="void"))
        if subscription.status == "incomplete":
            end(connection, subscription, now=now)
        return
    again = rules.retry_at(attempt, final=final, now=now)
    status = "past_due" if again else "suspended"
    store.put_subscription(connection, replace(subscription, status=status, updated_at=now))
    if again:
        tasks.enqueue(
            connection,
            "retry_invoice",
            {"invoice_id": invoice.id, "attempt": attempt + 1},
            tenant_id=invoice.tenant_id,
            run_at=again,
        )
    else:  # paid later, it would be for a month that is over
        payload = {"subscription_id": subscription.id, "cycle": subscription.cycle}
        tasks.enqueue(connection, "lapse", payload, tenant_id=invoice.tenant_id, run_at=invoice.period_end)
    steps = audit.turned(status=(subscription.status, status))
    audit.record(connection, f"subscription.{status}", tenant_id=invoice.tenant_id, subscription_id=subscription.id, **steps)
    mail(connection, invoice.tenant_id, "subscription_status", subscription_id=subscription.id, status=status)
    changed(connection, subscription)


def end(connection: Connection, subscription: Subscription, *, now: datetime) -> Subscription:
    """Cancels it at this moment, with what it owes. What was paid for its month stays until the month is over."""
    ended = replace(subscription, status="cancelled", end_date=now, auto_renew=False, updated_at=now)
    store.put_subscription(connection, ended)
    for invoice in store.open_invoices(connection, subscription.id):
        store.put_invoice(connection, replace(invoice, status="void"))
    steps = audit.change(subscription, ended, "status", "auto_renew")
    audit.record(connection, "subscription.cancelled", tenant_id=subscription.tenant_id, subscription_id=subscription.id, **steps)
    mail(connection, subscription.tenant_id, "subscription_status", subscription_id=subscription.id, status="cancelled")
    changed(connection, ended)
    return ended


def renew(connection: Connection, subscription: Subscription, invoicing: Invoicing, *, now: datetime) -> Invoice | None:
    """Bills the next month of a subscription whose month is over, or ends it; None where nothing is to be paid. The subscription is locked."""
    if subscription.status not in ("active", "trialing") or subscription.period_end > now:
        return None
    if not subscription.auto_renew:
        end(connection, subscription, now=now)
        return None
    for late in store.open_invoices(connection, subscription.id):
        if late.kind == "upgrade":  # for a month that is over: who pays it now gets the money back
            store.put_invoice(connection, replace(late, status="void"))
    coming = rules.next_period(subscription, now=now)
    invoice = invoicing.for_period(connection, coming, plans.get_plan(connection, coming.plan_id), "renewal", now=now)
    if invoice.status == "paid":  # costs nothing
        paid(connection, invoice, None, now=now)
        return None
    return invoice


def renew_later(connection: Connection, subscription: Subscription) -> None:
    """The next renewal, at the end of the month that is paid, and the reminder before it."""
    payload = {"subscription_id": subscription.id, "cycle": subscription.cycle}
    tasks.enqueue(connection, "renew", payload, tenant_id=subscription.tenant_id, run_at=subscription.period_end)
    tasks.enqueue(connection, "remind", payload, tenant_id=subscription.tenant_id, run_at=subscription.period_end - _REMINDED)


def mail(connection: Connection, tenant_id: UUID, template: str, **about: object) -> None:
    tasks.enqueue(connection, "mail", {"template": template, **about}, tenant_id=tenant_id)


def changed(connection: Connection, subscription: Subscription) -> None:
    """Tells the others, last in the transaction."""
    events.record(connection, "subscription.changed", subscription.id, subscription.tenant_id, family=subscription.family)


def _words(offer: Offer, subscription: Subscription) -> str:
    return f"{offer.name}, {subscription.period_start:%-d %B %Y} to {subscription.period_end:%-d %B %Y}"
