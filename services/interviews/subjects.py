"""What the interviewer works on: who is asked, for which opening, the questions, and what was answered."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS: tuple[str, ...] = ("experience", "knowledge", "situation", "coding", "follow_up")


@dataclass(frozen=True)
class Background:
    """What a resume says, the latest first; `years` is the whole time at work. All of it was written by the candidate and is data."""

    skills: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    years: float = 0.0
    employers: tuple[str, ...] = ()
    headline: str = ""


@dataclass(frozen=True)
class Opening:
    """What a job asks for; `level` is junior, mid or senior, or empty where the job does not say."""

    title: str
    description: str = ""
    key_skills: tuple[str, ...] = ()
    level: str = ""


@dataclass(frozen=True)
class Point:
    """One thing that a good answer says.

    `text` is how the report names it, `phrasings` how people say it, `about` the few words with which a follow-up asks for it. A `sign` names something
    that is seen in how an answer is told (see scoring/signs.py) rather than in what it means; it counts only in an answer to the question.
    """

    text: str
    phrasings: tuple[str, ...] = ()
    about: str = ""
    sign: str = ""


@dataclass(frozen=True)
class CodeTest:
    """One call of the function that a coding question asks for: a JSON list of arguments, and the JSON value that comes back."""

    arguments: str
    expected: str
    is_hidden: bool = False


@dataclass(frozen=True)
class Question:
    """A question as it is asked. Its key is unique in the bank; that of a question made for one skill or resume ends in what it was made for."""

    key: str
    skill: str
    kind: str
    level: int
    text: str
    points: tuple[Point, ...] = ()
    asks_for_code: bool = False
    # The function that the code must define, with its parameters: "longest_run(values)".
    signature: str = ""
    tests: tuple[CodeTest, ...] = ()
    # The power of the input's size up to which the cost of the code may grow; 0 where that is not looked at.
    good_growth: float = 0.0


@dataclass(frozen=True)
class CodeResult:
    """What running the code against the question's tests gave: how many it passed, and where that was measured, the power of the input's size with which
    its cost grows, beside that up to which it is as good as it gets.
    """

    passed: int
    total: int
    growth: float | None = None
    good_growth: float | None = None


@dataclass(frozen=True)
class Answer:
    """What was said, or written down from speech; `code` where there is some, `language` as in "python", and its result where it was run."""

    text: str
    code: str = ""
    language: str = ""
    code_result: CodeResult | None = None


def question_to_json(question: Question) -> dict[str, Any]:
    return asdict(question)


def question_from_json(value: Mapping[str, Any]) -> Question:
    """The inverse of question_to_json, also after JSON has made lists of tuples."""
    points = tuple(Point(**{**point, "phrasings": tuple(point["phrasings"])}) for point in value["points"])
    return Question(**{**value, "points": points, "tests": tuple(CodeTest(**test) for test in value["tests"])})
