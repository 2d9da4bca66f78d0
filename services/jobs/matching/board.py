"""The reverse of the index: every published job scored for one candidate, to the very score that score.py gives, in a few operations on whole arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.jobs.matching import signals
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.score import WEIGHTS, CandidateReading, JobReading, asked_signals, text_scale
from services.jobs.matching.signals import ONE
from services.jobs.matching.terms import Kind, key

Numbers = NDArray[np.int64]
_MONTHS = 12


class Opening(NamedTuple):
    """A published job as it was read."""

    job_id: UUID
    version: int
    reading: JobReading


class Place(NamedTuple):
    """A job's place in the order: best first, of equals the newest."""

    tenths: int
    job_id: UUID


@dataclass(frozen=True, slots=True)
class _Lists:
    """Keys of all jobs with what each is worth, one job after the other: those of job j are starts[j] to starts[j + 1]."""

    keys: NDArray[np.uint64]
    values: Numbers
    starts: Numbers

    def sum_of(self, held: NDArray[np.uint64]) -> Numbers:
        """For each job, what its keys among those are worth together."""
        if not self.keys.size or not held.size:
            return np.zeros(self.starts.size - 1, np.int64)
        near = np.minimum(np.searchsorted(held, self.keys), held.size - 1)
        sums = np.concatenate([[0], np.cumsum(np.where(held[near] == self.keys, self.values, 0))])
        return np.asarray(sums[self.starts[1:]] - sums[self.starts[:-1]], np.int64)


class Board:
    """Some jobs, read with the same weights of words; it never changes."""

    def __init__(self, openings: Sequence[Opening], idf: FrozenIdf) -> None:
        self.openings = sorted(openings, key=lambda one: one.job_id, reverse=True)
        self.idf = idf
        readings = [one.reading for one in self.openings]
        self._words = _lists([[(key(Kind.WORD, word), impact) for word, impact in job.words.items()] for job in readings])
        self._skills = _lists([[(key(Kind.SKILL, fit.skill), fit.weight) for fit in job.skills] for job in readings])
        self._titles = _lists(
            [
                [(key(Kind.WORD, word), weight) for word, weight in zip(title, idf.weigh(title), strict=True)]
                for title in (sorted(job.occupation) for job in readings)
            ]
        )
        self._by_words = [
            (row, fit, words)
            for row, job in enumerate(readings)
            for fit in job.skills
            if (words := frozenset(signals.unknown_words(fit.skill)))
        ]
        self._skill_totals = np.array([sum(fit.weight for fit in job.skills) for job in readings], np.int64)
        self._title_totals = np.array([sum(idf.weigh(sorted(job.occupation))) for job in readings], np.int64)
        self._months = np.array([(job.years or 0) * _MONTHS for job in readings], np.int64)
        self._levels = np.array([signals.LEVELS if job.level is None else job.level for job in readings], np.int64)
        places: dict[tuple[str, ...], int] = {}
        self._place = np.array([places.setdefault(signals.wanted_places(job.job), len(places)) for job in readings], np.int64)
        self._places = list(places)
        asked = [asked_signals(job) for job in readings]
        self._points = {name: np.array([WEIGHTS[name] if name in one else 0 for one in asked], np.int64) for name in WEIGHTS}

    def __len__(self) -> int:
        return len(self.openings)

    def search(self, candidate: CandidateReading, day: date, limit: int, after: Place | None = None) -> list[tuple[Place, Opening]]:
        """The best `limit` jobs for the candidate behind a place in the order."""
        tenths = self._score(candidate, day)
        order = np.argsort(-tenths, kind="stable")
        ranked = ((Place(int(tenths[row]), self.openings[row].job_id), self.openings[row]) for row in order.tolist())
        behind = (one for one in ranked if after is None or _later(one[0], after))
        return [one for one, _ in zip(behind, range(limit), strict=False)]

    def _score(self, candidate: CandidateReading, day: date) -> Numbers:
        words = np.sort(np.array([key(Kind.WORD, word) for word in candidate.words], np.uint64))
        scale = text_scale(sum(weight * weight for weight in self.idf.weigh([*candidate.words])))
        text = np.minimum(ONE, (self._words.sum_of(words) * scale).astype(np.int64))
        got = self._skills.sum_of(np.sort(np.array([key(Kind.SKILL, skill) for skill in candidate.skills], np.uint64)))
        for row, fit, needed in self._by_words:
            if fit.skill not in candidate.skills and needed <= candidate.words:
                got[row] += fit.weight
        skills = ONE * got // np.maximum(1, self._skill_totals)
        title = np.zeros(len(self), np.int64)
        for held in candidate.occupations:
            shared = self._titles.sum_of(np.sort(np.array([key(Kind.WORD, word) for word in held], np.uint64)))
            title = np.maximum(title, 2 * ONE * shared // np.maximum(1, self._title_totals + sum(self.idf.weigh([*held]))))
        worked = ONE * candidate.worked.as_of(day) // np.maximum(1, self._months)
        fits = [signals.seniority_fit(level, candidate.level) or 0 for level in range(signals.LEVELS)]
        near = np.array([signals.near(wanted, candidate.places) if wanted else 0 for wanted in self._places], np.int64)
        values = {
            "skills": skills, "text": text, "title": title, "years": np.minimum(ONE, worked) * np.maximum(skills, title) // ONE,
            "seniority": np.array([*fits, 0], np.int64)[self._levels], "location": near[self._place] if self._places else np.zeros(0, np.int64),
        }  # fmt: skip
        whole = ONE * sum(self._points.values(), np.zeros(len(self), np.int64))
        total = sum((1000 * self._points[name] * value for name, value in values.items()), np.zeros(len(self), np.int64))
        return np.asarray((2 * total + whole) // (2 * whole), np.int64)


def _lists(of_jobs: Sequence[Sequence[tuple[int, int]]]) -> _Lists:
    starts = np.concatenate([[0], np.cumsum([len(one) for one in of_jobs])]).astype(np.int64)
    pairs = [pair for one in of_jobs for pair in one]
    return _Lists(np.array([pair[0] for pair in pairs], np.uint64), np.array([pair[1] for pair in pairs], np.int64), starts)


def _later(place: Place, after: Place) -> bool:
    return place.tenths < after.tenths or (place.tenths == after.tenths and place.job_id < after.job_id)
