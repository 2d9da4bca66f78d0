"""The sections of a CV by its headings, and the items within them; every item knows its lines and characters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from statistics import median

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.labels import kind_of as label_kind
from services.candidates.parsing.lines import Document, Line, Seam, plain
from services.candidates.parsing.parsed import Found, Source, Value

_BULLET = re.compile(r"(?:[^\w\s\"'(\[{<#@$\u20ac\u00a3%&+\u2018\u201c\u2019]|o(?=\s+[A-Z\u00c0-\u00dd]))\s+")
_SHORTEST_HEADING, _LONGEST_HEADING = 4, 48
_OPEN_END = re.compile(
    r"(?:[,(&/]|\b(?:and|or|of|in|the|for|und|oder|für|von|zur|der|et|ou|de|du|des|pour|en|y|o|para|del|la|le))$", re.IGNORECASE
)
_SENTENCES = re.compile(r"^(?=.{30})(?:\S+ ){5,}.*[^\W\d_]{2,}[.!?]$")
_OF_ENTRIES = ("experience", "education", "projects")
_JUDGES = (evidence.title, evidence.company, evidence.degree, evidence.school)
_SURELY = 0.9
_TOLD = 0.8  # of what words prove
_LINE_GAP = 1.9
_LONGEST_CELL = 32
_INDENTED = 5  # columns of eight points that a list is set in
_OTHER_WIDTH = 0.15
_PARTING = 5  # words
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
        within = self.text[begin:end]
        match = re.search(r"-?\s+".join(map(re.escape, sought.split())), within) if sought.strip() else None
        if match is None and last > first and 0 < len(sought) <= _LONGEST_BROKEN:
            match = re.search(r"\s?".join(map(re.escape, sought)), within)
        if match:
            begin, end = begin + match.start(), begin + match.end()
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


def find_sections(text: Text) -> list[Section]:
    """In reading order, the first without a heading. A large line at the top of another column leaves the section, as a name does there."""
    sizes = [line.size for line in text.lines if line.size]
    body = median(sizes) if sizes else 0.0
    kinds = [None if line.bullet else heading_kind(line.text) for line in text.lines]
    looks = Counter(_look(line) for line, kind in zip(text.lines, kinds, strict=True) if kind)
    told = {look for look, count in looks.items() if _stands_out(look, body) and count > 1} or {
        look for look in looks if _stands_out(look, body)
    }
    largest = max(sizes, default=0.0)
    alone = _of_headings_alone(text, kinds, told)
    reached = next((index for index, line in enumerate(text.lines) if "@" in line.text), len(text.lines))
    flows = _flows(text)
    sections = [Section("", "")]
    skipped = -1
    for index, line in enumerate(text.lines):
        kind = kinds[index]
        if index == skipped:
            continue
        look = _look(line)
        following = text.lines[index + 1] if index + 1 < len(text.lines) else None
        if (
            kind is None
            and following
            and not line.bullet
            and _stands_out(look, body)
            and _look(following)[:2] == look[:2]
            and kinds[index + 1] is None
        ):
            kind = heading_kind(_joined(line.text, following.text))  # one that takes two lines
            skipped = index + 1 if kind else skipped
        heads = (
            kind is not None
            and not _ends_a_name(text, index, told)
            and (look in told or not told or line.heading or _stands_out(look, body) or kind == "contact")
        )
        if heads and kind is not None and not (sections[-1].kind == kind and not _stands_out(look, body) and told):
            sections.append(Section(kind, line.text if skipped != index + 1 or following is None else _joined(line.text, following.text)))
        elif flows.get(index, False) and index > reached and _is_unknown_heading(line, look, told, body):
            sections.append(Section("other", line.text))
        elif (
            flows.get(index, False)
            or (index and line.x0 is None and line.size and line.size == largest > 1.6 * body)
            or (index in flows and line.size and line.size > 1.3 * body and look not in told)
        ):
            sections.append(Section("", "", [index]))
        elif (
            (len(sections) > 1 or index > reached)
            and len(line.text) <= _LONGEST_HEADING
            and not line.bullet
            and "\t" not in line.text
            and (
                _is_unknown_heading(line, look, told, body)
                or (look in alone and not any(map(str.isdigit, line.text)) and sum(map(str.isalpha, line.text)) >= _SHORTEST_HEADING)
            )
            and not (sections[-1].kind in _OF_ENTRIES and _is_dated_below(text, index) and _names_an_entry(text, sections[-1], line))
            and not (sections[-1].kind in _OF_ENTRIES and sections[-1].lines and _goes_with_dates_above(text, sections[-1].lines, line))
            and not (sections[-1].kind in _OF_ENTRIES and label_kind(line.text))
        ):
            sections.append(Section("other", line.text))
        else:
            sections[-1].lines.append(index)
    return sections


def without_signature(text: Text, sections: list[Section], name: str) -> list[Section]:
    """The last section without what closes a letter: the name alone, or a part of it, and the words above it."""
    last = sections[-1].lines
    words = {*plain(name).split()}
    if len(last) > 1 and words and {*plain(text.lines[last[-1]].text).split()} <= words and not text.lines[last[-1]].bullet:
        sections[-1].lines = last[: -2 if _is_a_parting(text, last[-2]) else -1]
    return sections


def _is_a_parting(text: Text, index: int) -> bool:
    """Whether it stands apart from what is above it, in few words: "Kind regards,"."""
    line, above = text.lines[index], text.lines[index - 1]
    words = line.text.split()
    apart = line.y0 is None or above.y0 is None or line.y0 - above.y0 > _LINE_GAP * ((above.y1 or 0) - above.y0)
    return len(words) < _PARTING and apart and not line.bullet and "," not in line.text[:-1]


def _ends_a_name(text: Text, index: int, told: set[Look]) -> bool:
    """Whether it goes on right below a line of the same look, which is not that of the headings: "M.A. European" over "Studies"."""
    above, line = text.lines[index - 1] if index else None, text.lines[index]
    return (
        above is not None and bool(told) and _look(line) not in told and _look(above) == _look(line) and line.size is not None
        and above.x0 is not None and line.x0 is not None and abs(above.x0 - line.x0) < 2
        and above.page == line.page and 0 < (line.y0 or 0) - (above.y0 or 0) < _LINE_GAP * line.size
    )  # fmt: skip


def _of_headings_alone(text: Text, kinds: list[str | None], told: set[Look]) -> set[Look]:
    """The looks in which hardly anything but headings is set, however little they stand out."""
    lines: dict[Look, list[tuple[str | None, Line]]] = {}
    for kind, line in zip(kinds, text.lines, strict=True):
        lines.setdefault(_look(line), []).append((kind, line))
    return {
        look for look, found in lines.items()
        if look in told and sum(kind is not None for kind, _ in found) >= max(3, 0.5 * len(found))
        and all(len(line.text) <= _LONGEST_HEADING and "\t" not in line.text and not find_period(line.text) for _, line in found)
    }  # fmt: skip


def _flows(text: Text) -> dict[int, bool]:
    """The lines at the top of a further column, and whether it is a column of another width, into which no section flows."""
    tops = [0, *(index for index in range(1, len(text.lines)) if _is_column_top(text.lines[index - 1], text.lines[index])), len(text.lines)]
    widths = []
    for begin, end in pairwise(tops):
        block = [line for line in text.lines[begin:end] if line.x0 is not None and line.x1 is not None]
        widths.append(max((line.x1 or 0 for line in block), default=0.0) - min((line.x0 or 0 for line in block), default=0.0))
    return {
        top: abs(width - before) > _OTHER_WIDTH * max(width, before) for top, before, width in zip(tops[1:-1], widths, widths[1:], strict=False)
    }  # fmt: skip


Look = tuple[float | None, bool, bool, bool]


def _look(line: Line) -> Look:
    return (line.size, line.bold, line.text.isupper(), line.heading)


def _stands_out(look: Look, body: float) -> bool:
    size, bold, upper, heading = look
    return heading or upper or bold or bool(size and size > 1.05 * body)


def _is_unknown_heading(line: Line, look: Look, told: set[Look], body: float) -> bool:
    """A line of the headings' own look, where that is not the look of a bold word in the text too."""
    if look not in told or _BULLET.match(line.text) or find_period(line.text) or sum(map(str.isalpha, line.text)) < _SHORTEST_HEADING:
        return False
    if line.heading or bool(line.size and line.size > 1.05 * body):
        return True
    return line.text.isupper() and not any(map(str.isdigit, line.text)) and (line.bold or line.size is None)


def _is_dated_below(text: Text, index: int) -> bool:
    """Whether dates are on one of the next lines, as below the name of an employer that is set like a heading."""
    return any(find_period(line.text) for line in text.lines[index + 1 : index + 3])


def _goes_with_dates_above(text: Text, lines: list[int], line: Line) -> bool:
    """Whether it stands right below dates that lead their entries, or names a post or a degree below those beside an employer or a school."""
    words = text.lines[lines[-1]].text
    if not line.heading and _is_a_date(words) and _is_a_date(text.lines[lines[0]].text):
        return True
    return "\t" in words and find_period(words) is not None and max(judge(line.text) for judge in _JUDGES) > _SURELY


def _is_a_date(words: str) -> bool:
    period = find_period(words)
    return period is not None and not any(map(str.isalpha, words[: period.begin] + words[period.until :]))


def _names_an_entry(text: Text, section: Section, line: Line) -> bool:
    """Whether its words do, or it stands first in the section, or as another name above it does; where only capitals make headings, any does."""
    if line.size is None or not section.lines or max(judge(line.text) for judge in _JUDGES) > _TOLD:
        return True
    return any(_look(text.lines[index]) == _look(line) for index in section.lines)


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
            found[-1] = Item(last.first, index, _joined(last.text, words), last.bullet, (*last.seams, *line.seams))
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


def opening(text: Text, sections: list[Section], name: int) -> list[int]:
    """The prose that stands below the name, in whole sentences, and before the next heading."""
    lines = next(([index for index in each.lines if index > name] for each in sections if not each.kind and name in each.lines), [])
    if len(sections) < 2:
        return []
    told = [
        item
        for item in items(text, lines)
        if not item.bullet and _SENTENCES.search(item.text) and "@" not in item.text and "\t" not in item.text
    ]
    return [index for item in told for index in range(item.first, item.last + 1)]


def paragraph(text: Text, indices: list[int]) -> str:
    whole = ""
    for index in indices:
        whole = _joined(whole, text.lines[index].text)
    return whole


def _joined(before: str, after: str) -> str:
    """A word that was divided at the line's end is made whole; a hyphen before a capital or a digit is the word's own."""
    divided = after[:1].islower() or (after.isupper() and before.isupper())
    if re.search(r"[^\W\d_]-$", before) and divided and not re.search(r"\b(?:und|and|oder|or)\b", after[:4]):
        return before[:-1] + after
    if re.search(r"[^\W\d_]{3}-$", before) and after[:1].isupper():
        return before + after
    return f"{before} {after}" if before else after


def _is_column_top(previous: Line, line: Line) -> bool:
    return previous.page == line.page and previous.y0 is not None and line.y0 is not None and line.y0 < previous.y0 - 20
