"""Thin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from services.interviews.subjects import Answer, Question

Vectors = Callable[[Sequence[str]], Any]


@dataclass(frozen=True)
class PointFound:
    text: str
    found: bool
    quote: str = ""


@dataclass(frozen=True)
class AnswerScore:
    value: float
    points: tuple[PointFound, ...]
    relevance: float
    is_deviated: bool
    notes: tuple[str, ...]


def score(question: Question, answer: Answer, vectors: Vectors) -> AnswerScore:
    a, b = vectors([question.text, answer.text or answer.code])
    sim = round(sum(x * y for x, y in zip(a, b)), 3)
    return AnswerScore(
        round(max(0, min(1, sim)) * 10, 1),
        tuple(PointFound(p.text, sim > 0.3, answer.text[:50]) for p in question.points),
        max(0, min(1, sim)),
        sim < 0.2,
        (),
    )
