"""What was understood of a CV: every value with the place it was found at and how sure that is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, TypeVar

Value = TypeVar("Value", str, int)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands: its page, from 1; the index of its first line; and the characters text[start:end] of ParsedCv.text."""

    page: int
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value in its normal form; the source holds the words it was read from. The confidence is between 0 and 1."""

    value: Value
    confidence: float
    source: Source
    by: str = "parser"


@dataclass(frozen=True, slots=True)
class Education:
    degree: Found[str] | None = None
    university: Found[str] | None = None
    start_year: Found[int] | None = None
    end_year: Found[int] | None = None


@dataclass(frozen=True, slots=True)
class WorkExperience:
    """Dates are YYYY-MM, or YYYY where the CV names no month. `current` tells an end in the present from an end that was not found."""

    company_name: Found[str] | None = None
    job_title: Found[str] | None = None
    start_date: Found[str] | None = None
    end_date: Found[str] | None = None
    current: bool = False
    bullets: tuple[Found[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Certification:
    title: Found[str]
    issued_by: Found[str] | None = None
    issue_date: Found[str] | None = None


@dataclass(frozen=True, slots=True)
class Language:
    name: Found[str]
    level: Found[str] | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What somebody made or took part in; `told` are the words on it."""

    name: Found[str]
    told: tuple[Found[str], ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedCv:
    """`reason` is FILE_NO_TEXT_LAYER for a scan, which is no refusal: the file is kept and nothing is found in it.

    `boxes` has a rectangle for each line of the text, in points from the upper left corner of its page, where the format has a layout;
    `page_lines` has the first line of each page.
    """

    content_type: str
    pages: int
    text: str
    name: Found[str] | None = None
    email: Found[str] | None = None
    phone: Found[str] | None = None
    location: Found[str] | None = None
    summary: Found[str] | None = None
    links: tuple[Found[str], ...] = ()
    education: tuple[Education, ...] = ()
    work_experience: tuple[WorkExperience, ...] = ()
    skills: tuple[Found[str], ...] = ()
    certifications: tuple[Certification, ...] = ()
    languages: tuple[Language, ...] = ()
    projects: tuple[Project, ...] = ()
    unread: tuple[str, ...] = ()
    reason: str = ""
    boxes: tuple[tuple[float, float, float, float] | None, ...] = ()
    page_lines: tuple[int, ...] = ()

    def with_text(self, text: str) -> ParsedCv:
        return replace(self, text=text)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> ParsedCv:
        """Raises ValueError, KeyError or TypeError for anything that to_json did not write."""
        raw = json.loads(text)
        return ParsedCv(
            content_type=str(raw["content_type"]),
            pages=int(raw["pages"]),
            text=str(raw["text"]),
            name=_text(raw["name"]),
            email=_text(raw["email"]),
            phone=_text(raw["phone"]),
            location=_text(raw["location"]),
            summary=_text(raw["summary"]),
            links=_texts(raw["links"]),
            education=tuple(
                Education(_text(item["degree"]), _text(item["university"]), _number(item["start_year"]), _number(item["end_year"]))
                for item in raw["education"]
            ),
            work_experience=tuple(
                WorkExperience(
                    _text(item["company_name"]), _text(item["job_title"]), _text(item["start_date"]), _text(item["end_date"]),
                    bool(item["current"]), _texts(item["bullets"]),
                )
                for item in raw["work_experience"]
            ),
            skills=_texts(raw["skills"]),
            certifications=tuple(
                Certification(_required(item["title"]), _text(item["issued_by"]), _text(item["issue_date"]))
                for item in raw["certifications"]
            ),
            languages=tuple(Language(_required(item["name"]), _text(item["level"])) for item in raw["languages"]),
            projects=tuple(Project(_required(item["name"]), _texts(item["told"])) for item in raw["projects"]),
            unread=tuple(map(str, raw["unread"])),
            reason=str(raw["reason"]),
            boxes=tuple(None if box is None else (float(box[0]), float(box[1]), float(box[2]), float(box[3])) for box in raw["boxes"]),
            page_lines=tuple(map(int, raw["page_lines"])),
        )  # fmt: skip


def _required(raw: dict[str, Any]) -> Found[str]:
    return Found(
        str(raw["value"]), float(raw["confidence"]), Source(**{key: int(raw["source"][key]) for key in ("page", "line", "start", "end")})
    )


def _text(raw: dict[str, Any] | None) -> Found[str] | None:
    return None if raw is None else _required(raw)


def _number(raw: dict[str, Any] | None) -> Found[int] | None:
    if raw is None:
        return None
    found = _required(raw)
    return Found(int(found.value), found.confidence, found.source)


def _texts(raw: list[dict[str, Any]]) -> tuple[Found[str], ...]:
    return tuple(map(_required, raw))
