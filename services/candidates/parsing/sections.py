"""The sections of a CV by its headings, known ones and those that look like them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise, takewhile
from statistics import median

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.items import items, joined
from services.candidates.parsing.labels import kind_of as label_kind
from services.candidates.parsing.lines import Line, plain
from services.candidates.parsing.text import Section, Text

_BULLET = re.compile(r"(?:[^\w\s\"'(\[{<#@$\u20ac\u00a3%&+\u2018\u201c\u2019]|o(?=\s+[A-Z\u00c0-\u00dd]))\s+")
_SHORTEST_HEADING, _LONGEST_HEADING = 4, 48
_SENTENCES = re.compile(r"^(?=.{30})(?:\S+ ){5,}.*[^\W\d_]{2,}[.!?]$")
_OF_ENTRIES = ("experience", "education", "projects")
_JUDGES = (evidence.title, evidence.company, evidence.degree, evidence.school)
_SURELY = 0.9
_TOLD = 0.8  # of what words prove
_LINE_GAP = 1.9
_OTHER_WIDTH = 0.15
_PARTING = 5  # words
_REACH = 4  # lines
_REFERRED = re.compile(
    r"(?:references?|referenzen|r\u00e9f\u00e9rences|referencias)\b.*\b(?:request|anfrage|demande|petici\u00f3n)\b", re.IGNORECASE
)
_ACROSS = 4  # points within which headings begin
_AS_FAR = 0.85
_LEAST_ROOM = 4.0  # points


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
    spaced = _spaced_as_headings(text, kinds, told)
    reached = next((index for index, line in enumerate(text.lines) if "@" in line.text), len(text.lines))
    flows = _flows(text)
    sections = [Section("", "")]
    skipped = -1
    often = Counter(line.text for line in text.lines)
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
            kind = heading_kind(joined(line.text, following.text))  # one that takes two lines
            skipped = index + 1 if kind else skipped
        heads = (
            kind is not None
            and not (
                sections[-1].kind in _OF_ENTRIES and label_kind(line.text) == "story" and (line.text.endswith(":") or often[line.text] > 1)
            )
            and not _ends_a_name(text, index, told)
            and (look in told or not told or line.heading or _stands_out(look, body) or kind == "contact" or _REFERRED.match(line.text))
        )
        if heads and kind is not None and not (sections[-1].kind == kind and not _stands_out(look, body) and told):
            sections.append(Section(kind, line.text if skipped != index + 1 or following is None else joined(line.text, following.text)))
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
                or (index in spaced and sum(map(str.isalpha, line.text)) >= _SHORTEST_HEADING)
                or (look in alone and not any(map(str.isdigit, line.text)) and sum(map(str.isalpha, line.text)) >= _SHORTEST_HEADING)
            )
            and not (sections[-1].kind in _OF_ENTRIES and _is_of_an_entry(text, sections[-1], index, body))
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


def _spaced_as_headings(text: Text, kinds: list[str | None], told: set[Look]) -> set[int]:
    """The lines that look like headings, begin where they do and stand as far below what is above them."""
    room: dict[tuple[Look, int], list[float]] = {}
    places: dict[int, tuple[tuple[Look, int], float]] = {}
    for index, (above, line) in enumerate(pairwise(text.lines), 1):
        look = _look(line)
        if look not in told or above.page != line.page or None in (above.y1, line.y0, line.x0) or (line.y0 or 0) < (above.y0 or 0):
            continue
        key = (look, round((line.x0 or 0) / _ACROSS))
        places[index] = (key, (line.y0 or 0) - (above.y1 or 0))
        if kinds[index]:
            room.setdefault(key, []).append(places[index][1])
    return {
        index for index, (key, gap) in places.items()
        if len(room.get(key, [])) > 1 and gap >= _AS_FAR * min(room[key]) and min(room[key]) > _LEAST_ROOM and not find_period(text.lines[index].text)
    }  # fmt: skip


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


def _is_of_an_entry(text: Text, section: Section, index: int, body: float) -> bool:
    """Whether what looks like a heading names a post, an employer, a school or a level of schooling in a section of entries.

    Where headings are bold and nothing else, as names are too, an unknown one is none above dates.
    """
    line = text.lines[index]
    if not section.lines:
        return not line.heading
    weak = not line.heading and not line.text.isupper() and not (line.size and line.size > 1.05 * body)
    return (
        label_kind(line.text) is not None
        or (_is_dated_below(text, index, 2) and _names_an_entry(text, section, line))
        or (weak and _is_dated_below(text, index, _REACH))
        or _goes_with_dates_above(text, section.lines, line)
    )


def _is_dated_below(text: Text, index: int, reach: int) -> bool:
    """Whether dates are on one of the next lines, before any heading, as below the name of an employer that is set like a heading."""
    below = takewhile(lambda line: line.bullet or not heading_kind(line.text), text.lines[index + 1 : index + 1 + reach])
    return any(find_period(line.text) for line in below)


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


def _is_column_top(previous: Line, line: Line) -> bool:
    return previous.page == line.page and previous.y0 is not None and line.y0 is not None and line.y0 < previous.y0 - 20
