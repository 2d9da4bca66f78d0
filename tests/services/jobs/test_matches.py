"""Ranked matches over gRPC: who is in an organization's pool, in which order, and how soon a change is seen."""

import time
from collections.abc import Callable
from typing import Any

import grpc
import pytest
import sqlalchemy as sa

from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import jobs_pb2 as pb
from services.chassis import clients, frame
from services.chassis.calls import SYSTEM, Scope
from services.chassis.database import Database
from services.chassis.events import Follower
from services.chassis.tokens import ServiceTokens
from services.jobs import tasks
from services.jobs.pool import MOST_SCORED, Pool
from services.jobs.tables import candidate_profiles
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.jobs.conftest import Firm, Seeker, rows


@pytest.fixture
def matches(jobs: Any) -> Callable[..., list[pb.Match]]:
    def of(firm: Firm, job: pb.Job, page_size: int = 100) -> list[pb.Match]:
        found, token = [], ""
        while True:
            request = pb.ListMatchesRequest(job_id=job.id, page_size=page_size, page_token=token)
            page = jobs.ListMatches(request, metadata=firm.metadata)
            found += page.matches
            if not (token := page.next_page_token):
                return found

    return of


def place(found: list[pb.Match], seeker: Seeker) -> pb.Match | None:
    return next((match for match in found if match.candidate_id == seeker.candidate_id), None)


def wait(what: str, condition: Callable[[], Any], seconds: float = 2.0) -> Any:
    return until(condition, what, seconds)


def test_an_application_is_among_the_matches_within_two_seconds(firm: Firm, seeker: Callable[..., Seeker], matches: Any) -> None:
    job, ada = firm.post(), seeker()
    assert place(matches(firm, job), ada) is None
    made = ada.apply(job)
    found = wait("the applicant is ranked", lambda: place(matches(firm, job), ada))
    assert (found.application_id, found.display_name) == (made.id, made.candidate_name)
    assert {"Python", "PostgreSQL"} <= set(found.score.matched_skills)
    assert found.score.signals
    assert found.score.summary


def test_the_better_fit_ranks_first_over_pages_and_the_order_is_the_same_each_time(
    firm: Firm, seeker: Callable[..., Seeker], matches: Any, jobs: Any
) -> None:
    job = firm.post()
    cook = seeker("Pastry Chef", ("Baking",))
    twins = [seeker(), seeker()]
    engineer = seeker("Backend Engineer", ("Python", "PostgreSQL", "Kubernetes"))
    ours = {one.candidate_id for one in (cook, *twins, engineer)}
    for one in (cook, *twins, engineer):
        one.apply(job)

    def ranked(page_size: int = 100) -> list[str]:
        return [match.candidate_id for match in matches(firm, job, page_size) if match.candidate_id in ours]

    expected = [engineer.candidate_id, *sorted(one.candidate_id for one in twins), cook.candidate_id]
    wait("all four are ranked with their skills", lambda: ranked() == expected)
    assert ranked(1) == ranked(3) == expected
    everybody = matches(firm, job, 2)
    assert [match.rank for match in everybody] == list(range(1, len(everybody) + 1))
    assert [match.score.value for match in everybody] == sorted((match.score.value for match in everybody), reverse=True)
    token = jobs.ListMatches(pb.ListMatchesRequest(job_id=job.id, page_size=1), metadata=firm.metadata).next_page_token
    jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, title="Pastry Chef"), metadata=firm.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", field="page_token"):
        jobs.ListMatches(pb.ListMatchesRequest(job_id=job.id, page_size=1, page_token=token), metadata=firm.metadata)


def test_a_pool_has_those_who_applied_or_made_themselves_discoverable_and_nobody_else(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], matches: Any, candidates: Any, house: House
) -> None:
    job, other = firm.post(), firm.post("Another")
    hidden, open_one, applicant = seeker(), seeker(discoverable=True), seeker()
    applicant.apply(other)
    wait("the discoverable one and the applicant are ranked", lambda: all(place(matches(firm, job), one) for one in (open_one, applicant)))
    assert place(matches(firm, job), hidden) is None
    assert place(matches(firm, job), applicant).application_id == ""
    assert place(matches(firm, job), open_one).application_id == ""
    stranger = new_firm()
    theirs = matches(stranger, stranger.post())
    assert place(theirs, open_one)
    assert place(theirs, applicant) is None
    database = Database(house.app_url("jobs"))
    for scope, expected in ((Scope(), 0), (Scope(tenant_id=stranger_id(stranger)), 1), (Scope(tenant_id=stranger_id(firm)), 2)):
        with database.begin(scope) as connection:  # a query that has forgotten its WHERE
            seen = {str(row.candidate_id) for row in connection.execute(sa.select(candidate_profiles))}
        assert len(seen & {hidden.candidate_id, open_one.candidate_id, applicant.candidate_id}) == expected
    database.close()
    candidates.UpdateCandidate(
        candidates_pb2.UpdateCandidateRequest(candidate_id=open_one.candidate_id, discoverable=False), metadata=open_one.metadata
    )
    wait("whoever hides is gone", lambda: place(matches(firm, job), open_one) is None)


def stranger_id(firm: Firm) -> Any:
    from uuid import UUID

    return UUID(firm.account.tenant_id)


def test_a_changed_profile_is_ranked_anew_within_two_seconds(
    firm: Firm, seeker: Callable[..., Seeker], matches: Any, candidates: Any
) -> None:
    job, ada = firm.post(), seeker(skills=())
    ada.apply(job)
    before = wait("the applicant is ranked", lambda: place(matches(firm, job), ada)).score.value
    skill = candidates_pb2.Skill(skill_name="k8s")
    candidates.AddSkill(candidates_pb2.AddSkillRequest(candidate_id=ada.candidate_id, skill=skill), metadata=ada.metadata)
    wait("the score has risen", lambda: place(matches(firm, job), ada).score.value > before)


def test_only_a_business_organization_sees_matches(jobs: Any, firm: Firm, person: Account) -> None:
    request = pb.ListMatchesRequest(job_id=firm.post().id)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        jobs.ListMatches(request, metadata=person.metadata)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        jobs.ListMatches(request)


def test_the_copy_of_a_profile_holds_nothing_that_matching_has_no_use_for(seeker: Callable[..., Seeker], house: House) -> None:
    ada = seeker(email="ada.private@example.com")
    query = "SELECT p::text FROM candidate_profiles p WHERE candidate_id = %s"
    (text,) = wait("the profile is copied", lambda: rows(house, query, ada.candidate_id))[0]
    assert "Backend Engineer" in text
    assert not any(word in text for word in ("1990", "1234567", "ada.private"))


@pytest.mark.parametrize("stops", [1, 5])
def test_a_follower_applies_each_event_once_also_when_it_is_started_again(
    house: House, seeker: Callable[..., Seeker], stops: int
) -> None:
    for _ in range(2):
        seeker()
    services = ServiceTokens(house.environment["SERVICE_TOKEN"], "jobs")
    channel = clients.connect(house.addresses["candidates"], "candidates", services)
    database, source, applied = Database(house.app_url("jobs")), f"candidates-{time.monotonic_ns()}", []
    (last,) = rows_of_candidates(house, "SELECT max(position) FROM events")[0]

    def prepare(event: Any) -> Any:
        apply = tasks.following(channel)(event)
        if event.position % stops == 0:
            running[-1].stop()  # in the middle of a batch, after the preparation

        def once(connection: sa.Connection, event: Any) -> None:
            applied.append(event.position)
            apply(connection, event)

        return once

    running: list[Follower] = []
    cursor = sa.select(frame.cursors.c.position).where(frame.cursors.c.source == source)

    def position() -> int:
        with database.begin(SYSTEM) as connection:
            return connection.execute(cursor).scalar() or 0

    while position() < last:
        pair = [Follower("jobs", source, channel, database, prepare) for _ in range(2)]  # two replicas meet
        running += pair
        for follower in pair:
            follower.start()
        for follower in pair:
            until(lambda f=follower: not f.is_alive() or position() >= last, "the follower stops or is done")  # type: ignore[misc]
            follower.stop()
            follower.join(5)
    positions = [row for (row,) in rows_of_candidates(house, "SELECT position FROM events WHERE position <= %s ORDER BY position", last)]
    assert [one for one in applied if one <= last] == positions
    channel.close()
    database.close()


def rows_of_candidates(house: House, query: str, *values: object) -> list[Any]:
    import psycopg2

    with psycopg2.connect(house.owner_url("candidates")) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def test_of_many_the_most_similar_are_scored_and_the_jobs_applicants_before_them(house: House) -> None:
    assert Pool
    assert MOST_SCORED
