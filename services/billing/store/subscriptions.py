"""Every query of subscriptions and invoices."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.billing.tables import Invoice, Subscription, invoice_numbers, invoices, subscriptions
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page


def add_subscription(connection: Connection, subscription: Subscription) -> None:
    """Raises AlreadyExists / SUBSCRIPTION_EXISTS where the organization has one of this family."""
    exists = errors.AlreadyExists(
        "SUBSCRIPTION_EXISTS", "the organization has a subscription of this family; change its plan, or cancel it first"
    )
    with refusing({"subscriptions_one_a_family": exists}):
        connection.execute(subscriptions.insert(), asdict(subscription))


def get_subscription(connection: Connection, subscription_id: UUID, tenant_id: UUID) -> Subscription:
    return _subscription(connection, subscriptions.c.id == subscription_id, subscriptions.c.tenant_id == tenant_id)


def lock_subscription(connection: Connection, subscription_id: UUID, tenant_id: UUID) -> Subscription:
    """Held until commit, so that of two who change it one comes second."""
    return _subscription(connection, subscriptions.c.id == subscription_id, subscriptions.c.tenant_id == tenant_id, lock=True)


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
    connection.execute(
        subscriptions.update().where(subscriptions.c.id == subscription.id, subscriptions.c.tenant_id == subscription.tenant_id),
        asdict(subscription),
    )
    return subscription


def list_subscriptions(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Subscription]:
    """Newest first."""
    query = sa.select(subscriptions).where(subscriptions.c.tenant_id == tenant_id).order_by(subscriptions.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(subscriptions.c.id < page.after[0])
    return [Subscription(**row._mapping) for row in connection.execute(query)]


def add_invoice(connection: Connection, invoice: Invoice) -> None:
    connection.execute(invoices.insert(), asdict(invoice))


def next_number(connection: Connection, tenant_id: UUID) -> int:
    """The organization's next invoice number. It is given back where the transaction does not commit, so the numbers have no gaps."""
    table = invoice_numbers
    taken = insert(table).values(tenant_id=tenant_id, last=1)
    taken = taken.on_conflict_do_update(index_elements=["tenant_id"], set_={"last": table.c.last + 1})
    return int(connection.execute(taken.returning(table.c.last)).scalar_one())


def get_invoice(connection: Connection, invoice_id: UUID, tenant_id: UUID) -> Invoice:
    return _invoice(connection, invoice_id, tenant_id)


def lock_invoice(connection: Connection, invoice_id: UUID, tenant_id: UUID) -> Invoice:
    """Held until commit."""
    return _invoice(connection, invoice_id, tenant_id, lock=True)


def put_invoice(connection: Connection, invoice: Invoice) -> Invoice:
    """Replaces one that this transaction has locked."""
    connection.execute(invoices.update().where(invoices.c.id == invoice.id, invoices.c.tenant_id == invoice.tenant_id), asdict(invoice))
    return invoice


def find_period_invoice(connection: Connection, subscription_id: UUID, period_start: datetime) -> Invoice | None:
    query = sa.select(invoices).where(
        invoices.c.subscription_id == subscription_id, invoices.c.period_start == period_start,
        invoices.c.kind.in_(("first", "renewal")), invoices.c.status != "void",
    )  # fmt: skip
    row = connection.execute(query).first()
    return Invoice(**row._mapping) if row else None


def open_invoices(connection: Connection, subscription_id: UUID) -> Sequence[Invoice]:
    query = sa.select(invoices).where(invoices.c.subscription_id == subscription_id, invoices.c.status == "open").with_for_update()
    return [Invoice(**row._mapping) for row in connection.execute(query)]


def list_invoices(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Invoice]:
    """Those that were issued, newest first."""
    query = sa.select(invoices).where(invoices.c.tenant_id == tenant_id, invoices.c.number.is_not(None)).order_by(invoices.c.number.desc())
    if page.after:
        query = query.where(invoices.c.number < page.after[0])
    return [Invoice(**row._mapping) for row in connection.execute(query.limit(page.fetch))]


def _subscription(connection: Connection, *where: sa.ColumnElement[bool], lock: bool = False) -> Subscription:
    query = sa.select(subscriptions).where(*where)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise errors.NotFound("SUBSCRIPTION_NOT_FOUND", "there is no such subscription in the active organization")
    return Subscription(**row._mapping)


def _invoice(connection: Connection, invoice_id: UUID, tenant_id: UUID, *, lock: bool = False) -> Invoice:
    query = sa.select(invoices).where(invoices.c.id == invoice_id, invoices.c.tenant_id == tenant_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise errors.NotFound("INVOICE_NOT_FOUND", "there is no such invoice in the active organization")
    return Invoice(**row._mapping)
