"""What a person has done: work experience and education, entry by entry, each found by its dates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

from services.candidates.parsing import evidence, roles
from services.candidates.parsing.cuts import Judge
from services.candidates.parsing.dates import Period, find_period
from services.candidates.parsing.entry_lines import entry_period, lines_of_entries, tells
from services.candidates.parsing.labels import kind_of
from services.candidates.parsing.parsed import Education, Found, WorkExperience
from services.candidates.parsing.roles import Choice
from services.candidates.parsing.text import Item, Text

_LEGAL_END = re.compile(r"\b(?:Inc|Ltd|Co|Corp|S\.\s?A|S\.\s?L|e\.\s?V|s\.r\.o|d\.d|S\.p\.A|LLC)\.$")
_GAP = re.compile(  # what somebody did instead of working, by their own words
    r"\W*(?:career break|gap year|(?:parental|maternity|paternity|family|adoption) leave|sabbatical|unemployed|job search|arbeits?suchend|arbeitslos|elternzeit|mutterschutz"
    r"|auszeit|cong\u00e9 (?:parental|maternit\u00e9|sabbatique)|ann\u00e9e sabbatique|(?:en )?recherche d'emploi|desempleo|excedencia|a\u00f1o sab\u00e1tico|b\u00fasqueda de empleo)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s+[\u2013\u2014-]\s+(?=[a-z\u00df-\u00ff])")
_BEHIND = re.compile(r",\s+(?![^()]*\))(?=[a-z\u00df-\u00ff]\S* |[dl]['\u2019])")
_LINKING = ("of", "the", "and", "for", "de", "du", "des", "f\u00fcr", "und", "et", "y")
_LED = re.compile(r"\s?[:\u2013-]\s+(?=\S)")
_YEAR_FIRST = re.compile(r"^(?:19|20)\d\d\s?[:\u2013-]\s+")
_PLACED = 0.6
_SEVERAL = re.compile(r",\s|\s[\u2013\u2014|-]\s")
_BOTH = 2  # names
_MOST_ROWS = 3  # above the one with the dates
_ROOM = 3.0  # points
_INHERITED = 0.6
_A_DEGREE = 0.9
_A_POST = 0.7


@dataclass(frozen=True, slots=True)
class _Entry:
    """The lines that name an entry, the one with its dates among them, and the bullets below."""

    heads: list[Item]
    dated: Item | None
    period: Period | None
    bullets: list[Item]
    above: Item | None = None  # the line with the dates of all posts at an employer


def find_work(text: Text, sections: list[list[int]]) -> tuple[WorkExperience, ...]:
    """Of sections that may be set each in its own way, such as one on earlier posts in a line each."""
    found: list[WorkExperience] = []
    for entry, (title, company) in _understood(text, sections, evidence.title, evidence.company, ("title", "company")):
        if not (title and company) and any(_GAP.match(words) for words, _ in _rows(entry)):
            continue
        start, end, current = _dates(text, entry)
        employer = _found(text, _without_remarks(company))
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


def _without_remarks(company: Choice | None) -> Choice | None:
    """An employer without what is said of it behind its name: "(online grocery)", " - a family business", ", service d'oncologie"."""
    if company is None:
        return None
    name = _BEHIND.split(_REMARK.split(company.text)[0])[0]
    bracket = re.search(r"\s*\(([^()]*)\)$", name)
    words = re.findall(r"[^\W\d_]+", bracket[1]) if bracket else []
    said = [word for word in words if word not in _LINKING]
    if (
        bracket
        and bracket.start()
        and ((len(words) > 1 and 2 * sum(word[0].islower() for word in said) >= len(said)) or evidence.place(bracket[1]) >= _PLACED)
    ):
        name = name[: bracket.start()]
    return replace(company, text=name) if name else company


def find_education(text: Text, sections: list[list[int]]) -> tuple[Education, ...]:
    found = []
    for entry, (degree, university) in _understood(text, sections, evidence.degree, evidence.school, ("degree", "school")):
        if degree or university:
            start, end, _ = _dates(text, entry)
            found.append(Education(_found(text, degree), _found(text, _without_remarks(university)), _year(start), _year(end)))
    return tuple(found)


def _understood(
    text: Text, sections: list[list[int]], first: Judge, second: Judge, names: tuple[str, str]
) -> list[tuple[_Entry, tuple[Choice | None, Choice | None]]]:
    """The entries of all sections with what they name. Sections whose entries are of one shape speak for one another, as does one of a single entry for all."""
    found = [entries for indices in _whole(text, sections) if (entries := _entries(text, indices))]
    heads = [[roles.parts(_rows(entry), entry.above or entry.dated) for entry in entries] for entries in found]
    shapes = [Counter(tuple(part.slot for part in head) for head in section).most_common(1)[0][0] for section in heads]
    sizes: Counter[tuple[tuple[int, ...], ...]] = Counter()
    for shape, section in zip(shapes, heads, strict=True):
        sizes[shape] += len(section)
    most = sizes.most_common(1)[0][0] if sizes else ()
    shapes = [shape if len(section) > 1 else most for shape, section in zip(shapes, heads, strict=True)]
    chosen: list[list[tuple[Choice | None, Choice | None]]] = [[] for _ in found]
    for shape in dict.fromkeys(shapes):
        alike = [at for at, other in enumerate(shapes) if other == shape]
        told = iter(roles.assign([head for at in alike for head in heads[at]], first, second, names))
        for at in alike:
            chosen[at] = [next(told) for _ in heads[at]]
    return [pair for entries, choices in zip(found, chosen, strict=True) for pair in zip(entries, choices, strict=True)]


def _whole(text: Text, sections: list[list[int]]) -> list[list[int]]:
    """A section without any dates goes on what is before it, or begins what is below."""
    found: list[list[int]] = []
    for indices in sections:
        dated = any(find_period(text.lines[index].text) for index in indices)
        if found and not (dated and any(find_period(text.lines[index].text) for index in found[-1])):
            found[-1] = [*found[-1], *indices]
        else:
            found.append(indices)
    return found


def _names_itself(entry: _Entry) -> bool:
    """Whether an entry has words beyond its title that nobody could place; then no employer is taken over from above."""
    return sum(part.slot[0] < roles.BELOW for part in roles.parts(_rows(entry), entry.above or entry.dated)) > 1


def _entries(text: Text, indices: list[int]) -> list[_Entry]:
    """Each date heads an entry. What stands before the first one shows how many lines name an entry above its date."""
    listed = lines_of_entries(text, indices)
    anchors = _anchors(listed)
    if not anchors:
        return _undated(text, listed)
    return _in_groups(_dated(text, listed, anchors))


def _dated(text: Text, listed: list[Item], anchors: list[tuple[int, Period]]) -> list[_Entry]:
    lead = anchors[0][0]
    first = next((at for at in range(lead) if not tells(listed[at])), lead)
    lead -= first
    in_lines = len(anchors) > 1 and all(below - at == 1 for (at, _), (below, _) in pairwise(anchors))
    if lead and in_lines and not (find_period(listed[anchors[0][0] - 1].text) and lead == 1 and "\t" in listed[first].text):
        first, lead = anchors[0][0], 0  # each takes one line; what stands above the first is no part of it
    entries: list[_Entry] = []
    begins: list[int] = []
    houses: dict[int, Item] = {}
    breaks = _breaks(text, listed)
    for number, (at, _) in enumerate(anchors):
        if number == 0:
            begins.append(first)
            continue
        floor = anchors[number - 1][0] + 1
        told = [index for index in range(floor, at) if tells(listed[index])]
        start = told[-1] + 1 if told else floor
        apart = [index for index in breaks if start <= index <= at and at - index <= _MOST_ROWS]
        if apart:
            begins.append(apart[-1])
            above = [index for index in breaks if start <= index < apart[-1]]
            if above and apart[-1] - above[-1] == 1 and lead and _is_a_name(listed[above[-1]]):
                houses[number] = listed[above[-1]]
        else:
            begins.append(max(start, at - lead) if not told else _below_prose(text, listed, start, at, lead))
    begins.append(len(listed))
    for number, ((at, period), begin, end) in enumerate(zip(anchors, begins, begins[1:], strict=False)):
        block = [item for item in listed[begin:end] if item is not houses.get(number + 1)]
        heads: list[Item] = []
        bullets: list[Item] = []
        for item in block:
            below = item.first > listed[at].first
            story = below and len(heads) > 2 and item.text.endswith((".", "!")) and not _LEGAL_END.search(item.text)
            story = story or (below and (item.text.rstrip().endswith(":") or kind_of(item.text) == "story"))  # it announces what follows
            is_head = item is listed[at] or not (tells(item) or story or (bullets and below))
            (heads if is_head else bullets).append(item)
        leading = [head for head in heads if head.first <= listed[at].first]
        if number in houses and len(roles.parts(_rows(_Entry(leading, listed[at], period, [])))) < _BOTH:
            house = houses[number]
            heads = [replace(house, text=f"Company: {house.text}", seams=()), *heads]
        entries.append(_Entry(heads, listed[at], period, bullets))
    return _with_stories(entries)


def _is_a_name(item: Item) -> bool:
    return not item.bullet and find_period(item.text) is None and item.text[:1].isalnum() and not item.text.endswith((".", ":", ")"))


def _breaks(text: Text, listed: list[Item]) -> list[int]:
    """Where more room than usual is left above a line, as between entries."""
    gaps: dict[int, float] = {}
    for at, (before, item) in enumerate(pairwise(listed), 1):
        above, line = text.lines[max(before.last, item.first - 1)], text.lines[item.first]
        if above.page == line.page and above.y1 is not None and line.y0 is not None and above.y0 is not None and line.y0 > above.y0:
            gaps[at] = line.y0 - above.y1
    if not gaps:
        return []
    usual = sorted(gaps.values())[len(gaps) // 3]
    widest = max(gaps.values())
    return [at for at, gap in gaps.items() if gap > usual + _ROOM and gap > usual + (widest - usual) / 2]


def _with_stories(entries: list[_Entry]) -> list[_Entry]:
    """What ends with a full stop where other entries tell their story is a story too, however short."""
    told = {entry.bullets[0].first - entry.dated.first for entry in entries if entry.dated and entry.bullets}
    found = []
    for entry in entries:
        short = [
            item for item in entry.heads
            if entry.dated and item is not entry.dated and item.first - entry.dated.first in told and item.text.endswith(".")
            and " " in item.text and not _LEGAL_END.search(item.text)
        ]  # fmt: skip
        heads = [item for item in entry.heads if item not in short]
        found.append(
            replace(entry, heads=heads, bullets=[*short, *entry.bullets])
            if short and roles.parts(_rows(replace(entry, heads=heads)))
            else entry
        )
    return found


def _in_groups(entries: list[_Entry]) -> list[_Entry]:
    """An employer with the years of all posts there heads the posts below, whose dates lie within its own."""
    found: list[_Entry] = []
    group: _Entry | None = None
    for entry, following in zip(entries, [*entries[1:], None], strict=True):
        if group and _within(entry, group):
            found.append(
                replace(
                    entry,
                    heads=[*(head for head in group.heads if head is group.dated or len(roles.parts(_rows(group))) == 1), *entry.heads],
                    above=group.dated,
                )
                if len(roles.parts(_rows(entry))) < 2
                else entry
            )
        elif following and not entry.bullets and _names_a_house(entry) and _within(following, entry) and not _are_alike(entry, following):
            group = entry
        else:
            group = None
            found.append(entry)
    return found


def _names_a_house(entry: _Entry) -> bool:
    """Whether it is one name, and not that of a degree: a semester abroad lies within the years of studies, too."""
    named = roles.parts(_rows(entry))
    described = all(roles.describes(part.text) and evidence.title(part.text) < _A_POST for part in named[1:])
    return (
        bool(named)
        and described
        and evidence.degree(named[0].text) < _A_DEGREE
        and (len(named) == 1 or evidence.title(named[0].text) < _A_POST)
    )


def _are_alike(entry: _Entry, other: _Entry) -> bool:
    """Whether both name a school and something else in one line, as two degrees do, one of which was taken within the years of the other."""
    if not entry.dated or not other.dated:
        return False
    lines = (entry.dated.text, other.dated.text)
    return all(_SEVERAL.search(line) and evidence.school(line) > _A_POST for line in lines)


def _within(entry: _Entry, group: _Entry) -> bool:
    inner, outer = entry.period, group.period
    if inner is None or outer is None or not inner.start or not outer.start:
        return False
    now = "9999"
    ends = [now if period.current else period.end or now for period in (inner, outer)]
    return outer.start[:4] <= inner.start[:4] and ends[0][:4] <= ends[1][:4] and (inner.start, ends[0]) != (outer.start, ends[1])


def _below_prose(text: Text, listed: list[Item], start: int, at: int, lead: int) -> int:
    """Where an entry begins that follows the bullets of another: its own lines, or with none, a bold one that names the next employer."""
    if at - start <= lead or text.lines[listed[start].first].bold:
        return start
    return at - lead


def _anchors(listed: list[Item]) -> list[tuple[int, Period]]:
    found = [(at, period) for at, item in enumerate(listed) if (period := entry_period(item))]
    ranges = [(at, period) for at, period in found if period.start]
    if not ranges:
        return found
    # A single year among ranges is an entry's own date only where it stands as they do: alone, or at the margin.
    leading = [at for at, period in found if not period.start and period.begin < 2 and _LED.match(listed[at].text, period.until)]
    alike = all(period.begin < 2 and _LED.match(listed[at].text, period.until) for at, period in ranges)
    leading = leading if len(leading) > 1 or alike else []
    ends = {_mark_before(listed[at], period) for at, period in ranges} - {""}
    awarded = {at for (at, single), (below, whole) in pairwise(found) if _ends_what_follows(at, single, below, whole)}
    return [
        (at, period)
        for at, period in found
        if at not in awarded
        and (
            period.start
            or at in leading
            or _is_at_the_margin(listed[at], period)
            or (not listed[at].bullet and _mark_before(listed[at], period) in ends)
        )
    ]


def _ends_what_follows(at: int, single: Period, below: int, whole: Period) -> bool:
    """Whether the day of a degree stands right above the years that led to it."""
    return (
        below == at + 1
        and not single.start
        and whole.start is not None
        and single.end is not None
        and (whole.end or "")[:4] == single.end[:4]
    )


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
        if tells(item) and entries:
            entries[-1].bullets.append(item)
        elif entries and not entries[-1].bullets and not text.lines[item.first].bold and len(entries[-1].heads) < 3:
            entries[-1].heads.append(item)
        else:
            entries.append(_Entry([item], None, None, []))
    return entries


def _rows(entry: _Entry) -> list[tuple[str, Item]]:
    rows = []
    for item in entry.heads:
        words = item.text
        period = entry.period if item is entry.dated else find_period(words) if item is entry.above else None
        if period:
            words = _YEAR_FIRST.sub("", words[: period.begin]) + "\t" + words[period.until :]
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
