"""The index in memory over all candidates: every one is scored for a job, within milliseconds, and comes out with the very score that score.py gives."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.jobs.matching import kernels, signals
from services.jobs.matching.features import Document, Keys, pack, tenant_key
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import WEIGHTS, JobReading, asked_signals, read_candidate, read_job, text_scale
from services.jobs.matching.segment import MOST_DOCUMENTS, Segment, Weighed, build, merge, weigh
from services.jobs.matching.signals import ONE
from services.jobs.matching.terms import Kind, key

# Above every score: where the first page starts.
_TOP = 1001
_SMALL, _MANY_SMALL, _MANY = 4_000, 8, 4
_MONTHS = 12
# Where one in so many is left, frequent words are looked up for each rather than added up for everybody.
_FEW = 16


class Hit(NamedTuple):
    """A candidate's place in the order: their score in tenths of a point, best first, equals by id."""

    tenths: int
    candidate_id: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """A segment, what the weights make of it, and who of it is still as it says. `erased` where somebody's words must go soon."""

    segment: Segment
    weighed: Weighed
    alive: NDArray[np.uint8]
    erased: bool = False

    @property
    def living(self) -> int:
        return int(self.alive.sum())


@dataclass(frozen=True, slots=True)
class State:
    """All of the index at one moment; a search sees one, whatever changes meanwhile."""

    idf: FrozenIdf
    parts: tuple[Part, ...] = ()

    def __len__(self) -> int:
        return sum(part.living for part in self.parts)


class CandidateIndex:
    """Searches take no lock. Changes come one after the other: each batch is a small segment of its own, and marks what it replaces as dead.

    Small segments are merged by tidy(), beside the searches and the changes.
    """

    def __init__(self, idf: FrozenIdf, parts: Iterable[tuple[Segment, NDArray[np.uint8]]] = ()) -> None:
        self._changing = threading.Lock()
        self._tidying = threading.Lock()
        self.state = State(idf, tuple(_part(segment, idf, alive) for segment, alive in parts))

    def __len__(self) -> int:
        return len(self.state)

    def apply(self, documents: Sequence[Document], gone: Iterable[UUID] = ()) -> None:
        """Adds each candidate, or replaces what was known of them, and forgets those who are gone; all at once, seen by the next search."""
        newest = {document.candidate_id: document for document in documents}
        left = [candidate_id for candidate_id in gone if candidate_id not in newest]
        fresh = [build(batch) for batch in _batches(list(newest.values()))]
        with self._changing:
            parts = _without(self.state.parts, newest, left)
            self.state = replace(self.state, parts=(*parts, *(_part(segment, self.state.idf) for segment in fresh)))

    def tidy(self, *, erase: bool = False) -> bool:
        """Merges some segments if there are many small ones, much that is dead or, with `erase`, somebody who is gone; says whether it did."""
        with self._tidying:
            before = self.state
            chosen = [
                before.parts[number] for number in plan([(part.living, len(part.segment), erase and part.erased) for part in before.parts])
            ]
            if not chosen:
                return False
            merged = _part(merge([(part.segment, part.alive) for part in chosen]), before.idf)
            with self._changing:
                now = {id(part.segment): part for part in self.state.parts}
                died, erased = [], False
                for part in chosen:
                    later = now.get(id(part.segment))  # none where everybody in it has been replaced meanwhile
                    left = later.alive if later else np.zeros_like(part.alive)
                    died += [part.segment.candidate(row) for row in np.flatnonzero(part.alive & (1 - left)).tolist()]
                    erased = erased or (later is None or later.erased) > part.erased
                alive = merged.alive
                for candidate_id in died:
                    alive[merged.segment.row_of(candidate_id)] = 0
                if self.state.idf is not before.idf:
                    merged = _part(merged.segment, self.state.idf, alive)
                merged = replace(merged, erased=erased)
                kept = tuple(part for part in self.state.parts if not any(part.segment is one.segment for one in chosen))
                self.state = replace(self.state, parts=(*((merged,) if len(merged.segment) else ()), *kept))
            return True

    def reweigh(self, idf: FrozenIdf) -> None:
        """Scores with these weights from now on."""
        with self._tidying, self._changing:
            self.state = State(idf, tuple(replace(part, weighed=_weigh(part.segment, idf)) for part in self.state.parts))

    def fit(self, version: str, *, least: int) -> FrozenIdf:
        """The weights that the living candidates' words have now, to be frozen; see FrozenIdf.of_counts."""
        state = self.state
        keys = [part.segment.terms[part.segment.words] for part in state.parts]
        counts = [part.segment.count(part.alive)[part.segment.words] for part in state.parts]
        found, places = np.unique(np.concatenate([*keys, np.zeros(0, np.uint64)]).astype(np.uint64), return_inverse=True)
        totals = np.zeros(found.size, np.int64)
        np.add.at(totals, places, np.concatenate([*counts, np.zeros(0, np.int64)]).astype(np.int64))
        return FrozenIdf.of_counts(version, len(state), found, totals, least=least)


def plan(parts: Sequence[tuple[int, int, bool]]) -> list[int]:
    """Which segments to merge into one: each is given by its living, all its documents, and whether it must be written anew."""
    loose = sorted(
        (living, number) for number, (living, size, _) in enumerate(parts) if living <= MOST_DOCUMENTS // 2 or size - living > size // 4
    )
    small = [number for living, number in loose if living < _SMALL]
    if len(small) >= _MANY_SMALL:
        return small
    chosen, total = [], 0
    for living, number in loose[len(small) :]:
        if total + living > MOST_DOCUMENTS:
            break
        chosen.append(number)
        total += living
    if len(chosen) >= _MANY:
        return chosen
    urgent = [number for number, (living, size, now) in enumerate(parts) if now or size - living > size // 2]
    return urgent[:1]


def search(
    state: State, job: JobReading, day: date, limit: int, *, tenant_id: UUID | None = None, applied_to: UUID | None = None, after: Hit | None = None
) -> list[Hit]:  # fmt: skip
    """The best `limit` candidates behind `after`, of all who are discoverable or applied to the tenant, or of those who applied to one of its jobs;
    without a tenant, of all.

    Exact: everybody's rarer words, skills and titles are added up, and whoever the rest cannot lift into the best is left out by proof.
    """
    wanted = Wanted(job, state.idf, day)
    room = Room(max((len(part.segment) for part in state.parts), default=0), limit, after)
    values: list[NDArray[np.int64]] = []
    high: list[Keys] = []
    low: list[Keys] = []
    for part in sorted(state.parts, key=lambda one: -len(one.segment)):
        rows, tenths = _search_part(part, wanted, room, _allowed(part, tenant_id, applied_to))
        values.append(tenths)
        high.append(part.segment.high[rows])
        low.append(part.segment.low[rows])
    if not values:
        return []
    tenths, highs, lows = np.concatenate(values), np.concatenate(high), np.concatenate(low)
    best = np.lexsort((lows, highs, -tenths))[:limit]
    return [Hit(int(tenths[one]), UUID(int=(int(highs[one]) << 64) + int(lows[one]))) for one in best.tolist()]


class Wanted:
    """A job in keys and whole numbers, made once for all segments."""

    def __init__(self, job: JobReading, idf: FrozenIdf, day: date) -> None:
        # In the order of the keys, as the terms of a segment: they are found there in one sweep.
        words = sorted((key(Kind.WORD, word), impact) for word, impact in job.words.items())
        self.words = np.array([one for one, _ in words], np.uint64)
        self.impacts = np.array([impact for _, impact in words], np.int32)
        self.skills = np.array([key(Kind.SKILL, fit.skill) for fit in job.skills], np.uint64)
        self.skill_weights = np.array([fit.weight for fit in job.skills], np.int32)
        self.by_words = [
            (fit.weight, np.uint64(key(Kind.SKILL, fit.skill)), np.array([key(Kind.WORD, word) for word in of], np.uint64))
            for fit in job.skills
            if (of := signals.unknown_words(fit.skill))
        ]
        title = sorted(job.occupation)
        self.title = np.array([key(Kind.WORD, word) for word in title], np.uint64)
        self.title_weights = np.array(idf.weigh(title), np.int64)
        self.places = np.array([key(Kind.WORD, place) for place in signals.wanted_places(job.job)], np.uint64)
        self.levels = np.array([signals.seniority_fit(job.level, level) or 0 for level in range(signals.LEVELS)], np.int64)
        total = int(self.skill_weights.sum())
        self.skill_values = np.array([ONE * got // max(total, 1) for got in range(total + 1)], np.int64)
        asked = asked_signals(job)
        months_asked = max(1, (job.years or 0) * _MONTHS)
        today = day.year * _MONTHS + day.month
        points = [WEIGHTS[name] if name in asked else 0 for name in ("skills", "text", "title", "years", "seniority", "location")]
        self.job = np.array([*points, sum(WEIGHTS[name] for name in asked), months_asked, today], np.int64)


class Room:
    """Where a search adds up one segment after the other, and what it knows of the scores by then."""

    def __init__(self, size: int, limit: int, after: Hit | None) -> None:
        padded = -(-size // 8) * 8
        self.text, self.skill, self.title = np.empty(padded, np.int32), np.empty(padded, np.int32), np.empty(padded, np.int32)
        self.rows, self.lows, self.values = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
        self.tops = np.empty(size, np.float64)
        self.limit = limit
        self.counted = np.zeros(_TOP, np.int64)
        self.after = after.tenths if after else _TOP
        self.after_id = np.array(divmod(after.candidate_id.int, 1 << 64) if after else (0, 0), np.uint64)

    def sums(self, segment: Segment) -> list[NDArray[np.int32]]:
        """A zero for each document, and some to whole bytes of bits."""
        padded = segment.bits.shape[1] * 8
        for each in (self.text, self.skill, self.title):
            each[:padded] = 0
        return [self.text[:padded], self.skill[:padded], self.title[:padded]]


def _search_part(part: Part, wanted: Wanted, room: Room, allowed: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    segment, scale = part.segment, part.weighed.scale
    text, skill, title = room.sums(segment)
    words = segment.find(Kind.WORD, wanted.words)
    kernels.add_weights(segment.starts, segment.postings, words, wanted.impacts, text)
    frequent, impacts = kernels.pick_dense(segment.dense, words, wanted.impacts)
    _skills(segment, wanted, skill)
    if wanted.title.size:
        _title(part, wanted, title)
    place = np.zeros(segment.place_starts.size - 1, np.int64)
    if wanted.places.size:
        kernels.near_places(segment.place_starts, segment.place_parts, wanted.places, place)
    rest = float(wanted.job[4] * wanted.levels.max() + wanted.job[5] * place.max(initial=0))
    found = kernels.survivors(
        text, skill, title, allowed, scale, wanted.skill_values, wanted.job, float(impacts.sum()), rest, room.after, room.counted,
        room.limit, room.rows, room.tops, room.lows,
    )  # fmt: skip
    rows = room.rows[:found]
    if found * _FEW < len(segment):
        kernels.add_bits(segment.bits, frequent, impacts, rows, text)
    else:
        _add_dense(segment, frequent, impacts, text)
    left = kernels.select(
        text, skill, title, scale, wanted.skill_values, wanted.job, segment.months, segment.level, wanted.levels, segment.place, place, segment.high,
        segment.low, room.after, room.after_id, room.counted, room.limit, rows, room.lows, room.values,
    )  # fmt: skip
    return rows[:left].copy(), room.values[:left].copy()


def _add_dense(segment: Segment, rows: NDArray[np.int64], weights: NDArray[np.int32], sums: NDArray[np.int32]) -> None:
    if rows.size:
        fill = -rows.size % 4
        kernels.add_dense(
            segment.bits, np.concatenate([rows, np.zeros(fill, np.int64)]), np.concatenate([weights, np.zeros(fill, np.int32)]), sums
        )


def _skills(segment: Segment, wanted: Wanted, sums: NDArray[np.int32]) -> None:
    terms = segment.find(Kind.SKILL, wanted.skills)
    kernels.add_weights(segment.starts, segment.postings, terms, wanted.skill_weights, sums)
    rows, weights = kernels.pick_dense(segment.dense, terms, wanted.skill_weights)
    _add_dense(segment, rows, weights, sums)
    for weight, known, words in wanted.by_words:
        told = [segment.rows_with(int(term)) for term in segment.find(Kind.WORD, words)]
        have = told[0] if told else np.zeros(0, np.uint16)
        for more in told[1:]:
            have = np.intersect1d(have, more, assume_unique=True)
        listed = segment.rows_with(int(segment.find(Kind.SKILL, np.array([known]))[0]))
        sums[np.setdiff1d(have, listed, assume_unique=True)] += weight


def _title(part: Part, wanted: Wanted, best: NDArray[np.int32]) -> None:
    """Each candidate's title that is nearest to the job's: first how near the titles are, then who has which."""
    segment = part.segment
    values = np.empty(segment.title_starts.size - 1, np.int64)
    kernels.near_titles(segment.title_starts, segment.title_words, part.weighed.title_weights, wanted.title, wanted.title_weights, values)
    near = np.flatnonzero(values)
    terms, values = near + segment.first_title, values[near]
    kernels.raise_values(segment.starts, segment.postings, terms, values, best)
    kernels.raise_dense(segment.bits, *kernels.pick_dense(segment.dense, terms, values), best[: len(segment)])


def _allowed(part: Part, tenant_id: UUID | None, applied_to: UUID | None) -> NDArray[np.uint8]:
    if tenant_id is None:
        return part.alive
    segment = part.segment
    nobody = np.zeros_like(part.alive)
    if applied_to is not None:  # each who did, also by a profile that another stands for
        allowed, pools = nobody, [(tenant_key(applied_to), part.alive)]
    else:
        allowed = segment.open & part.alive
        pools = [(tenant_key(tenant_id), part.alive), (tenant_key(tenant_id, merged=True), nobody)]
    for pool, marks in pools:
        kernels.mark(segment.rows_with(int(segment.find(Kind.TENANT, np.array([pool], np.uint64))[0])), marks, allowed)
    return allowed


def _part(segment: Segment, idf: FrozenIdf, alive: NDArray[np.uint8] | None = None) -> Part:
    return Part(segment, _weigh(segment, idf), np.ones(len(segment), np.uint8) if alive is None else alive)


def _weigh(segment: Segment, idf: FrozenIdf) -> Weighed:
    return weigh(segment, idf, text_scale(1))


def _without(parts: Sequence[Part], replaced: Iterable[UUID], gone: Iterable[UUID]) -> list[Part]:
    """The parts with these candidates dead; of those who are gone for good, the words must go too."""
    both = [(one, False) for one in replaced] + [(one, True) for one in gone]
    if not both:
        return list(parts)
    halves = np.array([divmod(one.int, 1 << 64) for one, _ in both], np.uint64).reshape(-1, 2)
    left = []
    for part in parts:
        segment = part.segment
        near = np.searchsorted(segment.high, halves[:, 0])
        maybe = np.flatnonzero(segment.high[np.minimum(near, len(segment) - 1)] == halves[:, 0])
        found = [(row, both[number][1]) for number in maybe.tolist() if (row := segment.row_of(both[number][0])) >= 0 and part.alive[row]]
        if found:
            alive = part.alive.copy()
            alive[[row for row, _ in found]] = 0
            part = replace(part, alive=alive, erased=part.erased or any(gone for _, gone in found))  # noqa: PLW2901 - the same part, later
        if part.alive.any():
            left.append(part)
    return left


def _batches(documents: list[Document]) -> list[list[Document]]:
    return [documents[first : first + MOST_DOCUMENTS] for first in range(0, len(documents), MOST_DOCUMENTS)]


@cache
def warm() -> None:
    """Runs every kernel once, so that a process, or the building of an image, has them compiled before somebody waits."""
    text = CandidateText(("Cook",), "Cooks", skills=("Cooking", "Baking"), location="Bonn")
    packed = pack(read_candidate(text))
    tenant = UUID(int=1)
    index = CandidateIndex(start_idf())
    index.apply([Document(UUID(int=number), number % 2 == 0, (tenant,), packed) for number in range(1, 1_100)])
    index.apply([Document(UUID(int=number), True, (tenant,), packed) for number in range(1_000, 1_100)], [UUID(int=1)])
    index.tidy(erase=True)
    index.reweigh(index.fit("warm", least=2))
    job = read_job(JobText("Senior Cook", "Cooks. 2 years of experience", ("Cooking", "Salt art"), "Bonn"), index.state.idf)
    for after in (None, Hit(900, UUID(int=9))):
        search(index.state, job, date(2026, 1, 1), 10, tenant_id=tenant, after=after)
