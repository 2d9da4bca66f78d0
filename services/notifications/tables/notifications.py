"""Notifications, whom they reach, and what people wish to hear."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

import sqlalchemy as sa

metadata = sa.MetaData()

contacts = sa.Table(
    "contacts", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)  # fmt: skip

notifications = sa.Table(
    "notifications", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("sender_id", sa.Uuid),
    sa.Column("user_id", sa.Uuid),
    sa.Column("notification_type", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("calendar", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("send_at", sa.DateTime(timezone=True)),
    sa.Column("needed_by", sa.DateTime(timezone=True)),
    sa.Column("attempted_at", sa.DateTime(timezone=True)),
    sa.Column("delivered_at", sa.DateTime(timezone=True)),
    sa.Column("failure", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False),
)  # fmt: skip

preferences = sa.Table(
    "preferences", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("quiet_start", sa.Time),
    sa.Column("quiet_end", sa.Time),
)  # fmt: skip

switched_off = sa.Table(
    "switched_off", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("notification_type", sa.Text, primary_key=True),
)  # fmt: skip

suppressed_addresses = sa.Table(
    "suppressed_addresses", metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("notification_id", sa.Uuid),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

push_subscriptions = sa.Table(
    "push_subscriptions", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("endpoint", sa.Text, nullable=False),
    sa.Column("p256dh", sa.Text, nullable=False),
    sa.Column("auth", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

push_deliveries = sa.Table(
    "push_deliveries", metadata,
    sa.Column("notification_id", sa.Uuid, primary_key=True),
    sa.Column("subscription_id", sa.Uuid, primary_key=True),
)  # fmt: skip

# Of a notification with one of these, it is not known yet what becomes of it.
WAITING = ("scheduled", "held", "queued")


@dataclass(frozen=True)
class Contact:
    """How a person is reached, as auth last said."""

    user_id: UUID
    email: str
    first_name: str
    last_name: str
    version: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Notification:
    """One notification to one person or address. `html` and `calendar` are kept until it is sent; a service's has no `sender_id`.

    `attempted_at` is when it was first handed to its channel, and set before it is: from then on it may have gone through, whatever became of us.
    """

    id: UUID
    tenant_id: UUID
    sender_id: UUID | None
    user_id: UUID | None
    notification_type: str
    template: str
    subject: str
    message: str
    html: str
    calendar: str
    recipient: str
    status: str
    sent_at: datetime | None
    read_at: datetime | None
    created_at: datetime
    kind: str = "messages"
    send_at: datetime | None = None
    needed_by: datetime | None = None
    attempted_at: datetime | None = None
    delivered_at: datetime | None = None
    failure: str = ""
    provider_id: str = ""


@dataclass(frozen=True)
class Wishes:
    """What a person wants: the language they read, by which clock they live, when it is to be quiet, and what is turned off, by kind and type."""

    user_id: UUID
    language: str = ""
    time_zone: str = "UTC"
    quiet_start: time | None = None
    quiet_end: time | None = None
    off: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class PushSubscription:
    """A browser of somebody's: where messages to it go, and the keys that only it can open them with."""

    id: UUID
    user_id: UUID
    endpoint: str
    p256dh: str
    auth: str
    created_at: datetime
