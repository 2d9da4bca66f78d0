"""How a text becomes terms: the words and pairs of words that scoring, the index and the frozen weights all count."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

# Two or more letters, with C++, C#, F# and .NET whole; numbers alone (years, phone numbers, salaries) say nothing about a fit.
_WORD = r"(?<!\w)\.net\b|(?<!\w)[a-z](?:\+\+|#)|\b(?!\d+\b)\w\w+\b"


def vectoriser() -> TfidfVectorizer:
    """Unigrams and bigrams without accents or English stop words: "machine learning" is more than its words, three words rarely recur."""
    return TfidfVectorizer(strip_accents="unicode", stop_words="english", token_pattern=_WORD, ngram_range=(1, 2), sublinear_tf=True)


@cache
def _analyser() -> Callable[[str], list[str]]:
    analyser: Callable[[str], list[str]] = vectoriser().build_analyzer()
    return analyser


def terms(text: str) -> list[str]:
    """Every word in its order, then every pair of neighbours, stop words left out before they are paired."""
    return _analyser()(text)


def words(found: list[str]) -> list[str]:
    """The single words among terms, in their order."""
    return [term for term in found if " " not in term]


def count_terms(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(terms(text))
    return counts
