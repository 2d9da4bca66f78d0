"""What is for sale, and the plans that organizations have. Money is whole cents, credits are whole half-credits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.tables.credits import metadata

plans = sa.Table(
    "plans", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("credits", sa.BigInteger, nullable=False),
    sa.Column("billing_cycle", sa.Text, nullable=False),
    sa.Column("quotas", JSONB, nullable=False),
    sa.Column("trial_days", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

subscriptions = sa.Table(
    "subscriptions", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("plan_id", sa.Uuid, nullable=False),
    sa.Column("next_plan_id", sa.Uuid),
    sa.Column("payment_method", sa.Text, nullable=False),
    sa.Column("payment_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("start_date", sa.DateTime(timezone=True), nullable=False),
    sa.Column("end_date", sa.DateTime(timezone=True)),
    sa.Column("anchor_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("cycle", sa.Integer, nullable=False),
    sa.Column("period_start", sa.DateTime(timezone=True), nullable=False),
    sa.Column("period_end", sa.DateTime(timezone=True), nullable=False),
    sa.Column("auto_renew", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Quotas:
    """What a month of a content plan allows, and how many requests a minute; -1 is no limit."""

    tokens: int
    posts: int
    workspaces: int
    members: int
    requests: int = 60


@dataclass(frozen=True)
class Offer:
    """A plan as the catalogue has it."""

    name: str
    family: str
    description: str
    price: int
    currency: str
    credits: int
    billing_cycle: str
    quotas: Quotas
    trial_days: int = 0


@dataclass(frozen=True)
class Plan:
    """One version of a plan, which never changes: what somebody bought stays as they bought it."""

    id: UUID
    version: int
    offer: Offer


@dataclass(frozen=True)
class Package:
    """Credits that are bought at once and last."""

    id: str
    unit: str
    credits: int
    price: int
    currency: str


@dataclass(frozen=True)
class Subscription:
    """A plan that an organization has: paid from `period_start` to `period_end`, the `cycle`-th month after `anchor_at`."""

    id: UUID
    tenant_id: UUID
    family: str
    plan_id: UUID
    next_plan_id: UUID | None
    payment_method: str
    payment_id: UUID | None
    status: str
    start_date: datetime
    end_date: datetime | None
    anchor_at: datetime
    cycle: int
    period_start: datetime
    period_end: datetime
    auto_renew: bool
    created_at: datetime
    updated_at: datetime
