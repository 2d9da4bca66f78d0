"""Messages that are changed, deleted, bring attachments and mention people."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import psycopg2
import pytest

from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from tests.conftest import Account, House
from tests.refusals import refused

Say = Callable[..., rooms_pb2.RoomMessage]


@pytest.fixture
def room(house: House, person: Account, employer: Account) -> str:
    name = f"application-{uuid4()}"
    request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=employer.tenant_id, user_ids=[person.user_id, employer.user_id])
    house.stub("notifications", messages_pb2_grpc.MessageServiceStub).OpenRoom(request, metadata=house.as_service("jobs", "notifications"))
    return name


@pytest.fixture
def rooms(house: House) -> Any:
    return house.stub("notifications", rooms_pb2_grpc.RoomOwnerServiceStub)


@pytest.fixture
def say(house: House, rooms: Any, room: str) -> Say:
    def append(who: Account, content: str = "", client_id: str = "", **values: Any) -> rooms_pb2.RoomMessage:
        request = rooms_pb2.AppendMessageRequest(room_name=room, content=content, client_id=client_id or str(uuid4()), **values)
        answer: rooms_pb2.RoomMessage = rooms.AppendMessage(request, metadata=as_gateway(house, who))
        return answer

    return append


def as_gateway(house: House, who: Account) -> Any:
    return (*house.as_service("gateway", "notifications"), *who.metadata)


def load(house: House, rooms: Any, room: str, who: Account, after: int = 0) -> list[rooms_pb2.RoomMessage]:
    request = rooms_pb2.LoadMessagesRequest(room_name=room, after=after)
    return list(rooms.LoadMessages(request, metadata=as_gateway(house, who)).messages)


def test_an_edit_has_a_number_of_its_own_and_the_message_shows_what_it_is_now(
    house: House, rooms: Any, room: str, say: Say, person: Account, employer: Account
) -> None:
    say(person, "frist")
    say(employer, "between")
    edit = say(person, "first", target_seq=1)
    assert (edit.seq, edit.target_seq, edit.content, edit.deleted) == (3, 1, "first", False)
    found = load(house, rooms, room, employer)
    assert [(one.seq, one.target_seq, one.content) for one in found] == [(1, 0, "first"), (2, 0, "between"), (3, 1, "first")]
    assert found[0].HasField("edited_time")
    assert not found[1].HasField("edited_time")
    say(person, "the first", target_seq=1)
    assert [one.content for one in load(house, rooms, room, employer, 2)] == ["the first", "the first"]


def test_a_deleted_message_keeps_its_place_and_nothing_else(
    house: House, rooms: Any, room: str, say: Say, person: Account, employer: Account
) -> None:
    file = rooms_pb2.Attachment(reference="cv-files/1", name="cv.pdf", media_type="application/pdf", size=1000)
    say(person, "a secret", attachments=[file], mentions=[employer.user_id])
    say(person, "a worse secret", target_seq=1)
    gone = say(person, target_seq=1, deletes=True)
    assert (gone.seq, gone.content, gone.deleted) == (3, "", True)
    for one in load(house, rooms, room, employer):
        assert (one.content, one.deleted, list(one.attachments), list(one.mentions)) == ("", True, [], [])
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messages WHERE content LIKE '%%secret' OR attachments::text LIKE '%%cv.pdf%%'")
        assert cursor.fetchone() == (0,)
    for values in ({"content": "again"}, {"deletes": True}):
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "MESSAGE_NOT_CHANGEABLE"):
            say(person, target_seq=1, **values)


def test_nobody_changes_what_another_said_nor_a_change_nor_what_is_not_there(say: Say, person: Account, employer: Account) -> None:
    say(person, "mine")
    say(person, "mine still", target_seq=1)
    for who, target in ((employer, 1), (person, 2), (person, 99)):
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "MESSAGE_NOT_CHANGEABLE"):
            say(who, "yours", target_seq=target)
    assert say(person, "next").seq == 3


def test_the_same_edit_said_again_is_answered_with_the_first(house: House, rooms: Any, room: str, say: Say, person: Account) -> None:
    say(person, "one")
    first = say(person, "two", client_id="e", target_seq=1)
    again = say(person, "two", client_id="e", target_seq=1)
    assert first == again
    assert len(load(house, rooms, room, person)) == 2


def test_attachments_and_mentions_come_with_a_message_and_mentions_are_counted_until_it_is_read(
    house: House, rooms: Any, room: str, say: Say, person: Account, employer: Account
) -> None:
    file = rooms_pb2.Attachment(reference="https://files.example.com/a.png", name="a.png", media_type="image/png", size=5)
    said = say(person, attachments=[file], mentions=[employer.user_id, employer.user_id])
    assert list(said.attachments) == [file]
    assert list(said.mentions) == [employer.user_id]
    assert load(house, rooms, room, employer) == [said]
    stub = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)

    def mentions(who: Account) -> int:
        listed = stub.ListRooms(messages_pb2.ListRoomsRequest(page_size=100), metadata=who.metadata).rooms
        return next(one.mention_count for one in listed if one.room_name == room)

    assert (mentions(employer), mentions(person)) == (1, 0)
    rooms.MarkRoomRead(rooms_pb2.MarkRoomReadRequest(room_name=room, seq=1), metadata=as_gateway(house, employer))
    assert mentions(employer) == 0
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "MENTION_UNKNOWN", field="mentions"):
        say(person, "who?", mentions=[str(uuid4())])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"content": "x" * 4001},
        {"deletes": True},
        {"target_seq": 1},
        {"attachments": [rooms_pb2.Attachment(reference="javascript:alert(1)", name="a", media_type="text/html")]},
        {"attachments": [rooms_pb2.Attachment(reference="http://plain.example.com", name="a", media_type="text/html")]},
        {"attachments": [rooms_pb2.Attachment(reference="a", name="a", media_type="text/html")] * 11},
        {"content": "x", "mentions": ["nobody"]},
    ],
    ids=["nothing", "too long", "deletes nothing", "edits to nothing", "a script", "not https", "too many files", "no person"],
)
def test_what_is_no_message_is_refused(say: Say, person: Account, values: dict[str, Any]) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        say(person, **values)
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_direct_message_that_was_changed_is_listed_as_it_is_now(
    house: House, rooms: Any, room: str, person: Account, employer: Account
) -> None:
    stub = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    sent = stub.SendMessage(messages_pb2.SendMessageRequest(receiver_id=employer.user_id, content="helo"), metadata=person.metadata)
    change = rooms_pb2.AppendMessageRequest(room_name=sent.room_name, content="hello", client_id=str(uuid4()), target_seq=sent.seq)
    rooms.AppendMessage(change, metadata=as_gateway(house, person))
    listing = messages_pb2.ListMessagesRequest(with_user_id=person.user_id)
    listed = [one for one in stub.ListMessages(listing, metadata=employer.metadata).messages if one.seq >= sent.seq]
    assert [(one.id, one.content, one.HasField("edited_time")) for one in listed] == [(sent.id, "hello", True)]
    change.content, change.deletes, change.client_id = "", True, str(uuid4())
    rooms.AppendMessage(change, metadata=as_gateway(house, person))
    listed = [one for one in stub.ListMessages(listing, metadata=employer.metadata).messages if one.seq >= sent.seq]
    assert [(one.content, one.deleted) for one in listed] == [("", True)]
