"""The rows of entries cut into the parts that they name, by what parts them in most entries of a section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import mean

from services.candidates.parsing import seams
from services.candidates.parsing.evidence import company, is_kind, place, school, title
from services.candidates.parsing.places import is_town, lies_in
from services.candidates.parsing.text import Item

_BEHIND_A_FORM = re.compile(
    r"(?:(?<=\bLtd)|(?<=\bLLC)|(?<=\bInc)|(?<=\bPLC)|(?<=\bGmbH)|(?<=\bAG))\.?,\s+([A-Z][\w'-]*(?: [A-Z][\w'-]*){0,2})$"
)  # a town, known or not
STOP = re.compile(r"(?:(?<=[^\W\d_][^\W\d_][^\W\d_][^\W\d_][^\W\d_])|(?<=\)))\.\s+(?=[A-Z\u00c0-\u00dd])")
_HELD_AT = re.compile(r"\s+(?:at|bei|chez)\s+(?=[A-Z\u00c0-\u00dd])")
DASH = re.compile(r"\s+(?:[\u2013\u2014-]|--)\s+|(?<=\w)\s?\u2014\s?(?=\w)|:\s+")
COMMA = re.compile(r"(?<!\d),\s+(?!(?:(?i:Inc|LLC|Ltd|LLP|Corp|Co|S\.L|S\.A|GmbH))\.?(?:$|[\s,]))(?![^()]*\))")
AT = re.compile(
    r"(?<=\w)\s+(?:en|for|f\u00fcr|\u00e0|w)\s+(?=(?:[Ll]a |[Ee]l |[Ll]os |[Ll]as )?[A-Z\u00c0-\u00dd\d])"
)  # where every entry has it
_EDGES = seams.MARK + " ,;:|\u00b7\u2022\u2013\u2014-\t"
_HYPHENED = re.compile(r"(?<=[\w.)])-([A-Z\u00c0-\u00dd][\w .'\u2019]*, [A-Z]{2})$")  # "Walgreens-Decatur, GA"
_AT_ONE = re.compile(r"^(?:at|bei|chez)\s+(?=[A-Z\u00c0-\u00dd])")
_NAMED_PLACE = 0.8
_SURE_POST = 0.7
_AS_A_NAME = 0.4
_STATED = 0.6


@dataclass(frozen=True, slots=True)
class Part:
    """Words of an entry's head; the slot is their row, and their place within it."""

    text: str
    item: Item
    slot: tuple[int, ...]
    told: str = ""


Head = list[Part]
Judge = Callable[[str], float]


def by_look(heads: list[Head], first: Judge, second: Judge) -> list[Head]:
    """Cut where the look changes in nearly all entries; elsewhere the marks of that are gone."""

    def settles(text: str) -> bool:
        said = [(first(piece), second(piece)) for piece in seams.pieces(text)]
        return any(one > _SURE_POST for one, _ in said) and any(other > one for one, other in said)

    texts: dict[tuple[int, ...], list[tuple[str, bool]]] = {}
    for head in heads:
        for part in head:
            alone = not any(other is not part and not other.told and place(other.text) < _STATED for other in head)
            texts.setdefault(part.slot, []).append((part.text, alone))
    usual = seams.usual(texts, settles)
    return [
        [
            replace(part, text=text.replace(seams.MARK, ""), slot=(*part.slot, number) if part.slot in usual else part.slot)
            for part in head
            for number, text in enumerate(
                [piece for piece in (_AT_ONE.sub("", trim(piece)) for piece in seams.first_of(part.text, usual[part.slot])) if piece]
                if part.slot in usual
                else [part.text]
            )
        ]
        for head in heads
    ]


def held_at(part: Part, first: Judge, second: Judge) -> list[Part]:
    """A post "at" an employer is two; a university "at Austin" is one."""
    match = _HELD_AT.search(part.text)
    post = part.text[: match.start()] if match else ""
    if match is None or part.told or (second(post) > first(post) < _SURE_POST):
        return [part]
    return [replace(part, text=text, slot=(*part.slot, number)) for number, text in enumerate((post, part.text[match.end() :]))]


def departments(head: Head, first: Judge, second: Judge) -> Head:
    """A department and the house that it is of are one employer."""
    found: Head = []
    for part in head:
        last = found[-1] if found else None
        if (
            last and last.item is part.item and not (last.told or part.told) and f"{last.text}, {part.text}" in part.item.text
            and min(second(last.text), second(part.text)) > 0.8 and max(first(last.text), first(part.text)) < 0.5
            and max(place(last.text), place(part.text)) < _STATED
        ):  # fmt: skip
            found[-1] = replace(last, text=f"{last.text}, {part.text}")
        else:
            found.append(part)
    return found


def cut(heads: list[Head], separator: re.Pattern[str], first: Judge, second: Judge) -> list[Head]:
    """Cuts a slot at a comma or a dash where nearly all entries have one there; in one alone, a comma may be the name's own.

    An entry whose parts are told apart already is cut only where a place stands behind the comma, since "Vice President, Sales" is one title.
    """
    counts: dict[tuple[int, ...], list[int]] = {}
    for head in heads:
        for part in head:
            counts.setdefault(part.slot, []).append(len(_pieces(part.text, separator)))
    settled = sum(len(head) > 1 for head in heads) > 0.6 * len(heads)
    placed = {part.slot for head in heads for part in head if any(place(piece) >= _STATED for piece in _pieces(part.text, separator)[1:])}
    usual = {}
    for slot, numbers in counts.items():
        cut = [number for number in numbers if number > 1]
        if (
            len(numbers) > 1
            and len(cut) >= 0.75 * len(numbers)
            and (not settled or slot in placed or _tells_both(heads, slot, separator, first, second))
        ):
            usual[slot] = Counter(cut).most_common(1)[0][0]
    return [
        [
            piece
            for part in head
            for piece in _pieces_of(
                part, usual.get(part.slot, 0), separator, first, second, [other for other in head if other is not part], settled=settled
            )
        ]
        for head in heads
    ]


def _tells_both(heads: list[Head], slot: tuple[int, ...], separator: re.Pattern[str], first: Judge, second: Judge) -> bool:
    """Whether a dash in a slot parts a post from something else in most entries, and nothing else there is an employer by its words."""
    if separator is not DASH:
        return False
    both = 0
    for head in heads:
        for part in head:
            if part.slot == slot and len(pieces := _pieces(part.text, separator)) > 1:
                told = [(first(piece), second(piece)) for piece in pieces]
                beside = [other for other in head if other is not part]
                both += (
                    any(one > _SURE_POST for one, _ in told) and any(other > one for one, other in told)
                    and not any(other.told or max(first(other.text), second(other.text)) > _SURE_POST for other in beside)
                )  # fmt: skip
    return 2 * both > len(heads)


def _pieces_of(
    part: Part, usual: int, separator: re.Pattern[str], first: Judge, second: Judge, others: Head, *, settled: bool
) -> list[Part]:
    pieces = _pieces(part.text, separator)
    if len(pieces) == 1:
        return [replace(part, slot=(*part.slot, 0))] if usual else [part]
    if not usual:
        judged = [max((first(piece), 0), (second(piece), 1), (place(piece), 2)) for piece in pieces]
        told = {kind for sure, kind in judged if sure >= 0.8}
        lacking = (
            separator is not AT
            and not (others and settled)
            and not any(max(first(other.text), second(other.text)) >= 0.8 for other in others)
        )
        alone = not others and separator is not AT
        if alone and settled and separator is COMMA and first(part.text) > 0.7 and (first is title or max(map(second, pieces)) < 0.8):
            return [part]  # a further post with an employer from above
        if not ({0, 1} <= told and lacking) and not (
            alone and len(pieces) == 2 and told & {0, 1} and len({kind for _, kind in judged}) == 2
        ):
            return [part]
        usual = len(pieces)
    if len(pieces) > usual:
        pieces = _merged(part.text, pieces, usual, first, second)
    return [replace(part, text=piece, slot=(*part.slot, number)) for number, piece in enumerate(pieces)]


def _merged(text: str, pieces: list[str], usual: int, first: Judge, second: Judge) -> list[str]:
    """One run of neighbours put together again, so that the pieces are as many as elsewhere; the run that leaves the clearest rest."""
    size = len(pieces) - usual + 1
    options = []
    for start in range(usual):
        begin = text.find(pieces[start])
        end = text.find(pieces[start + size - 1], begin) + len(pieces[start + size - 1])
        option = [*pieces[:start], text[begin:end], *pieces[start + size :]]
        kinds = {first(piece) > second(piece) for piece in pieces[start : start + size] if max(first(piece), second(piece)) > 0.8}
        clear = (
            (0.0 if len(kinds) < 2 else -0.2)
            + mean(max(first(piece), second(piece), place(piece)) for piece in option)
            + (
                0.1
                if place(text[begin:end]) > _STATED
                and not any(max(company(piece), school(piece)) > 0.8 for piece in pieces[start : start + size])
                else 0
            )
        )
        options.append((round(clear, 6), -start, option))
    return max(options)[2]


def _pieces(text: str, separator: re.Pattern[str]) -> list[str]:
    """Cut at the separator; a town and the country or state behind it are one piece."""
    found = [piece for piece in (trim(piece) for piece in separator.split(text)) if piece and any(map(str.isalpha, piece))]
    if separator is COMMA and len(found) > 1 and not text.islower():
        found = _with_remarks(text, found)
    if separator is COMMA and len(found) > 2 and (tail := ", ".join(found[-2:])) in text:
        stated = lies_in(tail) and place(tail) >= _NAMED_PLACE and max(company(found[-2]), school(found[-2])) < _NAMED_PLACE
        return [*found[:-2], tail] if stated else found
    return found


def _with_remarks(text: str, pieces: list[str]) -> list[str]:
    """What goes on in small letters behind a comma belongs to the name before it: "Trainee, then Assistant"."""
    found = pieces[:1]
    for piece in pieces[1:]:
        joined = f"{found[-1]}, {piece}"
        if piece[:1].islower() and joined in text:
            found[-1] = joined
        else:
            found.append(piece)
    return found


def without_places(heads: list[Head], first: Judge, second: Judge) -> list[Head]:
    """Where towns stand behind commas elsewhere in a slot, what stands so is a town too, known or not."""
    cut = [[_without_place(part) for part in head] for head in heads]
    placed = Counter(
        part.slot
        for head, rest in zip(heads, cut, strict=True)
        for part, left in zip(head, rest, strict=True)
        if left and re.fullmatch(r",\s[^,]+", part.text[len(left.text) :])
    )
    ending = [left for rest in cut for left in rest if left and not left.told and _ends_in_a_town(left.text, first, second)]
    known = {left.slot for left in ending if second(left.text.rpartition(", ")[0]) > _SURE_POST}
    slots = Counter(left.slot for rest in cut for left in rest if left)
    told = Counter(left.slot for left in ending)
    placed += Counter(slot for slot, count in told.items() if count > 1 and (slot in known or (first is title and count == slots[slot])))
    return [
        [
            replace(left, text=left.text.rpartition(", ")[0]) if placed[left.slot] and _ends_in_a_town(left.text, first, second) else left
            for left in rest
            if left
        ]
        for rest in cut
    ]


def _ends_in_a_town(text: str, first: Judge, second: Judge) -> bool:
    before, _, last = text.rpartition(", ")
    one_name = re.fullmatch(r"[A-Z\u00c0-\u00dd][^\W\d_]*[a-z\u00df-\u00ff](?:(?: [a-z]{1,3}['\u2019]?)? [A-Z][a-z]+)?", last)
    return bool(before and "," not in before and one_name) and max(first(last), second(last)) < _AS_A_NAME and first(before) < _SURE_POST


def _without_place(part: Part) -> Part | None:
    """Without a place behind the last commas or in brackets; None where nothing but a place is left after another part."""
    text = part.text
    legal = _BEHIND_A_FORM.search(text)
    if legal and max(title(legal[1]), company(legal[1])) < _SURE_POST:
        text = text[: legal.start()]
    for count in (2, 1):
        pieces = text.split(", ")
        if len(pieces) > count and place(", ".join(pieces[-count:])) >= _STATED:
            text = ", ".join(pieces[:-count])
            break
    dashes = [*re.finditer(r"\s+[\u2013\u2014-]\s+", text)]
    if dashes and is_town(text[dashes[-1].end() :]) and place(text[dashes[-1].end() :]) >= _STATED:
        text = text[: dashes[-1].start()]
    if (joined := _HYPHENED.search(text)) and place(joined[1]) >= _NAMED_PLACE:
        text = text[: joined.start()]
    stopped = STOP.search(text)
    if stopped and is_town(text[stopped.end() :]) and place(text[stopped.end() :]) >= _STATED:
        text = text[: stopped.start()]
    bracket = re.search(r"\s*\(([^()]*)\)$", text)
    if bracket and bracket.start() and (is_kind(bracket[1]) or place(bracket[1]) >= _STATED or re.fullmatch(r"\d\d[\dAB]?", bracket[1])):
        text = text[: bracket.start()]
    return replace(part, text=text) if text else None


def trim(text: str) -> str:
    """Without the marks around it, and without brackets that held a date or that have no partner."""
    text = re.sub(r"\(\s*[,;|]?\s*\)|\[\s*\]", "", text).strip(_EDGES)
    if text.count("(") > text.count(")"):
        text = text[: text.rindex("(")] + text[text.rindex("(") + 1 :]
    if text.count(")") > text.count("("):
        text = text.replace(")", "", 1)
    return text.strip(_EDGES)
