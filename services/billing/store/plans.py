"""Every query of plans."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.dialects.postgresql import distinct_on

from services.billing.tables.subscriptions import Offer, Plan, Quotas, plans
from services.chassis import errors, ids

_SEED_LOCK = 0x50_4C_41_4E
_NEWEST = sa.select(plans).ext(distinct_on(plans.c.name)).order_by(plans.c.name, plans.c.version.desc()).subquery()


def seed(connection: Connection, offers: Iterable[Offer], *, now: datetime) -> None:
    """Makes each offer the newest version of its plan. One that has not changed stays as it is."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SEED_LOCK)))
    newest = {plan.offer.name: plan for plan in list_plans(connection, "")}
    for offer in offers:
        before = newest.get(offer.name)
        if before is None or before.offer != offer:
            row = asdict(offer) | {"id": ids.mint(), "version": before.version + 1 if before else 1, "created_at": now}
            connection.execute(plans.insert(), row)


def list_plans(connection: Connection, family: str) -> Sequence[Plan]:
    """The newest version of each, hiring before content, the cheapest first."""
    query = sa.select(_NEWEST).order_by(_NEWEST.c.family.desc(), _NEWEST.c.price)
    if family:
        query = query.where(_NEWEST.c.family == family)
    return [_plan(row) for row in connection.execute(query)]


def get_plan(connection: Connection, plan_id: UUID) -> Plan:
    row = connection.execute(sa.select(plans).where(plans.c.id == plan_id)).first()
    if row is None:
        raise errors.NotFound("PLAN_NOT_FOUND", "there is no such plan")
    return _plan(row)


def get_current(connection: Connection, plan_id: UUID) -> Plan:
    """A plan that is still for sale: the newest version of it, even where an older one is named."""
    named = get_plan(connection, plan_id)
    return next(plan for plan in list_plans(connection, "") if plan.offer.name == named.offer.name)


def _plan(row: Row[tuple[object, ...]]) -> Plan:
    values = dict(row._mapping)
    del values["created_at"]
    quotas = Quotas(**values.pop("quotas"))
    return Plan(values.pop("id"), values.pop("version"), Offer(**values, quotas=quotas))
