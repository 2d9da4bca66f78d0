"""Every query of companies and their jobs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from services.chassis import errors
from services.chassis.paging import Page
from services.jobs.tables import PERIODS, Company, Job, JobFilter, applications, companies, jobs

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
    for words in filter(None, (wanted.words, wanted.place)):
        chosen = chosen.where(jobs.c.words.op("@@")(sa.cast(words, TSQUERY)))
    for skill in wanted.skills:
        name = sa.func.jsonb_array_elements_text(jobs.c.key_skills).table_valued("value")
        chosen = chosen.where(sa.exists().select_from(name).where(sa.func.lower(name.c.value) == sa.func.lower(skill)))
    if wanted.remote:
        chosen = chosen.where(jobs.c.remote)
    if wanted.min_salary:
        a_year = jobs.c.salary_max * sa.case(PERIODS, value=jobs.c.salary_period)
        chosen = chosen.where(a_year >= wanted.min_salary, jobs.c.salary_currency == wanted.currency)
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


def _lexemes(words: Sequence[str]) -> sa.Function[Any]:
    return sa.func.array_to_tsvector(sa.cast(words, ARRAY(sa.Text)))


def _job(row: sa.Row[Any] | None) -> Job | None:
    return None if row is None else Job(**row._mapping)


def _found(job: Job | None) -> Job:
    if job is None:
        raise errors.NotFound("JOB_NOT_FOUND", "there is no such job, or none that you may see")
    return job
