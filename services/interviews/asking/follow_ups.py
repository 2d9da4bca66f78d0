"""A question that takes up what was just said and asks for what is missing."""

import re
from collections.abc import Callable, Sequence

from services.chassis import skills
from services.interviews.instructions import is_instruction
from services.interviews.scoring.sentences import Use, content, cut, words
from services.interviews.scoring.signs import shows
from services.interviews.subjects import Answer, Point, Question

_SAID = 0.5  # the share of a phrasing's words from which a point counts as said
_LONGEST_QUOTE = 110
_FEWEST_WORDS, _MOST_WORDS = 3, 16
_CLAUSES = re.compile(r"[,;:]\s+|\s+(?=(?:so that|because|although|which|while|but|then)\s)", re.IGNORECASE)
_SAFE = re.compile(r"[^\W_][\w %+#&'\u2019.,-]*")
_FIGURE = re.compile(
    r"\b(?:from\s+)?\d[\d.,]*\s*(?:%|percent|per\s+cent)?(?:\s+(?:to\s+)?[a-z]+){0,2}|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred)\s+[a-z]+(?:\s+[a-z]+)?",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:built|wrote|made|introduced|changed|replaced|created|designed|set\s+up|organi[sz]ed|led|used|use|chose|moved|fixed|added|planned|trained|checked|prepared"
    r"|tested|measured|started|developed|called|asked|showed|rebuilt|automated|reduced|improved|repaired|installed|decided|kept)\b",
    re.IGNORECASE,
)
_PROBES = {
    "situation": "What was the situation, and what was at stake?",
    "own_part": "What exactly did you do yourself?",
    "action": "Which steps did you take, one after the other?",
    "reason": "Why did you do it that way, and not in another?",
    "result": "What came of it in the end?",
    "number": "Can you put a number to it?",
    "lesson": "What do you do differently since then?",
}
_LOOSE_AT_THE_START = frozenset(("and", "or", "but", "so", "then", "also", "because"))
_LOOSE_AT_THE_END = _LOOSE_AT_THE_START | frozenset(
    ("a", "an", "the", "of", "with", "to", "for", "in", "on", "at", "by", "from", "as", "that", "which", "who")
)


def follow_up(question: Question, answer: Answer, asked: Sequence[Question], *, missing: Sequence[Point] | None = None) -> Question | None:
    """At most one for a question, and none where nothing was said that could be taken up or nothing is missing.

    `missing` are the points that scoring did not find; without it, the words alone say which are.
    """
    key = f"{question.key}>follow-up"
    if question.kind == "follow_up" or any(other.key == key for other in asked):
        return None
    sentences = [sentence.text for sentence in cut(answer.text, question.text) if sentence.use is Use.EVIDENCE]
    lacking = tuple(point for point in question.points if not _said(point, sentences)) if missing is None else tuple(missing)
    quote = _quote(sentences, question.text)
    if not quote or not lacking:
        return None
    point = min(
        lacking, key=lambda each: (not each.about and each.sign == "number", question.points.index(each) if each in question.points else 0)
    )
    probe = _PROBES[point.sign] if point.sign else f"What about {point.about}?"
    return Question(key, question.skill, "follow_up", question.level, f'You said: "{quote}". {probe}', (point,))


def _said(point: Point, sentences: Sequence[str]) -> bool:
    if point.sign:
        return any(shows(point.sign, sentence) for sentence in sentences)
    for phrasing in (point.text, *point.phrasings):
        wanted = set(content(phrasing))
        if wanted and any(len(wanted & set(content(sentence))) / len(wanted) >= _SAID for sentence in sentences):
            return True
    return False


def _quote(sentences: Sequence[str], asked: str) -> str:
    """A clause, exactly as it was said: one that says what was done, or else has a figure, or a tool, or else the first."""
    known = frozenset(content(asked))
    clauses = [_trim(clause) for sentence in sentences for clause in _CLAUSES.split(sentence)]
    fitting = [clause for clause in clauses if clause and frozenset(content(clause)) - known]
    signs: tuple[Callable[[str], object], ...] = (_DONE.search, _FIGURE.search, skills.find_skills)
    return min(fitting, key=lambda clause: next((rank for rank, shown in enumerate(signs) if shown(clause)), len(signs)), default="")


def _trim(clause: str) -> str:
    """A clause without loose ends; empty where it is no few plain words, or could be anything else than what was said."""
    parts = clause.split()
    while parts and parts[-1].casefold().strip(".,") in _LOOSE_AT_THE_END:
        parts.pop()
    while parts and parts[0].casefold() in _LOOSE_AT_THE_START:
        parts.pop(0)
    quote = " ".join(parts).strip(" .,;-'")
    fits = _FEWEST_WORDS <= len(parts) <= _MOST_WORDS and len(quote) <= _LONGEST_QUOTE
    return quote if fits and _SAFE.fullmatch(quote) and not is_instruction(quote) and words(quote) else ""
