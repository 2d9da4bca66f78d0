"""Our index over a made corpus: time and memory of building it, of resting on disk, and of each search, alone and with profiles changing."""

import json
import os
import resource
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np

from bench.matching import corpus
from services.chassis.skills import all_skills
from services.jobs.matching import index as indices
from services.jobs.matching.features import Document
from services.jobs.matching.idf import start_idf
from services.jobs.matching.index import CandidateIndex, search
from services.jobs.matching.profile import JobText
from services.jobs.matching.score import JobReading, read_job
from services.jobs.matching.segment import MOST_DOCUMENTS
from services.jobs.matching.terms import Kind, key
from services.jobs.pool import give_back
from services.jobs.snapshot import Snapshot

_DAY = date(2026, 11, 21)
_PLACES = ["Berlin", "Hamburg", "Munich", "Cologne", "Leipzig", "Vienna", "Graz", "Zurich", "London", "Leeds"]
_A_SECOND, _BATCHES = 200, 10


class People:
    """Each CV with 6 to 14 skills, three titles, a place and years of work, as the features that a profile is stored with."""

    def __init__(self, folder: Path) -> None:
        self.starts, self.words, self.trades, self.jobs = corpus.load(folder)
        self.keys = np.array([key(Kind.WORD, f"w{word}") for word in range(corpus.VOCABULARY)], np.uint64)
        names = [skill.name for skill in all_skills()]
        self.skills = [[names[(trade * 17 + number) % len(names)] for number in range(40)] for trade in range(corpus.TRADES)]

    def __len__(self) -> int:
        return self.trades.size

    def title(self, trade: int, number: int) -> str:
        return f"w{corpus.GENERAL + trade * corpus.TRADE + number % 12} w{number % 30}"

    def document(self, number: int, seed: int = 0) -> Document:
        random = np.random.default_rng([number, seed])
        trade = int(self.trades[number])
        # A CV that has changed is another person's of the same length: what it costs is the same.
        words = np.sort(self.keys[self.words[self.starts[number] : self.starts[number + 1]]])
        chosen = random.choice(40, random.integers(6, 15), replace=False)
        skills = np.sort(np.array([key(Kind.SKILL, self.skills[trade][one]) for one in chosen], np.uint64))
        titles = {tuple(sorted(key(Kind.WORD, word) for word in self.title(trade, int(one)).split())) for one in random.integers(0, 120, 3)}
        inner = [word for title in sorted(titles) for word in title]
        place = [key(Kind.WORD, _PLACES[number % 10].casefold())]
        start = 2026 * 12 - int(random.integers(0, 240))
        head = [
            words.size,
            skills.size,
            len(titles),
            len(inner),
            1,
            int(random.integers(0, 60)),
            start,
            65_535,
            int(random.integers(0, 6)),
            0,
        ]
        body = np.concatenate([words, skills, np.array([*map(len, sorted(titles)), *inner, *place], np.uint64)])
        return Document(
            UUID(int=(number * 7919 % len(self)) << 64 | number), True, (), np.array(head, "<i4").tobytes() + body.astype("<u8").tobytes()
        )

    def job(self, number: int, *, whole: bool) -> JobText:
        job = self.jobs[number]
        text = " ".join(f"w{word}" for word in job["words"])
        if not whole:
            return JobText("", text)
        return JobText(
            f"Senior {self.title(job['trade'], number)}",
            f"{text}. 5 years of experience",
            tuple(self.skills[job["trade"]][:8]),
            "Berlin, Germany",
        )


def main() -> None:
    folder, answers = Path(sys.argv[1]), Path(sys.argv[2])
    people = People(folder)
    indices.warm()
    before = _resident()
    index, built = CandidateIndex(start_idf()), np.zeros(2)
    for first in range(0, len(people), MOST_DOCUMENTS):
        documents = [people.document(number) for number in range(first, min(first + MOST_DOCUMENTS, len(people)))]
        started = _clocks()
        index.apply(documents)
        built += _clocks() - started
        del documents
    while index.tidy():
        pass
    started = _clocks()
    index.reweigh(index.fit("fitted", least=5))
    fitted = _clocks() - started
    give_back()
    resident = _resident() - before
    numbers = range(len(people.jobs))
    texts = [read_job(people.job(number, whole=False), index.state.idf) for number in numbers]
    wholes = [read_job(people.job(number, whole=True), index.state.idf) for number in numbers]
    found = [search(index.state, job, _DAY, 100) for job in texts]
    answers.write_text(json.dumps([[(hit.tenths, hit.candidate_id.int & (1 << 64) - 1) for hit in hits] for hits in found]))
    result = {
        "build_s": built[1],
        "fit_s": fitted[1],
        "resident_mb": resident,
        "process_mb": _resident(),
        "index_mb": sum(part.segment.nbytes + part.alive.nbytes + part.weighed.scale.nbytes for part in index.state.parts) / 2**20,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "segments": len(index.state.parts),
        "words_a_cv": float(np.diff(people.starts[:10_000]).mean()),
        "text": _timed(index, texts),
        "whole": _timed(index, wholes),
        "hundredth": int(np.median([hits[-1].tenths for hits in found])),
    }
    result["whole_after_page_10"] = _timed(index, wholes[:10], deep=True)
    with tempfile.TemporaryDirectory(dir=folder) as rest:
        started = _clocks()
        Snapshot(Path(rest)).save(index.state.parts, 1)
        result["save_s"] = (_clocks() - started)[1]
        started = _clocks()
        rested = Snapshot(Path(rest)).load()
        CandidateIndex(index.state.idf, rested.parts)
        result["load_s"] = (_clocks() - started)[1]
        del rested
        give_back()
    if len(people) >= 100_000:
        result["changing"] = _changing(index, people, wholes)
    print(json.dumps(result))


def _timed(index: CandidateIndex, jobs: list[JobReading], rounds: int = 3, *, deep: bool = False) -> dict[str, float]:
    after = [search(index.state, job, _DAY, 1000)[-1] if deep else None for job in jobs]
    for job, place in zip(jobs, after, strict=True):
        search(index.state, job, _DAY, 100, after=place)
    times = []
    for _ in range(rounds):
        for job, place in zip(jobs, after, strict=True):
            started = _clocks()
            search(index.state, job, _DAY, 100, after=place)
            times.append(_clocks() - started)
    return _summed(times)


def _clocks() -> np.ndarray:
    """The wall's and this thread's own: what the thread computed is the same beside others on the machine, what somebody waited is not."""
    return np.array([time.perf_counter(), time.thread_time()])


def _summed(times: list[np.ndarray]) -> dict[str, float]:
    wall, own = 1000 * np.array(times).T
    return {
        "p50": float(np.median(own)),
        "p95": float(np.percentile(own, 95)),
        "wall_p50": float(np.median(wall)),
        "least": float(wall.min()),
    }


def _changing(index: CandidateIndex, people: People, jobs: list[JobReading], seconds: float = 20.0) -> dict[str, float]:
    """Searches while 200 profiles a second change, in ten batches, and segments are merged."""
    random = np.random.default_rng(3)
    size = _A_SECOND // _BATCHES
    chosen = random.integers(0, len(people), (int(seconds * _BATCHES), size)).tolist()
    done, applied, late, spent, held = threading.Event(), [], [], [], [_resident()]

    def change() -> None:
        begun = time.perf_counter()
        for number, changed in enumerate(chosen):
            due = begun + number / _BATCHES
            batch = [people.document(one, 1) for one in changed]  # only now: the service reads them from its database, a batch at a time
            time.sleep(max(0.0, due - time.perf_counter()))
            index.apply(batch)
            applied.append(len(batch))
            late.append(time.perf_counter() - due)
        spent.append(max(seconds, time.perf_counter() - begun))
        done.set()

    def tidy() -> None:
        while not done.wait(0.1):
            while index.tidy():
                held.append(_resident())
                give_back()
            held.append(_resident())

    threads = [threading.Thread(target=change), threading.Thread(target=tidy)]
    times = []
    for thread in threads:
        thread.start()
    while not done.is_set():
        for job in jobs:
            started = _clocks()
            search(index.state, job, _DAY, 100)
            times.append(_clocks() - started)
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    seen = {"p50_ms": 1000 * float(np.median(late)), "worst_ms": 1000 * max(late)}
    return {
        **_summed(times),
        "changes_a_second": sum(applied) / spent[0],
        "seen_after": seen,
        "segments": len(index.state.parts),
        "process_mb": max(held),
    }


def _resident() -> float:
    """Megabytes of the process's own: without the pages of files, as those of the corpus, which the system may drop."""
    with open("/proc/self/statm") as file:
        _, all_pages, of_files, *_ = map(int, file.read().split())
    return (all_pages - of_files) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
