"""The questions that the interviewer knows, read from the data files beside it and checked as they are read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.chassis import skills
from services.interviews.asking import sizes
from services.interviews.subjects import KINDS, CodeTest, Point, Question

DATA = Path(__file__).with_name("bank")
SIGNS = frozenset({"situation", "own_part", "action", "reason", "result", "number", "lesson"})
_SECTIONS = {"skills", "categories", "resume", "any_skill", "behaviour", "coding"}
_FIELDS = {"id", "level", "kind", "ask", "points", "signature", "tests", "hidden", "growth"}
_SLOT = re.compile(r"\{(\w+)\}")
_SLOTS = {"resume": {"skill", "place"}, "any_skill": {"skill"}, "categories": {"skill"}}

# What no question may ask for: it has nothing to do with the work, and in most places it is unlawful to ask.
_UNFAIR = re.compile(
    r"\b(?:how\s+old|your\s+age|born|birth(?:day|place)?|married|marital|spouse|husband|wife|children\s+of\s+your|pregnan\w+|family\s+plans?|your\s+family|religio\w+|church"
    r"|nationality|ethnic\w*|native\s+(?:speaker|country)|where\s+are\s+you\s+from|accent|your\s+(?:health|illness|disabilit\w+|weight|gender|sex|orientation|politic\w+|union|salary)"
    r"|criminal\s+record|mother\s+tongue)\b",
    re.IGNORECASE,
)


class BankError(ValueError):
    """The data files say something that cannot be asked; the service does not start with them."""


@dataclass(frozen=True)
class Bank:
    """Questions by the skill, by the category of the skill, and those that fit any work, in the order of the files."""

    skills: Mapping[str, tuple[Question, ...]]
    categories: Mapping[str, tuple[Question, ...]]
    resume: tuple[Question, ...]
    any_skill: tuple[Question, ...]
    behaviour: tuple[Question, ...]
    coding: tuple[Question, ...]

    def for_skill(self, skill: str) -> tuple[Question, ...]:
        """Questions on this skill, those written for it first; templates are filled in, so that none is left open."""
        name = skills.normalise(skill) or skill
        known = skills.taxonomy().skills.get(name)
        templates = (*(self.categories.get(known.category, ()) if known else ()), *self.any_skill)
        return (*self.skills.get(name, ()), *(fill(template, skill=name) for template in templates))

    def __iter__(self) -> Iterator[Question]:
        for group in (*self.skills.values(), *self.categories.values(), self.resume, self.any_skill, self.behaviour, self.coding):
            yield from group


def fill(template: Question, **values: str) -> Question:
    """A template with its slots filled; the values have to be plain names."""

    def put(text: str) -> str:
        return _SLOT.sub(lambda slot: values[slot[1]], text)

    points = tuple(Point(put(point.text), tuple(map(put, point.phrasings)), put(point.about), point.sign) for point in template.points)
    made_for = "+".join(values[name] for name in sorted(values))
    return Question(f"{template.key}:{made_for}", values.get("skill", ""), template.kind, template.level, put(template.text), points)


@cache
def bank() -> Bank:
    """The one of this installation, read once."""
    return load()


def load(folder: Path = DATA) -> Bank:
    """Raises BankError on the first thing that is not as it should be."""
    skills_found: dict[str, tuple[Question, ...]] = {}
    categories: dict[str, tuple[Question, ...]] = {}
    lists: dict[str, tuple[Question, ...]] = {"resume": (), "any_skill": (), "behaviour": (), "coding": ()}
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or set(data) - _SECTIONS:
            raise BankError(f"{path.name}: its sections are {', '.join(sorted(_SECTIONS))}")
        for name, entries in (data.get("skills") or {}).items():
            skills_found[name] = (*skills_found.get(name, ()), *_questions(path, "skills", entries, name))
        for name, entries in (data.get("categories") or {}).items():
            categories[name] = (*categories.get(name, ()), *_questions(path, "categories", entries))
        lists = {section: (*found, *_questions(path, section, data.get(section) or ())) for section, found in lists.items()}
    made = Bank(skills_found, categories, **lists)
    _check_whole(made)
    return made


def _questions(path: Path, section: str, entries: Iterable[Mapping[str, Any]], skill: str = "") -> tuple[Question, ...]:
    return tuple(_question(path, section, entry, skill) for entry in entries)


def _question(path: Path, section: str, entry: Mapping[str, Any], skill: str) -> Question:
    where = f"{path.name}: {entry.get('id', entry)}"
    if not {"id", "level", "ask", "points"} <= set(entry) or set(entry) - _FIELDS:
        raise BankError(f"{where}: its fields are {', '.join(sorted(_FIELDS))}")
    kind = entry.get("kind", "coding" if section == "coding" else "knowledge")
    if kind not in KINDS or entry["level"] not in (1, 2, 3):
        raise BankError(f"{where}: no such kind or level")
    if _UNFAIR.search(entry["ask"]):
        raise BankError(f"{where}: asks for what has nothing to do with the work")
    points = tuple(_point(where, line) for line in entry["points"])
    allowed = _SLOTS.get(section, set())
    texts = [entry["ask"], *(text for point in points for text in (point.text, point.about, *point.phrasings))]
    if any(slot not in allowed for text in texts for slot in _SLOT.findall(text)):
        raise BankError(f"{where}: has a slot that is never filled")
    tests = tuple(
        CodeTest(json.dumps(arguments), json.dumps(expected), is_hidden=section_of_tests == "hidden")
        for section_of_tests in ("tests", "hidden")
        for arguments, expected in entry.get(section_of_tests, ())
    )
    growth = float(entry.get("growth", 0))
    signature = entry.get("signature", "")
    if (kind == "coding") != bool(signature and sum(not test.is_hidden for test in tests) >= 3):
        raise BankError(f"{where}: a coding question has a signature and three tests, and no other has")
    if growth and entry["id"] not in sizes.known():
        raise BankError(f"{where}: has no inputs of two sizes (asking/sizes.py)")
    if len(points) < 3:
        raise BankError(f"{where}: has fewer than three points")
    return Question(
        entry["id"], skill, kind, entry["level"], " ".join(entry["ask"].split()), points, kind == "coding", signature, tests, growth
    )


def _point(where: str, line: str) -> Point:
    """`about | text | phrasing | ...`, or `@sign | text`, which the file of signs explains."""
    about, *texts = (part.strip() for part in line.split("|"))
    sign = about.removeprefix("@") if about.startswith("@") else ""
    if not texts or not all(texts) or not about or (sign and sign not in SIGNS):
        raise BankError(f"{where}: {line!r} is no point")
    return Point(texts[0], tuple(texts[1:]), "" if sign else about, sign)


def _check_whole(made: Bank) -> None:
    taxonomy = skills.taxonomy()
    names = {skill.category for skill in taxonomy.skills.values()}
    if unknown := [name for name in made.skills if name not in taxonomy.skills] + [name for name in made.categories if name not in names]:
        raise BankError(f"no such skill or category: {', '.join(unknown)}")
    by_key: dict[str, str] = {}
    for question in made:
        if by_key.setdefault(question.key, question.text) != question.text:
            raise BankError(f"{question.key} stands for two questions")
    for section in ("resume", "any_skill", "behaviour", "coding"):
        if {question.level for question in getattr(made, section)} != {1, 2, 3}:
            raise BankError(f"{section} needs a question of each level")
