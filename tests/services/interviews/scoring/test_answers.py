"""What one answer is worth, and what it is not raised by."""

import pytest

from services.interviews.asking.bank import bank
from services.interviews.scoring.answers import score
from services.interviews.scoring.evidence import Vectors
from services.interviews.subjects import Answer, CodeResult, Question


def question(key: str) -> Question:
    return next(entry for entry in bank() if entry.key == key)


SLOW = question("sql-slow-query")
GOOD = (
    "First I let the database explain the query to see whether it scans the whole table. "
    "Often an index on the columns of the filter is missing, so I add one. "
    "Sometimes the table simply grew and the planner's statistics are stale, then I analyse it again. "
    "I also check if it is blocked by a lock of another transaction."
)
VAGUE = "I would look at the database and try to make the query better, maybe with some tuning, until it is fast again."
OFF = "I enjoy hiking at the weekend, and my favourite dish is lasagne with a lot of cheese."


def value(text: str, vectors: Vectors) -> float:
    return score(SLOW, Answer(text), vectors).value


def test_a_good_answer_is_worth_more_than_a_vague_one_and_that_more_than_one_to_nothing(vectors: Vectors) -> None:
    assert value(GOOD, vectors) >= 7 > value(VAGUE, vectors) > value(OFF, vectors)


def test_each_point_that_is_found_is_shown_where_it_was_said(vectors: Vectors) -> None:
    points = score(SLOW, Answer(GOOD), vectors).points
    assert sum(point.found for point in points) >= 3
    for point in points:
        assert GOOD[point.start : point.end] == point.quote
        assert bool(point.quote) == point.found


def test_the_same_answer_gets_the_same_score_to_the_digit(vectors: Vectors) -> None:
    assert score(SLOW, Answer(GOOD), vectors) == score(SLOW, Answer(GOOD), vectors)


def test_an_answer_to_nothing_is_called_so(vectors: Vectors) -> None:
    assert score(SLOW, Answer(OFF), vectors).is_deviated
    assert not score(SLOW, Answer(VAGUE), vectors).is_deviated


def test_nothing_said_is_worth_nothing(vectors: Vectors) -> None:
    empty = score(SLOW, Answer("  "), vectors)
    assert (empty.value, empty.is_deviated, empty.notes) == (0.0, False, ("No answer was given.",))


def test_saying_it_three_times_is_worth_no_more(vectors: Vectors) -> None:
    assert value(" ".join([GOOD] * 3), vectors) == value(GOOD, vectors)
    assert value(" ".join([VAGUE] * 5), vectors) == value(VAGUE, vectors)


def test_the_question_said_back_is_worth_nothing(vectors: Vectors) -> None:
    assert value(SLOW.text, vectors) == 0.0
    assert value(f"{VAGUE} {SLOW.text}", vectors) == value(VAGUE, vectors)


def test_the_words_of_the_points_in_a_row_are_no_answer(vectors: Vectors) -> None:
    stuffed = (
        "execution plan, index, statistics, vacuum, analyze, subquery, pagination, locks, load, table scan, join, filter, rows, columns"
    )
    assert value(stuffed, vectors) < value(GOOD, vectors) / 2


def test_a_long_answer_about_something_else_is_worth_no_more_than_a_short_one(vectors: Vectors) -> None:
    long = " ".join(
        f"In the year {year} I went to the mountains with {year % 7 + 2} friends and we cooked together." for year in range(1990, 2025)
    )
    assert value(long, vectors) <= 1.0


CODE = question("code-second-largest")
JAVASCRIPT = (
    "function second_largest(numbers) { const s = [...new Set(numbers)].sort((a, b) => b - a); return s.length > 1 ? s[1] : null; }"
)
SOLUTION = "def second_largest(numbers):\n    found = sorted(set(numbers))\n    return found[-2] if len(found) > 1 else None\n"


@pytest.mark.parametrize(("passed", "expected"), [(4, 10.0), (3, 7.5), (0, 0.0), (9, 10.0)])
def test_code_that_was_run_is_worth_what_its_tests_say(vectors: Vectors, passed: int, expected: float) -> None:
    assert score(CODE, Answer("", SOLUTION, "python", CodeResult(passed, 4)), vectors).value == expected


@pytest.mark.parametrize(
    ("code", "language", "least", "most"),
    [
        (SOLUTION, "python", 6.0, 6.0),
        (JAVASCRIPT, "javascript", 6.0, 6.0),
        ("def second_largest(numbers):\n    pass\n", "python", 0.0, 1.0),
        ("def second_largest(numbers):\n    return 2\n", "python", 0.0, 1.0),
        ("def second_largest(numbers):\n    return sorted(", "python", 0.0, 1.0),
        ("def other(numbers):\n    return sorted(numbers)[-2]\n", "python", 0.5, 2.0),
        ("function second_largest(numbers) { return", "javascript", 0.0, 1.0),
    ],
)  # fmt: skip
def test_code_that_was_only_read_has_a_ceiling_and_says_so(vectors: Vectors, code: str, language: str, least: float, most: float) -> None:
    found = score(CODE, Answer("", code, language), vectors)
    assert least <= found.value <= most
    assert "The code was not run; it was only read." in found.notes
