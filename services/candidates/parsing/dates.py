"""Months, years and ranges of them, as CVs write them in English, German, French and Spanish."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = (
    "january jan januar janvier janv enero ene",
    "february feb februar february février fevrier févr fev febrero",
    "march mar märz maerz mrz mär mars marzo",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre decembre déc diciembre dic",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_POINT = (
    rf"(?:{_YEAR}-(?:1[0-2]|0[1-9])(?![\d-])"
    rf"|(?:{_MONTH}\s+(?:de\s+)?|(?:\d{{1,2}}\.)?(?:1[0-2]|0?[1-9])\s?[/.]\s?)?{_YEAR}(?!\d))"
)
_NOW = (
    r"(?:present|current|currently|today|now|ongoing|heute|jetzt|aktuell|laufend"
    r"|aujourd['\u2019]hui|présent|actuel|actuellement|presente|actualidad|actual|hoy)\b"
)
_SINCE = r"(?:since|from|seit|depuis|desde|ab)\b"
_RANGE = re.compile(
    rf"(?P<range>(?<![\w/.])(?P<start>{_POINT})\s*(?:-|–|—|−|to|until|till|bis|à|au|a|hasta)\s*(?:(?P<end>{_POINT})|(?P<now>{_NOW})))"
    rf"|(?P<since>{_SINCE})\s+(?P<from>{_POINT})"
    rf"|(?<![\w/.])(?P<single>{_POINT})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """Dates as YYYY-MM or YYYY, and the characters of the text they were read from. A single date has no start."""

    begin: int
    until: int
    start: str | None
    end: str | None
    current: bool = False


def find_period(text: str) -> Period | None:
    """The first range, or "since", or single date of the text."""
    match = _RANGE.search(text)
    if match is None:
        return None
    begin, until = match.span()
    if match["range"]:
        return Period(begin, until, _normal(match["start"]), _normal(match["end"]) if match["end"] else None, current=bool(match["now"]))
    if match["since"]:
        return Period(begin, until, _normal(match["from"]), None, current=True)
    return Period(begin, until, None, _normal(match["single"]))


def _normal(point: str) -> str:
    year = re.search(_YEAR, point)
    assert year is not None
    rest = (point[: year.start()] + " " + point[year.end() :]).strip().lower()
    word = re.search(r"[^\W\d_]+", rest)
    if word and word[0] in _MONTHS:
        return f"{year[0]}-{_MONTHS[word[0]]:02}"
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    if numbers and 1 <= numbers[-1] <= 12:
        return f"{year[0]}-{numbers[-1]:02}"
    return year[0]
