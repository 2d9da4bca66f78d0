"""The lines of a section of entries made ready: forms, tables and marks read as what they stand for, and dates made whole."""

from __future__ import annotations

import re
from dataclasses import replace

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import Period, find_period, is_length
from services.candidates.parsing.items import items
from services.candidates.parsing.labels import kind_of, label_of
from services.candidates.parsing.text import Item, Text

_SENTENCE = re.compile(r"^(?:\S+ ){4,}.*\w{2,}[.!?;]$")
_SENTENCES = re.compile(r"[^\W\d_]{2,}[.!?] [A-Z\u00c0-\u00dd]")
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}[.!?]$")
_LABELLED = re.compile(r"^[^\W\d_][\w /&-]{2,28}:\s")
_OPEN = re.compile(r"[-\u2010-\u2015\u2212]\s*$")
_THESIS = re.compile(r"thesis|dissertation|arbeit\b|project|mémoire|tesis|trabajo", re.IGNORECASE)
_EXAMS = 0.9
_LONGEST_DATE = 26
_PROSE = 95
_FORM = 4  # labels that make one
_DEEPER = 7.0  # points that a list is set in
_DEEPEST = 60.0
_MARKED = frozenset(
    [
        "percentage",
        "marks",
        "grade",
        "grades",
        "cgpa",
        "gpa",
        "note",
        "nota",
        "board",
        "remarks",
        "division",
        "class",
        "result",
        "results",
        "score",
        "no",
        "sr.no",
        "s.no",
        "sl.no",
        "cgpa / ",
        "cgpa/",
    ]
)
_LABELS = {"title": "Title", "company": "Company", "degree": "Degree", "school": "School"}


def lines_of_entries(text: Text, indices: list[int]) -> list[Item]:
    """Without lengths of time, which follow from the dates."""
    listed = [item for item in _with_split_dates(items(text, indices)) if not is_length(item.text)]
    return _with_drawn_bullets(text, _with_marked_heads(text, _by_columns(_without_labels(listed))))


def _without_labels(listed: list[Item]) -> list[Item]:
    """In a form, what tells of an entry is a bullet, and words that label nothing are left out."""
    labels = [label_of(item.text) for item in listed]
    if sum(label is not None for label in labels) < _FORM:
        return listed
    found = []
    for item, label in zip(listed, labels, strict=True):
        if label and label[0] in ("dates", "place", "story"):
            if label[0] != "place":
                found.append(Item(item.first, item.last, label[1], bullet=label[0] == "story"))
        elif label or not kind_of(item.text):
            found.append(item)
    return found


def _with_drawn_bullets(text: Text, listed: list[Item]) -> list[Item]:
    """Lines set deeper than those that name the entries are bullets too, where the marks before them are drawn and not written.

    A date in a margin of its own does not tell how deep what stands beside it is set.
    """
    depths = [
        line.x0 for item in listed
        if (line := text.lines[item.first]).x0 is not None and not item.bullet and not ((period := find_period(item.text)) and period.begin < 3)
    ]  # fmt: skip
    if not depths:
        return listed
    base = min(depths)
    deeper = [item for item in listed if not item.bullet and _is_deeper(text, item, base)]
    heads = [item for item in listed if item not in deeper]
    dated = sum(entry_period(item) is not None for item in heads)
    if not deeper or any(item.bullet for item in listed) or sum(map(_names_in, heads)) < 2 * max(dated, 1):
        return listed
    return [replace(item, bullet=True) if item in deeper else item for item in listed]


def _with_marked_heads(text: Text, listed: list[Item]) -> list[Item]:
    """What stands right above most dates and is set less deep is the first line of an entry, even where it has a bullet's mark."""
    dated = [at for at, item in enumerate(listed) if at and not item.bullet and entry_period(item)]
    marked = [at - 1 for at in dated if listed[at - 1].bullet and _is_left_of(text, listed[at - 1], listed[at])]
    if not marked or len(marked) < 0.6 * len(dated):
        return listed
    return [replace(item, bullet=False) if at in marked else item for at, item in enumerate(listed)]


def _is_left_of(text: Text, item: Item, other: Item) -> bool:
    left, right = text.lines[item.first].x0, text.lines[other.first].x0
    return left is not None and right is not None and left < right - 2


def _names_in(item: Item) -> int:
    """How many things a line could name beside its dates."""
    period = entry_period(item)
    words = item.text[: period.begin] + "\t" + item.text[period.until :] if period else item.text
    return sum(any(map(str.isalpha, cell)) for cell in re.split(r"\t|\s+[|\u2013\u2014@\u00b7-]\s+|,\s+", words))


def _is_deeper(text: Text, item: Item, base: float) -> bool:
    line = text.lines[item.first]
    return line.x0 is not None and base + _DEEPER < line.x0 < base + _DEEPEST and not line.bold and "\t" not in line.text


def tells(item: Item) -> bool:
    """Whether it is part of the story rather than of an entry's head."""
    return (item.bullet and entry_period(item) is None) or is_prose(item)


def is_prose(item: Item) -> bool:
    if find_period(item.text) and entry_period(item):
        return False
    if (label := label_of(item.text)) and label[0] in _LABELS:
        return False
    labelled = _LABELLED.match(item.text)
    exams = (
        labelled and evidence.degree(labelled[0]) > _EXAMS and not _THESIS.search(labelled[0])
    )  # "A-levels: Mathematics (A), French (B)"
    return len(item.text) > _PROSE or bool(_SENTENCE.search(item.text)) or bool(labelled and not exams and len(item.text) > 40)


def entry_period(item: Item) -> Period | None:
    """The dates of an entry. A bullet has them at its end or start only; in the midst of it they are part of the story."""
    period = find_period(item.text)
    if period is None or len(item.text) > _PROSE + 65:
        return None
    if item.bullet and (period.start is None or min(period.begin, len(item.text) - period.until) > 2 or _ends_a_sentence(item, period)):
        return None
    before = item.text[: period.begin].strip()
    ends = period.start is not None and period.until >= len(item.text) - 1
    if _SENTENCE_END.search(before) and len(before.split()) > 3 and not ends and not item.text[: period.begin].endswith("\t"):
        return None
    if min(period.begin, len(item.text) - period.until) > 2 and _SENTENCE.search(item.text) and _SENTENCES.search(item.text):
        return None
    if period.start is None and (_SENTENCE.search(item.text) or len(item.text) > _PROSE):
        return None
    return period


def _ends_a_sentence(item: Item, period: Period) -> bool:
    """Whether words run on into the date, as in "took charge of the shift from 2018"."""
    before = item.text[: period.begin]
    return period.current and period.end is None and len(before.split()) > 2 and before[-1:] == " " and before.rstrip()[-1:].isalpha()


def _with_split_dates(listed: list[Item]) -> list[Item]:
    """A range of dates that had no room on its line goes on in the next line's first cell."""
    found: list[Item] = []
    for item in listed:
        last = found[-1] if found else None
        head, _, rest = item.text.partition("\t")
        for cells in (1, 0) if last and not last.bullet and len(head) <= _LONGEST_DATE else ():
            assert last is not None
            begun, gap, others = last.text.partition("\t") if cells else (last.text, "", "")
            if _goes_over(begun, head):
                found[-1] = Item(last.first, item.last, f"{begun} {head}{gap}{others}", bullet=False)
                if rest:
                    found.append(Item(item.first, item.last, rest, bullet=False))
                break
        else:
            found.append(item)
    return found


def _by_columns(listed: list[Item]) -> list[Item]:
    """The rows of a table under the titles of its columns, as a form would have them; the titles themselves are left out."""
    found: list[Item] = []
    columns: list[str | None] = []
    for item in listed:
        cells = item.text.split("\t")
        kinds = [kind_of(cell) for cell in cells]
        named = sum(kind is not None or cell.strip(" .%").casefold() in _MARKED for kind, cell in zip(kinds, cells, strict=True))
        if len(cells) > 1 and named >= 0.75 * len(cells) and sum(kind is not None for kind in kinds) > 1 and not find_period(item.text):
            columns = kinds
        elif _fits(cells, columns):
            dates = [cell for cell, kind in zip(cells, columns, strict=False) if kind == "dates"]
            found.append(Item(item.first, item.last, " \u2013 ".join(dates), bullet=False))
            found += [
                Item(item.first, item.last, f"{_LABELS[kind]}: {cell}", bullet=False)
                for cell, kind in zip(cells, columns, strict=False) if kind in _LABELS
            ]  # fmt: skip
        else:
            found.append(item)
    return found


def _fits(cells: list[str], columns: list[str | None]) -> bool:
    """Whether cells are a row of the table; the last ones may be empty, and a column of beginnings stands beside one of ends."""
    if len({*columns} & {*_LABELS}) < 2 or "dates" not in columns or not len(columns) - 2 < len(cells) <= len(columns):
        return False
    dates = " \u2013 ".join(cell for cell, kind in zip(cells, columns, strict=False) if kind == "dates")
    return len(cells) == len(columns) or find_period(dates) is not None


def _goes_over(begun: str, head: str) -> bool:
    """Whether a range begins at the end of the one text and takes up the whole of the other."""
    before, period = find_period(begun), find_period(f"{begun} {head}")
    if before is None or period is None or not period.start or (before.start and not before.current):
        return False
    if find_period(head) and not re.search(
        r"(?:[-\u2010-\u2015]|\b(?:to|bis|\u00e0|au|a|al|hasta|until))$|^(?:[-\u2010-\u2015]|to|bis)", begun + "\n" + head, re.MULTILINE
    ):
        return False
    return (
        period.begin < len(begun)
        and period.until >= len(begun) + len(head) - 1
        and (before.start is None or _OPEN.search(begun) is not None)
    )
