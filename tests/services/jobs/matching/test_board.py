"""Jobs are ranked for a candidate by the very score that the employer sees, to the digit."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.jobs.matching.board import Board, Opening, Place
from services.jobs.matching.idf import FrozenIdf, start_idf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import read_candidate, read_job, score_readings
from tests.services.jobs.matching.test_index import CANDIDATES, TEXTS, TODAY, WORDS
from tests.services.jobs.matching.test_ranking import JOBS as REAL_JOBS
from tests.services.jobs.matching.test_ranking import STRONG

JOBS = st.lists(
    st.builds(
        JobText, TEXTS, TEXTS, st.lists(st.sampled_from(WORDS), max_size=3).map(tuple), st.sampled_from(["", "Bonn, Germany", "Paris"]),
        st.booleans(), st.none() | st.integers(0, 9),
    ),
    max_size=6,
)  # fmt: skip


def board_of(jobs: list[JobText], idf: FrozenIdf) -> Board:
    return Board([Opening(UUID(int=number), 1, read_job(job, idf)) for number, job in enumerate(jobs, 1)], idf)


def truth(jobs: list[JobText], candidate: CandidateText, idf: FrozenIdf) -> list[Place]:
    scored = [
        Place(round(10 * score_readings(read_job(job, idf), read_candidate(candidate), idf, TODAY).value), UUID(int=number))
        for number, job in enumerate(jobs, 1)
    ]
    return sorted(scored, key=lambda place: (-place.tenths, -place.job_id.int))


@given(JOBS, CANDIDATES)
def test_any_jobs_are_ranked_as_the_score_ranks_them_page_by_page(jobs: list[JobText], candidate: CandidateText) -> None:
    board, reading = board_of(jobs, start_idf()), read_candidate(candidate)
    expected = truth(jobs, candidate, start_idf())
    assert [place for place, _ in board.search(reading, TODAY, 100)] == expected
    found: list[Place] = []
    while page := board.search(reading, TODAY, 2, found[-1] if found else None):
        found += [place for place, _ in page]
    assert found == expected


def test_the_job_of_ones_own_trade_comes_first() -> None:
    jobs = list(REAL_JOBS)
    board = board_of([REAL_JOBS[trade] for trade in jobs], start_idf())
    for trade in jobs:
        best, _ = board.search(read_candidate(STRONG[trade]), TODAY, 1)[0]
        assert jobs[best.job_id.int - 1] == trade
