"""Rooms over real sockets: two gateways, real Valkey, real notifications."""

import asyncio
import contextlib
from collections.abc import Callable

import aiohttp
import psycopg2
import pytest

from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc, notifications_pb2, notifications_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2
from tests.conftest import Account, House, until
from tests.gateway.sockets import connect, gateway, join, run

Meet = Callable[..., str]


def test_everybody_gets_every_message_once_and_in_order_across_two_gateways(house: House, meet: Meet) -> None:
    people = [house.register(name) for name in ("Ada", "Bo", "Cy", "Di")]
    room = meet(*people)

    async def scenario() -> None:
        async with (
            gateway(house) as one,
            gateway(house) as two,
            join(one, room, people[0]) as ada,
            join(two, room, people[1]) as bo,
            join(one, room, people[2]) as cy,
            join(two, room, people[3]) as di,
        ):
            clients = [ada, bo, cy, di]

            async def talk(client: object, number: int) -> None:
                for turn in range(25):
                    await clients[number].say(f"{number}: {turn}", f"c{turn}")
                    await asyncio.sleep(0.05)  # as fast as the pace allows

            await asyncio.gather(*(talk(client, number) for number, client in enumerate(clients)))
            for client in clients:
                await client.until(lambda client=client: len(client.messages) >= 100, "100 messages")  # type: ignore[misc]
                assert client.seqs == list(range(1, 101))
            said = [message["content"] for message in ada.messages if message["sender_id"] == people[1].user_id]
            assert said == [f"1: {turn}" for turn in range(25)]

    run(scenario)


def test_who_comes_back_gets_what_they_missed_and_nothing_twice(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, join(one, room, ada_account) as ada:
            async with join(two, room, bo_account) as bo:
                await ada.say("before", "1")
                await bo.until(lambda: bo.seqs == [1], "the first")
            await ada.say("missed", "2")
            await ada.until(lambda: ada.seqs == [1, 2], "the second")
            async with join(two, room, bo_account, "?after=1") as bo:
                await ada.say("after", "3")
                await bo.until(lambda: len(bo.messages) >= 2, "both")
                assert [message["content"] for message in bo.messages] == ["missed", "after"]
            async with join(two, room, bo_account, "/?after=999") as bo:
                await ada.say("later", "4")
                await bo.until(lambda: bo.messages, "the fourth")
                assert bo.seqs == [4]

    run(scenario)


def test_nothing_is_lost_or_doubled_for_those_who_join_while_others_talk(house: House, meet: Meet) -> None:
    accounts = [house.register() for _ in range(6)]
    room = meet(*accounts)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, join(one, room, accounts[0]) as speaker:

            async def speak() -> None:
                for number in range(60):
                    await speaker.say(str(number), str(number))
                    await asyncio.sleep(0.05)  # as fast as the pace allows

            async def come(number: int) -> None:
                for visit in range(5):
                    async with join((one, two)[visit % 2], room, accounts[number], "?after=0") as client:
                        last = min(int(client.welcome["last_seq"]) + 2, 60)
                        await client.until(lambda client=client, last=last: len(client.messages) >= last, f"{last} messages")  # type: ignore[misc]
                        assert client.seqs == list(range(1, len(client.messages) + 1))

            await asyncio.gather(speak(), *(come(number) for number in range(1, 6)))

    run(scenario)


def test_a_message_said_again_is_answered_with_the_first(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, ada_account) as ada, join(door, room, bo_account) as bo:
            await ada.say("once", "same")
            await ada.until(lambda: ada.messages, "the answer")
            await ada.say("once more", "same")
            await ada.until(lambda: len(ada.messages) == 2, "the second answer")
            assert ada.messages[0] == ada.messages[1]
            await ada.say("next", "other")
            await bo.until(lambda: len(bo.messages) >= 2, "the next")
            assert [message["content"] for message in bo.messages] == ["once", "next"]

    run(scenario)


def test_a_direct_message_over_rest_reaches_open_sockets(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    meet(ada_account, bo_account)
    stub = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    request = messages_pb2.SendMessageRequest(receiver_id=bo_account.user_id, content="Hello")
    room = stub.SendMessage(request, metadata=ada_account.metadata).room_name

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, bo_account) as bo:
            await bo.until(lambda: bo.seqs == [1], "history")
            await asyncio.to_thread(stub.SendMessage, request, metadata=ada_account.metadata)
            await bo.until(lambda: bo.seqs == [1, 2], "live")
            await bo.say("Hello yourself", "1")
            await bo.until(lambda: bo.seqs == [1, 2, 3], "its own")

    run(scenario)
    listed = stub.ListMessages(messages_pb2.ListMessagesRequest(), metadata=ada_account.metadata).messages
    assert (listed[0].content, listed[0].receiver_id) == ("Hello yourself", ada_account.user_id)


def test_the_others_see_who_types_reads_comes_and_goes(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, join(one, room, ada_account) as ada:
            assert [person["user_id"] for person in ada.welcome["present"]] == [ada_account.user_id]
            async with join(two, room, bo_account) as bo:
                assert {person["user_id"] for person in bo.welcome["present"]} == {ada_account.user_id, bo_account.user_id}
                await ada.other("presence", user_id=bo_account.user_id, display_name="Bo Lindqvist", online=True)
                await ada.say("read me", "1")
                await bo.until(lambda: bo.messages, "the message")
                await bo.send(typing={"active": True})
                await ada.other("typing", user_id=bo_account.user_id, active=True)
                await bo.send(read={"seq": 1})
                await ada.other("read", user_id=bo_account.user_id, seq="1")
                assert not [frame for frame in bo.others if "typing" in frame]
            await ada.other("presence", user_id=bo_account.user_id, online=False)

    run(scenario)


@pytest.mark.parametrize("way", ["header", "query", "subprotocol", "first frame"])
def test_a_token_is_taken_wherever_a_client_can_put_it(house: House, meet: Meet, way: str) -> None:
    account = house.register()
    room = meet(account)

    async def scenario() -> None:
        async with gateway(house) as door:
            query = f"?access_token={account.access}" if way == "query" else ""
            protocols = ("einstellen.v1", f"bearer.{account.access}") if way == "subprotocol" else ()
            async with connect(door, room, account if way == "header" else None, query, protocols=protocols) as client:
                if way == "first frame":
                    await client.send(authenticate={"token": account.access})
                await client.until(lambda: client.welcome, "the welcome")
                assert client.ws.protocol == ("einstellen.v1" if way == "subprotocol" else None)

    run(scenario)


def test_a_stranger_learns_nothing_of_a_room(house: House, meet: Meet, person: Account) -> None:
    room, stranger = meet(person), house.register()

    async def scenario() -> None:
        async with gateway(house) as door:
            for name in (room, "application-nowhere"):
                async with connect(door, name, stranger) as client:
                    assert await client.code() == 4404
                    assert not client.welcome

    run(scenario)


@pytest.mark.parametrize("token", ["", "e30.e30.e30", "other"])
def test_without_a_good_token_nobody_comes_in(house: House, meet: Meet, person: Account, token: str) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house) as door, connect(door, room, None, f"?access_token={token}") as client:
            if not token:
                await client.say("hello", "1")
            assert await client.code() == 4401

    run(scenario)


def test_frames_that_cannot_be_read_are_told_and_the_fifth_ends_the_socket(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, person) as client:
            for bad in ("{", '{"sing": {}}', "{}", '{"say": {"content": "", "client_id": "1"}}'):
                await client.ws.send_str(bad)
            await client.until(lambda: len([o for o in client.others if "error" in o]) == 4, "four errors")
            assert {o["error"]["reason"] for o in client.others if "error" in o} == {"FRAME_INVALID"}
            await client.ws.send_bytes(b"\x00")
            assert await client.code() == 4400

    run(scenario)


def test_a_frame_at_the_limit_is_taken_and_one_byte_more_ends_the_socket(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    def padded(size: int) -> str:
        frame = '{"say": {"content": "full", "client_id": "1"}}'
        return frame[:-1] + " " * (size - len(frame)) + "}"

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, person) as client:
            await client.ws.send_str(padded(16 * 1024))
            await client.until(lambda: client.messages, "the message")
            await client.ws.send_str(padded(16 * 1024 + 1))
            assert await client.code() == 1009

    run(scenario)


def test_who_sends_too_fast_is_stopped(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, person) as client:
            for _ in range(60):
                await client.send(typing={"active": True})
            assert await client.code() == 4429

    run(scenario)


def test_past_the_last_socket_the_door_is_closed(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house, GATEWAY_SOCKETS="1") as door, join(door, room, person):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                async with join(door, room, person):
                    pass
            assert refusal.value.status == 503

    run(scenario)


def test_edits_deletes_mentions_and_attachments_reach_those_here_and_those_who_come_back(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)
    file = {"reference": "cv-files/1", "name": "cv.pdf", "media_type": "application/pdf", "size": "7"}

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, join(one, room, ada_account) as ada:
            async with join(two, room, bo_account) as bo:
                await ada.send(say={"content": "look", "client_id": "1", "attachments": [file], "mentions": [bo_account.user_id]})
                await ada.send(edit={"seq": 1, "content": "look here", "client_id": "2"})
                await bo.until(lambda: bo.seqs == [1, 2], "the message and its edit")
                assert (bo.messages[0]["attachments"], bo.messages[0]["mentions"]) == ([file], [bo_account.user_id])
                assert (bo.messages[1]["target_seq"], bo.messages[1]["content"]) == ("1", "look here")
                await bo.send(remove={"seq": 1, "client_id": "3"})
                assert (await bo.other("error", client_id="3"))["reason"] == "MESSAGE_NOT_CHANGEABLE"
            await ada.send(remove={"seq": 1, "client_id": "4"})
            await ada.until(lambda: ada.seqs == [1, 2, 3], "the delete")
            async with join(two, room, bo_account, "?after=2") as bo:
                await bo.until(lambda: bo.seqs == [3], "the delete that was missed")
                assert (bo.messages[0]["target_seq"], bo.messages[0]["deleted"], bo.messages[0]["content"]) == ("1", True, "")

    run(scenario)


def test_history_pages_backwards_to_the_first_message(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house) as door:
            async with join(door, room, person) as client:
                for number in range(1, 24):
                    await client.say(str(number), str(number))
                await client.until(lambda: len(client.messages) == 23, "all of them")
            async with join(door, room, person, "?after=23") as client:
                seen: list[int] = []
                while not seen or seen[0] > 1:
                    client.others.clear()
                    await client.send(history={"before": str(seen[0] if seen else 24), "limit": 10})
                    page = await client.other("page")
                    seen = [*(int(message["seq"]) for message in page["messages"]), *seen]
                    assert page["more"] == (seen[0] > 1)
                assert seen == list(range(1, 24))
                await client.send(history={"after": "20"})
                await client.until(lambda: len(client.others) >= 2, "a page forwards")
                assert [message["seq"] for message in client.others[-1]["page"]["messages"]] == ["21", "22", "23"]
                assert not client.messages

    run(scenario)


def test_a_binary_client_and_a_text_client_hear_the_same(house: House, meet: Meet) -> None:
    ada_account, bo_account = house.register("Ada"), house.register("Bo")
    room = meet(ada_account, bo_account)

    async def scenario() -> None:
        async with (
            gateway(house) as door,
            join(door, room, ada_account) as ada,
            connect(door, room, bo_account, protocols=("einstellen.v1.binary",)) as bo,
        ):
            assert bo.ws.protocol == "einstellen.v1.binary"

            def heard() -> list[rooms_pb2.ServerFrame]:
                return [rooms_pb2.ServerFrame.FromString(data) for data in bo.binary]

            await bo.until(lambda: any(frame.HasField("welcome") for frame in heard()), "the welcome")
            say = rooms_pb2.ClientFrame(say=rooms_pb2.Say(content="grüße", client_id="1"))
            await bo.ws.send_bytes(say.SerializeToString())
            await ada.until(lambda: ada.seqs == [1], "what the binary client said")
            await ada.say("back", "2")
            await bo.until(lambda: [frame.message.seq for frame in heard() if frame.HasField("message")] == [1, 2], "both")
            assert [frame.message.content for frame in heard() if frame.HasField("message")] == ["grüße", "back"]
            await bo.ws.send_str('{"typing": {"active": true}}')
            await bo.until(lambda: any(frame.error.reason == "FRAME_INVALID" for frame in heard()), "text is refused here")

    run(scenario)


def test_a_person_has_only_so_many_rooms_open_at_once(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house, GATEWAY_ROOMS_EACH="2") as door:
            async with join(door, room, person), join(door, room, person), connect(door, room, person) as third:
                assert await third.code() == 4429

            async def comes_in() -> bool:
                async with connect(door, room, person) as client:
                    await client.until(lambda: client.welcome or client.reader.done(), "an answer")
                    return bool(client.welcome)

            while not await comes_in():
                pass  # until the gateway has seen the two go

    run(scenario)


def test_a_process_that_stops_asks_its_clients_to_come_again_spread_over_the_time_there_is(house: House, meet: Meet) -> None:
    people = [house.register(name) for name in ("Ada", "Bo", "Cy", "Di")]
    room = meet(*people)

    async def scenario() -> None:
        async with gateway(house) as other:
            async with gateway(house, GATEWAY_DRAIN="0.4") as door, contextlib.AsyncExitStack() as stack:
                here = [await stack.enter_async_context(join(door, room, account)) for account in people]
                stopping = asyncio.create_task(door.drain())
                waits = [(await client.other("reconnect"))["after_milliseconds"] for client in here]
                assert sorted(waits) == [0, 100, 200, 300]
                assert [await client.code() for client in here] == [1012] * 4
                await stopping
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    async with join(door, room, people[0]):
                        pass
            async with join(other, room, people[0], "?after=0") as client:
                await client.say("elsewhere", "1")
                await client.until(lambda: client.seqs == [1], "its own")

    run(scenario)


def test_in_a_crowd_nobody_is_told_who_comes_and_goes_and_messages_go_on(house: House, meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = [house.register(name) for name in ("Ada", "Bo", "Cy")]
    room = meet(*accounts)
    monkeypatch.setattr("gateway.rooms.MOST_SHOWN", 2)

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, accounts[0]) as ada:
            async with join(door, room, accounts[1]) as bo:
                await ada.other("presence", user_id=accounts[1].user_id, online=True)
                async with join(door, room, accounts[2]) as cy:
                    assert len(cy.welcome["present"]) == 2
                    await cy.say("among many", "1")
                    await bo.until(lambda: bo.seqs == [1], "the message")
            await ada.until(lambda: ada.seqs == [1], "the message")
            assert not [o for o in ada.others if o.get("presence", {}).get("user_id") == accounts[2].user_id and o["presence"]["online"]]

    run(scenario)


def test_a_mention_tells_who_does_not_look_at_the_room_and_tells_them_once(house: House, meet: Meet) -> None:
    ada, looking, away, late = (house.register(name) for name in ("Ada", "Bo", "Cy", "Di"))
    room = meet(ada, looking, away, late)
    named = [one.user_id for one in (ada, looking, away)]

    async def scenario() -> None:
        async with gateway(house) as door, join(door, room, ada) as speaker, join(door, room, looking):
            for _ in range(2):
                await speaker.send(say={"content": "look", "client_id": "1", "mentions": named})
            await speaker.until(lambda: len(speaker.messages) == 2, "the message, and its answer again")

    run(scenario)
    statement = """
        SELECT count(*) FROM tasks t JOIN messages m ON m.id = (t.payload->>'message_id')::uuid JOIN rooms r ON r.id = m.room_id
        WHERE t.kind = 'tell_mentioned' AND t.state = 'done' AND r.name = %s"""
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        connection.autocommit = True

        def told() -> bool:
            cursor.execute(statement, (room,))
            return bool(cursor.fetchone() == (2,))

        until(told, "both were thought of")
    stub = house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub)
    listed = {
        one.email: [
            each.subject
            for each in stub.ListNotifications(notifications_pb2.ListNotificationsRequest(), metadata=one.metadata).notifications
        ]
        for one in (ada, looking, away, late)
    }
    assert {email: [subject for subject in subjects if "mentioned" in subject] for email, subjects in listed.items()} == {
        ada.email: [], looking.email: [], away.email: ["Ada Lindqvist mentioned you"], late.email: [],
    }  # fmt: skip
