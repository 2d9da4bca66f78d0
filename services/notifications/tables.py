"""The tables of notifications, and what their rows become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

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

rooms = sa.Table(
    "rooms", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

room_members = sa.Table(
    "room_members", metadata,
    sa.Column("room_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("read_seq", sa.BigInteger, nullable=False),
)  # fmt: skip

messages = sa.Table(
    "messages", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("room_id", sa.Uuid, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("sender_id", sa.Uuid, nullable=False),
    sa.Column("receiver_id", sa.Uuid),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("target_seq", sa.BigInteger, nullable=False),
    sa.Column("attachments", JSONB, nullable=False),
    sa.Column("mentions", sa.ARRAY(sa.Uuid), nullable=False),
    sa.Column("edited_at", sa.DateTime(timezone=True)),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

documents = sa.Table(
    "documents", metadata,
    sa.Column("room_id", sa.Uuid, primary_key=True),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("state_seq", sa.BigInteger, nullable=False),
)  # fmt: skip

document_updates = sa.Table(
    "document_updates", metadata,
    sa.Column("room_id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("batch_id", sa.Uuid, nullable=False),
    sa.Column("sender_id", sa.Uuid, nullable=False),
    sa.Column("update", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

interview_reminders = sa.Table(
    "interview_reminders", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("application_id", sa.Uuid, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("employer_id", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("interview_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("fixed", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("candidate_hidden", sa.Boolean, nullable=False),
)  # fmt: skip

reminder_recipients = sa.Table(
    "reminder_recipients", metadata,
    sa.Column("reminder_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("task_id", sa.Uuid, nullable=False),
)  # fmt: skip

problems = sa.Table(
    "problems", metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("exception", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("untold", sa.BigInteger, nullable=False),
    sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("mailed_at", sa.DateTime(timezone=True)),
)  # fmt: skip

webhook_endpoints = sa.Table(
    "webhook_endpoints", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("event_types", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("secret_version", sa.Integer, nullable=False),
    sa.Column("old_secret_until", sa.DateTime(timezone=True)),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("resting_until", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

webhook_messages = sa.Table(
    "webhook_messages", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

webhook_deliveries = sa.Table(
    "webhook_deliveries", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("endpoint_id", sa.Uuid, nullable=False),
    sa.Column("message_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("attempts_before", sa.Integer, nullable=False),
    sa.Column("task_id", sa.Uuid, nullable=False),
    sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

webhook_attempts = sa.Table(
    "webhook_attempts", metadata,
    sa.Column("delivery_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("http_status", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
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


@dataclass(frozen=True)
class Room:
    """A room for messages. `read_seq` is the asking member's; `last_seq` the number of the newest message, 0 where there is none."""

    id: UUID
    name: str
    title: str
    tenant_id: UUID
    last_seq: int
    created_at: datetime
    read_seq: int = 0
    mention_count: int = 0


@dataclass(frozen=True)
class Message:
    """A message in a room; with a `receiver_id` it is a direct one. `client_id` is its sender's own id of it.

    With a `target_seq` it is the change of an earlier message, which holds the words: what is read of the change is what that one is now.
    """

    id: UUID
    room_id: UUID
    seq: int
    tenant_id: UUID
    sender_id: UUID
    receiver_id: UUID | None
    content: str
    client_id: str
    sent_at: datetime
    target_seq: int = 0
    attachments: Sequence[Mapping[str, Any]] = ()
    mentions: Sequence[UUID] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True)
class Document:
    """The shared document of a room: `state` is what all updates up to `state_seq` make, `size` what all in its log weigh."""

    room_id: UUID
    last_seq: int
    size: int
    state: bytes
    state_seq: int


@dataclass(frozen=True)
class Update:
    """One entry in the log of a document: a Yjs update, by whom, and in which batch it came."""

    room_id: UUID
    seq: int
    batch_id: UUID
    sender_id: UUID
    update: bytes
    stored_at: datetime


@dataclass(frozen=True)
class Reminder:
    """A reminder of an interview to both sides. `reminder_at` is when the first of them is reminded; `fixed` says that this was asked for.

    `candidate_hidden`: the organization does not learn whose account the candidate's is.
    """

    id: UUID
    application_id: UUID
    tenant_id: UUID
    candidate_id: UUID
    employer_id: UUID
    title: str
    interview_at: datetime
    reminder_at: datetime
    status: str
    fixed: bool
    created_at: datetime
    candidate_hidden: bool = False


@dataclass(frozen=True)
class Reminded:
    """One of the two who are reminded, and the task that does it."""

    reminder_id: UUID
    user_id: UUID
    remind_at: datetime
    status: str
    task_id: UUID


@dataclass(frozen=True)
class Problem:
    """A kind of error in a service, and how often it was seen since the service last said so."""

    service: str
    method: str
    exception: str
    place: str
    request_id: str
    count: int
    first_at: datetime


@dataclass(frozen=True)
class Endpoint:
    """Where an organization is told of its events; `user_id` is who hears when it fails. Without `event_types` it is told of all.

    `status` is `on`, or why it is off. `failing_since` is the first failure after the last success. Until `resting_until` it is sent nothing.
    """

    id: UUID
    tenant_id: UUID
    user_id: UUID
    url: str
    description: str
    event_types: Sequence[str]
    status: str
    secret_version: int
    old_secret_until: datetime | None
    failing_since: datetime | None
    resting_until: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class WebhookMessage:
    """What is sent of one event, the same bytes to every endpoint at every attempt."""

    id: UUID
    tenant_id: UUID
    event_type: str
    payload: str
    created_at: datetime


@dataclass(frozen=True)
class Delivery:
    """A message on its way to an endpoint. `task_id` is the task that sends it, any other is stale; of `attempts` those in `attempts_before` were made before
    it was sent anew.
    """

    id: UUID
    tenant_id: UUID
    endpoint_id: UUID
    message_id: UUID
    status: str
    attempts: int
    attempts_before: int
    task_id: UUID
    next_attempt_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Attempt:
    """One request of a delivery; `http_status` is 0 where no answer came."""

    delivery_id: UUID
    number: int
    attempted_at: datetime
    http_status: int
    problem: str
    milliseconds: int
