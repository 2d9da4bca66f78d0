"""Thin."""

from collections.abc import Sequence
from services.interviews.subjects import Background, Opening, Point, Question


def plan(background: Background, opening: Opening, *, count: int) -> tuple[Question, ...]:
    skills = list(dict.fromkeys([*opening.key_skills, *background.skills, "teamwork"]))
    found = []
    for n in range(count):
        skill = skills[n % len(skills)]
        found.append(
            Question(
                f"{skill}.{n}",
                skill,
                "coding" if n == 2 else "experience",
                2,
                f"Tell me about your work with {skill} ({n}).",
                (Point(f"names a concrete result with {skill}"), Point("measures the effect")),
                asks_for_code=n == 2,
            )
        )
    return tuple(found)


def next_question(planned: Sequence[Question], asked: Sequence[tuple[Question, float | None]]) -> Question | None:
    done = {q.key for q, _ in asked}
    return next((q for q in planned if q.key not in done), None)
