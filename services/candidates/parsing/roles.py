"""Which part of an entry is what: decided for all entries of a section together, because a CV sets them alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from statistics import mean

from services.candidates.parsing import seams
from services.candidates.parsing.evidence import company, degree, is_kind, place, school, title
from services.candidates.parsing.labels import label_of
from services.candidates.parsing.places import is_town, lies_in
from services.candidates.parsing.remarks import names_in
from services.candidates.parsing.sections import Item

_STRONG = re.compile(r"\t|\s*[|\u2022\u00b7\u2027\u25aa\u2666\u25cf]\s*|\s+@\s+|\s{3,}")
_BEHIND_A_FORM = re.compile(
    r"(?:(?<=\bLtd)|(?<=\bLLC)|(?<=\bInc)|(?<=\bPLC)|(?<=\bGmbH)|(?<=\bAG))\.?,\s+([A-Z][\w'-]*(?: [A-Z][\w'-]*){0,2})$"
)  # a town, known or not
_STOP = re.compile(r"(?:(?<=[^\W\d_][^\W\d_][^\W\d_][^\W\d_][^\W\d_])|(?<=\)))\.\s+(?=[A-Z\u00c0-\u00dd])")
_HELD_AT = re.compile(r"\s+(?:at|bei|chez)\s+(?=[A-Z\u00c0-\u00dd])")
_DASH = re.compile(r"\s+(?:[\u2013\u2014-]|--)\s+|(?<=\w)\s?\u2014\s?(?=\w)|:\s+")
_COMMA = re.compile(r"(?<!\d),\s+(?!(?:(?i:Inc|LLC|Ltd|LLP|Corp|Co|S\.L|S\.A|GmbH))\.?(?:$|[\s,]))(?![^()]*\))")
_AT = re.compile(
    r"(?<=\w)\s+(?:en|for|f\u00fcr|\u00e0|w)\s+(?=(?:[Ll]a |[Ee]l |[Ll]os |[Ll]as )?[A-Z\u00c0-\u00dd\d])"
)  # where every entry has it
_EDGES = seams.MARK + " ,;:|\u00b7\u2022\u2013\u2014-\t"
_LEVEL = re.compile(
    r"(primary|elementary|secondary|tertiary|vocational|college|(?:senior |junior )?high school|graduate studies)\s?:\s+", re.IGNORECASE
)  # of schooling
_SURE_POST = 0.7
_AS_A_NAME = 0.4
_STATED = 0.6
_BARE = re.compile(r"\S+(?: \S+)?$|(?:bachelor|master|doctor|associate)(?:'?s)? of \S+$", re.IGNORECASE)  # a degree that names no subject


@dataclass(frozen=True, slots=True)
class Part:
    """Words of an entry's head; the slot is their row, and their place within it."""

    text: str
    item: Item
    slot: tuple[int, ...]
    told: str = ""


Head = list[Part]
Judge = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    item: Item
    sure: float


def parts(rows: Sequence[tuple[str, Item]]) -> Head:
    """The rows of one entry, without its dates, cut where a gap or a bar stands."""
    found: Head = []
    number = 0
    for whole, item in rows:
        words = names_in(whole, apart=not item.seams)
        named = seams.marked(words, item.seams)
        cells = [
            cell for cell in (_trim(cell) for cell in _STRONG.split(named)) if cell and any(map(str.isalpha, cell)) and not is_kind(cell)
        ]
        label = label_of(words)
        if level := _LEVEL.match(words):
            taught = degree(words[level.end() :]) > school(words[level.end() :])
            found += [] if taught else [Part(level[1], item, (number, 0), "degree")]
            found.append(Part(_trim(words[level.end() :]), item, (number, 1), "degree" if taught else "school"))
            number += 1
            continue
        if label and label[0] != "dates":
            found.append(Part(_trim(label[1].replace("\t", " ")), item, (number, 0), label[0]))
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
    sure = _STATED if len(named) == 1 and (_DASH.search(named[0].text) or _COMMA.search(named[0].text)) else 0.9
    return (
        named if len(named) > 1 else [part for part in head if part in named or not is_town(part.text) or place(part.text) < sure] or head
    )


def _is_of_a_school(text: str) -> bool:
    """Whether a place in a country or a state begins with the name of a school: "Hope College, Holland, MI"."""
    return school(text.partition(",")[0]) > _SURE_POST and not is_town(text)


def assign(heads: list[Head], first: Judge, second: Judge, names: tuple[str, str]) -> list[tuple[Choice | None, Choice | None]]:
    """For each entry what `first` and `second` judge best, in the slots where that is so for most entries. A post is held "at" somewhere."""
    heads = _by_look(heads, first, second)
    if names[0] != "degree" or not _are_schools_by_town(heads, first, second):
        heads = _in_parts(heads, first, second, names)
    heads = [_with_subject(head, first, second, degrees=names[0] == "degree") for head in heads]
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
    heads = _without_slot_of_places([[piece for part in head for piece in _held_at(part, first, second)] for head in heads])
    heads = _cut(heads, _STOP, first, second)
    heads = [_named(head) for head in _cut(heads, _DASH, first, second)]
    cut = _cut(heads, _COMMA, first, second)
    if names[0] == "degree" and _are_schools_by_town(cut, first, second):
        return cut
    heads = [_named(head) for head in cut]
    if names[0] == "title":
        heads = [_departments(head, first, second) for head in _cut(heads, _AT, first, second)]
    return _without_places(heads, first, second)


def _by_look(heads: list[Head], first: Judge, second: Judge) -> list[Head]:
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
                [piece for piece in map(_trim, seams.first_of(part.text, usual[part.slot])) if piece]
                if part.slot in usual
                else [part.text]
            )
        ]
        for head in heads
    ]


def _are_schools_by_town(heads: list[Head], first: Judge, second: Judge) -> bool:
    """Whether each entry is a degree and a town and nothing else: "DPhil, Oxford"."""
    return len(heads) > 1 and all(
        len(head) == 2 and max(second(part.text) for part in head) < _SURE_POST
        and sum(is_town(part.text) and place(part.text) >= _STATED for part in head) == 1 for head in heads
    ) and sum(max(first(part.text) for part in head) > _SURE_POST for head in heads) > len(heads) / 2  # fmt: skip


def _held_at(part: Part, first: Judge, second: Judge) -> list[Part]:
    """A post "at" an employer is two; a university "at Austin" is one."""
    match = _HELD_AT.search(part.text)
    post = part.text[: match.start()] if match else ""
    if match is None or part.told or (second(post) > first(post) < _SURE_POST):
        return [part]
    return [replace(part, text=text, slot=(*part.slot, number)) for number, text in enumerate((post, part.text[match.end() :]))]


def _departments(head: Head, first: Judge, second: Judge) -> Head:
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


def _with_subject(head: Head, first: Judge, second: Judge, *, degrees: bool) -> Head:
    """A degree and the subject behind its comma are one: "B.S., Biology, Carleton College"."""
    found: Head = []
    for at, part in enumerate(head):
        last = found[-1] if found else None
        after = any(second(other.text) > 0.8 for other in head[at + 1 :] if other.item is part.item)
        if degrees and not after and last and _BARE.match(last.text) and place(part.text) < _STATED:
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


def _choice(part: Part | None, judge: Judge) -> Choice | None:
    if part is None:
        return None
    said = judge(part.text)
    return Choice(part.text, part.item, 0.92 if said > 0.8 else 0.75 if said >= 0.3 else 0.6)


def _cut(heads: list[Head], separator: re.Pattern[str], first: Judge, second: Judge) -> list[Head]:
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
        if len(numbers) > 1 and len(cut) >= 0.75 * len(numbers) and (not settled or slot in placed):
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
            separator is not _AT
            and not (others and settled)
            and not any(max(first(other.text), second(other.text)) >= 0.8 for other in others)
        )
        alone = not others and separator is not _AT
        if alone and settled and separator is _COMMA and first(part.text) > 0.7 and (first is title or max(map(second, pieces)) < 0.8):
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
            + (0.1 if place(text[begin:end]) > _STATED else 0)
        )
        options.append((round(clear, 6), -start, option))
    return max(options)[2]


def _pieces(text: str, separator: re.Pattern[str]) -> list[str]:
    return [piece for piece in (_trim(piece) for piece in separator.split(text)) if piece and any(map(str.isalpha, piece))]


def _without_places(heads: list[Head], first: Judge, second: Judge) -> list[Head]:
    """Where towns stand behind commas elsewhere in a slot, what stands so is a town too, known or not."""
    cut = [[_without_place(part) for part in head] for head in heads]
    placed = Counter(
        part.slot
        for head, rest in zip(heads, cut, strict=True)
        for part, left in zip(head, rest, strict=True)
        if left and re.fullmatch(r",\s[^,]+", part.text[len(left.text) :])
    )
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
    one_name = re.fullmatch(r"[A-Z\u00c0-\u00dd][^\W\d_]*[a-z\u00df-\u00ff](?: [A-Z][a-z]+)?", last)
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
    stopped = _STOP.search(text)
    if stopped and is_town(text[stopped.end() :]) and place(text[stopped.end() :]) >= _STATED:
        text = text[: stopped.start()]
    bracket = re.search(r"\s*\(([^()]*)\)$", text)
    if bracket and bracket.start() and (is_kind(bracket[1]) or place(bracket[1]) >= _STATED or re.fullmatch(r"\d\d[\dAB]?", bracket[1])):
        text = text[: bracket.start()]
    return replace(part, text=text) if text else None


def _trim(text: str) -> str:
    """Without the marks around it, and without brackets that held a date or that have no partner."""
    text = re.sub(r"\(\s*[,;|]?\s*\)|\[\s*\]", "", text).strip(_EDGES)
    if text.count("(") > text.count(")"):
        text = text[: text.rindex("(")] + text[text.rindex("(") + 1 :]
    if text.count(")") > text.count("("):
        text = text.replace(")", "", 1)
    return text.strip(_EDGES)
