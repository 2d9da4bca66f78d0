"""What a candidate may do to an interview: say nothing, leave for good, send nonsense. It ends well all the same, and is paid for once or not at all."""

from contextlib import AsyncExitStack

import pytest

from gateway.closing import Close
from services.interviews import closing
from services.interviews.interviewer import session, speaking
from tests.conftest import House
from tests.gateway.sockets import gateway, run
from tests.services.interviews.conftest import Hiring, rows
from tests.services.interviews.interviewer.caller import interviewing
from tests.services.interviews.interviewer.play import ANSWERS, Play

NOBODY_SPEAKS = "127.0.0.1:9"  # no inference: all that is said is to be read


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interviewer whose minutes are moments."""
    monkeypatch.setattr(session, "_RENEW_SECONDS", 0.1)
    monkeypatch.setattr(session, "_NUDGE_SECONDS", 0.3)
    monkeypatch.setattr(session, "_LEAVE_SECONDS", 0.9)
    monkeypatch.setattr(speaking, "_CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(speaking, "_TRIES", 1)


async def begin(house: House, hiring: Hiring, stack: AsyncExitStack) -> Play:
    play = Play(hiring, stack, await stack.enter_async_context(gateway(house)))
    await stack.enter_async_context(interviewing(house, play.door, INFERENCE_SERVICE_URL=NOBODY_SPEAKS))
    await play.come()
    await play.hosted()
    await play.asked(1)
    return play


def captions(play: Play) -> list[str]:
    return [other["caption"]["text"] for other in play.client.others if "caption" in other]


@pytest.mark.usefixtures("hurried")
def test_one_who_says_nothing_is_asked_once_more_then_left_alone_and_may_go_on_later(house: House, hiring: Hiring) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            play = await begin(house, hiring, stack)
            await play.until(lambda: session._NUDGE in captions(play), "a word of patience")
            await play.until(lambda: session._LEAVING in captions(play), "the goodbye")
            await play.until(lambda: not play.is_hosted(), "the interviewer has left")
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
            await play.hosted()
            await play.end()

    run(scenario, 90)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("answers", [pytest.param(0, marks=pytest.mark.soak), 1])
def test_one_who_leaves_for_good_is_waited_for_and_the_interview_ends_when_its_time_is_up(
    house: House, hiring: Hiring, answers: int
) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            play = await begin(house, hiring, stack)
            of_it = play.interview.id
            for answer in ANSWERS[:answers]:
                await play.answer(answer, "answer")
            await play.client.ws.close()

            def is_left() -> bool:
                """Two minutes later."""
                rows(house, "UPDATE rooms SET wanted_until = now() - interval '1 second' WHERE interview_id = %s", of_it)
                return rows(house, "SELECT lease_id FROM rooms WHERE interview_id = %s", of_it) == [(None,)]

            await play.eventually(is_left)
            rows(house, "UPDATE tasks SET run_at = now() WHERE kind = 'time_up' AND payload->>'interview_id' = %s", of_it)
            await play.eventually(lambda: hiring.read(of_it).status == ("ended" if answers else "cancelled"))
            await play.eventually(lambda: hiring.charges() == [of_it] * answers)
            lines = hiring.transcript(of_it)
            assert [line.text for line in lines if line.speaker == "candidate"] == list(ANSWERS[:answers])
            assert lines[-1].text == (closing.TIME_UP if answers else closing.NOT_HELD)

    run(scenario, 90)


@pytest.mark.parametrize(
    "nonsense",
    [
        "offers that are none",
        *(
            pytest.param(one, marks=pytest.mark.soak)
            for one in ("frames that cannot be read", "too many frames", "candidates that are none")
        ),
    ],
)
def test_nonsense_on_the_socket_ends_no_interview(house: House, hiring: Hiring, nonsense: str) -> None:
    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            play = await begin(house, hiring, stack)
            told = [other["participants"]["participants"] for other in play.client.others if "participants" in other]
            to = next(one["participant_id"] for one in told[-1] if one["kind"] == "interviewer")
            for number in range(60 if nonsense == "too many frames" else 6):
                if nonsense == "frames that cannot be read":
                    await play.client.ws.send_str('{"say": [' * (number + 1))
                elif nonsense == "too many frames":
                    await play.client.send(typing={"active": True})
                elif nonsense == "offers that are none":
                    await play.client.send(signal={"to": to, "session": "s", "description": {"type": "offer", "sdp": "v=0\r\nm=" * number}})
                else:
                    await play.client.send(signal={"to": to, "session": "s", "candidate": {"candidate": f"candidate:{number} x y z"}})
            if "frames" in nonsense:
                code = await play.client.code()
                assert code == (Close.TOO_FAST if nonsense == "too many frames" else Close.BAD_FRAMES)
                await play.come()
            for number, answer in enumerate(ANSWERS):
                await play.answer(answer, f"answer-{number}")
                await play.asked(number + 2)
            assert play.is_hosted()
            await play.end()

    run(scenario, 90)
