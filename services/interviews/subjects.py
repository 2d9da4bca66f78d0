"""What the interviewer thinks in: a background, an opening, questions, answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Background:
    skills: tuple[str, ...]
    titles: tuple[str, ...]
    years: float
    employers: tuple[str, ...]
    headline: str


@dataclass(frozen=True)
class Opening:
    title: str
    description: str
    key_skills: tuple[str, ...]
    level: int


@dataclass(frozen=True)
class Point:
    text: str
    phrasings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    key: str
    skill: str
    kind: str
    level: int
    text: str
    points: tuple[Point, ...]
    asks_for_code: bool = False


@dataclass(frozen=True)
class Answer:
    text: str
    code: str = ""
