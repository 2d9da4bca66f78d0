"""Everybody who may be matched, held in memory: who is worth a full score for a job, and what scoring needs of them."""

import threading
from collections import OrderedDict
from collections.abc import Collection
from uuid import UUID

from services.chassis import calls
from services.chassis.database import Database
from services.chassis.logs import log
from services.jobs import profiles, store
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.index import CandidateIndex
from services.jobs.matching.profile import JobText
from services.jobs.matching.score import CandidateReading, read_candidate
from services.jobs.tables import Profile

MOST_SCORED = 300
_MOST_READINGS = 2_000
_BATCH = 500
_POLL_SECONDS = 0.5


class Pool(threading.Thread):
    """Follows the stored profiles by their positions: at once in the process that stored one, within half a second in others.

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
        self._following = threading.Lock()
        self._reading = threading.Lock()
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
            while True:
                with self._database.begin(calls.SYSTEM) as connection:
                    changed = store.list_profiles_after(connection, self._position, _BATCH)
                for profile in changed:
                    self._take(profile)
                    self._position = profile.position
                if len(changed) < _BATCH:
                    return

    def choose(self, job: JobText, applicants: Collection[UUID], others: Collection[UUID]) -> list[UUID]:
        """Those of the job's applicants, an organization's other ones and all who are discoverable that get a full score.

        All of them while they are few; of many the most similar by their texts, the job's applicants before anybody else.
        """
        self.refresh()
        with self._following:
            rest = (self._discoverable | set(others)) - set(applicants)
        if len(applicants) + len(rest) <= MOST_SCORED:
            return [*applicants, *rest]
        chosen = list(applicants)
        if len(chosen) > MOST_SCORED:
            chosen = [found for found, _ in self._index.search(job, MOST_SCORED, among=applicants)]
        return chosen + [found for found, _ in self._index.search(job, MOST_SCORED - len(chosen), among=rest)]

    def read(self, profile: Profile) -> CandidateReading:
        """What scoring needs of a profile, remembered until it changes."""
        known = self._readings.get(profile.candidate_id)
        if known is not None and known[0] == profile.position:
            return known[1]
        reading = read_candidate(profiles.from_json(profile.text or {}), self.idf)
        with self._reading:
            self._readings[profile.candidate_id] = (profile.position, reading)
            self._readings.move_to_end(profile.candidate_id)
            while len(self._readings) > _MOST_READINGS:
                self._readings.popitem(last=False)
        return reading

    def _take(self, profile: Profile) -> None:
        if profile.text is None:
            self._index.remove(profile.candidate_id)
            with self._reading:
                self._readings.pop(profile.candidate_id, None)
        else:
            self._index.put(profile.candidate_id, profiles.from_json(profile.text))
        (self._discoverable.add if profile.discoverable else self._discoverable.discard)(profile.candidate_id)
