"""The RPCs of companies and jobs, and of the candidates that fit a job."""

from typing import Any
from uuid import UUID

import grpc

from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from services.chassis import audit, calls, errors, events, idempotency, ids, masks, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.jobs import explain, rules, store
from services.jobs.pool import Pool
from services.jobs.tables import Company, Job

Context = grpc.ServicerContext
_FIELDS = ("title", "description", "location", "salary_range", "key_skills", "remote", "status")

# What the audit log tells before and after.
_TOLD = ("status", "remote", "salary_min", "salary_max", "salary_currency")


class JobService(jobs_pb2_grpc.JobServiceServicer):
    """See jobs.proto."""

    def __init__(self, database: Database, pool: Pool, clock: Clock = utc_now) -> None:
        self._database = database
        self._pool = pool
        self._clock = clock

    def CreateCompany(self, request: jobs_pb2.CreateCompanyRequest, context: Context) -> jobs_pb2.Company:
        person = calls.person()
        name, website = rules.required("name", request.name), rules.web_address("website", request.website)
        company = Company(ids.mint(), person.tenant_id, person.user_id, name, website, self._clock())
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, jobs_pb2.Company)
            if claim.answer is not None:
                return claim.answer
            store.add_company(connection, company)
            audit.record(connection, "company.created", company_id=company.id)
            return claim.keep(to_company(company))

    def GetCompany(self, request: jobs_pb2.GetCompanyRequest, context: Context) -> jobs_pb2.Company:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_company(store.get_company(connection, UUID(request.company_id), person.tenant_id))

    def ListCompanies(self, request: jobs_pb2.ListCompaniesRequest, context: Context) -> jobs_pb2.ListCompaniesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            rows, token = page.cut(store.list_companies(connection, person.tenant_id, page), lambda row: [row.id])
        return jobs_pb2.ListCompaniesResponse(companies=map(to_company, rows), next_page_token=token)

    def CreateJob(self, request: jobs_pb2.CreateJobRequest, context: Context) -> jobs_pb2.Job:
        person, now = calls.person(), self._clock()
        title, description = rules.required("title", request.title), rules.required("description", request.description)
        skills = rules.key_skills(request.key_skills, title, description)
        status = request.status or "published"
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, jobs_pb2.Job)
            if claim.answer is not None:
                return claim.answer
            company = store.get_company(connection, UUID(request.company_id), person.tenant_id)
            job = Job(
                ids.mint(), person.tenant_id, company.id, company.name, person.user_id, title, description, request.location.strip(), request.remote,
                **_salary(request), key_skills=skills, status=status, version=1, created_at=now, updated_at=now,
                published_at=now if status == "published" else None,
            )  # fmt: skip
            store.add_job(connection, job)
            audit.record(connection, "job.created", job_id=job.id, status=status)
            answer = claim.keep(to_job(job))
            if status == "published":
                events.record(connection, "job.published", job.id, job.tenant_id)
        return answer

    def GetJob(self, request: jobs_pb2.GetJobRequest, context: Context) -> jobs_pb2.Job:
        scope = calls.current().scope
        with self._database.begin(scope) as connection:
            if not scope.system:
                return to_job(store.get_readable_job(connection, UUID(request.job_id), scope.tenant_id, scope.user_id))
            job = store.find_job(connection, UUID(request.job_id))
        if job is None:
            raise errors.NotFound("JOB_NOT_FOUND", "there is no such job")
        return to_job(job)

    def ListJobs(self, request: jobs_pb2.ListJobsRequest, context: Context) -> jobs_pb2.ListJobsResponse:
        page = paging.read(request, UUID)
        tenant_id = calls.person().tenant_id if request.mine else None
        with self._database.begin(calls.current()) as connection:
            found = store.list_jobs(connection, page, tenant_id=tenant_id, query=request.query, location=request.location)
        rows, token = page.cut(found, lambda row: [row.id])
        return jobs_pb2.ListJobsResponse(jobs=map(to_job, rows), next_page_token=token)

    def UpdateJob(self, request: jobs_pb2.UpdateJobRequest, context: Context) -> jobs_pb2.Job:
        person, chosen = calls.person(), masks.chosen(request, _FIELDS)
        with self._database.begin(person) as connection:
            job = store.lock_job(connection, UUID(request.job_id), person.tenant_id)
            changed = rules.change_job(job, _changes(request, chosen), now=self._clock())
            if changed is not job:
                store.put_job(connection, changed)
                audit.record(connection, "job.updated", job_id=job.id, fields=sorted(chosen), **audit.change(job, changed, *_TOLD))
                kind = "job.published" if changed.status != job.status else "job.updated"
                events.record(connection, kind, job.id, job.tenant_id, fields=sorted(chosen))
        return to_job(changed)

    def CloseJob(self, request: jobs_pb2.CloseJobRequest, context: Context) -> jobs_pb2.Job:
        person = calls.person()
        with self._database.begin(person) as connection:
            job = store.lock_job(connection, UUID(request.job_id), person.tenant_id)
            closed = rules.close_job(job, now=self._clock())
            if closed is not job:
                store.put_job(connection, closed)
                audit.record(connection, "job.closed", job_id=job.id, **audit.change(job, closed, *_TOLD))
                events.record(connection, "job.closed", job.id, job.tenant_id)
        return to_job(closed)

    def ListMatches(self, request: jobs_pb2.ListMatchesRequest, context: Context) -> jobs_pb2.ListMatchesResponse:
        person, page = calls.person(), paging.read(request, int, UUID, int, int)
        with self._database.begin(person) as connection:
            job = store.get_job(connection, UUID(request.job_id), person.tenant_id)
        after = None
        if page.after:
            tenths, last, version, first = page.after
            if version != job.version:
                raise errors.invalid_field("page_token", "PAGE_TOKEN_INVALID", "is of an order that has passed: the job was changed")
            after = (tenths, last)
        else:
            first = 0
        text, day = rules.job_text(job), self._clock().date()
        idf, found = self._pool.search(text, day, page.fetch, person.tenant_id, after)
        hits, token = page.cut(found, lambda hit: [hit.tenths, hit.candidate_id, job.version, first + page.size])
        chosen = [hit.candidate_id for hit in hits]
        with self._database.begin(person) as connection:
            profiles = {profile.candidate_id: profile for profile in store.list_profiles(connection, person.tenant_id, chosen)}
            applied = store.applications_of(connection, person.tenant_id, job.id, chosen)
        shown = [(rank, profiles[one]) for rank, one in enumerate(chosen, first + 1) if one in profiles]
        scores = self._pool.explain(text, [profile for _, profile in shown], idf, day)
        matches = [
            jobs_pb2.Match(
                rank=rank, candidate_id=str(profile.candidate_id), display_name=profile.display_name, headline=profile.headline,
                application_id=str(applied.get(profile.candidate_id, "")), score=explain.to_match_score(score),
            )
            for (rank, profile), score in zip(shown, scores, strict=True)
        ]  # fmt: skip
        return jobs_pb2.ListMatchesResponse(matches=matches, next_page_token=token)


def _salary(request: Any) -> dict[str, Any]:
    if not request.HasField("salary_range"):
        return {"salary_min": None, "salary_max": None, "salary_currency": None}
    said = request.salary_range
    return {"salary_min": said.min_amount, "salary_max": said.max_amount, "salary_currency": said.currency}


def _changes(request: jobs_pb2.UpdateJobRequest, chosen: set[str]) -> dict[str, Any]:
    changes: dict[str, Any] = {name: getattr(request, name) for name in chosen - {"salary_range", "key_skills"}}
    if "location" in changes:
        changes["location"] = request.location.strip()
    if "salary_range" in chosen:
        changes |= _salary(request)
    if "key_skills" in chosen:
        changes["key_skills"] = list(request.key_skills)
    return changes


def to_company(company: Company) -> jobs_pb2.Company:
    return jobs_pb2.Company(
        id=str(company.id), name=company.name, website=company.website, create_time=to_timestamp(company.created_at)
    )  # fmt: skip


def to_job(job: Job) -> jobs_pb2.Job:
    salary = None
    if job.salary_currency is not None:
        salary = jobs_pb2.SalaryRange(min_amount=job.salary_min or 0, max_amount=job.salary_max or 0, currency=job.salary_currency)
    return jobs_pb2.Job(
        id=str(job.id), company_id=str(job.company_id), company_name=job.company_name, title=job.title, description=job.description,
        location=job.location, salary_range=salary, key_skills=job.key_skills, status=job.status, remote=job.remote,
        create_time=to_timestamp(job.created_at), update_time=to_timestamp(job.updated_at),
    )  # fmt: skip
