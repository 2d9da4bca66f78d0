"""Everybody who may be matched, in the memory of a process: fresh, the same in each replica, and from the database alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from cli.stack.databases import copy_database, drop_database
from services.chassis import ids
from services.chassis.calls import SYSTEM
from services.chassis.database import Database
from services.jobs import finding, profiles, rules
from services.jobs.matching import features
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.score import read_candidate, score
from services.jobs.pool import Pool
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Company, Job, Profile, candidate_profiles
from tests.conftest import House, until


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
    anew = Pool(empty_database)
    assert anew.weights().version == "fitted-1"  # before anybody is read
    assert anew.search(JOB, TODAY, 50, uuid4(), None)[1] == after[0][1]


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
