"""Every query of what people want, of addresses that take no mail, and of browsers that show notifications."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.notifications.tables.notifications import (
    PushSubscription,
    Wishes,
    preferences,
    push_deliveries,
    push_subscriptions,
    suppressed_addresses,
    switched_off,
)

_PERSON = sa.bindparam("person", type_=sa.Uuid)
_OFF = (
    sa.select(sa.func.array_agg(switched_off.c.kind + sa.literal(" ") + switched_off.c.notification_type).label("off"))
    .where(switched_off.c.user_id == _PERSON)
    .subquery()
)
_SAID = sa.select(preferences).where(preferences.c.user_id == _PERSON).subquery()
# Built once: every notification asks, and building a statement of subqueries costs many times what sending it does.
_WISHES = sa.select(_SAID, _OFF.c.off).select_from(_OFF.outerjoin(_SAID, sa.true()))
_SUPPRESSED = sa.select(sa.exists().where(suppressed_addresses.c.address == sa.bindparam("address")))


def find_wishes(connection: Connection, user_id: UUID) -> Wishes | None:
    """None where the person has said nothing."""
    row = connection.execute(_WISHES, {"person": user_id}).one()
    if row.user_id is None and not row.off:
        return None
    pairs = frozenset((kind, type_) for kind, type_ in (each.split(" ") for each in row.off or ()))
    if row.user_id is None:
        return Wishes(user_id, off=pairs)
    return Wishes(user_id, row.language, row.time_zone, row.quiet_start, row.quiet_end, pairs)


def put_wishes(connection: Connection, wishes: Wishes) -> None:
    row = {name: value for name, value in asdict(wishes).items() if name != "off"}
    connection.execute(insert(preferences).values(row).on_conflict_do_update(index_elements=["user_id"], set_=row))
    connection.execute(switched_off.delete().where(switched_off.c.user_id == wishes.user_id))
    for kind, type_ in sorted(wishes.off):
        switch_off(connection, wishes.user_id, kind, type_)


def switch_off(connection: Connection, user_id: UUID, kind: str, notification_type: str) -> bool:
    """Says whether it was on."""
    row = {"user_id": user_id, "kind": kind, "notification_type": notification_type}
    return connection.execute(insert(switched_off).values(row).on_conflict_do_nothing()).rowcount == 1


def is_suppressed(connection: Connection, address: str) -> bool:
    return connection.execute(_SUPPRESSED, {"address": address.lower()}).scalar_one()


def suppress(connection: Connection, address: str, reason: str, notification_id: UUID | None, now: datetime) -> None:
    row = {"address": address.lower(), "reason": reason, "notification_id": notification_id, "created_at": now}
    connection.execute(insert(suppressed_addresses).values(row).on_conflict_do_nothing())


def lift(connection: Connection, address: str) -> bool:
    """Says whether the address was suppressed."""
    table = suppressed_addresses
    return connection.execute(table.delete().where(table.c.address == address.lower())).rowcount == 1


def list_suppressed(connection: Connection, limit: int) -> Sequence[sa.Row[tuple[str, str, UUID | None, datetime]]]:
    table = suppressed_addresses
    return connection.execute(sa.select(table).order_by(table.c.created_at.desc()).limit(limit)).all()


def put_subscription(connection: Connection, subscription: PushSubscription) -> PushSubscription:
    """The endpoint's one subscription, with the keys and the owner that are said now: a browser has one, whoever is signed in there."""
    table, row = push_subscriptions, asdict(subscription)
    kept = {name: row[name] for name in ("user_id", "p256dh", "auth")}
    stored = insert(table).values(row).on_conflict_do_update(constraint="push_subscriptions_endpoint", set_=kept).returning(table)
    return PushSubscription(**connection.execute(stored).one()._mapping)


def list_subscriptions(connection: Connection, user_id: UUID) -> Sequence[PushSubscription]:
    table = push_subscriptions
    query = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.id)
    return [PushSubscription(**row._mapping) for row in connection.execute(query)]


def untold(connection: Connection, user_id: UUID, notification_id: UUID) -> Sequence[PushSubscription]:
    """The person's browsers that do not have the notification yet."""
    table, told = push_subscriptions, push_deliveries
    has = sa.exists().where(told.c.notification_id == notification_id, told.c.subscription_id == table.c.id)
    query = sa.select(table).where(table.c.user_id == user_id, ~has).order_by(table.c.id)
    return [PushSubscription(**row._mapping) for row in connection.execute(query)]


def told(connection: Connection, notification_id: UUID, subscription_id: UUID) -> None:
    row = {"notification_id": notification_id, "subscription_id": subscription_id}
    there = sa.select(sa.literal(notification_id), sa.literal(subscription_id)).where(
        sa.exists().where(push_subscriptions.c.id == subscription_id)
    )
    connection.execute(insert(push_deliveries).from_select(list(row), there).on_conflict_do_nothing())


def count_told(connection: Connection, notification_id: UUID) -> int:
    table = push_deliveries
    return connection.execute(sa.select(sa.func.count()).where(table.c.notification_id == notification_id)).scalar_one()


def forget_subscription(connection: Connection, subscription_id: UUID) -> bool:
    table = push_subscriptions
    return connection.execute(table.delete().where(table.c.id == subscription_id)).rowcount == 1


def delete_subscription(connection: Connection, subscription_id: UUID, user_id: UUID) -> None:
    table = push_subscriptions
    if connection.execute(table.delete().where(table.c.id == subscription_id, table.c.user_id == user_id)).rowcount != 1:
        raise errors.NotFound("PUSH_SUBSCRIPTION_NOT_FOUND", "there is no such subscription of yours")
