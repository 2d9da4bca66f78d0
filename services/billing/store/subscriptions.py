"""Every query of subscriptions and invoices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.billing.tables.payments import BillingDetails, Invoice, billing_details, invoice_numbers, invoices
from services.billing.tables.subscriptions import Subscription, subscriptions
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page

# Asked for in every renewal: built once, as building a statement costs more than running it.
_SUBSCRIPTION = sa.select(subscriptions).where(
    subscriptions.c.id == sa.bindparam("its_id"), subscriptions.c.tenant_id == sa.bindparam("its_tenant")
)
_INVOICE = sa.select(invoices).where(invoices.c.id == sa.bindparam("its_id"), invoices.c.tenant_id == sa.bindparam("its_tenant"))
_PUT_SUBSCRIPTION = subscriptions.update().where(
    subscriptions.c.id == sa.bindparam("its_id"), subscriptions.c.tenant_id == sa.bindparam("its_tenant")
)
_PUT_INVOICE = invoices.update().where(invoices.c.id == sa.bindparam("its_id"), invoices.c.tenant_id == sa.bindparam("its_tenant"))
_NUMBER = (
    insert(invoice_numbers)
    .values(last=1)
    .on_conflict_do_update(index_elements=["tenant_id"], set_={"last": invoice_numbers.c.last + 1})
    .returning(invoice_numbers.c.last)
)
_DETAILS = sa.select(billing_details).where(billing_details.c.tenant_id == sa.bindparam("its_tenant"))
_PERIOD = sa.select(invoices).where(
    invoices.c.subscription_id == sa.bindparam("subscription"), invoices.c.period_start == sa.bindparam("start"),
    invoices.c.kind.in_(("first", "renewal")), invoices.c.status != "void",
)  # fmt: skip
_LOCK_SUBSCRIPTION, _LOCK_INVOICE = _SUBSCRIPTION.with_for_update(), _INVOICE.with_for_update()
_LOCK_SUBSCRIPTION_OF = (
    sa.select(subscriptions.c.id)
    .where(subscriptions.c.id == _INVOICE.with_only_columns(invoices.c.subscription_id).scalar_subquery())
    .with_for_update()
)
_OPEN = sa.select(invoices).where(invoices.c.subscription_id == sa.bindparam("subscription"), invoices.c.status == "open").with_for_update()


def add_subscription(connection: Connection, subscription: Subscription) -> None:
    """Raises AlreadyExists / SUBSCRIPTION_EXISTS where the organization has one of this family."""
    exists = errors.AlreadyExists(
        "SUBSCRIPTION_EXISTS", "the organization has a subscription of this family; change its plan, or cancel it first"
    )
    with refusing({"subscriptions_one_a_family": exists}):
        connection.execute(subscriptions.insert(), vars(subscription))


def get_subscription(connection: Connection, subscription_id: UUID, tenant_id: UUID) -> Subscription:
    return _subscription(connection, _SUBSCRIPTION, subscription_id, tenant_id)


def lock_subscription(connection: Connection, subscription_id: UUID, tenant_id: UUID) -> Subscription:
    """Held until commit, so that of two who change it one comes second."""
    return _subscription(connection, _LOCK_SUBSCRIPTION, subscription_id, tenant_id)


def find_of_family(connection: Connection, tenant_id: UUID, family: str) -> Subscription | None:
    """The one that is not cancelled."""
    query = sa.select(subscriptions).where(
        subscriptions.c.tenant_id == tenant_id, subscriptions.c.family == family, subscriptions.c.status != "cancelled"
    )
    row = connection.execute(query).first()
    return Subscription(**row._mapping) if row else None


def had_of_family(connection: Connection, tenant_id: UUID, family: str) -> bool:
    query = sa.select(sa.exists().where(subscriptions.c.tenant_id == tenant_id, subscriptions.c.family == family))
    return bool(connection.execute(query).scalar())


def put_subscription(connection: Connection, subscription: Subscription) -> Subscription:
    """Replaces one that this transaction has locked."""
    connection.execute(_PUT_SUBSCRIPTION, {**vars(subscription), "its_id": subscription.id, "its_tenant": subscription.tenant_id})
    return subscription


def list_subscriptions(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Subscription]:
    """Newest first."""
    query = sa.select(subscriptions).where(subscriptions.c.tenant_id == tenant_id).order_by(subscriptions.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(subscriptions.c.id < page.after[0])
    return [Subscription(**row._mapping) for row in connection.execute(query)]


def add_invoice(connection: Connection, invoice: Invoice) -> None:
    connection.execute(invoices.insert(), vars(invoice))


def next_number(connection: Connection, tenant_id: UUID) -> int:
    """The organization's next invoice number. It is given back where the transaction does not commit, so the numbers have no gaps."""
    return int(connection.execute(_NUMBER, {"tenant_id": tenant_id}).scalar_one())


def get_details(connection: Connection, tenant_id: UUID) -> BillingDetails:
    """Empty ones where nobody has said."""
    row = connection.execute(_DETAILS, {"its_tenant": tenant_id}).first()
    return BillingDetails(**row._mapping) if row else BillingDetails(tenant_id)


def put_details(connection: Connection, details: BillingDetails) -> None:
    values = vars(details)
    connection.execute(insert(billing_details).values(values).on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def get_invoice(connection: Connection, invoice_id: UUID, tenant_id: UUID) -> Invoice:
    return _invoice(connection, _INVOICE, invoice_id, tenant_id)


def lock_invoice(connection: Connection, invoice_id: UUID, tenant_id: UUID) -> Invoice:
    """Held until commit."""
    return _invoice(connection, _LOCK_INVOICE, invoice_id, tenant_id)


def lock_with_subscription(connection: Connection, invoice_id: UUID, tenant_id: UUID) -> Invoice:
    """Holds the subscription that the invoice is for, where there is one, and then the invoice.

    Who needs both takes them in this order, or somebody who cancels and somebody who is paid at that moment wait for each other.
    """
    connection.execute(_LOCK_SUBSCRIPTION_OF, {"its_id": invoice_id, "its_tenant": tenant_id})
    return lock_invoice(connection, invoice_id, tenant_id)


def put_invoice(connection: Connection, invoice: Invoice) -> Invoice:
    """Replaces one that this transaction has locked."""
    connection.execute(_PUT_INVOICE, {**vars(invoice), "its_id": invoice.id, "its_tenant": invoice.tenant_id})
    return invoice


def find_period_invoice(connection: Connection, subscription_id: UUID, period_start: datetime) -> Invoice | None:
    row = connection.execute(_PERIOD, {"subscription": subscription_id, "start": period_start}).first()
    return Invoice(**row._mapping) if row else None


def open_invoices(connection: Connection, subscription_id: UUID) -> Sequence[Invoice]:
    return [Invoice(**row._mapping) for row in connection.execute(_OPEN, {"subscription": subscription_id})]


def list_invoices(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Invoice]:
    """Those that were issued, newest first."""
    query = sa.select(invoices).where(invoices.c.tenant_id == tenant_id, invoices.c.number.is_not(None)).order_by(invoices.c.number.desc())
    if page.after:
        query = query.where(invoices.c.number < page.after[0])
    return [Invoice(**row._mapping) for row in connection.execute(query.limit(page.fetch))]


def _subscription(connection: Connection, query: sa.Select[Any], subscription_id: UUID, tenant_id: UUID) -> Subscription:
    row = connection.execute(query, {"its_id": subscription_id, "its_tenant": tenant_id}).first()
    if row is None:
        raise errors.NotFound("SUBSCRIPTION_NOT_FOUND", "there is no such subscription in the active organization")
    return Subscription(**row._mapping)


def _invoice(connection: Connection, query: sa.Select[Any], invoice_id: UUID, tenant_id: UUID) -> Invoice:
    row = connection.execute(query, {"its_id": invoice_id, "its_tenant": tenant_id}).first()
    if row is None:
        raise errors.NotFound("INVOICE_NOT_FOUND", "there is no such invoice in the active organization")
    return Invoice(**row._mapping)
