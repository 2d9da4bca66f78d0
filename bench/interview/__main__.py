"""`python -m bench.interview`: how long a candidate waits for the next question, over WebRTC and through the whole stack, and what that time is made of."""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
import numpy as np

from bench.interview.candidate import RATE, entering
from bench.speech import clips
from cli.demo.client import Client, DemoError
from cli.demo.interview import Interviewing
from cli.demo.page import Page
from cli.demo.story import Story
from cli.stack.ports import free_port
from cli.stack.stripe_stand_in import StripeServer
from cli.up import Running, embedded

RESULTS = Path(__file__).with_name("results.md")
_STEPS = {
    "heard": "the text is known: 0.2 s of silence, then the transcript",
    "over": "patience: until the silence ends the turn, where that is later",
    "taken": "the answer stored and judged, the next question chosen and stored",
    "sound": "its first sentence spoken",
    "rest": "the way of the sound: Opus, WebRTC and its jitter buffers there and back",
}
_TICKS = os.sysconf("SC_CLK_TCK")


class Quiet(Page):
    """Shows nothing of how the organization and the candidate came about."""

    def step(self, title: str) -> None:
        print(title, file=sys.stderr, flush=True)

    def call(self, method: str, path: str, status: object, milliseconds: float) -> None: ...

    def say(self, text: str) -> None: ...

    def table(self, head: Any, rows: Any) -> None: ...


@dataclass
class Turn:
    """Seconds from the last sound of an answer to the first of the next question; `others` is the share of the processors' time that went elsewhere then."""

    seconds: float
    answer: float
    others: float
    load: float
    steps: dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.interview", description=__doc__)
    parser.add_argument("--turns", type=int, default=24, help="answers that are given (24)")
    parser.add_argument("--dry", action="store_true", help="leave bench/interview/results.md as it is")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="einstellen-bench-") as root,
        closing(StripeServer(first=time.time_ns() // 1_000_000)) as stripe,
    ):
        Path(root).chmod(0o755)  # PostgreSQL may run as another user
        paid = {"STRIPE_SECRET_KEY": "sk_test_of_the_bench", "STRIPE_BASE_URL": stripe.url, "STRIPE_WEBHOOK_SECRET": stripe.secret}
        with embedded(Path(root) / "data", free_port(), lambda _: None, settings=paid) as running:
            stripe.hooks.append(f"{running.url}/webhook/stripe/")
            try:
                turns = asyncio.run(_measure(running, asked.turns))
            except TimeoutError:
                print(*(running.folder.log(name).read_text()[-6000:] for name in ("interviewer", "gateway", "services")), file=sys.stderr)
                raise
    text = _shown(turns)
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


async def _measure(running: Running, count: int) -> list[Turn]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        story = Story(session, running.url, Quiet(), running.mailbox)
        await story.post_a_job()
        await story.upload_cvs()
        await story.candidates[0].call("POST", f"/jobs/{story.job['id']}/apply/", {"request_id": "bench"})
        await Interviewing(story, session, running.url, Quiet()).subscribe()
        person, turns = story.candidates[0], []
        answers = [_at_rate(clip) for clip in clips.spoken()]
        while len(turns) < count:
            request = {
                "candidate_id": story.profiles[0]["id"],
                "job_id": story.job["id"],
                "question_count": 15,
                "request_id": f"bench-{len(turns)}",
            }
            interview = await _started(story.employer, request)
            async with entering(session, running.url, interview["id"], person.access) as candidate:
                lines = 1
                while len(turns) < count:
                    await candidate.question(lines)
                    found = await person.call("GET", f"/interviews/{interview['id']}")
                    if not (question := found.get("open_question")):
                        break
                    if question["asks_for_code"]:  # is answered in writing, and not counted
                        candidate.first_at = 0.0
                        await person.call(
                            "POST", f"/interviews/{interview['id']}/questions/{question['id']}/answer", {"text": "", "code": "pass"}
                        )
                        lines += 2
                        continue
                    audio = answers[len(turns) % len(answers)]
                    before, began, known = _busy(), _ours(running), len(_turns_of(running))
                    seconds = await candidate.say(audio)
                    spent, own = _busy() - before, _ours(running) - began
                    lines += 2
                    steps = await _told(running, known)
                    if steps:
                        steps["rest"] = seconds - sum(steps.values())
                    lasted = len(audio) / 2 / RATE + seconds
                    turn = Turn(
                        seconds, len(audio) / 2 / RATE, max(0.0, spent - own) / (lasted * (os.cpu_count() or 1)), os.getloadavg()[0], steps
                    )
                    turns.append(turn)
                    shown = " ".join(f"{name} {value:.2f}" for name, value in steps.items())
                    print(
                        f"{len(turns)}: {seconds:.2f} s ({shown}); others {turn.others:.0%}, load {turn.load:.1f}",
                        file=sys.stderr,
                        flush=True,
                    )
            await story.employer.call("POST", f"/interviews/{interview['id']}/end", {})
        return turns


async def _started(employer: Client, request: dict[str, Any]) -> dict[str, Any]:
    """Again while the organization has not heard yet of who applied."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await employer.call("POST", "/interviews/start/", request)
            except DemoError:
                await asyncio.sleep(0.3)


async def _told(running: Running, known: int) -> dict[str, float]:
    """What the interviewer's log says of its last turn; nothing where it says nothing new."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            while len(lines := _turns_of(running)) <= known:
                await asyncio.sleep(0.02)
            return {step: lines[-1][f"{step}_ms"] / 1000 for step in ("heard", "over", "taken", "sound")}
    return {}


def _turns_of(running: Running) -> list[dict[str, Any]]:
    lines = running.folder.log("interviewer").read_text().splitlines()
    return [json.loads(line) for line in lines if '"message": "turn"' in line]


def _at_rate(clip: clips.Clip) -> bytes:
    wave = np.frombuffer(clip.audio, "<i2").astype("f4")
    return np.interp(np.arange(0, wave.size, clips.RATE / RATE), np.arange(wave.size), wave).astype("<i2").tobytes()


def _busy() -> float:
    """Seconds of all processors that anybody has used."""
    user, nice, system, _, _, irq, soft, *_ = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + soft) / _TICKS


def _ours(running: Running) -> float:
    """Seconds of processor that this process and those below it have used so far."""
    parents, spent = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        pid = int(entry.parent.name)
        parents[pid], spent[pid] = int(fields[1]), sum(map(int, fields[11:15])) / _TICKS

    def is_ours(pid: int) -> bool:
        while pid and pid != os.getpid():
            pid = parents.get(pid, 0)
        return bool(pid)

    return sum(seconds for pid, seconds in spent.items() if is_ours(pid))


def _shown(turns: list[Turn]) -> str:
    def row(name: str, values: list[float]) -> str:
        return f"| {name} | {median(values):.2f} s | {quantiles(values, n=20)[-1]:.2f} s | {max(values):.2f} s |"

    whole = [turn.seconds for turn in turns]
    others = [turn.others for turn in turns]
    told = [turn.steps for turn in turns if turn.steps]
    share = {name: sum(steps[name] for steps in told) / sum(sum(steps.values()) for steps in told) for name in _STEPS}
    return "\n".join(
        [
            "# From the end of an answer to the next question",
            "",
            f"{len(turns)} answers of {min(turn.answer for turn in turns):.0f} to {max(turn.answer for turn in turns):.0f} seconds. What is measured and how to read this: "
            "[README](../README.md#an-interview).",
            "",
            "| | median | 95 of 100 | slowest |",
            "|---|---|---|---|",
            row("**from the last sound that was sent to the first that was received**", whole),
            *(row(f"{words} ({share[name]:.0%})", [steps[name] for steps in told]) for name, words in _STEPS.items()),
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; the whole stack, the candidate and its WebRTC on the same cores. "
            f"Other processes took {median(others):.0%} of the processors in the median turn ({min(others):.0%} to {max(others):.0%}); load average "
            f"{median([turn.load for turn in turns]):.1f}.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
