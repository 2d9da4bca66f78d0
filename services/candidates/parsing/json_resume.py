"""JSON Resume (jsonresume.org), which says in fields what a page says in words; each value is found on a line of a plain rendering."""

from __future__ import annotations

import json
import re
from typing import Any

import phonenumbers

from services.candidates.parsing.languages import language_name
from services.candidates.parsing.limits import JSON, MAX_LINES, Unreadable, too_much_text
from services.candidates.parsing.lines import clean
from services.candidates.parsing.parsed import Certification, Education, Found, Language, ParsedCv, Project, Source, WorkExperience
from services.candidates.parsing.places import region_of
from services.candidates.parsing.upload import decode_text
from services.chassis.skills import normalise

_DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_LONGEST = 5000


def read_json_resume(data: bytes) -> ParsedCv:
    """Raises Unreadable where it is no JSON; a field of another type than the schema's is passed over."""
    try:
        resume = json.loads(decode_text(data))
    except (ValueError, RecursionError) as error:
        raise Unreadable("FILE_CORRUPT", "The JSON is damaged or incomplete.") from error
    page = _Page()
    basics = _object(_object(resume).get("basics"))
    name, summary = page.add(basics.get("name")), page.add(basics.get("summary"))
    place = _object(basics.get("location"))
    location = page.add(
        ", ".join(str(place[key]) for key in ("city", "region", "countryCode") if isinstance(place.get(key), str) and place[key])
    )
    phone = page.phone(basics.get("phone"), region_of(location.value) if location else None)
    links = [page.add(_url(item)) for item in [basics, *_objects(basics.get("profiles"))]]
    return ParsedCv(
        JSON, 1, page.text(), name, page.add(basics.get("email")), phone, location, summary,
        tuple(filter(None, links)),
        tuple(
            Education(page.add(_degree(item)), page.add(item.get("institution")), page.year(item.get("startDate")), page.year(item.get("endDate")))
            for item in _objects(_object(resume).get("education"))
        ),
        tuple(_work(page, item) for item in _objects(_object(resume).get("work"))),
        _skills(page, _objects(_object(resume).get("skills"))),
        tuple(
            Certification(title, page.add(item.get("issuer")), page.date(item.get("date")))
            for item in _objects(_object(resume).get("certificates")) if (title := page.add(item.get("name")))
        ),
        tuple(
            Language(spoken, page.add(item.get("fluency")))
            for item in _objects(_object(resume).get("languages")) if (spoken := page.language(item.get("language")))
        ),
        tuple(
            Project(title, tuple(filter(None, map(page.add, [item.get("description"), *_list(item.get("highlights"))]))))
            for item in _objects(_object(resume).get("projects")) if (title := page.add(item.get("name")))
        ),
    ).with_text(page.text())  # fmt: skip


class _Page:
    """Writes every value on a line of its own and remembers where."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._at = 0

    def text(self) -> str:
        return "\n".join(self._lines)

    def add(self, said: object) -> Found[str] | None:
        words = clean(said)[:_LONGEST].replace("\n", " ") if isinstance(said, str) else ""
        return self._put(words, words) if words else None

    def date(self, said: object) -> Found[str] | None:
        match = _DATE.match(said) if isinstance(said, str) else None
        return self._put(match[0][:7], match[0]) if match else None

    def year(self, said: object) -> Found[int] | None:
        found = self.date(said)
        return Found(int(found.value[:4]), found.confidence, found.source) if found else None

    def language(self, said: object) -> Found[str] | None:
        words = clean(said) if isinstance(said, str) else ""
        return self._put(language_name(words) or words, words) if words else None

    def phone(self, said: object, region: str | None) -> Found[str] | None:
        words = clean(said)[:40] if isinstance(said, str) else ""
        match = next(iter(phonenumbers.PhoneNumberMatcher(words, region)), None)
        return self._put(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164), words) if match else None

    def _put(self, value: str, words: str) -> Found[str]:
        if len(self._lines) >= MAX_LINES:
            raise too_much_text()
        begin = self._at
        self._lines.append(words)
        self._at += len(words) + 1
        return Found(value, 0.99, Source(1, len(self._lines) - 1, begin, begin + len(words)))


def _work(page: _Page, item: dict[str, Any]) -> WorkExperience:
    company, title = page.add(item.get("name") or item.get("company")), page.add(item.get("position"))
    start, end = page.date(item.get("startDate")), page.date(item.get("endDate"))
    told = [item.get("summary"), *_list(item.get("highlights"))]
    return WorkExperience(company, title, start, end, start is not None and end is None, tuple(filter(None, map(page.add, told))))


def _skills(page: _Page, listed: list[dict[str, Any]]) -> tuple[Found[str], ...]:
    """A group's keywords are the skills; its name is one where it has none."""
    found: dict[str, Found[str]] = {}
    for item in listed:
        for word in _list(item.get("keywords")) or [item.get("name")]:
            said = page.add(word)
            if said:
                name = normalise(said.value) or said.value
                found.setdefault(name.casefold(), Found(name, said.confidence, said.source))
    return tuple(found.values())


def _degree(item: dict[str, Any]) -> str:
    return " ".join(str(item[key]) for key in ("studyType", "area") if isinstance(item.get(key), str) and item[key])


def _url(item: dict[str, Any]) -> object:
    return item.get("url") or item.get("website")


def _object(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _list(said: object) -> list[Any]:
    return said if isinstance(said, list) else []


def _objects(said: object) -> list[dict[str, Any]]:
    return [item for item in _list(said) if isinstance(item, dict)]
