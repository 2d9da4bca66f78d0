"""Every query of webhooks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.chassis.paging import Page
from services.notifications.tables.webhooks import (
    Attempt,
    Delivery,
    Endpoint,
    WebhookMessage,
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhook_messages,
)

ENDPOINTS, MESSAGES, DELIVERIES = webhook_endpoints, webhook_messages, webhook_deliveries


def add_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    connection.execute(ENDPOINTS.insert(), asdict(endpoint))


def put_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    connection.execute(ENDPOINTS.update().where(ENDPOINTS.c.id == endpoint.id).values(asdict(endpoint)))


def delete_endpoint(connection: Connection, endpoint_id: UUID, tenant_id: UUID) -> None:
    connection.execute(ENDPOINTS.delete().where(ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.tenant_id == tenant_id))


def get_endpoint(connection: Connection, endpoint_id: UUID, tenant_id: UUID, *, lock: bool = False) -> Endpoint:
    query = sa.select(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.tenant_id == tenant_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise errors.NotFound("ENDPOINT_NOT_FOUND", "there is no such endpoint in this organization")
    return Endpoint(**row._mapping)


def list_endpoints(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Endpoint]:
    query = sa.select(ENDPOINTS).where(ENDPOINTS.c.tenant_id == tenant_id).order_by(ENDPOINTS.c.id).limit(page.fetch)
    if page.after:
        query = query.where(ENDPOINTS.c.id > page.after[0])
    return [Endpoint(**row._mapping) for row in connection.execute(query)]


def lock_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Until commit, so that the endpoints of an organization are counted by one at a time."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(tenant_id), 0))))


def count_endpoints(connection: Connection, tenant_id: UUID) -> int:
    return connection.execute(sa.select(sa.func.count()).where(ENDPOINTS.c.tenant_id == tenant_id)).scalar_one()


def listening(connection: Connection, tenant_id: UUID, event_type: str, at: datetime) -> Sequence[Endpoint]:
    """The endpoints that asked for such an event before it happened, those that are off among them."""
    asked = sa.or_(sa.func.cardinality(ENDPOINTS.c.event_types) == 0, ENDPOINTS.c.event_types.any_() == event_type)
    query = sa.select(ENDPOINTS).where(ENDPOINTS.c.tenant_id == tenant_id, ENDPOINTS.c.created_at <= at, asked).order_by(ENDPOINTS.c.id)
    return [Endpoint(**row._mapping) for row in connection.execute(query)]


def add_message(connection: Connection, message: WebhookMessage) -> None:
    connection.execute(MESSAGES.insert(), asdict(message))


def forget_messages(connection: Connection, tenant_id: UUID, before: datetime) -> None:
    connection.execute(MESSAGES.delete().where(MESSAGES.c.tenant_id == tenant_id, MESSAGES.c.created_at < before))


def messages_since(connection: Connection, endpoint: Endpoint, since: datetime, most: int, *, missed_only: bool) -> Sequence[UUID]:
    """Those that the endpoint asks for, oldest first; a test of an endpoint is that one's alone."""
    theirs = sa.and_(DELIVERIES.c.message_id == MESSAGES.c.id, DELIVERIES.c.endpoint_id == endpoint.id)
    asked = MESSAGES.c.event_type.in_(endpoint.event_types) if endpoint.event_types else sa.true()
    query = (
        sa.select(MESSAGES.c.id)
        .select_from(MESSAGES.outerjoin(DELIVERIES, theirs))
        .where(MESSAGES.c.tenant_id == endpoint.tenant_id, MESSAGES.c.created_at >= since)
        .where(sa.or_(DELIVERIES.c.id.is_not(None), sa.and_(asked, MESSAGES.c.event_type != "einstellen.webhook.tested")))
        .order_by(MESSAGES.c.id)
        .limit(most)
    )
    if missed_only:
        query = query.where(sa.func.coalesce(DELIVERIES.c.status, "") != "delivered")
    return connection.execute(query).scalars().all()


def delivery_of(connection: Connection, endpoint_id: UUID, message_id: UUID) -> UUID | None:
    mine = sa.and_(DELIVERIES.c.endpoint_id == endpoint_id, DELIVERIES.c.message_id == message_id)
    return connection.execute(sa.select(DELIVERIES.c.id).where(mine)).scalar()


def put_delivery(connection: Connection, delivery: Delivery) -> None:
    """A message's first way to an endpoint, or the same one anew."""
    again = {
        "status": "waiting", "attempts_before": DELIVERIES.c.attempts, "task_id": delivery.task_id,
        "next_attempt_at": delivery.next_attempt_at,
    }  # fmt: skip
    statement = insert(DELIVERIES).values(asdict(delivery)).on_conflict_do_update(index_elements=["id"], set_=again)
    connection.execute(statement)


def get_delivery(connection: Connection, delivery_id: UUID, tenant_id: UUID) -> tuple[Delivery, WebhookMessage]:
    found = _find(connection, sa.and_(DELIVERIES.c.id == delivery_id, DELIVERIES.c.tenant_id == tenant_id))
    if found is None:
        raise errors.NotFound("DELIVERY_NOT_FOUND", "there is no such delivery in this organization")
    return found


def find_delivery(connection: Connection, delivery_id: UUID, task_id: UUID) -> tuple[Delivery, WebhookMessage, Endpoint] | None:
    """What a task is to send; None where it was sent by another, or nobody wants it any more."""
    mine = sa.and_(DELIVERIES.c.id == delivery_id, DELIVERIES.c.task_id == task_id, DELIVERIES.c.status == "waiting")
    found = _find(connection, mine)
    if found is None:
        return None
    return *found, get_endpoint(connection, found[0].endpoint_id, found[0].tenant_id)


def _find(connection: Connection, which: sa.ColumnElement[bool]) -> tuple[Delivery, WebhookMessage] | None:
    row = connection.execute(sa.select(DELIVERIES).where(which)).first()
    if row is None:
        return None
    message = connection.execute(sa.select(MESSAGES).where(MESSAGES.c.id == row.message_id)).one()
    return Delivery(**row._mapping), WebhookMessage(**message._mapping)


def lock_delivery(connection: Connection, delivery_id: UUID) -> Delivery | None:
    """Holds a delivery until commit; None where its endpoint was deleted meanwhile."""
    row = connection.execute(sa.select(DELIVERIES).where(DELIVERIES.c.id == delivery_id).with_for_update()).first()
    return Delivery(**row._mapping) if row else None


def list_deliveries(
    connection: Connection, endpoint: Endpoint, page: Page, *, failed_only: bool
) -> Sequence[tuple[Delivery, WebhookMessage]]:
    """Without what was sent."""
    query = sa.select(DELIVERIES, MESSAGES.c.event_type.label("of_type")).join(MESSAGES, MESSAGES.c.id == DELIVERIES.c.message_id)
    query = query.where(DELIVERIES.c.endpoint_id == endpoint.id, DELIVERIES.c.tenant_id == endpoint.tenant_id)
    query = query.order_by(DELIVERIES.c.id.desc()).limit(page.fetch)
    if failed_only:
        query = query.where(DELIVERIES.c.status == "failed")
    if page.after:
        query = query.where(DELIVERIES.c.id < page.after[0])
    found = []
    for row in connection.execute(query):
        values = dict(row._mapping)
        event_type = values.pop("of_type")
        delivery = Delivery(**values)
        found.append((delivery, WebhookMessage(delivery.message_id, delivery.tenant_id, event_type, "", delivery.created_at)))
    return found


def set_delivery(connection: Connection, delivery_id: UUID, **values: object) -> None:
    connection.execute(DELIVERIES.update().where(DELIVERIES.c.id == delivery_id).values(**values))


def set_endpoint(connection: Connection, endpoint_id: UUID, **values: object) -> None:
    connection.execute(ENDPOINTS.update().where(ENDPOINTS.c.id == endpoint_id).values(**values))


def add_attempt(connection: Connection, attempt: Attempt) -> None:
    connection.execute(webhook_attempts.insert(), asdict(attempt))


def list_attempts(connection: Connection, delivery_id: UUID) -> Sequence[Attempt]:
    table = webhook_attempts
    rows = connection.execute(sa.select(table).where(table.c.delivery_id == delivery_id).order_by(table.c.number))
    return [Attempt(**row._mapping) for row in rows]
