"""Whose CV it is: the name, by its size, its place and what the email address repeats of it."""

from __future__ import annotations

import re
from statistics import median

from services.candidates.parsing import evidence
from services.candidates.parsing.contacts import LABEL, NOT_NAMES, PARTS
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.lines import plain
from services.candidates.parsing.parsed import Found
from services.candidates.parsing.places import placeness, region_of
from services.candidates.parsing.text import Text

_FIRST_NAME = re.compile(
    r"(?:first names?|given names?|forenames?|vornamen?|pr\u00e9noms?|nombres?)\s?[:\t]\s*(?P<name>[^\t:,|]+)", re.IGNORECASE
)
_LAST_NAME = re.compile(
    r"(?:last name|surname|family name|nachname|familienname|zuname|name|nom(?: de famille)?|apellidos?)\s?[:\t]\s*(?P<name>[^\t:,|]+)",
    re.IGNORECASE,
)
_CREDENTIAL = r"[A-Z][A-Za-z.]{0,3}[A-Z.][A-Za-z.-]{0,4}"
_CREDENTIALS = re.compile(rf",\s*{_CREDENTIAL}(?:(?:,\s*|\s+){_CREDENTIAL}){{0,6}}$")
_LETTERS_AFTER = re.compile(r"(?<=[a-z\u00df-\u00ff])(?: (?!(?:II|III|IV|JR|SR)\b)[A-Z]{2,5})+$")
_MEMBERSHIP = re.compile(r"\s*\([A-Z][A-Z., /-]{1,24}\)$")
_NAME_WORD = re.compile(r"[\"'(\u201c\u2018\u201e]?[^\W\d_](?:[^\W\d_]|['\u2019.-])*[\"')\u201d\u2019\u201c]?")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "vom",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "la",
        "le",
        "les",
        "du",
        "el",
        "al",
        "bin",
        "binti",
        "bint",
        "ibn",
        "ben",
        "zu",
        "zum",
        "zur",
        "y",
        "e",
        "i",
        "ter",
        "ten",
        "af",
        "av",
        "d'",
        "o'",
        "mac",
        "st.",
        "san",
    ]
)
_TITLES = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|m|sr|sra|ing|dipl\.?-?ing)\b\.?\s+)+|,?\s+(?:mba|phd|ph\.d\.?|md|rn|bsn|msn|rgn|aca|acma|cima|cipd|chrp|shrm-cp|phr|jd|llm|edd|dba|pharmd|mph|msw|lcsw|cissp|cma|ceng|cpa|msc|m\.sc\.|bsc|b\.sc\.|esq|pmp|cfa|acca|fcca|mrcp)\.?$",
    re.IGNORECASE,
)
_SURNAME_FIRST = re.compile(r"((?:[^\W\d_a-z][^\W\d_a-z'\u2019-]+ ?){1,3}),\s+([^\W\d_][^\W\d_A-Z]+(?: [^\W\d_][^\W\d_]*\.?){0,3})$")
_NUMERAL = re.compile(r"I{2,3}|IV|VI{0,3}")
_NAME_IN_EMAIL = 3
_BETWEEN = 8  # lines
_ALIGNED = 3  # points


def find_name(text: Text, near: list[int], email: Found[str] | None) -> Found[str] | None:
    """The line on the first page that looks most like one: by its size, its place, and what the email's first half repeats of it."""
    sizes = [line.size for line in text.lines if line.size]
    body = median(sizes) if sizes else 0.0
    inside = set(near)
    best: tuple[float, Found[str]] | None = _name_of_two_fields(text, near)
    if best:
        return best[1]
    for index, line in enumerate(text.lines):
        if line.page > 1 or line.bullet:
            continue
        large = bool(line.size and line.size > 1.25 * body)
        if index not in inside and not large:
            continue
        whole = _in_order(LABEL.sub("", line.text))
        last = index
        while large and last < min(index + 2, len(text.lines) - 1) and text.lines[last + 1].size == line.size:
            more = f"{whole} {text.lines[last + 1].text}"  # a name that takes several lines
            if not _could_be_name(more) or _is_said_by(text.lines[last + 1].text):
                break
            whole, last = more, last + 1
        if large and last == index and len(whole.split()) == 1:
            below = _rest_of_the_name(text, index, whole)
            whole, last = (f"{whole} {text.lines[below].text}", below) if below else (whole, last)
        whole = _CREDENTIALS.sub("", _MEMBERSHIP.sub("", _letters_off(whole, email)))
        for order, part in enumerate([name for piece in PARTS.split(whole) for name in piece.split(" - ")][:2]):
            words = _TITLES.sub("", _TITLES.sub("", part.strip())).strip(" ,")
            if (large or index == 0) and words.islower() and email is not None and _is_told_by(email.value, words):
                words = words.title()  # set small on purpose
            if not _could_be_name(words):
                continue
            value = _cased(words)
            known = email is not None and _repeats(email.value, value)
            labelled = bool(LABEL.search(line.text))
            score = (
                (line.size or 0)
                + 8 * known
                + 6 * labelled
                - 0.15 * index
                - 2 * order
                - (6 if evidence.title(words) > 0.9 or evidence.company(words) > 0.8 else 0)
            )
            score -= 3 if placeness(words) > 0.6 else 0
            sure = min(0.97, 0.6 + (0.25 if known else 0) + (0.12 if large or labelled else 0))
            if best is None or score > best[0]:
                best = (score, text.found(value, round(sure, 2), index, last, words))
    return best[1] if best else None


def _rest_of_the_name(text: Text, index: int, begun: str) -> int:
    """The line in which a name goes on that takes two, with what stands beside it read between them; or 0."""
    line = text.lines[index]
    for at in range(index + 2, min(index + _BETWEEN, len(text.lines))):
        below = text.lines[at]
        aligned = line.x0 is not None and below.x0 is not None and abs(line.x0 - below.x0) < _ALIGNED
        if aligned and below.size == line.size and _could_be_name(f"{begun} {below.text}"):
            return at
    return 0


def _letters_off(words: str, email: Found[str] | None) -> str:
    """Without memberships in capitals behind a name in small letters, unless they are a surname that the email repeats."""
    after = _LETTERS_AFTER.search(words)
    rest = words[: after.start()] if after else ""
    told = email is not None and after is not None and any(word.casefold() in plain(email.value) for word in after[0].split())
    return rest if len(rest.split()) > 1 and not told else words


def _in_order(words: str) -> str:
    """A surname in capitals before a comma goes behind the names that follow it."""
    match = _SURNAME_FIRST.match(words)
    return f"{match[2]} {match[1]}" if match else words


def _name_of_two_fields(text: Text, near: list[int]) -> tuple[float, Found[str]] | None:
    """First and last name of a form that asks for each of them."""
    said = [
        [(match["name"].strip(), index) for index in near if (match := field.match(text.lines[index].text))]
        for field in (_FIRST_NAME, _LAST_NAME)
    ]
    if not all(said):
        return None
    (first, at), (last, below) = said[0][0], said[1][0]
    value = f"{first} {_cased(last)}"
    return (0.0, text.found(value, 0.95, min(at, below), max(at, below))) if _could_be_name(value) and abs(at - below) < 3 else None


def _is_said_by(words: str) -> bool:
    """Whether it says what somebody is, and is no part of a name."""
    return evidence.title(words) > 0.9 or evidence.company(words) > 0.8


def _cased(words: str) -> str:
    """Names in capitals are written as names are; a surname in capitals beside a first name too."""
    capitals = words.isupper()
    return " ".join(
        word.lower() if capitals and at and word.casefold() in _PARTICLES
        else re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word) if word.isupper() and len(word) > 2 and not _NUMERAL.fullmatch(word) else word
        for at, word in enumerate(words.split())
    )  # fmt: skip


def _repeats(email: str, name: str) -> bool:
    local = plain(email.partition("@")[0])
    return any(len(word) >= _NAME_IN_EMAIL and word in local for word in plain(name).split())


def _is_told_by(email: str, words: str) -> bool:
    """Whether an address has at least two of the words, in whichever half."""
    return sum(len(word) >= _NAME_IN_EMAIL and word in plain(email) for word in plain(words).split()) > 1


def _could_be_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 8 or len(text) > 60 or heading_kind(text) or NOT_NAMES.search(text):
        return False
    if region_of(words[-1]) and placeness(text) > 0.8:
        return False
    return all(
        _NAME_WORD.fullmatch(word)
        and (
            word.lstrip("\"'(\u201c\u2018\u201e")[:1].isupper() or word.casefold() in _PARTICLES or word[:2].casefold() in ("d'", "d\u2019")
        )
        for word in words
    )
