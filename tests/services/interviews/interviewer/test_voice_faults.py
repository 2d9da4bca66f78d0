"""Faults while somebody speaks: what was said is kept once, what was asked is heard in the end, whoever has to be called again is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.gateway.sockets import run
from tests.services.interviews.conftest import Hiring, hire, rows
from tests.services.interviews.interviewer.caller import ANSWER, Caller, calling, samples
from tests.services.interviews.interviewer.play import Play
from tests.services.interviews.interviewer.stage import Stage

pytestmark = pytest.mark.soak
SECONDS = 240
SAID = {"payment", "ledger", "server"}


@pytest.fixture
def hiring(stage: Stage) -> Hiring:
    return hire(stage.house)


@pytest.fixture(scope="module")
def spoken() -> bytes:
    return samples(ANSWER, 6)


@asynccontextmanager
async def again(caller: Caller) -> AsyncIterator[Caller]:
    """The same client with another connection for its sound, as a browser makes when the old one failed or the interviewer is another."""
    new = Caller(caller.client)
    try:
        await new.call()
        yield new
    finally:
        await new.close()


def is_recording(caller: Caller) -> bool:
    """As all are told."""
    told = [other["activity"]["is_recording"] for other in caller.client.others if "activity" in other]
    return bool(told) and told[-1]


async def answered(caller: Caller) -> None:
    """One answer, and the question after it."""
    await caller.client.until(lambda: len(caller.client.messages) >= 3, "the answer and the next question")


def check(hiring: Hiring, interview_id: str) -> None:
    """One spoken answer to the first question, nothing twice, and after the end one charge."""
    first, second = hiring.questions(interview_id)
    assert (first.state, first.source, second.state) == ("answered", "speech", "open")
    words = first.answer.replace(".", " ").replace(",", " ").split()
    assert set(words) >= SAID
    assert words.count("ledger") == 1
    lines = hiring.transcript(interview_id)
    assert [line.speaker for line in lines] == ["interviewer", *["candidate"] * (len(lines) - 2), "interviewer"]
    assert " ".join(line.text for line in lines if line.speaker == "candidate") == first.answer
    hiring.end(interview_id)
    assert hiring.charges() == [interview_id]


def test_inference_is_killed_while_it_writes_down_what_is_said(stage: Stage, hiring: Hiring, spoken: bytes) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as caller:
            await caller.hears("the question")
            await caller.says(spoken[: len(spoken) // 2])
            stage.kill("inference")
            await caller.says(spoken[len(spoken) // 2 :])
            await answered(caller)
            await caller.hears("the next question")

    run(scenario, SECONDS)
    check(hiring, interview.id)


def test_inference_is_killed_while_it_speaks(stage: Stage, hiring: Hiring, spoken: bytes) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as caller:
            await caller.hears("the beginning of the question")
            stage.kill("inference")
            text = interview.open_question.text
            shown = caller.client.until(
                lambda: text in [one["text"] for one in caller.captions() if one["is_final"]], "all of it in writing"
            )
            await shown
            await caller.says(spoken)
            await answered(caller)
            await caller.hears("the next question")

    run(scenario, SECONDS)
    check(hiring, interview.id)


@pytest.mark.parametrize("while_it", ["asks", "listens", "considers"])
def test_the_interviewer_is_killed(stage: Stage, hiring: Hiring, spoken: bytes, while_it: str) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as caller:
            client = caller.client
            await caller.hears("the question")
            if while_it == "listens":
                await caller.says(spoken[: len(spoken) // 2])
            elif while_it == "considers":
                await caller.says(spoken)
                await client.until(lambda: len(client.messages) >= 2, "the answer")
            dead, name = caller.interviewer(), stage.host_of(interview.id)
            stage.kill(name)
            await client.until(lambda: caller.interviewer() not in ("", dead), "another interviewer is there")
            async with again(caller) as new:
                await new.hears("the question again, or a word to go on with, or what comes next")
                if while_it != "considers":
                    await new.says(spoken)
                await answered(new)

    run(scenario, SECONDS)
    check(hiring, interview.id)


def test_the_candidates_network_goes_and_comes_back(stage: Stage, hiring: Hiring, spoken: bytes) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as caller:
            await caller.hears("the question")
            await caller.close()
            async with again(caller) as new:
                await new.says(spoken)
                await answered(new)
                await new.hears("the next question")

    run(scenario, SECONDS)
    check(hiring, interview.id)


def test_two_tabs_with_a_microphone_each_are_one_voice(stage: Stage, hiring: Hiring, spoken: bytes) -> None:
    interview = hiring.start()

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as first:
            await first.hears("the question")
            async with calling(stage, interview.id, hiring.candidate) as second:
                await second.says(spoken)
                await answered(first)
            await first.hears("the next question")
            await first.says(spoken)
            await first.client.until(lambda: len(first.client.messages) >= 5, "the answer by the tab that is left")

    run(scenario, SECONDS)
    questions = hiring.questions(interview.id)
    assert [set(one.answer.replace(".", " ").split()) >= SAID for one in questions] == [True, True, False]
    hiring.end(interview.id)
    assert hiring.charges() == [interview.id]


@pytest.mark.parametrize("consent", ["refused", "withdrawn"])
def test_nothing_is_recorded_where_the_candidate_does_not_agree(stage: Stage, hiring: Hiring, spoken: bytes, consent: str) -> None:
    interview = hiring.start()

    def recorded() -> int:
        ((count,),) = rows(stage.house, "SELECT count(*) FROM track_pieces WHERE interview_id = %s", interview.id)
        return int(count)

    async def scenario() -> None:
        async with calling(stage, interview.id, hiring.candidate) as caller:
            await caller.client.send(consent={"agrees": consent == "withdrawn"})
            await caller.hears("the question")
            if consent == "withdrawn":
                await caller.client.until(lambda: is_recording(caller), "all are told that it is recorded")
                await Play.eventually(lambda: recorded() > 0)
                await caller.client.send(consent={"agrees": False})
            await caller.client.until(lambda: not is_recording(caller), "all are told that nothing is recorded")
            before = recorded()
            await caller.says(spoken)
            await answered(caller)
            await caller.hears("the next question")
            assert recorded() == before

    run(scenario, SECONDS)
    check(hiring, interview.id)
