"""The report of an interview: what it says, and that it says the same twice."""

import json

from services.interviews.asking.bank import bank
from services.interviews.scoring.answers import score
from services.interviews.scoring.evidence import Vectors
from services.interviews.scoring.reports import Item, report
from services.interviews.subjects import Answer, Opening, Question

OPENING = Opening("Backend developer", "", ("SQL", "Git", "Docker"))


def question(key: str) -> Question:
    return next(entry for entry in bank() if entry.key == key)


def items(vectors: Vectors) -> list[Item]:
    said = {
        "sql-joins": "An inner join drops rows that have no partner. A left join keeps every row of the left table and fills the rest with NULL. "
        "When a key matches several times the rows multiply and the sum is too high.",
        "git-undo": "My cat likes fish, and it sleeps a lot in the sun.",
        "behaviour-learning": "",
    }
    return [(question(key), Answer(text), score(question(key), Answer(text), vectors)) for key, text in said.items()]


def test_a_report_says_the_same_twice_and_goes_into_json(vectors: Vectors) -> None:
    one, other = (json.dumps(report(items(vectors), OPENING).to_json()) for _ in range(2))
    assert one == other


def test_a_report_names_strengths_gaps_quotes_and_deviations(vectors: Vectors) -> None:
    made = report(items(vectors), OPENING)
    assert any(line.startswith("SQL: ") for line in made.strengths)
    assert any(line.startswith("Git: ") for line in made.gaps)
    assert "Not asked about: Docker." in made.gaps
    assert made.deviations == ("git-undo",)
    assert made.quotes[0].text in items(vectors)[0][1].text
    assert (made.answered, made.asked) == (2, 3)
    assert made.comments.count(".") >= 4


def test_the_overall_score_is_the_mean_under_the_documented_weights(vectors: Vectors) -> None:
    scored = items(vectors)
    weighted = [(1.25, scored[0][2].value), (1.25, scored[1][2].value), (1.0, scored[2][2].value)]
    assert report(scored, OPENING).overall_score == round(sum(w * v for w, v in weighted) / 3.5, 1)


def test_an_interview_without_questions_is_worth_nothing() -> None:
    assert report([], OPENING).overall_score == 0.0
