"""The editor of an interview, as browsers have it: candidate and colleague with an unchanged y-websocket client, through a gateway."""

import asyncio
from typing import Any

from einstellen.interviews.v1 import code_pb2 as pb
from einstellen.interviews.v1 import code_pb2_grpc
from gateway.closing import Close
from tests.conftest import House
from tests.gateway.sockets import gateway, run
from tests.gateway.yjs import clients
from tests.services.interviews.conftest import Hiring


def test_both_sides_type_into_one_text_and_every_edit_is_kept_in_its_order(house: House, hiring: Hiring) -> None:
    made = hiring.start(question_count=2)
    question = made.open_question.id
    stranger, shown = house.register(), []

    async def scenario() -> None:
        async with gateway(house) as door, clients() as node:

            async def enter(name: str, token: str) -> None:
                await node.open(name, door.address, made.id, token, path="code", text=question)

            await asyncio.gather(enter("candidate", hiring.candidate.access), enter("employer", hiring.employer.access))
            await asyncio.gather(node("candidate", "type", letters="a" * 20), node("employer", "type", letters="b" * 20, seed=7))
            shown.extend(await asyncio.gather(node("candidate", "length", length=40), node("employer", "length", length=40)))
            await node(
                "stranger", "open", url=f"ws://{door.address}/ws/code", room=made.id, text=question,
                params={"access_token": stranger.access}, protocols=[],
            )  # fmt: skip
            await node("stranger", "status", status=int(Close.NOT_FOUND))
            await node("stranger", "close")

    run(scenario)
    assert shown[0] == shown[1]
    assert (shown[0].count("a"), shown[0].count("b")) == (20, 20)
    code: Any = house.stub("interviews", code_pb2_grpc.CodeServiceStub)
    read = code.GetCode(pb.GetCodeRequest(interview_id=made.id), metadata=hiring.employer.metadata)
    assert [(one.question_id, one.text) for one in read.texts] == [(question, shown[0])]
    edits = code.ListCodeEdits(pb.ListCodeEditsRequest(interview_id=made.id, page_size=100), metadata=hiring.candidate.metadata).edits
    assert [edit.seq for edit in edits] == list(range(1, len(edits) + 1))
    assert {edit.editor for edit in edits} == {"candidate", "colleague"}
    times = [edit.store_time.ToNanoseconds() for edit in edits]
    assert times == sorted(times)
    half = code.GetCode(pb.GetCodeRequest(interview_id=made.id, seq=len(edits) // 2), metadata=hiring.employer.metadata)
    assert 0 < len(half.texts[0].text) < 40
