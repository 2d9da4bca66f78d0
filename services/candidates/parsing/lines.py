"""Lines of text with their places: what every kind of document is turned into before anything is understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.candidates.parsing.limits import MAX_CHARACTERS, MAX_LINES, too_much_text

_INVISIBLE = re.compile("[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\t]+")
_TABS = re.compile(r" *\t[ \t]*")
_COLON = re.compile(r"\t: ?(?=\S)")  # of a form, before what it asks for
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)")
_WORD = re.compile(r"[^\W_]")
_AT_A_SEAM = 2  # words on either side that tell where it is
_MARKS = " \t,;:|.\u00b7\u2022\u2013\u2014@-"
_SPACED_OUT = re.compile(r"(?:\w ){3,}\w")
_PLAIN = re.compile("[^\u00aa\u00ba]+")  # all but the ordinals of "3.\u00ba"
_TILDES = str.maketrans("\u02dc\u223c", "~~")
_ACCENTS = {"\u00b4": "\u0301", "\u00a8": "\u0308", "\u02c6": "\u0302", "\u00b8": "\u0327"}
_ACCENTED = re.compile("([\u00b4\u00a8\u02c6\u00b8]) ?([A-Za-z\u0131])")


Seam = tuple[str, str]  # the words before and after a change of look within a line, as from bold to plain


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the document: the places are points from the page's upper left corner, or None where a format has no layout.

    A tab in the text stands for the gap between two cells or between a title and the date at the margin.
    """

    text: str
    page: int
    x0: float | None = None
    y0: float | None = None
    x1: float | None = None
    y1: float | None = None
    size: float | None = None
    bold: bool = False
    heading: bool = False
    bullet: bool = False
    links: tuple[str, ...] = ()
    seams: tuple[Seam, ...] = ()
    slanted: tuple[bool, bool] = (False, False)  # its first word and its last


@dataclass(frozen=True, slots=True)
class Document:
    """The lines in reading order, and what could not be read. Where they are `wrapped`, a paragraph may go on in the next one."""

    kind: str
    pages: int
    lines: tuple[Line, ...]
    unread: tuple[str, ...] = ()
    wrapped: bool = True


def clean(text: str) -> str:
    """Compatibility forms such as ligatures resolved (NFKC), invisible and direction marks gone, runs of blanks made one."""
    text = _ACCENTED.sub(_composed, _INVISIBLE.sub("", text)).translate(_TILDES)
    text = _PLAIN.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _GAP.sub("\t", text.replace("\u00a0", " "))
    text = _COLON.sub("\t", _TABS.sub("\t", _SPACES.sub(" ", text))).strip()
    return text.replace(" ", "") if _SPACED_OUT.fullmatch(text) else text


def seams_of(pieces: Iterable[tuple[str, Hashable]]) -> tuple[Seam, ...]:
    """Where the look changes between words. Marks have none of their own, and a label that ends with a colon belongs to what it labels."""
    told = [(text, look) for text, look in pieces if _WORD.search(text)]
    runs = [clean(" ".join(text for text, _ in run)) for _, run in groupby(told, key=lambda piece: piece[1])]
    return tuple(
        (" ".join(before.strip(_MARKS).split(" ")[-_AT_A_SEAM:]), " ".join(after.strip(_MARKS).split(" ")[:_AT_A_SEAM]))
        for before, after in pairwise(runs)
        if not before.endswith(":") and before.strip(_MARKS) and after.strip(_MARKS)
    )


def plain(text: str) -> str:
    """In small letters without accents, as words are compared."""
    return unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()


def _composed(match: re.Match[str]) -> str:
    """An accent that was set before its letter, as old fonts have it, put onto it."""
    whole = unicodedata.normalize("NFC", match[2].replace("\u0131", "i") + _ACCENTS[match[1]])
    return whole if len(whole) == 1 else match[0]


def bounded(lines: list[Line]) -> tuple[Line, ...]:
    """The lines that hold words; one of dashes alone is a rule across the page. Raises Unreadable when they hold more than a CV may."""
    kept = tuple(line for line in lines if _WORD.search(line.text))
    if len(kept) > MAX_LINES or sum(len(line.text) for line in kept) > MAX_CHARACTERS:
        raise too_much_text()
    return kept
