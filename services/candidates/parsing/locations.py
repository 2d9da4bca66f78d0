"""Where the person of a CV lives: a place or an address among the contacts."""

from __future__ import annotations

import re
from dataclasses import replace

from services.candidates.parsing import evidence
from services.candidates.parsing.contacts import EMAIL, LABEL, LABEL_CELL, NOT_NAMES, PARTS, PHONE_LABEL
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.lines import plain
from services.candidates.parsing.parsed import Found
from services.candidates.parsing.places import is_town, placeness
from services.candidates.parsing.text import Text

_STREET = re.compile(
    r"\d{1,5}[a-zA-Z]?(?: bis| ter)?,? [^\W\d_][^\t@:]{3,40}|[^\W\d_][^\t@:\d]{3,40},? \d{1,5} ?[a-zA-Z]?(?:[-/,] ?\w{1,4}){0,2}"
)
_TOWN_LINE = re.compile(r"[^,]*\d{4}|[^,]+, [A-Z]{2}\b|[^,\d]+$|[A-Z\d]{2,4} \d[A-Z]{2}|.*[A-Z]{1,2}\d")
_OTHER_LABEL = re.compile(
    r"\b(?:born|birth|nationality|geboren|geburts\w*|staatsangehörigkeit|staatsbürgerschaft|citizenship|ciudadanía|cittadinanza|nazionalità|obywatelstwo|familienstand|né|née|nationalité|nacimiento|nacionalidad|fecha|date|gender|status|permis|führerschein|driving|licen[cs]e)\b"
    r"|\b(?:e-?mail|web|website|linkedin|github|phone|tel|mobil)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\+|\b00)?\(?\d[\d ()/.-]{7,}\d")
_LETTER = re.compile(r"^[A-Z]\s?:\s+")  # "A: Brno", beside "T: +420 ..."
_STATED = 0.9
_STATE = 2  # letters
_TOWN = 0.6
_ALIGNED = 3  # points
_CAPITALISED = r"[A-Z\u00c0-\u00dd][\w'\u2019.-]+(?: [A-Z\u00c0-\u00dd][\w'\u2019.-]+){0,2}"
_IN_PARTS = re.compile(rf"{_CAPITALISED}(?:, {_CAPITALISED}){{1,3}}")
_NUMBERED = re.compile(r"\d{1,5}[a-zA-Z]? [^\W\d_][^\d,]{2,40}|[^\W\d_][^\d,]{2,40} \d{1,4} ?[a-zA-Z]?")
_OF_HOME = re.compile(r"\s*\((?:home|work|private|privat|domicile|permanent|current)\)?$", re.IGNORECASE)


def find_location(text: Text, near: list[int], name: Found[str] | None, email: Found[str] | None) -> Found[str] | None:
    """A place among the contacts: said by a label, a postal code or a known name, or alone beside the other ways to reach the person."""
    beside = {email.source.line} if email else set()
    best: Found[str] | None = None
    for index in near:
        line = text.lines[index]
        if name and {*plain(line.text).split()} <= {*plain(name.value).split()}:
            continue
        if EMAIL.search(line.text):
            line = replace(line, text=_NUMBER.sub(" | ", EMAIL.sub(" | ", line.text)))
        cells = LABEL_CELL.sub(r"\1: ", line.text.replace(" I ", " | ") if line.text.count(" I ") > 1 else line.text)
        about, gap, _ = cells.partition("\t")
        if gap and _OTHER_LABEL.fullmatch(about.strip(" :")):
            continue
        for part in PARTS.split(cells):
            label = LABEL.match(part)
            named = label is not None and re.match(r"(?:full )?n|vor|pr", label[0], re.IGNORECASE)
            words = re.sub(r"^[^\w(]+|\W+$", "", part[label.end() :] if label and not named else part)
            words = _OF_HOME.sub("", _LETTER.sub("", words))
            words += ")" if words.count("(") > words.count(")") and part.rstrip().endswith(")") else ""
            if (
                not words
                or named
                or (name and words.casefold() == name.value.casefold())
                or EMAIL.search(words)
                or _OTHER_LABEL.search(words)
                or NOT_NAMES.search(words)
            ):
                continue
            words = words if line.text.islower() else _without_remark(words)
            sure = placeness(words)
            if line.text.islower() and placeness(_in_capitals(words)) > _STATED:
                sure = _STATED
            if label and sum(map(str.isdigit, words)) < 12:
                sure = max(sure, 0.85)
            elif _is_street(words):
                sure = max(sure, 0.8)
            elif heading_kind(words) or _is_house(words.split(", ")[0]) or (sure < _STATED and _is_house(words)):
                words, sure = _behind_an_address(words)  # "Faculty of History, University of Oxford, Oxford"
            elif 0.25 <= sure < 0.5:
                sure += 0.15 if _is_beside(text, index, beside) and not any(map(_is_said_by_a_post, PARTS.split(cells))) else -0.1
            elif not sure and beside & {index - 1, index + 1}:
                sure = 0.42 if _IN_PARTS.fullmatch(words) else 0.0  # a place by its form alone
            if sure >= 0.4 and (best is None or sure > best.confidence + 0.01):
                best = text.found(words, min(0.95, round(sure, 2)), index, index)
    return _with_street(text, near, best) if best else None


def _in_capitals(words: str) -> str:
    """As it would be written where the whole page is not in small letters."""
    return ", ".join(part.upper() if len(part) == _STATE else part.title() for part in words.split(", "))


def _without_remark(words: str) -> str:
    """A town without what is said of it in small letters: "Leeds, willing to relocate"."""
    town, gap, remark = words.partition(", ")
    return town if gap and remark[:1].islower() and not remark.startswith("the ") and placeness(town) >= _TOWN else words


def _is_said_by_a_post(words: str) -> bool:
    return evidence.title(words) > _STATED


def _is_house(words: str) -> bool:
    return evidence.title(words) > 0.9 or evidence.company(words) > 0.8


def _behind_an_address(words: str) -> tuple[str, float]:
    """The place at the end of where somebody works."""
    pieces = words.split(", ")
    streets = [
        at for at, piece in enumerate(pieces) if at and re.match(r"\d{1,4}[a-zA-Z]? [^\W\d_]|[^\W\d_][^\d]+ \d{1,4}[a-zA-Z]?$", piece)
    ]
    if streets and streets[0] < len(pieces) - 1 and placeness(", ".join(pieces[streets[0] + 1 :])) >= 0.6:
        return ", ".join(pieces[streets[0] :]), 0.8
    for count in (2, 1):
        place = ", ".join(pieces[-count:])
        if len(pieces) > count and placeness(place) >= 0.6 and is_town(place) and evidence.company(place) < 0.8:
            return place, round(placeness(place) - 0.1, 2)
    return words, 0.0


def _with_street(text: Text, near: list[int], town: Found[str]) -> Found[str]:
    """The town together with the street before it, in its line or in the one above."""
    at = town.source.line
    if not _TOWN_LINE.match(town.value):
        return town
    before = text.lines[at].text.partition(town.value)[0]
    first = at
    if not before.strip() and at and at - 1 in near and text.lines[at - 1].page == text.lines[at].page:
        first, before = at - 1, text.lines[at - 1].text
    elif not before.strip():
        return town
    parts = [part for part in PARTS.split(LABEL.sub("", LABEL_CELL.sub(r"\1: ", before))) if part.strip(" ,")]
    street = parts[-1 if first == at else 0].strip(" ,") if parts else ""
    if not _STREET.fullmatch(street):
        first, street = next(
            ((index, words) for index in (at - 1, at - 2) if index in near and (words := _in_column(text, index, at))), (at, "")
        )
    if not _STREET.fullmatch(street) or find_period(street):
        return town
    return text.found(f"{street}, {town.value}", town.confidence, first, at, f"{street} {town.value}")


def _in_column(text: Text, index: int, at: int) -> str:
    """The words of a line above another one in a column of its own, with the name read between them."""
    above, line = text.lines[index], text.lines[at]
    if above.page != line.page or above.x0 is None or above.x1 is None or line.x0 is None or line.x1 is None:
        return ""
    return above.text.strip(" ,") if min(abs(above.x0 - line.x0), abs(above.x1 - line.x1)) < _ALIGNED else ""


def _is_street(words: str) -> bool:
    """A house number with a postal code or a town behind it."""
    pieces = [piece for piece in words.split(", ") if piece]
    if (
        len(pieces) > 2
        and not _is_house(pieces[0])
        and any(map(_NUMBERED.fullmatch, pieces[:-1]))
        and is_town(pieces[-1])
        and placeness(pieces[-1]) >= _TOWN
    ):
        return True
    return bool(re.search(r"\d", words)) and bool(
        re.fullmatch(
            r"(?:\d{1,5}[a-z]?,? )?[^\W\d_][\w .'\u2019/-]{2,40}(?: \d{1,4} ?[a-z]?)?"
            r", ?(?:[A-Z]{1,2}-)?(?:\d{4,5} )?[^\W\d_][\w .'\u2019/-]{2,40}(?:, ?[\w .]{2,30}){0,2}",
            words,
        )
    )


def _is_beside(text: Text, index: int, others: set[int]) -> bool:
    lines = range(max(0, index - 2), min(len(text.lines), index + 3))
    return any(
        at in others or PHONE_LABEL.search(text.lines[at].text) or re.search(r"\+?\d[\d ()./-]{7,}", text.lines[at].text) for at in lines
    )
