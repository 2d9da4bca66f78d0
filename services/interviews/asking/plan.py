"""Which questions an interview has, and which one comes next. The same inputs give the same questions."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.chassis import skills
from services.interviews.asking.bank import Bank, bank, fill
from services.interviews.instructions import is_instruction, plain_name
from services.interviews.subjects import Background, Opening, Question

GOOD, BAD = 7.0, 4.0  # from here on the next question is harder, from here down easier
_MOST_SKILLS = 12
_LEVELS = {
    "junior": 1,
    "entry": 1,
    "intern": 1,
    "trainee": 1,
    "mid": 2,
    "middle": 2,
    "regular": 2,
    "senior": 3,
    "lead": 3,
    "principal": 3,
    "staff": 3,
}
_JUNIOR = re.compile(r"\b(?:junior|trainee|intern(?:ship)?|apprentice|graduate|entry|assistant|working student)\b", re.IGNORECASE)
_SENIOR = re.compile(r"\b(?:senior|lead|principal|staff engineer|head|chief|director|manager|architect|expert)\b", re.IGNORECASE)
_CODE_TITLE = re.compile(
    r"\b(?:developer|programmer|coder|software|backend|back-end|frontend|front-end|full[- ]?stack|data engineer|machine learning engineer|devops|sre)\b",
    re.IGNORECASE,
)
_CODE_CATEGORIES = {"programming language", "framework", "mobile", "data engineering", "machine learning", "game development", "embedded"}
_WRITES_CODE = _CODE_CATEGORIES | {"web"}


def plan(background: Background, opening: Opening, *, count: int) -> tuple[Question, ...]:
    """The opening's skills first: those that the resume has too, then those it lacks. Fewer questions only where the bank has no more."""
    known, level = bank(), _level(background, opening)
    owned = _names(background.skills)
    wanted = _required(opening)
    has = {name for skill in owned for name in (skill, *skills.implied_skills(skill))}
    required = [name for name in wanted if name in has] + [name for name in wanted if name not in has]
    picked = _Picked(count)
    anchor = _about_resume(known, background, required, owned, level)
    extras = int(anchor is not None) + int(_writes_code(opening, required)) + int(count >= 5)
    picked.add(anchor)
    # The question on the resume asks for its skill already; where there is no room for two, the others come first.
    first_round = required if anchor is None or count - extras >= len(required) else [name for name in required if name != anchor.skill]
    coding = _coding(known, required, level) if count >= 2 and _writes_code(opening, required) else None
    reserved = int(coding is not None) + int(count >= 5)
    for number, name in enumerate(first_round):
        if number == 2:
            picked.add(coding)
        if picked.left() > (reserved if number < 2 else int(count >= 5)):
            picked.add(_next_for(known, name, level if name in has else max(1, level - 1), picked))
    picked.add(coding)
    for offset in (0, 1, -1):
        for name in required or owned:
            if picked.left() > int(count >= 5):
                picked.add(_next_for(known, name, min(3, max(1, level + offset)), picked))
    for question in sorted(known.behaviour, key=lambda entry: abs(entry.level - level)):
        picked.add(question)
    for name in (*required, *owned):
        for question in known.for_skill(name):
            picked.add(question)
    return tuple(picked.questions)


def next_question(planned: Sequence[Question], asked: Sequence[tuple[Question, float]]) -> Question | None:
    """The next of a plan, after the questions that were asked and their values; None when all are asked.

    Each good answer raises the level of what comes, each bad one lowers it. A question gives way to one on the same skill and of the same kind,
    where there is one at that level that is neither asked nor planned.
    """
    done = [(question, value) for question, value in asked if question.kind != "follow_up"]
    if len(done) >= len(planned):
        return None
    slot = planned[len(done)]
    rise = 0
    for _, value in done:
        rise = max(-2, min(2, rise + (value >= GOOD) - (value <= BAD)))
    target = max(1, min(3, slot.level + rise))
    used = {question.key for question in planned} | {question.key for question, _ in done}
    texts = {question.text for question, _ in done}
    others = [question for question in _like(bank(), slot) if question.key not in used and question.text not in texts]
    free = slot.text not in texts
    better = [question for question in others if question.level == target] if slot.level != target or not free else []
    if better:
        return better[0]
    return slot if free else next(iter(others), None)


class _Picked:
    """The questions so far, none twice and no more than asked for."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.questions: list[Question] = []

    def left(self) -> int:
        return self._count - len(self.questions)

    def has(self, question: Question) -> bool:
        return any(question.key == other.key or question.text == other.text for other in self.questions)

    def add(self, question: Question | None) -> None:
        if question is not None and self.left() > 0 and not self.has(question):
            self.questions.append(question)


def _next_for(known: Bank, name: str, level: int, picked: _Picked) -> Question | None:
    """Of the questions on a skill that are left, one near the level; among those, the one that was written for the skill."""
    left = [question for question in known.for_skill(name) if not picked.has(question)]

    def far(question: Question) -> tuple[bool, bool, int]:
        distance = abs(question.level - level)
        return distance > 1, ":" in question.key, distance

    return min(left, key=far, default=None)


def _about_resume(known: Bank, background: Background, required: Sequence[str], owned: Sequence[str], level: int) -> Question | None:
    shared = [name for name in required if name in owned]
    skill = next(iter((*shared, *owned, *required)), "")
    if not skill:
        return None
    employer = next((name for name in map(plain_name, background.employers) if name), "")
    title = next((name for name in map(plain_name, (*background.titles, background.headline)) if name), "")
    if not employer and not title:
        return next((question for question in known.for_skill(skill) if question.kind == "experience"), None)
    template = next(question for question in known.resume if question.level == level)
    return fill(template, skill=skill, place=employer or f"work as {title}")


def _coding(known: Bank, required: Sequence[str], level: int) -> Question:
    """One of its level, which differs from opening to opening but not from run to run."""
    fitting = [question for question in known.coding if question.level == level]
    chosen = fitting[zlib.crc32("|".join(sorted(required)).encode()) % len(fitting)]
    by_rank = sorted(required, key=lambda name: (_category(name) != "programming language", _category(name) not in _WRITES_CODE))
    skill = by_rank[0] if by_rank and _category(by_rank[0]) in _WRITES_CODE else ""
    return replace(chosen, skill=skill)


def _like(known: Bank, slot: Question) -> tuple[Question, ...]:
    if slot.kind == "coding":
        return tuple(replace(question, skill=slot.skill) for question in known.coding)
    if any(slot.key == question.key for question in known.behaviour):
        return known.behaviour
    if slot.key.startswith("resume-"):
        return ()
    return tuple(question for question in known.for_skill(slot.skill) if question.kind == slot.kind)


def _writes_code(opening: Opening, required: Iterable[str]) -> bool:
    title = plain_name(opening.title)
    return bool(_CODE_TITLE.search(title)) or any(_category(name) in _CODE_CATEGORIES and name not in ("SQL", "VBA") for name in required)


def _category(name: str) -> str:
    known = skills.taxonomy().skills.get(name)
    return known.category if known else ""


def _names(raw: Iterable[str]) -> list[str]:
    """Canonical names in their order; what is no skill that we know stays if it can be a name at all."""
    names = (skills.normalise(entry) or plain_name(entry) for entry in raw)
    return list(dict.fromkeys(name for name in names if name))[:_MOST_SKILLS]


def _required(opening: Opening) -> list[str]:
    """The key skills; where the opening names none, those that its title and description mention."""
    if named := _names(opening.key_skills):
        return named
    text = f"{plain_name(opening.title)}\n{opening.description}"
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n", text) if not is_instruction(part)]
    return list(dict.fromkeys(mention.skill for mention in skills.find_skills("\n".join(sentences))))[:_MOST_SKILLS]


def _level(background: Background, opening: Opening) -> int:
    """What the opening says; where it does not, what the titles and years say."""
    if stated := _LEVELS.get(opening.level.strip().casefold()):
        return stated
    for title in (plain_name(opening.title), *map(plain_name, background.titles[:1])):
        if title and _SENIOR.search(title):
            return 3 if background.years >= 3 or title == plain_name(opening.title) else 2
        if title and _JUNIOR.search(title):
            return 1
    return 1 if background.years < 2 else 2 if background.years < 7 else 3
