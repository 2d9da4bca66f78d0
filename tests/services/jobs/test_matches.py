"""Ranked matches over gRPC: who is in an organization's pool, in which order, and how soon a change is seen."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import grpc
import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack.databases import copy_database, drop_database
from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import jobs_pb2 as pb
from services.chassis import clients, frame, ids
from services.chassis.calls import SYSTEM, Scope
from services.chassis.database import Database
from services.chassis.events import Follower
from services.chassis.tokens import ServiceTokens
from services.jobs import profiles, rules, store, tasks
from services.jobs.matching.profile import CandidateText, Education, JobText
from services.jobs.matching.score import score
from services.jobs.pool import MOST_SCORED, SCORED_WHOLE, Pool
from services.jobs.tables import Job, Profile, candidate_profiles
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


def test_an_applicant_is_ranked_at_once_also_before_the_event_of_their_profile(
    firm: Firm, seeker: Callable[..., Seeker], matches: Any, candidates: Any, house: House
) -> None:
    job, ada = firm.post(), seeker()
    (last,) = rows_of_candidates(house, "SELECT max(position) FROM events WHERE subject_id = %s", ada.candidate_id)[0]
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
def test_a_follower_applies_each_event_once_also_when_it_is_started_again(house: House, seeker: Callable[..., Seeker], stops: int) -> None:
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
    with closing(psycopg2.connect(house.owner_url("candidates"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@pytest.fixture
def empty_database(house: House) -> Iterator[Database]:
    """One without anybody in it, so that the pool is what the test puts there."""
    name = f"jobs_pool_{uuid4().hex[:8]}"
    database = Database(copy_database(house.postgres, house.folder, "jobs", "job_db", name).app)
    yield database
    database.close()
    drop_database(house.postgres, name)


def add(database: Database, position: int, text: CandidateText | None, candidate_id: UUID | None = None) -> UUID:
    candidate_id = candidate_id or ids.mint()
    kept = Profile(
        candidate_id, ids.mint(), ids.mint(), "Somebody", "", text is not None, profiles.to_json(text) if text else None, position
    )
    with database.begin(SYSTEM) as connection:
        store.put_profile(connection, kept)
    return candidate_id


COOK = CandidateText(titles=("Pastry Chef",), summary="Bakes bread and cakes for a hotel")
ENGINEER = CandidateText(titles=("Backend Engineer",), summary="Builds payment services in Python on PostgreSQL")
JOB = JobText("Backend Engineer", "Payment services in Python on PostgreSQL. No cakes.")


def test_of_many_the_most_similar_are_scored_and_the_jobs_applicants_before_anybody_else(empty_database: Database) -> None:
    pool = Pool(empty_database)
    cooks = [add(empty_database, number, COOK) for number in range(1, SCORED_WHOLE)]
    applicant = add(empty_database, 1001, CandidateText(titles=("Tailor",)))
    assert sorted(pool.choose(JOB, [applicant], [])) == sorted([*cooks, applicant])
    other = add(empty_database, 1002, ENGINEER)
    assert pool.choose(JOB, [applicant], [])[0] == applicant
    chosen = pool.choose(JOB, [applicant], [])
    assert (len(chosen), len(set(chosen)), other in chosen) == (MOST_SCORED, MOST_SCORED, True)
    assert len(pool.choose(JOB, [*cooks, applicant], [])) == MOST_SCORED


def test_a_pool_follows_who_comes_changes_and_goes_also_on_its_own(empty_database: Database) -> None:
    pool = Pool(empty_database)
    ada = add(empty_database, 1, COOK)
    assert pool.choose(JOB, [], []) == [ada]
    add(empty_database, 2, ENGINEER, ada)
    marco = add(empty_database, 3, COOK)
    assert set(pool.choose(JOB, [], [])) == {ada, marco}
    add(empty_database, 4, None, marco)
    assert pool.choose(JOB, [], []) == [ada]
    pool.start()
    add(empty_database, 5, COOK, marco)
    until(lambda: pool._position == 5, "the pool sees what another process stored", 2)
    pool.stop()
    pool.join(5)
    assert not pool.is_alive()


def test_a_remembered_score_is_the_one_that_would_be_computed(empty_database: Database) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    job = Job(
        ids.mint(), ids.mint(), ids.mint(), "Nordlicht", ids.mint(), JOB.title, JOB.description, "", False, None, None, None, [], "published", 1, now, now, now
    )  # fmt: skip
    pool = Pool(empty_database)
    cook = Profile(ids.mint(), None, None, "", "", True, profiles.to_json(COOK), 1)
    engineer = replace(cook, text=profiles.to_json(ENGINEER), position=2)

    def value(profile: Profile, job: Job) -> float:
        ((found, _),) = pool.score(job, [profile], now.date())
        assert found == score(rules.job_text(job), profiles.from_json(profile.text or {}), pool.idf, now.date())
        return found.value

    assert value(cook, job) == value(cook, job) < value(engineer, job)
    assert value(engineer, replace(job, title="Tailor", description="Sews", version=2)) < value(engineer, job)


def test_a_profile_is_read_for_what_it_says_of_the_work() -> None:
    text = profiles.to_text(
        candidates_pb2.Candidate(
            id=str(uuid4()), headline="Engineer", location="Berlin", dob="1990-12-31",
            work_experience=[
                candidates_pb2.WorkExperience(job_title="Junior", company_name="A", start_date="2015", end_date="2018-02-28"),
                candidates_pb2.WorkExperience(job_title="Senior", company_name="B", start_date="2018-03"),
                candidates_pb2.WorkExperience(job_title="Odd", company_name="C", start_date="9999", end_date="2018-99"),
            ],
            skills=[candidates_pb2.Skill(skill_name="Python")], certifications=[candidates_pb2.Certification(title="CKA")],
            education=[candidates_pb2.Education(degree="MSc", university="TU")],
        )
    )  # fmt: skip
    assert [(one.title, one.started_on, one.ended_on) for one in text.experience] == [
        ("Senior", date(2018, 3, 1), None), ("Odd", None, date(2018, 7, 1)), ("Junior", date(2015, 7, 1), date(2018, 2, 1)),
    ]  # fmt: skip
    assert (text.titles, text.skills, text.education) == (("Engineer",), ("Python", "CKA"), (Education("MSc"),))
    assert profiles.from_json(profiles.to_json(text)) == text
