"""The reading order of words on a page: rows, the gaps within them, and columns told from tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from statistics import median

_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}/\d{2}\b|present|heute|today|now", re.IGNORECASE)
_FEWEST = 4  # segments that make a column
_NARROWEST = 7.0  # points of empty space between columns
_BULLET_REACH = 40.0
_DEEPEST = 8
_BASELINE = 1.5  # points
_RUN = 1.9  # lines of type within one label


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
    base: float
    size: float

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
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        for row in reversed(rows[-4:]):
            if _on_one_line(row[0], word):
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


def _on_one_line(one: Word | _Segment, other: Word | _Segment) -> bool:
    """The same baseline, give or take what a bullet or an icon of another font is set off by."""
    return abs(one.base - other.base) <= max(_BASELINE, 0.22 * min(one.size, other.size))


def _segment(words: list[Word]) -> _Segment:
    longest = max(words, key=lambda word: len(word.text))
    return _Segment(
        tuple(words),
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
        longest.base,
        longest.size,
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
    for width, cut in _strips(segments):
        if (best is None or width > best[0]) and _parts_columns(segments, cut):
            best = (width, cut)
    return best[1] if best else None


def _strips(segments: list[_Segment]) -> list[tuple[float, float]]:
    """The width and the middle of each strip from top to bottom that is empty."""
    found: list[tuple[float, float]] = []
    spans = sorted((segment.x0, segment.x1) for segment in segments)
    reach = spans[0][1]
    for x0, x1 in spans[1:]:
        if x0 - reach >= _NARROWEST:
            found.append((x0 - reach, (x0 + reach) / 2))
        reach = max(reach, x1)
    return found


def _parts_columns(segments: list[_Segment], cut: float) -> bool:
    left = [segment for segment in segments if segment.x1 <= cut]
    right = [segment for segment in segments if segment.x1 > cut]
    if min(len(left), len(right)) < _FEWEST:
        return False
    return not any(_is_margin(side, other, segments) for side, other in ((left, right), (right, left)))


def _is_margin(side: list[_Segment], other: list[_Segment], segments: list[_Segment]) -> bool:
    """Whether one side holds dates or labels that belong to what stands beside them, rather than a text of its own."""
    dated = sum(1 for segment in side if _DATE.search(segment.text))
    if 2 * dated >= len(side):
        return True
    beside = sum(1 for segment in side if any(_on_one_line(segment, mate) for mate in other))
    if beside >= 0.9 * len(side):
        return not _is_tall(side, segments)
    runs = _runs(side)
    led = sum(1 for run in runs if any(_on_one_line(run[0], mate) for mate in other))
    height = max(segment.y1 for segment in segments) - min(segment.y0 for segment in segments)
    written = sum(segment.size for segment in side) * 1.2
    return led >= 0.85 * len(runs) and len(runs) > 2 and written < 0.4 * height


def _runs(side: list[_Segment]) -> list[list[_Segment]]:
    """Lines that follow one another without a gap."""
    runs: list[list[_Segment]] = []
    for segment in sorted(side, key=lambda segment: segment.base):
        if runs and segment.base - runs[-1][-1].base < _RUN * segment.size:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return runs


def _with_labels(segments: list[_Segment]) -> list[_Segment]:
    """A label or a date that takes several lines of its margin, beside the one line that it belongs to, is put onto that line whole."""
    for _, cut in _strips(segments):
        left = [segment for segment in segments if segment.x1 <= cut]
        right = [segment for segment in segments if segment.x1 > cut]
        for side, other in ((left, right), (right, left)):
            if len(side) < _FEWEST or len(other) < _FEWEST or len(side) > 0.8 * len(other) or not _is_margin(side, other, segments):
                continue
            led = [run for run in _runs(side) if any(_on_one_line(run[0], mate) for mate in other)]
            moved = {id(segment): run[0] for run in led for segment in run[1:] if not _heads(segment, other)}
            segments = [replace(segment, base=moved[id(segment)].base) if id(segment) in moved else segment for segment in segments]
    return segments


def _heads(segment: _Segment, other: list[_Segment]) -> bool:
    """Whether it stands beside a line of its own, which no bullet is."""
    return any(_on_one_line(segment, mate) and mate.text[:1].isalnum() for mate in other)


def _is_tall(side: list[_Segment], segments: list[_Segment]) -> bool:
    """Whether the column is a run of lines without the gaps that a label leaves below itself."""
    height = max(segment.y1 for segment in side) - min(segment.y0 for segment in side)
    whole = max(segment.y1 for segment in segments) - min(segment.y0 for segment in segments)
    leading = median(segment.y1 - segment.y0 for segment in side) * 2.2
    return height > 0.6 * whole and height / len(side) < leading and len(side) > 3 * _FEWEST


def _rows(segments: list[_Segment]) -> list[Row]:
    rows: list[list[_Segment]] = []
    for segment in sorted(
        _with_labels(segments) if len(segments) >= 2 * _FEWEST else segments, key=lambda segment: (segment.base, segment.x0)
    ):
        if rows and _on_one_line(rows[-1][-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [[list(segment.words) for segment in sorted(row, key=lambda segment: (segment.x0, segment.y0))] for row in rows]
