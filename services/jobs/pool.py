"""Everybody who may be matched, held in memory: the index that follows the stored profiles, and the readings that explain its scores."""

import ctypes
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from services.chassis import calls, errors
from services.chassis.database import Database
from services.chassis.logs import log
from services.jobs import profiles
from services.jobs.matching import features
from services.jobs.matching.features import Document
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.profile import JobText
from services.jobs.matching.score import CandidateReading, Score, read_candidate, read_job, score_readings
from services.jobs.store import profiles as store
from services.jobs.tables import Change, Profile

if TYPE_CHECKING:
    from services.jobs.matching.index import CandidateIndex, Hit
    from services.jobs.snapshot import Snapshot

_MOST_READINGS = 2_000
_BATCH = 2_000
_POLL_SECONDS = 0.5
# Changes that come one by one are taken in together, after a moment's rest.
_REST_SECONDS = 0.1
_PATIENCE_SECONDS = 4.0
_SAVE_SECONDS = 600.0
_MOST_PARTS = 12
# Weights are fitted to a pool that is worth it, and again when it has grown or shrunk by a quarter. A rarer word would tell of the few who wrote it.
_WORTH_FITTING, _DRIFT, _LEAST_DOCUMENTS = 1_000, 0.25, 5


class Pool(threading.Thread):
    """Follows the numbered changes of the profiles: at once in the process that stored one, within half a second in others; whoever asks
    waits until all that is stored by then is in.

    What it knows comes from the database alone; a snapshot only spares reading it again. Replicas that have read the same changes and weights
    answer the same, to the digit, however their segments lie.
    """

    def __init__(self, database: Database, snapshot_folder: str = "") -> None:
        super().__init__(name="jobs-pool", daemon=True)
        self.idf = start_idf()
        self._database = database
        self._folder = snapshot_folder
        self._snapshot: Snapshot | None = None
        self._index: CandidateIndex | None = None
        self._change = 0
        self._saved = 0
        self._weights = 0
        self._readings: OrderedDict[UUID, tuple[int, CandidateReading]] = OrderedDict()
        self._following = threading.Lock()
        self._remembering = threading.Lock()
        self._stopping = threading.Event()

    def run(self) -> None:
        seen, save_at = 0, time.monotonic() + _SAVE_SECONDS
        while not self._stopping.is_set():
            try:
                self.refresh(_SAVE_SECONDS)
                while self.tend(erase=time.monotonic() >= save_at) and not self._stopping.is_set():
                    pass
                if time.monotonic() >= save_at:
                    self.save()
                    save_at = time.monotonic() + _SAVE_SECONDS
            except Exception as problem:  # noqa: BLE001 - the database may be away; it comes back
                log.warning("pool not refreshed", extra={"problem": type(problem).__name__})
            self._stopping.wait(_REST_SECONDS)
            seen = self._database.committed.wait((store.CHANGED,), seen, _POLL_SECONDS)

    def stop(self) -> None:
        self._stopping.set()
        self._database.committed.ring(store.CHANGED)
        if self.is_alive():
            self.join(_PATIENCE_SECONDS)
        self.save()

    def refresh(self, patience: float = _PATIENCE_SECONDS) -> "CandidateIndex":
        """Takes in all that was stored before this call. Raises Unavailable / POOL_LOADING where others are still at it after `patience` seconds."""
        if not self._following.acquire(timeout=patience):
            raise errors.Unavailable("POOL_LOADING", "the candidates are being read; try again in a minute")
        try:
            index = self._index or self._load()
            while self._take(index):
                # A first reading of everybody is many batches.
                while len(index.state.parts) > _MOST_PARTS and index.tidy():
                    pass
            self._index = index
        finally:
            self._following.release()
        return index

    def tend(self, *, erase: bool = False) -> bool:
        """Keeps the index in shape, beside searches and changes: merges segments, fits weights anew; says whether there may be more to do."""
        index = self._index
        if index is None:
            return False
        if index.tidy(erase=erase):
            give_back()
            return True
        documents = len(index)
        fitted = index.state.idf.documents if self._weights else 0
        if documents >= _WORTH_FITTING and abs(documents - fitted) > _DRIFT * fitted:
            number = self._weights + 1
            content = index.fit(f"fitted-{number}", least=_LEAST_DOCUMENTS).to_bytes()
            with self._database.begin(calls.SYSTEM) as connection:
                store.add_weights(connection, number, content)
            self.refresh()
            give_back()
        return False

    def search(
        self, job: JobText, day: date, limit: int, tenant_id: UUID, after: tuple[int, UUID] | None, applied_to: UUID | None = None
    ) -> "tuple[FrozenIdf, Sequence[Hit]]":
        """The best of a tenant's pool behind a place in the order, of everybody in it or of those who applied to one job, and the weights that they
        were scored with.
        """
        from services.jobs.matching import index as indices  # noqa: PLC0415 - see _load

        state = self.refresh().state
        place = indices.Hit(*after) if after else None
        return state.idf, indices.search(
            state, read_job(job, state.idf), day, limit, tenant_id=tenant_id, applied_to=applied_to, after=place
        )

    def weights(self) -> FrozenIdf:
        """What scores are made with: the newest weights, also in a process that is still reading who there is."""
        if self._weights or self._index is not None:
            return self.idf
        with self._database.begin(calls.SYSTEM) as connection:
            number = store.newest_weights(connection)
            return FrozenIdf.from_bytes(store.get_weights(connection, number)) if number else self.idf

    def explain(self, job: JobText, found: Sequence[Profile], idf: FrozenIdf, day: date) -> list[Score]:
        """Each profile's score with its reasons."""
        reading = read_job(job, idf)
        return [score_readings(reading, self.reading(profile), idf, day) for profile in found]

    def save(self) -> None:
        """Leaves a snapshot, where there is a folder for it and something has changed since the last."""
        with self._following:
            index, change = self._index, self._change
            if index is None or self._snapshot is None or change == self._saved:
                return
            parts = index.state.parts
        try:
            self._snapshot.save(parts, change)
            self._saved = change
        except OSError as problem:
            log.warning("snapshot of the index not written", extra={"problem": type(problem).__name__})

    def _load(self) -> "CandidateIndex":
        # numba takes a second to load: the service answers meanwhile, as this happens on the pool's own thread.
        from services.jobs.matching.index import CandidateIndex, warm  # noqa: PLC0415
        from services.jobs.snapshot import Snapshot  # noqa: PLC0415

        warm()
        if self._folder and self._snapshot is None:
            self._snapshot = Snapshot(Path(self._folder))
        rested = self._snapshot.load() if self._snapshot else None
        if rested is not None:
            index = CandidateIndex(self.idf, rested.parts)
            self._change = self._saved = rested.change
            there, last = -1, -1
            while last != self._change:
                with self._database.begin(calls.SYSTEM) as connection:
                    there, last = store.count_profiles(connection)
                if last < self._change:  # the database knows less than the snapshot
                    break
                while self._take(index):
                    pass
            if (there, last) == (len(index), self._change):
                give_back()
                return index
            log.warning("snapshot of the index is of another database")
        self._change = self._saved = 0
        return CandidateIndex(self.idf)

    def _take(self, index: "CandidateIndex") -> bool:
        """Takes in the next changes; says whether there may be more."""
        version = features.version()
        with self._database.begin(calls.SYSTEM) as connection:
            weights = store.newest_weights(connection)
            changed = store.list_changes(connection, self._change, version, _BATCH)
            content = store.get_weights(connection, weights) if weights > self._weights else b""
        if content:
            self.idf = FrozenIdf.from_bytes(content)
            index.reweigh(self.idf)
            self._weights = weights
        elif index.state.idf is not self.idf:
            index.reweigh(self.idf)
        if changed:
            documents = [document for one in changed if not one.gone and (document := self._document(one, version))]
            index.apply(documents, [one.candidate_id for one in changed])
            with self._remembering:
                for one in changed:
                    self._readings.pop(one.candidate_id, None)
            self._change = changed[-1].change
        return len(changed) == _BATCH

    def _document(self, change: Change, version: str) -> Document | None:
        """None for a profile that cannot be read: nobody else waits for it."""
        packed = change.features
        if change.text is not None or packed is None:
            try:
                packed = features.pack(read_candidate(profiles.from_json(change.text or {})))
            except (KeyError, TypeError, ValueError) as problem:
                log.warning("profile not read", extra={"candidate_id": str(change.candidate_id), "problem": type(problem).__name__})
                return None
            with self._database.begin(calls.SYSTEM) as connection:
                store.keep_features(connection, change, packed, version)
        return Document(
            change.candidate_id, change.discoverable, tuple(change.tenants), bytes(packed), tuple(change.merged_for), tuple(change.jobs)
        )

    def reading(self, profile: Profile) -> CandidateReading:
        """What scoring needs of a profile, remembered until it changes."""
        known = self._readings.get(profile.candidate_id)
        if known is not None and known[0] == profile.position:
            return known[1]
        reading = read_candidate(profiles.from_json(profile.text or {}))
        with self._remembering:
            self._readings[profile.candidate_id] = (profile.position, reading)
            self._readings.move_to_end(profile.candidate_id)
            while len(self._readings) > _MOST_READINGS:
                self._readings.popitem(last=False)
        return reading


def give_back() -> None:
    """Hands what a merge or new weights needed for a moment back to the system, which glibc would keep for the next time."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


class Pools:
    """A pool for each database of the service."""

    def __init__(self, database: Database, snapshot_folder: str = "") -> None:
        self._database = database
        self._pools = {
            id(each): Pool(each, str(Path(snapshot_folder, f"place-{number}")) if snapshot_folder and number else snapshot_folder)
            for number, each in enumerate(database.everywhere())
        }

    def of(self, tenant_id: UUID) -> Pool:
        """That of where the organization lives."""
        return self._pools[id(self._database.of(tenant_id))]

    def all(self) -> Sequence[Pool]:
        return list(self._pools.values())
