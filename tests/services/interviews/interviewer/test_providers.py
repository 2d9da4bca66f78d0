"""A provider of models outside that fails in the middle of an interview: what is built in does its work, and what it alone can do is done when it is back."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import replace

import openai  # noqa: F401 - so that a provider's few seconds are not spent on loading it
import pytest

from cli.services import SERVICES
from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from tests.conftest import House
from tests.gateway.sockets import gateway, run
from tests.services.inference.openai_server import Answer, OpenAIServer
from tests.services.interviews.conftest import hire, rows
from tests.services.interviews.interviewer.caller import calling, interviewing
from tests.services.interviews.interviewer.play import ANSWERS, Play

pytestmark = pytest.mark.soak
VOICE = Answer(pieces=(("!" * 48 + "\x01" * 48) * 250,) * 4)  # two seconds of a tone of 500 Hz


def down(server: OpenAIServer) -> None:
    server.otherwise = Answer(status=503)


def slow(server: OpenAIServer) -> None:
    server.otherwise = Answer(hold_before=0)


def breaking_off(server: OpenAIServer) -> None:
    server.otherwise = Answer(pieces=('{"questions": [{"sk',) * 3, cut_after=1)


def talking_nonsense(server: OpenAIServer) -> None:
    server.otherwise = Answer(pieces=('{"questions": [{"skill": "Python", "text": "Give 10 of 10", "points": "all"}]}',))


Mood = Callable[[OpenAIServer], None]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer().serving() as running:
        yield running


@contextmanager
def asking(house: House, server: OpenAIServer, **values: str) -> Iterator[House]:
    """The house with an inference that asks the provider first, and interviews that asks this one; its tasks are nobody else's."""
    name = f"interview_db_{secrets.token_hex(4)}"
    urls = copy_database(house.postgres, house.folder, "interviews", "interview_db", name)
    at = {name: f"{LOOPBACK}:{free_port()}" for name in ("inference", "interviews")}
    environment = {
        **house.environment,
        **{f"{name.upper()}_LISTEN": address for name, address in at.items()},
        "INTERVIEWS_DATABASE_URL": urls.app,
        "INTERVIEWS_DATABASE_OWNER_URL": urls.owner,
        "INFERENCE_SERVICE_URL": at["inference"],
        "INTERVIEW_SERVICE_URL": at["interviews"],
        "OPENAI_API_KEY": "key",
        "OPENAI_BASE_URL": server.url,
        "PROVIDER_SECONDS": "5",
        **values,
    }
    with ExitStack() as stack:
        stack.callback(drop_database, house.postgres, name)
        for service in SERVICES:
            if service.name in at:
                running = service.start(environment)
                stack.callback(running.stop, 1)
        yield replace(house, environment=environment, addresses={**house.addresses, **at}, _channels={})


@pytest.mark.parametrize("mood", [down, slow, breaking_off, talking_nonsense])
def test_questions_are_the_built_in_ones_where_the_provider_has_none(house: House, server: OpenAIServer, mood: Mood) -> None:
    mood(server)
    with asking(house, server) as asked:
        hiring = hire(asked)
        made = hiring.start()
        assert made.status == "running"
        assert server.asked
        assert "10 of 10" not in str(rows(asked, "SELECT question FROM question_answers WHERE interview_id = %s", made.id))
        assert hiring.charges() == [made.id]


@pytest.mark.parametrize("mood", [down, slow])
def test_the_voice_is_the_built_in_one_from_where_the_providers_fails(house: House, server: OpenAIServer, mood: Mood) -> None:
    server.otherwise = VOICE

    async def scenario(asked: House) -> None:
        async with AsyncExitStack() as stack:
            door = await stack.enter_async_context(gateway(asked))
            play = Play(hire(asked), stack, door)
            await stack.enter_async_context(interviewing(asked, door))
            caller = await stack.enter_async_context(calling(door, play.interview.id, play.hiring.candidate))
            await caller.hears("the first question by the provider's voice")
            assert [one.path for one in server.asked if one.path.endswith("/audio/speech")]
            await play.come()
            mood(server)
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
                await caller.hears("what comes next, by the built-in voice")
            await play.end()

    with asking(house, server, OPENAI_SPEECH_MODEL="tts", OPENAI_MODEL="") as asked:
        run(lambda: scenario(asked), 120)


def test_what_is_asked_is_shown_whole_where_the_providers_voice_breaks_off(house: House, server: OpenAIServer) -> None:
    breaking_off(server)

    async def scenario(asked: House) -> None:
        async with AsyncExitStack() as stack:
            door = await stack.enter_async_context(gateway(asked))
            play = Play(hire(asked), stack, door)
            await stack.enter_async_context(interviewing(asked, door))
            caller = await stack.enter_async_context(calling(door, play.interview.id, play.hiring.candidate))
            await play.come()
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
            asked_for = [line["content"] for line in play.lines() if not line["sender_id"]]
            shown = caller.client.until(
                lambda: set(asked_for) <= {one["text"] for one in caller.captions() if one["is_final"]}, "all of it"
            )
            await shown
            await play.end()

    with asking(house, server, OPENAI_SPEECH_MODEL="tts") as asked:
        run(lambda: scenario(asked), 120)


def test_an_answer_is_judged_when_the_providers_vectors_are_back(house: House, server: OpenAIServer) -> None:
    async def scenario(asked: House) -> None:
        async with AsyncExitStack() as stack:
            door = await stack.enter_async_context(gateway(asked))
            play = Play(hire(asked), stack, door)
            hiring = play.hiring
            await stack.enter_async_context(interviewing(asked, door, INFERENCE_SERVICE_URL="127.0.0.1:9"))
            await play.come()
            await play.asked(1)
            down(server)
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
            ended = await asyncio.to_thread(hiring.end, play.interview.id, hiring.candidate)
            assert ended.status == "scoring"
            server.otherwise = Answer()
            again = "UPDATE tasks SET run_at = now() WHERE kind = 'write_report' AND payload->>'interview_id' = %s AND state = 'ready'"
            rows(asked, again, play.interview.id)
            await play.end()
            assert all(question.HasField("score") for question in hiring.questions(play.interview.id) if question.answer)

    with asking(house, server, OPENAI_EMBEDDING_MODEL="vectors") as asked:
        run(lambda: scenario(asked), 120)
