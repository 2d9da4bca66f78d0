"""Parts of an entry that nothing but their look tells apart, as a bold post and an employer in plain letters behind it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from services.candidates.parsing.lines import Seam

MARK = "\x1f"  # stands where the look changes, until all entries have been compared
_BESIDE = re.compile(r"[\s,;:|.\u00b7\u2022\u2013\u2014@-]*")
_DIVIDES = re.compile(r"[,;:|.\u00b7\u2022\u2013\u2014@-]")
_SHORTEST = 2
_MOST = 0.75  # of the entries
_FEW_WORDS = 10
Head = TypeVar("Head")


def marked(words: str, seams: Sequence[Seam]) -> str:
    """The words with a mark at each seam that is still in them."""
    cursor = 0
    for tail, after in seams:
        before = tail
        begin = words.find(before, cursor)
        if begin < 0:  # a date stood between the two words
            before = before.rpartition(" ")[2]
            begin = words.find(before, cursor)
        if begin < 0 or min(sum(map(str.isalpha, each)) for each in (before, after)) < _SHORTEST:
            continue
        end = begin + len(before)
        gap = _BESIDE.match(words, end)
        assert gap
        open_bracket = words.count("(", 0, gap.end()) > words.count(")", 0, gap.end())
        if "\t" in gap[0] or open_bracket or not words.startswith(after, gap.end()):
            continue
        words = words[: gap.end()] + MARK + words[gap.end() :]
        cursor = gap.end() + 1
    return words


def pieces(text: str) -> list[str]:
    return [piece for piece in text.split(MARK) if any(map(str.isalpha, piece))]


def divides(text: str) -> bool:
    """Whether a comma or the like stands at the first seam."""
    before = text.partition(MARK)[0].rstrip()
    return bool(_DIVIDES.match(before[-1:]))


def usual(texts: dict[tuple[int, ...], list[tuple[str, bool]]], settles: Callable[[str], bool]) -> dict[tuple[int, ...], int]:
    """How many pieces each slot is cut into: where nearly all entries have a seam there, with a comma at it or with nothing else to be the other part."""
    found = {}
    for slot, told in texts.items():
        cut = [len(pieces(text)) for text, _ in told if MARK in text and len(text.split()) <= _FEW_WORDS + 4]
        cut = [number for number in cut if number > 1]
        if not cut or len(cut) < _MOST * len(told):
            continue
        needed = sum(alone for _, alone in told) >= len(told) / 2
        divided = sum(divides(text) for text, _ in told if MARK in text) >= _MOST * len(cut)
        if needed or (divided and (len(told) > 1 or settles(told[0][0]))):
            found[slot] = min(Counter(cut).most_common(1)[0][0], 3)
    return found


def first_of(text: str, most: int) -> list[str]:
    """The pieces, no more than so many: what is beyond them stays with the last."""
    whole = pieces(text)
    return [*whole[: most - 1], "".join(whole[most - 1 :])] if len(whole) >= most else whole
