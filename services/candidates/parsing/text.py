"""The text of a document, its sections and the items within them; every one of them knows its lines and characters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from services.candidates.parsing.lines import Document, Seam
from services.candidates.parsing.parsed import Found, Source, Value

_SHORTEST_HEADING, _LONGEST_HEADING = 4, 48
_LONGEST_BROKEN = 120  # letters of a word that a line end cut without a hyphen


@dataclass(slots=True)
class Section:
    kind: str  # "" before the first heading
    title: str
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet or a line with the lines that continue it."""

    first: int
    last: int
    text: str
    bullet: bool
    seams: tuple[Seam, ...] = ()


class Text:
    """The document's text and where each line of it stands, so that every value can name its source."""

    def __init__(self, document: Document) -> None:
        self.lines = document.lines
        self.wrapped = document.wrapped
        self.text = "\n".join(line.text for line in document.lines)
        self._starts = list(accumulate((len(line.text) + 1 for line in document.lines), initial=0))

    def found(self, value: Value, confidence: float, first: int, last: int, words: str | None = None) -> Found[Value]:
        """The value with its source: the words within the lines first to last, across a line's end too, or else the whole lines."""
        begin, end = self._starts[first], self._starts[last + 1] - 1
        sought = words if words is not None else str(value)
        if span := _span(self.text[begin:end], sought, several=last > first):
            begin, end = begin + span[0], begin + span[1]
            while self._starts[first + 1] <= begin:
                first += 1
        return Found(value, confidence, Source(self.lines[first].page, first, begin, end))

    def line_of(self, position: int) -> int:
        low, high = 0, len(self.lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._starts[middle] <= position else (low, middle - 1)
        return low

    def at(self, value: str, confidence: float, begin: int, end: int) -> Found[str]:
        line = self.line_of(begin)
        return Found(value, confidence, Source(self.lines[line].page, line, begin, end))


def _span(within: str, sought: str, *, several: bool) -> tuple[int, int] | None:
    """Where the words stand: as they are, or divided by the ends of lines."""
    if not sought.strip():
        return None
    at = within.find(sought)
    if at >= 0:
        return at, at + len(sought)
    match = re.search(r"-?\s+".join(map(re.escape, sought.split())), within)
    if match is None and several and len(sought) <= _LONGEST_BROKEN:
        match = re.search(r"\s?".join(map(re.escape, sought)), within)
    return match.span() if match else None
