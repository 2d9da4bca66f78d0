"""How a text becomes terms: the words that scoring, the index and the frozen weights all count, and the numbers that stand for them."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b

from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

# Two or more letters, with C++, C#, F# and .NET whole; numbers alone (years, phone numbers, salaries) say nothing about a fit.
_WORD = r"(?<!\w)\.net\b|(?<!\w)[a-z](?:\+\+|#)|\b(?!\d+\b)\w\w+\b"
_KIND_SHIFT = 62


class Kind(IntEnum):
    """What a key stands for; keys of one kind are neighbours where keys are sorted."""

    WORD = 0
    SKILL = 1
    TENANT = 2
    TITLE = 3

    @property
    def first_key(self) -> int:
        """No key of the kind is below."""
        return self << _KIND_SHIFT


def vectoriser() -> TfidfVectorizer:
    """Words without accents or English stop words. What is said in several words is the skills' business, which know "machine learning"."""
    return TfidfVectorizer(strip_accents="unicode", stop_words="english", token_pattern=_WORD, sublinear_tf=True)


@cache
def _analyser() -> Callable[[str], list[str]]:
    analyser: Callable[[str], list[str]] = vectoriser().build_analyzer()
    return analyser


def terms(text: str) -> list[str]:
    """Every word in its order, stop words left out."""
    return _analyser()(text)


def count_terms(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(terms(text))
    return counts


@lru_cache(maxsize=20_000)
def key(kind: Kind, text: str) -> int:
    """64 bits, the first two of which are the kind: an index of a million people holds no dictionary of what they wrote."""
    hashed = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return kind.first_key | hashed >> 2
