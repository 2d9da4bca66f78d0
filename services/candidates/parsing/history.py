"""What a person has done: work experience and education, entry by entry, each found by its dates."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re
from dataclasses import dataclass

from services.candidates.parsing.dates import Period, find_period
from services.candidates.parsing.parsed import Education, Found, WorkExperience
from services.candidates.parsing.sections import Item, Text, items

_PARTS = re.compile(r"\t|\s+[|•·]\s+|\s+[–—]\s+|\s+-\s+|\s+@\s+|\s+(?:at|bei|chez)\s+(?=[A-ZÀ-Ý])")
_COMMA = re.compile(r",\s+(?!(?:Inc|LLC|Ltd|Corp|Co)\b)")
_TITLE = re.compile(
    r"(?:engineer|developer|programmer|architect|analyst|manager|consultant|scientist|designer|administrator|director|officer|intern"
    r"|trainee|assistant"
    r"|specialist|coordinator|teacher|tutor|lecturer|researcher|technician|accountant|nurse|recruiter|tester|owner|founder|head of"
    r"|team lead|tech lead"
    r"|lead\b|cto\b|ceo\b|associate\b|freelance|student|entwickler|ingenieur|berater|leiter|praktikant|werkstudent|sachbearbeiter"
    r"|mitarbeiter|referent"
    r"|kaufmann|kauffrau|auszubildende|développeu|ingénieur|chef de|responsable|stagiaire|consultante?|analyste|desarrollador"
    r"|ingenier[oa]|gerente"
    r"|jefe|becari[oa]|analista|técnic[oa]|profesor)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:GmbH|AG|AB|KG|SE|UG|e\.V\.|Inc|LLC|Ltd|Limited|Corp|Corporation|PLC|plc|S\.?A\.?S?|S\.?L\.?U?|SARL|S\.r\.l|S\.p\.A|B\.V|BV"
    r"|N\.V|Oy|AS|A/S|ApS"
    r"|Group|Gruppe|Holding|Company|Consulting|Systems|Solutions|Technologies|Labs|Bank|Studio|Agency|University|Universität|Hospital)\b"
)
_DEGREE = re.compile(
    r"\b(?:b\.?\s?sc|m\.?\s?sc|b\.?a\b|m\.?a\b|b\.?eng|m\.?eng|mba|ph\.?\s?d|bachelor|master|doctor|doctorate|diploma|diplom|magister"
    r"|staatsexamen|abitur"
    r"|associate of|degree|ausbildung|promotion|licence|licenciatura|licenciad[oa]|maîtrise|mastère|doctorat|baccalauréat|bts\b|dut\b"
    r"|grado|máster"
    r"|doctorado|bachillerato|laurea|high school)",
    re.IGNORECASE,
)
_UNIVERSITY = re.compile(
    r"universit|universid|università|college|institut|school|hochschule|akademie|academy|academia|politecnic|polytechni|politécnic"
    r"|école|ecole|escuela|faculty|fakultät"
    r"|gymnasium|lycée|\b(?:ETH|EPFL|KTH|MIT|TU|LMU|RWTH|FH|UCL|LSE|ENS|INSA)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"^(?:\S+ ){5,}[^\W\d_]{3,}[.!?]$")  # which no "S.p.A." ends
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}[.!?]$")
_PROSE = 90


@dataclass(frozen=True, slots=True)
class _Entry:
    """The lines that name an entry, the one with its dates among them, and the bullets below."""

    heads: list[Item]
    dated: Item | None
    period: Period | None
    bullets: list[Item]


def find_work(text: Text, indices: list[int]) -> tuple[WorkExperience, ...]:
    found = []
    for entry in _entries(text, indices):
        parts = _parts(entry, commas=True)
        title = next(((part, item, 0.9) for part, item in parts if _TITLE.search(part) and not _COMPANY.search(part)), None)
        others = [(part, item) for part, item in parts if title is None or part != title[0]]
        company = next(((part, item, 0.9) for part, item in others if _COMPANY.search(part)), None)
        if company is None and others:
            company = (*others[0], 0.65 if title else 0.5)
        if title is None:
            rest = [(part, item) for part, item in others if company is None or part != company[0]]
            title = (*rest[0], 0.5) if rest else None
        start, end, current = _dates(text, entry)
        work = WorkExperience(
            company_name=_found(text, company),
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
    """The degree keeps its commas, as in "MSc, Statistics"; the university ends at one."""
    found = []
    for entry in _entries(text, indices):
        wholes, pieces = _parts(entry, commas=False), _parts(entry, commas=True)
        university = next(((part, item, 0.92) for part, item in pieces if _UNIVERSITY.search(part) and not _DEGREE.match(part)), None)
        degree = next(((part, item, 0.92) for part, item in wholes if _DEGREE.search(part) and not _UNIVERSITY.search(part)), None)
        degree = degree or next(((part, item, 0.85) for part, item in pieces if _DEGREE.search(part)), None)
        others = [(part, item) for part, item in pieces if part not in {choice[0] for choice in (university, degree) if choice}]
        if degree and not university and others:
            university = (*others[0], 0.5)
        elif university and not degree and others:
            degree = (*others[0], 0.5)
        if not degree and not university:
            continue
        start, end, _ = _dates(text, entry)
        found.append(Education(_found(text, degree), _found(text, university), _year(start), _year(end)))
    return tuple(found)


def _entries(text: Text, indices: list[int]) -> list[_Entry]:
    """Each run of lines between bullets heads one entry or, when it holds several dates, as many; the first shows how they are set."""
    entries: list[_Entry] = []
    heads: list[Item] = []

    def flush() -> None:
        periods = [(position, period) for position, item in enumerate(heads) if (period := _entry_period(item))]
        if not periods:
            if entries and not (heads and text.lines[heads[0].first].bold):
                entries[-1].bullets.extend(heads)
            elif heads:
                entries.append(_Entry(list(heads), None, None, []))
        else:
            offset = periods[0][0]
            begins = [position - offset for position, _ in periods] + [len(heads)]
            for (position, period), begin, end in zip(periods, begins, begins[1:], strict=False):
                entries.append(_Entry(heads[begin:end], heads[position], period, []))
        heads.clear()

    for item in items(text, indices):
        if item.bullet and not _entry_period(item):
            flush()
            if entries:
                entries[-1].bullets.append(item)
        else:
            if item.bullet:
                flush()
            heads.append(item)
    flush()
    return [_without_prose(entry) for entry in entries]


def _entry_period(item: Item) -> Period | None:
    """The dates of an entry. A bullet has them at its end or start only; in the midst of it they are part of the story."""
    period = find_period(item.text)
    if period is None or len(item.text) > _PROSE + 20:
        return None
    if item.bullet and (period.start is None or min(period.begin, len(item.text) - period.until) > 2):
        return None
    if _SENTENCE_END.search(item.text[: period.begin].strip()):
        return None
    return period


def _without_prose(entry: _Entry) -> _Entry:
    """Sentences among the naming lines are description."""
    prose = [item for item in entry.heads if item is not entry.dated and (len(item.text) > _PROSE or _SENTENCE.search(item.text))]
    return _Entry([item for item in entry.heads if item not in prose], entry.dated, entry.period, [*prose, *entry.bullets])


def _parts(entry: _Entry, *, commas: bool) -> list[tuple[str, Item]]:
    parts: list[tuple[str, Item]] = []
    for item in entry.heads:
        words = item.text
        if item is entry.dated and entry.period:
            words = words[: entry.period.begin] + "\t" + words[entry.period.until :]
        for part in _PARTS.split(words):
            for piece in _COMMA.split(part) if commas else [part]:
                cleaned = piece.strip(" ,;:|()–—-\t")
                if cleaned and any(map(str.isalpha, cleaned)):
                    parts.append((cleaned, item))
    return parts


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


def _found(text: Text, choice: tuple[str, Item, float] | None) -> Found[str] | None:
    return text.found(choice[0], choice[2], choice[1].first, choice[1].last) if choice else None
