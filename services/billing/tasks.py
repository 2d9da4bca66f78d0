"""What billing does outside a request: following organizations, seeing payments through, renewing, expiring, telling people."""

from datetime import datetime, timedelta
from uuid import UUID

import grpc
import sqlalchemy as sa
from sqlalchemy import Connection

from einstellen.events.v1 import events_pb2
from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.billing import catalogue, ledger, persons, reconciliation, renewals
from services.billing.cashier import Cashier
from services.billing.documents import money
from services.billing.renewals import Invoicing
from services.billing.store import credits as store
from services.billing.store import payments, plans
from services.billing.store import subscriptions as subscription_store
from services.billing.tables.credits import Booking, Legs, Organization
from services.billing.tables.payments import Invoice
from services.chassis import audit, calls, frame, ids
from services.chassis import tasks as chassis
from services.chassis.clock import Clock, from_timestamp
from services.chassis.database import Database
from services.chassis.events import Apply, Prepare
from services.chassis.persons import DELETED, NOBODY, erasing
from services.chassis.tasks import GiveUp, Handler, Task

# How long after its beginning an unfinished payment is asked about again.
_ASK_AGAIN = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=25), timedelta(hours=49))
# A refund from a bank account takes its days.
_REFUND_PAUSE, _REFUND_LASTS = timedelta(hours=1), timedelta(days=30)
_NIGHTLY = timedelta(days=1)
_BODIES_KEPT = timedelta(days=90)  # what providers tell has names and addresses of who paid


def handlers(
    database: Database, cashier: Cashier, invoicing: Invoicing, notifications: grpc.Channel, clock: Clock, *, reconcile_days: int
) -> dict[str, Handler]:  # fmt: skip
    tell = notifications_pb2_grpc.NotificationServiceStub(notifications)

    def expire_hold(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            release = Booking(ids.mint(), "RELEASE", "")
            ledger.end_hold(connection, task.tenant_id, UUID(task.payload["hold_id"]), 0, release, "expired", now=clock())

    def run_out(task: Task) -> None:
        assert task.tenant_id is not None
        month = datetime.fromisoformat(task.payload["until"])
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            ledger.run_out(connection, task.tenant_id, task.payload["unit"], task.payload["key"], now=clock(), month=month)

    def settle_payment(task: Task) -> None:
        payment, _ = cashier.settle(UUID(task.payload["payment_id"]))
        if payment.status in ("succeeded", "failed"):
            return
        later = next((after for after in _ASK_AGAIN if payment.created_at + after > clock()), None)
        if later is None:
            raise GiveUp(f"{payment.provider} has not decided about a payment in two days")
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            chassis.enqueue(connection, "settle_payment", task.payload, tenant_id=payment.tenant_id, run_at=payment.created_at + later)

    def refund(task: Task) -> None:
        sent = cashier.send_back(UUID(task.payload["refund_id"]))
        if sent.status != "pending":
            return
        if clock() - sent.created_at > _REFUND_LASTS:
            raise GiveUp(f"the provider has not decided about the refund {sent.id} in {_REFUND_LASTS.days} days")
        raise chassis.Later(clock() + _REFUND_PAUSE)

    def owe_back(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            payment = payments.get_payment(connection, UUID(task.payload["payment_id"]), None)
        owed = payment.amount - payment.refunded
        if owed:
            raise GiveUp(
                f"{payment.provider} took {owed} {payment.currency} for nothing by the payment {payment.id}, and sends nothing back when it is asked: "
                "do so on its pages, write it down by RefundPayment, and retry this"
            )

    def apply_webhook(task: Task) -> None:
        webhook_id = UUID(task.payload["webhook_id"])
        with database.begin(calls.SYSTEM) as connection:
            event = payments.get_webhook(connection, webhook_id)
            payment = payments.find_payment(connection, event.provider, event.handle, _uuid(event.reference))
        if payment is not None:
            payment, _ = cashier.settle(payment.id)
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            payments.close_webhook(connection, webhook_id, payment.status if payment else "about nothing of ours")

    def renew(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            found = subscription_store.lock_subscription(connection, UUID(task.payload["subscription_id"]), task.tenant_id)
            if found.cycle == task.payload["cycle"]:
                invoice = renewals.renew(connection, found, invoicing, now=clock())
                if invoice is not None:
                    take(connection, invoice, 1)

    def retry_invoice(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            invoice = subscription_store.lock_with_subscription(connection, UUID(task.payload["invoice_id"]), task.tenant_id)
            if invoice.status == "open":
                take(connection, invoice, int(task.payload["attempt"]))

    def lapse(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            found = subscription_store.lock_subscription(connection, UUID(task.payload["subscription_id"]), task.tenant_id)
            if found.cycle == task.payload["cycle"] and found.status == "suspended":
                renewals.end(connection, found, now=clock())

    def take(connection: Connection, invoice: Invoice, attempt: int) -> None:
        """Has an invoice of a subscription paid by the saved method; without one it waits for somebody to pay it.

        Nothing is taken beside a payment that somebody has begun by hand, but the schedule goes on: a page that is opened and left puts nothing off.
        """
        assert invoice.subscription_id is not None
        now = clock()
        found = subscription_store.lock_subscription(connection, invoice.subscription_id, invoice.tenant_id)
        saved = payments.find_customer(connection, invoice.tenant_id, found.payment_method)[1]
        if saved and payments.find_running(connection, invoice.id) is None:
            cashier.begin(connection, invoice, found.payment_method, attempt=attempt, off_session=True, run_at=now, now=now)
        else:
            renewals.failed(connection, invoice, attempt, final=False, now=now)

    def remind(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            found = subscription_store.get_subscription(connection, UUID(task.payload["subscription_id"]), task.tenant_id)
            plan = plans.get_plan(connection, found.next_plan_id or found.plan_id)
            if found.cycle == task.payload["cycle"] and found.status in ("active", "trialing") and found.auto_renew and plan.offer.price:
                renewals.mail(connection, task.tenant_id, "subscription_status", subscription_id=found.id, status="renewing")

    def forget_customer(task: Task) -> None:
        cashier.forget(task.payload["provider"], task.payload["customer"], task.payload["method"])

    def compare(task: Task) -> None:
        reconciliation.reconcile(database, cashier, clock() - timedelta(days=reconcile_days), now=clock())
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            payments.forget_bodies(connection, clock() - _BODIES_KEPT)
            chassis.enqueue(connection, "reconcile", {}, tenant_id=None, run_at=clock() + _NIGHTLY)

    def mail(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            organization = store.find_organization(connection, task.tenant_id)
            variables = _words(connection, task)
        if organization is None:
            raise GiveUp("nobody to tell")
        if organization.owner_id == NOBODY:  # they are gone, and what is still settled of their books is told to nobody
            return
        tell.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", user_id=str(organization.owner_id), template=str(task.payload["template"]), variables=variables,
                tenant_id=str(task.tenant_id), request_id=str(task.id),
            )
        )  # fmt: skip

    return {
        "expire_hold": expire_hold, "run_out": run_out, "settle_payment": settle_payment, "refund": refund, "apply_webhook": apply_webhook, "renew": renew,
        "retry_invoice": retry_invoice, "lapse": lapse, "remind": remind, "owe_back": owe_back, "forget_customer": forget_customer, "reconcile": compare,
        "mail": mail,
    }  # fmt: skip


def begin_comparing(connection: Connection, *, now: datetime) -> None:
    """Enqueues the nightly comparison of the books, where it does not wait already. The caller holds the lock of whoever starts."""
    table = frame.tasks
    waits = sa.exists().where(table.c.kind == "reconcile", table.c.state.in_(("ready", "running", "dead")))
    if not connection.execute(sa.select(waits)).scalar():
        chassis.enqueue(connection, "reconcile", {}, tenant_id=None, run_at=now + _NIGHTLY)


def _words(connection: Connection, task: Task) -> dict[str, str]:
    """What a mail's template wants to know."""
    assert task.tenant_id is not None
    if task.payload["template"] == "payment_receipt":
        invoice = subscription_store.get_invoice(connection, UUID(task.payload["invoice_id"]), task.tenant_id)
        return {
            "description": invoice.description, "amount": money(invoice.amount, invoice.currency), "invoice_number": str(invoice.number),
            "paid_time": str(task.payload.get("at") or invoice.invoice_date.isoformat()),
        }  # fmt: skip
    if task.payload["template"] == "payment_refunded":
        invoice, note = (
            subscription_store.get_invoice(connection, UUID(task.payload[name]), task.tenant_id) for name in ("invoice_id", "note_id")
        )
        return {
            "description": invoice.description, "amount": money(-note.amount, note.currency), "invoice_number": str(note.number),
            "refund_time": str(task.payload["at"]),
        }  # fmt: skip
    if task.payload["template"] == "low_credit":
        return {name: str(task.payload[name]) for name in ("balance", "threshold")}
    found = subscription_store.get_subscription(connection, UUID(task.payload["subscription_id"]), task.tenant_id)
    return {"plan_name": plans.get_plan(connection, found.plan_id).offer.name, "status": str(task.payload["status"])}


def following(clock: Clock) -> Prepare:
    """What each event of auth does here: an organization gets its accounts, and a new personal one its bonus."""

    def prepare(event: events_pb2.Event) -> Apply:
        return {"user.registered": personal, "organization.created": business, DELETED: erasing(persons.erase)}.get(event.kind, _nothing)

    def personal(connection: Connection, event: events_pb2.Event) -> None:
        organization = Organization(UUID(event.tenant_id), UUID(event.subject_id), "personal", from_timestamp(event.create_time))
        if not store.add_organization(connection, organization):
            return
        for unit, amount in catalogue.WELCOME.items():
            account = store.lock_account(connection, organization.tenant_id, unit)
            booking = Booking(ids.mint(), "BONUS", f"bonus:welcome:{unit}", "Welcome")
            given = store.book(connection, account, Legs(lasting=amount), booking, now=clock())
            audit.record(connection, "credits.given", tenant_id=organization.tenant_id, transaction_id=given.id)

    def business(connection: Connection, event: events_pb2.Event) -> None:
        owner_id = UUID(str(event.details["owner_id"]))
        store.add_organization(connection, Organization(UUID(event.tenant_id), owner_id, "business", from_timestamp(event.create_time)))

    return prepare


def _nothing(connection: Connection, event: events_pb2.Event) -> None:
    """Another kind of event moves the position on, and that is all."""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
