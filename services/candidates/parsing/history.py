"""What a person has done: work experience, education and projects, entry by entry, each found by its dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.candidates.parsing import evidence, roles
from services.candidates.parsing.dates import Period, find_period, is_length
from services.candidates.parsing.labels import kind_of, label_of
from services.candidates.parsing.parsed import Education, Found, Project, WorkExperience
from services.candidates.parsing.roles import Choice
from services.candidates.parsing.sections import Item, Text, items

_SENTENCE = re.compile(r"^(?:\S+ ){4,}.*[^\W\d_]{2,}[.!?;]$")
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}[.!?]$")
_LABELLED = re.compile(r"^[^\W\d_][\w /&-]{2,28}:\s")
_OPEN = re.compile(r"[-\u2010-\u2015\u2212]\s*$")
_LEGAL_END = re.compile(r"\b(?:Inc|Ltd|Co|Corp|S\.\s?A|S\.\s?L|e\.\s?V|s\.r\.o|d\.d|S\.p\.A|LLC)\.$")
_LONGEST_DATE = 26
_PROSE = 95
_INHERITED = 0.6
_FORM = 4  # labels that make one
_DEEPER, _DEEPEST = 7.0, 60.0  # points that a list is set in


@dataclass(frozen=True, slots=True)
class _Entry:
    """The lines that name an entry, the one with its dates among them, and the bullets below."""

    heads: list[Item]
    dated: Item | None
    period: Period | None
    bullets: list[Item]
    above: Item | None = None  # the line with the dates of all posts at an employer


def find_work(text: Text, indices: list[int]) -> tuple[WorkExperience, ...]:
    entries = _entries(text, indices)
    chosen = roles.assign([roles.parts(_rows(entry)) for entry in entries], evidence.title, evidence.company, ("title", "company"))
    found: list[WorkExperience] = []
    for entry, (title, company) in zip(entries, chosen, strict=True):
        start, end, current = _dates(text, entry)
        employer = _found(text, company)
        if employer is None and title and found and found[-1].company_name and not _names_itself(entry):
            above = found[-1].company_name  # a further position at the same place
            employer = Found(above.value, min(above.confidence, _INHERITED), above.source)
        work = WorkExperience(
            company_name=employer,
            job_title=_found(text, title),
            start_date=start,
            end_date=end,
            current=current,
            bullets=tuple(text.found(item.text, 0.9 if item.bullet else 0.7, item.first, item.last) for item in entry.bullets),
        )
        if work.company_name or work.job_title:
            found.append(work)
    return tuple(found)


def find_education(text: Text, indices: list[int]) -> tuple[Education, ...]:
    entries = _entries(text, indices)
    chosen = roles.assign([roles.parts(_rows(entry)) for entry in entries], evidence.degree, evidence.school, ("degree", "school"))
    found = []
    for entry, (degree, university) in zip(entries, chosen, strict=True):
        if degree or university:
            start, end, _ = _dates(text, entry)
            found.append(Education(_found(text, degree), _found(text, university), _year(start), _year(end)))
    return tuple(found)


def find_projects(text: Text, indices: list[int]) -> tuple[Project, ...]:
    """A bold line, or one above bullets, names a project; what follows tells of it."""
    found: list[tuple[Item, list[Item]]] = []
    listed = items(text, indices)
    bold = any(text.lines[item.first].bold for item in listed)
    for item in listed:
        prose = item.bullet or _is_prose(item)
        if (text.lines[item.first].bold if bold else not prose) or not found:
            found.append((item, []))
        else:
            found[-1][1].append(item)
    projects = []
    for head, told in found:
        period = find_period(head.text)
        words = head.text[: period.begin] + "\t" + head.text[period.until :] if period else head.text
        cells = [cell.strip(" ,;:|()\u2013\u2014-") for cell in re.split(r"\t|\s+[|\u2013\u2014-]\s+|:\s+", words)]
        names = [cell for cell in cells if cell and any(map(str.isalpha, cell))]
        if names and len(names[0]) <= _PROSE:
            rest = [text.found(item.text, 0.8, item.first, item.last) for item in told]
            rest += [text.found(name, 0.7, head.first, head.last) for name in names[1:] if len(name) > 20]
            projects.append(Project(text.found(names[0], 0.8, head.first, head.last), tuple(rest)))
    return tuple(projects)


def _names_itself(entry: _Entry) -> bool:
    """Whether an entry has words beyond its title that nobody could place; then no employer is taken over from above."""
    return len(roles.parts(_rows(entry))) > 1


def _entries(text: Text, indices: list[int]) -> list[_Entry]:
    """Each date heads an entry. What stands before the first one shows how many lines name an entry above its date."""
    listed = [item for item in _with_split_dates(items(text, indices)) if not is_length(item.text)]
    listed = _with_drawn_bullets(text, _with_marked_heads(text, _by_columns(_without_labels(listed))))
    anchors = _anchors(listed)
    if not anchors:
        return _undated(text, listed)
    return _in_groups(_dated(text, listed, anchors))


def _dated(text: Text, listed: list[Item], anchors: list[tuple[int, Period]]) -> list[_Entry]:
    lead = anchors[0][0]
    first = next((at for at in range(lead) if not _tells(listed[at])), lead)
    lead -= first
    entries: list[_Entry] = []
    begins: list[int] = []
    for number, (at, _) in enumerate(anchors):
        if number == 0:
            begins.append(first)
            continue
        floor = anchors[number - 1][0] + 1
        told = [index for index in range(floor, at) if _tells(listed[index])]
        start = told[-1] + 1 if told else floor
        begins.append(max(start, at - lead) if not told else _below_prose(text, listed, start, at, lead))
    begins.append(len(listed))
    for (at, period), begin, end in zip(anchors, begins, begins[1:], strict=False):
        block = listed[begin:end]
        heads: list[Item] = []
        bullets: list[Item] = []
        for item in block:
            below = item.first > listed[at].first
            story = below and len(heads) > 2 and item.text.endswith((".", "!")) and not _LEGAL_END.search(item.text)
            is_head = item is listed[at] or not (_tells(item) or story or (bullets and below))
            (heads if is_head else bullets).append(item)
        entries.append(_Entry(heads, listed[at], period, bullets))
    return entries


def _in_groups(entries: list[_Entry]) -> list[_Entry]:
    """An employer with the years of all posts there heads the posts below, whose dates lie within its own."""
    found: list[_Entry] = []
    group: _Entry | None = None
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        if group and _within(entry, group):
            found.append(
                replace(entry, heads=[*group.heads, *entry.heads], above=group.dated) if len(roles.parts(_rows(entry))) < 2 else entry
            )
        elif following and not entry.bullets and len(roles.parts(_rows(entry))) == 1 and _within(following, entry):
            group = entry
        else:
            group = None
            found.append(entry)
    return found


def _within(entry: _Entry, group: _Entry) -> bool:
    inner, outer = entry.period, group.period
    if inner is None or outer is None or not inner.start or not outer.start:
        return False
    now = "9999"
    ends = [now if period.current else period.end or now for period in (inner, outer)]
    return outer.start[:4] <= inner.start[:4] and ends[0][:4] <= ends[1][:4] and (inner.start, ends[0]) != (outer.start, ends[1])


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
    dated = sum(_entry_period(item) is not None for item in heads)
    if not deeper or any(item.bullet for item in listed) or sum(map(_names_in, heads)) < 2 * max(dated, 1):
        return listed
    return [replace(item, bullet=True) if item in deeper else item for item in listed]


def _with_marked_heads(text: Text, listed: list[Item]) -> list[Item]:
    """What stands right above most dates and is set less deep is the first line of an entry, even where it has a bullet's mark."""
    dated = [at for at, item in enumerate(listed) if at and not item.bullet and _entry_period(item)]
    marked = [at - 1 for at in dated if listed[at - 1].bullet and _is_left_of(text, listed[at - 1], listed[at])]
    if not marked or len(marked) < 0.6 * len(dated):
        return listed
    return [replace(item, bullet=False) if at in marked else item for at, item in enumerate(listed)]


def _is_left_of(text: Text, item: Item, other: Item) -> bool:
    left, right = text.lines[item.first].x0, text.lines[other.first].x0
    return left is not None and right is not None and left < right - 2


def _names_in(item: Item) -> int:
    """How many things a line could name beside its dates."""
    period = _entry_period(item)
    words = item.text[: period.begin] + "\t" + item.text[period.until :] if period else item.text
    return sum(any(map(str.isalpha, cell)) for cell in re.split(r"\t|\s+[|\u2013\u2014@\u00b7-]\s+|,\s+", words))


def _is_deeper(text: Text, item: Item, base: float) -> bool:
    line = text.lines[item.first]
    return line.x0 is not None and base + _DEEPER < line.x0 < base + _DEEPEST and not line.bold and "\t" not in line.text


def _below_prose(text: Text, listed: list[Item], start: int, at: int, lead: int) -> int:
    """Where an entry begins that follows the bullets of another: its own lines, or with none, a bold one that names the next employer."""
    if at - start <= lead or text.lines[listed[start].first].bold:
        return start
    return at - lead


def _anchors(listed: list[Item]) -> list[tuple[int, Period]]:
    found = [(at, period) for at, item in enumerate(listed) if (period := _entry_period(item))]
    ranges = [(at, period) for at, period in found if period.start]
    if not ranges:
        return found
    # A single year among ranges is an entry's own date only where it stands as they do: alone, or at the margin.
    ends = {_mark_before(listed[at], period) for at, period in ranges} - {""}
    return [
        (at, period)
        for at, period in found
        if period.start or _is_at_the_margin(listed[at], period) or (not listed[at].bullet and _mark_before(listed[at], period) in ends)
    ]


def _mark_before(item: Item, period: Period) -> str:
    """What parts the words from dates at the end of the line, a comma or a bracket, or nothing where none are there."""
    return (
        item.text[: period.begin].rstrip()[-1:]
        if not item.text[period.until :].strip(" ).") and not item.text[: period.begin].rstrip()[-1:].isalnum()
        else ""
    )


def _is_at_the_margin(item: Item, period: Period) -> bool:
    before, after = item.text[: period.begin], item.text[period.until :]
    if (
        not item.bullet
        and period.begin < 2
        and re.match(r"\s*[|,\u00b7\u2022]", after)
        and evidence.place(after.strip(" |,\u00b7\u2022")) >= 0.6
    ):
        return True
    return not item.bullet and (not (before + after).strip(" ()|,\t") or before.endswith("\t") or after.startswith("\t"))


def _undated(text: Text, listed: list[Item]) -> list[_Entry]:
    entries: list[_Entry] = []
    for item in listed:
        if _tells(item) and entries:
            entries[-1].bullets.append(item)
        elif entries and not entries[-1].bullets and not text.lines[item.first].bold and len(entries[-1].heads) < 3:
            entries[-1].heads.append(item)
        else:
            entries.append(_Entry([item], None, None, []))
    return entries


def _tells(item: Item) -> bool:
    """Whether it is part of the story rather than of an entry's head."""
    return (item.bullet and _entry_period(item) is None) or _is_prose(item)


def _is_prose(item: Item) -> bool:
    if find_period(item.text) and _entry_period(item):
        return False
    if (label := label_of(item.text)) and label[0] in _LABELS:
        return False
    return len(item.text) > _PROSE or bool(_SENTENCE.search(item.text)) or bool(_LABELLED.match(item.text) and len(item.text) > 40)


def _entry_period(item: Item) -> Period | None:
    """The dates of an entry. A bullet has them at its end or start only; in the midst of it they are part of the story."""
    period = find_period(item.text)
    if period is None or len(item.text) > _PROSE + 65:
        return None
    if item.bullet and (period.start is None or min(period.begin, len(item.text) - period.until) > 2 or _ends_a_sentence(item, period)):
        return None
    before = item.text[: period.begin].strip()
    if _SENTENCE_END.search(before) and len(before.split()) > 3 and not item.text[: period.begin].endswith("\t"):
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


_MARKED = frozenset(["percentage", "marks", "grade", "grades", "cgpa", "gpa", "note", "nota", "board", "remarks"])
_LABELS = {"title": "Title", "company": "Company", "degree": "Degree", "school": "School"}


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
        elif len(columns) == len(cells) and len({*columns} & {*_LABELS}) > 1 and "dates" in columns:
            found += [Item(item.first, item.last, cell, bullet=False) for cell, kind in zip(cells, columns, strict=True) if kind == "dates"]
            found += [
                Item(item.first, item.last, f"{_LABELS[kind]}: {cell}", bullet=False)
                for cell, kind in zip(cells, columns, strict=True) if kind in _LABELS
            ]  # fmt: skip
        else:
            found.append(item)
    return found


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


def _rows(entry: _Entry) -> list[tuple[str, Item]]:
    rows = []
    for item in entry.heads:
        words = item.text
        period = entry.period if item is entry.dated else find_period(words) if item is entry.above else None
        if period:
            words = words[: period.begin] + "\t" + words[period.until :]
        rows.append((words, item))
    return rows


def _dates(text: Text, entry: _Entry) -> tuple[Found[str] | None, Found[str] | None, bool]:
    if entry.dated is None or entry.period is None:
        return None, None, False
    period, item = entry.period, entry.dated
    words = item.text[period.begin : period.until]
    dates = [
        text.found(date, 0.95 if len(date) > 4 else 0.85, item.first, item.last, words) if date else None
        for date in (period.start, period.end)
    ]
    return dates[0], dates[1], period.current


def _year(date: Found[str] | None) -> Found[int] | None:
    return Found(int(date.value[:4]), date.confidence, date.source) if date else None


def _found(text: Text, choice: Choice | None) -> Found[str] | None:
    return text.found(choice.text, choice.sure, choice.item.first, choice.item.last) if choice else None
