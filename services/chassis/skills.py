"""The skills that every service means by the same name: their aliases, what they imply, and where a text mentions them."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

DATA = Path(__file__).with_name("skills.csv")

# One word of a name or of a text. A plus or a sharp belongs to the letter before it (C++, C#, F#, "CompTIA A+"), .NET keeps its dot
# unless it ends a host name, "&" reads as "and", and an address on the web is one opaque word. No branch can start at the same place
# and back out of more than three characters, so the scan is linear in the text.
_WORD = re.compile(r"((?:https?://|www\.)\S+|(?<![^\W_])[A-Za-z](?:\+\+|#|\+(?!\w))|(?<!\w)\.[Nn][Ee][Tt]\b|[^\W_]+|&)")
# What may stand between two words of one name: "CI/CD", "scikit-learn", "Node.js", a line that was wrapped.
_JOINT = re.compile(r"[./'\u2019_+-]?|[ \t\u00a0]{1,4}|[ \t]{0,4}\n[ \t]{0,8}|[-\u00ad]\n[ \t]{0,8}|[ \t]?[/-][ \t]?")
# What stands between two items of one list.
_DELIMITER = re.compile(
    r"[ \t\u00a0]*(?:[,;|/\u2022\u00b7\n()\u2013:*-][ \t\u00a0\r\n,;|/\u2022\u00b7()\u2013:*-]*(?:and|or|&)?|and|or|&)[ \t\u00a0]*"
)
_WEAK_DELIMITER = re.compile(r"\s*(?:and|or|&)\s*")
_ENDS = re.compile(r"[ \t\u00a0]*(?:\Z|[,;|/\u2022\u00b7\n\r()\]]|\.(?:\s|\Z)|(?:and|or|&)\s)|[ \t]+v?\d{1,2}(?:\.\d{1,3}){1,2}\b")
_STARTS = re.compile(r"(?:\A|[.!?]\s+|[,;|/\u2022\u00b7\n\r(\[:\u2013*-][ \t\u00a0]*|\s(?:and|or|&|in|with|using|of)\s+|^)\Z")
_CUE_AFTER = re.compile(
    r"[ \t\u00a0-]+(?:developers?|engineers?|programmers?|programming|language|code|codebase|framework|microservices?|spreadsheets?|macros?"
    r"|formulas?|components?|scripts?|scripting|backend|frontend)\b|[ \t]+v?\d{1,2}\.\d",
    re.IGNORECASE,
)
_CUE_BEFORE = re.compile(
    r"(?:(?:programming|written|coded|experience|experienced|proficient|proficiency|skilled|fluent|working|worked|work) (?:in|with|of)"
    r"|knowledge of|using|skills?:|languages?:|tools?:|stack:|technologies:|software:)\s*\Z",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n\r:\u2022\u00b7*\u2013-])[ \t\u00a0]*\Z")
_LOOSE_SUFFIX = re.compile(r"(?<=\w)[ \t]{1,4}(?=[+#])")
_HOST_TAIL = re.compile(r"\.(?:com|org|io|net|de|co|eu)\b", re.IGNORECASE)
_LOOK_BACK = 32
_MARKS = frozenset({"exact", "cased", "listed"})


@dataclass(frozen=True, slots=True)
class Skill:
    """One row of skills.csv; `implies` names the skills that everybody who has this one has too, directly."""

    name: str
    category: str
    aliases: tuple[str, ...]
    implies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A skill's canonical name and the characters text[start:end] that named it."""

    skill: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    """One spelling of a skill: where `match` is empty it counts anywhere, else see the rules in Taxonomy.find."""

    skill: str
    spelling: str
    match: str


@dataclass(slots=True)
class _Node:
    """The names that begin alike, as a tree of their words."""

    form: _Form | None = None
    next: dict[str, "_Node"] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    form: _Form
    start: int
    end: int
    certain: bool
    listable: bool


class Taxonomy:
    """Skills read from a file in the form of skills.csv; a name or an alias that two skills claim is a ValueError.

    A row's `match`, or a prefix on one alias ("listed:Word"), says when a spelling that is also an ordinary word counts:

    * `exact`: written exactly so ("SAP"), or as an item of a list of skills;
    * `cased`: as `exact`, and where a sentence starts, so that its capital says nothing, only as an item of a list ("React to ...");
    * `listed`: only as an item of a list of skills, on a line of its own, or beside a word such as "programming" ("Go", "C", "R").
    """

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.skills: dict[str, Skill] = {}
        self._forms: dict[tuple[str, ...], _Form] = {}
        self._names = _Node()
        for row in rows:
            name = row["name"]
            aliases = [_alias(name, cell) for cell in _split(row["aliases"])]
            self.skills[name] = Skill(name, row["category"], tuple(alias.spelling for alias in aliases), _split(row["implies"]))
            for form in (_Form(name, name, row["match"]), *aliases):
                self._add(form)
        for skill in self.skills.values():
            for implied in skill.implies:
                if implied not in self.skills:
                    raise ValueError(f"{skill.name} implies {implied}, which is not a skill")
        self._implied = {name: self._closure(name) for name in self.skills}

    def normalise(self, name: str) -> str | None:
        form = self._forms.get(_key(_LOOSE_SUFFIX.sub("", name)))
        return form.skill if form else None

    def implied(self, name: str) -> frozenset[str]:
        """Every skill that this one implies, over any number of steps, without itself; empty for a name that is not canonical."""
        return self._implied.get(name, frozenset())

    def find(self, text: str) -> list[Mention]:
        """Mentions in the order of the text, none overlapping, the longest name first; time is linear in the text."""
        found = self._candidates(text)
        accepted = _certain_by_list(text, found)
        return [Mention(item.form.skill, item.start, item.end) for item, is_accepted in zip(found, accepted, strict=True) if is_accepted]

    def _add(self, form: _Form) -> None:
        key = _key(form.spelling)
        if not key or form.match not in {"", *_MARKS}:
            raise ValueError(f"{form.spelling!r} of {form.skill} cannot be matched")
        claimed = self._forms.setdefault(key, form)
        if claimed.skill != form.skill:
            raise ValueError(f"{form.spelling!r} names both {claimed.skill} and {form.skill}")
        node = self._names
        for word in key:
            node = node.next.setdefault(word, _Node())
        node.form = claimed

    def _closure(self, name: str) -> frozenset[str]:
        reached: set[str] = set()
        open_names = [name]
        while open_names:
            for implied in self.skills[open_names.pop()].implies:
                if implied not in reached:
                    reached.add(implied)
                    open_names.append(implied)
        return frozenset(reached - {name})

    def _candidates(self, text: str) -> list[_Found]:
        # The pieces are gap, word, gap, word, ..., gap: several times cheaper than a match object for each word.
        pieces = _WORD.split(text)
        keys = [_fold(word) for word in pieces[1::2]]
        starts = list(accumulate(map(len, pieces), initial=0))
        names = self._names.next
        found: list[_Found] = []
        free = 0
        for index, key in [(index, key) for index, key in enumerate(keys) if key in names]:
            if index < free:
                continue
            complete: list[tuple[int, _Form]] = []
            node, end = names[key], index + 1
            while True:
                if node.form:
                    complete.append((end, node.form))
                following = node.next.get(keys[end]) if end < len(keys) else None
                if following is None or not _JOINT.fullmatch(pieces[2 * end]):
                    break
                node, end = following, end + 1
            for last, form in reversed(complete):
                item = _judge(text, form, starts[2 * index + 1], starts[2 * last])
                if item is not None:
                    found.append(item)
                    free = last
                    break
        return found


def _judge(text: str, form: _Form, start: int, end: int) -> _Found | None:
    """The candidate with what its own surroundings say, or None where it cannot be a mention whatever stands beside it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before == "@" or after == "@" or (after == "." and _HOST_TAIL.match(text, end)):
        return None
    if not form.match:
        return _Found(form, start, end, certain=True, listable=True)
    if before in {"'", "\u2019", "-", "&", "_"} or after in {"'", "\u2019", "&", "_", "+", "#"}:
        return None
    same = text[start:end] == form.spelling
    past = text[max(0, start - _LOOK_BACK) : start]
    listable = bool(_ENDS.match(text, end)) and (start == 0 or bool(_STARTS.search(past)))
    if same and form.match == "exact":
        return _Found(form, start, end, certain=True, listable=listable)
    certain = same and (bool(_CUE_AFTER.match(text, end)) or (bool(_ENDS.match(text, end)) and bool(_CUE_BEFORE.search(past))))
    certain = certain or (same and form.match == "cased" and start > 0 and not _SENTENCE_START.search(past))
    certain = certain or (same and _alone_on_its_line(text, start, end))
    return _Found(form, start, end, certain, listable) if certain or listable else None


def _certain_by_list(text: str, found: list[_Found]) -> list[bool]:
    """Accepts whole lists: neighbours joined by nothing but a delimiter stand or fall together, by one that is certain or by two capitals.

    "Python, Go, R" is a list of skills because of Python; "and" alone does not make one of a word that is not spelled as a skill.
    """
    accepted = [item.certain for item in found]
    start = 0
    while start < len(found):
        end = start + 1
        while end < len(found) and found[end - 1].listable and found[end].listable and _linked(text, found[end - 1], found[end]):
            end += 1
        group = range(start, end)
        spelled = [index for index in group if text[found[index].start : found[index].end] == found[index].form.spelling]
        if end - start > 1 and (any(accepted[index] for index in group) or len(spelled) > 1):
            for index in group:
                accepted[index] = True
        start = end
    return accepted


def _linked(text: str, left: _Found, right: _Found) -> bool:
    if right.start - left.end > _LOOK_BACK or not _DELIMITER.fullmatch(text, left.end, right.start):
        return False
    spelled = all(not item.form.match or text[item.start : item.end] == item.form.spelling for item in (left, right))
    return spelled or not _WEAK_DELIMITER.fullmatch(text, left.end, right.start)


def _alone_on_its_line(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 8) : start].rpartition("\n")
    after = text[end : end + 8].partition("\n")
    reaches_start = bool(before[1]) or start <= 8
    reaches_end = bool(after[1]) or end + 8 >= len(text)
    return reaches_start and reaches_end and not before[2].strip(" \t\r\u2022\u00b7*\u2013-") and not after[0].strip(" \t\r.,;")


def _fold(word: str) -> str:
    return "and" if word == "&" else word.casefold()


def _key(name: str) -> tuple[str, ...]:
    return tuple(_fold(word) for word in _WORD.findall(name))


def _alias(skill: str, cell: str) -> _Form:
    mark, _, spelling = cell.partition(":")
    return _Form(skill, spelling, mark) if mark in _MARKS else _Form(skill, cell, "")


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def load(path: Path = DATA) -> Taxonomy:
    with path.open(encoding="utf-8", newline="") as file:
        return Taxonomy(csv.DictReader(file))


@cache
def taxonomy() -> Taxonomy:
    """The one of this installation, read once."""
    return load()


def find_skills(text: str) -> list[Mention]:
    return taxonomy().find(text)


def normalise(name: str) -> str | None:
    """The canonical name of a skill or an alias, whatever its case and punctuation ("k8s" is Kubernetes), or None when it is unknown."""
    return taxonomy().normalise(name)


def implied_skills(name: str) -> frozenset[str]:
    """What a canonical name implies over any number of steps: FastAPI implies Python."""
    return taxonomy().implied(name)


def all_skills() -> tuple[Skill, ...]:
    return tuple(taxonomy().skills.values())
