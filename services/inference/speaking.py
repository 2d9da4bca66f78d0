"""How a text becomes sentences to be spoken, and what is kept of those that were: no I/O, no model."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator

from services.inference.providers.protocol import SPOKEN_RATE

Key = tuple[str, str, str, str]  # provider, model, voice, sentence
_SECOND = 2 * SPOKEN_RATE
_LONGEST = 300  # characters; a longer sentence is spoken in parts, so that its beginning is heard early
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=\S)|(?<=[。！？])|\s*\n\s*")  # noqa: RUF001 - the full stops of other scripts
_PAUSE = re.compile(r"(?<=[,;:])\s+")
_ABBREVIATED = re.compile(r"\b(?:[A-Za-z]|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|vs|etc|approx|e\.g|i\.e)\.\Z")


def sentences(text: str) -> list[str]:
    """The text's sentences in order, and what is longer than a breath in parts; together they are the text but for spaces."""
    found: list[str] = []
    for part in _split(text):
        if found and (_ABBREVIATED.search(found[-1]) or (part[0].islower() and not found[-1].endswith("\n"))):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return [breath for sentence in found for breath in _breaths(sentence.strip())]


def in_seconds(sentence: str, pieces: Iterator[bytes]) -> Iterator[tuple[str, bytes, bool]]:
    """A sentence's audio in pieces of a second at most: its text with the first alone, and whether it is the last."""
    text, waiting = sentence, b""
    for piece in pieces:
        for start in range(0, len(piece), _SECOND):
            if waiting:
                yield text, waiting, False
                text = ""
            waiting = piece[start : start + _SECOND]
    yield text, waiting, True


class Memory:
    """The sentences spoken last, whosever they were: questions of the bank come again and again."""

    def __init__(self, most: int = 32 * 2**20) -> None:
        """`most` bytes of audio; 32 MiB are eleven minutes."""
        self._most = most
        self._held = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Key, audio: bytes) -> None:
        with self._lock:
            self._held += len(audio) - len(self._kept.pop(key, b""))
            self._kept[key] = audio
            while self._held > self._most:
                self._held -= len(self._kept.popitem(last=False)[1])


def _split(text: str) -> Iterator[str]:
    """At full stops before a space, and at line ends, which are kept as a sign that nothing may be joined to them."""
    start = 0
    for found in _END.finditer(text):
        part = text[start : found.end()].strip()
        start = found.end()
        if part:
            yield part + ("\n" if "\n" in found.group() else "")
    if rest := text[start:].strip():
        yield rest


def _breaths(sentence: str) -> Iterator[str]:
    current = ""
    for part in _PAUSE.split(sentence):
        for start in range(0, len(part), _LONGEST):
            piece = part[start : start + _LONGEST]
            if current and len(current) + len(piece) >= _LONGEST:
                yield current
                current = piece
            else:
                current = f"{current} {piece}".strip()
    if current:
        yield current
