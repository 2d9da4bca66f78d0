"""Every query of jobs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, insert

from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page
from services.jobs.tables import (
    Application,
    Change,
    Company,
    Job,
    JobFilter,
    Note,
    Profile,
    Scorecard,
    SelfIdentification,
    StatusChange,
    Stay,
    applications,
    candidate_profiles,
    companies,
    jobs,
    notes,
    scorecards,
    self_identifications,
    status_changes,
    word_weights,
)

_WHOLE_WORD = 2
_PROFILE = [candidate_profiles.c[field.name] for field in fields(Profile)]
_JOB = [jobs.c[field.name] for field in fields(Job)]


def add_company(connection: Connection, company: Company) -> None:
    connection.execute(companies.insert(), asdict(company))


def get_company(connection: Connection, company_id: UUID, tenant_id: UUID) -> Company:
    row = connection.execute(sa.select(companies).where(companies.c.id == company_id, companies.c.tenant_id == tenant_id)).first()
    if row is None:
        raise errors.NotFound("COMPANY_NOT_FOUND", "there is no such company in the active organization")
    return Company(**row._mapping)


def list_companies(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Company]:
    query = sa.select(companies).where(companies.c.tenant_id == tenant_id).order_by(companies.c.id).limit(page.fetch)
    if page.after:
        query = query.where(companies.c.id > page.after[0])
    return [Company(**row._mapping) for row in connection.execute(query)]


def add_job(connection: Connection, job: Job, words: Sequence[str]) -> None:
    connection.execute(jobs.insert().values(**asdict(job), words=_lexemes(words)))


def find_job(connection: Connection, job_id: UUID) -> Job | None:
    """Whatever its status; the transaction's scope alone decides who sees it."""
    return _job(connection.execute(sa.select(*_JOB).where(jobs.c.id == job_id)).first())


def get_readable_job(connection: Connection, job_id: UUID, tenant_id: UUID | None, user_id: UUID | None) -> Job:
    """A published one, one of the tenant's own, or one that the user applied to."""
    applied = sa.exists().where(applications.c.job_id == jobs.c.id, applications.c.user_id == user_id)
    readable = sa.or_(jobs.c.status == "published", jobs.c.tenant_id == tenant_id, applied)
    return _found(_job(connection.execute(sa.select(*_JOB).where(jobs.c.id == job_id, readable)).first()))


def get_job(connection: Connection, job_id: UUID, tenant_id: UUID) -> Job:
    """One of the tenant's own."""
    return _found(_job(connection.execute(sa.select(*_JOB).where(jobs.c.id == job_id, jobs.c.tenant_id == tenant_id)).first()))


def lock_job(connection: Connection, job_id: UUID, tenant_id: UUID) -> Job:
    """One of the tenant's own, held until commit, so that of two who change it one comes second."""
    query = sa.select(*_JOB).where(jobs.c.id == job_id, jobs.c.tenant_id == tenant_id).with_for_update()
    return _found(_job(connection.execute(query).first()))


def put_job(connection: Connection, job: Job, words: Sequence[str]) -> None:
    """Replaces a job that this transaction has locked."""
    changed = jobs.update().where(jobs.c.id == job.id, jobs.c.tenant_id == job.tenant_id)
    connection.execute(changed.values(**asdict(job), words=_lexemes(words)))


def list_jobs(connection: Connection, page: Page, wanted: JobFilter, *, tenant_id: UUID | None) -> Sequence[Job]:
    """Newest first: published ones, or with a tenant all of its own."""
    chosen = sa.select(*_JOB).order_by(jobs.c.id.desc()).limit(page.fetch)
    chosen = chosen.where(jobs.c.status == "published" if tenant_id is None else jobs.c.tenant_id == tenant_id)
    if wanted.query:
        chosen = chosen.where(jobs.c.words.op("@@")(sa.cast(_query(wanted.query), TSQUERY)))
    for skill in wanted.skills:
        name = sa.func.jsonb_array_elements_text(jobs.c.key_skills).table_valued("value")
        chosen = chosen.where(sa.exists().select_from(name).where(sa.func.lower(name.c.value) == sa.func.lower(skill)))
    if wanted.location:
        chosen = chosen.where(jobs.c.location.icontains(wanted.location, autoescape=True))
    if wanted.remote:
        chosen = chosen.where(jobs.c.remote)
    if wanted.min_salary:
        chosen = chosen.where(jobs.c.salary_max >= wanted.min_salary, jobs.c.salary_currency == wanted.currency)
    if page.after:
        chosen = chosen.where(jobs.c.id < page.after[0])
    return [Job(**row._mapping) for row in connection.execute(chosen)]


def published_versions(connection: Connection) -> dict[UUID, int]:
    rows = connection.execute(sa.select(jobs.c.id, jobs.c.version).where(jobs.c.status == "published"))
    return {row.id: row.version for row in rows}


def list_published(connection: Connection, job_ids: Collection[UUID]) -> Sequence[Job]:
    query = sa.select(*_JOB).where(jobs.c.id.in_(job_ids), jobs.c.status == "published")
    return [Job(**row._mapping) for row in connection.execute(query)]


def get_posting(connection: Connection, job_id: UUID) -> tuple[Job, str]:
    """A published job, and the address of its company."""
    query = sa.select(*_JOB).where(jobs.c.id == job_id, jobs.c.status == "published")
    job = _found(_job(connection.execute(query).first()))
    website = connection.execute(sa.select(companies.c.website).where(companies.c.id == job.company_id)).scalar()
    return job, website or ""


def find_own_profile(connection: Connection, user_id: UUID) -> Profile | None:
    query = sa.select(*_PROFILE).where(candidate_profiles.c.user_id == user_id, candidate_profiles.c.text.is_not(None))
    row = connection.execute(query).first()
    return None if row is None else Profile(**row._mapping)


def _lexemes(words: Sequence[str]) -> sa.Function[Any]:
    return sa.func.array_to_tsvector(sa.cast(words, ARRAY(sa.Text)))


def _query(words: Sequence[str]) -> str:
    """A tsquery for all of the words: a short one, and one that ends with a sign, whole; a longer one also as the beginning of another."""
    return " & ".join(f"'{word}'" if len(word) <= _WHOLE_WORD or not word[-1].isalnum() else f"'{word}':*" for word in words)


def _job(row: sa.Row[Any] | None) -> Job | None:
    return None if row is None else Job(**row._mapping)


def _found(job: Job | None) -> Job:
    if job is None:
        raise errors.NotFound("JOB_NOT_FOUND", "there is no such job, or none that you may see")
    return job


def add_application(connection: Connection, application: Application, step: StatusChange) -> None:
    """Adds it with the first step of its history."""
    applied = errors.AlreadyExists("ALREADY_APPLIED", "you have applied to this job already")
    with refusing({"applications_once": applied}):
        connection.execute(applications.insert(), asdict(application))
    connection.execute(status_changes.insert(), asdict(step))


def find_application(connection: Connection, application_id: UUID) -> Application | None:
    """Whosever it is: for tasks, and for services that call for themselves."""
    row = connection.execute(sa.select(applications).where(applications.c.id == application_id)).first()
    return None if row is None else Application(**row._mapping)


def get_application(connection: Connection, application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    """One to the tenant, or made by the user."""
    return _application(connection, sa.select(applications), application_id, tenant_id, user_id)


def lock_application(connection: Connection, application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    """As get_application, held until commit, so that moves come one after the other."""
    return _application(connection, sa.select(applications).with_for_update(), application_id, tenant_id, user_id)


def _application(connection: Connection, query: sa.Select[Any], application_id: UUID, tenant_id: UUID, user_id: UUID) -> Application:
    theirs = sa.or_(applications.c.tenant_id == tenant_id, applications.c.user_id == user_id)
    row = connection.execute(query.where(applications.c.id == application_id, theirs)).first()
    if row is None:
        raise no_application()
    return Application(**row._mapping)


def no_application() -> errors.NotFound:
    return errors.NotFound("APPLICATION_NOT_FOUND", "there is no such application, or none that you may see")


def list_applications(
    connection: Connection, page: Page, *, tenant_id: UUID | None, user_id: UUID | None, job_id: UUID | None, status: str
) -> Sequence[Application]:
    """Newest first: those to the tenant, or those that the user made."""
    whose = applications.c.user_id == user_id if tenant_id is None else applications.c.tenant_id == tenant_id
    query = sa.select(applications).where(whose).order_by(applications.c.id.desc()).limit(page.fetch)
    if job_id:
        query = query.where(applications.c.job_id == job_id)
    if status:
        query = query.where(applications.c.status == status)
    if page.after:
        query = query.where(applications.c.id < page.after[0])
    return [Application(**row._mapping) for row in connection.execute(query)]


def job_titles(connection: Connection, job_ids: Collection[UUID]) -> dict[UUID, str]:
    """The titles of those jobs that the transaction's scope may see."""
    rows = connection.execute(sa.select(jobs.c.id, jobs.c.title).where(jobs.c.id.in_(job_ids)))
    return {row.id: row.title for row in rows}


def list_steps(connection: Connection, application_id: UUID) -> Sequence[StatusChange]:
    """The history, oldest first."""
    query = sa.select(status_changes).where(status_changes.c.application_id == application_id).order_by(status_changes.c.id)
    return [StatusChange(**row._mapping) for row in connection.execute(query)]


def move_application(connection: Connection, application: Application, step: StatusChange) -> None:
    """Keeps the move of an application that this transaction has locked."""
    connection.execute(
        applications.update()
        .where(applications.c.id == application.id, applications.c.tenant_id == application.tenant_id)
        .values(
            status=application.status, reached=application.reached, interview_at=application.interview_at, updated_at=application.updated_at
        )
    )
    connection.execute(status_changes.insert(), asdict(step))


def keep_reminder(connection: Connection, application_id: UUID, reminder_id: UUID) -> str:
    """Notes the reminder of the interview; the answer is the application's status at that moment, from which a later move will see the reminder."""
    changed = (
        applications.update().where(applications.c.id == application_id).values(reminder_id=reminder_id).returning(applications.c.status)
    )
    return str(connection.execute(changed).scalar_one())


def applications_of(connection: Connection, tenant_id: UUID, job_id: UUID, candidate_ids: Collection[UUID]) -> dict[UUID, Application]:
    """The applications of these candidates to a job of the tenant, by candidate."""
    query = sa.select(applications).where(
        applications.c.tenant_id == tenant_id, applications.c.job_id == job_id, applications.c.candidate_id.in_(candidate_ids)
    )
    return {row.candidate_id: Application(**row._mapping) for row in connection.execute(query)}


def own_application(connection: Connection, application_id: UUID, tenant_id: UUID) -> Application:
    """One to the tenant."""
    row = connection.execute(
        sa.select(applications).where(applications.c.id == application_id, applications.c.tenant_id == tenant_id)
    ).first()
    if row is None:
        raise no_application()
    return Application(**row._mapping)


def lock_applications(connection: Connection, application_ids: Collection[UUID], tenant_id: UUID) -> dict[UUID, Application]:
    """Those of these to the tenant, held until commit; in the order of ids, so that two who move the same ones do not wait for each other."""
    query = sa.select(applications).where(applications.c.id.in_(application_ids), applications.c.tenant_id == tenant_id)
    rows = connection.execute(query.order_by(applications.c.id).with_for_update())
    return {row.id: Application(**row._mapping) for row in rows}


def add_note(connection: Connection, note: Note) -> None:
    connection.execute(notes.insert(), asdict(note))


def list_notes(connection: Connection, page: Page, application_id: UUID, tenant_id: UUID) -> Sequence[Note]:
    query = sa.select(notes).where(notes.c.application_id == application_id, notes.c.tenant_id == tenant_id)
    if page.after:
        query = query.where(notes.c.id > page.after[0])
    return [Note(**row._mapping) for row in connection.execute(query.order_by(notes.c.id).limit(page.fetch))]


def put_scorecard(connection: Connection, card: Scorecard) -> None:
    row = asdict(card)
    key = ["application_id", "author_id"]
    connection.execute(insert(scorecards).values(row).on_conflict_do_update(index_elements=key, set_=row))


def list_scorecards(connection: Connection, application_id: UUID, tenant_id: UUID) -> Sequence[Scorecard]:
    query = sa.select(scorecards).where(scorecards.c.application_id == application_id, scorecards.c.tenant_id == tenant_id)
    return [Scorecard(**row._mapping) for row in connection.execute(query.order_by(scorecards.c.updated_at, scorecards.c.author_id))]


def put_self_identification(connection: Connection, said: SelfIdentification) -> None:
    row = asdict(said)
    connection.execute(insert(self_identifications).values(row).on_conflict_do_update(index_elements=["application_id"], set_=row))


def forget_self_identification(connection: Connection, application_id: UUID, user_id: UUID) -> None:
    mine = self_identifications.c
    connection.execute(self_identifications.delete().where(mine.application_id == application_id, mine.user_id == user_id))


def count_answers(connection: Connection, job_id: UUID, question: str) -> Sequence[tuple[str, str, str, int]]:
    """How many applications to the job have each answer to the question, furthest stage and status. Only the service itself may ask for all."""
    answer = self_identifications.c[question]
    query = (
        sa.select(answer, applications.c.reached, applications.c.status, sa.func.count())
        .join(applications, applications.c.id == self_identifications.c.application_id)
        .where(applications.c.job_id == job_id, answer != "")
        .group_by(answer, applications.c.reached, applications.c.status)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def count_outcomes(connection: Connection, job_id: UUID, tenant_id: UUID) -> Sequence[tuple[str, str, str, int]]:
    """How many applications to a job of the tenant have each source, furthest stage and status."""
    theirs = applications.c
    query = (
        sa.select(theirs.source, theirs.reached, theirs.status, sa.func.count())
        .where(theirs.job_id == job_id, theirs.tenant_id == tenant_id)
        .group_by(theirs.source, theirs.reached, theirs.status)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def list_stays(connection: Connection, job_id: UUID, tenant_id: UUID, pipeline: Sequence[str], now: datetime) -> Sequence[Stay]:
    """The stages that applications to a job of the tenant stood at, each summed up; `pipeline` are those that a step to is a step forward."""
    change = status_changes.c

    def following(column: sa.ColumnElement[Any]) -> sa.Over[Any]:
        return sa.func.lead(column).over(partition_by=change.application_id, order_by=change.id)

    steps = (
        sa.select(
            change.to_status.label("status"), change.created_at.label("since"),
            following(change.created_at).label("until"), following(change.to_status).label("next"),
        )
        .join(applications, applications.c.id == change.application_id)
        .where(applications.c.job_id == job_id, applications.c.tenant_id == tenant_id)
        .subquery()
    )  # fmt: skip
    seconds = sa.extract("epoch", sa.func.coalesce(steps.c.until, now) - steps.c.since)
    query = sa.select(
        steps.c.status, sa.func.count(), sa.func.count().filter(steps.c.next.is_(None)),
        sa.func.count().filter(steps.c.next.in_(pipeline)), sa.func.percentile_cont(0.5).within_group(seconds), sa.func.avg(seconds),
    ).group_by(steps.c.status)  # fmt: skip
    return [Stay(row[0], row[1], row[2], row[3], float(row[4]), float(row[5])) for row in connection.execute(query)]


def put_profile(connection: Connection, profile: Profile) -> None:
    row = asdict(profile)
    connection.execute(insert(candidate_profiles).values(row).on_conflict_do_update(index_elements=["candidate_id"], set_=row))


def bring_profile(connection: Connection, profile: Profile) -> None:
    """Stores it where none is known yet; one that came with an event stays, as it may be newer."""
    connection.execute(insert(candidate_profiles).values(asdict(profile)).on_conflict_do_nothing(index_elements=["candidate_id"]))


def list_profiles(connection: Connection, tenant_id: UUID, candidate_ids: Collection[UUID]) -> Sequence[Profile]:
    """Those of these candidates who are in the tenant's pool: discoverable, or applicants of its."""
    applied = sa.exists().where(applications.c.candidate_id == candidate_profiles.c.candidate_id, applications.c.tenant_id == tenant_id)
    query = sa.select(*_PROFILE).where(
        candidate_profiles.c.candidate_id.in_(candidate_ids),
        candidate_profiles.c.text.is_not(None),
        sa.or_(candidate_profiles.c.discoverable, applied),
        sa.literal(tenant_id, sa.Uuid) != sa.all_(candidate_profiles.c.merged_for),
    )
    return [Profile(**row._mapping) for row in connection.execute(query)]


def list_changes(connection: Connection, after: int, features_version: str, limit: int) -> Sequence[Change]:
    """What has changed since, in the order of the changes, those who are gone too."""
    profile = candidate_profiles.c
    tenants = sa.select(applications.c.tenant_id).where(applications.c.candidate_id == profile.candidate_id).distinct()
    query = (
        sa.select(
            profile.candidate_id, profile.discoverable, profile.text.is_(None).label("gone"), profile.features, profile.change, profile.merged_for,
            sa.case((profile.features_version != features_version, profile.text)).label("text"),
            sa.func.array(tenants.scalar_subquery(), type_=ARRAY(sa.Uuid)).label("tenants"),
        )
        .where(profile.change > after)
        .order_by(profile.change)
        .limit(limit)
    )  # fmt: skip
    return [Change(**row._mapping) for row in connection.execute(query)]


def keep_features(connection: Connection, change: Change, features: bytes, version: str) -> None:
    """Keeps features that were made anew, unless the profile has changed since."""
    profile = candidate_profiles.c
    same = candidate_profiles.update().where(profile.candidate_id == change.candidate_id, profile.change == change.change)
    connection.execute(same.values(features=features, features_version=version))


def count_profiles(connection: Connection) -> tuple[int, int]:
    """How many there are, those who are gone left out, and the number of the last change."""
    there = sa.func.count().filter(candidate_profiles.c.text.is_not(None))
    row = connection.execute(sa.select(there, sa.func.coalesce(sa.func.max(candidate_profiles.c.change), 0))).one()
    return row[0], row[1]


def newest_weights(connection: Connection) -> int:
    """The number of the newest weights of words; 0 where none were fitted yet."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(word_weights.c.number), 0))).scalar_one())


def get_weights(connection: Connection, number: int) -> bytes:
    return bytes(connection.execute(sa.select(word_weights.c.content).where(word_weights.c.number == number)).scalar_one())


def add_weights(connection: Connection, number: int, content: bytes) -> None:
    """Of two replicas that fit the same number at once, the first is right."""
    connection.execute(insert(word_weights).values(number=number, content=content).on_conflict_do_nothing(index_elements=["number"]))
