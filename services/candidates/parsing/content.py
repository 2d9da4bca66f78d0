"""What a section is about by its content, where the words of its heading do not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.languages import language_name
from services.candidates.parsing.sections import Section, Text
from services.chassis.skills import normalise

_CELLS = re.compile(r"\t|\s*[,;|\u2022\u00b7@]\s*|\s+[\u2013\u2014-]\s+|\s+(?:at|bei|chez|en)\s+")
_LONGEST_SKILL = 40


def told_by_content(text: Text, sections: list[Section]) -> list[Section]:
    """A section whose heading is not known is given the kind that its content has, where no other section is of that kind."""
    for section in sections:
        if section.kind == "summary" and all(other.kind != "experience" for other in sections):
            if _kind_of([text.lines[index].text for index in section.lines]) == "experience":
                section.kind = "experience"  # "career summary"
        elif section.kind == "other" and heading_kind(section.title) is None:
            kind = _kind_of([text.lines[index].text for index in section.lines])
            section.kind = kind if kind and all(other.kind != kind for other in sections) else "other"
    return sections


def _kind_of(lines: Sequence[str]) -> str | None:
    """Experience or education where there are ranges of dates and words for posts or for degrees; skills or languages where most items are known ones."""
    cells = [cell for line in lines for cell in _CELLS.split(line) if cell]
    if any((period := find_period(line)) and period.start for line in lines):
        told = [line for line in lines if len(line) < 100]
        posts = sum(evidence.title(cell) > 0.9 for line in told for cell in _CELLS.split(line))
        schools = sum(max(evidence.degree(cell), evidence.school(cell)) > 0.9 for line in told for cell in _CELLS.split(line))
        return "education" if schools > posts else "experience" if posts else None
    words = [cell.split()[0].strip("()[]:") for cell in cells if cell.split()]
    if len(lines) > 1 and sum(language_name(word) is not None for word in words) >= max(2, 0.5 * len(lines)):
        return "languages"
    known = sum(normalise(cell.strip(" .:()")) is not None for cell in cells)
    if known >= 3 and known >= 0.5 * len(cells) and all(len(cell) <= _LONGEST_SKILL for cell in cells):
        return "skills"
    return None
