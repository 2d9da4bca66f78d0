"""Words that stand together on a line: the pieces that columns and rows are made of, with what had no room on its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.candidates.parsing.dates import find_period

NARROWEST = 7.0  # points of empty space between columns
_BULLET_REACH = 40.0
BASELINE = 1.5  # points
_DASH = re.compile(r"[-\u2010-\u2015\u2212\u2192~]|\b(?:to|until|till|bis|\u00e0|au|a|al|hasta|at\u00e9)\b", re.IGNORECASE)
RUN = 1.9  # lines of type within one label


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its box and its baseline in points from the page's upper left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    base: float
    tracking: float = 0.0  # points between letters that are spaced out
    look: tuple[bool, bool, int, int] = (False, False, 0, 0)  # bold, italic, half points, colour


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that stand together on one baseline."""

    words: tuple[Word, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def find_segments(words: list[Word]) -> list[Segment]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        for row in reversed(rows[-4:]):
            if on_one_line(row[0], word):
                row.append(word)
                break
        else:
            rows.append([word])
    segments: list[Segment] = []
    for row in rows:
        row.sort(key=lambda word: word.x0)
        start = 0
        for index in range(1, len(row) + 1):
            if index == len(row) or _are_apart(row[index - 1], row[index]):
                segments.append(segment_of(row[start:index]))
                start = index
    return _with_wrapped_titles(_with_broken_dates(_with_their_bullets(segments)))


def _are_apart(word: Word, following: Word) -> bool:
    """A gap wider than a blank, or a narrow one between words that no one line would set beside each other."""
    gap = following.x0 - word.x1
    alike = max(word.size, following.size) < 1.35 * min(word.size, following.size)
    return gap > (max(NARROWEST, 0.75 * following.size) + 2 * min(word.tracking, following.tracking) if alike else 1.0)


def on_one_line(one: Word | Segment, other: Word | Segment) -> bool:
    """The same baseline, give or take what a bullet or an icon of another font is set off by."""
    return abs(one.base - other.base) <= max(BASELINE, 0.22 * min(one.size, other.size))


def segment_of(words: list[Word]) -> Segment:
    longest = max(words, key=lambda word: len(word.text))
    return Segment(
        tuple(words),
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
        longest.base,
        longest.size,
    )


def _with_their_bullets(segments: list[Segment]) -> list[Segment]:
    """A mark that stands alone belongs to the text on its right, far from it or a little off its line; as a segment of its own it would look like a column."""
    marks = [segment for segment in segments if len(segment.text) == 1 and not segment.text.isalnum()]
    led: dict[int, Segment] = {}
    gone: set[int] = set()
    for mark in marks:
        beside = [
            segment for segment in segments
            if 0 <= segment.x0 - mark.x1 < _BULLET_REACH and abs(segment.base - mark.base) < 0.6 * segment.size and id(segment) not in led
        ]  # fmt: skip
        if beside:
            text = min(beside, key=lambda segment: (round(abs(segment.base - mark.base)), segment.x0))
            led[id(text)] = replace(segment_of([*mark.words, *text.words]), base=text.base, size=text.size)
            gone.add(id(mark))
    return [led.get(id(segment), segment) for segment in segments if id(segment) not in gone]


def _with_broken_dates(segments: list[Segment]) -> list[Segment]:
    """A range of dates that goes on in the line below, as in a narrow margin, stands whole on its first line."""
    found = sorted(segments, key=lambda segment: (segment.base, segment.x0))
    gone: set[int] = set()
    for at, first in enumerate(found):
        begun = find_period(first.text)
        if at in gone or begun is None or (begun.start and (begun.end or begun.current) and begun.until < len(first.text)):
            continue
        for below in range(at + 1, len(found)):
            second = found[below]
            gap = second.base - first.base
            if gap > RUN * first.size:
                break
            if (
                below in gone
                or gap <= BASELINE
                or second.x0 > first.x1
                or second.x1 < first.x0
                or not _make_a_range(first.text, second.text)
            ):
                continue
            found[at] = replace(segment_of([*first.words, *second.words]), base=first.base, size=first.size)
            gone.add(below)
            break
    return [segment for at, segment in enumerate(found) if at not in gone]


def _make_a_range(above: str, below: str) -> bool:
    """Whether two lines are a range together and neither is one alone; what is left over is punctuation."""
    whole = f"{above} {below}"
    if not (_DASH.search(above) or _DASH.match(below)):
        return False  # the years of two rows of a table
    period, alone = find_period(whole), find_period(below)
    if period is None or not period.start or not (period.end or period.current) or (alone and alone.start):
        return False
    before = find_period(above)
    open_end = before is not None and before.current and bool(re.search(r"[-\u2010-\u2015\u2212]\s*$", above))
    return (
        (before is None or not before.start or open_end)
        and len(period_rest := whole[: period.begin] + whole[period.until :]) < 6
        and not any(map(str.isalnum, period_rest))
    )


def _with_wrapped_titles(segments: list[Segment]) -> list[Segment]:
    """Words beside a date at the margin that had no room left go on below: they stand whole on their first line."""
    found = sorted(segments, key=lambda segment: (segment.base, segment.x0))
    gone: set[int] = set()
    for at, first in enumerate(found):
        mates = [mate for mate in found[max(0, at - 4) : at + 5] if mate.x0 > first.x1 and on_one_line(first, mate)]
        mate = min(mates, key=lambda mate: mate.x0, default=None)
        if at in gone or mate is None or not any(map(_is_a_date, _on_line_of(first, found, at))):
            continue
        for below in range(at + 1, len(found)):
            second = found[below]
            if second.base - first.base > 1.6 * first.size:
                break
            word, letter = second.words[0], first.words[0]
            no_room = len({round(each.base) for each in mate.words}) > 1 or first.x1 + (word.x1 - word.x0) > mate.x0 - 0.5 * first.size
            alike = abs(second.x0 - first.x0) < 2 and word.bold == letter.bold and abs(second.size - first.size) < 0.4
            dated = find_period(second.text)
            if below not in gone and second.base > first.base + BASELINE and alike and no_room and not (dated and dated.begin < 3):
                if any(map(_is_a_date, _on_line_of(second, found, below))):
                    break
                found[at] = replace(segment_of([*first.words, *second.words]), base=first.base, size=first.size)
                gone.add(below)
                break
    return [segment for at, segment in enumerate(found) if at not in gone]


def _on_line_of(first: Segment, found: list[Segment], at: int) -> list[Segment]:
    return [mate for mate in found[max(0, at - 4) : at + 5] if mate is not first and on_one_line(first, mate)]


def _is_a_date(segment: Segment) -> bool:
    period = find_period(segment.text)
    return period is not None and period.until - period.begin >= len(segment.text) - 3
