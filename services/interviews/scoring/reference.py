"""How near an answer comes to one reference answer, on a scale from 0 to 5."""

from collections import Counter
from collections.abc import Sequence

from services.interviews.scoring import weights
from services.interviews.scoring.evidence import Vectors
from services.interviews.scoring.sentences import Use, content, cut

_RUN = 3  # letters
_LONGEST = 2000  # characters of a text that the model for vectors is given


def similarity_to_reference(reference: str, answer: str, vectors: Vectors, *, question: str = "") -> float:
    """With the question, what it says already is no merit of the answer, and what the answer leaves to it is understood."""
    sentences = [sentence.text for sentence in cut(answer, "") if sentence.use in (Use.EVIDENCE, Use.LIST)]
    if not sentences or not content(reference):
        return 0.0
    said = " ".join(_told(reference, sentences, question, vectors))[:_LONGEST]
    parts = (*_meanings(reference, said, question, vectors), _letters(reference, said), _words(reference, said, question))
    value = sum(weight * round(part, 2) for weight, part in zip(weights.REFERENCE_WEIGHTS, parts, strict=True))
    worth, most = (
        min(one, weights.REFERENCE_ENOUGH) + weights.REFERENCE_AFTER * max(0.0, one - weights.REFERENCE_ENOUGH) for one in (value, 1.0)
    )
    return round(5 * min(1.0, max(0.0, worth / most)), 2)


def is_beside(reference: str, answer: str, vectors: Vectors, *, question: str = "") -> bool:
    """Whether the answer is about something else than the reference."""
    return similarity_to_reference(reference, answer, vectors, question=question) < weights.REFERENCE_BESIDE


def _told(reference: str, sentences: Sequence[str], question: str, vectors: Vectors) -> Sequence[str]:
    """The sentences without those that are near neither reference nor question: filling neither adds to what the others say nor hides it."""
    if len(sentences) == 1:
        return sentences
    subjects = [text for text in (reference, question) if text]
    by_text = dict(zip([*subjects, *sentences], vectors([*subjects, *sentences]), strict=True))
    near = [max(_dot(by_text[sentence], by_text[subject]) for subject in subjects) for sentence in sentences]
    kept = [sentence for sentence, one in zip(sentences, near, strict=True) if round(one, 2) >= weights.REFERENCE_TOLD]
    return kept or sentences


def _meanings(reference: str, said: str, question: str, vectors: Vectors) -> tuple[float, float]:
    """The cosine of both as they are read after the question, without what each of them has of the question itself; and of both as they stand."""
    if not question:
        one, other = vectors([reference, said])
        return _dot(one, other), _dot(one, other)
    one, other, asked, *plain = vectors([f"{question} {reference}", f"{question} {said}", question, reference, said])
    one, other = _without(one, asked), _without(other, asked)
    size = (_dot(one, one) * _dot(other, other)) ** 0.5
    return _dot(one, other) / size if size > 1e-6 else 0.0, _dot(*plain)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _without(vector: Sequence[float], direction: Sequence[float]) -> list[float]:
    along = _dot(vector, direction)
    return [value - along * unit for value, unit in zip(vector, direction, strict=True)]


def _letters(reference: str, said: str) -> float:
    """The share of the reference's runs of letters that the answer has, which forgives spelling and endings."""
    wanted, given = _runs(reference), _runs(said)
    return sum((wanted & given).values()) / wanted.total() if wanted else 0.0


def _words(reference: str, said: str, question: str) -> float:
    """The share of the reference's words that the answer has; those of the question count only where the reference has no others."""
    every = frozenset(content(reference))
    wanted = (every - frozenset(content(question))) or every
    return len(wanted & frozenset(content(said))) / len(wanted)


def _runs(text: str) -> Counter[str]:
    line = f" {' '.join(content(text))} "
    return Counter(line[start : start + _RUN] for start in range(len(line) - _RUN + 1))
