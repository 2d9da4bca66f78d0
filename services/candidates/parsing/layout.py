"""The reading order of words on a page: rows, the gaps within them, and columns told from tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median

_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}/\d{2}\b|present|heute|today|now", re.IGNORECASE)
_FEWEST = 4  # segments that make a column
_NARROWEST = 7.0  # points of empty space between columns
_BULLET_REACH = 40.0
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in points from the page's upper left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool


Cell = list[Word]
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words that stand together on one baseline."""

    words: tuple[Word, ...]
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def reading_order(words: list[Word]) -> list[Row]:
    """Rows from top to bottom, column by column where there are columns.

    The page is cut like a letter is folded: at a gutter that runs down the whole region where there is one, else below the rows that
    stand over it. Dates at a margin and labels of a table leave gutters too, but their rows belong together and stay so.
    """
    return [row for region in _regions(_segments(words), 0) for row in _rows(region)]


def _segments(words: list[Word]) -> list[_Segment]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: ((word.y0 + word.y1) / 2, word.x0)):
        middle = (word.y0 + word.y1) / 2
        for row in reversed(rows[-4:]):
            if row[-1].y0 <= middle <= row[-1].y1 or word.y0 <= (row[-1].y0 + row[-1].y1) / 2 <= word.y1:
                row.append(word)
                break
        else:
            rows.append([word])
    segments: list[_Segment] = []
    for row in rows:
        row.sort(key=lambda word: word.x0)
        start = 0
        for index in range(1, len(row) + 1):
            if index == len(row) or row[index].x0 - row[index - 1].x1 > max(_NARROWEST, 0.9 * row[index].size):
                segments.append(_segment(row[start:index]))
                start = index
    return _with_their_bullets(segments)


def _segment(words: list[Word]) -> _Segment:
    return _Segment(
        tuple(words),
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
    )


def _with_their_bullets(segments: list[_Segment]) -> list[_Segment]:
    """A bullet far from its text is a segment of its own and would look like a column."""
    joined: list[_Segment] = []
    for segment in segments:
        previous = joined[-1] if joined else None
        if (
            previous
            and len(previous.text) == 1
            and not previous.text.isalnum()
            and 0 <= segment.x0 - previous.x1 < _BULLET_REACH
            and previous.y0 < segment.y1
        ):
            joined[-1] = _segment([*previous.words, *segment.words])
        else:
            joined.append(segment)
    return joined


def _regions(segments: list[_Segment], depth: int) -> list[list[_Segment]]:
    if len(segments) < 2 * _FEWEST or depth == _DEEPEST:
        return [segments]
    cut = _gutter(segments)
    if cut is not None:
        left = [segment for segment in segments if segment.x1 <= cut]
        right = [segment for segment in segments if segment.x1 > cut]
        return [*_regions(left, depth + 1), *_regions(right, depth + 1)]
    tops = sorted({segment.y0 for segment in segments})
    for top in tops[1 : len(tops) // 2]:
        below = [segment for segment in segments if segment.y0 >= top]
        if len(below) < 2 * _FEWEST:
            break
        if _gutter(below) is not None:
            above = [segment for segment in segments if segment.y0 < top]
            return [*_regions(above, depth + 1), *_regions(below, depth + 1)]
    for top in reversed(tops[len(tops) // 2 :]):
        above = [segment for segment in segments if segment.y0 < top]
        if _gutter(above) is not None:
            below = [segment for segment in segments if segment.y0 >= top]
            return [*_regions(above, depth + 1), *_regions(below, depth + 1)]
    return [segments]


def _gutter(segments: list[_Segment]) -> float | None:
    """The middle of the widest strip that no segment crosses and that parts two columns of text."""
    best: tuple[float, float] | None = None
    spans = sorted((segment.x0, segment.x1) for segment in segments)
    reach = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 - reach >= _NARROWEST and (best is None or x0 - reach > best[0]) and _parts_columns(segments, (x0 + reach) / 2):
            best = (x0 - reach, (x0 + reach) / 2)
        reach = max(reach, x1)
    return best[1] if best else None


def _parts_columns(segments: list[_Segment], cut: float) -> bool:
    left = [segment for segment in segments if segment.x1 <= cut]
    right = [segment for segment in segments if segment.x1 > cut]
    if min(len(left), len(right)) < _FEWEST:
        return False
    for side, other in ((left, right), (right, left)):
        dated = sum(1 for segment in side if _DATE.search(segment.text))
        if 2 * dated >= len(side):
            return False  # a column of dates belongs to what stands beside it
        beside = sum(1 for segment in side if any(_on_one_baseline(segment, mate) for mate in other))
        if beside >= 0.9 * len(side) and not _is_tall(side, segments):
            return False  # a table: each row has its label
    return True


def _on_one_baseline(segment: _Segment, mate: _Segment) -> bool:
    return abs(segment.y1 - mate.y1) < 0.35 * max(segment.y1 - segment.y0, mate.y1 - mate.y0)


def _is_tall(side: list[_Segment], segments: list[_Segment]) -> bool:
    """Whether the column is a run of lines without the gaps that a label leaves below itself."""
    height = max(segment.y1 for segment in side) - min(segment.y0 for segment in side)
    whole = max(segment.y1 for segment in segments) - min(segment.y0 for segment in segments)
    leading = median(segment.y1 - segment.y0 for segment in side) * 2.2
    return height > 0.6 * whole and height / len(side) < leading and len(side) > 3 * _FEWEST


def _rows(segments: list[_Segment]) -> list[Row]:
    rows: list[list[_Segment]] = []
    for segment in sorted(segments, key=lambda segment: ((segment.y0 + segment.y1) / 2, segment.x0)):
        if rows and _same_row(rows[-1][-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [[list(segment.words) for segment in sorted(row, key=lambda segment: segment.x0)] for row in rows]


def _same_row(one: _Segment, other: _Segment) -> bool:
    overlap = min(one.y1, other.y1) - max(one.y0, other.y0)
    return overlap > 0.5 * min(one.y1 - one.y0, other.y1 - other.y0)
