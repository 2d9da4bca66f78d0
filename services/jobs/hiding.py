"""What of a text tells who wrote it: names, schools, dates of birth, addresses and numbers, which no score and no blind application may see."""

import re
import unicodedata
from collections.abc import Iterable

from services.chassis.skills import normalise
from services.jobs.matching.spelling import fold

HIDDEN = "…"
_CONTACT = re.compile(
    r"\S{1,100}@\S{1,100}|(?:https?://|www\.)\S{1,500}|\S{1,100}\.(?:com|org|net|io|dev|me)/\S{1,200}"
    # A telephone number, but neither a span of years nor a number with its thousands apart.
    r"|(?<!\d)(?!(?:\d\d?[./])?(?:19|20)\d\d ?[-/] ?(?:\d\d?[./])?(?:19|20)\d\d(?!\d))(?!\d{1,3}(?:[ .]\d{3})+(?![ .]?\d))\+?\d[\d /().-]{6,20}\d"
)
_BIRTH = re.compile(
    r"\b(?:born|(?:date of )?birth(?:day| ?date)?|dob|geboren|geburts(?:datum|tag)|geb\.|jahrgang|née?|naissance|nacid[oa]|nacimiento)"
    r"(?:[^\w\n]{1,3}[^\W\d]{1,20}){0,3}[^\w\n]{1,3}\d{1,4}"
    r"(?:\.?[ /-]?[^\W\d]{3,12}\.?[ /-]?\d{4}|, ?\d{4}|(?:[ ./-]{1,2}\d{1,4}){0,2})(?!\w)"
    r"|\bage[d:]?[^\w\n]{1,2}\d\d\b|\b\d\d[ -](?:years?[ -]old|jahre alt)\b",
    re.IGNORECASE,
)


def redact(text: str, name: str) -> str:
    """For a reader who may not know who wrote it: without any part of the name, however its accents are written, and without dates of birth,
    addresses, links and telephone numbers.
    """
    return _without(_plain(text), [part for part in re.split(r"[\s-]+", name) if len(part) > 1])


def of_the_work(text: str, name: str, schools: Iterable[str]) -> str:
    """What scoring reads of a text: without the whole name, the schools, and what redact() leaves out as well.

    A single part of a name stays, as who is called Baker may be one. So does a school of one word, unless it is written in capitals.
    """
    return _without(_plain(text), [phrase for phrase in (name, *schools) if len(phrase.split()) > 1 or _is_initials(phrase)])


def _plain(text: str) -> str:
    return _CONTACT.sub(HIDDEN, _BIRTH.sub(HIDDEN, text))


def _without(text: str, phrases: Iterable[str]) -> str:
    """Without each phrase, as whole words; one like MIT only where it is in capitals too."""
    for phrase in sorted(set(phrases), key=len, reverse=True):
        pattern = _pattern(phrase)
        if not pattern or not re.search(pattern, fold(text)):
            continue
        letters = [(letter, at) for at, sign in enumerate(text) for letter in fold(sign)]
        left, last = [], 0
        for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", "".join(letter for letter, _ in letters)):
            start, end = letters[found.start()][1], letters[found.end() - 1][1] + 1
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            if _is_initials(phrase) <= text[start:end].isupper():
                left += [text[last:start], HIDDEN]
                last = end
        text = "".join([*left, text[last:]])
    return text


def _pattern(phrase: str) -> str:
    """Of the phrase in folded text; an umlaut is written with an `e`, or without."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", phrase).casefold())
    spelt = ["".join(f"{fold(sign)}e?" if sign in "äöüø" else fold(sign) for sign in word) for word in words]
    return r"\W{1,3}".join(re.sub(r"([aou])e(?!\?)", r"\1e?", word) for word in spelt)


def _is_initials(phrase: str) -> bool:
    return phrase.isupper() and len(phrase.split()) == 1 and normalise(phrase) is None
