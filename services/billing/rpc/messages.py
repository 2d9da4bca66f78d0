"""What subscriptions, invoices and payments are on the wire."""

from datetime import datetime

from einstellen.billing.v1 import payments_pb2, subscriptions_pb2
from services.billing.providers.protocol import Outcome
from services.billing.tables.credits import Account
from services.billing.tables.payments import BillingDetails, Invoice, Payment, Refund
from services.billing.tables.subscriptions import Plan, Quotas, Subscription
from services.chassis.clock import to_timestamp


def to_plan(plan: Plan) -> subscriptions_pb2.Plan:
    offer = plan.offer
    return subscriptions_pb2.Plan(
        id=str(plan.id), name=offer.name, description=offer.description, family=offer.family, price_amount=offer.price, currency=offer.currency,
        credits=offer.credits / 2, billing_cycle=offer.billing_cycle, quotas=to_quotas(offer.quotas), trial_days=offer.trial_days,
    )  # fmt: skip


def to_quotas(quotas: Quotas) -> subscriptions_pb2.Quotas:
    return subscriptions_pb2.Quotas(
        tokens=quotas.tokens, posts=quotas.posts, workspaces=quotas.workspaces, members=quotas.members, requests=quotas.requests
    )


def to_subscription(
    subscription: Subscription, plan: Plan, account: Account, payment: payments_pb2.Payment | None, *, now: datetime
) -> subscriptions_pb2.Subscription:
    left = account.live_monthly(now) / 2 if subscription.family == "hiring" and subscription.status != "cancelled" else 0
    ends = subscription.end_date or (None if subscription.auto_renew else subscription.period_end)
    return subscriptions_pb2.Subscription(
        id=str(subscription.id), plan_id=str(subscription.plan_id), plan_name=plan.offer.name, family=subscription.family,
        payment_method=subscription.payment_method, payment_id=str(subscription.payment_id or ""), status=subscription.status,
        start_time=to_timestamp(subscription.start_date), end_time=to_timestamp(ends),
        period_start_time=to_timestamp(subscription.period_start), period_end_time=to_timestamp(subscription.period_end),
        auto_renew=subscription.auto_renew, remaining_credits=left, next_plan_id=str(subscription.next_plan_id or ""), payment=payment,
        create_time=to_timestamp(subscription.created_at), update_time=to_timestamp(subscription.updated_at),
    )  # fmt: skip


def to_payment(payment: Payment, outcome: Outcome | None = None) -> payments_pb2.Payment:
    """With how the person goes on, where the provider has just said so and it is not over."""
    going = outcome if outcome and payment.status in ("pending", "requires_action") else Outcome("pending", "")
    return payments_pb2.Payment(
        id=str(payment.id), provider=payment.provider, status=payment.status, amount=payment.amount, refunded_amount=payment.refunded,
        currency=payment.currency, invoice_id=str(payment.invoice_id), provider_id=payment.handle, url=going.url, client_secret=going.client_secret,
        form=going.form, failure=payment.failure, create_time=to_timestamp(payment.created_at), update_time=to_timestamp(payment.updated_at),
    )  # fmt: skip


def to_refund(refund: Refund) -> payments_pb2.Refund:
    return payments_pb2.Refund(
        id=str(refund.id),
        payment_id=str(refund.payment_id),
        amount=refund.amount,
        status=refund.status,
        create_time=to_timestamp(refund.created_at),
    )


def to_invoice(invoice: Invoice) -> payments_pb2.Invoice:
    return payments_pb2.Invoice(
        id=str(invoice.id), number=invoice.number or 0, kind=invoice.kind, subscription_id=str(invoice.subscription_id or ""), status=invoice.status,
        description=invoice.description, subtotal_amount=invoice.subtotal, tax_amount=invoice.tax, amount=invoice.amount, currency=invoice.currency,
        payment_id=str(invoice.payment_id or ""), credited_invoice_id=str(invoice.credited_id or ""), invoice_time=to_timestamp(invoice.invoice_date),
        due_time=to_timestamp(invoice.due_date), create_time=to_timestamp(invoice.created_at), billed_to=invoice.billed_to.splitlines(),
    )  # fmt: skip


def to_details(details: BillingDetails) -> payments_pb2.BillingDetails:
    return payments_pb2.BillingDetails(
        name=details.name, address_lines=details.address.splitlines(), country=details.country, tax_id=details.tax_id
    )
