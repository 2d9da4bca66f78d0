"""How near an answer comes to one reference answer, on a scale from 0 to 5."""

from collections import Counter
from collections.abc import Sequence

from services.interviews.scoring import weights
from services.interviews.scoring.evidence import Vectors
from services.interviews.scoring.sentences import Use, content, cut


def similarity_to_reference(reference: str, answer: str, vectors: Vectors, *, question: str = "") -> float:
    """With the question, what it says already is no merit of the answer."""
    counted = [sentence for sentence in cut(answer, "") if sentence.use in (Use.EVIDENCE, Use.LIST)]
    if not counted or not content(reference):
        return 0.0
    said = " ".join(sentence.text for sentence in counted)
    parts = [sentence.text for sentence in cut(reference)] or [reference]
    texts = list(dict.fromkeys([reference, said, *parts, *(sentence.text for sentence in counted), *([question] if question else [])]))
    by_text = dict(zip(texts, vectors(texts), strict=True))
    answers = [said, *(sentence.text for sentence in counted)]
    by_part = sum(max(_dot(by_text[part], by_text[one]) for one in answers) for part in parts) / len(parts)
    beside = _beside(by_text[reference], by_text[said], by_text[question]) if question else _dot(by_text[reference], by_text[said])
    asked = frozenset(content(question))
    wanted = (frozenset(content(reference)) - asked) or frozenset(content(reference))
    shared = len(wanted & frozenset(content(said))) / len(wanted)
    letters = _letters(reference, said)
    parts_of_score = (round(by_part, 2), round(beside, 2), round(shared, 2), round(letters, 2))
    value = sum(weight * part for weight, part in zip(weights.REFERENCE_WEIGHTS, parts_of_score, strict=True))
    return round(5 * min(1.0, max(0.0, value)), 2)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _beside(reference: Sequence[float], said: Sequence[float], question: Sequence[float]) -> float:
    """The cosine of what is left of two vectors without what both share with the question."""
    one, other = _without(reference, question), _without(said, question)
    size = (_dot(one, one) * _dot(other, other)) ** 0.5
    return _dot(one, other) / size if size > 1e-6 else 0.0


def _without(vector: Sequence[float], direction: Sequence[float]) -> list[float]:
    along = _dot(vector, direction)
    return [value - along * unit for value, unit in zip(vector, direction, strict=True)]


def _letters(reference: str, said: str) -> float:
    """The share of the reference's runs of four letters that the answer has, which forgives spelling and endings."""
    wanted, given = _runs(reference), _runs(said)
    return sum((wanted & given).values()) / wanted.total() if wanted else 0.0


def _runs(text: str) -> Counter[str]:
    line = f" {' '.join(content(text))} "
    return Counter(line[start : start + 4] for start in range(len(line) - 3))
