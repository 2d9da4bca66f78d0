"""Outgoing webhooks: where they go, what is sent, and each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.notifications.tables.notifications import metadata

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
