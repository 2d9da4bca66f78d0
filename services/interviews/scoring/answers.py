"""One answer's score: the points it has, with the sentences that say them, and whether it is about the question at all."""

from dataclasses import dataclass

from services.interviews.scoring import weights
from services.interviews.scoring.code import read_code
from services.interviews.scoring.evidence import PointScore, Reading, Vectors, read
from services.interviews.scoring.sentences import Use
from services.interviews.subjects import Answer, CodeResult, Question


@dataclass(frozen=True)
class AnswerScore:
    """A value from 0 to 10 with one digit, and all that it rests on. The same question, answer and vectors give the same score."""

    value: float
    points: tuple[PointScore, ...]
    relevance: float
    is_deviated: bool
    notes: tuple[str, ...] = ()
    code: CodeResult | None = None


_NOTES = {
    Use.INSTRUCTION: "A part of the answer speaks to the grader; it was left out.",
    Use.REPEATED: "A part of the answer was said twice; it counts once.",
    Use.QUESTION: "A part of the answer repeats the question; it was left out.",
    Use.LIST: "A part of the answer lists words without saying anything of them; it counts little.",
}


def score(question: Question, answer: Answer, vectors: Vectors) -> AnswerScore:
    reading = read(question, answer.text, vectors)
    notes = [note for use, note in _NOTES.items() if any(sentence.use is use for sentence in reading.sentences)]
    if question.asks_for_code:
        return _score_code(question, answer, reading, notes)
    if not answer.text.strip():
        return AnswerScore(0.0, reading.points, 0.0, is_deviated=False, notes=("No answer was given.",))
    is_deviated = reading.relevance < weights.DEVIATED_BELOW and not any(point.found for point in reading.points)
    value = _value(reading)
    if is_deviated:
        value = min(value, weights.DEVIATED_CEILING)
        notes.append("The answer is not about the question.")
    return AnswerScore(round(value, 1), reading.points, reading.relevance, is_deviated, tuple(notes))


def _value(reading: Reading) -> float:
    relevance = weights.RELEVANCE_SHARE * reading.relevance
    if not reading.points:
        return 10 * relevance
    share = sum(point.strength for point in reading.points) / len(reading.points)
    return 10 * (weights.POINTS_SHARE * min(1.0, share / weights.ENOUGH) + relevance)


def _score_code(question: Question, answer: Answer, reading: Reading, notes: list[str]) -> AnswerScore:
    if answer.code_result is not None and answer.code_result.total > 0:
        passed, total = min(answer.code_result.passed, answer.code_result.total), answer.code_result.total
        notes.append(f"The code passed {passed} of {total} tests.")
        value = 10 * max(passed, 0) / total * (1 - weights.COST_SHARE * _excess(answer.code_result, notes))
        return AnswerScore(round(value, 1), reading.points, 1.0, is_deviated=False, notes=tuple(notes), code=answer.code_result)
    if answer.code.strip():
        code = read_code(answer.code, answer.language, question.signature)
        notes += [*code.notes, "The code was not run; it was only read."]
        return AnswerScore(
            round(weights.CODE_READ_CEILING * code.share, 1), reading.points, max(reading.relevance, 1.0 if code.share > 0.3 else 0.0),
            is_deviated=False, notes=tuple(notes),
        )  # fmt: skip
    if not answer.text.strip():
        return AnswerScore(0.0, reading.points, 0.0, is_deviated=False, notes=("No answer was given.",))
    is_deviated = reading.relevance < weights.DEVIATED_BELOW and not any(point.found for point in reading.points)
    value = min(_value(reading) * weights.CODE_MISSING_CEILING / 10, weights.DEVIATED_CEILING if is_deviated else 10.0)
    notes.append("The question asks for code, and there is none.")
    return AnswerScore(round(value, 1), reading.points, reading.relevance, is_deviated, tuple(notes))


def _excess(result: CodeResult, notes: list[str]) -> float:
    """From 0 to 1, by how much the cost grows faster with the input than the question calls good."""
    if result.growth is None or result.good_growth is None:
        return 0.0
    excess = weights.ramp(result.growth, (result.good_growth, result.good_growth + weights.COST_RANGE))
    if excess:
        notes.append(f"Its cost grows with the input to the power of {result.growth}; {result.good_growth} is good.")
    return excess
