"""Invoices, what was paid and sent back for them, and what providers have told. Money is whole cents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.billing.tables.credits import metadata

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
    sa.Column("billed_to", sa.Text, nullable=False),
)  # fmt: skip

billing_details = sa.Table(
    "billing_details", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("tax_id", sa.Text, nullable=False),
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
class Invoice:
    """What is owed, and for what; with a number, and whom it is made out to, as soon as anybody owes it. A credit note is one below zero."""

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
    billed_to: str = ""


@dataclass(frozen=True)
class BillingDetails:
    """Whom invoices are made out to; the lines of the address are parted as lines are."""

    tenant_id: UUID
    name: str = ""
    address: str = ""
    country: str = ""
    tax_id: str = ""

    @property
    def lines(self) -> str:
        """As they are printed."""
        return "\n".join(line for line in (self.name, self.address, self.country, self.tax_id) if line)


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
