"""The reading order of words on a page: rows, the gaps within them, and columns told from tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.labels import is_label
from services.candidates.parsing.places import placeness
from services.candidates.parsing.segments import BASELINE, NARROWEST, RUN, Segment, Word, find_segments, on_one_line, segment_of

_DATE = re.compile(r"(?:19|20)\d\d|\b\d{1,2}/\d{2}\b|present|heute|today|now", re.IGNORECASE)
_FEWEST = 4  # segments that make a column
_SPARSEST = 0.2  # of a column's height that its lines fill
_DEEPEST = 8
_PLACED = 0.6
_MOST = 1_200  # segments: a page with more is no CV, and columns are sought in all pairs of them
_SLACK = 1.0
_ALIKE = 1.8  # times larger: a name and a contact are no row
Cell = list[Word]
Row = list[Cell]


def reading_order(words: list[Word]) -> list[Row]:
    """Rows from top to bottom, column by column where there are columns.

    The page is cut like a letter is folded: at the gutter along which two texts stand side by side the longest, with what stands above
    and below it apart. Dates at a margin and labels of a table leave gutters too, but their rows belong together and stay so.
    """
    return [row for region in _regions(find_segments(words), 0) for row in _rows(region)]


def _regions(segments: list[Segment], depth: int) -> list[list[Segment]]:
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
    above = [segment for segment in segments if id(segment) not in inside and segment.base < top + BASELINE]
    below = [
        segment for segment in segments if id(segment) not in inside and segment.base > bottom - BASELINE and segment.base >= top + BASELINE
    ]
    parts = (above, gutter.left, gutter.right, below)
    return [region for part in parts if part for region in (_regions(part, depth + 1) if len(part) < len(segments) else [part])]


@dataclass(frozen=True, slots=True)
class _Gutter:
    """An empty strip, as far up and down as nothing crosses it, and what stands on either side."""

    width: float
    left: list[Segment]
    right: list[Segment]


def _gutters(segments: list[Segment]) -> Iterator[_Gutter]:
    """Every strip that begins where something on its right side does; the same two sides are given once."""
    ordered = sorted(segments, key=lambda segment: segment.base)
    headed = _rows_of_headings(ordered)
    seen: set[tuple[int, ...]] = set()
    for edge in sorted({segment.x0 for segment in segments})[1:]:
        group: list[Segment] = []
        above: Segment | None = None
        for segment in [*ordered, None]:
            begins = (
                segment is not None and id(segment) in headed and bool(group) and not on_one_line(group[-1], segment) and _ends(group, edge)
            )
            if segment is not None and not begins and not segment.x0 + _SLACK < edge < segment.x1 + NARROWEST:
                group.append(segment)
                continue
            group = [each for each in group if not any(on_one_line(each, bound) for bound in (above, segment) if bound)]
            above = None if begins else segment
            left = [each for each in group if each.x1 <= edge and each.x0 + _SLACK < edge]
            right = [each for each in group if each.x0 + _SLACK >= edge]
            group = [segment] if begins and segment is not None and not segment.x0 + _SLACK < edge < segment.x1 + NARROWEST else []
            if (
                min(len(left), len(right)) < 2
                or _begins_with_places(left, right, edge)
                or (key := (len(right), *sorted(map(id, left)))) in seen
            ):
                continue
            seen.add(key)
            yield _Gutter(min(each.x0 for each in right) - max(each.x1 for each in left), left, right)


def _rows_of_headings(ordered: list[Segment]) -> set[int]:
    """The headings that stand on one line with another one: columns begin there, and what is above them is no part of these."""
    heads = [segment for segment in ordered if heading_kind(segment.text)]
    return {id(one) for one in heads for other in heads if one is not other and on_one_line(one, other)}


def _ends(group: list[Segment], edge: float) -> bool:
    """Whether columns that begin below are none of what stands above: nothing is right of their edge there, or what has its dates left of it."""
    right = [each for each in group if each.x0 + _SLACK >= edge]
    return (
        not right
        or sum(bool(_DATE.search(each.text)) and any(on_one_line(each, mate) for mate in right) for each in group if each.x1 <= edge) > 1
    )


def _begins_with_places(left: list[Segment], right: list[Segment], edge: float) -> bool:
    """Whether what begins at the edge are but the places or dates of what stands on their lines, with further text to the right of them."""
    aligned = [each for each in right if each.x0 < edge + _SLACK]
    return len(aligned) < len(right) and all(
        (_DATE.search(each.text) or placeness(each.text) >= _PLACED) and any(on_one_line(each, mate) for mate in left) for each in aligned
    )


def _contested(gutter: _Gutter) -> float:
    """How far down both sides have text, side by side; 0 where one of them is too little or too sparse to be a column.

    What stands on one line with something opposite may belong to it, as a date does, and speaks for a column only in headed ones.
    """
    left, right = gutter.left, gutter.right
    if min(len(left), len(right)) < _FEWEST:
        return 0.0
    if not (_is_headed(left) and _is_headed(right)) and not _is_tall(min(left, right, key=len), [*left, *right]):
        left, right = [
            [each for each in side if not any(on_one_line(each, mate) for mate in other)] for side, other in ((left, right), (right, left))
        ]
    sides = (left, right)
    if not all(sides):
        return 0.0
    top = max(min(each.base for each in side) for side in sides) - BASELINE
    bottom = min(max(each.base for each in side) for side in sides) + BASELINE
    for side in sides:
        between = [each for each in side if top <= each.base <= bottom]
        if len(between) < _FEWEST or sum(each.size for each in between) < _SPARSEST * (bottom - top):
            return 0.0
    return bottom - top


def _parts_columns(gutter: _Gutter) -> bool:
    if all(map(_is_headed, (gutter.left, gutter.right))):
        return True
    return not (_is_margin(gutter.left, gutter.right) or _is_margin(gutter.right, gutter.left))


def _is_headed(side: list[Segment]) -> bool:
    """Whether it has a section of its own: a heading with other lines right below it."""
    ordered = sorted(side, key=lambda segment: segment.base)
    return any(
        heading_kind(head.text) and _stands_out(head, after) and heading_kind(after.text) is None and after.base - head.base < 3 * head.size + after.size
        and heading_kind(then.text) is None and then.base - after.base < 3 * after.size
        for head, after, then in zip(ordered, ordered[1:], ordered[2:], strict=False)
    )  # fmt: skip


def _stands_out(head: Segment, after: Segment) -> bool:
    return head.text.isupper() or head.size > after.size + 0.4 or (head.words[0].bold and not after.words[0].bold)


def _is_margin(side: list[Segment], other: list[Segment]) -> bool:
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
    beside = sum(1 for segment in side if any(on_one_line(segment, mate) for mate in other))
    if beside >= 0.9 * len(side):
        return not _is_tall(side, [*side, *other])
    runs = _runs(side)
    led = sum(1 for run in runs if any(on_one_line(run[0], mate) for mate in other))
    height = max(segment.y1 for segment in [*side, *other]) - min(segment.y0 for segment in [*side, *other])
    written = sum(segment.size for segment in side) * 1.2
    return led >= 0.85 * len(runs) and len(runs) > 2 and written < 0.4 * height


def _is_form(side: list[Segment]) -> bool:
    """Whether it is a column of labels, as forms have it."""
    return len(side) >= _FEWEST and sum(is_label(segment.text) for segment in side) > 0.7 * len(side)


def _labels(side: list[Segment]) -> list[list[Segment]]:
    """The lines of a form's column of labels, those of one label together."""
    found: list[list[Segment]] = []
    for segment in sorted(side, key=lambda segment: segment.base):
        near = bool(found) and segment.base - found[-1][-1].base < RUN * segment.size
        if near and segment.text[0].islower() and is_label(segment.text):
            found[-1].append(segment)
        else:
            found.append([segment])
    return found


def _runs(side: list[Segment]) -> list[list[Segment]]:
    """Lines that follow one another without a gap."""
    runs: list[list[Segment]] = []
    for segment in sorted(side, key=lambda segment: segment.base):
        if runs and segment.base - runs[-1][-1].base < RUN * segment.size:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return runs


def _with_labels(segments: list[Segment]) -> list[Segment]:
    """A label or a date that takes several lines of its margin, beside the one line that it belongs to, is put onto that line whole."""
    whole: dict[int, Segment] = {}
    gone: set[int] = set()
    for gutter in _gutters(segments):
        for side, other in ((gutter.left, gutter.right), (gutter.right, gutter.left)):
            form = _is_form(side)
            if len(side) < 3 or len(other) < _FEWEST or (len(side) > 0.8 * len(other) and not form) or not _is_margin(side, other):
                continue
            for run in _labels(side) if form else _runs(side):
                heading = heading_kind(" ".join(segment.text for segment in run))
                divided = form or (heading and not heading_kind(run[0].text))
                listed = not _heads(run[0], other) and _heads(run[0], other, bullets=True)  # what names the entries is marked as a list is
                rest = [
                    segment for segment in run[1:]
                    if divided or (not _heads(segment, other, bullets=listed) and (heading or not heading_kind(segment.text)))
                ]  # fmt: skip
                base = _base_of(run, other)
                if rest and id(run[0]) not in whole and base is not None:
                    words = [word for segment in (run[0], *rest) for word in segment.words]
                    whole[id(run[0])] = replace(segment_of(words), base=base, size=run[0].size)
                    gone.update(map(id, rest))
    return [whole.get(id(segment), segment) for segment in segments if id(segment) not in gone]


def _base_of(run: list[Segment], other: list[Segment]) -> float | None:
    """The line that a label of several lines belongs to: that beside its first one, or the only one between its first and its last."""
    if any(on_one_line(run[0], mate) for mate in other):
        return run[0].base
    between = [mate.base for mate in other if run[0].base < mate.base < run[-1].base]
    return between[0] if len(set(map(round, between))) == 1 and len(run) < 4 else None


def _heads(segment: Segment, other: list[Segment], *, bullets: bool = False) -> bool:
    """Whether it stands beside a line of its own, which a bullet mostly is not."""
    return any(on_one_line(segment, mate) and (bullets or mate.text[:1].isalnum()) for mate in other)


def _is_tall(side: list[Segment], segments: list[Segment]) -> bool:
    """Whether the column is a run of lines without the gaps that a label leaves below itself."""
    height = max(segment.y1 for segment in side) - min(segment.y0 for segment in side)
    whole = max(segment.y1 for segment in segments) - min(segment.y0 for segment in segments)
    leading = median(segment.y1 - segment.y0 for segment in side) * 2.2
    return height > 0.6 * whole and height / len(side) < leading and len(side) > 3 * _FEWEST


def _rows(segments: list[Segment]) -> list[Row]:
    rows: list[list[Segment]] = []
    for segment in sorted(
        _with_labels(segments) if 2 * _FEWEST <= len(segments) <= _MOST else segments, key=lambda segment: (segment.base, segment.x0)
    ):
        if (
            rows
            and on_one_line(rows[-1][-1], segment)
            and max(segment.size, rows[-1][-1].size) < _ALIKE * min(segment.size, rows[-1][-1].size)
        ):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [[list(segment.words) for segment in sorted(row, key=lambda segment: (segment.x0, segment.y0))] for row in rows]
