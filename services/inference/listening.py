"""How audio is cut for a model and how its words become sentences: no I/O, no model."""
# ruff: noqa: RUF001 - the full stops of other scripts

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.inference.providers.protocol import UNSPACED, Heard, Word

RATE = 16_000
SAMPLE_BYTES = 2
UTTERANCE_SECONDS = 30
FIRST_PARTIAL_SECONDS = 1.0
_PAUSES = 0.25  # seconds without a voice, after which the whole utterance is probably asked for
_WINDOW = 28 * RATE
_LONGEST_PAUSE = 2 * RATE
_ENDS = (".", "?", "!", "。", "？", "！")


@dataclass(frozen=True)
class Sentence:
    """Words up to a full stop, or to the end of what was heard."""

    words: tuple[Word, ...]

    def text(self, language: str) -> str:
        return ("" if language in UNSPACED else " ").join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return sum(word.confidence for word in self.words) / len(self.words)


def windows(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of speech, in samples, put together into pieces that a model hears at once: whole ones, with the short pauses between them."""
    found: list[tuple[int, int]] = []
    for start, end in stretches:
        if found and start - found[-1][1] <= _LONGEST_PAUSE and end - found[-1][0] <= _WINDOW:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def cut(audio: bytes, start: int, end: int) -> bytes:
    """The audio between two samples."""
    return audio[start * SAMPLE_BYTES : end * SAMPLE_BYTES]


def seconds(audio: bytes | bytearray) -> float:
    return len(audio) / (RATE * SAMPLE_BYTES)


def joined(parts: Sequence[tuple[int, Heard]]) -> Heard:
    """What was heard in several windows, each with its first sample, as if it were one. The language is that of most of the words."""
    words = tuple(
        replace(word, start=round(word.start + at / RATE, 2), end=round(word.end + at / RATE, 2))
        for at, heard in parts
        for word in heard.words
    )
    spoken = [heard for _, heard in parts if heard.words]
    if not spoken:
        return Heard(())
    counts: dict[str, int] = {}
    for heard in spoken:
        counts[heard.language] = counts.get(heard.language, 0) + len(heard.words)
    language = max(counts, key=lambda each: counts[each])
    return Heard(words, language, max(heard.language_confidence for heard in spoken if heard.language == language))


def sentences(words: Iterable[Word]) -> list[Sentence]:
    found: list[Sentence] = []
    current: list[Word] = []
    for word in words:
        current.append(word)
        if word.text.endswith(_ENDS):
            found.append(Sentence(tuple(current)))
            current = []
    return [*found, Sentence(tuple(current))] if current else found


def pauses(stretches: Sequence[tuple[int, int]], audio: bytes) -> bool:
    """Whether nobody speaks at the end of the audio, or yet."""
    return not stretches or len(audio) // SAMPLE_BYTES - stretches[-1][1] > _PAUSES * RATE


def partial_is_due(heard: float, last: float, now: float, last_at: float, took: float) -> bool:
    """Whether to say what is heard so far: after a second of new audio (`heard` beyond `last`), and never for more than a third of the time."""
    return heard - last >= FIRST_PARTIAL_SECONDS and now - last_at >= max(FIRST_PARTIAL_SECONDS, 3 * took)
