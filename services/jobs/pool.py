"""Everybody who may be matched, held in memory: who is worth a full score for a job, and what scoring needs of them."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from services.chassis import calls
from services.chassis.database import Database
from services.chassis.logs import log
from services.jobs import profiles, rules, store
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.index import CandidateIndex
from services.jobs.matching.profile import JobText
from services.jobs.matching.score import CandidateReading, Score, read_candidate, read_job, score_readings
from services.jobs.tables import Job, Profile

# A pool up to the first is scored whole; of a larger one, the second is how many of the most similar are.
SCORED_WHOLE = 500
MOST_SCORED = 300
_MOST_READINGS = 2_000
_MOST_JOBS = 32
_BATCH = 500
_WORTH_MERGING = 100
_POLL_SECONDS = 0.5


class Pool(threading.Thread):
    """Follows the stored profiles by their positions: at once in the process that stored one, within half a second in others; whoever asks
    waits until all that is stored by then is in.

    It knows who is discoverable, but not who applied where: a caller brings its own applicants, and reads the profiles themselves in
    its own scope. The weights are the matching package's built-in ones; weights that are fitted anew and stored would come in here,
    with another index.
    """

    def __init__(self, database: Database, idf: FrozenIdf | None = None) -> None:
        super().__init__(name="jobs-pool", daemon=True)
        self.idf = idf or start_idf()
        self._database = database
        self._index = CandidateIndex(self.idf)
        self._discoverable: set[UUID] = set()
        self._position = 0
        self._readings: OrderedDict[UUID, tuple[int, CandidateReading]] = OrderedDict()
        self._scores: OrderedDict[tuple[UUID, int, date], dict[UUID, tuple[int, Score]]] = OrderedDict()
        self._following = threading.Lock()
        self._remembering = threading.Lock()
        self._stopping = threading.Event()

    def run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            try:
                self.refresh()
            except Exception as problem:  # noqa: BLE001 - the database may be away; it comes back
                log.warning("pool not refreshed", extra={"problem": type(problem).__name__})
            seen = self._database.committed.wait(seen, _POLL_SECONDS)

    def stop(self) -> None:
        self._stopping.set()
        self._database.committed.ring()

    def refresh(self) -> None:
        """Takes in every profile that was stored before this call."""
        with self._following:
            taken = 0
            while True:
                with self._database.begin(calls.SYSTEM) as connection:
                    changed = store.list_profiles_after(connection, self._position, _BATCH)
                for profile in changed:
                    self._take(profile)
                    self._position = profile.position
                taken += len(changed)
                if len(changed) < _BATCH:
                    break
            if taken >= _WORTH_MERGING:
                self._index.compact()

    def choose(self, job: JobText, applicants: Collection[UUID], others: Collection[UUID]) -> list[UUID]:
        """Those of the job's applicants, an organization's other ones and all who are discoverable that get a full score.

        All of them while they are few; of many the most similar by their texts, the job's applicants before anybody else.
        """
        self.refresh()
        with self._following:
            rest = (self._discoverable | set(others)) - set(applicants)
        if len(applicants) + len(rest) <= SCORED_WHOLE:
            return [*applicants, *rest]
        chosen = list(applicants)
        if len(chosen) > MOST_SCORED:
            chosen = [found for found, _ in self._index.search(job, MOST_SCORED, among=applicants)]
        return chosen + [found for found, _ in self._index.search(job, MOST_SCORED - len(chosen), among=rest)]

    def score(self, job: Job, found: Iterable[Profile], day: date) -> list[tuple[Score, Profile]]:
        """Each profile with its score on that day; scores are remembered until the job, the profile or the day changes."""
        with self._remembering:
            known = self._scores.setdefault((job.id, job.version, day), {})
            self._scores.move_to_end((job.id, job.version, day))
            while len(self._scores) > _MOST_JOBS:
                self._scores.popitem(last=False)
        reading, scored, fresh = None, [], {}
        for profile in found:
            position, value = known.get(profile.candidate_id, (-1, None))
            if value is None or position != profile.position:
                reading = reading or read_job(rules.job_text(job), self.idf)
                value = score_readings(reading, self._read(profile), self.idf, day)
            fresh[profile.candidate_id] = (profile.position, value)
            scored.append((value, profile))
        with self._remembering:
            if (job.id, job.version, day) in self._scores:
                self._scores[job.id, job.version, day] = fresh
        return scored

    def _read(self, profile: Profile) -> CandidateReading:
        """What scoring needs of a profile, remembered until it changes."""
        known = self._readings.get(profile.candidate_id)
        if known is not None and known[0] == profile.position:
            return known[1]
        reading = read_candidate(profiles.from_json(profile.text or {}), self.idf)
        with self._remembering:
            self._readings[profile.candidate_id] = (profile.position, reading)
            self._readings.move_to_end(profile.candidate_id)
            while len(self._readings) > _MOST_READINGS:
                self._readings.popitem(last=False)
        return reading

    def _take(self, profile: Profile) -> None:
        if profile.text is None:
            self._index.remove(profile.candidate_id)
            with self._remembering:
                self._readings.pop(profile.candidate_id, None)
                for scores in self._scores.values():
                    scores.pop(profile.candidate_id, None)
        else:
            self._index.put(profile.candidate_id, profiles.from_json(profile.text))
        (self._discoverable.add if profile.discoverable else self._discoverable.discard)(profile.candidate_id)
