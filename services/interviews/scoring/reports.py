"""The report of an interview, made of its answers' scores alone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.chassis import skills
from services.interviews.scoring import weights
from services.interviews.scoring.answers import AnswerScore
from services.interviews.subjects import Answer, Opening, Question

Item = tuple[Question, Answer, AnswerScore]
_MOST_QUOTES = 6
_LONGEST_QUOTE = 240


@dataclass(frozen=True)
class SkillScore:
    """The weighted mean of the answers on one skill, 0 to 10, and how many they are."""

    skill: str
    score: float
    answers: int
    is_required: bool


@dataclass(frozen=True)
class Quote:
    """What was said for a point: answer[start:end] of the answer to the question."""

    question_key: str
    point: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Report:
    """What an employer reads. `overall_score` is from 0 to 10; everything in it can be found again in the answers."""

    overall_score: float
    skills: tuple[SkillScore, ...]
    strengths: tuple[str, ...]
    gaps: tuple[str, ...]
    quotes: tuple[Quote, ...]
    deviations: tuple[str, ...]
    comments: str
    answered: int
    asked: int
    rubric: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def report(items: Sequence[Item], opening: Opening) -> Report:
    """A question that was asked and not answered counts with the value 0; the overall score of no questions at all is 0."""
    required = {skills.normalise(name) or name for name in opening.key_skills}
    by_skill = _by_skill(items, required)
    quotes = [
        Quote(question.key, point.text, point.quote[:_LONGEST_QUOTE], point.start, min(point.end, point.start + _LONGEST_QUOTE))
        for question, _, score in sorted(items, key=lambda item: -item[2].value)
        for point in sorted(score.points, key=lambda point: -point.strength)[:1]
        if point.found
    ]
    strengths, gaps = _strengths(items, by_skill), _gaps(items, by_skill)
    deviations = tuple(question.key for question, _, score in items if score.is_deviated)
    overall = _mean(items, required)
    answered = sum(bool(answer.text.strip() or answer.code.strip()) for _, answer, _ in items)
    comments = _comments(overall, answered, len(items), strengths, gaps, len(deviations))
    unasked = sorted(required - {entry.skill for entry in by_skill})
    if unasked:
        gaps = (*gaps, f"Not asked about: {', '.join(unasked)}.")
    return Report(
        overall, by_skill, strengths, gaps, tuple(quotes[:_MOST_QUOTES]), deviations, comments, answered, len(items), weights.RUBRIC
    )


def _weight(question: Question, required: Iterable[str]) -> float:
    weight = weights.LEVEL_WEIGHTS[question.level] * weights.KIND_WEIGHTS[question.kind]
    return weight * (weights.REQUIRED_WEIGHT if question.skill in required else 1.0)


def _mean(items: Sequence[Item], required: Iterable[str]) -> float:
    total = sum(_weight(question, required) for question, _, _ in items)
    return round(sum(_weight(question, required) * score.value for question, _, score in items) / total, 1) if total else 0.0


def _by_skill(items: Sequence[Item], required: set[str]) -> tuple[SkillScore, ...]:
    names = dict.fromkeys(question.skill for question, _, _ in items if question.skill)
    groups = {name: [item for item in items if item[0].skill == name] for name in names}
    return tuple(SkillScore(name, _mean(group, required), len(group), name in required) for name, group in groups.items())


def _strengths(items: Sequence[Item], by_skill: Sequence[SkillScore]) -> tuple[str, ...]:
    found = [
        f"{entry.skill}: {entry.score} of 10 over {_count(entry.answers, 'answer')}."
        for entry in by_skill
        if entry.score >= weights.STRENGTH_FROM
    ]
    best = [item for item in items if item[2].value >= weights.STRENGTH_FROM and not item[0].skill]
    return (*found, *(f'Good answer to "{question.text}"' for question, _, _ in best))


def _gaps(items: Sequence[Item], by_skill: Sequence[SkillScore]) -> tuple[str, ...]:
    found = []
    for entry in by_skill:
        if entry.score < weights.GAP_BELOW:
            lacking = [
                point.text for question, _, score in items if question.skill == entry.skill and question.kind != "follow_up"
                for point in score.points if not point.found
            ]  # fmt: skip
            said = f" Not said: {'; '.join(dict.fromkeys(lacking[:3]))}." if lacking else ""
            found.append(f"{entry.skill}: {entry.score} of 10.{said}")
    return tuple(found)


def _comments(overall: float, answered: int, asked: int, strengths: Sequence[str], gaps: Sequence[str], deviations: int) -> str:
    said = [
        f"The answers are worth {overall} of 10 overall; {answered} of {_count(asked, 'question')} {'was' if answered == 1 else 'were'} answered."
    ]
    said.append("Strongest: " + " ".join(strengths[:3]) if strengths else "No skill stands out as a strength.")
    said.append("To look at again: " + " ".join(gaps[:3]) if gaps else "No gap shows in the answers.")
    if deviations:
        said.append(f"{_count(deviations, 'answer')} {'was' if deviations == 1 else 'were'} not about the question.")
    said.append("The score weighs what was said and nothing else; a person decides.")
    return " ".join(said)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
