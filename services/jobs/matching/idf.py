"""Frozen inverse document frequencies: how much each term says, fixed until somebody deliberately fits and stores the next version."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from services.jobs.matching.terms import vectoriser

START = Path(__file__).with_name("start_idf.json")
START_CORPUS = Path(__file__).with_name("start_corpus.txt")
START_VERSION = "start-1"

# A pair repeats what its words have said already, so it adds half of what a word of its rarity would.
_PAIR = 0.5
_DIGITS = 4
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FrozenIdf:
    """Weights rounded to four digits, so that every machine reads the same ones; a term it never saw weighs as one that no document had."""

    version: str
    documents: int
    known: Mapping[str, float]
    unseen: float

    @classmethod
    def fit(cls, texts: Iterable[str], version: str, *, min_documents: int = 2) -> Self:
        """The smooth formula of scikit-learn, ln((1 + n) / (1 + df)) + 1, of the terms in at least `min_documents` texts.

        A term below that would be learned from one person's text, and would keep a trace of it; it weighs as unseen instead.
        """
        corpus = list(texts)
        unseen = round(math.log(1 + len(corpus)) + 1, _DIGITS)
        model = vectoriser().set_params(min_df=1)
        if not any(model.build_analyzer()(text) for text in corpus):
            return cls(version, len(corpus), {}, unseen)
        model.fit(corpus)
        ceiling = math.log((1 + len(corpus)) / (1 + min_documents)) + 1 + 1e-9
        known = {
            term: round(float(model.idf_[column]), _DIGITS) for term, column in model.vocabulary_.items() if model.idf_[column] <= ceiling
        }
        return cls(version, len(corpus), dict(sorted(known.items())), unseen)

    def weight(self, term: str) -> float:
        return self.known.get(term, self.unseen) * (_PAIR if " " in term else 1.0)

    def to_bytes(self) -> bytes:
        """The same bytes for the same weights, whatever the order they were learned in."""
        content = {
            "format": _FORMAT,
            "version": self.version,
            "documents": self.documents,
            "unseen": self.unseen,
            "known": dict(sorted(self.known.items())),
        }
        return json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ValueError for bytes that another format or nobody wrote."""
        content = json.loads(data)
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise ValueError("not a frozen idf of this format")
        return cls(content["version"], content["documents"], content["known"], content["unseen"])


@cache
def start_idf() -> FrozenIdf:
    """What a new installation scores with: fitted to the texts of start_corpus.txt, which were written for it."""
    return FrozenIdf.from_bytes(START.read_bytes())


def read_start_corpus() -> list[str]:
    return [text for text in START_CORPUS.read_text(encoding="utf-8").split("\n\n") if text.strip()]
