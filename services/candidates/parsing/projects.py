"""What somebody made or took part in, each by its name."""

from __future__ import annotations

import re

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.entry_lines import is_prose
from services.candidates.parsing.items import items
from services.candidates.parsing.parsed import Project
from services.candidates.parsing.text import Item, Text

_PROSE = 95


def find_projects(text: Text, indices: list[int]) -> tuple[Project, ...]:
    """A bold line, or one above bullets, names a project; what follows tells of it."""
    found: list[tuple[Item, list[Item]]] = []
    listed = items(text, indices)
    bold = any(text.lines[item.first].bold for item in listed)
    for item in listed:
        prose = item.bullet or is_prose(item)
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
