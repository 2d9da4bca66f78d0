"""An interview in its room, and what may go wrong at each step of it: it goes on, all that was said is kept once, and one credit is spent."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from cli.services import SERVICES
from cli.services import start as start_services
from services.interviews.interviewer.__main__ import Interviewer
from tests.conftest import House
from tests.gateway.sockets import connect, gateway, run
from tests.services.interviews.conftest import Hiring, rows
from tests.services.interviews.interviewer.caller import interviewing
from tests.services.interviews.interviewer.play import ANSWERS, Play

STEPS = ("before the answer", "after the answer", "before the end")


class Played(Play):
    """With a gateway and an interviewer in this process; each of them may be taken away."""

    house: House
    interviewer: Any = None


Fault = Callable[[Played], Any]


async def nothing(play: Played) -> None:
    pass


async def the_socket_drops(play: Played) -> None:
    play.client.ws._response.connection.transport.abort()
    await play.come()


async def the_gateway_goes(play: Played) -> None:
    await play.door.drain()
    play.door = await play.stack.enter_async_context(gateway(play.house))
    dead = play.interviewer
    play.interviewer = await play.stack.enter_async_context(interviewing(play.house, play.door))
    await dead.stop()
    await play.come()


async def the_interviewer_dies(play: Played) -> None:
    """Without a goodbye; its lease runs out."""
    await kill(play.interviewer)
    rows(play.house, "UPDATE rooms SET lease_until = now() - interval '1 second' WHERE interview_id = %s", play.interview.id)
    play.interviewer = await play.stack.enter_async_context(interviewing(play.house, play.door))
    play.client.others.clear()
    await play.hosted()


async def the_interviewer_stops(play: Played) -> None:
    dead, play.interviewer = play.interviewer, await play.stack.enter_async_context(interviewing(play.house, play.door))
    play.client.others.clear()
    await dead.stop()
    await play.hosted()


async def interviews_restarts(play: Played) -> None:
    place = next(place for place, service in enumerate(SERVICES) if service.name == "interviews")
    await asyncio.to_thread(play.house.servers[place].stop, 0.5)
    [play.house.servers[place]] = await asyncio.to_thread(start_services, [SERVICES[place]], play.house.environment)


async def a_second_tab_opens(play: Played) -> None:
    await play.come()


async def a_second_interviewer_starts(play: Played) -> None:
    await play.stack.enter_async_context(interviewing(play.house, play.door))


async def the_start_is_repeated(play: Played) -> None:
    first = rows(play.house, "SELECT start_key FROM interviews WHERE id = %s", play.interview.id)[0][0]
    again = await asyncio.to_thread(play.hiring.start, first, question_count=2)
    assert again.id == play.interview.id


async def a_colleague_leads_for_a_while(play: Played) -> None:
    colleague = await play.stack.enter_async_context(connect(play.door, play.interview.id, play.hiring.employer, kind="interview"))
    await colleague.until(lambda: colleague.welcome, "the welcome")
    for active, leader in ((True, play.hiring.employer.user_id), (False, "")):
        await colleague.send(lead={"active": active})
        await play.client.other("lead", user_id=leader)


async def kill(interviewer: Interviewer) -> None:
    async def silent(_: Any) -> None: ...

    interviewer._services.release = silent  # type: ignore[method-assign]
    for task in [*interviewer.host._tasks, *interviewer.host.sessions]:
        task.cancel()
    await asyncio.gather(*interviewer.host.sessions, return_exceptions=True)


FAULTS: list[Fault] = [
    the_socket_drops, the_gateway_goes, the_interviewer_dies, the_interviewer_stops, interviews_restarts, a_second_tab_opens, a_second_interviewer_starts,
    the_start_is_repeated, a_colleague_leads_for_a_while,
]  # fmt: skip
CASES = [(fault, step) for fault in FAULTS for step in STEPS]
_FEW = random.Random(8).sample(CASES, 2)


def hold(house: House, hiring: Hiring, fault: Fault, at: str, **values: str) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            play = Played(hiring, stack, await stack.enter_async_context(gateway(house)))
            play.house = house
            play.interviewer = await stack.enter_async_context(interviewing(house, play.door, **values))
            await play.come()
            await play.hosted()
            await play.asked(1)
            if at == STEPS[0]:
                await fault(play)
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                if at == STEPS[1] and number == 0:
                    await fault(play)
                await play.say(answer, f"answer-{number}")  # a client that heard nothing says it again
                await play.asked(number + 2)
            if at == STEPS[2]:
                await fault(play)
            await play.end()

    run(scenario, 90)


@pytest.mark.parametrize(("fault", "at"), _FEW)
def test_an_interview_outlives_a_fault(house: House, hiring: Hiring, fault: Fault, at: str) -> None:
    hold(house, hiring, fault, at)


@pytest.mark.soak
@pytest.mark.parametrize(("fault", "at"), [case for case in CASES if case not in _FEW])
def test_an_interview_outlives_every_fault_at_every_step(house: House, hiring: Hiring, fault: Fault, at: str) -> None:
    hold(house, hiring, fault, at)


def test_an_interview_is_held_in_writing_where_nothing_hears_or_speaks(house: House, hiring: Hiring) -> None:
    hold(house, hiring, nothing, STEPS[0], INFERENCE_SERVICE_URL="127.0.0.1:9")
