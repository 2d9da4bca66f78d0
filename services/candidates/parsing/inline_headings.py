"""Headings that stand in the line of what they head, at its margin or before a colon, put on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.labels import kind_of, label_of
from services.candidates.parsing.languages import names_languages, spoken_label
from services.candidates.parsing.lines import Document, Line

_INLINE = re.compile(r"([A-Z\u00c0-\u00dd][A-Z\u00c0-\u00dd &-]{3,40}):\s+(?=\S)")


def _in_forms(lines: Sequence[Line]) -> set[int]:
    """The lines that begin with a label and stand beside others that do."""
    labelled = {number for number, line in enumerate(lines) if "\t" in line.text and label_of(line.text)}
    return {number for number in labelled if {number - 1, number + 1} & labelled}


def with_headings_apart(document: Document) -> Document:
    """A heading in the margin beside its section's first line becomes a line of its own, also where it takes two rows or cells."""
    lines: list[Line] = []
    formed = _in_forms(document.lines)
    for number, line in enumerate(document.lines):
        if (spoken := spoken_label(line.text)) and not line.bullet:
            lines.append(replace(line, text=line.text[:spoken].rstrip(" :\t"), heading=True, links=()))
            lines.append(replace(line, text=line.text[spoken:].lstrip(), bold=False, heading=False))
            continue
        inline = _INLINE.match(line.text)
        if inline and not line.bullet and heading_kind(inline[1]) in ("skills", "languages", "summary"):
            lines.append(replace(line, text=inline[1], heading=True, links=()))
            lines.append(replace(line, text=line.text[inline.end() :], bold=False, heading=False))
            continue
        cells = line.text.split("\t")
        count = next((count for count in (2, 1) if count < len(cells) and heading_kind(" ".join(cells[:count]))), 0)
        if (
            not count
            or line.bullet
            or (kind_of(cells[0]) and (number in formed or heading_kind(" ".join(cells[:count])) == "other"))
            or (count == 1 and heading_kind(cells[0]) == "languages" and not names_languages(line.text))
            or (count == 1 and find_period(cells[1]) and len(cells) == 2 and not line.bold and len(cells[0].split()) == 1)
        ):
            lines.append(line)
            continue
        lines.append(replace(line, text=" ".join(cells[:count]), heading=True, links=()))
        lines.append(replace(line, text="\t".join(cells[count:]), bold=False, heading=False, x0=None, x1=None))
    return replace(document, lines=tuple(lines))
