"""Chat rooms over gRPC: who is in them, how messages are numbered, and what is read."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import psycopg2

from einstellen.notifications.v1 import (
    messages_pb2,
)
from einstellen.rooms.v1 import rooms_pb2
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.notifications.conftest import for_person, one_row


def test_a_room_opens_once_and_takes_more_members(house: House, messages: Any, jobs: Any, meet: Any) -> None:
    ada, bo = house.register(), house.register()
    name = meet(ada)
    request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=ada.tenant_id, user_ids=[ada.user_id, bo.user_id])
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: messages.OpenRoom(request, metadata=jobs), range(8)))
    assert {(room.id, tuple(room.user_ids)) for room in opened} == {(opened[0].id, tuple(sorted([ada.user_id, bo.user_id])))}
    request.tenant_id = bo.tenant_id
    with refused(grpc.StatusCode.ALREADY_EXISTS, "ROOM_NAME_TAKEN"):
        messages.OpenRoom(request, metadata=jobs)
    request.room_name = "direct-x"
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "ROOM_NAME_RESERVED", field="room_name"):
        messages.OpenRoom(request, metadata=jobs)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        messages.OpenRoom(request, metadata=ada.metadata)


def test_messages_of_many_at_once_are_numbered_without_a_gap_and_a_repeat_is_the_first(house: House, rooms: Any, meet: Any) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    name = meet(ada, bo)

    def say(number: int) -> rooms_pb2.RoomMessage:
        who = (ada, bo)[number % 2]
        request = rooms_pb2.AppendMessageRequest(room_name=name, content=f"message {number}", client_id=f"c{number % 20}")
        answer: rooms_pb2.RoomMessage = rooms.AppendMessage(request, metadata=for_person(house, who))
        return answer

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(say, range(40)))
    assert sorted({message.seq for message in said}) == list(range(1, 21))
    assert {message.client_id: message.id for message in said[:20]} == {message.client_id: message.id for message in said[20:]}
    load = rooms_pb2.LoadMessagesRequest(room_name=name, after=5, limit=10)
    loaded = rooms.LoadMessages(load, metadata=for_person(house, bo))
    assert [message.seq for message in loaded.messages] == list(range(6, 16))
    assert loaded.more
    assert {message.sender_name for message in loaded.messages} == {"Ada Lindqvist", "Bo Lindqvist"}
    load.after = -1
    newest = rooms.LoadMessages(load, metadata=for_person(house, bo))
    assert [message.seq for message in newest.messages] == list(range(11, 21))
    assert newest.more
    load.before, seen = 11, []
    while True:
        page = rooms.LoadMessages(load, metadata=for_person(house, bo))
        seen = [*(message.seq for message in page.messages), *seen]
        if not page.more:
            break
        load.before = page.messages[0].seq
    assert seen == list(range(1, 11))
    assert one_row(
        house, "SELECT count(*) FROM audit_log WHERE action = 'message.sent' AND user_id IN (%s, %s)", ada.user_id, bo.user_id
    ) == (20,)


def test_a_stranger_finds_no_room_whatever_they_ask(house: House, rooms: Any, meet: Any) -> None:
    ada, eve = house.register(), house.register()
    name = meet(ada)
    calls = [
        (rooms.JoinRoom, rooms_pb2.JoinRoomRequest(room_name=name)),
        (rooms.AppendMessage, rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id="b")),
        (rooms.LoadMessages, rooms_pb2.LoadMessagesRequest(room_name=name)),
        (rooms.MarkRoomRead, rooms_pb2.MarkRoomReadRequest(room_name=name, seq=1)),
    ]
    for call, request in calls:
        with refused(grpc.StatusCode.NOT_FOUND, "ROOM_NOT_FOUND"):
            call(request, metadata=for_person(house, eve))
        with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
            call(request, metadata=ada.metadata)
        with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
            call(request, metadata=house.as_service("gateway", "notifications"))


def test_row_level_security_alone_keeps_a_stranger_out(house: House, rooms: Any, meet: Any) -> None:
    ada, bo, eve = house.register(), house.register(), house.register()
    name = meet(ada, bo)
    rooms.AppendMessage(rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id="b"), metadata=for_person(house, ada))

    def seen_by(account: Account) -> list[int]:
        counts: list[int] = []
        with psycopg2.connect(house.app_url("notifications")) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.user_id = '{account.user_id}'; SET LOCAL app.tenant_id = '{account.tenant_id}'")
            for table in ("contacts", "notifications", "rooms", "room_members", "messages", "interview_reminders"):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE %s OR true", (table == "notifications",))
                counts += cursor.fetchone() or ()
        return counts

    until(lambda: seen_by(eve)[0] == 1 and seen_by(eve)[1] == 1, "eve's contact and welcome")
    assert seen_by(eve) == [1, 1, 0, 0, 0, 0]
    assert seen_by(bo)[0] == 2
    assert seen_by(bo)[2:] == [1, 2, 1, 0]


def test_a_read_mark_never_moves_backwards_nor_past_the_end(house: House, rooms: Any, meet: Any) -> None:
    ada = house.register()
    name = meet(ada)
    for number in range(3):
        rooms.AppendMessage(
            rooms_pb2.AppendMessageRequest(room_name=name, content="a", client_id=str(number)), metadata=for_person(house, ada)
        )
    marks = [
        rooms.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=name, seq=seq), metadata=for_person(house, ada)).read_seq
        for seq in (2, 1, 99)
    ]
    assert marks == [2, 2, 3]
    assert rooms.JoinRoom(rooms_pb2.JoinRoomRequest(room_name=name), metadata=for_person(house, ada)).read_seq == 3


def test_a_direct_message_goes_to_the_room_of_two(house: House, messages: Any, rooms: Any, meet: Any) -> None:
    ada, bo, eve = house.register("Ada"), house.register("Bo"), house.register("Eve")
    meet(ada, bo)
    meet(eve)
    request = messages_pb2.SendMessageRequest(receiver_id=bo.user_id, content="Hello", request_id="one")
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: messages.SendMessage(request, metadata=ada.metadata), range(4)))
    assert len({message.id for message in sent}) == 1
    answer = messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=ada.user_id, content="Hello yourself"), metadata=bo.metadata)
    assert (answer.room_name, answer.seq) == (sent[0].room_name, 2)
    rooms.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=answer.room_name, seq=1), metadata=for_person(house, bo))
    listed = messages.ListMessages(messages_pb2.ListMessagesRequest(with_user_id=bo.user_id), metadata=ada.metadata).messages
    assert [(m.content, m.is_read) for m in listed] == [("Hello yourself", False), ("Hello", True)]
    assert not messages.ListMessages(messages_pb2.ListMessagesRequest(), metadata=eve.metadata).messages
    assert answer.room_name in [room.room_name for room in messages.ListRooms(messages_pb2.ListRoomsRequest(), metadata=bo.metadata).rooms]
    for stranger, receiver in ((eve, ada), (ada, eve), (ada, ada)):
        with refused(grpc.StatusCode.NOT_FOUND, "RECIPIENT_NOT_FOUND"):
            messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=receiver.user_id, content="a"), metadata=stranger.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="content"):
        messages.SendMessage(messages_pb2.SendMessageRequest(receiver_id=bo.user_id, content="a" * 4001), metadata=ada.metadata)
