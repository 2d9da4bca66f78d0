"""The items of a section: bullets and lines, each with the lines that continue it."""

from __future__ import annotations

import re

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.lines import Line
from services.candidates.parsing.text import Item, Text

_BULLET = re.compile(r"(?:[^\w\s\"'(\[{<#@$\u20ac\u00a3%&+\u2018\u201c\u2019]|o(?=\s+[A-Z\u00c0-\u00dd]))\s+")
_SHORTEST_HEADING, _LONGEST_HEADING = 4, 48
_OPEN_END = re.compile(
    r"(?:[,(&/]|\b(?:and|or|of|in|the|for|und|oder|für|von|zur|der|et|ou|de|du|des|pour|en|y|o|para|del|la|le))$", re.IGNORECASE
)
_LINE_GAP = 1.9
_LONGEST_CELL = 32
_INDENTED = 5  # columns of eight points that a list is set in


def items(text: Text, indices: list[int], *, narrow: bool = False) -> list[Item]:
    """Lines joined with their continuations: what is set deeper than its bullet, or what the end of the line before it broke off.

    Short lines of a narrow column are joined only where their items are known to be long, and then until one has its date.
    """
    dated = narrow and bool(indices) and find_period(text.lines[indices[-1]].text) is not None
    short = narrow and not dated
    found: list[Item] = []
    edges = _edges(text) if text.wrapped else {}
    for index in indices:
        line = text.lines[index]
        mark = _BULLET.match(line.text)
        words = line.text[mark.end() :] if mark else line.text
        last = found[-1] if found else None
        if (
            last
            and text.wrapped
            and not mark
            and not line.bullet
            and not (dated and find_period(last.text))
            and _goes_on(text, last, index, edges, narrow=dated)
            and not (short and len(last.text) <= _LONGEST_HEADING and _could_be_the_next(last.text, line.text))
        ):
            found[-1] = Item(last.first, index, joined(last.text, words), last.bullet, (*last.seams, *line.seams))
        else:
            found.append(Item(index, index, words, bool(mark) or line.bullet, line.seams))
    return found


def _could_be_the_next(before: str, words: str) -> bool:
    """Whether words below others in a narrow list may be another item: several, with a capital, and outside of any bracket."""
    return len(words.split()) > 1 and words[:1].isupper() and before.count("(") <= before.count(")")


def _goes_on(text: Text, last: Item, index: int, edges: dict[int, float], *, narrow: bool) -> bool:
    above, line = text.lines[last.last], text.lines[index]
    if line.bold and not above.bold:
        return False
    period = find_period(line.text)
    if period and (period.start or period.until - period.begin > len(line.text) - 3) and period.begin < 3:
        return False
    if (
        period
        and period.start
        and not last.bullet
        and line.text[:1].isupper()
        and period.until > len(line.text) - 3
        and not _OPEN_END.search(above.text)
    ):
        return False  # a line of its own, with its dates
    before = find_period(last.text)
    if period and before and before.start and (period.start or not last.text[before.until :].strip(" ).")):
        return False
    if last.bullet:
        if _is_row(above) and _is_row(line):
            return False  # an employer and a place, then a title and dates, the first of them marked as a list is
        first = text.lines[last.first]
        if first.x0 is not None and line.x0 is not None:
            if line.x0 > first.x0 + 2:
                return True
            return line.page > first.page and _is_broken(above, line, edges)
        return line.text[:1].islower()
    return index == last.last + 1 and _is_broken(above, line, edges, narrow=narrow)


def _breaks_an_item(above: str, words: str) -> bool:
    """Whether a list with commas breaks off within one of its items."""
    return ", " in above and above[-1:].isalpha() and words[:1].islower()


def _is_row(line: Line) -> bool:
    """Whether its last words stand at the other margin, and are few."""
    before, gap, cell = line.text.rpartition("\t")
    return bool(gap) and len(before) > 2 and len(cell) <= _LONGEST_CELL and not cell.endswith((".", ","))


def _is_broken(above: Line, line: Line, edges: dict[int, float], *, narrow: bool = False) -> bool:
    """Whether a line ends because its column did: its next word had no room, or its sentence or bracket is open."""
    # What a bold word may be the beginning of.
    halved = re.search(r"[^\W\d_]{3}-$|\s(?:[/&]|and|und|et|of|für|for)$", above.text) is not None
    if "\t" in line.text or "\t" in above.text or (above.bold != line.bold and not halved) or above.size != line.size:
        return False
    if (
        above.page == line.page
        and above.y0 is not None
        and line.y0 is not None
        and (height := above.size or (above.y1 or 0) - above.y0)
        and not 0 <= line.y0 - above.y0 < _LINE_GAP * height
    ):
        return False
    if above.slanted[1] != line.slanted[0] and not halved:
        return False
    if halved or above.text.count("(") > above.text.count(")") or _OPEN_END.search(above.text) or line.text[:1] in ")]":
        return True
    if line.x0 is None and _breaks_an_item(above.text, line.text):
        return True
    edge = edges.get(_column(above)) if above.x1 is not None else None
    if edge is None or above.x0 is None or above.x1 is None or line.x0 is None or abs(above.x0 - line.x0) > 3:
        return False
    letter = (above.x1 - above.x0) / max(len(above.text), 1)
    room = max(edge, line.x1 or 0)  # what the line below takes up, the one above could have
    full = above.x1 + letter * (len(line.text.split(" ", 1)[0]) + 1) > room
    return (
        full
        and (narrow or len(above.text) > 25 or line.text[:1].islower() or (line.bold and " " not in line.text))
        and not (line.text[:1].isupper() and above.text[-1:] in ".!?")
    )


def _column(line: Line) -> int:
    return round((line.x0 or 0) / 8)


def _edges(text: Text) -> dict[int, float]:
    """The right edge of each column, by where its lines begin: the second longest line that begins there or not far to the left.

    One line alone may stick out; a date at the margin shows how far the lines beside it could have gone.
    """
    ends: dict[int, list[float]] = {}
    for line in text.lines:
        if line.x1 is not None and line.x0 is not None:
            ends.setdefault(_column(line), []).append(line.x1)
    edges = {}
    for column in ends:
        reach = [end for other, found in ends.items() if column - _INDENTED <= other <= column for end in found]
        edges[column] = sorted(reach)[-min(2, len(reach))]
    return edges


def paragraph(text: Text, indices: list[int]) -> str:
    whole = ""
    for index in indices:
        whole = joined(whole, text.lines[index].text)
    return whole


def joined(before: str, after: str) -> str:
    """A word that was divided at the line's end is made whole; a hyphen before a capital or a digit is the word's own."""
    divided = after[:1].islower() or (after.isupper() and before.isupper())
    if re.search(r"[^\W\d_]-$", before) and divided and not re.search(r"\b(?:und|and|oder|or)\b", after[:4]):
        return before[:-1] + after
    if re.search(r"[^\W\d_]{3}-$", before) and after[:1].isupper():
        return before + after
    return f"{before} {after}" if before else after
