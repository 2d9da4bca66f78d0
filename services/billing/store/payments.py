"""Every query of payments, refunds, saved methods and webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.billing.tables.payments import Payment, Refund, payment_customers, payments, reconciliations, refunds, webhook_events
from services.chassis import errors
from services.chassis.paging import Page

# Asked for in every payment: built once, as building a statement costs more than running it.
_OF_ANYBODY = sa.select(payments).where(payments.c.id == sa.bindparam("its_id"))
_OF_ONE = _OF_ANYBODY.where(payments.c.tenant_id == sa.bindparam("its_tenant"))
_LOCK = _OF_ANYBODY.with_for_update()
_PUT = payments.update().where(payments.c.id == sa.bindparam("its_id"))
_RUNNING = (
    sa.select(payments)
    .where(payments.c.invoice_id == sa.bindparam("invoice"), payments.c.status.in_(("pending", "requires_action")))
    .order_by(payments.c.id.desc())
)
_CUSTOMER = sa.select(payment_customers).where(
    payment_customers.c.tenant_id == sa.bindparam("its_tenant"), payment_customers.c.provider == sa.bindparam("its_provider")
)


def add_payment(connection: Connection, payment: Payment) -> None:
    connection.execute(payments.insert(), vars(payment))


def get_payment(connection: Connection, payment_id: UUID, tenant_id: UUID | None) -> Payment:
    """One of the tenant's, or of any where none is given."""
    query, values = (_OF_ANYBODY, {}) if tenant_id is None else (_OF_ONE, {"its_tenant": tenant_id})
    return _payment(connection, query, {"its_id": payment_id, **values})


def lock_payment(connection: Connection, payment_id: UUID) -> Payment:
    """Held until commit, so that what became of it is written down once."""
    return _payment(connection, _LOCK, {"its_id": payment_id})


def find_payment(connection: Connection, provider: str, handle: str, reference: UUID | None) -> Payment | None:
    """By the provider's name for it, or by ours, which a provider may know before we know its."""
    known = [payments.c.handle == handle] if handle else []
    known += [payments.c.id == reference] if reference else []
    if not known:
        return None
    row = connection.execute(sa.select(payments).where(payments.c.provider == provider, sa.or_(*known))).first()
    return Payment(**row._mapping) if row else None


def find_running(connection: Connection, invoice_id: UUID) -> Payment | None:
    """A payment of the invoice that may still succeed."""
    row = connection.execute(_RUNNING, {"invoice": invoice_id}).first()
    return Payment(**row._mapping) if row else None


def put_payment(connection: Connection, payment: Payment) -> Payment:
    """Replaces one that this transaction has locked."""
    connection.execute(_PUT, {**vars(payment), "its_id": payment.id})
    return payment


def list_payments(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Payment]:
    """Newest first."""
    query = sa.select(payments).where(payments.c.tenant_id == tenant_id).order_by(payments.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(payments.c.id < page.after[0])
    return [Payment(**row._mapping) for row in connection.execute(query)]


def payments_since(connection: Connection, provider: str, moment: datetime) -> Mapping[UUID, Payment]:
    query = sa.select(payments).where(payments.c.provider == provider, payments.c.created_at >= moment)
    return {row.id: Payment(**row._mapping) for row in connection.execute(query)}


def add_reconciliation(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(reconciliations.insert(), dict(row))


def add_refund(connection: Connection, refund: Refund) -> None:
    connection.execute(refunds.insert(), vars(refund))


def lock_refund(connection: Connection, refund_id: UUID) -> Refund:
    row = connection.execute(sa.select(refunds).where(refunds.c.id == refund_id).with_for_update()).one()
    return Refund(**row._mapping)


def put_refund(connection: Connection, refund: Refund) -> Refund:
    connection.execute(refunds.update().where(refunds.c.id == refund.id), vars(refund))
    return refund


def asked_back(connection: Connection, payment_id: UUID) -> int:
    """The cents of refunds that were asked for and may still succeed."""
    query = sa.select(sa.func.coalesce(sa.func.sum(refunds.c.amount), 0)).where(
        refunds.c.payment_id == payment_id, refunds.c.status == "pending"
    )
    return int(connection.execute(query).scalar_one())


def find_customer(connection: Connection, tenant_id: UUID, provider: str) -> tuple[str, str]:
    """The provider's customer and the saved method, each empty where there is none."""
    row = connection.execute(_CUSTOMER, {"its_tenant": tenant_id, "its_provider": provider}).first()
    return (row.customer, row.method) if row else ("", "")


def keep_customer(connection: Connection, tenant_id: UUID, provider: str, customer: str, method: str) -> None:
    row = {"tenant_id": tenant_id, "provider": provider, "customer": customer, "method": method}
    changed = {"customer": customer, "method": method}
    connection.execute(insert(payment_customers).values(row).on_conflict_do_update(index_elements=["tenant_id", "provider"], set_=changed))


def add_webhook(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Keeps it; False where it was kept before."""
    added = connection.execute(insert(webhook_events).on_conflict_do_nothing().returning(webhook_events.c.id), dict(row))
    return added.first() is not None


def get_webhook(connection: Connection, webhook_id: UUID) -> Any:
    return connection.execute(sa.select(webhook_events).where(webhook_events.c.id == webhook_id)).one()


def forget_bodies(connection: Connection, before: datetime) -> None:
    """Empties webhooks that came before then. Their ids and digests stay, so that none is ever taken for a new one."""
    old = sa.and_(webhook_events.c.received_at < before, webhook_events.c.body != b"")
    connection.execute(webhook_events.update().where(old).values(body=b""))


def close_webhook(connection: Connection, webhook_id: UUID, outcome: str) -> None:
    connection.execute(webhook_events.update().where(webhook_events.c.id == webhook_id).values(outcome=outcome))


def _payment(connection: Connection, query: sa.Select[Any], values: Mapping[str, UUID]) -> Payment:
    row = connection.execute(query, dict(values)).first()
    if row is None:
        raise errors.NotFound("PAYMENT_NOT_FOUND", "there is no such payment in the active organization")
    return Payment(**row._mapping)
