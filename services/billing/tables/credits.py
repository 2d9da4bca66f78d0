"""Organizations and their ledger: accounts, bookings and holds. Credits are whole half-credits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

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
