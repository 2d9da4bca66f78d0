"""Months, years and ranges of them, as CVs write them in English, German, French, Spanish, Portuguese and Italian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_NAMES = (
    "january jan januar janvier janv enero ene janeiro gennaio gen januari",
    "february feb februar february février fevrier févr fév fev febrero fevereiro febbraio febr februari",
    "march mar märz maerz mrz mär mars marzo março maart",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio maggio mag mei",
    "june jun juni juin junio junho giugno giu",
    "july jul juli juillet juil julio julho luglio lug",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre septiembre setembro settembre set",
    "october oct oktober okt octobre octubre outubro ottobre ott out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre",
)
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_APOSTROPHE = r"['\u2019\u2018]"
_POINT = (
    rf"(?:{_YEAR}\s?\({_MONTH}\)|{_YEAR}\s?[-/.]\s?(?:1[0-2]|0[1-9])(?:[-/.](?:3[01]|[12]\d|0[1-9]))?(?![\d/-])"
    rf"|(?:{_MONTH},?\s?(?:de\s+|del\s+)?|(?:(?:3[01]|[12]\d|0?[1-9])\s?[/.]\s?)?(?:1[0-2]|0?[1-9])\s?[/.]\s?|(?:3[01]|[12]\d|0?[1-9])\.?\s(?:de\s)?{_MONTH}\s(?:de\s+)?"
    rf"|(?:spring|summer|autumn|fall|winter|q[1-4])\s)?{_YEAR}(?!\d)"
    rf"|{_MONTH}\s?{_APOSTROPHE}?\d\d(?![\d.:])|(?:1[0-2]|0[1-9])/\d\d(?![\d/]))"
)
_NOW = (
    r"(?:(?:the\s+)?present|current|currently|to\s+date|to\s+present|till\s+date|today|now|ongoing|(?:bis\s+)?(?:heute|jetzt|dato)|aktuell|laufend|andauernd|gegenw\u00e4rtig"
    r"|aujourd['\u2019]hui|(?:\u00e0\s+)?ce\s+jour|maintenant|en\s+cours|pr\u00e9sent|actuel|actuellement|(?:el\s+)?presente|(?:la\s+)?actualidad|actual|actualmente|(?:a\s+)?(?:la\s+)?fecha|hoy|date"
    r"|(?:o\s+)?momento(?:\s+atual)?|atual|atualmente|oggi|attuale|attualmente|in\s+corso|obecnie|heden)\b"
)
_SINCE = r"(?:\b(?:since|from|seit|depuis|desde|(?-i:[aA]b))\b)"  # AB is a company's legal form
_DASH = r"(?:-{1,2}|\.{2,3}|\u2026|\u2010|\u2011|\u2012|\u2013|\u2014|\u2212|~|\u2192|to|until|till|thru|through|bis(?:\s+zum)?|\u00e0|au|a|al|hasta|at\u00e9)"
_RANGE = re.compile(
    rf"(?P<within>(?<![\w/.])(?P<first>{_MONTH}|(?:1[0-2]|0[1-9]))\s*{_DASH}\s*(?P<last>{_POINT}))"
    rf"|(?P<range>(?:\b(?:from|vom|von|du|de|del|depuis|desde|entre)\s+)?(?<![\w/.])(?P<start>{_POINT})\s*(?:(?:{_DASH}\s*)?(?:(?P<end>{_POINT})|(?P<now>{_NOW}))))"
    rf"|(?P<open>(?<![\w/.])(?P<began>{_POINT})\s*(?:-|\u2013|\u2014)\s*(?=$|[|,;)\t]))"
    rf"|(?P<since>{_SINCE})\s+(?P<from>{_POINT})"
    rf"|(?<![\w/.])(?P<single>{_POINT})",
    re.IGNORECASE,
)
_SHORT_RANGE = re.compile(rf"(?<![\w/.-])(?P<start>{_YEAR})\s?(?P<dash>[-\u2013/])\s?(?P<end>\d\d)(?![\d/.-])")
_LENGTH = re.compile(
    r"\s*[(\u00b7,|]?\s*(?:\d{1,2}\s?(?:years?|yrs?|jahre?|ans?|a\u00f1os?|months?|mos?|monate?|mois|mes(?:es)?)\b\.?[\s,]*(?:und|and|et|y)?\s*){1,2}\)?",
    re.IGNORECASE,
)


_LATELY = 512  # lines of the document that is read, each of which is asked for several times


@dataclass(frozen=True, slots=True)
class Period:
    """Dates as YYYY-MM or YYYY, and the characters of the text they were read from. A single date has no start."""

    begin: int
    until: int
    start: str | None
    end: str | None
    current: bool = False


def is_length(text: str) -> bool:
    """Whether it says how long something was, and nothing else."""
    return _LENGTH.fullmatch(text.strip()) is not None


@lru_cache(_LATELY)
def find_period(text: str) -> Period | None:
    """The first range, or "since", or single date of the text; how long it was, written behind it, counts as part of it."""
    told = [match for match in _RANGE.finditer(text) if _is_told(match)]
    match = told[0] if told else None
    if match and match["single"]:  # "2013: nursing diploma (2010-2013)"
        match = next((other for other in told if other["range"] and other["end"] == match["single"]), match)
    short = _SHORT_RANGE.search(text)
    if (
        short
        and (match is None or (short.start() <= match.start() and not match["range"]))
        and int(short["end"]) >= max(int(short["start"][2:]), 0 if short["dash"] == "\u2013" else 13)  # "2019-10" is a month
    ):
        return Period(*short.span(), short["start"], short["start"][:2] + short["end"])
    if match is None:
        return None
    begin, until = match.span()
    if match["range"]:
        length = _LENGTH.match(text, until)
        current = bool(match["now"])
        return Period(
            begin, length.end() if length else until, _normal(match["start"]), None if current else _normal(match["end"]), current=current
        )
    if match["within"]:  # "June - August 2022"
        end = _normal(match["last"])
        return Period(
            begin, until, _normal(f"{match['first']} {end[:4]}" if match["first"][0].isalpha() else f"{match['first']}/{end[:4]}"), end
        )
    if match["open"]:
        return Period(begin, until, _normal(match["began"]), None, current=True)
    if match["since"]:
        return Period(begin, until, _normal(match["from"]), None, current=True)
    return Period(begin, until, None, _normal(match["single"]))


def _is_told(match: re.Match[str]) -> bool:
    """A year of two digits is one only within a range or after its month: "May 12" and "03/04" alone may be anything."""
    if match["within"]:
        return (
            bool(re.search(_YEAR, match["last"]))
            and len(_normal(match["last"])) > 4
            and match["first"][0].isalpha() == match["last"][0].isalpha()
        )
    single = match["single"]
    return single is None or re.search(_YEAR, single) is not None or re.search(_APOSTROPHE, single) is not None


def _normal(point: str) -> str:
    year = re.search(_YEAR, point)
    if year is None:
        short = re.search(r"\d\d$", point)
        assert short is not None
        century = "19" if int(short[0]) >= 50 else "20"
        whole, rest = century + short[0], point[: short.start()].strip().lower()
    else:
        whole, rest = year[0], (point[: year.start()] + " " + point[year.end() :]).strip().lower()
    word = next((word for word in re.findall(r"[^\W\d_]+", rest) if word in MONTHS), None)
    if word:
        return f"{whole}-{MONTHS[word]:02}"
    numbers = [int(number) for number in re.findall(r"\d+", rest)] if not re.search(r"[^\W\d_]", rest) else []
    if year is not None and point.strip().startswith(year[0]):
        numbers = numbers[:1]  # the year first, then the month
    if numbers and 1 <= numbers[-1] <= 12:
        return f"{whole}-{numbers[-1]:02}"
    return whole
