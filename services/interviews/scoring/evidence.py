"""Where an answer says what a question's points expect, by meaning and by words."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.chassis import skills
from services.interviews.scoring import signs, weights
from services.interviews.scoring.sentences import Sentence, Use, content, cut
from services.interviews.subjects import Point, Question

# Normalised vectors for texts, in their order.
Vectors = Callable[[Sequence[str]], Sequence[Sequence[float]]]
Rows = NDArray[np.float64]

_LONG = 12  # words; a longer sentence is also read clause by clause
_CLAUSE = re.compile(r",\s+|\s+(?=(?:and|but|because|so|then|which|while)\s)|\s+-\s+|:\s+", re.IGNORECASE)
_SHORTEST_CLAUSE = 5
_MOST_NEIGHBOURS = 40
_LONGEST_WHOLE = 2000  # characters; the model reads no more of a text


@dataclass(frozen=True)
class PointScore:
    """How strongly a point was said, 0 to 1, and the sentence that says it: answer[start:end], empty where none does."""

    text: str
    strength: float
    found: bool
    quote: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Reading:
    """An answer as it was read: its points, how much it is about the question (0 to 1), and the sentences."""

    points: tuple[PointScore, ...]
    relevance: float
    sentences: tuple[Sentence, ...]


def read(question: Question, text: str, vectors: Vectors) -> Reading:
    """Asks for all vectors in one call."""
    sentences = cut(text, question.text)
    usable = [sentence for sentence in sentences if sentence.use in (Use.EVIDENCE, Use.LIST)]
    if not usable:
        return Reading(tuple(PointScore(point.text, 0.0, found=False) for point in question.points), 0.0, sentences)
    pieces = [(sentence, piece) for sentence in usable for piece in _pieces(sentence.text)]
    phrasings = [(number, phrasing) for number, point in enumerate(question.points) for phrasing in _phrasings(point)]
    subject = [question.text, *_field(question.skill)]
    whole = " ".join(sentence.text for sentence in usable)[:_LONGEST_WHOLE]
    # A text stands once in the request however often it is needed.
    texts = list(dict.fromkeys([piece for _, piece in pieces] + [phrasing for _, phrasing in phrasings] + subject + [whole]))
    by_text = dict(zip(texts, np.array(vectors(texts), dtype=float), strict=True))

    def rows(chosen: Iterable[str]) -> Rows:
        return np.stack([by_text[text] for text in chosen])

    asked = frozenset(content(question.text))
    parts, others = [*(sentence.text for sentence in usable), whole], [*subject, *(phrasing for _, phrasing in phrasings)]
    near = round(float((rows(parts) @ rows(others).T).max()), 2)
    relevance = round(max(weights.ramp(near, weights.RELEVANCE_RANGE), weights.NAMED_RELEVANCE * _names(question.skill, usable)), 2)
    different = frozenset[str]().union(*(sentence.stems for sentence in usable)) - asked
    told = weights.ramp(len(different), weights.TOLD_RANGE)
    alike = np.zeros((len(pieces), 0))
    if phrasings:
        alike = _alike(rows(piece for _, piece in pieces), rows(phrasing for _, phrasing in phrasings), by_text[question.text])
    stems = [frozenset(content(piece)) for _, piece in pieces]
    wanted = [frozenset(content(phrasing)) - asked for _, phrasing in phrasings]
    found = []
    for number, point in enumerate(question.points):
        columns = [column for column, (owner, _) in enumerate(phrasings) if owner == number]
        best: tuple[float, Sentence | None] = (0.0, None)
        for row, (sentence, _) in enumerate(pieces):
            strength = max((_strength(float(alike[row, column]), _shared(wanted[column], stems[row])) for column in columns), default=0.0)
            if point.sign and relevance >= weights.DEVIATED_BELOW and signs.shows(point.sign, sentence.text):
                strength = max(strength, told)
            if sentence.use is Use.LIST:
                strength *= weights.LIST_FACTOR
            if round(strength, 2) > best[0]:
                best = round(strength, 2), sentence
        found.append(_point_score(point, *best))
    return Reading(tuple(found), relevance, sentences)


def _field(skill: str) -> list[str]:
    """The skill and its neighbours in the taxonomy: a story about nursing may never say the word."""
    known = skills.taxonomy().skills.get(skill)
    near = [name for name, other in skills.taxonomy().skills.items() if known and other.category == known.category and name != skill]
    return [skill, *near[:_MOST_NEIGHBOURS]] if skill else []


def _names(skill: str, sentences: Sequence[Sentence]) -> bool:
    """Whether the skill itself, or one that needs it, is named."""
    named = {mention.skill for sentence in sentences for mention in skills.find_skills(sentence.text)}
    return any(skill == name or skill in skills.implied_skills(name) for name in named)


def _strength(semantic: float, lexical: float) -> float:
    return weights.SEMANTIC_SHARE * weights.ramp(semantic, weights.SEMANTIC_RANGE) + weights.LEXICAL_SHARE * weights.ramp(
        lexical, weights.LEXICAL_RANGE
    )


def _alike(pieces: Rows, phrasings: Rows, question: Rows) -> Rows:
    """How near each piece is to each phrasing: by themselves, and without what both have of the question, which any answer to it has."""
    left, right = _without(pieces, question), _without(phrasings, question)
    apart = weights.SEMANTIC_APART
    return np.asarray(np.round((1 - apart) * (pieces @ phrasings.T) + apart * (left @ right.T), 2))


def _without(rows: Rows, direction: Rows) -> Rows:
    rest = rows - np.outer(rows @ direction, direction)
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6))


def _shared(wanted: frozenset[str], given: frozenset[str]) -> float:
    """The share of a phrasing's words that a piece has; words of the question are no evidence."""
    return round(len(wanted & given) / len(wanted), 2) if wanted else 0.0


def _phrasings(point: Point) -> tuple[str, ...]:
    return point.phrasings if point.sign else (point.text, *point.phrasings)


def _pieces(text: str) -> list[str]:
    if len(text.split()) <= _LONG:
        return [text]
    clauses: list[str] = []
    for part in _CLAUSE.split(text):
        if clauses and len(clauses[-1].split()) < _SHORTEST_CLAUSE:
            clauses[-1] = f"{clauses[-1]} {part}"
        elif part:
            clauses.append(part)
    return [text, *clauses] if len(clauses) > 1 else [text]


def _point_score(point: Point, strength: float, sentence: Sentence | None) -> PointScore:
    if sentence is None:
        return PointScore(point.text, 0.0, found=False)
    found = strength >= weights.FOUND
    if not found:
        return PointScore(point.text, strength, found=False)
    return PointScore(point.text, strength, found, sentence.text, sentence.start, sentence.end)
