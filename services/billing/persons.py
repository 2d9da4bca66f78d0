"""What billing keeps of a person: the accounts and the books of the organizations that are theirs."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.billing.tables.credits import credit_accounts, credit_holds, credit_transactions, organizations
from services.billing.tables.payments import billing_details, invoices, payment_customers, payments, refunds, webhook_events
from services.billing.tables.subscriptions import subscriptions
from services.chassis import tasks
from services.chassis.persons import NOBODY, Kept, Person

_BOOKS = (
    credit_accounts,
    credit_transactions,
    credit_holds,
    subscriptions,
    invoices,
    payments,
    refunds,
    payment_customers,
    billing_details,
)


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    theirs = sa.or_(organizations.c.owner_id == person.user_id, organizations.c.tenant_id.in_(person.organizations))
    kept.add(connection, organizations, theirs)
    for table in _BOOKS:
        kept.add(connection, table, table.c.tenant_id.in_(person.organizations))
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """The books stay, as the law has it: they name an organization, and nothing says any more whose it was, but for whom an invoice was made out to,
    which the law wants kept as well. Nobody is charged again.
    """
    gone, now = person.organizations, sa.func.now()
    for tenant_id, heir in person.heirs.items():
        mine = sa.and_(organizations.c.tenant_id == tenant_id, organizations.c.owner_id == person.user_id)
        connection.execute(organizations.update().where(mine).values(owner_id=heir))
    connection.execute(organizations.update().where(organizations.c.owner_id == person.user_id).values(owner_id=NOBODY))
    # Payments before subscriptions before invoices, as whoever writes down a payment takes them.
    decided = sa.and_(payments.c.tenant_id.in_(gone), payments.c.status.in_(["succeeded", "failed"]))
    connection.execute(payments.update().where(decided).values(customer="", method="", success_url="", cancel_url=""))
    running = sa.and_(subscriptions.c.tenant_id.in_(gone), subscriptions.c.status != "cancelled")
    connection.execute(subscriptions.update().where(running).values(status="cancelled", auto_renew=False, end_date=now, updated_at=now))
    connection.execute(billing_details.delete().where(billing_details.c.tenant_id.in_(gone)))
    owed = sa.and_(invoices.c.tenant_id.in_(gone), invoices.c.status.in_(["draft", "open"]))
    connection.execute(invoices.update().where(owed).values(status="void"))
    for kept in connection.execute(payment_customers.delete().where(payment_customers.c.tenant_id.in_(gone)).returning(payment_customers)):
        at = {"provider": kept.provider, "customer": kept.customer, "method": kept.method}
        tasks.enqueue(connection, "forget_customer", at, tenant_id=kept.tenant_id)
    paid = sa.select(payments.c.handle).where(payments.c.tenant_id.in_(gone), payments.c.handle != "")
    connection.execute(webhook_events.update().where(webhook_events.c.handle.in_(paid)).values(body=b""))
    return []
