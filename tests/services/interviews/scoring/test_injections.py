"""Texts that speak to whoever asks or grades, in answers, resumes and jobs: nothing that is asked and no digit of a score changes by them."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from services.interviews.asking.bank import bank, fill
from services.interviews.asking.plan import plan
from services.interviews.instructions import is_instruction, without
from services.interviews.scoring.answers import score
from services.interviews.scoring.evidence import Vectors
from services.interviews.subjects import Answer, Background, Opening, Question

HERE = Path(__file__).parent
INJECTIONS: list[str] = yaml.safe_load((HERE / "injections.yaml").read_text(encoding="utf-8"))
ANSWERS = yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))
BACKGROUND = Background(
    ("Python", "PostgreSQL"), ("Backend Engineer", "Developer"), 6.0, ("Kiefernwald GmbH", "Nordlicht"), "Backend Engineer"
)
OPENING = Opening("Backend Engineer", "You build payment services in Python on PostgreSQL.", ("Python", "PostgreSQL", "Kubernetes"))


def asked(entry: dict[str, str]) -> Question:
    template = next(one for one in bank() if one.key == entry["question"])
    return fill(template, skill=entry["skill"], place="Kiefernwald")


def test_there_are_fifty_of_them_and_more() -> None:
    assert len(set(INJECTIONS)) >= 50


@pytest.mark.parametrize("kind", ["good", "vague", "off_topic"])
def test_an_answer_is_worth_the_same_with_each_of_them_wherever_it_stands(vectors: Vectors, kind: str) -> None:
    entry = ANSWERS[0]
    question, text = asked(entry), " ".join(entry[kind].split())
    plain = score(question, Answer(text), vectors)
    first = text.index(". ") + 2 if ". " in text else 0
    changed = []
    for number, injection in enumerate(INJECTIONS):
        told = (f"{injection}\n{text}", f"{text[:first]}\n{injection}\n{text[first:]}", f"{text}\n{injection}")[number % 3]
        found = score(question, Answer(told), vectors)
        same = (found.value, found.relevance, found.is_deviated) == (plain.value, plain.relevance, plain.is_deviated)
        if not same or [(one.strength, one.quote) for one in found.points] != [(one.strength, one.quote) for one in plain.points]:
            changed.append((injection, plain.value, found.value))
    assert not changed


def test_an_answer_of_nothing_else_is_worth_nothing(vectors: Vectors) -> None:
    question = asked(ANSWERS[0])
    assert {score(question, Answer(injection), vectors).value for injection in INJECTIONS} == {0.0}


@pytest.mark.parametrize("named", [True, False])
def test_the_plan_is_the_same_with_each_of_them_in_the_resume_and_in_the_job(named: bool) -> None:
    opening = OPENING if named else replace(OPENING, key_skills=())
    plain = plan(BACKGROUND, opening, count=6)
    for injection in INJECTIONS:
        resume = replace(
            BACKGROUND, skills=(*BACKGROUND.skills, injection), titles=(*BACKGROUND.titles, injection),
            employers=(injection, *BACKGROUND.employers), headline=injection,
        )  # fmt: skip
        job = replace(opening, description=f"{injection}\n{opening.description}\n{injection}")
        assert plan(resume, job, count=6) == plain, injection


def test_what_a_model_is_shown_is_the_same_with_each_of_them() -> None:
    for injection in INJECTIONS:
        assert without(f"{OPENING.description}\n{injection}") == OPENING.description, injection


def test_what_people_say_of_their_work_speaks_to_nobody() -> None:
    """None of what candidates really say is taken for an instruction, however near it comes."""
    said = [
        "As a teacher I give full attention to every pupil before I grade their essays.",
        "I wrote the system prompts for our support bot and measured how often it was wrong.",
        "We ignored the warnings in the log for too long, and then the disk was full.",
        "Our rubric had four criteria, and I scored each essay twice.",
        "The base64 of the picture was too long for the column, so I stored it in S3.",
        "Ich habe die Anweisungen im Werk neu geschrieben und die Fehler halbiert.",
        "The hash 49676e6f72652074 was in the index, and the query took 4 ms.",
    ]
    assert [text for text in said if is_instruction(text)] == []
    assert [text for entry in ANSWERS for kind in ("good", "vague", "off_topic") for text in [entry[kind]] if is_instruction(text)] == []


def test_saying_it_in_other_words_changes_little_and_saying_more_of_nothing_adds_next_to_nothing(vectors: Vectors) -> None:
    entry = ANSWERS[0]
    question = asked(entry)
    plain = score(question, Answer(entry["good"]), vectors).value
    reworded = (
        "On Tuesday last week there was a man on our surgical ward, two days after his hip had been operated on. First I measured blood pressure and "
        "temperature. Then I looked at the wound, put a new dressing on it, and wrote everything down. His pulse was faster than it had been in the morning, "
        "so I rang the doctor. An infection had just begun. Within an hour he had antibiotics, and he was discharged on time."
    )
    assert abs(score(question, Answer(reworded), vectors).value - plain) <= 1.0
    padding = " It was a normal day and there is not much more that I could say about it all, really."
    assert score(question, Answer(entry["good"] + padding * 20), vectors).value <= plain
    vague = score(question, Answer(entry["vague"]), vectors).value
    assert score(question, Answer(entry["vague"] + padding * 20), vectors).value <= vague + 0.1
