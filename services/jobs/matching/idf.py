"""Frozen inverse document frequencies: how much each word says, fixed until the next version is fitted and stored."""

import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from services.jobs.matching.terms import Kind, key, terms

START_CORPUS = Path(__file__).with_name("start_corpus.txt")
START_VERSION = "start-2"
# A weight of 1 as a whole number. Whole numbers add up to the same sum in any order and on any machine.
ONE = 10_000
_FORMAT = 2


@dataclass(frozen=True, slots=True, eq=False)
class FrozenIdf:
    """Weights in ten-thousandths by the words' keys, ascending; a word it never saw weighs as one that no document had."""

    version: str
    documents: int
    keys: NDArray[np.uint64]
    weights: NDArray[np.int64]
    unseen: int

    @classmethod
    def of_counts(cls, version: str, documents: int, keys: NDArray[np.uint64], counts: NDArray[np.int64], *, least: int) -> Self:
        """The smooth formula of scikit-learn, ln((1 + n) / (1 + df)) + 1, of the words in at least `least` documents; keys ascend.

        A rarer word would be learned from one person's text, and would keep a trace of it; it weighs as unseen instead.
        """
        common = counts >= least
        # Rounded from a logarithm of few different counts, so that no machine's last digit decides.
        found, places = np.unique(counts[common], return_inverse=True)
        each = np.array([_weigh(documents, int(count)) for count in found], dtype=np.int64)
        weights = each[places] if found.size else np.zeros(0, np.int64)
        return cls(version, documents, keys[common].astype(np.uint64), weights, _weigh(documents, 0))

    @classmethod
    def fit(cls, texts: Iterable[str], version: str, *, least: int = 2) -> Self:
        corpus = [set(terms(text)) for text in texts]
        counts = Counter(key(Kind.WORD, word) for words in corpus for word in words)
        keys = np.array(sorted(counts), dtype=np.uint64)
        return cls.of_counts(version, len(corpus), keys, np.array([counts[int(one)] for one in keys], dtype=np.int64), least=least)

    def weigh(self, words: Sequence[str]) -> list[int]:
        found: list[int] = self.weigh_keys(np.array([key(Kind.WORD, word) for word in words], dtype=np.uint64)).tolist()
        return found

    def weigh_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        if not self.keys.size:
            return np.full(keys.size, self.unseen, np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[places] == keys, self.weights[places], self.unseen)

    def to_bytes(self) -> bytes:
        """The same bytes for the same weights, whatever the order they were learned in."""
        head = {"format": _FORMAT, "version": self.version, "documents": self.documents, "unseen": self.unseen, "known": self.keys.size}
        return json.dumps(head).encode() + b"\n" + zlib.compress(self.keys.astype("<u8").tobytes() + self.weights.astype("<i8").tobytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError for bytes that another format or nobody wrote."""
        first, _, rest = data.partition(b"\n")
        try:
            head = json.loads(first)
            if head["format"] != _FORMAT:
                raise ValueError("not a frozen idf of this format")
            body, known = zlib.decompress(rest), head["known"]
            keys = np.frombuffer(body, "<u8", known).astype(np.uint64)
            return cls(
                head["version"], head["documents"], keys, np.frombuffer(body, "<i8", known, 8 * known).astype(np.int64), head["unseen"]
            )
        except (KeyError, TypeError, zlib.error) as problem:
            raise ValueError("not a frozen idf") from problem


def _weigh(documents: int, count: int) -> int:
    return round(ONE * (math.log((1 + documents) / (1 + count)) + 1))


@cache
def start_idf() -> FrozenIdf:
    """What a new installation scores with: fitted to the texts of start_corpus.txt, which were written for it."""
    return FrozenIdf.fit(read_start_corpus(), START_VERSION)


def read_start_corpus() -> list[str]:
    return [text for text in START_CORPUS.read_text(encoding="utf-8").split("\n\n") if text.strip()]
