"""Shared documents, edited by real clients of y-websocket: two gateways, real Valkey, real notifications."""

import asyncio
from collections.abc import Callable

import pycrdt
import pytest

from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc
from gateway import counters
from tests.conftest import Account, House, until
from tests.gateway.sockets import connect, gateway, process, run
from tests.gateway.yjs import clients

Meet = Callable[..., str]


def log_of(house: House, room: str, account: Account) -> list[documents_pb2.DocumentUpdate]:
    """Every update of a document, as the gateway loads them."""
    stub, found, more = house.stub("notifications", documents_pb2_grpc.DocumentOwnerServiceStub), [], True
    metadata = (*house.as_service("gateway", "notifications"), *account.metadata)
    while more:
        request = documents_pb2.LoadUpdatesRequest(room_name=room, after=found[-1].seq if found else 0)
        answer = stub.LoadUpdates(request, metadata=metadata)
        found, more = [*found, *answer.updates], answer.more
    return found


def state_of(house: House, room: str, account: Account) -> documents_pb2.Document:
    stub = house.stub("notifications", documents_pb2_grpc.DocumentOwnerServiceStub)
    metadata = (*house.as_service("gateway", "notifications"), *account.metadata)
    return stub.OpenDocument(documents_pb2.OpenDocumentRequest(room_name=room), metadata=metadata)


async def logged(house: House, room: str, account: Account, count: int) -> None:
    """Returns when so many updates are in the log: what a client has sent may still be on its way when it goes."""
    await asyncio.to_thread(until, lambda: len(log_of(house, room, account)) >= count, f"{count} updates in the log")


def text_of(*updates: bytes) -> str:
    document = pycrdt.Doc()
    for update in updates:
        document.apply_update(update)
    return str(document.get("code", type=pycrdt.Text))


def test_three_thousand_concurrent_edits_of_two_clients_converge_and_all_are_in_the_log(house: House, meet: Meet) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    room, shown = meet(ada, bo), []

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, clients() as node:
            await asyncio.gather(node.open("ada", one.address, room, ada.access), node.open("bo", two.address, room, bo.access))
            await asyncio.gather(node("ada", "type", letters="a" * 1500), node("bo", "type", letters="b" * 1500, seed=7))
            shown.extend(await asyncio.gather(node("ada", "length", length=3000), node("bo", "length", length=3000)))

    run(scenario)
    assert shown[0] == shown[1]
    assert (shown[0].count("a"), shown[0].count("b")) == (1500, 1500)
    log = log_of(house, room, ada)
    assert [update.seq for update in log] == list(range(1, 3001))
    assert [sum(update.sender_id == one.user_id for update in log) for one in (ada, bo)] == [1500, 1500]
    times = [update.stored_time.ToNanoseconds() for update in log]
    assert times == sorted(times)
    assert text_of(*(update.update for update in log)) == shown[0]
    kept = state_of(house, room, ada)
    assert kept.state_seq == kept.last_seq == 3000
    assert text_of(kept.state) == shown[0]


def test_what_was_typed_offline_merges_with_what_others_typed_meanwhile(house: House, meet: Meet) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    room = meet(ada, bo)

    async def scenario() -> None:
        async with gateway(house) as door, clients() as node:
            await node.open("ada", door.address, room, ada.access)
            await node.open("bo", door.address, room, bo.access)
            await node("ada", "type", letters="together")
            await node("bo", "length", length=8)
            await node("bo", "leave")
            await asyncio.gather(node("bo", "type", letters="0" * 200, seed=3), node("ada", "type", letters="1" * 200, seed=5))
            await node("bo", "remove", at=0, length=10)
            await node("bo", "back")
            await node("bo", "synced")
            await node("bo", "length", length=398)
            ours, theirs = await asyncio.gather(node("ada", "length", length=398), node("bo", "text"))
            assert ours == theirs

    run(scenario)


def test_a_document_is_as_it_was_after_everybody_has_left_and_in_another_process(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with clients() as node:
            async with gateway(house) as door:
                await node.open("first", door.address, room, person.access)
                await node("first", "type", letters="kept")
                await node("first", "close")
                await logged(house, room, person, 4)
            async with gateway(house) as door:
                await node.open("second", door.address, room, person.access)
                assert sorted(await node("second", "text")) == sorted("kept")
                await node("second", "type", letters="!" * 5)
                await node("second", "close")
                await logged(house, room, person, 9)

    run(scenario)
    assert state_of(house, room, person).state_seq == 9


def test_kill_nine_of_a_gateway_loses_nothing_that_another_client_has_seen(house: House, meet: Meet) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    room, seen = meet(ada, bo), []

    async def scenario() -> None:
        async with gateway(house) as other, clients() as node:
            async with process(house) as doomed:
                await node.open("ada", doomed.address, room, ada.access)
                await node.open("bo", doomed.address, room, bo.access)
                typing = asyncio.create_task(node("ada", "type", letters="x" * 600, pause=1))
                await node("bo", "length", length=100)
                doomed.kill()
                seen.append(await node("bo", "text"))
                await typing
                await node("bo", "close")
                await node("ada", "leave")
            await node.open("cy", other.address, room, bo.access)
            text = await node("cy", "text")
            assert len(text) >= len(seen[0])
            assert set(text) == {"x"}
            assert text_of(*(update.update for update in log_of(house, room, bo))) == text
            # What she typed and nobody had seen is still hers, and comes with her.
            await node("ada", "close")

    run(scenario)
    assert len(seen[0]) >= 100


def test_who_is_where_is_shown_across_gateways_and_ends_with_the_socket(house: House, meet: Meet) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    room = meet(ada, bo)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, clients() as node:
            await node.open("ada", one.address, room, ada.access)
            await node("ada", "point", cursor="ada at 3")
            await node.open("bo", two.address, room, bo.access)
            await node("bo", "point", cursor="bo at 7")
            assert await node("ada", "cursors", count=2) == ["ada at 3", "bo at 7"]
            assert await node("bo", "cursors", count=2) == ["ada at 3", "bo at 7"]
            await node("bo", "leave")
            assert await node("ada", "cursors", count=1) == ["ada at 3"]
            await node("bo", "back")
            await node("bo", "point", cursor="bo again")
            assert await node("ada", "cursors", count=2) == ["ada at 3", "bo again"]

    run(scenario)


def test_a_document_is_closed_to_strangers_and_to_those_without_a_token(house: House, meet: Meet, person: Account) -> None:
    room, stranger = meet(person), house.register()

    async def scenario() -> None:
        async with gateway(house) as door:
            async with connect(door, room, stranger, kind="document") as client:
                assert await client.code() == 4404
            async with connect(door, room, None, "?access_token=e30.e30.e30", kind="document") as client:
                assert await client.code() == 4401
            protocols = ("yjs", f"bearer.{person.access}")
            async with connect(door, room, None, kind="document", protocols=protocols) as client:
                assert client.ws.protocol == "yjs"

    run(scenario)


@pytest.mark.parametrize(
    "message",
    [b"", b"\x00", b"\x00\x02\xff", b"\x00\x02\x05hello", b"\x00\x00\x03\xff\xff\xff", b"\x01\x03\x01\x01", b"\xff" * 1000, "text"],
    ids=["nothing", "cut", "too short", "no update", "no state", "cut awareness", "a number without end", "text"],
)
def test_a_message_that_is_none_of_yjs_ends_its_socket_and_no_other(house: House, meet: Meet, message: bytes | str) -> None:
    ada, bo = house.register("Ada"), house.register("Bo")
    room = meet(ada, bo)

    async def scenario() -> None:
        async with gateway(house) as door, clients() as node:
            await node.open("ada", door.address, room, ada.access)
            async with connect(door, room, bo, kind="document") as bad:
                await (bad.ws.send_str(message) if isinstance(message, str) else bad.ws.send_bytes(message))
                assert await bad.code() == 4400
            await node("ada", "type", letters="fine")
            await node.open("bo", door.address, room, bo.access)
            await node("bo", "length", length=4)
            assert await node("ada", "statuses") == ["connecting", "connected"]

    run(scenario)


def test_a_change_that_everybody_has_is_not_logged_again(house: House, meet: Meet, person: Account) -> None:
    room = meet(person)

    async def scenario() -> None:
        async with gateway(house) as door, clients() as node:
            await node.open("one", door.address, room, person.access)
            await node("one", "type", letters="abc")
            await node("one", "remove", at=0, length=1)
            await node.open("two", door.address, room, person.access)
            await node("two", "length", length=2)
            for _ in range(5):
                await node("two", "leave")
                await node("two", "back")
                await node("two", "synced")
            await logged(house, room, person, 4)

    before = counters.UPDATES._value.get()
    run(scenario)
    assert counters.UPDATES._value.get() - before == 4
    assert len(log_of(house, room, person)) == 4
