"""How an event becomes messages: what is sent is fixed when the event is heard of, and each endpoint gets a delivery and the task that carries it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from google.protobuf.json_format import MessageToDict
from sqlalchemy import Connection

from einstellen.events.v1 import events_pb2
from services.chassis import ids, tasks
from services.chassis.clock import Clock, from_timestamp, utc_now
from services.chassis.events import Apply, Prepare
from services.notifications.store import webhooks as store
from services.notifications.tables.webhooks import Delivery, Endpoint, WebhookMessage
from services.notifications.webhooks import catalogue
from services.notifications.webhooks.catalogue import EventType

KEPT = timedelta(days=30)
TASK = "send_webhook"


def following(source: str, first: Prepare | None = None, clock: Clock = utc_now) -> Prepare:
    """For the follower of a service's events, which may do something else `first`."""

    def prepare(event: events_pb2.Event) -> Apply:
        before = first(event) if first is not None else None

        def apply(connection: Connection, event: events_pb2.Event) -> None:
            if before is not None:
                before(connection, event)
            known = catalogue.of_event(source, event.kind)
            if known is not None and event.tenant_id:
                data = known.data(event.subject_id, MessageToDict(event.details))
                record(connection, known, UUID(event.tenant_id), data, from_timestamp(event.create_time), now=clock())

        return apply

    return prepare


def record(connection: Connection, kind: EventType, tenant_id: UUID, data: Mapping[str, Any], at: datetime, *, now: datetime) -> None:
    """Tells those of an organization's endpoints that asked for it. Those that are off are told where somebody replays it."""
    asking = store.listening(connection, tenant_id, kind.name, at)
    if not asking:
        return
    store.forget_messages(connection, tenant_id, now - KEPT)
    message = compose(kind, tenant_id, data, at, now=now)
    store.add_message(connection, message)
    for endpoint in asking:
        if endpoint.status == "on":
            send(connection, endpoint, message.id, now=now)


def compose(kind: EventType, tenant_id: UUID, data: Mapping[str, Any], at: datetime, *, now: datetime) -> WebhookMessage:
    payload = {"type": kind.name, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}
    return WebhookMessage(ids.mint(), tenant_id, kind.name, json.dumps(payload, separators=(",", ":"), ensure_ascii=False), now)


def send(connection: Connection, endpoint: Endpoint, message_id: UUID, *, now: datetime) -> UUID:
    """Puts a message on its way to an endpoint, for the first time or anew; the answer is the delivery's id."""
    delivery_id = store.delivery_of(connection, endpoint.id, message_id) or ids.mint()
    task_id = tasks.enqueue(connection, TASK, {"delivery_id": delivery_id}, tenant_id=endpoint.tenant_id, run_at=now)
    delivery = Delivery(delivery_id, endpoint.tenant_id, endpoint.id, message_id, "waiting", 0, 0, task_id, now, now)
    store.put_delivery(connection, delivery)
    return delivery_id
