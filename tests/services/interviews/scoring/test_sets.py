"""Forty answers from different fields of work, good, vague and off the question, and their order."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.interviews.asking.bank import bank, fill
from services.interviews.scoring.answers import AnswerScore, score
from services.interviews.scoring.evidence import Vectors
from services.interviews.subjects import Answer, Question

SETS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("answers.yaml").read_text(encoding="utf-8"))


def question(entry: dict[str, Any]) -> Question:
    found = next(each for each in bank() if each.key == entry["question"])
    return fill(found, skill=entry["skill"]) if "{skill}" in found.text else found


KNOWN: dict[tuple[str, str, str], AnswerScore] = {}


def scored(entry: dict[str, Any], text: str, vectors: Vectors) -> AnswerScore:
    """Each answer to each question is read once for all tests."""
    key = (entry["question"], entry["skill"], text)
    if key not in KNOWN:
        KNOWN[key] = score(question(entry), Answer(text), vectors)
    return KNOWN[key]


def test_there_are_forty_in_many_fields() -> None:
    assert len(SETS) == len({(entry["question"], entry["skill"]) for entry in SETS}) == 40
    assert len({entry["skill"] for entry in SETS}) >= 30


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: f"{entry['question']} {entry['skill']}".strip())
def test_a_good_answer_is_above_a_vague_one_and_that_above_one_off_the_question(entry: dict[str, Any], vectors: Vectors) -> None:
    good, vague, off = (scored(entry, entry[kind], vectors).value for kind in ("good", "vague", "off_topic"))
    assert good >= vague + 0.5
    assert vague > off
    assert off <= 1.0


def test_what_is_off_the_question_is_called_so_and_a_good_answer_never(vectors: Vectors) -> None:
    assert sum(scored(entry, entry["off_topic"], vectors).is_deviated for entry in SETS) >= 38
    assert not [entry["question"] for entry in SETS if scored(entry, entry["good"], vectors).is_deviated]


def test_a_good_answer_is_above_a_good_answer_to_another_question(vectors: Vectors) -> None:
    pairs = [
        scored(entry, entry["good"], vectors).value > scored(entry, other["good"], vectors).value
        for place, entry in enumerate(SETS)
        for other in (SETS[(place + step) % len(SETS)] for step in (1, 5, 13, 20, 29))
        if other["question"] != entry["question"]
    ]
    assert len(pairs) > 150
    assert sum(pairs) >= 0.95 * len(pairs)
