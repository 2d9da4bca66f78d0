"""Which part of an entry is what: decided for all entries of a section together, because a CV sets them alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from services.candidates.parsing import seams
from services.candidates.parsing.cuts import (
    AT,
    COMMA,
    DASH,
    STOP,
    Head,
    Judge,
    Part,
    by_look,
    cut,
    departments,
    held_at,
    trim,
    without_places,
)
from services.candidates.parsing.evidence import degree, is_kind, is_level, place, school, title
from services.candidates.parsing.labels import label_of
from services.candidates.parsing.places import is_town, lies_in
from services.candidates.parsing.remarks import names_in
from services.candidates.parsing.text import Item

_STRONG = re.compile(r"\t|\s*[|\u2022\u00b7\u2027\u25aa\u2666\u25cf]\s*|\s+@\s+|\s{3,}")
_LEVEL = re.compile(
    r"(primary|elementary|secondary|tertiary|vocational|college|(?:senior |junior )?high school|graduate studies)\s?:\s+", re.IGNORECASE
)  # of schooling
_DEGREES = 0.9
_AS_A_NAME = 0.4
_NAME_WORDS = 3
BELOW = 4  # rows
_SURE_POST = 0.7
_STATED = 0.6
_BARE = re.compile(r"\S+(?: \S+)?$|(?:bachelor|master|doctor|associate)(?:'?s)? of \S+$", re.IGNORECASE)  # a degree that names no subject


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    item: Item
    sure: float


def parts(rows: Sequence[tuple[str, Item]], dated: Item | None = None) -> Head:
    """The rows of one entry, without its dates, cut where a gap or a bar stands."""
    found: Head = []
    number = 0
    for whole, item in rows:
        if dated and item.first > dated.first and 0 < number < BELOW:
            number = BELOW  # what stands below the dates is told from what stands above them
        words = names_in(whole, apart=not item.seams)
        named = seams.marked(words, item.seams)
        cells = [
            cell for cell in (trim(cell) for cell in _STRONG.split(named)) if cell and any(map(str.isalpha, cell)) and not is_kind(cell)
        ]
        label = label_of(words)
        if level := _LEVEL.match(words):
            taught = degree(words[level.end() :]) > school(words[level.end() :])
            found += [] if taught else [Part(level[1], item, (number, 0), "degree")]
            found.append(Part(trim(words[level.end() :]), item, (number, 1), "degree" if taught else "school"))
            number += 1
            continue
        if label and label[0] != "dates":
            found.append(Part(trim(label[1].replace("\t", " ")), item, (number, 0), label[0]))
            number += 1
            continue
        found += [Part(cell, item, (number, place_in_row)) for place_in_row, cell in enumerate(cells)]
        number += bool(cells)
    return _named(found)


def _without_slot_of_places(heads: list[Head]) -> list[Head]:
    """Without the parts that stand where most entries have a place, known or not."""
    counts = Counter(part.slot for head in heads for part in head)
    places = Counter(part.slot for head in heads for part in head if not part.told and is_town(part.text) and place(part.text) >= _STATED)
    gone = {slot for slot, count in places.items() if count > 1 and 2 * count > counts[slot]}
    return [[part for part in head if part.slot not in gone] or head for head in heads]


def _named(head: Head) -> Head:
    """Without the parts that are nothing but places, as long as others are left."""
    named = [part for part in head if part.told or not (is_town(part.text) and place(part.text) >= _STATED)]
    if len(named) > 2:
        named = [part for part in named if part.text.casefold() not in ("freelance", "self-employed")]
        named = [part for part in named if part.told or place(part.text) < _STATED or not lies_in(part.text) or _is_of_a_school(part.text)]
    in_a_row = len(named) == 1 and len(head) == 2 and head[0].item is head[1].item
    if in_a_row and degree(named[0].text) > _DEGREES and school(named[0].text) < _AS_A_NAME:
        return head  # a school that is called as its town
    sure = _STATED if len(named) == 1 and (DASH.search(named[0].text) or COMMA.search(named[0].text)) else 0.9
    return (
        named if len(named) > 1 else [part for part in head if part in named or not is_town(part.text) or place(part.text) < sure] or head
    )


def _is_of_a_school(text: str) -> bool:
    """Whether a place in a country or a state begins with the name of a school: "Hope College, Holland, MI"."""
    begun = text.partition(",")[0]
    return max(school(begun), title(begun)) > _SURE_POST and not is_town(text)


def assign(heads: list[Head], first: Judge, second: Judge, names: tuple[str, str]) -> list[tuple[Choice | None, Choice | None]]:
    """For each entry what `first` and `second` judge best, in the slots where that is so for most entries. A post is held "at" somewhere."""
    heads = by_look(heads, first, second)
    if names[0] != "degree" or not _are_schools_by_town(heads, first, second):
        heads = _in_parts(heads, first, second, names)
    houses = {part.slot for head in heads for part in head if second(part.text) > _SURE_POST and first(part.text) < _SURE_POST}
    heads = [_with_subject(head, first, second, houses if names[0] == "degree" else None) for head in heads]
    slots = Counter(part.slot for head in heads for part in head)
    usual = [slot for slot, _ in slots.most_common(7)]
    best: tuple[float, tuple[tuple[int, ...], tuple[int, ...]]] | None = None
    for one, other in permutations(usual, 2):
        total = sum(_fit(head, one, other, first, second) for head in heads)
        if best is None or total > best[0] + 1e-9:
            best = (total, (one, other))
    pair = best[1] if best else (usual[0], usual[0]) if usual else None
    return [_told(head, first, second, names) or _choose(head, pair, first, second) for head in heads]


def _in_parts(heads: list[Head], first: Judge, second: Judge, names: tuple[str, str]) -> list[Head]:
    """Cut at what parts names elsewhere in the section, and without places."""
    heads = _without_slot_of_places([[piece for part in head for piece in held_at(part, first, second)] for head in heads])
    heads = cut(heads, STOP, first, second)
    heads = [_named(head) for head in cut(heads, DASH, first, second)]
    divided = cut(heads, COMMA, first, second)
    if names[0] == "degree" and _are_schools_by_town(divided, first, second):
        return divided
    heads = [_named(head) for head in divided]
    if names[0] == "title":
        heads = [departments(head, first, second) for head in cut(heads, AT, first, second)]
    return without_places(heads, first, second)


def _are_schools_by_town(heads: list[Head], first: Judge, second: Judge) -> bool:
    """Whether each entry is a degree and a town and nothing else: "DPhil, Oxford"."""
    return len(heads) > 1 and all(
        len(head) == 2 and max(second(part.text) for part in head) < _SURE_POST
        and sum(is_town(part.text) and place(part.text) >= _STATED for part in head) == 1 for head in heads
    ) and sum(max(first(part.text) for part in head) > _SURE_POST for head in heads) > len(heads) / 2  # fmt: skip


def _with_subject(head: Head, first: Judge, second: Judge, houses: set[tuple[int, ...]] | None) -> Head:
    """A degree and the subject behind its comma are one: "B.S., Biology, Carleton College". Where other entries have `houses`, no subject stands."""
    found: Head = []
    for at, part in enumerate(head):
        last = found[-1] if found else None
        after = any(second(other.text) > 0.8 for other in head[at + 1 :] if other.item is part.item)
        if houses is not None and part.slot not in houses and not after and last and _BARE.match(last.text) and place(part.text) < _STATED:
            rest = [other.text for other in head if other is not part and other.slot != last.slot and place(other.text) < _STATED]
            after = bool(rest) and max(map(first, rest)) < _SURE_POST  # something is left that may be the school
        joined = f"{last.text}, {part.text}" if last else ""
        if (
            last
            and first(last.text) > 0.8
            and max(first(part.text), second(part.text)) < 0.5
            and after
            and joined in part.item.text
            and not part.told
        ):
            found[-1] = replace(last, text=joined)
        else:
            found.append(part)
    return found


def _told(head: Head, first: Judge, second: Judge, names: tuple[str, str]) -> tuple[Choice | None, Choice | None] | None:
    """What labels say, where there are any."""
    house = {"company": "school", "school": "company"}  # an organisation is the one in work and the other in education
    one, other = (
        next((Choice(part.text, part.item, 0.95) for part in head if part.told and part.told in (name, house.get(name))), None)
        for name in names
    )
    spoken = [part for part in head if not part.told and first(part.text) > 0.9]
    if one and not other and names[0] == "degree" and spoken and spoken[0].item.first < one.item.first:
        one = _choice(spoken[0], first)  # what the training was, and below it the exam that it ended with
    if one and not other:
        rest = [part for part in head if not part.told and place(part.text) < _STATED and first(part.text) < 0.9]
        other = _choice(max(rest, key=lambda part: second(part.text), default=None), second)
    elif other and not one:
        rest = [part for part in head if not part.told and place(part.text) < _STATED]
        one = _choice(max(rest, key=lambda part: first(part.text), default=None), first)
    return (one, other) if one or other else None


def _fit(head: Head, one: tuple[int, ...], other: tuple[int, ...], first: Judge, second: Judge) -> float:
    at = {part.slot: part.text for part in head}
    total = 0.0
    for slot, judge, against in ((one, first, second), (other, second, first)):
        text = at.get(slot)
        total += -0.25 if text is None else judge(text) - 0.6 * against(text) - 0.5 * place(text) - 0.04 * slot[0] - 0.02 * sum(slot[1:])
    return total


def _choose(
    head: Head, pair: tuple[tuple[int, ...], tuple[int, ...]] | None, first: Judge, second: Judge
) -> tuple[Choice | None, Choice | None]:
    at = {part.slot: part for part in head}
    one = at.get(pair[0]) if pair else None
    other = at.get(pair[1]) if pair and pair[1] != pair[0] else None
    if one and other and first(other.text) - second(other.text) > 0.5 and second(one.text) - first(one.text) > 0.2:
        one, other = other, one
    rest = [part for part in head if part is not one and part is not other]
    if one and first(one.text) < _AS_A_NAME and describes(one.text):
        one = max((part for part in rest if first(part.text) > _DEGREES), key=lambda part: first(part.text), default=one)
    if one and is_level(one.text):
        one = max((part for part in rest if first(part.text) > _DEGREES), key=lambda part: first(part.text), default=one)
    if one is None or (first(one.text) < 0.4 and second(one.text) > 0.8):
        stronger = max(
            (part for part in rest if first(part.text) > 0.7 and place(part.text) < 0.9), key=lambda part: first(part.text), default=None
        )
        one = stronger or (one if one is not None and other is not None else None)
        rest = [part for part in head if part is not one and part is not other]
    if other is not None and one is None and first(other.text) > second(other.text) + 0.3:
        one, other = other, None
        rest = [part for part in rest if second(part.text) > 0.8]
    if other is None:
        other = max(
            (part for part in rest if place(part.text) < _STATED and second(part.text) >= first(part.text)),
            key=lambda part: second(part.text),
            default=None,
        )
    return _choice(one, first), _choice(other, second)


def describes(text: str) -> bool:
    """Whether it is a description and no name: most of its words are in small letters."""
    words = re.findall(r"[^\W\d_]+", text)
    return len(words) > _NAME_WORDS and 2 * sum(word[0].islower() for word in words) > len(words)


def _choice(part: Part | None, judge: Judge) -> Choice | None:
    if part is None:
        return None
    said = judge(part.text)
    return Choice(part.text, part.item, 0.92 if said > 0.8 else 0.75 if said >= 0.3 else 0.6)
