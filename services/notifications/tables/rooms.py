"""Rooms with their messages, and the documents that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.tables.notifications import metadata

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
