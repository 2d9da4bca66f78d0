"""Sound and picture in the room of an interview: who takes part, whom a peer's words reach, who agrees, who leads."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import redis.asyncio
from prometheus_client import REGISTRY

from einstellen.interviews.v1 import interviewer_pb2, interviewer_pb2_grpc, interviews_pb2, interviews_pb2_grpc
from gateway.closing import Close
from gateway.media import Part
from gateway.presence import Presence
from services.chassis import rooms as wire
from services.chassis.interceptor import SERVICE_TOKEN
from services.chassis.tokens import ServiceTokens
from tests.conftest import House
from tests.gateway.sockets import PATIENCE, Client, connect, gateway, run
from tests.journeys import world as worlds

OFFER = {"session": "s1", "description": {"type": "offer", "sdp": "v=0\r\n"}}


@pytest.fixture(scope="module")
def world(house: House) -> Iterator[Any]:
    return worlds.make(house)


@asynccontextmanager
async def visit(running: Any, world: Any, who: Any) -> Any:
    async with connect(running, world.ids["interview_id"], who, kind="interview") as client:
        await client.until(lambda: client.welcome, "the welcome")
        yield client


def seen(client: Client) -> list[tuple[str, str, bool]]:
    """Whom the client was last told of."""
    told = [other["participants"]["participants"] for other in client.others if "participants" in other]
    return sorted((one["kind"], one["participant_id"], one["agrees"]) for one in told[-1]) if told else []


def known(client: Client) -> dict[str, str]:
    """What each is whom the client was last told of, by id."""
    return {participant_id: kind for kind, participant_id, _ in seen(client)}


def test_nothing_is_left_of_sockets_whose_clients_have_gone(house: House, world: Any) -> None:
    async def scenario() -> None:
        async with gateway(house) as running:
            for _ in range(10):
                async with visit(running, world, world.employer) as colleague, visit(running, world, world.candidate) as candidate:
                    await asyncio.gather(colleague.ws.close(), candidate.ws.close())
            async with asyncio.timeout(PATIENCE):
                while REGISTRY.get_sample_value("einstellen_gateway_sockets"):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.01)

    run(scenario)


def test_who_leaves_or_agrees_while_everybody_is_refreshed_does_not_stay_as_they_were(house: House) -> None:
    async def scenario() -> None:
        async with redis.asyncio.Redis.from_url(house.environment["REDIS_URL"]) as client:
            presence, room = Presence(client, "one"), f"interview-{uuid4()}"
            leaves, agrees, agreed = (
                presence.entry(user, user, Part(f"one-{number}", "candidate", ("call",), agrees))
                for number, user, agrees in ((1, "ada", False), (2, "bo", False), (2, "bo", True))
            )
            states = iter([{room: [leaves, agrees]}, {room: [agreed]}])

            def now() -> dict[str, list[str]]:
                """Asked a second time, what others have done meanwhile is done, and Redis had it before it had what was asked for first."""
                return next(states)

            await presence.replace(room, agrees, agreed)
            [here] = await presence.refresh(now) or []
            assert ("ada" in here.people, [one.agrees for one in here.participants.values()]) == (False, [True])
            assert await client.zrange(wire.presence(room), 0, -1) == [agreed.encode()]

    run(scenario)


def test_who_was_put_back_by_a_refresh_that_was_cut_off_is_gone_with_the_process(house: House) -> None:
    async def scenario() -> None:
        async with redis.asyncio.Redis.from_url(house.environment["REDIS_URL"]) as client:
            presence, room = Presence(client, "one"), f"interview-{uuid4()}"
            entry = presence.entry("ada", "ada", Part("one-1", "candidate", ("call",), agrees=False))
            asked = 0

            def cut_off() -> dict[str, list[str]]:
                nonlocal asked
                asked += 1
                if asked == 2:
                    raise asyncio.CancelledError
                return {room: [entry]}

            with pytest.raises(asyncio.CancelledError):
                await presence.refresh(cut_off)
            assert await client.zcard(wire.presence(room)) == 1
            await presence.close()
            assert await client.zcard(wire.presence(room)) == 0

    run(scenario)


def test_a_signal_reaches_the_participant_it_is_for_at_whichever_process(house: House, world: Any) -> None:
    async def scenario() -> None:
        async with (
            gateway(house) as one,
            gateway(house) as other,
            visit(one, world, world.candidate) as candidate,
            visit(other, world, world.employer) as employer,
            visit(one, world, world.employer) as bystander,
        ):
            people = {
                client.welcome["participant_id"]: kind
                for client, kind in ((candidate, "candidate"), (employer, "colleague"), (bystander, "colleague"))
            }
            for client in (candidate, employer, bystander):
                await client.until(lambda client=client: people.items() <= known(client).items(), "all three are known")  # type: ignore[misc]
            await candidate.send(signal={"to": employer.welcome["participant_id"], "sender_id": "somebody-else", **OFFER})
            signal = await employer.other("signal")
            assert signal["sender_id"] == candidate.welcome["participant_id"]
            assert signal["description"] == OFFER["description"]
            await employer.send(signal={"to": signal["sender_id"], "session": "s1", "candidate": {"candidate": ""}})
            assert (await candidate.other("signal"))["sender_id"] == employer.welcome["participant_id"]
            await employer.ws.close()
            await candidate.until(lambda: employer.welcome["participant_id"] not in known(candidate), "who left is gone")
            await candidate.send(signal={"to": employer.welcome["participant_id"], **OFFER})
            assert (await candidate.other("error"))["reason"] == "PARTICIPANT_GONE"
            assert not [other for other in bystander.others if "signal" in other]

    run(scenario)


def test_agreeing_to_being_recorded_is_kept_and_told(house: House, world: Any) -> None:
    async def scenario() -> None:
        async with (
            gateway(house) as running,
            visit(running, world, world.candidate) as candidate,
            visit(running, world, world.employer) as employer,
        ):
            assert candidate.welcome["agrees"] is False
            await candidate.send(consent={"agrees": True})
            await employer.send(consent={"agrees": True})
            await employer.until(lambda: [agrees for *_, agrees in seen(employer)] == [True, True], "both agree")
            await employer.send(consent={"agrees": False})
            await candidate.until(lambda: [agrees for *_, agrees in seen(candidate)] == [True, False], "one does not any more")
            async with visit(running, world, world.employer) as tab:
                await tab.send(consent={"agrees": True})
                await candidate.until(lambda: [agrees for *_, agrees in seen(candidate)] == [True] * 3, "the person agrees, in both tabs")
        async with gateway(house) as running, visit(running, world, world.candidate) as candidate:
            assert candidate.welcome["agrees"] is True

    run(scenario)
    stub = house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)
    read = interviews_pb2.GetInterviewRequest(interview_id=world.ids["interview_id"])
    assert stub.GetInterview(read, metadata=world.candidate.metadata).is_recording_allowed


def test_a_colleague_takes_the_lead_and_gives_it_back_and_the_candidate_cannot(house: House, world: Any) -> None:
    async def scenario() -> None:
        async with (
            gateway(house) as running,
            visit(running, world, world.candidate) as candidate,
            visit(running, world, world.employer) as employer,
        ):
            await candidate.send(lead={"active": True})
            assert (await candidate.other("error"))["reason"] == "CALLS_OFF"
            await employer.send(lead={"active": True})
            assert (await candidate.other("lead"))["user_id"] == world.employer.user_id
            before = len(candidate.messages)
            await candidate.say("This is to a person and answers no question of the interviewer's.", "to-a-person")
            await candidate.until(lambda: len(candidate.messages) == before + 1, "what was said")
            await employer.send(lead={"active": False})
            await candidate.other("lead", user_id="")

    run(scenario)
    stub = house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)
    read = interviews_pb2.GetInterviewRequest(interview_id=world.ids["interview_id"])
    assert stub.GetInterview(read, metadata=world.candidate.metadata).open_question.id == world.ids["question_id"]


def test_the_interviewer_comes_in_with_the_lease_and_only_by_this_door(house: House, world: Any) -> None:
    interviewer = house.stub("interviews", interviewer_pb2_grpc.InterviewerServiceStub)

    def headers(name: str) -> dict[str, str]:
        return {SERVICE_TOKEN: ServiceTokens(house.environment["SERVICE_TOKEN"], name).sign("gateway")}

    async def scenario() -> None:
        async with gateway(house) as running, aiohttp.ClientSession() as session:

            async def enter(name: str, kind: str = "interview") -> Client:
                address = f"http://{running.address}/ws/{kind}/{world.ids['interview_id']}"
                return Client(await session.ws_connect(address, headers=headers(name)))

            assert await (await enter("interviewer")).code() == Close.NOT_FOUND
            async with visit(running, world, world.candidate) as candidate:
                lease = interviewer_pb2.Lease()
                while lease.interview_id != world.ids["interview_id"]:  # others may wait in rooms of other tests
                    request = interviewer_pb2.LeaseRoomRequest(holder="test")
                    lease = interviewer.LeaseRoom(request, metadata=house.as_service("interviewer", "interviews")).lease
                    assert lease.lease_id
                assert lease.question_id == world.ids["question_id"]
                assert await (await enter("jobs")).code() == Close.UNAUTHENTICATED
                assert await (await enter("interviewer", "chat")).code() == Close.UNAUTHENTICATED
                inside = await enter("interviewer")
                await candidate.until(lambda: [kind for kind, *_ in seen(candidate)] == ["candidate", "interviewer"], "it is there")
                await inside.until(lambda: inside.welcome, "the welcome")
                await inside.send(caption={"participant_id": "p", "utterance_id": "u", "text": "so far"})
                assert (await candidate.other("caption"))["text"] == "so far"
                await candidate.send(caption={"participant_id": "p", "utterance_id": "u", "text": "forged"})
                assert (await candidate.other("error"))["reason"] == "CALLS_OFF"
                await candidate.say("I measured before I changed anything, and the index made it ten times faster.", "c1")
                await inside.until(lambda: len(inside.messages) >= 2, "the answer and the next question")

    run(scenario)


def test_relays_are_told_of_with_credentials_that_end(house: House, world: Any) -> None:
    async def scenario() -> None:
        values = {"ICE_URLS": "stun:turn.example.com turn:turn.example.com", "TURN_SECRET": "north", "TURN_SECONDS": "600"}
        async with gateway(house, **values) as running, visit(running, world, world.candidate) as candidate:
            plain, relay = candidate.welcome["ice_servers"]
            assert (plain["urls"], plain["username"]) == (["stun:turn.example.com"], "")
            until, _, name = relay["username"].partition(":")
            assert name == candidate.welcome["participant_id"]
            assert int(until) > 0
            digest = hmac.new(b"north", relay["username"].encode(), hashlib.sha1).digest()
            assert relay["credential"] == base64.b64encode(digest).decode()
        async with gateway(house) as running, visit(running, world, world.candidate) as candidate:
            assert candidate.welcome["ice_servers"] == []

    run(scenario)
