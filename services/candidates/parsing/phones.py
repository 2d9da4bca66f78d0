"""The telephone number of a CV, in E.164."""

from __future__ import annotations

import re
from collections import Counter

import phonenumbers

from services.candidates.parsing.contacts import PARTS, PHONE_LABEL, first_near
from services.candidates.parsing.parsed import Found
from services.candidates.parsing.places import placeness, region_of
from services.candidates.parsing.text import Text

_PREFIX = re.compile(r"\(\s*((?:\+|00)\d{1,3})\s*\)")
_GROUPED = {
    "US": re.compile(r"(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}"), "GB": re.compile(r"07\d{3} ?\d{3} ?\d{3}"), "FR": re.compile(r"0[67](?:[ .]\d\d){4}"),
}  # fmt: skip
_MONTHS = re.compile(r"(?:0[1-9]|1[0-2])[./](?:19|20)\d\d\s?[-\u2013]\s?(?:0[1-9]|1[0-2])[./](?:19|20)\d\d")  # 07.2018 - 08.2021
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b")
_LANGUAGE_REGIONS = {"de": ("DE", "CH", "AT"), "fr": ("FR", "CH", "BE"), "es": ("ES", "MX", "CO", "AR")}  # the likeliest first


def find_phone(text: Text, near: list[int], location: Found[str] | None, region: str | None, language: str = "") -> Found[str] | None:
    """In E.164. A number without a country's prefix is read in the country of the location, or else in the given region, or that of the CV's language."""
    told = region_of(location.value) if location else None
    homes = [*dict.fromkeys(home for home in (told, region, *_countries_of(text, language)) if home)]
    best: Found[str] | None = None
    for index, sure in first_near(text, near, 0.95, 0.6):
        line = _PREFIX.sub(r"\1 ", text.lines[index].text)
        if sure < 0.9 and (best or not PHONE_LABEL.search(line)):
            continue
        for value, words, likely in next((found for home in homes if (found := _numbers(line, home))), None) or _by_its_grouping(line):
            likeliest = round(sure + likely, 2)
            if best is None or likeliest > best.confidence:
                best = text.found(value, likeliest, index, index, words)
    return best


def _numbers(line: str, home: str) -> list[tuple[str, str, float]]:
    """The numbers of a line, each as it is written, and how much less likely it is the person's own than one with all its digits."""
    found = []
    for match in phonenumbers.PhoneNumberMatcher(line, home):
        whole = match.raw_string.strip().startswith(("+", "00", "("))
        fax = re.search(r"\bfax\b[^\d]*$", line[: match.start], re.IGNORECASE)
        if not _DAY.search(match.raw_string) and not _MONTHS.search(match.raw_string):
            found.append(
                (
                    phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164),
                    match.raw_string,
                    (0 if whole else -0.1) - (0.3 if fax else 0),
                )
            )
    loose = _loosely(line, home) if not found else None
    return [(*loose, -0.15)] if loose else found


def _countries_of(text: Text, language: str) -> list[str]:
    """The countries of the places that the document names in lines of their own or at the ends of lines, and of its language, the likeliest first."""
    ends = (
        cell.split(", ", 1)[-1] if cell.count(",") > 1 else cell
        for line in text.lines
        if len(line.text) < 100
        for cell in PARTS.split(line.text)
    )
    counts = Counter(region for words in ends if 2 < len(words) < 50 and placeness(words) >= 0.6 and (region := region_of(words)))
    spoken = _LANGUAGE_REGIONS.get(language, ())
    counts.update(spoken[:1])
    return [*(region for region, _ in counts.most_common(3)), *spoken[1:]]


def _by_its_grouping(line: str) -> list[tuple[str, str, float]]:
    """A number without a country in a grouping that is one country's own; a number with its country's prefix needs no home."""
    return [
        (value, words, likely - 0.1)
        for home, grouping in _GROUPED.items()
        for value, words, likely in _numbers(line, home)
        if words.startswith("+") or grouping.fullmatch(words)
    ]


def _loosely(line: str, home: str) -> tuple[str, str] | None:
    """A number that is grouped as nobody groups it there, yet is a valid one as a whole."""
    for match in re.finditer(r"(?<![\w/.@-])(?:\+|00)?\(?\d[\d ()./\u2011-]{6,22}\d(?![\w/@])", line):
        if _MONTHS.search(match[0]) or re.fullmatch(r"(?:19|20)\d\d\s?[-/.]\s?(?:19|20)?\d\d", match[0]) or _DAY.search(match[0]):
            continue
        try:
            number = phonenumbers.parse(match[0].replace("00", "+", 1) if match[0].startswith("00") else match[0], home)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), match[0]
    return None
