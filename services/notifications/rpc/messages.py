"""The RPCs of messages between people and of their rooms, and what the gateway asks of the rooms' owner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import grpc
import redis
from sqlalchemy import Connection

from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids, paging, tasks
from services.chassis import rooms as wire
from services.chassis.calls import Person
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.logs import log
from services.notifications import mentions, rules
from services.notifications.store import notifications as people
from services.notifications.store import rooms as store
from services.notifications.tables.rooms import Message, Room

Context = grpc.ServicerContext
_LOADED = 50


class Chat:
    """Adds to rooms and tells the gateways: what direct messages and the sockets have in common."""

    def __init__(self, gateways: redis.Redis, clock: Clock = utc_now) -> None:
        self._gateways = gateways
        self._clock = clock

    def append(self, connection: Connection, room_name: str, draft: store.Draft) -> tuple[Message, rooms_pb2.RoomMessage]:
        if draft.mentions and store.strangers(connection, room_name, draft.mentions):
            raise errors.invalid_field("mentions", "MENTION_UNKNOWN", "has somebody who is not in the room")
        message = store.append(connection, room_name, draft, now=self._clock(), direct=room_name.startswith(rules.DIRECT))
        audit.record(connection, "message.sent", room_id=message.room_id, message_id=message.id)
        for user_id in sorted(set(draft.mentions) - {draft.sender_id}):
            payload = {"message_id": message.id, "user_id": user_id}
            tasks.enqueue(connection, mentions.TASK, payload, tenant_id=calls.person().tenant_id)
        return message, to_room_message(message, store.names_of(connection, {draft.sender_id}))

    def change(
        self, connection: Connection, room_name: str, draft: store.Draft, target_seq: int, *, deletes: bool
    ) -> rooms_pb2.RoomMessage:
        message = store.change(connection, room_name, draft, target_seq, deletes=deletes, now=self._clock())
        if message is None:
            raise errors.FailedPrecondition("MESSAGE_NOT_CHANGEABLE", "there is no such message of yours, or it was deleted")
        audit.record(connection, "message.deleted" if deletes else "message.edited", room_id=message.room_id, seq=target_seq)
        return to_room_message(message, store.names_of(connection, {draft.sender_id}))

    def publish(self, room_name: str, message: rooms_pb2.RoomMessage) -> None:
        """After the commit, best effort: gateways load by its number what they were not told."""
        try:
            self._gateways.publish(wire.channel(room_name), wire.pack(rooms_pb2.ServerFrame(message=message)))
        except redis.RedisError as problem:
            log.warning("message not published", extra={"message_id": message.id, "problem": type(problem).__name__})


class MessageService(messages_pb2_grpc.MessageServiceServicer):
    """See messages.proto."""

    def __init__(self, database: Database, chat: Chat, clock: Clock = utc_now) -> None:
        self._database = database
        self._chat = chat
        self._clock = clock

    def SendMessage(self, request: messages_pb2.SendMessageRequest, context: Context) -> messages_pb2.Message:
        person, receiver_id = calls.person(), UUID(request.receiver_id)
        room_name = self._open_direct(person, receiver_id)
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, messages_pb2.Message)
            if claim.answer is not None:
                return claim.answer
            message, told = self._chat.append(connection, room_name, store.Draft(person.user_id, request.content, str(ids.mint())))
            answer = claim.keep(to_message(message, room_name, is_read=False))
        self._chat.publish(room_name, told)
        return answer

    def ListMessages(self, request: messages_pb2.ListMessagesRequest, context: Context) -> messages_pb2.ListMessagesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with_user_id = UUID(request.with_user_id) if request.with_user_id else None
        with self._database.begin(person) as connection:
            found = store.list_direct(connection, person.user_id, page, with_user_id)
        rows, token = page.cut(found, lambda row: [row.id])
        answers = [to_message(row, row.room_name, is_read=row.read_seq >= row.seq) for row in rows]
        return messages_pb2.ListMessagesResponse(messages=answers, next_page_token=token)

    def ListRooms(self, request: messages_pb2.ListRoomsRequest, context: Context) -> messages_pb2.ListRoomsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            rows, token = page.cut(store.list_rooms(connection, person.user_id, page), lambda row: [row.id])
            members = store.members_of(connection, [row.id for row in rows])
        return messages_pb2.ListRoomsResponse(rooms=[to_room(row, members[row.id]) for row in rows], next_page_token=token)

    def OpenRoom(self, request: messages_pb2.OpenRoomRequest, context: Context) -> messages_pb2.Room:
        if request.room_name.startswith(rules.DIRECT):
            raise errors.invalid_field("room_name", "ROOM_NAME_RESERVED", "is for rooms of two people, which open by themselves")
        wanted = Room(ids.mint(), request.room_name, request.title, UUID(request.tenant_id), 0, self._clock())
        with self._database.begin(calls.SYSTEM) as connection:
            room, changed = store.open_room(connection, wanted, [UUID(user_id) for user_id in request.user_ids])
            if changed:
                audit.record(connection, "room.opened", tenant_id=room.tenant_id, room_id=room.id, members=len(request.user_ids))
            return to_room(room, store.members_of(connection, [room.id])[room.id])

    def _open_direct(self, person: Person, receiver_id: UUID) -> str:
        """The name of the room of the two, opened where they have not written yet. Raises NotFound / RECIPIENT_NOT_FOUND."""
        room_name = rules.direct_room(person.user_id, receiver_id)
        with self._database.begin(person) as connection:
            if store.find_room(connection, room_name, person.user_id):
                return room_name
            if receiver_id == person.user_id:
                raise errors.NotFound("RECIPIENT_NOT_FOUND", "a message needs somebody else to read it")
            people.get_reachable(connection, person.user_id, receiver_id)
        # Rooms are made in the system scope alone, so that nobody's own scope could put them into somebody else's.
        with self._database.begin(calls.SYSTEM) as connection:
            room, changed = store.open_direct(connection, room_name, person.tenant_id, (person.user_id, receiver_id), self._clock())
            if changed:
                audit.record(connection, "room.opened", room_id=room.id, members=2)
        return room_name


class RoomOwnerService(rooms_pb2_grpc.RoomOwnerServiceServicer):
    """See rooms.proto: the gateway calls, for the person whose token it brings."""

    def __init__(self, database: Database, chat: Chat) -> None:
        self._database = database
        self._chat = chat

    def JoinRoom(self, request: rooms_pb2.JoinRoomRequest, context: Context) -> rooms_pb2.RoomAccess:
        person = calls.person()
        with self._database.begin(person) as connection:
            return self._access(connection, person, store.get_room(connection, request.room_name, person.user_id))

    def AppendMessage(self, request: rooms_pb2.AppendMessageRequest, context: Context) -> rooms_pb2.RoomMessage:
        person = calls.person()
        attachments = [
            {"reference": one.reference, "name": one.name, "media_type": one.media_type, "size": one.size} for one in request.attachments
        ]
        named = sorted({UUID(user_id) for user_id in request.mentions})
        draft = store.Draft(person.user_id, request.content, request.client_id, attachments, named)
        try:
            with self._database.begin(person) as connection:
                if request.target_seq:
                    told = self._chat.change(connection, request.room_name, draft, request.target_seq, deletes=request.deletes)
                else:
                    _, told = self._chat.append(connection, request.room_name, draft)
        except store.Repeated:
            with self._database.begin(person) as connection:
                message = store.get_message(connection, request.room_name, person.user_id, request.client_id)
                told = to_room_message(message, store.names_of(connection, {person.user_id}))
        # A repeat is published again: the first time may have died with its process, and readers know it by its number.
        self._chat.publish(request.room_name, told)
        return told

    def LoadMessages(self, request: rooms_pb2.LoadMessagesRequest, context: Context) -> rooms_pb2.LoadMessagesResponse:
        person, limit = calls.person(), request.limit or _LOADED
        with self._database.begin(person) as connection:
            room = store.get_room(connection, request.room_name, person.user_id)
            found = store.load(connection, room.id, request.after, limit + 1, request.before)
            names = store.names_of(connection, {message.sender_id for message in found})
        newest = request.after < 0
        kept = found[-limit:] if newest else found[:limit]
        told = [to_room_message(message, names) for message in kept]
        return rooms_pb2.LoadMessagesResponse(messages=told, more=len(found) > limit)

    def MarkRoomRead(self, request: rooms_pb2.MarkRoomReadRequest, context: Context) -> rooms_pb2.RoomAccess:
        person = calls.person()
        with self._database.begin(person) as connection:
            room = store.get_room(connection, request.room_name, person.user_id)
            read_seq = store.mark_read(connection, room, person.user_id, request.seq)
            if read_seq != room.read_seq:
                audit.record(connection, "room.read", room_id=room.id, seq=read_seq)
            return self._access(connection, person, replace(room, read_seq=read_seq))

    def GiveConsent(self, request: rooms_pb2.GiveConsentRequest, context: Context) -> rooms_pb2.RoomAccess:
        raise self._calls_off(request.room_name)

    def TakeLead(self, request: rooms_pb2.TakeLeadRequest, context: Context) -> rooms_pb2.RoomAccess:
        raise self._calls_off(request.room_name)

    def _calls_off(self, room_name: str) -> errors.Refusal:
        person = calls.person()
        with self._database.begin(person) as connection:
            store.get_room(connection, room_name, person.user_id)
        return errors.FailedPrecondition("CALLS_OFF", "this room has words alone, without sound and picture")

    @staticmethod
    def _access(connection: Connection, person: Person, room: Room) -> rooms_pb2.RoomAccess:
        name = store.names_of(connection, {person.user_id}).get(person.user_id, "")
        return rooms_pb2.RoomAccess(
            room_id=str(room.id),
            room_name=room.name,
            user_id=str(person.user_id),
            display_name=name,
            last_seq=room.last_seq,
            read_seq=room.read_seq,
        )


def to_message(row: Any, room_name: str, *, is_read: bool) -> messages_pb2.Message:
    """Of a Message, or of a row with the same columns."""
    return messages_pb2.Message(
        id=str(row.id), sender_id=str(row.sender_id), receiver_id=str(row.receiver_id or ""), content=row.content, is_read=is_read, room_name=room_name,
        seq=row.seq, sent_time=to_timestamp(row.sent_at), edited_time=row.edited_at and to_timestamp(row.edited_at),
        deleted=row.deleted_at is not None, attachments=[rooms_pb2.Attachment(**one) for one in row.attachments],
    )  # fmt: skip


def to_room(row: Room, members: Sequence[UUID]) -> messages_pb2.Room:
    return messages_pb2.Room(
        id=str(row.id), room_name=row.name, title=row.title, user_ids=map(str, members), last_seq=row.last_seq, read_seq=row.read_seq,
        mention_count=row.mention_count, create_time=to_timestamp(row.created_at),
    )  # fmt: skip


def to_room_message(row: Message, names: Mapping[UUID, str]) -> rooms_pb2.RoomMessage:
    return rooms_pb2.RoomMessage(
        id=str(row.id), seq=row.seq, sender_id=str(row.sender_id), sender_name=names.get(row.sender_id, ""), content=row.content, client_id=row.client_id,
        sent_time=to_timestamp(row.sent_at), target_seq=row.target_seq, edited_time=row.edited_at and to_timestamp(row.edited_at),
        deleted=row.deleted_at is not None, attachments=[rooms_pb2.Attachment(**one) for one in row.attachments], mentions=map(str, row.mentions),
    )  # fmt: skip
