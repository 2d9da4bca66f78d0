"""Parts of the house are killed at each step of an interview: it goes on by itself, nothing is lost or told twice, one credit is spent."""

from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest

from tests.gateway.sockets import run
from tests.services.interviews.conftest import hire, rows
from tests.services.interviews.interviewer.play import ANSWERS, Play
from tests.services.interviews.interviewer.stage import PARTS, Stage

pytestmark = pytest.mark.soak
STEPS = ("before the answer", "with the answer on its way", "before the end")


@pytest.mark.parametrize("at", STEPS)
@pytest.mark.parametrize("part", [*PARTS, "interviewer"])
def test_an_interview_outlives_a_part_that_is_killed(stage: Stage, part: str, at: str) -> None:
    hiring = hire(stage.house)

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            play = Play(hiring, stack, SimpleNamespace(address=stage.address))

            def kill() -> None:
                stage.kill(stage.host_of(play.interview.id) if part == "interviewer" else part)

            await play.come()
            await play.hosted()
            await play.asked(1)
            if at == STEPS[0]:
                kill()
            for number, answer in enumerate(ANSWERS):
                if at == STEPS[1] and number == 0:
                    await play.say(answer, f"answer-{number}")
                    kill()
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
            if at == STEPS[2]:
                kill()
            if part == "interviewer":
                dead = rows(stage.house, "SELECT lease_id FROM rooms WHERE interview_id = %s", play.interview.id)
                play.client.others.clear()
                await play.hosted()  # another, as soon as the lease of the dead one has run out
                assert rows(stage.house, "SELECT lease_id FROM rooms WHERE interview_id = %s", play.interview.id) != dead
            await play.end()

    run(scenario, 180)
