"""The index finds what a look at every candidate finds, through additions, changes, removals and merges."""

import threading
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.jobs.matching import index as index_module
from services.jobs.matching.idf import start_idf
from services.jobs.matching.index import CandidateIndex
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import job_vector, retrieval_vector

WORDS = ["python", "nurse", "pipelines", "kitchen", "menus", "ward", "sales", "contracts", "C++", "glass"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
CANDIDATES = st.builds(CandidateText, summary=TEXTS, skills=st.lists(st.sampled_from(WORDS), max_size=3).map(tuple))
IDS = st.integers(1, 12).map(lambda number: UUID(int=number))
JOBS = [JobText("Python pipelines"), JobText("Nurse on a ward"), JobText("Kitchen", "menus and sales contracts")]


def brute_force(job: JobText, candidates: dict[UUID, CandidateText]) -> list[tuple[UUID, float]]:
    query = job_vector(job, start_idf())
    found = []
    for candidate_id, candidate in candidates.items():
        vector = retrieval_vector(candidate, start_idf())
        found.append((candidate_id, round(sum(weight * vector.get(term, 0.0) for term, weight in query.items()), 6)))
    return sorted(((key, value) for key, value in found if value), key=lambda item: (-item[1], item[0]))


class IndexAgainstBruteForce(RuleBasedStateMachine):
    """Any history of changes leaves an index that answers as the plain dictionary beside it does."""

    def __init__(self) -> None:
        super().__init__()
        self.index = CandidateIndex(start_idf())
        self.candidates: dict[UUID, CandidateText] = {}

    @rule(candidate_id=IDS, candidate=CANDIDATES)
    def put(self, candidate_id, candidate):
        self.index.put(candidate_id, candidate)
        self.candidates[candidate_id] = candidate

    @rule(candidate_id=IDS)
    def remove(self, candidate_id):
        self.index.remove(candidate_id)
        self.candidates.pop(candidate_id, None)

    @rule()
    def compact(self):
        self.index.compact()

    @invariant()
    def agrees(self):
        assert len(self.index) == len(self.candidates)
        for job in JOBS:
            found = self.index.search(job, 100)
            expected = brute_force(job, self.candidates)
            assert dict(found) == pytest.approx(dict(expected), abs=2e-6)
            assert [value for _, value in found] == sorted((value for _, value in found), reverse=True)


IndexAgainstBruteForce.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestIndexAgainstBruteForce = IndexAgainstBruteForce.TestCase


@pytest.fixture
def index():
    filled = CandidateIndex(start_idf())
    for number, text in enumerate(["python", "python pipelines", "nurse", "python kitchen", "python pipelines"], start=1):
        filled.put(UUID(int=number), CandidateText(summary=text))
    return filled


@pytest.mark.parametrize("sealed", [False, True])
def test_the_most_similar_come_first_and_equals_in_the_order_of_their_ids(index, sealed):
    if sealed:
        index.compact()
    assert [candidate_id.int for candidate_id, _ in index.search(JOBS[0], 3)] == [2, 5, 1]


def test_a_search_can_be_held_to_a_set_or_to_a_predicate(index):
    members = {UUID(int=1), UUID(int=4), UUID(int=99)}
    expected = [candidate_id for candidate_id, _ in index.search(JOBS[0], 9, members)]
    assert sorted(candidate_id.int for candidate_id in expected) == [1, 4]
    assert [candidate_id for candidate_id, _ in index.search(JOBS[0], 9, members.__contains__)] == expected
    assert index.search(JOBS[0], 9, set()) == []


def test_a_change_is_seen_by_the_next_search_and_its_old_row_is_not(index):
    index.compact()
    index.put(UUID(int=2), CandidateText(summary="nurse ward"))
    assert [candidate_id.int for candidate_id, _ in index.search(JOBS[1], 9)] == [2, 3]
    assert 2 not in [candidate_id.int for candidate_id, _ in index.search(JOBS[0], 9)]


def test_the_words_of_a_removed_candidate_leave_with_them(index):
    index.put(UUID(int=7), CandidateText(summary="unmistakable"))
    index.compact()
    assert "unmistakable" in index._columns
    index.remove(UUID(int=7))
    index.compact()
    assert "unmistakable" not in index._columns


def test_fresh_rows_are_sealed_when_there_are_many(monkeypatch):
    monkeypatch.setattr(index_module, "_MERGE_AT", 3)
    index = CandidateIndex(start_idf())
    candidates = {UUID(int=number): CandidateText(summary=WORDS[number % len(WORDS)]) for number in range(1, 30)}
    for candidate_id, candidate in candidates.items():
        index.put(candidate_id, candidate)
    for candidate_id in list(candidates)[::2]:
        index.remove(candidate_id)
        del candidates[candidate_id]
    assert len(index._fresh) < 3
    assert [found[0] for found in index.search(JOBS[0], 99)] == [expected[0] for expected in brute_force(JOBS[0], candidates)]


def test_changes_and_searches_from_many_threads_lose_nothing(monkeypatch):
    monkeypatch.setattr(index_module, "_MERGE_AT", 5)
    index = CandidateIndex(start_idf())
    failures: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for number in range(first, first + 40):
                index.put(UUID(int=number), CandidateText(summary="python"))
                index.search(JOBS[0], 5)
                if number % 2:
                    index.remove(UUID(int=number))
        except BaseException as failure:  # noqa: BLE001 - a thread's failure has to reach the test
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(start,)) for start in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [candidate_id.int for candidate_id, _ in index.search(JOBS[0], 999)] == [
        number for first in (100, 200, 300, 400) for number in range(first, first + 40, 2)
    ]
