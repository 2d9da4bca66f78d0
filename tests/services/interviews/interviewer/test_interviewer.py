"""The interviewer in a room with a candidate who speaks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.interviews.interviewer.peers import Services
from tests.conftest import House
from tests.gateway.sockets import gateway, run
from tests.services.inference.speech_client import CLIPS, WORDS, plain
from tests.services.interviews.conftest import Hiring
from tests.services.interviews.interviewer.caller import ANSWER, calling, interviewing, samples


def test_it_asks_aloud_hears_the_answer_and_goes_on(house: House, hiring: Hiring) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with gateway(house) as door, interviewing(house, door), calling(door, interview.id, hiring.candidate) as caller:
            await caller.client.until(lambda: len(caller.heard) > 25, "half a second of its voice")
            caller.microphone.waiting += samples(ANSWER, 6)  # it gives way to whoever speaks
            await caller.client.until(lambda: len(caller.client.messages) >= 3, "the answer and the next question")
            shown = [one["text"] for one in caller.captions() if one["participant_id"] == caller.client.welcome["participant_id"]]
            assert "ledger" in shown[-1]
            before = len(caller.heard)
            await caller.client.until(lambda: len(caller.heard) > before + 25, "the next question's voice")

    run(scenario, 150)
    first, second = hiring.questions(interview.id)
    assert (first.state, first.source, second.state) == ("answered", "speech", "open")
    assert {"payment", "ledger", "server"} <= set(first.answer.split())
    lines = [(line.speaker, line.text) for line in hiring.transcript(interview.id)]
    assert lines == [("interviewer", first.text), ("candidate", first.answer), ("interviewer", second.text)]


def test_who_goes_on_before_the_next_question_sounds_goes_on_with_their_answer(
    house: House, hiring: Hiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy machine: the next question is stored, and takes its time to be said."""
    interview, taken, goes_on = hiring.start(), asyncio.Event(), asyncio.Event()
    take, transcribe, speak = Services.take, Services.transcribe, Services.speak

    async def taking(services: Services, request: Any) -> Any:
        taken.set()
        return await take(services, request)

    def hearing(services: Services, *values: Any) -> Any:
        if taken.is_set():
            goes_on.set()
        return transcribe(services, *values)

    async def speaking(services: Services, *values: str) -> AsyncIterator[Any]:
        if taken.is_set():
            await goes_on.wait()
        async for answer in speak(services, *values):
            yield answer

    monkeypatch.setattr(Services, "take", taking)
    monkeypatch.setattr(Services, "transcribe", hearing)
    monkeypatch.setattr(Services, "speak", speaking)

    async def scenario() -> None:
        async with gateway(house) as door, interviewing(house, door), calling(door, interview.id, hiring.candidate) as caller:
            await caller.hears("the question")
            caller.microphone.waiting += samples(CLIPS / "yes.ogg")
            await caller.client.until(lambda: len(caller.client.messages) >= 3, "the answer and the next question")
            caller.microphone.waiting += samples(CLIPS / "yes.ogg")
            await caller.client.until(lambda: len(caller.client.messages) >= 4, "the rest of the answer")
            await caller.hears("the next question")

    run(scenario, 150)
    first, second = hiring.questions(interview.id)
    assert (plain(first.answer), second.answer, second.state) == (f"{WORDS['yes']} {WORDS['yes']}", "", "open")
