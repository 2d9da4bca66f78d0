"""The words that jobs are found by, and what a search asks of them."""

import re
from collections.abc import Iterable

from services.chassis.skills import normalise
from services.jobs.matching.spelling import country, fold, spell_out
from services.jobs.tables import Job

# "C++", "C#" and ".NET" are words, and so is "R&D", which is no R.
_WORD = r"(?<!\w)\.net\b|(?<!\w)\w{1,2}&\w{1,2}(?!\w)|\w+(?:\+\+|#(?!\w))?"
_COMPOUND = re.compile(rf"(?:{_WORD})(?:[-.'\u2019\u2010\u2011]\w+)*", re.IGNORECASE)
_WORDS = re.compile(_WORD)
_LONGEST_WORD = 100
_WHOLE_WORD = 2
# Before the words of a place, which are looked for among places alone.
_PLACE = "@"


def job_words(job: Job) -> list[str]:
    """What a job is found by, each once."""
    places = {f"{_PLACE}{word}" for word in _held(job.location)} | {f"{_PLACE}={code}" for code in _codes(job.location)}
    return sorted(_held(" ".join((job.title, job.description, job.company_name, job.location, *job.key_skills))) | places)


def by_words(query: str) -> str | None:
    """A tsquery for all words of the query, each as it may be written: without accents or hyphens, by another name of a skill, or, if it is longer, as
    the beginning of another. Empty where nothing is asked for, None for signs without a word, which no job has.
    """
    if not query.strip():
        return ""
    asked = [_any(_spellings(one) | _named(one)) for one in _COMPOUND.findall(query)]
    return " & ".join(asked) or None


def by_place(location: str) -> str | None:
    """The same for the words of a place; a country is known by any of its names."""
    if not location.strip():
        return ""
    asked = []
    for part in filter(None, (part.strip() for part in location.split(","))):
        words = " & ".join(_any(_spellings(one), _PLACE) for one in _COMPOUND.findall(part))
        code = country(part)
        asked.append(f"({words} | '{_PLACE}={code}')" if code and words else words)
    return " & ".join(filter(None, asked)) or None


def _held(text: str) -> set[str]:
    """Every word, with umlauts both ways; of a compound its parts and the whole as one, but no letter at its end: Objective-C is no C."""
    found: set[str] = set()
    for one in _COMPOUND.findall(text):
        for spelt in {fold(one), spell_out(one)}:
            parts = _WORDS.findall(spelt)
            found.update(parts if len(parts) == 1 else (*parts[:-1], *(part for part in parts[-1:] if len(part) > 1), "".join(parts)))
    return {word[:_LONGEST_WORD] for word in found}


def _codes(location: str) -> set[str]:
    return {code for part in location.split(",") if (code := country(part))}


def _spellings(one: str) -> set[tuple[str, ...]]:
    """Ways to write a word, each as words that must all be there."""
    found: set[tuple[str, ...]] = set()
    for spelt in (fold(one), spell_out(one)):
        parts = _WORDS.findall(spelt)
        found.add(("".join(parts),))
        if len(parts) > 1 and len(parts[-1]) > 1:
            found.add(tuple(parts))
    return found


def _named(one: str) -> set[tuple[str, ...]]:
    """The standard name of a skill that the word is another name of: "k8s" is Kubernetes."""
    skill = normalise(one)
    return {tuple("".join(_WORDS.findall(fold(part))) for part in _COMPOUND.findall(skill))} if skill else set()


def _any(ways: Iterable[tuple[str, ...]], mark: str = "") -> str:
    return "(" + " | ".join(" & ".join(_asked(word[:_LONGEST_WORD], mark) for word in way) for way in sorted(ways)) + ")"


def _asked(word: str, mark: str) -> str:
    """A short word and one that ends with a sign are asked for whole."""
    return f"'{mark}{word}'" if len(word) <= _WHOLE_WORD or not word[-1].isalnum() else f"'{mark}{word}':*"
