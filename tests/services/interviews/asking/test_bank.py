"""The bank of questions: it reads, it is whole and fair, and what is wrong in it is refused at start."""

import json
from pathlib import Path

import pytest
import yaml

from services.chassis import skills
from services.interviews.asking.bank import SIGNS, BankError, bank, load
from services.interviews.scoring import signs
from services.interviews.subjects import question_from_json, question_to_json

GOOD = {
    "id": "one",
    "level": 1,
    "ask": "How do you weld a pipe?",
    "points": ["heat | The heat is right | it must not be too hot", "angle | The angle is right", "@reason | Says why"],
}


def test_every_question_of_the_bank_has_a_key_a_level_and_points_of_its_own() -> None:
    questions = list(bank())
    assert len({question.key for question in questions}) > 80
    assert all(3 <= len(question.points) <= 6 and 20 <= len(question.text) <= 320 for question in questions)


def test_there_is_a_good_question_on_every_skill_that_we_know_at_every_level() -> None:
    for skill in skills.all_skills():
        questions = bank().for_skill(skill.name)
        assert {question.level for question in questions} == {1, 2, 3}
        assert not any("{" in question.text or "{" in point.text for question in questions for point in question.points)


def test_a_question_comes_back_from_json_as_it_was() -> None:
    for question in bank():
        assert question_from_json(json.loads(json.dumps(question_to_json(question)))) == question


def test_the_bank_and_scoring_know_the_same_signs() -> None:
    assert SIGNS == signs.NAMES


@pytest.mark.parametrize(
    "change",
    [
        {"level": 4},
        {"kind": "small talk"},
        {"points": ["heat | The heat is right"]},
        {"points": ["heat", "angle | The angle", "@reason | Says why"]},
        {"points": ["@mood | Is cheerful", "angle | The angle", "@reason | Says why"]},
        {"ask": "How do you weld a {thing}?"},
        {"ask": "How old are you, and how do you weld?"},
        {"ask": "Do you go to church when you do not weld?"},
        {"ask": "What does your family say to your welding?"},
        {"kind": "coding"},
        {"colour": "red"},
    ],
)
def test_a_question_that_is_not_as_it_should_be_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "trade.yaml").write_text(yaml.safe_dump({"skills": {"Welding": [GOOD | change]}}))
    with pytest.raises(BankError, match=r"trade\.yaml"):
        load(tmp_path)


def test_questions_on_a_skill_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    (tmp_path / "trade.yaml").write_text(yaml.safe_dump({"skills": {"Weldering": [GOOD]}}))
    with pytest.raises(BankError, match="Weldering"):
        load(tmp_path)
