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
            caller.microphone.waiting += samples(ANSWER)
            await caller.client.until(lambda: [one for one in caller.captions() if not one["is_final"] and "ledger" in one["text"]], "what is heard so far")
            await caller.client.until(lambda: len(caller.client.messages) >= 5, "the answer and the next question")
            before = len(caller.heard)
            await caller.client.until(lambda: len(caller.heard) > before, "the next question's voice")
            print("silence to voice", caller.heard[before] - caller.microphone.said_at)

    run(scenario, 90)
    lines = hiring.transcript(interview.id)
    print([(line.speaker, line.text) for line in lines])
    print(hiring.questions(interview.id)[0])
