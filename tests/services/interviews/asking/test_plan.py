"""Which questions are asked, in which order, and how they follow the answers."""

from itertools import pairwise

import pytest

from services.interviews.asking.plan import next_question, plan
from services.interviews.subjects import Background, Opening, Question

PROGRAMMER = Background(("Python", "PostgreSQL", "Docker"), ("Backend developer",), 4, ("Siemens AG", "Bosch"))
BACKEND = Opening("Backend developer", "We build services.", ("Python", "SQL", "Kubernetes", "Apache Kafka"))
NURSE = Background(("Nursing", "Wound care"), ("Registered nurse",), 9, ("St. Mary Hospital",))
WARD = Opening("Senior nurse", "", ("Nursing", "Medication administration"), "senior")


def keys(questions: tuple[Question, ...]) -> list[str]:
    return [question.key for question in questions]


def test_the_same_resume_and_job_give_the_same_questions() -> None:
    assert plan(PROGRAMMER, BACKEND, count=8) == plan(PROGRAMMER, BACKEND, count=8)


@pytest.mark.parametrize("count", range(1, 21))
@pytest.mark.parametrize(
    ("background", "opening"), [(PROGRAMMER, BACKEND), (NURSE, WARD), (Background(), Opening("Beekeeper", "", ("Beekeeping",)))]
)
def test_a_plan_is_as_long_as_asked_and_never_asks_twice(background: Background, opening: Opening, count: int) -> None:
    questions = plan(background, opening, count=count)
    assert len({question.text for question in questions}) == len(set(keys(questions))) == min(count, len(questions))
    assert len(questions) == min(count, 12) or len(questions) == count


def test_required_skills_come_before_all_else_and_those_of_the_resume_first() -> None:
    questions = plan(PROGRAMMER, BACKEND, count=8)
    order = list(dict.fromkeys(question.skill for question in questions if question.kind in ("experience", "knowledge")))
    assert order == ["Python", "SQL", "Kubernetes", "Apache Kafka"]


def test_every_required_skill_is_covered_where_there_is_room() -> None:
    assert {question.skill for question in plan(PROGRAMMER, BACKEND, count=6)} >= set(BACKEND.key_skills)


def test_a_question_refers_to_what_the_resume_says() -> None:
    assert any("Siemens AG" in question.text for question in plan(PROGRAMMER, BACKEND, count=3))
    assert any("St. Mary Hospital" in question.text for question in plan(NURSE, WARD, count=3))
    assert any("Registered nurse" in question.text for question in plan(Background(("Nursing",), ("Registered nurse",), 2), WARD, count=3))


def test_a_job_with_code_has_a_task_with_tests_and_another_has_none() -> None:
    tasks = [question for question in plan(PROGRAMMER, BACKEND, count=5) if question.asks_for_code]
    assert len(tasks) == 1
    assert len(tasks[0].tests) >= 3
    assert tasks[0].skill == "Python"
    assert not any(question.asks_for_code for question in plan(NURSE, WARD, count=12))


def test_levels_follow_the_years_and_the_title() -> None:
    def level(years: float, title: str, level: str = "") -> float:
        questions = plan(Background(("Python",), (title,), years, ("Bosch",)), Opening("Developer", "", ("Python",), level), count=6)
        return sum(question.level for question in questions) / len(questions)

    assert level(0.5, "Junior developer") < level(4, "Developer") < level(12, "Senior developer")
    assert level(12, "Senior developer", "junior") < level(0.5, "Junior developer", "senior")


def test_skills_are_found_in_the_text_of_a_job_that_names_none() -> None:
    questions = plan(Background(), Opening("Developer", "You work with Django and PostgreSQL every day."), count=5)
    assert {"Django", "PostgreSQL"} <= {question.skill for question in questions}


def test_a_skill_that_we_do_not_know_is_asked_for_by_its_name() -> None:
    questions = plan(Background(), Opening("Beekeeper", "", ("Beekeeping",)), count=4)
    assert any("Beekeeping" in question.text for question in questions)


def interview(value: float) -> list[Question]:
    planned = plan(Background(("Python",), ("Developer",), 4, ("Bosch",)), Opening("Developer", "", ("Python", "SQL"), "mid"), count=8)
    asked: list[tuple[Question, float]] = []
    while (question := next_question(planned, asked)) is not None:
        asked.append((question, value))
    assert len(asked) == len(planned)
    return [question for question, _ in asked]


def test_questions_get_harder_with_good_answers_and_easier_with_bad_ones_and_never_repeat() -> None:
    good, plain, bad = interview(9.0), interview(5.5), interview(1.0)
    assert sum(question.level for question in bad) < sum(question.level for question in plain) < sum(question.level for question in good)
    for asked in (good, plain, bad):
        assert len({question.text for question in asked}) == len(asked)


def test_an_interview_keeps_to_the_skills_of_its_plan_whatever_is_answered() -> None:
    skills = [[question.skill for question in interview(value)] for value in (9.0, 5.5, 1.0)]
    assert all(one == other for one, other in pairwise(skills))
