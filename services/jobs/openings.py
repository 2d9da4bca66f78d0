"""The published jobs held in memory, to be ranked for a candidate: each is read once for each version of it."""

import threading
from uuid import UUID

from services.chassis import calls
from services.chassis.database import Database
from services.jobs import rules
from services.jobs.matching.board import Board, Opening
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.score import read_job
from services.jobs.store import jobs as store

_BATCH = 1_000


class Openings:
    """Asks the database which jobs are published, in which version, before each search: what is closed is gone at once, and replicas agree."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = threading.Lock()
        self._board: Board | None = None

    def board(self, idf: FrozenIdf) -> Board:
        """All that is published now, read with these weights."""
        versions = dict(self._database.gather(calls.SYSTEM, lambda connection: store.published_versions(connection).items()))
        with self._reading:
            old = self._board
            known = {one.job_id: one for one in old.openings} if old and old.idf is idf else {}
            kept = {job_id: one for job_id, one in known.items() if versions.get(job_id) == one.version}
            if old is None or len(kept) < len(versions) or len(kept) < len(known) or old.idf is not idf:
                missing = [job_id for job_id in versions if job_id not in kept]
                for first in range(0, len(missing), _BATCH):
                    kept |= self._read(missing[first : first + _BATCH], idf)
                self._board = old = Board(list(kept.values()), idf)
            return old

    def _read(self, job_ids: list[UUID], idf: FrozenIdf) -> dict[UUID, Opening]:
        found = self._database.gather(calls.SYSTEM, lambda connection: store.list_published(connection, job_ids))
        return {job.id: Opening(job.id, job.version, read_job(rules.job_text(job), idf)) for job in found}
