"""Jobs ranked for a candidate over gRPC: which are there, in which order, and that the score is the one that the employer sees."""

from collections.abc import Callable
from typing import Any

import grpc

from einstellen.jobs.v1 import applications_pb2
from einstellen.jobs.v1 import jobs_pb2 as pb
from tests.conftest import House, until
from tests.refusals import refused
from tests.services.jobs.conftest import Firm, Seeker


def recommended(jobs: Any, who: Any, page_size: int = 100) -> list[pb.JobMatch]:
    found, token = [], ""
    while True:
        page = jobs.ListRecommendedJobs(pb.ListRecommendedJobsRequest(page_size=page_size, page_token=token), metadata=who.metadata)
        found += page.matches
        if not (token := page.next_page_token):
            return found


def test_published_jobs_are_ranked_for_ones_own_profile_with_the_employers_score(
    jobs: Any, firm: Firm, seeker: Callable[..., Seeker], applications: Any
) -> None:
    fits, draft = firm.post(), firm.post(status="draft")
    other = firm.post("Pastry Chef", "You bake cakes for weddings and lead two apprentices.", key_skills=["Baking"])
    ada = seeker()

    def ranked(page_size: int = 100) -> dict[str, pb.JobMatch]:
        found = recommended(jobs, ada, page_size)
        assert [match.rank for match in found] == list(range(1, len(found) + 1))
        return {match.job.id: match for match in found}

    def known() -> bool:
        try:
            return "PostgreSQL" in ranked()[fits.id].score.matched_skills
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.NOT_FOUND
            return False

    until(known, "the profile is copied")
    found = ranked()
    assert list(found) == list(ranked(3))
    assert list(found).index(fits.id) < list(found).index(other.id)
    assert draft.id not in found
    made = ada.apply(fits)
    seen = applications.GetApplication(applications_pb2.GetApplicationRequest(application_id=made.id), metadata=firm.metadata)
    assert found[fits.id].score == seen.match_score
    jobs.UpdateJob(pb.UpdateJobRequest(job_id=other.id, title="Backend Engineer", key_skills=["Python"]), metadata=firm.metadata)
    assert ranked()[other.id].score.value > found[other.id].score.value
    firm.close(fits)
    assert fits.id not in ranked()


def test_who_has_no_profile_is_told_so(jobs: Any, house: House) -> None:
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        recommended(jobs, house.register("Nobody", "Yet"))
