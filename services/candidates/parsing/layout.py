"""The reading order of words on a page: rows, the gaps within them, and columns told from tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.labels import is_label

_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}/\d{2}\b|present|heute|today|now", re.IGNORECASE)
_FEWEST = 4  # segments that make a column
_SPARSEST = 0.2  # of a column's height that its lines fill
_NARROWEST = 7.0  # points of empty space between columns
_BULLET_REACH = 40.0
_DEEPEST = 8
_MOST = 1_200  # segments: a page with more is no CV, and columns are sought in all pairs of them
_BASELINE = 1.5  # points
_SLACK = 1.0
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
    tracking: float = 0.0  # points between letters that are spaced out


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

    The page is cut like a letter is folded: at the gutter along which two texts stand side by side the longest, with what stands above
    and below it apart. Dates at a margin and labels of a table leave gutters too, but their rows belong together and stay so.
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
            if index == len(row) or _are_apart(row[index - 1], row[index]):
                segments.append(_segment(row[start:index]))
                start = index
    return _with_wrapped_titles(_with_broken_dates(_with_their_bullets(segments)))


def _are_apart(word: Word, following: Word) -> bool:
    """A gap wider than a blank, or a narrow one between words that no one line would set beside each other."""
    gap = following.x0 - word.x1
    alike = max(word.size, following.size) < 1.35 * min(word.size, following.size)
    return gap > (max(_NARROWEST, 0.75 * following.size) + 2 * min(word.tracking, following.tracking) if alike else 1.0)


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
    """A mark that stands alone belongs to the text on its right, far from it or a little off its line; as a segment of its own it would look like a column."""
    marks = [segment for segment in segments if len(segment.text) == 1 and not segment.text.isalnum()]
    led: dict[int, _Segment] = {}
    gone: set[int] = set()
    for mark in marks:
        beside = [
            segment for segment in segments
            if 0 <= segment.x0 - mark.x1 < _BULLET_REACH and abs(segment.base - mark.base) < 0.6 * segment.size and id(segment) not in led
        ]  # fmt: skip
        if beside:
            text = min(beside, key=lambda segment: (round(abs(segment.base - mark.base)), segment.x0))
            led[id(text)] = replace(_segment([*mark.words, *text.words]), base=text.base, size=text.size)
            gone.add(id(mark))
    return [led.get(id(segment), segment) for segment in segments if id(segment) not in gone]


def _with_broken_dates(segments: list[_Segment]) -> list[_Segment]:
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
            if gap > _RUN * first.size:
                break
            if (
                below in gone
                or gap <= _BASELINE
                or second.x0 > first.x1
                or second.x1 < first.x0
                or not _make_a_range(first.text, second.text)
            ):
                continue
            found[at] = replace(_segment([*first.words, *second.words]), base=first.base, size=first.size)
            gone.add(below)
            break
    return [segment for at, segment in enumerate(found) if at not in gone]


def _make_a_range(above: str, below: str) -> bool:
    """Whether two lines are a range together and neither is one alone; what is left over is punctuation."""
    whole = f"{above} {below}"
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


def _with_wrapped_titles(segments: list[_Segment]) -> list[_Segment]:
    """Words beside a date at the margin that had no room left go on below: they stand whole on their first line."""
    found = sorted(segments, key=lambda segment: (segment.base, segment.x0))
    gone: set[int] = set()
    for at, first in enumerate(found):
        mates = [mate for mate in found[max(0, at - 4) : at + 5] if mate.x0 > first.x1 and _on_one_line(first, mate)]
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
            if below not in gone and second.base > first.base + _BASELINE and alike and no_room and not (dated and dated.begin < 3):
                if any(map(_is_a_date, _on_line_of(second, found, below))):
                    break
                found[at] = replace(_segment([*first.words, *second.words]), base=first.base, size=first.size)
                gone.add(below)
                break
    return [segment for at, segment in enumerate(found) if at not in gone]


def _on_line_of(first: _Segment, found: list[_Segment], at: int) -> list[_Segment]:
    return [mate for mate in found[max(0, at - 4) : at + 5] if mate is not first and _on_one_line(first, mate)]


def _is_a_date(segment: _Segment) -> bool:
    period = find_period(segment.text)
    return period is not None and period.until - period.begin >= len(segment.text) - 3


def _regions(segments: list[_Segment], depth: int) -> list[list[_Segment]]:
    if not 2 * _FEWEST <= len(segments) <= _MOST or depth == _DEEPEST:
        return [segments]
    best: tuple[float, float, _Gutter] | None = None
    for gutter in _gutters(segments):
        tall = _contested(gutter)
        edge = min(segment.x0 for segment in gutter.right)
        tall += tall and sum(segment.size for segment in gutter.right if segment.x0 < edge + _SLACK)
        if tall and (best is None or (tall, gutter.width) > best[:2]) and _parts_columns(gutter):
            best = (tall, gutter.width, gutter)
    if best is None:
        return [segments]
    gutter = best[2]
    beside = [*gutter.left, *gutter.right]
    top, bottom = min(segment.base for segment in beside), max(segment.base for segment in beside)
    inside = {id(segment) for segment in beside}
    above = [segment for segment in segments if id(segment) not in inside and segment.base < top + _BASELINE]
    below = [
        segment
        for segment in segments
        if id(segment) not in inside and segment.base > bottom - _BASELINE and segment.base >= top + _BASELINE
    ]
    parts = (above, gutter.left, gutter.right, below)
    return [region for part in parts if part for region in (_regions(part, depth + 1) if len(part) < len(segments) else [part])]


@dataclass(frozen=True, slots=True)
class _Gutter:
    """An empty strip, as far up and down as nothing crosses it, and what stands on either side."""

    width: float
    left: list[_Segment]
    right: list[_Segment]


def _gutters(segments: list[_Segment]) -> Iterator[_Gutter]:
    """Every strip that begins where something on its right side does; the same two sides are given once."""
    ordered = sorted(segments, key=lambda segment: segment.base)
    seen: set[tuple[int, ...]] = set()
    for edge in sorted({segment.x0 for segment in segments})[1:]:
        group: list[_Segment] = []
        above: _Segment | None = None
        for segment in [*ordered, None]:
            if segment is not None and not segment.x0 + _SLACK < edge < segment.x1 + _NARROWEST:
                group.append(segment)
                continue
            group = [each for each in group if not any(_on_one_line(each, bound) for bound in (above, segment) if bound)]
            above = segment
            left = [each for each in group if each.x1 <= edge and each.x0 + _SLACK < edge]
            right = [each for each in group if each.x0 + _SLACK >= edge]
            group = []
            if min(len(left), len(right)) < 2 or (key := (len(right), *sorted(map(id, left)))) in seen:
                continue
            seen.add(key)
            yield _Gutter(min(each.x0 for each in right) - max(each.x1 for each in left), left, right)


def _contested(gutter: _Gutter) -> float:
    """How far down both sides have text, side by side; 0 where one of them is too little or too sparse to be a column.

    What stands on one line with something opposite may belong to it, as a date does, and speaks for a column only in headed ones.
    """
    left, right = gutter.left, gutter.right
    if min(len(left), len(right)) < _FEWEST:
        return 0.0
    if not (_is_headed(left) and _is_headed(right)) and not _is_tall(min(left, right, key=len), [*left, *right]):
        left, right = [
            [each for each in side if not any(_on_one_line(each, mate) for mate in other)] for side, other in ((left, right), (right, left))
        ]
    sides = (left, right)
    if not all(sides):
        return 0.0
    top = max(min(each.base for each in side) for side in sides) - _BASELINE
    bottom = min(max(each.base for each in side) for side in sides) + _BASELINE
    for side in sides:
        between = [each for each in side if top <= each.base <= bottom]
        if len(between) < _FEWEST or sum(each.size for each in between) < _SPARSEST * (bottom - top):
            return 0.0
    return bottom - top


def _parts_columns(gutter: _Gutter) -> bool:
    if all(map(_is_headed, (gutter.left, gutter.right))):
        return True
    return not (_is_margin(gutter.left, gutter.right) or _is_margin(gutter.right, gutter.left))


def _is_headed(side: list[_Segment]) -> bool:
    """Whether it has a section of its own: a heading with other lines right below it."""
    ordered = sorted(side, key=lambda segment: segment.base)
    return any(
        heading_kind(head.text) and _stands_out(head, after) and heading_kind(after.text) is None and after.base - head.base < 3 * head.size + after.size
        and heading_kind(then.text) is None and then.base - after.base < 3 * after.size
        for head, after, then in zip(ordered, ordered[1:], ordered[2:], strict=False)
    )  # fmt: skip


def _stands_out(head: _Segment, after: _Segment) -> bool:
    return head.text.isupper() or head.size > after.size + 0.4 or (head.words[0].bold and not after.words[0].bold)


def _is_margin(side: list[_Segment], other: list[_Segment]) -> bool:
    """Whether one side holds dates or labels that belong to what stands beside them, rather than a text of its own."""
    runs = _runs(side)
    if _is_form(side):
        return True
    if sum(1 for run in runs if heading_kind(" ".join(segment.text for segment in run))) > 0.6 * len(runs) and len(runs) > 1:
        return True
    side = [segment for segment in side if heading_kind(segment.text) is None]
    if not side:
        return True
    if 2 * sum(1 for segment in side if _DATE.search(segment.text)) >= len(side):
        return True
    beside = sum(1 for segment in side if any(_on_one_line(segment, mate) for mate in other))
    if beside >= 0.9 * len(side):
        return not _is_tall(side, [*side, *other])
    runs = _runs(side)
    led = sum(1 for run in runs if any(_on_one_line(run[0], mate) for mate in other))
    height = max(segment.y1 for segment in [*side, *other]) - min(segment.y0 for segment in [*side, *other])
    written = sum(segment.size for segment in side) * 1.2
    return led >= 0.85 * len(runs) and len(runs) > 2 and written < 0.4 * height


def _is_form(side: list[_Segment]) -> bool:
    """Whether it is a column of labels, as forms have it."""
    return len(side) >= _FEWEST and sum(is_label(segment.text) for segment in side) > 0.7 * len(side)


def _labels(side: list[_Segment]) -> list[list[_Segment]]:
    """The lines of a form's column of labels, those of one label together."""
    found: list[list[_Segment]] = []
    for segment in sorted(side, key=lambda segment: segment.base):
        near = bool(found) and segment.base - found[-1][-1].base < _RUN * segment.size
        if near and segment.text[0].islower() and is_label(segment.text):
            found[-1].append(segment)
        else:
            found.append([segment])
    return found


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
    whole: dict[int, _Segment] = {}
    gone: set[int] = set()
    for gutter in _gutters(segments):
        for side, other in ((gutter.left, gutter.right), (gutter.right, gutter.left)):
            form = _is_form(side)
            if len(side) < 3 or len(other) < _FEWEST or (len(side) > 0.8 * len(other) and not form) or not _is_margin(side, other):
                continue
            for run in _labels(side) if form else _runs(side):
                heading = heading_kind(" ".join(segment.text for segment in run))
                divided = form or (heading and not heading_kind(run[0].text))
                rest = [
                    segment for segment in run[1:]
                    if divided or (not _heads(segment, other) and (heading or not heading_kind(segment.text)))
                ]  # fmt: skip
                base = _base_of(run, other)
                if rest and id(run[0]) not in whole and base is not None:
                    words = [word for segment in (run[0], *rest) for word in segment.words]
                    whole[id(run[0])] = replace(_segment(words), base=base, size=run[0].size)
                    gone.update(map(id, rest))
    return [whole.get(id(segment), segment) for segment in segments if id(segment) not in gone]


def _base_of(run: list[_Segment], other: list[_Segment]) -> float | None:
    """The line that a label of several lines belongs to: that beside its first one, or the only one between its first and its last."""
    if any(_on_one_line(run[0], mate) for mate in other):
        return run[0].base
    between = [mate.base for mate in other if run[0].base < mate.base < run[-1].base]
    return between[0] if len(set(map(round, between))) == 1 and len(run) < 4 else None


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
        _with_labels(segments) if 2 * _FEWEST <= len(segments) <= _MOST else segments, key=lambda segment: (segment.base, segment.x0)
    ):
        if rows and _on_one_line(rows[-1][-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [[list(segment.words) for segment in sorted(row, key=lambda segment: (segment.x0, segment.y0))] for row in rows]
