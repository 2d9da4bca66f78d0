"""How near an answer comes to one reference answer, on a scale from 0 to 5."""

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


def _dot(one: "list[float] | object", other: "list[float] | object") -> float:
    return float(sum(a * b for a, b in zip(one, other, strict=True)))  # type: ignore[call-overload]
