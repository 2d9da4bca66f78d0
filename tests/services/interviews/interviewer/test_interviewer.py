"""The interviewer in a room with a candidate who speaks."""

from tests.conftest import House
from tests.gateway.sockets import gateway, run
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
