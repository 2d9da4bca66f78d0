"""An answer cut into sentences, each with its place, its words, and whether it may count as evidence."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from services.interviews.instructions import apart, is_instruction

LONGEST_ANSWER = 12_000  # characters that are read; a quarter of an hour of speech
MOST_SENTENCES = 120

_WORD = re.compile(r"[^\W_]+(?:[+#]+|(?:['\u2019.-][^\W_]+)*)")
_END = re.compile(r"(?<=[.!?\u3002])[\"')\]\u201d]*\s+|\s*\n\s*|;\s+")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|approx|no|mr|mrs|ms|dr|st|z\.b|bzw)\.$", re.IGNORECASE)

_STOP_TEXT = """
a about above after again against all also am an and any are aren as at be because been before being below between both but by can cannot
could did do does doing don down during each either else etc even every few for from further get gets getting go goes going got had has have
having he her here hers him his how i if in into is isn it its itself just let like lot made make makes many may me might more most much
must my myself need no nor not now of off on once one only onto or other our ours out over own quite rather really same say says she should
since so some something such than that the their them then there these they thing things this those through thus to too under until up upon
us use used uses using very was we well were what when where whether which while who whom whose why will with within without would you your
yours yourself im ive id dont didnt doesnt cant wont thats theyre youre
"""
_STOP = frozenset(_STOP_TEXT.split())


class Use(Enum):
    """What a sentence may be used for."""

    EVIDENCE = "evidence"
    LIST = "list"  # words in a row that say nothing of each other
    REPEATED = "repeated"
    QUESTION = "question"  # the question's own words
    INSTRUCTION = "instruction"


@dataclass(frozen=True)
class Sentence:
    """text[start:end] of the answer, with the stems of its words that carry meaning."""

    text: str
    start: int
    end: int
    stems: frozenset[str]
    use: Use


def words(text: str) -> list[str]:
    return [word.casefold().replace("\u2019", "'") for word in _WORD.findall(text)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest English endings, so that "tested", "tests" and "testing" are one; short words stay as they are."""
    word = word.removesuffix("'s").replace("'", "")
    for ending, rest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: len(word) - len(ending)] + rest
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


_ENDINGS = (
    ("isations", "is"), ("izations", "is"), ("isation", "is"), ("ization", "is"), ("ations", "at"), ("ation", "at"), ("ising", "is"), ("izing", "is"),
    ("ised", "is"), ("ized", "is"), ("ises", "is"), ("izes", "is"), ("ize", "is"), ("ements", ""), ("ement", ""), ("ities", ""), ("ity", ""), ("ness", ""),
    ("ating", "at"), ("ated", "at"), ("ates", "at"), ("ingly", ""), ("edly", ""), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("ers", ""),
    ("ed", ""), ("er", ""), ("ly", ""), ("sses", "ss"), ("es", ""), ("ions", ""), ("ion", ""), ("s", ""),
)  # fmt: skip


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word.replace("'", "") not in _STOP and (len(word) > 1 or word.isdigit())]


def cut(text: str, question: str = "") -> tuple[Sentence, ...]:
    """The sentences of an answer to a question; what is said again, copied from the question or addressed to the grader is marked so."""
    text = text[:LONGEST_ANSWER]
    asked = frozenset(content(question))
    seen: list[frozenset[str]] = []
    found: list[Sentence] = []
    set_apart = apart(text)
    for start, end in _spans(text):
        said = text[start:end]
        stems = frozenset(content(said))
        if not stems and not words(said):
            continue
        hidden = any(start < last and first < end for first, last in set_apart)
        use = Use.INSTRUCTION if hidden else _use(said, stems, asked, seen)
        if use in (Use.EVIDENCE, Use.LIST):
            seen.append(stems)
        found.append(Sentence(said, start, end, stems, use))
        if len(found) == MOST_SENTENCES:
            break
    return tuple(found)


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for mark in (*_END.finditer(text), None):
        end = mark.start() if mark else len(text)
        if mark and _ABBREVIATION.search(text[start:end]):
            continue
        left = start + len(text[start:end]) - len(text[start:end].lstrip())
        right = left + len(text[left:end].rstrip())
        if right > left:
            spans.append((left, right))
        start = mark.end() if mark else end
    return spans


def _use(said: str, stems: frozenset[str], asked: frozenset[str], seen: Collection[frozenset[str]]) -> Use:
    if is_instruction(said):
        return Use.INSTRUCTION
    if any(_overlap(stems, other) >= 0.9 for other in seen):
        return Use.REPEATED
    if stems and len(stems & asked) / len(stems) >= 0.8 and (len(stems) >= 3 or said.endswith("?")):
        return Use.QUESTION
    return Use.LIST if _is_list(said) else Use.EVIDENCE


def _is_list(said: str) -> bool:
    """Whether a sentence lacks the small words that make a statement of it: fewer than one word in six."""
    spoken = words(said)
    return len(spoken) >= 6 and sum(word in _STOP for word in spoken) * 6 < len(spoken)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
