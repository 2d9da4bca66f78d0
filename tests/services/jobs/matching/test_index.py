"""The index ranks everybody as the score itself does, to the digit, through additions, changes, removals, merges and new weights."""

import threading
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import blake2b
from uuid import UUID

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.jobs.matching import index as indices
from services.jobs.matching import segment as segments
from services.jobs.matching.features import _RULES, Document, Features, pack
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.index import CandidateIndex, Hit, plan, search
from services.jobs.matching.profile import CandidateText, Experience, JobText
from services.jobs.matching.score import read_candidate, read_job, score, score_readings
from services.jobs.matching.segment import MOST_DOCUMENTS
from tests.services.jobs.matching.test_ranking import JOBS as REAL_JOBS
from tests.services.jobs.matching.test_ranking import STRONG, WEAKER

TODAY = date(2026, 6, 1)
TENANTS = [UUID(int=900), UUID(int=901)]
WORDS = ["python", "nurse", "pipelines", "kitchen", "menus", "ward", "sales", "contracts", "C++", "glass", "glass blowing", "Kubernetes"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
DAYS = st.dates(date(2010, 1, 1), TODAY)
CANDIDATES = st.builds(
    CandidateText,
    titles=st.lists(TEXTS, max_size=2).map(tuple),
    summary=TEXTS,
    experience=st.lists(st.builds(Experience, TEXTS, TEXTS, DAYS, st.none() | DAYS), max_size=2).map(tuple),
    skills=st.lists(st.sampled_from(WORDS), max_size=3).map(tuple),
    location=st.sampled_from(["", "Berlin, Germany", "Bonn, Germany", "Paris"]),
)
IDS = st.integers(1, 30).map(lambda number: UUID(int=number << 60))
JOBS = [
    JobText("Senior Python Engineer", "Pipelines. 3 years of experience", ("Python", "k8s"), "Berlin, Germany"),
    JobText("Nurse on a ward"),
    JobText("Kitchen", "menus and sales contracts", ("glass blowing",), remote=True),
]
JOB = read_job(JOBS[0], start_idf())


TENANTS_OF_ONE = st.sets(st.sampled_from(TENANTS)).map(tuple)


def document(
    candidate_id: UUID, candidate: CandidateText, tenants: tuple[UUID, ...] = (), merged_for: tuple[UUID, ...] = (), *, discoverable: bool = True
) -> Document:  # fmt: skip
    return Document(candidate_id, discoverable, tenants, pack(reading(candidate)), merged_for)


# Each is read once, however many jobs it is scored for.
reading = cache(read_candidate)


def truth(job: JobText, candidates: dict[UUID, CandidateText], idf: FrozenIdf) -> list[Hit]:
    wanted = read_job(job, idf)
    scored = [
        Hit(round(10 * score_readings(wanted, reading(candidate), idf, TODAY).value), candidate_id)
        for candidate_id, candidate in candidates.items()
    ]
    return sorted(scored, key=lambda hit: (-hit.tenths, hit.candidate_id))


class IndexAgainstTheScore(RuleBasedStateMachine):
    """Any history of changes leaves an index that ranks as scoring every candidate does."""

    def __init__(self) -> None:
        super().__init__()
        self.index = CandidateIndex(start_idf())
        self.candidates: dict[UUID, tuple[CandidateText, tuple[UUID, ...], tuple[UUID, ...], bool]] = {}

    @rule(put=st.dictionaries(IDS, st.tuples(CANDIDATES, TENANTS_OF_ONE, TENANTS_OF_ONE, st.booleans()), max_size=4),
          gone=st.sets(IDS, max_size=2))  # fmt: skip
    def change(self, put, gone):
        self.index.apply([document(key, *rest, discoverable=open_) for key, (*rest, open_) in put.items()], gone)
        for one in gone:
            self.candidates.pop(one, None)
        self.candidates |= put

    @rule(erase=st.booleans())
    def tidy(self, erase):
        while self.index.tidy(erase=erase):
            pass

    @rule()
    def merge_all(self):
        state = self.index.state
        if state.parts:
            merged = segments.merge([(part.segment, part.alive) for part in state.parts])
            self.index = CandidateIndex(state.idf, [(merged, np.ones(len(merged), np.uint8))])

    @rule()
    def fit(self):
        self.index.reweigh(self.index.fit("again", least=2))

    @invariant()
    def agrees(self):
        state = self.index.state
        assert len(self.index) == len(self.candidates)
        for job in JOBS:
            wanted = read_job(job, state.idf)
            for tenant in (None, *TENANTS):
                seen = {
                    key: text
                    for key, (text, tenants, merged_for, open_) in self.candidates.items()
                    if tenant is None or ((open_ or tenant in tenants) and tenant not in merged_for)
                }
                expected = truth(job, seen, state.idf)
                assert search(state, wanted, TODAY, 100, tenant_id=tenant) == expected
                assert search(state, wanted, TODAY, 3, tenant_id=tenant) == expected[:3]
                if len(expected) > 2:
                    assert search(state, wanted, TODAY, 3, tenant_id=tenant, after=expected[1]) == expected[2:5]


IndexAgainstTheScore.TestCase.settings = settings(max_examples=max(12, settings.default.max_examples // 4), stateful_step_count=12)
TestIndexAgainstTheScore = IndexAgainstTheScore.TestCase


@pytest.fixture(scope="module")
def crowd() -> dict[UUID, CandidateText]:
    """Three thousand people who are each a mixture of two real ones, in the ids' order of time."""
    random = np.random.default_rng(7)
    pool = [*STRONG.values(), *WEAKER.values()]
    found = {}
    for number in range(3000):
        one, other = (pool[place] for place in random.integers(0, len(pool), 2))
        experience = (*one.experience, *other.experience[: random.integers(0, 2)])
        found[UUID(int=number << 70 | int(random.integers(0, 2**40)))] = CandidateText(
            one.titles, f"{one.summary} {other.summary}", experience, other.skills[: random.integers(0, 4)], one.education, other.location
        )
    return found


@pytest.fixture(scope="module")
def filled(crowd: dict[UUID, CandidateText]) -> CandidateIndex:
    """Large enough that frequent terms are kept as bits, in a large segment and small ones."""
    index = CandidateIndex(start_idf())
    everybody = [document(one, text) for one, text in crowd.items()]
    index.apply(everybody[:1500])
    for first in range(1500, 3000, 150):
        index.apply(everybody[first : first + 150])
    return index


def test_many_are_ranked_to_the_last_as_the_score_ranks_them_page_by_page_and_however_segments_lie(crowd, filled) -> None:
    tidied = CandidateIndex(start_idf(), [(part.segment, part.alive.copy()) for part in filled.state.parts])
    while tidied.tidy():
        pass
    assert any(part.segment.dense.size for part in filled.state.parts)
    assert len(tidied.state.parts) < len(filled.state.parts)
    for job in list(REAL_JOBS.values())[::3]:
        wanted, expected = read_job(job, start_idf()), truth(job, crowd, start_idf())
        for index in (filled, tidied):
            found, after = [], None
            while page := search(index.state, wanted, TODAY, 700, after=after):
                found += page
                after = page[-1]
            assert found == expected
            assert search(index.state, wanted, TODAY, 100) == expected[:100]


def test_a_merge_is_byte_for_byte_what_building_anew_makes(crowd) -> None:
    everybody = [document(one, text) for one, text in crowd.items()][:1200]
    parts = [segments.build(everybody[place::3]) for place in range(3)]
    alive = [np.ones(len(part), np.uint8) for part in parts]
    dead = {parts[1].candidate(5), parts[2].candidate(0)}
    alive[1][5] = alive[2][0] = 0
    merged, anew = (
        segments.merge(list(zip(parts, alive, strict=True))),
        segments.build(one for one in everybody if one.candidate_id not in dead),
    )
    for name in ("high", "low", "open", "months", "level", "terms", "starts", "postings", "dense", "bits", "title_starts", "title_words"):
        assert getattr(merged, name).tobytes() == getattr(anew, name).tobytes(), name


def test_features_are_read_back_as_they_were_packed() -> None:
    reading = read_candidate(STRONG["software"])
    read = Features.unpack(pack(reading))
    assert (len(read.words), len(read.skills)) == (len(reading.words), len(reading.skills))
    assert (len(read.titles), len(read.places)) == (len(reading.occupations), 2)
    assert read.months == (reading.worked.before, reading.worked.start, reading.worked.end)
    assert read.words.tolist() == sorted(read.words.tolist())


def test_the_words_of_somebody_who_is_gone_leave_with_them() -> None:
    index = CandidateIndex(start_idf())
    index.apply(
        [document(UUID(int=7), CandidateText(summary="unmistakable python")), document(UUID(int=8), CandidateText(summary="python"))]
    )
    (word,) = set(Features.unpack(pack(read_candidate(CandidateText(summary="unmistakable")))).words.tolist())
    index.apply([], [UUID(int=7)])
    assert word in index.state.parts[0].segment.terms
    assert index.tidy(erase=True)
    assert word not in index.state.parts[0].segment.terms
    assert not index.tidy(erase=True)


@pytest.mark.parametrize(
    ("parts", "chosen"),
    [
        ([], []),
        ([(MOST_DOCUMENTS, MOST_DOCUMENTS, False)] * 3, []),
        ([(10, 10, False)] * 7, []),
        ([(10, 10, False)] * 8, list(range(8))),
        (
            [(60_000, 60_000, False), (20_000, 20_000, False), (15_000, 15_000, False), (9_000, 9_000, False), (5_000, 5_000, False)],
            [4, 3, 2, 1],
        ),
        ([(25_000, 60_000, False)], [0]),
        ([(60_000, 60_000, True)], [0]),
        ([(60_000, 60_000, False), (40_000, 60_000, False)], []),
    ],
)
def test_segments_are_merged_when_they_are_many_and_small_or_half_dead(parts, chosen) -> None:
    assert plan(parts) == chosen


def test_changes_searches_and_merges_from_many_threads_lose_nothing(monkeypatch) -> None:
    monkeypatch.setattr(indices, "_MANY_SMALL", 3)
    index = CandidateIndex(start_idf())
    failures: list[BaseException] = []
    done = threading.Event()

    def work(first: int) -> None:
        try:
            for number in range(first, first + 40):
                index.apply([document(UUID(int=number), CandidateText(summary="python"))])
                assert UUID(int=number) in [hit.candidate_id for hit in search(index.state, JOB, TODAY, 500)]
                if number % 2:
                    index.apply([], [UUID(int=number)])
        except BaseException as failure:  # noqa: BLE001 - a thread's failure has to reach the test
            failures.append(failure)

    def tidy() -> None:
        while not done.is_set():
            index.tidy(erase=True)

    threads = [threading.Thread(target=work, args=(start,)) for start in (100, 200, 300, 400)]
    tidying = threading.Thread(target=tidy)
    for thread in (*threads, tidying):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    tidying.join()
    assert failures == []
    left = [number for first in (100, 200, 300, 400) for number in range(first, first + 40, 2)]
    assert [hit.candidate_id.int for hit in search(index.state, JOB, TODAY, 999)] == left


def test_a_job_that_asks_nothing_ranks_by_id_and_an_empty_index_answers_nothing() -> None:
    index = CandidateIndex(start_idf())
    nothing = read_job(JobText(""), start_idf())
    assert search(index.state, nothing, TODAY, 5) == []
    index.apply([document(UUID(int=number), CandidateText()) for number in (3, 1, 2)])
    assert [hit.candidate_id.int for hit in search(index.state, nothing, TODAY, 5)] == [1, 2, 3]
    assert score(JobText(""), CandidateText(), start_idf(), TODAY).value == 0


def test_months_beyond_all_reason_count_as_the_score_counts_them() -> None:
    spans = [
        (date(8000, 1, 1), date(9999, 12, 1), None),
        (date(2020, 1, 1), date(9999, 12, 1), None),
        (None, None, 90_000),
        (date(2021, 1, 1), None, 12),
    ]
    crowd = {
        UUID(int=number): CandidateText(("Cook",), "Cook", (Experience("Cook", "Menus", start, end, months),), ("Cooking",))
        for number, (start, end, months) in enumerate(spans, 1)
    }
    index = CandidateIndex(start_idf())
    index.apply([document(one, text) for one, text in crowd.items()])
    job = JobText("Cook", "Cook with 8 years of experience", ("Cooking",))
    expected = truth(job, crowd, start_idf())
    assert len({hit.tenths for hit in expected}) > 2
    assert search(index.state, read_job(job, start_idf()), TODAY, 9) == expected


def test_features_stay_what_they_were_until_their_rules_get_another_version() -> None:
    # Without the skills: what they are made by has a version of its own, the file's.
    packed = b"".join(pack(replace(read_candidate(text), skills={})) for text in (*STRONG.values(), *WEAKER.values()))
    assert (_RULES, blake2b(packed, digest_size=8).hexdigest()) == (2, "b9831407f4b06f46")
