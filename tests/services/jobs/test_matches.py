"""Ranked matches over gRPC: who is in an organization's pool, in which order, and how soon a change is seen."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import psycopg2
import pytest
import sqlalchemy as sa

from cli.stack.databases import copy_database, drop_database
from einstellen.candidates.v1 import candidates_pb2, duplicates_pb2, duplicates_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2 as pb
from services.chassis import clients, frame, ids
from services.chassis.calls import SYSTEM, Scope
from services.chassis.database import Database
from services.chassis.events import Follower
from services.chassis.tokens import ServiceTokens
from services.jobs import finding, profiles, rules, tasks
from services.jobs.matching import features
from services.jobs.matching.profile import CandidateText, Education, JobText
from services.jobs.matching.score import read_candidate, score
from services.jobs.pool import Pool
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Company, Job, Profile, candidate_profiles
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


def test_a_profile_that_another_stands_for_is_ranked_by_others_alone(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], matches: Any, house: House
) -> None:
    other, duplicates = new_firm(), house.stub("candidates", duplicates_pb2_grpc.DuplicateServiceStub)
    first, second = seeker(discoverable=True), seeker(discoverable=True)
    both = {first.candidate_id, second.candidate_id}
    job, theirs = firm.post(), other.post()
    for one in (first, second):
        one.apply(job)

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
    database = Database(house.app_url("jobs"))
    anew = Pool(database)
    for whose, expected in ((firm, {second.candidate_id}), (other, both)):
        _, found = anew.search(JOB, TODAY, 1000, UUID(whose.account.tenant_id), None)
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
    (first,) = rows_of_candidates(house, "SELECT coalesce(max(position), 0) FROM events")[0]
    for _ in range(5):
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

    with database.begin(SYSTEM) as connection:
        connection.execute(sa.insert(frame.cursors).values(source=source, position=first))
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
    positions = [
        row
        for (row,) in rows_of_candidates(
            house, "SELECT position FROM events WHERE position > %s AND position <= %s ORDER BY position", first, last
        )
    ]
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


def add(
    database: Database, position: int, text: CandidateText | None, candidate_id: UUID | None = None, *, discoverable: bool = True
) -> UUID:
    candidate_id = candidate_id or ids.mint()
    kept = profiles.gone(candidate_id, position)
    if text is not None:
        packed = features.pack(read_candidate(text))
        kept = Profile(
            candidate_id, ids.mint(), ids.mint(), "Somebody", "", discoverable, profiles.to_json(text), position, packed, features.version()
        )
    with database.begin(SYSTEM) as connection:
        profile_store.put_profile(connection, kept)
    return candidate_id


COOK = CandidateText(titles=("Pastry Chef",), summary="Bakes bread and cakes for a hotel")
ENGINEER = CandidateText(titles=("Backend Engineer",), summary="Builds payment services in Python on PostgreSQL")
TODAY = date(2026, 11, 24)
JOB = JobText("Backend Engineer", "Payment services in Python on PostgreSQL. No cakes.")


def ranked(pool: Pool, tenant_id: UUID | None = None) -> list[UUID]:
    _, found = pool.search(JOB, TODAY, 1000, tenant_id or uuid4(), None)
    return [one.candidate_id for one in found]


def test_everybody_of_a_large_pool_is_ranked_by_the_score_that_is_explained(empty_database: Database) -> None:
    pool = Pool(empty_database)
    cooks = [add(empty_database, number, COOK) for number in range(1, 700)]
    engineer = add(empty_database, 1001, ENGINEER)
    idf, found = pool.search(JOB, TODAY, 1000, uuid4(), None)
    assert [one.candidate_id for one in found] == [engineer, *sorted(cooks)]
    assert [one.tenths for one in found] == [round(10 * score(JOB, text, idf, TODAY).value) for text in (ENGINEER, *[COOK] * len(cooks))]


def test_a_pool_follows_who_comes_changes_and_goes_also_on_its_own(empty_database: Database) -> None:
    pool = Pool(empty_database)
    ada = add(empty_database, 1, COOK)
    assert ranked(pool) == [ada]
    add(empty_database, 2, ENGINEER, ada)
    marco = add(empty_database, 3, COOK)
    assert ranked(pool) == [ada, marco]
    add(empty_database, 4, None, marco)
    assert ranked(pool) == [ada]
    pool.start()
    add(empty_database, 5, COOK, marco)
    until(lambda: pool._index is not None and len(pool._index) == 2, "the pool sees what another process stored", 2)
    pool.stop()
    assert not pool.is_alive()


def test_a_snapshot_spares_a_replica_the_reading_and_changes_no_answer(empty_database: Database, tmp_path: Path) -> None:
    first = Pool(empty_database, str(tmp_path))
    gone, *others = [add(empty_database, number, COOK) for number in range(1, 30)]
    assert len(ranked(first)) == 29
    first.save()
    add(empty_database, 40, None, gone)
    add(empty_database, 41, ENGINEER, others[0])
    second = Pool(empty_database, str(tmp_path))
    assert ranked(second) == ranked(Pool(empty_database)) == [others[0], *sorted(others[1:])]
    assert second._saved < second._change
    second.tend(erase=True)
    second.save()
    assert ranked(Pool(empty_database, str(tmp_path))) == ranked(second)
    assert len(list(tmp_path.glob("*.npz"))) == len(second._index.state.parts)


@pytest.mark.parametrize("damage", ["a byte", "the manifest", "half a file", "another database"])
def test_a_snapshot_that_is_damaged_or_not_ours_is_no_snapshot(empty_database: Database, tmp_path: Path, damage: str) -> None:
    first = Pool(empty_database, str(tmp_path))
    cooks = [add(empty_database, number, COOK) for number in range(1, 30)]
    ranked(first)
    first.save()
    (segment,), manifest = tmp_path.glob("*.npz"), tmp_path / "manifest.json"
    if damage == "the manifest":
        manifest.write_text("{")
    elif damage == "another database":
        with empty_database.begin(SYSTEM) as connection:
            connection.execute(candidate_profiles.delete().where(candidate_profiles.c.candidate_id == cooks.pop()))
    else:
        content = segment.read_bytes()
        middle = len(content) // 2
        segment.write_bytes(
            content[:middle] if damage == "half a file" else content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        )
    assert ranked(Pool(empty_database, str(tmp_path))) == sorted(cooks)


def test_replicas_take_the_weights_that_one_of_them_fitted_and_agree(empty_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.jobs.pool._WORTH_FITTING", 20)
    pools = [Pool(empty_database), Pool(empty_database)]
    for number in range(1, 30):
        add(empty_database, number, ENGINEER if number % 3 else COOK)
    before = [pool.search(JOB, TODAY, 50, uuid4(), None) for pool in pools]
    pools[0].tend()
    after = [pool.search(JOB, TODAY, 50, uuid4(), None) for pool in pools]
    assert before[0][1] == before[1][1] != after[0][1] == after[1][1]
    assert [idf.version for idf, _ in (*before, *after)] == ["start-2", "start-2", "fitted-1", "fitted-1"]
    pools[1].tend()
    with empty_database.begin(SYSTEM) as connection:
        assert profile_store.newest_weights(connection) == 1
    assert Pool(empty_database).search(JOB, TODAY, 50, uuid4(), None)[1] == after[0][1]


def test_features_of_other_rules_are_made_anew_from_the_profile_and_kept(empty_database: Database) -> None:
    ada = add(empty_database, 1, ENGINEER)
    right = ranked_with_scores(Pool(empty_database))
    with empty_database.begin(SYSTEM) as connection:
        connection.execute(candidate_profiles.update().values(features=b"of old", features_version="0"))
    assert ranked_with_scores(Pool(empty_database)) == right
    with empty_database.begin(SYSTEM) as connection:
        (kept,) = connection.execute(sa.select(candidate_profiles.c.features_version, candidate_profiles.c.candidate_id))
    assert tuple(kept) == (features.version(), ada)


def test_a_profile_that_cannot_be_read_is_left_out_and_holds_nobody_up(empty_database: Database) -> None:
    add(empty_database, 1, ENGINEER)
    with empty_database.begin(SYSTEM) as connection:
        connection.execute(candidate_profiles.update().values(text={"titles": 1}, features=None, features_version="0"))
    cook = add(empty_database, 2, COOK)
    assert ranked(Pool(empty_database)) == [cook]


def ranked_with_scores(pool: Pool) -> list[tuple[int, UUID]]:
    return list(pool.search(JOB, TODAY, 50, uuid4(), None)[1])


def test_who_applied_is_found_by_that_organization_alone(empty_database: Database) -> None:
    now, ours = datetime(2026, 11, 24, tzinfo=UTC), uuid4()
    hidden = add(empty_database, 1, COOK, discoverable=False)
    pool = Pool(empty_database)
    assert ranked(pool, ours) == []
    company = Company(ids.mint(), ours, ids.mint(), "Nordlicht", "", now)
    job = Job(
        ids.mint(), ours, company.id, "Nordlicht", ids.mint(), "Cook", "Cooks", "", False, None, None, None, [], "published", 1, now, now, now
    )  # fmt: skip
    application = Application(
        ids.mint(), ours, job.id, hidden, ids.mint(), "", "", "applied", Decimal(1), {}, None, None, now, now
    )  # fmt: skip
    with empty_database.begin(SYSTEM) as connection:
        job_store.add_company(connection, company)
        job_store.add_job(connection, job, finding.job_words(job))
        application_store.add_application(connection, application, rules.first_step(application.id, application.user_id, now=now))
    assert (ranked(pool, ours), ranked(pool)) == ([hidden], [])


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
            languages=[candidates_pb2.Language(name="German", level="C1"), candidates_pb2.Language(name="Dutch", level="A2")],
        )
    )  # fmt: skip
    assert [(one.title, one.started_on, one.ended_on) for one in text.experience] == [
        ("Senior", date(2018, 3, 1), None), ("Odd", None, date(2018, 7, 1)), ("Junior", date(2015, 7, 1), date(2018, 2, 1)),
    ]  # fmt: skip
    assert (text.titles, text.skills, text.education) == (("Engineer",), ("Python", "CKA", "German"), (Education("MSc"),))
    assert profiles.from_json(profiles.to_json(text)) == text
