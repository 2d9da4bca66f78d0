"""Nothing lost, nothing twice, in the order of its numbers: whatever breaks, and wherever it breaks."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from cli.services import SERVICES
from cli.stack.folder import DataFolder
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from gateway import counters
from gateway.closing import Close
from tests.conftest import Account, House
from tests.gateway.people import Person, agree, people
from tests.gateway.sockets import gateway, process, run

Meet = Callable[..., str]


@pytest.fixture(scope="module")
def three(house: House) -> list[Account]:
    return [house.register(name) for name in ("Ada", "Bo", "Cy")]


@pytest.mark.parametrize("offset", range(10))
def test_a_line_that_breaks_after_any_message_costs_none(house: House, meet: Meet, three: list[Account], offset: int) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, three[:1], one.address) as (ada,):
            bo = Person(three[1], room, [two.address, one.address], cut_after=[offset, offset + 1] if offset else [])
            try:
                if offset == 0:
                    await bo.until(lambda: bo._ws is not None, "bo is there")
                    bo.cut()
                await ada.say(*(str(number) for number in range(10)))
                await agree([ada, bo], 10)
                assert len(bo.codes) >= 1
            finally:
                bo.task.cancel()

    run(scenario)


@pytest.mark.parametrize("senders", [2, 3, 6])
def test_parallel_senders_are_heard_by_all_in_one_order(house: House, meet: Meet, senders: int) -> None:
    accounts = [house.register() for _ in range(senders)]
    room = meet(*accounts)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, accounts, one.address, two.address) as everybody:
            await asyncio.gather(
                *(person.say(*(f"{place}: {turn}" for turn in range(8))) for place, person in enumerate(everybody))
            )  # fmt: skip
            await agree(everybody, senders * 8)
            for place in range(senders):
                said = [content for content in everybody[0].contents if content.startswith(f"{place}:")]
                assert said == [f"{place}: {turn}" for turn in range(8)]

    run(scenario)


@pytest.mark.parametrize("crowd", [40, pytest.param(500, marks=pytest.mark.soak)])
def test_a_crowd_that_comes_back_at_once_while_others_talk_misses_nothing(house: House, meet: Meet, crowd: int) -> None:
    accounts = [house.register() for _ in range(5)]
    room = meet(*accounts)

    async def scenario() -> None:
        async with gateway(house, GATEWAY_ROOMS_EACH="1000") as one, gateway(house, GATEWAY_ROOMS_EACH="1000") as two:
            spread = [accounts[place % 4] for place in range(crowd)]
            async with people(room, spread, one.address, two.address) as everybody, people(room, accounts[4:], one.address) as (speaker,):
                await speaker.say(*(f"before {number}" for number in range(10)))
                for person in everybody:
                    await person.got(10)
                for person in everybody:
                    person.cut()
                await speaker.say(*(f"meanwhile {number}" for number in range(10)))
                await agree([speaker, *everybody], 20)

    run(scenario, 120)


def test_a_slow_reader_is_dropped_while_the_others_go_on_and_gets_what_it_missed_when_it_is_back(
    house: House, meet: Meet, three: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = meet(*three)
    monkeypatch.setattr("gateway.chat._BURST", 1000)  # so that what it takes to fill the kernel's buffers is said in a moment

    async def scenario() -> None:
        before = counters.CLOSED.labels("1013")._value.get()
        async with gateway(house, GATEWAY_QUEUE="8") as door, people(room, [three[0], three[2]], door.address) as (ada, bo):  # noqa: SIM117
            async with people(room, three[1:2], door.address, narrow=True) as (slow,):
                await slow.until(lambda: slow._ws is not None, "slow is there")
                slow.pause()
                said = 0
                while counters.CLOSED.labels("1013")._value.get() == before:
                    assert said < 400, "the slow reader was never dropped"
                    await ada.say("ä" * 4000)
                    said += 1
                    await bo.got(said)
                slow.resume()
                await ada.say("and on")
                await agree([ada, bo, slow], said + 1)

    run(scenario)


def test_a_half_open_socket_is_found_and_its_client_comes_back_to_all(house: House, meet: Meet, three: list[Account]) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house, GATEWAY_HEARTBEAT="0.4") as door, people(room, three[:1], door.address) as (ada,):  # noqa: SIM117
            async with people(room, three[1:2], door.address, autoping=False) as (deaf,):
                await ada.say("1", "2")
                await deaf.until(lambda: deaf.codes, "the gateway has given up on it")
                await ada.say("3")
                await agree([ada, deaf], 3)

    run(scenario)


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A Valkey of the test's own: its address, what kills it, and what starts it again on the same port."""
    folder = DataFolder(tmp_path_factory.mktemp("valkey") / "data")
    with folder.held():
        valkey = Valkey.prepare(folder)
        supervisors: list[Supervisor] = []

        def start() -> None:
            supervisor = Supervisor(folder, say=lambda _: None)
            supervisor.__enter__()
            supervisor.start(valkey.child())
            supervisors.append(supervisor)

        def stop() -> None:
            supervisors.pop().__exit__(None, None, None)

        start()
        yield valkey.url(), stop, start
        while supervisors:
            stop()


@pytest.mark.parametrize("cuts", [False, True], ids=["lines hold", "lines break too"])
def test_valkey_may_go_and_come_back(
    house: House, meet: Meet, three: list[Account], own_valkey: tuple[str, Callable[[], None], Callable[[], None]], cuts: bool
) -> None:
    url, stop, start = own_valkey
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house, REDIS_URL=url) as one, gateway(house, REDIS_URL=url) as two:  # noqa: SIM117
            # Notifications tells the house's Valkey, which these gateways do not hear: all that crosses between them is healed.
            async with people(room, three, one.address, two.address) as everybody:
                ada, bo, _ = everybody
                await ada.say("before")
                await ada.got(1)
                stop()
                await ada.say("in the dark 1", "in the dark 2")
                await ada.answered()
                if cuts:
                    for person in everybody:
                        person.cut()
                start()
                await bo.answered()
                await agree(everybody, 3)

    run(scenario)


def test_a_gateway_is_killed_while_everybody_talks(house: House, meet: Meet, three: list[Account]) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as other, process(house) as doomed, people(room, three, doomed.address, other.address) as everybody:
            for person in everybody:
                await person.say(*(f"{person.account.user_id} {turn}" for turn in range(12)))
            await everybody[1].got(8)
            doomed.kill()
            for person in everybody:
                await person.answered()
            await agree(everybody, 36)
            assert set(Counter(everybody[0].contents).values()) == {1}

    run(scenario)


def test_a_gateway_that_drains_sends_its_people_on_while_they_talk(house: House, meet: Meet, three: list[Account]) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as other, gateway(house, GATEWAY_DRAIN="0.3") as leaving:  # noqa: SIM117
            async with people(room, three, leaving.address, other.address) as everybody:
                for person in everybody:
                    await person.say(*(f"{person.account.user_id} {turn}" for turn in range(10)))
                await everybody[0].got(3)
                await leaving.drain()
                for person in everybody:
                    await person.answered()
                await agree(everybody, 30)
                assert Close.RESTART in everybody[0].codes
                assert everybody[0].reconnects

    run(scenario)


def test_the_owner_is_stopped_and_started_while_everybody_talks(house: House, meet: Meet, three: list[Account]) -> None:
    room = meet(*three)
    service = next(service for service in SERVICES if service.name == "notifications")
    place = next(index for index, server in enumerate(house.servers) if server.name == "notifications")

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, three, one.address, two.address) as everybody:
            for person in everybody:
                await person.say(*(f"{person.account.user_id} {turn}" for turn in range(5)))
            await everybody[0].got(4)
            await asyncio.to_thread(house.servers[place].stop, 0.1)
            try:
                for person in everybody:
                    await person.say(f"{person.account.user_id} meanwhile")
            finally:
                house.servers[place] = await asyncio.to_thread(service.start, house.environment)
            for person in everybody:
                await person.answered()
            await agree(everybody, 18)
            assert set(Counter(everybody[0].contents).values()) == {1}

    run(scenario)


@pytest.mark.parametrize("way", ["one socket", "two gateways", "after a break"])
def test_what_is_said_twice_is_stored_once(house: House, meet: Meet, three: list[Account], way: str) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, three[:2], one.address) as (ada, bo):  # noqa: SIM117
            async with people(room, three[:1], two.address, twin=True) as (again,):
                await ada.say("once")
                if way == "one socket":
                    await asyncio.gather(*(ada._put("1") for _ in range(4)))
                elif way == "two gateways":
                    await again.say("once")  # its first id is the same, "1"
                else:
                    ada.cut()
                await ada.answered()
                await again.answered()
                await bo.say("end")
                await agree([bo, ada, again], 2)
                assert bo.contents == ["once", "end"]

    run(scenario)


@pytest.mark.parametrize(
    ("content", "arrives"),
    [("x" * 4000, True), ("x" * 4001, False), ("ä" * 4000, True), ("ä" * 4001, False), ("😀" * 4000, True)],
    ids=["at the limit", "one over", "two bytes each", "two bytes each and one over", "four bytes each"],
)
def test_a_message_at_the_limit_arrives_and_one_over_is_refused_and_costs_nothing(
    house: House, meet: Meet, three: list[Account], content: str, arrives: bool
) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, three[:2], one.address, two.address) as everybody:
            ada, _ = everybody
            await ada.say("before", content, "after")
            await ada.answered()
            await agree(everybody, 3 if arrives else 2)
            assert ada.contents == (["before", content, "after"] if arrives else ["before", "after"])
            assert [error["reason"] for error in ada.errors] == ([] if arrives else ["FRAME_INVALID"])

    run(scenario)


def test_a_line_that_breaks_in_the_middle_of_a_long_history_goes_on_where_it_was(house: House, meet: Meet, three: list[Account]) -> None:
    room, sender = meet(*three), three[1]
    statement = """
        WITH room AS (UPDATE rooms SET last_seq = 240 WHERE name = %s RETURNING id, tenant_id)
        INSERT INTO messages (id, room_id, seq, tenant_id, sender_id, content, client_id, sent_at)
        SELECT gen_random_uuid(), room.id, seq, room.tenant_id, %s, 'number ' || seq, seq::text, now() FROM room, generate_series(1, 240) seq"""
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        cursor.execute(statement, (room, sender.user_id))
        assert cursor.rowcount == 240

    async def scenario() -> None:
        async with gateway(house) as door:
            late = Person(three[0], room, [door.address], cut_after=[1, 77, 199, 200, 201, 239])
            try:
                await agree([late], 240)
                assert late.codes
            finally:
                late.task.cancel()

    run(scenario)


def test_edits_and_deletes_that_came_while_a_line_was_broken_come_in_their_order(house: House, meet: Meet, three: list[Account]) -> None:
    room = meet(*three)

    async def scenario() -> None:
        async with gateway(house) as one, gateway(house) as two, people(room, three[:1], one.address) as (ada,):
            bo = Person(three[1], room, [two.address], cut_after=[1, 3])
            try:
                await ada.say("first", "second")
                await ada.send("edit", seq="1", content="the first")
                await ada.send("remove", seq="2")
                await ada.answered()
                await agree([ada], 4)
                await bo.got(4)
                assert [message["target_seq"] for message in bo.messages] == ["0", "0", "1", "2"]
                assert [message["deleted"] for message in bo.messages][2:] == [False, True]
                assert (bo.seqs, bo.doubled) == ([1, 2, 3, 4], [])
            finally:
                bo.task.cancel()

    run(scenario)
