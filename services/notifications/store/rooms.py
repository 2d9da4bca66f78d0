"""Every query of rooms, their members and their messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors, ids
from services.chassis.database import refusing
from services.chassis.paging import Page
from services.notifications.tables.notifications import contacts
from services.notifications.tables.rooms import Message, Room, messages, room_members, rooms

_CHANGING = ("content", "attachments", "mentions", "edited_at", "deleted_at")


@dataclass(frozen=True)
class Draft:
    """What somebody says in a room, under their own id of it."""

    sender_id: UUID
    content: str
    client_id: str
    attachments: Sequence[Mapping[str, Any]] = ()
    mentions: Sequence[UUID] = ()


class Repeated(errors.Refusal):
    """The sender has said this before, by its client_id; the transaction is lost, and the first answer is there to be read."""


def open_room(connection: Connection, room: Room, members: Sequence[UUID]) -> tuple[Room, bool]:
    """The room of that name, made if it is not there, with these members in it; says whether anything changed."""
    row = {"id": room.id, "name": room.name, "title": room.title, "tenant_id": room.tenant_id, "last_seq": 0, "created_at": room.created_at}
    made = connection.execute(insert(rooms).values(row).on_conflict_do_nothing(constraint="rooms_name")).rowcount == 1
    found = Room(**connection.execute(sa.select(rooms).where(rooms.c.name == room.name)).one()._mapping)
    if found.tenant_id != room.tenant_id:
        raise errors.AlreadyExists("ROOM_NAME_TAKEN", "there is a room of this name in another organization")
    # In one order, so that two who open the same room do not wait for each other in a circle.
    values = [{"room_id": found.id, "user_id": user_id, "read_seq": 0} for user_id in sorted(set(members))]
    joined = connection.execute(insert(room_members).values(values).on_conflict_do_nothing()).rowcount
    return found, made or joined > 0


def find_room(connection: Connection, name: str, user_id: UUID) -> Room | None:
    """A room that the user is in, with how far they have read."""
    query = (
        sa.select(rooms, room_members.c.read_seq)
        .join(room_members, room_members.c.room_id == rooms.c.id)
        .where(rooms.c.name == name, room_members.c.user_id == user_id)
    )
    row = connection.execute(query).first()
    return Room(**row._mapping) if row else None


def get_room(connection: Connection, name: str, user_id: UUID) -> Room:
    found = find_room(connection, name, user_id)
    if found is None:
        raise errors.NotFound("ROOM_NOT_FOUND", "there is no such room, or you are not in it")
    return found


def list_rooms(connection: Connection, user_id: UUID, page: Page) -> Sequence[Room]:
    mine = sa.and_(
        messages.c.room_id == rooms.c.id,
        messages.c.seq > room_members.c.read_seq,
        sa.literal(user_id, sa.Uuid) == sa.any_(messages.c.mentions),
    )
    mentioned = sa.select(sa.func.count()).select_from(messages).where(mine).scalar_subquery()
    query = (
        sa.select(rooms, room_members.c.read_seq, mentioned.label("mention_count"))
        .join(room_members, room_members.c.room_id == rooms.c.id)
        .where(room_members.c.user_id == user_id)
        .order_by(rooms.c.id.desc())
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(rooms.c.id < page.after[0])
    return [Room(**row._mapping) for row in connection.execute(query)]


def members_of(connection: Connection, room_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The members of each room, in order of their ids."""
    found: dict[UUID, list[UUID]] = {room_id: [] for room_id in room_ids}
    query = sa.select(room_members.c.room_id, room_members.c.user_id).where(room_members.c.room_id.in_(room_ids))
    for row in connection.execute(query.order_by(room_members.c.user_id)):
        found[row.room_id].append(row.user_id)
    return found


def open_direct(connection: Connection, room_name: str, tenant_id: UUID, members: tuple[UUID, UUID], now: datetime) -> tuple[Room, bool]:
    """The room of two people; the organization that it is kept under is that of whoever wrote first."""
    there = connection.execute(sa.select(rooms).where(rooms.c.name == room_name)).first()
    if there is not None:
        return Room(**there._mapping), False
    return open_room(connection, Room(ids.mint(), room_name, "", tenant_id, 0, now), members)


def append(connection: Connection, room_name: str, draft: Draft, *, now: datetime, direct: bool) -> Message:
    """Adds a message with the room's next number. Raises NotFound / ROOM_NOT_FOUND; Repeated where the sender has used this client_id in the room
    before.
    """
    room_id, tenant_id, seq = _count(connection, room_name, draft.sender_id)
    receiver_id = None
    if direct:
        others = sa.select(room_members.c.user_id).where(room_members.c.room_id == room_id, room_members.c.user_id != draft.sender_id)
        receiver_id = connection.execute(others).scalar_one()
    message = Message(
        ids.mint(), room_id, seq, tenant_id, draft.sender_id, receiver_id, draft.content, draft.client_id, now, attachments=draft.attachments,
        mentions=draft.mentions,
    )  # fmt: skip
    _add(connection, message)
    return message


def change(connection: Connection, room_name: str, draft: Draft, target_seq: int, *, deletes: bool, now: datetime) -> Message | None:
    """Changes a message of the sender's, under a number of its own; None where it is not theirs, not there, or deleted. Raises as `append` does."""
    room_id, tenant_id, seq = _count(connection, room_name, draft.sender_id)
    there = sa.and_(
        messages.c.room_id == room_id, messages.c.seq == target_seq, messages.c.sender_id == draft.sender_id, messages.c.target_seq == 0,
        messages.c.deleted_at.is_(None),
    )  # fmt: skip
    gone = {"content": "", "attachments": [], "mentions": [], "deleted_at": now}
    values = gone if deletes else {"content": draft.content, "edited_at": now}
    if connection.execute(messages.update().where(there).values(values)).rowcount == 0:
        return None
    _add(connection, Message(ids.mint(), room_id, seq, tenant_id, draft.sender_id, None, "", draft.client_id, now, target_seq))
    return get_message(connection, room_name, draft.sender_id, draft.client_id)


def strangers(connection: Connection, room_name: str, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people who are not in the room."""
    query = sa.select(room_members.c.user_id).join(rooms, rooms.c.id == room_members.c.room_id)
    found = connection.execute(query.where(rooms.c.name == room_name, room_members.c.user_id.in_(user_ids))).scalars()
    return set(user_ids) - set(found)


@dataclass(frozen=True)
class Mention:
    """Who was mentioned by whom, and what the room is called."""

    sender_id: UUID
    title: str
    tenant_id: UUID


def room_name_of(connection: Connection, message_id: UUID) -> str | None:
    query = sa.select(rooms.c.name).join(messages, messages.c.room_id == rooms.c.id).where(messages.c.id == message_id)
    return connection.execute(query).scalar()


def unread_mention(connection: Connection, message_id: UUID, user_id: UUID) -> Mention | None:
    """None where the person has read it, or it does not mention them any more, or they are out of the room."""
    query = (
        sa.select(messages.c.sender_id, rooms.c.title, rooms.c.tenant_id)
        .join(rooms, rooms.c.id == messages.c.room_id)
        .join(room_members, sa.and_(room_members.c.room_id == rooms.c.id, room_members.c.user_id == user_id))
        .where(messages.c.id == message_id, room_members.c.read_seq < messages.c.seq)
        .where(sa.literal(user_id, sa.Uuid) == sa.any_(messages.c.mentions))
    )
    row = connection.execute(query).first()
    return Mention(**row._mapping) if row else None


def _count(connection: Connection, room_name: str, sender_id: UUID) -> tuple[UUID, UUID, int]:
    """The room, its organization and its next number. The room's row is held until commit, so that numbers follow the commits without a gap."""
    member = sa.exists().where(room_members.c.room_id == rooms.c.id, room_members.c.user_id == sender_id)
    counted = connection.execute(
        rooms.update()
        .where(rooms.c.name == room_name, member)
        .values(last_seq=rooms.c.last_seq + 1)
        .returning(rooms.c.id, rooms.c.tenant_id, rooms.c.last_seq)
    ).first()
    if counted is None:
        raise errors.NotFound("ROOM_NOT_FOUND", "there is no such room, or you are not in it")
    return counted.id, counted.tenant_id, counted.last_seq


def _add(connection: Connection, message: Message) -> None:
    with refusing({"messages_client_id": Repeated("MESSAGE_REPEATED", "this message was sent before")}):
        connection.execute(messages.insert(), vars(message))


def get_message(connection: Connection, room_name: str, sender_id: UUID, client_id: str) -> Message:
    """The message that the sender gave this id in the room."""
    query = (
        _read()
        .join(rooms, rooms.c.id == messages.c.room_id)
        .where(rooms.c.name == room_name, messages.c.sender_id == sender_id, messages.c.client_id == client_id)
    )
    return Message(**connection.execute(query).one()._mapping)


def _read() -> sa.Select[Any]:
    """Messages as they are read: the change of one shows what that one is now."""
    changed = messages.alias("changed")
    kept = [column for column in messages.c if column.name not in _CHANGING]
    now = [sa.case((messages.c.target_seq > 0, changed.c[name]), else_=messages.c[name]).label(name) for name in _CHANGING]
    joined = sa.and_(messages.c.target_seq > 0, changed.c.room_id == messages.c.room_id, changed.c.seq == messages.c.target_seq)
    return sa.select(*kept, *now).select_from(messages.outerjoin(changed, joined))


def load(connection: Connection, room_id: UUID, after: int, limit: int, before: int = 0) -> Sequence[Message]:
    """Messages after that number, oldest first; with `after` -1 the newest ones, of those before a number where one is given."""
    query = _read().where(messages.c.room_id == room_id).limit(limit)
    if after < 0:
        query = query.where(messages.c.seq < before) if before else query
        found = connection.execute(query.order_by(messages.c.seq.desc())).all()[::-1]
    else:
        found = connection.execute(query.where(messages.c.seq > after).order_by(messages.c.seq)).all()
    return [Message(**row._mapping) for row in found]


def list_direct(connection: Connection, user_id: UUID, page: Page, with_user_id: UUID | None) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Direct messages to and from the user, newest first, with the room's name and how far the receiver has read."""
    reader = room_members.alias("reader")
    sent = messages.c.sender_id == user_id
    received = messages.c.receiver_id == user_id
    if with_user_id:
        sent, received = sa.and_(sent, messages.c.receiver_id == with_user_id), sa.and_(received, messages.c.sender_id == with_user_id)
    query = (
        sa.select(messages, rooms.c.name.label("room_name"), reader.c.read_seq)
        .join(rooms, rooms.c.id == messages.c.room_id)
        .join(reader, sa.and_(reader.c.room_id == messages.c.room_id, reader.c.user_id == messages.c.receiver_id))
        .where(messages.c.receiver_id.is_not(None), sa.or_(sent, received))
        .order_by(messages.c.id.desc())
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(messages.c.id < page.after[0])
    return connection.execute(query).all()


def mark_read(connection: Connection, room: Room, user_id: UUID, seq: int) -> int:
    """Moves the member's mark forward, at most to the newest message; answers where it stands."""
    table = room_members
    forward = sa.func.greatest(table.c.read_seq, sa.func.least(seq, room.last_seq))
    mark = table.update().where(table.c.room_id == room.id, table.c.user_id == user_id).values(read_seq=forward).returning(table.c.read_seq)
    return int(connection.execute(mark).scalar_one())


def names_of(connection: Connection, user_ids: set[UUID]) -> dict[UUID, str]:
    """What people are called, as far as the asking scope may know."""
    query = sa.select(contacts.c.user_id, contacts.c.first_name, contacts.c.last_name).where(contacts.c.user_id.in_(user_ids))
    return {row.user_id: f"{row.first_name} {row.last_name}".strip() for row in connection.execute(query)}
