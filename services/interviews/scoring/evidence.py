"""Where an answer says what a question's points expect, by meaning and by words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis import skills
from services.interviews.scoring import signs, weights
from services.interviews.scoring.sentences import Sentence, Use, content, cut
from services.interviews.subjects import Point, Question

# Normalised vectors for texts, in their order.
Vectors = Callable[[Sequence[str]], Sequence[Sequence[float]]]

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
    by_text = dict(zip(texts, vectors(texts), strict=True))

    def alike(one: str, other: str) -> float:
        return round(sum(a * b for a, b in zip(by_text[one], by_text[other], strict=True)), 2)

    asked = frozenset(content(question.text))
    parts, others = [*(sentence.text for sentence in usable), whole], [*subject, *(phrasing for _, phrasing in phrasings)]
    near = max(alike(part, other) for part in parts for other in others)
    relevance = round(max(weights.ramp(near, weights.RELEVANCE_RANGE), weights.NAMED_RELEVANCE * _names(question.skill, usable)), 2)
    different = frozenset[str]().union(*(sentence.stems for sentence in usable)) - asked
    told = weights.ramp(len(different), weights.TOLD_RANGE)
    found = []
    for number, point in enumerate(question.points):
        best: tuple[float, Sentence | None] = (0.0, None)
        for sentence, piece in pieces:
            strength = 0.0
            for _, phrasing in (entry for entry in phrasings if entry[0] == number):
                strength = max(strength, _strength(alike(piece, phrasing), _shared(phrasing, piece, asked)))
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


def _shared(phrasing: str, piece: str, asked: frozenset[str]) -> float:
    """The share of a phrasing's words that a piece has; words of the question are no evidence."""
    wanted = frozenset(content(phrasing)) - asked
    return round(len(wanted & frozenset(content(piece))) / len(wanted), 2) if wanted else 0.0


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
