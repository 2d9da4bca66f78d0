"""What billing does outside a request: following which organizations there are."""

from uuid import UUID

from sqlalchemy import Connection

from einstellen.events.v1 import events_pb2
from services.billing import catalogue, ledger
from services.billing.store import credits as store
from services.billing.tables import Booking, Legs, Organization
from services.chassis import audit, calls, ids
from services.chassis import tasks as chassis
from services.chassis.clock import Clock, from_timestamp
from services.chassis.database import Database
from services.chassis.events import Apply, Prepare
from services.chassis.tasks import Handler, Task


def handlers(database: Database, clock: Clock) -> dict[str, Handler]:
    def expire_hold(task: Task) -> None:
        assert task.tenant_id is not None
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            release = Booking(ids.mint(), "RELEASE", "")
            ledger.end_hold(connection, task.tenant_id, UUID(task.payload["hold_id"]), 0, release, "expired", now=clock())

    return {"expire_hold": expire_hold}


def following(clock: Clock) -> Prepare:
    """What each event of auth does here: an organization gets its accounts, and a new personal one its bonus."""

    def prepare(event: events_pb2.Event) -> Apply:
        return {"user.registered": personal, "organization.created": business}.get(event.kind, _nothing)

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
