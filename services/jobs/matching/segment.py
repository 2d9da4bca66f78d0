"""A segment: the postings of up to 62,500 candidates, which never change, and the ways to make one of documents or of other segments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.jobs.matching import kernels
from services.jobs.matching import postings as lists
from services.jobs.matching.features import Document, Features, Keys, tenant_key, title_key
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.terms import Kind

# So many that the sums of one segment stay in a core's cache, and that two bytes number a document.
MOST_DOCUMENTS = 62_500
# A term that one in sixteen documents has is kept as a bit for each of them, which is asked of those alone whom the other terms leave; a small segment is
# not worth it.
_DENSE, _WORTH_BITS = 16, 1_000
_HALF = 1 << 64
# Of the year 5461: who started later has not, whoever ends later goes on, and nobody is asked for more years than that.
_LAST_MONTH = 65_535


@dataclass(frozen=True, slots=True)
class Segment:
    """Candidates by id, ascending, and their terms by key, ascending. A posting is a document's number and nothing else: a word's weight is the word's.

    `postings[starts[t]:starts[t + 1]]` are who has the term t, as postings.py writes it, or, where `dense[i]` is t, `bits[i]`. Terms of a kind begin at
    `kinds[kind]`. Titles are terms too; their words are `title_words[title_starts[i]:title_starts[i + 1]]` in the order of the titles' keys, as are the
    places that `place` numbers.
    """

    high: Keys
    low: Keys
    open: NDArray[np.uint8]
    months: NDArray[np.uint16]
    level: NDArray[np.uint8]
    place: NDArray[np.uint16]
    place_starts: NDArray[np.int64]
    place_parts: Keys
    terms: Keys
    kinds: NDArray[np.int64]
    starts: NDArray[np.uint32]
    postings: NDArray[np.uint8]
    dense: NDArray[np.int64]
    bits: NDArray[np.uint8]
    title_starts: NDArray[np.int64]
    title_words: Keys

    def __len__(self) -> int:
        return int(self.high.size)

    @property
    def first_title(self) -> int:
        return int(self.kinds[Kind.TITLE])

    @property
    def words(self) -> slice:
        """Where the words are among the terms."""
        return slice(0, int(self.kinds[Kind.SKILL]))

    def find(self, kind: Kind, keys: Keys) -> NDArray[np.int64]:
        """Where keys of one kind are among the terms, -1 for one that no document has."""
        places = np.empty(keys.size, np.int64)
        kernels.find(self.terms, self.kinds[kind], self.kinds[kind + 1], keys, places)
        return places

    def dense_row(self, term: int) -> int:
        """The term's row of bits, or -1."""
        row = int(np.searchsorted(self.dense, term))
        return row if row < self.dense.size and self.dense[row] == term else -1

    def rows_with(self, term: int) -> NDArray[np.uint16]:
        """The documents of a term, ascending."""
        if term < 0:
            return np.zeros(0, np.uint16)
        row = self.dense_row(term)
        if row >= 0:
            return np.flatnonzero(np.unpackbits(self.bits[row], count=len(self), bitorder="little")).astype(np.uint16)
        documents: NDArray[np.uint16] = lists.read(self.postings, int(self.starts[term]), int(self.starts[term + 1]))
        return documents

    def row_of(self, candidate_id: UUID) -> int:
        """The document of a candidate, or -1."""
        high, low = divmod(candidate_id.int, _HALF)
        first, last = (int(np.searchsorted(self.high, np.uint64(high), side)) for side in ("left", "right"))
        row = first + int(np.searchsorted(self.low[first:last], np.uint64(low)))
        return row if row < last and int(self.low[row]) == low else -1

    def candidate(self, row: int) -> UUID:
        return UUID(int=int(self.high[row]) * _HALF + int(self.low[row]))

    def count(self, alive: NDArray[np.uint8]) -> NDArray[np.int64]:
        """How many of the living have each term."""
        counts = np.zeros(self.terms.size, np.int64)
        lists.count_alive(self.starts, self.postings, self.bits, self.dense, alive, counts)
        return counts

    @property
    def nbytes(self) -> int:
        return sum(int(getattr(self, field.name).nbytes) for field in fields(self))


def build(documents: Iterable[Document]) -> Segment:
    """One of at most MOST_DOCUMENTS documents, each candidate once."""
    ordered = sorted(documents, key=lambda one: one.candidate_id.int)
    read = [Features.unpack(one.features) for one in ordered]
    titles: dict[int, tuple[int, ...]] = {}
    keys: list[Any] = []
    lengths = []
    for document, features in zip(ordered, read, strict=True):
        held = [title_key(words.tolist()) for words in features.titles]
        titles.update(zip(held, (tuple(words.tolist()) for words in features.titles), strict=True))
        merged = [tenant_key(tenant_id, merged=True) for tenant_id in document.merged_for]
        others = np.array([*held, *map(tenant_key, (*document.tenants, *document.jobs)), *merged], dtype=np.uint64)
        keys += [features.words, features.skills, others]
        lengths.append(features.words.size + features.skills.size + others.size)
    terms, term_of = np.unique(np.concatenate([*keys, np.zeros(0, np.uint64)]).astype(np.uint64), return_inverse=True)
    halves = [divmod(one.candidate_id.int, _HALF) for one in ordered]
    return _assemble(
        terms, term_of.astype(np.int32), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), titles, [one.places for one in read],
        high=np.array([high for high, _ in halves], np.uint64), low=np.array([low for _, low in halves], np.uint64),
        open=np.array([one.discoverable for one in ordered], np.uint8), level=np.array([one.level for one in read], np.uint8),
        months=np.minimum(np.array([one.months for one in read], np.int64), _LAST_MONTH).astype(np.uint16).reshape(len(read), 3),
    )  # fmt: skip


def merge(parts: Sequence[tuple[Segment, NDArray[np.uint8]]]) -> Segment:
    """The living documents of several segments in one, and no term that only the dead had."""
    living = [np.flatnonzero(alive) for _, alive in parts]

    def gather(name: str) -> Any:
        return np.concatenate([getattr(segment, name)[rows] for (segment, _), rows in zip(parts, living, strict=True)])

    high, low = gather("high"), gather("low")
    order = np.lexsort((low, high))
    place_of = np.empty(order.size, np.int64)
    place_of[order] = np.arange(order.size)
    row_of, first = [], 0
    for (segment, _), rows in zip(parts, living, strict=True):
        new = np.full(len(segment), -1, np.int64)
        new[rows] = place_of[first : first + rows.size]
        row_of.append(new)
        first += rows.size
    terms = np.unique(np.concatenate([segment.terms for segment, _ in parts]))
    lengths = np.zeros(order.size, np.int64)
    for (segment, _), new in zip(parts, row_of, strict=True):
        lists.count_living(segment.starts, segment.postings, segment.bits, new, lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    term_of, at = np.empty(int(starts[-1]), np.int32), starts[:-1].copy()
    for (segment, _), new in zip(parts, row_of, strict=True):
        numbers = np.searchsorted(terms, segment.terms).astype(np.int32)
        lists.copy_living(segment.starts, segment.postings, segment.bits, segment.dense, new, numbers, at, term_of)
    used, numbers = np.zeros(terms.size, bool), np.zeros(terms.size, np.int32)
    used[term_of] = True
    numbers[used] = np.arange(int(used.sum()), dtype=np.int32)
    places = [_places(segment) for segment, _ in parts]
    held = [
        table[number] for (segment, _), rows, table in zip(parts, living, places, strict=True) for number in segment.place[rows].tolist()
    ]
    titles = {number: words for segment, _ in parts for number, words in _titles(segment).items()}
    lists.renumber(term_of, numbers)
    return _assemble(
        terms[used], term_of, starts, titles, [held[row] for row in order.tolist()],
        high=high[order], low=low[order], open=gather("open")[order], level=gather("level")[order], months=gather("months")[order],
    )  # fmt: skip


def _assemble(
    terms: Keys, term_of: NDArray[np.int32], of_document: NDArray[np.int64], titles: dict[int, tuple[int, ...]], held: list[tuple[int, ...]],
    **columns: Any,
) -> Segment:  # fmt: skip
    size = of_document.size - 1
    counts = lists.count_documents(term_of, terms.size)
    dense = np.flatnonzero(counts * _DENSE > size) if size >= _WORTH_BITS else np.zeros(0, np.int64)
    dense_row = np.full(terms.size, -1, np.int32)
    dense_row[dense] = np.arange(dense.size)
    starts = lists.measure(term_of, of_document, dense_row)
    postings, bits = np.empty(int(starts[-1]), np.uint8), np.zeros((dense.size, -(-size // 8)), np.uint8)
    lists.write(term_of, of_document, dense_row, starts, postings, bits)
    numbers: dict[tuple[int, ...], int] = {}
    place = np.array([numbers.setdefault(parts, len(numbers)) for parts in held], np.uint16)
    kinds = np.append(np.searchsorted(terms, np.array([kind.first_key for kind in Kind], np.uint64)), terms.size)
    listed = [titles[int(number)] for number in terms[kinds[Kind.TITLE] :]]
    return Segment(
        terms=terms, kinds=kinds.astype(np.int64), starts=starts, postings=postings, dense=dense.astype(np.int64), bits=bits, place=place,
        place_starts=_starts([len(parts) for parts in numbers]), place_parts=np.array([part for parts in numbers for part in parts], np.uint64),
        title_starts=_starts([len(words) for words in listed]), title_words=np.array([word for words in listed for word in words], np.uint64),
        **columns,
    )  # fmt: skip


def _starts(lengths: Any) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int64)


def _rows(starts: NDArray[np.int64], values: Keys) -> list[tuple[int, ...]]:
    flat, ends = values.tolist(), starts.tolist()
    return [tuple(flat[first:last]) for first, last in pairwise(ends)]


def _places(segment: Segment) -> list[tuple[int, ...]]:
    return _rows(segment.place_starts, segment.place_parts)


def _titles(segment: Segment) -> dict[int, tuple[int, ...]]:
    return dict(zip(segment.terms[segment.first_title :].tolist(), _rows(segment.title_starts, segment.title_words), strict=True))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What follows from a segment and one frozen idf: a moment's work, so that weights can be fitted anew without building an index."""

    scale: NDArray[np.float64]
    title_weights: NDArray[np.int64]


def weigh(segment: Segment, idf: FrozenIdf, full: float) -> Weighed:
    """`full` is what the scale of a candidate of length 1 is: see score.text_scale."""
    squares = np.zeros(segment.terms.size, np.int64)
    squares[segment.words] = idf.weigh_keys(segment.terms[segment.words]) ** 2
    sums = np.zeros(len(segment), np.int64)
    lists.sum_squares(segment.starts, segment.postings, segment.bits, segment.dense, squares, sums)
    scale = np.zeros(len(segment))
    np.divide(full, np.sqrt(sums.astype(np.float64)), out=scale, where=sums > 0)
    weights = np.concatenate([[0], np.cumsum(idf.weigh_keys(segment.title_words))])
    return Weighed(scale, weights[segment.title_starts[1:]] - weights[segment.title_starts[:-1]])
