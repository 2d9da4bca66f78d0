"""An index in memory over the candidates' texts, which finds the few hundred that are worth a full score for a job."""

import threading
from collections.abc import Callable, Collection, Mapping
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import job_vector, retrieval_vector

_MERGE_AT = 1024
_DIGITS = 6


class CandidateIndex:
    """Candidates by id, under one lock; weights come from one frozen idf, and another idf means another index.

    Rows live in a sealed matrix and, until there are a thousand of them, in a list of fresh ones. A change or a removal only marks the
    old row as dead; merging drops the dead rows and the terms that no living row uses, so that an erased candidate leaves no word behind.
    """

    def __init__(self, idf: FrozenIdf) -> None:
        self._idf = idf
        self._lock = threading.Lock()
        self._columns: dict[str, int] = {}
        self._sealed = sparse.csr_matrix((0, 0), dtype=np.float64)
        self._sealed_ids: list[UUID | None] = []
        self._sealed_rows: dict[UUID, int] = {}
        self._fresh: dict[UUID, Mapping[str, float]] = {}
        self._dead = 0

    def __len__(self) -> int:
        with self._lock:
            return len(self._sealed_rows) + len(self._fresh)

    def put(self, candidate_id: UUID, candidate: CandidateText) -> None:
        """Adds a candidate, or replaces what was known of them; the next search sees it."""
        vector = retrieval_vector(candidate, self._idf)
        with self._lock:
            self._forget(candidate_id)
            self._fresh[candidate_id] = vector
            if len(self._fresh) >= _MERGE_AT:
                self._merge()

    def remove(self, candidate_id: UUID) -> None:
        """Does nothing for a candidate who is not there."""
        with self._lock:
            self._forget(candidate_id)
            if self._dead > _MERGE_AT and self._dead > len(self._sealed_rows):
                self._merge()

    def search(self, job: JobText, limit: int, among: Collection[UUID] | Callable[[UUID], bool] | None = None) -> list[tuple[UUID, float]]:
        """At most `limit` candidates with their text similarity, the most similar first, equals by id; none without a word in common."""
        query = job_vector(job, self._idf)
        allowed = _predicate(among)
        with self._lock:
            found = [*self._in_sealed(query), *self._in_fresh(query)]
        found.sort(key=lambda item: (-item[1], item[0]))
        chosen: list[tuple[UUID, float]] = []
        for candidate_id, similarity in found:
            if len(chosen) >= limit:
                break
            if allowed(candidate_id):
                chosen.append((candidate_id, similarity))
        return chosen

    def compact(self) -> None:
        """Merges now: after it, nothing of a removed candidate is in memory."""
        with self._lock:
            self._merge()

    def _forget(self, candidate_id: UUID) -> None:
        self._fresh.pop(candidate_id, None)
        row = self._sealed_rows.pop(candidate_id, None)
        if row is not None:
            self._sealed_ids[row] = None
            self._dead += 1

    def _in_sealed(self, query: Mapping[str, float]) -> list[tuple[UUID, float]]:
        dense = np.zeros(self._sealed.shape[1])
        for term, weight in query.items():
            column = self._columns.get(term)
            if column is not None:
                dense[column] = weight
        similarities: NDArray[np.float64] = np.round(self._sealed @ dense, _DIGITS)
        hits = np.flatnonzero(similarities)
        return [
            (candidate_id, similarity)
            for row, similarity in zip(hits.tolist(), similarities[hits].tolist(), strict=True)
            if (candidate_id := self._sealed_ids[row]) is not None
        ]

    def _in_fresh(self, query: Mapping[str, float]) -> list[tuple[UUID, float]]:
        found = []
        for candidate_id, vector in self._fresh.items():
            similarity = round(sum(weight * vector[term] for term, weight in query.items() if term in vector), _DIGITS)
            if similarity:
                found.append((candidate_id, similarity))
        return found

    def _merge(self) -> None:
        living = list(self._sealed_rows.items())
        old = self._sealed[[row for _, row in living]] if living else sparse.csr_matrix((0, self._sealed.shape[1]), dtype=np.float64)
        used = np.unique(old.indices)
        terms = {column: term for term, column in self._columns.items()}
        columns = {terms[column]: place for place, column in enumerate(used.tolist())}
        indices = [np.searchsorted(used, old.indices)]
        data = [old.data]
        lengths = np.diff(old.indptr).tolist()
        for vector in self._fresh.values():
            row = sorted((columns.setdefault(term, len(columns)), weight) for term, weight in vector.items())
            indices.append(np.array([column for column, _ in row], dtype=np.int64))
            data.append(np.array([weight for _, weight in row], dtype=np.float64))
            lengths.append(len(row))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        ids = [*(candidate_id for candidate_id, _ in living), *self._fresh]
        self._sealed = sparse.csr_matrix((np.concatenate(data), np.concatenate(indices), starts), shape=(len(ids), len(columns)))
        self._columns = columns
        self._sealed_ids = list(ids)
        self._sealed_rows = {candidate_id: row for row, candidate_id in enumerate(ids)}
        self._fresh = {}
        self._dead = 0


def _predicate(among: Collection[UUID] | Callable[[UUID], bool] | None) -> Callable[[UUID], bool]:
    if among is None:
        return lambda _: True
    if callable(among):
        return among
    members = frozenset(among)
    return members.__contains__
