"""Ranked matches over gRPC: who is in an organization's pool, in which order, and how soon a change is seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import grpc
import psycopg2
import pytest
import sqlalchemy as sa

from einstellen.candidates.v1 import candidates_pb2, duplicates_pb2, duplicates_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2 as pb
from services.chassis.calls import Scope
from services.chassis.database import Database
from services.jobs.matching.profile import JobText
from services.jobs.pool import Pool
from services.jobs.store import profiles as profile_store
from services.jobs.tables import candidate_profiles
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.jobs.conftest import Firm, Seeker, copied, rows


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


def wait(what: str, condition: Callable[[], Any]) -> Any:
    return until(condition, what)


def test_an_application_is_among_the_matches_within_two_seconds(firm: Firm, seeker: Callable[..., Seeker], matches: Any) -> None:
    job, ada = firm.post(), seeker()
    assert place(matches(firm, job), ada) is None
    made = ada.apply(job)

    def ranked() -> pb.Match | None:
        match = place(matches(firm, job), ada)
        return match if match and {"Python", "PostgreSQL"} <= set(match.score.matched_skills) else None

    found = wait("the applicant is ranked with their skills", ranked)
    assert (found.application_id, found.display_name) == (made.id, made.candidate_name)
    assert found.score.signals
    assert found.score.summary


def test_an_applicant_is_ranked_at_once_also_before_the_event_of_their_profile(
    firm: Firm, seeker: Callable[..., Seeker], matches: Any, candidates: Any, house: House
) -> None:
    job, ada = firm.post(), seeker()
    (last,) = house.read("candidates", "SELECT max(position) FROM events WHERE subject_id = %s", ada.candidate_id)[0]
    position = "SELECT position FROM candidate_profiles WHERE candidate_id = %s"
    wait("the profile is copied", lambda: rows(house, position, ada.candidate_id) == [(last,)])
    rows(house, "DELETE FROM candidate_profiles WHERE candidate_id = %s", ada.candidate_id)  # as if no event had come yet
    made = ada.apply(job)
    found = place(matches(firm, job), ada)
    assert found
    assert (found.application_id, {"Python", "PostgreSQL"} <= set(found.score.matched_skills)) == (made.id, True)
    candidates.UpdateCandidate(
        candidates_pb2.UpdateCandidateRequest(candidate_id=ada.candidate_id, headline="Site Reliability Engineer"), metadata=ada.metadata
    )
    wait("the event's profile takes its place", lambda: place(matches(firm, job), ada).headline == "Site Reliability Engineer")
    (followed,) = rows(house, position, ada.candidate_id)
    ada.apply(firm.post())
    assert rows(house, position, ada.candidate_id) == [followed]


def test_who_applies_and_an_event_of_their_profile_wait_for_each_other_in_one_order(
    firm: Firm, seeker: Callable[..., Seeker], house: House
) -> None:
    job, ada = firm.post(), seeker()
    known = "SELECT 1 FROM candidate_profiles WHERE candidate_id = %s"
    copied(house, ada.candidate_id)
    waiting = "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool, closing(psycopg2.connect(house.owner_url("jobs"))) as changes, changes.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(x'504f4f4c'::int)")  # as whoever numbers a change
        applied = pool.submit(ada.apply, job)
        wait("the application waits for its number", lambda: house.read("jobs", waiting))
        cursor.execute(f"{known} FOR UPDATE NOWAIT", (ada.candidate_id,))
        changes.rollback()
        assert applied.result(timeout=15).id


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
    for scope, expected in (
        (Scope(), 0),
        (Scope(tenant_id=UUID(stranger.account.tenant_id)), 1),
        (Scope(tenant_id=UUID(firm.account.tenant_id)), 2),
    ):
        with database.begin(scope) as connection:  # a query that has forgotten its WHERE
            seen = {str(row.candidate_id) for row in connection.execute(sa.select(candidate_profiles))}
        assert len(seen & {hidden.candidate_id, open_one.candidate_id, applicant.candidate_id}) == expected
    database.close()
    candidates.UpdateCandidate(
        candidates_pb2.UpdateCandidateRequest(candidate_id=open_one.candidate_id, discoverable=False), metadata=open_one.metadata
    )
    wait("whoever hides is gone", lambda: place(matches(firm, job), open_one) is None)


def test_the_applicants_of_a_job_are_ranked_among_themselves(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], jobs: Any
) -> None:
    job, other = firm.post(), firm.post()
    cook, engineer, elsewhere, found = seeker("Pastry Chef", ("Baking",)), seeker(), seeker(), seeker(discoverable=True)
    for who, where in ((cook, job), (engineer, job), (elsewhere, other), (found, new_firm().post())):
        who.apply(where)

    def ranked(job: pb.Job) -> list[str]:
        ids, request = [], pb.ListMatchesRequest(job_id=job.id, page_size=1, applicants_only=True)
        while True:
            page = jobs.ListMatches(request, metadata=firm.metadata)
            ids += [match.candidate_id for match in page.matches]
            if not (token := page.next_page_token):
                return ids
            request.page_token = token

    assert ranked(job) == [engineer.candidate_id, cook.candidate_id]
    assert ranked(other) == [elsewhere.candidate_id]
    assert ranked(firm.post()) == []


def test_a_profile_that_another_stands_for_is_ranked_by_others_alone(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], matches: Any, jobs: Any, house: House
) -> None:
    other, duplicates = new_firm(), house.stub("candidates", duplicates_pb2_grpc.DuplicateServiceStub)
    first, second = seeker(discoverable=True), seeker(discoverable=True)
    both = {first.candidate_id, second.candidate_id}
    job, theirs = firm.post(), other.post()
    made = [one.apply(job).id for one in (first, second)]

    def ranked(firm: Firm, job: pb.Job) -> set[str]:
        return both & {match.candidate_id for match in matches(firm, job)}

    def pairs() -> list[duplicates_pb2.Duplicate]:
        return list(duplicates.ListDuplicates(duplicates_pb2.ListDuplicatesRequest(), metadata=firm.metadata).duplicates)

    (pair,) = wait("they have one telephone number", pairs)
    wait("both are ranked", lambda: ranked(firm, job) == ranked(other, theirs) == both)
    keep = duplicates_pb2.MergeDuplicateRequest(duplicate_id=pair.id, keep_candidate_id=second.candidate_id)
    duplicates.MergeDuplicate(keep, metadata=firm.metadata)
    wait("one stands for both", lambda: ranked(firm, job) == {second.candidate_id})
    assert ranked(other, theirs) == both
    kept = place(matches(firm, job), second)
    assert (kept.application_id, list(kept.other_application_ids)) == (made[1], [made[0]])
    alone = jobs.ListMatches(pb.ListMatchesRequest(job_id=job.id, applicants_only=True), metadata=firm.metadata).matches
    assert {match.application_id for match in alone} == set(made)
    assert not place(matches(firm, firm.post("Another")), second).other_application_ids
    database = Database(house.app_url("jobs"))
    anew = Pool(database)
    for whose, expected in ((firm, {second.candidate_id}), (other, both)):
        _, found = anew.search(JobText("Backend Engineer"), date(2026, 11, 24), 1000, UUID(whose.account.tenant_id), None)
        assert both & {str(one.candidate_id) for one in found} == expected, "as read from the database alone"
    with database.begin(Scope(tenant_id=UUID(firm.account.tenant_id))) as connection:
        listed = profile_store.list_profiles(connection, UUID(firm.account.tenant_id), [UUID(one) for one in both])
    assert {str(one.candidate_id) for one in listed} == {second.candidate_id}
    database.close()
    keep.keep_candidate_id = first.candidate_id
    duplicates.MergeDuplicate(keep, metadata=firm.metadata)
    wait("the other stands for both", lambda: ranked(firm, job) == {first.candidate_id})
    duplicates.DismissDuplicate(duplicates_pb2.DismissDuplicateRequest(duplicate_id=pair.id), metadata=firm.metadata)
    wait("they are two again", lambda: ranked(firm, job) == both)
    assert not place(matches(firm, job), first).other_application_ids


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
