"""A question that takes up what was just said and asks for what is missing."""

import re
from collections.abc import Sequence

from services.chassis import skills
from services.interviews.instructions import is_instruction
from services.interviews.scoring.sentences import Use, content, cut, words
from services.interviews.scoring.signs import shows
from services.interviews.subjects import Answer, Point, Question

_SAID = 0.5  # the share of a phrasing's words from which a point counts as said
_LONGEST_QUOTE = 60
_MOST_WORDS = 6
_SAFE = re.compile(r"[^\W_][\w %+#&'\u2019.,-]*")
_FIGURE = re.compile(
    r"\b(?:from\s+)?\d[\d.,]*\s*(?:%|percent|per\s+cent)?(?:\s+(?:to\s+)?[a-z]+){0,2}|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred)\s+[a-z]+(?:\s+[a-z]+)?",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b(?:built|wrote|made|introduced|changed|replaced|created|designed|set\s+up|organi[sz]ed|led|used|use|chose|moved|fixed|added|planned|trained|checked|wrote|prepared|tested|measured"
    r"|started|developed|called|asked|showed|rebuilt|automated|reduced|improved|repaired|installed)\s+((?:[\w'-]+\s+){0,4}[\w'-]+)",
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
_EDGES_TEXT = """
a an the my our their his her its your this that these those some and or but with of to for in on at by from as so then also very it them
him us me is was were are be i we they you he she because when while if which who where how what
"""
_EDGES = frozenset(_EDGES_TEXT.split())


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
    probe = _PROBES[point.sign] if point.sign else f"What can you tell me about {point.about}?"
    return Question(key, question.skill, "follow_up", question.level, f'You mentioned "{quote}". {probe}', (point,))


def _said(point: Point, sentences: Sequence[str]) -> bool:
    if point.sign:
        return any(shows(point.sign, sentence) for sentence in sentences)
    for phrasing in (point.text, *point.phrasings):
        wanted = set(content(phrasing))
        if wanted and any(len(wanted & set(content(sentence))) / len(wanted) >= _SAID for sentence in sentences):
            return True
    return False


def _quote(sentences: Sequence[str], asked: str) -> str:
    """A figure, a tool, what was done, or else the longest plain words of the answer, exactly as they were said."""
    known = frozenset(content(asked))
    found: list[tuple[int, str]] = []
    for sentence in sentences:
        found += [(0, match[1]) for match in _OBJECT.finditer(sentence)]
        found += [(1, match[0]) for match in _FIGURE.finditer(sentence)]
        found += [(2, sentence[mention.start : mention.end]) for mention in skills.find_skills(sentence)]
        found.append((3, " ".join(sentence.split()[:_MOST_WORDS])))
    quotes = [(rank, _trim(text)) for rank, text in found]
    fitting = [(rank, text) for rank, text in quotes if text and len(frozenset(content(text)) - known) >= (1 if rank else 2)]
    return min(fitting, key=lambda entry: entry[0], default=(0, ""))[1]


def _trim(text: str) -> str:
    """Few plain words without loose ends; empty where they could be anything else than a name of what was said."""
    parts = " ".join(text.split()).split(" ")[:_MOST_WORDS]
    while parts and parts[-1].casefold().strip(".,") in _EDGES:
        parts.pop()
    while parts and parts[0].casefold() in _EDGES - {"from"}:
        parts.pop(0)
    quote = " ".join(parts).strip(" .,;-'")
    if not quote or len(quote) > _LONGEST_QUOTE or not _SAFE.fullmatch(quote) or is_instruction(quote) or not words(quote):
        return ""
    return quote
