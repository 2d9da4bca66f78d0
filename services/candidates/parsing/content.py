"""What a section is about by its content, where the words of its heading do not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind, heading_kinds
from services.candidates.parsing.languages import language_name, names_languages
from services.candidates.parsing.text import Section, Text
from services.chassis.skills import normalise

_CELLS = re.compile(r"\t|\s*[,;|\u2022\u00b7@]\s*|\s+[\u2013\u2014-]\s+|\s+(?:at|bei|chez|en)\s+")
_FIELD = re.compile(r"[^\W\d_][\w' /.-]{2,28}(?:\t|\s?:\s)")
_DOCUMENT = frozenset(["lebenslauf", "werdegang", "curriculum vitae", "historial", "parcours"])
_CERTIFIED = re.compile(
    r"\b(?:certifi\w+|licen[cs]\w+|chartered|registered|accredited|zertifi\w+|certificad\w+|habilita\w+)\b", re.IGNORECASE
)
_WHO_IS = re.compile(
    r"(?:certified|licensed|chartered|registered|accredited|zertifizierte[rs]?|certificad[oa]|habilitad[oa])\b", re.IGNORECASE
)
_TOLD = 0.8
_IN_ONE_LINE = 0.6  # of the lines have dates
_LONGEST_SKILL = 40


def told_by_content(text: Text, sections: list[Section]) -> list[Section]:
    """A section whose heading is not known is given the kind that its content has, where no other section is of that kind."""
    for section in sections:
        if section.kind == "languages" and "skills" in heading_kinds(section.title) and not _names_a_language(text, section):
            section.kind = "skills"  # those that are spoken stand below, under a label of their own
        if section.kind == "summary" and _is_form([text.lines[index].text for index in section.lines]):
            section.kind = "other"  # "personal profile: date of birth, ..."
        if section.kind == "summary" and all(other.kind != "experience" for other in sections):
            if _kind_of([text.lines[index].text for index in section.lines]) == "experience":
                section.kind = "experience"  # "career summary"
        elif section.kind == "other" and heading_kind(section.title) is None:
            kind = _kind_of([text.lines[index].text for index in section.lines])
            section.kind = kind if kind and all(other.kind != kind for other in sections) else "other"
    _with_profile(text, sections)
    sections += [part for section in sections if (part := _certified(text, section))]
    if all(section.kind != "skills" for section in sections):
        for section in sections:
            if (
                section.kind == "other"
                and heading_kind(section.title) is None
                and _is_a_list([text.lines[index].text for index in section.lines])
            ):
                section.kind = "skills"
                break
    return sections


def _names_a_language(text: Text, section: Section) -> bool:
    return any(names_languages(text.lines[index].text) for index in section.lines)


def _certified(text: Text, section: Section) -> Section | None:
    """The certificates under a heading that announces schooling and certificates, as a section of their own."""
    if section.kind != "education" or "certifications" not in heading_kinds(section.title):
        return None
    told = [(index, text.lines[index].text) for index in section.lines]
    in_one_line = sum(bool(find_period(words)) for _, words in told) >= _IN_ONE_LINE * len(told)
    found = [
        index
        for index, words in told
        if (in_one_line and not find_period(words) and max(evidence.degree(words), evidence.school(words)) < _TOLD) or _is_certified(words)
    ]
    section.lines = [index for index in section.lines if index not in found]
    return Section("certifications", section.title, found) if found else None


def _is_certified(words: str) -> bool:
    """Whoever is certified has no degree by that, while a certificate may be one."""
    if _WHO_IS.match(words):
        return True
    return bool(_CERTIFIED.search(words)) and max(evidence.degree(words), evidence.school(words)) < _TOLD


def _is_a_list(lines: Sequence[str]) -> bool:
    """Whether it names many things in few words each, as skills are named."""
    cells = [cell for line in lines for cell in _CELLS.split(line) if cell]
    short = all(len(cell) <= _LONGEST_SKILL and len(cell.split()) < 5 and not find_period(cell) for cell in cells)
    return len(cells) > 3 and short and not any(line.rstrip().endswith((".", ":")) for line in lines)


def _with_profile(text: Text, sections: list[Section]) -> None:
    """Sentences under an unknown heading before everything else tell who somebody is; "curriculum vitae" above all is no section of its own."""
    first = next((section for section in sections if section.kind not in ("", "contact")), None)
    if (
        first
        and first.kind == "experience"
        and first.title.casefold() in _DOCUMENT
        and any(each.kind == "experience" for each in sections if each is not first)
    ):
        first.kind = ""
    elif (
        first
        and first.kind == "other"
        and heading_kind(first.title) is None
        and first.lines
        and all(section.kind != "summary" for section in sections)
    ):
        told = " ".join(text.lines[index].text for index in first.lines)
        first.kind = (
            "summary" if len(told.split()) > 9 and told.rstrip()[-1:] in ".!" and "\t" not in told and not find_period(told) else "other"
        )


def _is_form(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and sum(bool(_FIELD.match(line)) for line in lines) > 0.6 * len(lines)


def _kind_of(lines: Sequence[str]) -> str | None:
    """Experience or education where there are ranges of dates and words for posts or for degrees; skills or languages where most items are known ones."""
    cells = [cell for line in lines for cell in _CELLS.split(line) if cell]
    if any((period := find_period(line)) and period.start for line in lines):
        told = [line for line in lines if len(line) < 100]
        posts = sum(evidence.title(cell) > 0.9 for line in told for cell in _CELLS.split(line))
        schools = sum(max(evidence.degree(cell), evidence.school(cell)) > 0.9 for line in told for cell in _CELLS.split(line))
        return "education" if schools > posts else "experience" if posts else None
    words = [cell.split()[0].strip("()[]:") for cell in cells if cell.split()]
    if sum(language_name(word) is not None for word in words) >= max(2, 0.5 * len(lines)):
        return "languages"
    known = sum(normalise(cell.strip(" .:()")) is not None for cell in cells)
    if known >= 3 and known >= 0.5 * len(cells) and all(len(cell) <= _LONGEST_SKILL for cell in cells):
        return "skills"
    return None
