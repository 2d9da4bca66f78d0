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
from tests.gateway.sockets import Client, connect, gateway, run
from tests.services.interviews.conftest import Hiring, rows
from tests.services.interviews.interviewer.caller import interviewing

ANSWERS = (
    "I moved our payment ledger to a partitioned PostgreSQL database and compared every balance before we switched over.",
    "I measured the queries first, found the slowest by its plan, and added the index that it needed; it took a tenth of the time.",
)
STEPS = ("before the answer", "after the answer", "before the end")


class Play:
    """One candidate who types, a gateway and an interviewer; each of them may be taken away."""

    def __init__(self, house: House, hiring: Hiring, stack: AsyncExitStack) -> None:
        self.house = house
        self.hiring = hiring
        self.interview = hiring.start(question_count=2)
        self.door: Any = None
        self.interviewer: Any = None
        self.client: Any = None
        self._stack = stack
        self._clients: list[Client] = []

    async def open(self, **values: str) -> None:
        self.door = await self._stack.enter_async_context(gateway(self.house))
        self.interviewer = await self._stack.enter_async_context(interviewing(self.house, self.door, **values))
        await self.come()

    async def come(self) -> None:
        """The candidate's socket, again with what it knows; the interviewer comes to it."""
        last = max((client.seqs[-1] for client in self._clients if client.seqs), default=0)
        self.client = await self._stack.enter_async_context(
            connect(self.door, self.interview.id, self.hiring.candidate, f"?after={last}", kind="interview")
        )
        self._clients.append(self.client)
        await self.client.until(self.is_hosted, "the interviewer is there")

    def is_hosted(self) -> bool:
        told = [other["participants"]["participants"] for other in self.client.others if "participants" in other]
        return bool(told) and "interviewer" in [one["kind"] for one in told[-1]]

    def lines(self) -> list[dict[str, Any]]:
        """What the candidate was shown, on whichever socket."""
        shown = {int(line["seq"]): line for client in self._clients for line in client.messages}
        return [shown[seq] for seq in sorted(shown)]

    async def asked(self, count: int) -> None:
        await self.client.until(
            lambda: sum(not line["sender_id"] for line in self.lines()) >= count, f"the interviewer's line number {count}"
        )


Fault = Callable[[Play], Any]


async def nothing(play: Play) -> None:
    pass


async def the_socket_drops(play: Play) -> None:
    play.client.ws._response.connection.transport.abort()
    await play.come()


async def the_gateway_goes(play: Play) -> None:
    await play.door.drain()
    play.door = await play._stack.enter_async_context(gateway(play.house))
    dead = play.interviewer
    play.interviewer = await play._stack.enter_async_context(interviewing(play.house, play.door))
    await dead.stop()
    await play.come()


async def the_interviewer_dies(play: Play) -> None:
    """Without a goodbye; its lease runs out."""
    await kill(play.interviewer)
    rows(play.house, "UPDATE rooms SET lease_until = now() - interval '1 second' WHERE interview_id = %s", play.interview.id)
    play.interviewer = await play._stack.enter_async_context(interviewing(play.house, play.door))
    play.client.others.clear()
    await play.client.until(play.is_hosted, "another interviewer is there")


async def the_interviewer_stops(play: Play) -> None:
    dead, play.interviewer = play.interviewer, await play._stack.enter_async_context(interviewing(play.house, play.door))
    play.client.others.clear()
    await dead.stop()
    await play.client.until(play.is_hosted, "another interviewer is there")


async def interviews_restarts(play: Play) -> None:
    place = next(place for place, service in enumerate(SERVICES) if service.name == "interviews")
    await asyncio.to_thread(play.house.servers[place].stop, 0.5)
    [play.house.servers[place]] = await asyncio.to_thread(start_services, [SERVICES[place]], play.house.environment)


async def a_second_tab_opens(play: Play) -> None:
    await play.come()


async def a_second_interviewer_starts(play: Play) -> None:
    await play._stack.enter_async_context(interviewing(play.house, play.door))


async def the_start_is_repeated(play: Play) -> None:
    first = rows(play.house, "SELECT start_key FROM interviews WHERE id = %s", play.interview.id)[0][0]
    again = await asyncio.to_thread(play.hiring.start, first, question_count=2)
    assert again.id == play.interview.id


async def a_colleague_leads_for_a_while(play: Play) -> None:
    colleague = await play._stack.enter_async_context(connect(play.door, play.interview.id, play.hiring.employer, kind="interview"))
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
            play = Play(house, hiring, stack)
            await play.open(**values)
            await play.asked(1)
            if at == STEPS[0]:
                await fault(play)
            for number, answer in enumerate(ANSWERS):
                await play.client.say(answer, f"answer-{number}")
                if at == STEPS[1] and number == 0:
                    await play.client.until(lambda answer=answer: answer in [line["content"] for line in play.lines()], "the answer")  # type: ignore[misc]
                    await fault(play)
                await play.client.say(answer, f"answer-{number}")  # a client that heard nothing says it again
                await play.asked(number + 2)
            if at == STEPS[2]:
                await fault(play)
            await asyncio.to_thread(hiring.end, play.interview.id, hiring.candidate)
            lines = hiring.transcript(play.interview.id)
            assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
            said = [line.text for line in lines if line.speaker == "candidate"]
            assert said == list(ANSWERS)
            await play.client.until(lambda: len(play.lines()) == len(lines), "all of it is shown")
            assert [line["content"] for line in play.lines()] == [line.text for line in lines]
            assert hiring.read(play.interview.id).status == "ended"
            assert hiring.charges() == [play.interview.id]

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
