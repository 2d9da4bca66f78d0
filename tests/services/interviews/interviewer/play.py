"""An interview with a candidate who types, comes again whenever the socket is lost, and says again what was not taken."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import grpc

from tests.gateway.sockets import Client, connect
from tests.services.interviews.conftest import Hiring

ANSWERS = (
    "I moved our payment ledger to a partitioned PostgreSQL database and compared every balance before we switched over.",
    "I measured the queries first, found the slowest by its plan, and added the index that it needed; it took a tenth of the time.",
)
_PATIENCE = 60.0  # parts that were killed start again on a busy machine
_PAUSE = 0.1
_AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.ABORTED)


class Play:
    """`door` is a gateway, or anything else with its address."""

    def __init__(self, hiring: Hiring, stack: AsyncExitStack, door: Any) -> None:
        self.hiring = hiring
        self.stack = stack
        self.door = door
        self.interview = hiring.start(question_count=len(ANSWERS))
        self.client: Any = None
        self._clients: list[Client] = []

    async def come(self) -> None:
        """The candidate's socket, again with what it knows, until it is welcome."""
        query = f"?after={max((seq for client in self._clients for seq in client.seqs), default=0)}"
        async with asyncio.timeout(_PATIENCE):
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    socket = connect(self.door, self.interview.id, self.hiring.candidate, query, kind="interview")
                    client = await self.stack.enter_async_context(socket)
                    client.patience = _PATIENCE
                    await client.until(lambda client=client: client.welcome or client.reader.done(), "the welcome")
                    if client.welcome:
                        break
                await asyncio.sleep(_PAUSE)
        self.client = client
        self._clients.append(client)

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        while True:
            await self.client.until(lambda: condition() or self.is_cut_off(), what)
            if condition():
                return
            await self.come()

    def is_cut_off(self) -> bool:
        return bool(self.client.reader.done())

    async def hosted(self) -> None:
        """The interviewer is in the room."""
        await self.until(self.is_hosted, "the interviewer is there")

    def is_hosted(self) -> bool:
        told = [other["participants"]["participants"] for other in self.client.others if "participants" in other]
        return bool(told) and "interviewer" in [one["kind"] for one in told[-1]]

    def lines(self) -> list[dict[str, Any]]:
        """What the candidate was shown, on whichever socket."""
        shown = {int(line["seq"]): line for client in self._clients for line in client.messages}
        return [shown[seq] for seq in sorted(shown)]

    def refusals(self) -> list[dict[str, str]]:
        return [other["error"] for client in self._clients for other in client.others if "error" in other]

    def shows(self, text: str) -> bool:
        return text in [line["content"] for line in self.lines()]

    async def say(self, text: str, client_id: str) -> None:
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self.client.say(text, client_id)

    async def answer(self, text: str, client_id: str) -> None:
        """Until it is shown, which it is once it is kept."""
        while not self.shows(text):
            known = len(self.refusals()) + 1
            await self.say(text, client_id)
            await self.client.until(
                lambda known=known: self.shows(text) or len(self.refusals()) >= known or self.is_cut_off(), "the answer"
            )
            if self.is_cut_off():
                await self.come()
            elif not self.shows(text):
                await asyncio.sleep(_PAUSE)

    async def asked(self, count: int) -> None:
        await self.until(lambda: sum(not line["sender_id"] for line in self.lines()) >= count, f"the interviewer's line number {count}")

    async def end(self) -> None:
        """Ends it and holds it against what every interview has to be: whole, told once, reported, paid for once."""
        hiring, interview = self.hiring, self.interview
        await self.until_done(hiring.end, interview.id, hiring.candidate)
        lines = hiring.transcript(interview.id)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert [line.text for line in lines if line.speaker == "candidate"] == list(ANSWERS)
        assert [question.answer for question in hiring.questions(interview.id) if question.answer] == list(ANSWERS)
        await self.until(lambda: len(self.lines()) == len(lines), "all of it is shown")
        assert [line["content"] for line in self.lines()] == [line.text for line in lines]
        assert all(refusal["message"] for refusal in self.refusals())
        await self.eventually(lambda: hiring.read(interview.id).status == "ended")  # the report may follow by its task
        assert hiring.charges() == [interview.id]

    async def until_done(self, call: Callable[..., Any], *values: Any) -> Any:
        """What a call answers, which is made again while a service is away."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    return await asyncio.to_thread(call, *values)
                except grpc.RpcError as problem:
                    if problem.code() not in _AWAY:
                        raise
                await asyncio.sleep(_PAUSE)

    @staticmethod
    async def eventually(condition: Callable[[], bool]) -> None:
        """Waits for what no frame tells of."""
        async with asyncio.timeout(_PATIENCE):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110
                await asyncio.sleep(_PAUSE)
