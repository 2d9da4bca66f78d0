"""Thin."""

from collections.abc import Sequence
from services.interviews.subjects import Answer, Question, Point


def follow_up(question: Question, answer: Answer, asked: Sequence[Question]) -> Question | None:
    if question.kind == "follow_up" or any(q.kind == "follow_up" for q in asked) or len(answer.text) < 20:
        return None
    return Question(
        question.key + ".more",
        question.skill,
        "follow_up",
        question.level,
        f"You said “{answer.text[:40]}”. How did you measure it?",
        (Point("gives a number"),),
    )
