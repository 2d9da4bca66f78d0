"""The tables of billing, and what their rows become. Credits are whole half-credits, money is whole cents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

UNITS = ("hiring", "ai")

organizations = sa.Table(
    "organizations", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

credit_accounts = sa.Table(
    "credit_accounts", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("monthly", sa.BigInteger, nullable=False),
    sa.Column("lasting", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("monthly_until", sa.DateTime(timezone=True)),
)  # fmt: skip

credit_transactions = sa.Table(
    "credit_transactions", metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("unit", sa.Text),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("monthly", sa.BigInteger, nullable=False),
    sa.Column("lasting", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("outside", sa.BigInteger, nullable=False),
    sa.Column("balance_after", sa.BigInteger, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("reference_id", sa.Text, nullable=False),
    sa.Column("tokens_used", sa.BigInteger, nullable=False),
    sa.Column("prompt_tokens", sa.BigInteger, nullable=False),
    sa.Column("completion_tokens", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

credit_holds = sa.Table(
    "credit_holds", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

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

invoice_numbers = sa.Table(
    "invoice_numbers", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)  # fmt: skip

invoices = sa.Table(
    "invoices", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("number", sa.Integer),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subscription_id", sa.Uuid),
    sa.Column("plan_id", sa.Uuid),
    sa.Column("package_id", sa.Text),
    sa.Column("credited_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("subtotal", sa.BigInteger, nullable=False),
    sa.Column("tax", sa.BigInteger, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("credits", sa.BigInteger, nullable=False),
    sa.Column("period_start", sa.DateTime(timezone=True)),
    sa.Column("period_end", sa.DateTime(timezone=True)),
    sa.Column("invoice_date", sa.DateTime(timezone=True), nullable=False),
    sa.Column("due_date", sa.DateTime(timezone=True), nullable=False),
    sa.Column("payment_id", sa.Uuid),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

payments = sa.Table(
    "payments", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("invoice_id", sa.Uuid, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("refunded", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("off_session", sa.Boolean, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("failure", sa.Text, nullable=False),
    sa.Column("success_url", sa.Text, nullable=False),
    sa.Column("cancel_url", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

refunds = sa.Table(
    "refunds", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("payment_id", sa.Uuid, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

payment_customers = sa.Table(
    "payment_customers", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
)  # fmt: skip

webhook_events = sa.Table(
    "webhook_events", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

reconciliations = sa.Table(
    "reconciliations", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("charges", sa.Integer, nullable=False),
    sa.Column("payments", sa.Integer, nullable=False),
    sa.Column("differences", JSONB, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Organization:
    """A tenant, as auth has told of it."""

    tenant_id: UUID
    owner_id: UUID
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class Account:
    """What an organization has of one unit: what runs out at `monthly_until`, what lasts, and what is held for work that has begun."""

    tenant_id: UUID
    unit: str
    monthly: int = 0
    lasting: int = 0
    held: int = 0
    monthly_until: datetime | None = None

    def spendable(self, now: datetime) -> int:
        return self.lasting + self.live_monthly(now)

    def live_monthly(self, now: datetime) -> int:
        """Monthly credits that have not run out, whether or not their end is booked yet."""
        return self.monthly if self.month_runs(now) else 0

    def month_runs(self, now: datetime) -> bool:
        return self.monthly_until is not None and self.monthly_until > now

    @property
    def total(self) -> int:
        return self.monthly + self.lasting + self.held


@dataclass(frozen=True)
class Legs:
    """The sides of one booking: what it adds to each part of an account, and to the world outside it. They are zero in sum, as the database makes sure."""

    monthly: int = 0
    lasting: int = 0
    held: int = 0

    @property
    def outside(self) -> int:
        return -(self.monthly + self.lasting + self.held)


@dataclass(frozen=True)
class Booking:
    """What a booking is for. `key` is what an organization can have booked once only, for good."""

    id: UUID
    type: str
    key: str
    description: str = ""
    reference_id: str = ""
    tokens_used: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Transaction:
    """One booking in the ledger. `position` orders those of an account; `balance_after` has held credits in it."""

    position: int
    id: UUID
    tenant_id: UUID
    unit: str | None
    type: str
    key: str
    monthly: int
    lasting: int
    held: int
    outside: int
    balance_after: int
    description: str
    reference_id: str
    tokens_used: int
    prompt_tokens: int
    completion_tokens: int
    created_at: datetime


@dataclass(frozen=True)
class Hold:
    """Credits set aside; its id is that of the booking that did so."""

    id: UUID
    tenant_id: UUID
    unit: str
    amount: int
    status: str
    expires_at: datetime


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


@dataclass(frozen=True)
class Invoice:
    """What is owed, and for what; with a number as soon as anybody owes it. A credit note is one below zero."""

    id: UUID
    tenant_id: UUID
    number: int | None
    kind: str
    subscription_id: UUID | None
    plan_id: UUID | None
    package_id: str | None
    credited_id: UUID | None
    status: str
    description: str
    subtotal: int
    tax: int
    amount: int
    currency: str
    credits: int
    period_start: datetime | None
    period_end: datetime | None
    invoice_date: datetime
    due_date: datetime
    payment_id: UUID | None
    created_at: datetime


@dataclass(frozen=True)
class Payment:
    """One attempt to have an invoice paid. Its id is the provider's idempotency key, `handle` the provider's own name for it."""

    id: UUID
    tenant_id: UUID
    invoice_id: UUID
    provider: str
    status: str
    amount: int
    refunded: int
    currency: str
    customer: str
    method: str
    off_session: bool
    attempt: int
    handle: str
    failure: str
    success_url: str
    cancel_url: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Refund:
    """Money on its way back. Its id is the provider's idempotency key."""

    id: UUID
    tenant_id: UUID
    payment_id: UUID
    amount: int
    status: str
    handle: str
    reason: str
    created_at: datetime
