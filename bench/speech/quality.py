"""Word errors and cost on the same clips: ours, and faster-whisper as it comes, with the same model on the same threads in the same run."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.speech.clips import VOCABULARY, Clip, errors
from services.inference import listening
from services.inference.providers import whisper
from services.inference.providers.protocol import Hint
from services.inference.providers.whisper import Whisper

THREADS = 2
Hears = Callable[[bytes], str]


@dataclass
class Sum:
    """What one engine made of some clips."""

    wrong: int = 0
    words: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    slowest: float = 0.0
    heard: list[str] = field(default_factory=list)

    def row(self) -> str:
        share = f"{100 * self.wrong / self.words:.1f} %"
        return f"{share} | {self.cpu / self.seconds:.3f} s | {self.slowest:.1f} s"


def model(name: str) -> Whisper:
    files = whisper._packaged(name)
    assert files is not None
    return Whisper(name, files, "cpu", THREADS)


def ours(found: Whisper, vocabulary: tuple[str, ...] = (), *, hurried: bool = False) -> Hears:
    """As Transcribe hears an utterance."""

    def hear(audio: bytes) -> str:
        parts = [
            (start, found.hear(listening.cut(audio, start, end), Hint("en", vocabulary), hurried=hurried))
            for start, end in listening.windows(found.stretches(audio))
        ]
        return " ".join(word.text for word in listening.joined(parts).words)

    return hear


def theirs(name: str, **options: object) -> Hears:
    """faster-whisper's `transcribe` with its defaults, told the language as ours is, in 8 bits as ours is."""
    found = model(name)._open()

    def hear(audio: bytes) -> str:
        segments, _ = found.transcribe(whisper._samples(audio), language="en", **options)
        return " ".join(segment.text.strip() for segment in segments)

    return hear


def engines(*, small: bool) -> dict[str, Hears]:
    base = model("base")
    found = {
        "ours, base": ours(base),
        "ours, base, hurried (partial results)": ours(base, hurried=True),
        "faster-whisper's defaults, base": theirs("base"),
        "faster-whisper's defaults with its detector of voices, base": theirs("base", vad_filter=True),
    }
    if small:
        found |= {"ours, tiny.en": ours(model("tiny.en")), "faster-whisper's defaults, tiny.en": theirs("tiny.en")}
    for hear in found.values():
        hear(bytes(32_000))
    return found


def told() -> dict[str, Hears]:
    """With the job's terms and without."""
    base = model("base")
    return {
        "ours, base": ours(base),
        "ours, base, told the job's terms": ours(base, VOCABULARY),
        "faster-whisper's defaults, base": theirs("base"),
    }


def measure(found: dict[str, Hears], clips: list[Clip]) -> dict[str, Sum]:
    """Clip by clip, each engine in turn, so that a machine that drifts moves all of them."""
    sums = {name: Sum() for name in found}
    for number, clip in enumerate(clips):
        names = list(found)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            cpu = time.process_time()
            heard = found[name](clip.audio)
            cpu = time.process_time() - cpu
            wrong, words = errors(clip.words, heard)
            own = sums[name]
            own.wrong, own.words = own.wrong + wrong, own.words + words
            own.seconds, own.cpu, own.slowest = own.seconds + clip.seconds, own.cpu + cpu, max(own.slowest, cpu)
            own.heard.append(heard)
    return sums
