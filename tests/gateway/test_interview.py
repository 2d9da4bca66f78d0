"""The room of an interview over a real socket: what is asked comes in, what is said there is the answer, and nobody else enters."""

import pytest

from einstellen.interviews.v1 import interviews_pb2, interviews_pb2_grpc
from gateway.closing import Close
from tests.conftest import House
from tests.gateway.sockets import connect, gateway, run
from tests.journeys import world as worlds


def test_an_interview_is_held_in_its_room(house: House) -> None:
    world = worlds.make(house)
    stub = house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)
    read = interviews_pb2.GetInterviewRequest(interview_id=world.ids["interview_id"])
    question = stub.GetInterview(read, metadata=world.candidate.metadata).open_question

    async def scenario() -> None:
        async with (
            gateway(house) as running,
            connect(running, world.ids["interview_id"], world.candidate, kind="interview") as candidate,
            connect(running, world.ids["interview_id"] + "/", world.employer, kind="interview") as employer,
        ):
            await candidate.until(lambda: len(candidate.messages) == 3, "what was said before")
            assert candidate.messages[-1]["content"] == question.text
            answer = "I measured every query, found the slowest by its plan and added the index that it needed; it took a tenth of the time then."
            await candidate.say(answer, "a1")
            for client in (candidate, employer):
                await client.until(lambda client=client: len(client.messages) >= 5, "the answer and the next question")  # type: ignore[misc]
                assert client.messages[3]["content"] == answer
                assert client.messages[4]["sender_name"] == "Interviewer"
                assert client.seqs == [1, 2, 3, 4, 5]

    run(scenario)
    following = stub.GetInterview(read, metadata=world.candidate.metadata).open_question
    assert following.id != question.id


@pytest.mark.parametrize(
    ("kind", "room"), [("interview", "{interview_id}"), ("chat", "interview-{interview_id}"), ("interview", "nonsense")]
)
def test_a_stranger_does_not_enter_an_interview_by_any_door(house: House, kind: str, room: str) -> None:
    world = worlds.make(house)

    async def scenario() -> None:
        async with gateway(house) as running:
            for stranger in (house.register(), house.employer()):
                async with connect(running, room.format(**world.ids), stranger, kind=kind) as client:
                    assert await client.code() == Close.NOT_FOUND

    run(scenario)
