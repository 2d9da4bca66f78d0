"""The RPCs of companies and jobs, and of the candidates that fit a job."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody

from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from services.chassis import audit, calls, errors, events, idempotency, ids, masks, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.skills import normalise
from services.jobs import explain, finding, hiding, posting, rules
from services.jobs.matching.board import Place
from services.jobs.matching.score import Score, score_readings
from services.jobs.openings import Openings
from services.jobs.pool import Pools
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Company, Job, JobFilter, Profile

if TYPE_CHECKING:
    from services.jobs.matching.index import Hit

Context = grpc.ServicerContext
_NOBODY = UUID(int=0)
_MOST_RANKS = 100_000_000
_FIELDS = ("title", "description", "location", "salary_range", "key_skills", "remote", "status", "blind_until")

# What the audit log tells before and after.
_TOLD = (
    "title",
    "location",
    "key_skills",
    "status",
    "remote",
    "blind_until",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_period",
)


class JobService(jobs_pb2_grpc.JobServiceServicer):
    """See jobs.proto."""

    def __init__(self, database: Database, pools: Pools, clock: Clock = utc_now) -> None:
        self._database = database
        self._pools = pools
        self._openings = Openings(database)
        self._clock = clock

    def CreateCompany(self, request: jobs_pb2.CreateCompanyRequest, context: Context) -> jobs_pb2.Company:
        person = calls.person()
        name, website = rules.required("name", request.name), rules.web_address("website", request.website)
        company = Company(ids.mint(), person.tenant_id, person.user_id, name, website, self._clock())
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, jobs_pb2.Company)
            if claim.answer is not None:
                return claim.answer
            job_store.add_company(connection, company)
            audit.record(connection, "company.created", company_id=company.id)
            return claim.keep(to_company(company))

    def GetCompany(self, request: jobs_pb2.GetCompanyRequest, context: Context) -> jobs_pb2.Company:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_company(job_store.get_company(connection, UUID(request.company_id), person.tenant_id))

    def ListCompanies(self, request: jobs_pb2.ListCompaniesRequest, context: Context) -> jobs_pb2.ListCompaniesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            rows, token = page.cut(job_store.list_companies(connection, person.tenant_id, page), lambda row: [row.id])
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
            company = job_store.get_company(connection, UUID(request.company_id), person.tenant_id)
            job = Job(
                ids.mint(), person.tenant_id, company.id, company.name, person.user_id, title, description, request.location.strip(), request.remote,
                **_salary(request), key_skills=skills, status=status, version=1, created_at=now, updated_at=now,
                published_at=now if status == "published" else None, blind_until=request.blind_until,
            )  # fmt: skip
            job_store.add_job(connection, job, finding.job_words(job))
            audit.record(connection, "job.created", job_id=job.id, status=status)
            answer = claim.keep(to_job(job))
            if status == "published":
                events.record(connection, "job.published", job.id, job.tenant_id)
        return answer

    def GetJob(self, request: jobs_pb2.GetJobRequest, context: Context) -> jobs_pb2.Job:
        scope, job_id = calls.current().scope, UUID(request.job_id)
        with self._database.begin_where(scope, lambda connection: job_store.find_job(connection, job_id)) as connection:
            if not scope.system:
                return to_job(job_store.get_readable_job(connection, job_id, scope.tenant_id, scope.user_id))
            job = job_store.find_job(connection, job_id)
        if job is None:
            raise errors.NotFound("JOB_NOT_FOUND", "there is no such job")
        return to_job(job)

    def ListJobs(self, request: jobs_pb2.ListJobsRequest, context: Context) -> jobs_pb2.ListJobsResponse:
        page = paging.read(request, UUID)
        tenant_id = calls.person().tenant_id if request.mine else None
        words, place = finding.by_words(request.query), finding.by_place(request.location)
        if words is None or place is None:
            return jobs_pb2.ListJobsResponse()
        wanted = JobFilter(
            words, place, tuple(normalise(skill) or " ".join(skill.split()) for skill in request.skills), request.remote, request.min_salary,
            request.currency,
        )  # fmt: skip
        found = self._database.gather(
            calls.current(), lambda connection: job_store.list_jobs(connection, page, wanted, tenant_id=tenant_id)
        )
        rows, token = page.cut(paging.newest(found, page.fetch), lambda row: [row.id])
        return jobs_pb2.ListJobsResponse(jobs=map(to_job, rows), next_page_token=token)

    def ListRecommendedJobs(self, request: jobs_pb2.ListRecommendedJobsRequest, context: Context) -> jobs_pb2.ListRecommendedJobsResponse:
        person, page = calls.person(), paging.read(request, int, UUID, int)
        with self._database.begin(person) as connection:
            profile = profile_store.find_own_profile(connection, person.user_id)
        if profile is None:
            raise errors.NotFound("CANDIDATE_NOT_FOUND", "you have no profile that jobs could be ranked for; make one first")
        pool = self._pools.of(person.tenant_id)
        idf, day, first = pool.weights(), self._clock().date(), page.after[2] if page.after else 0
        reading = pool.reading(profile)
        board = self._openings.board(idf)
        place = Place(page.after[0], page.after[1]) if page.after else None
        found, token = page.cut(
            board.search(reading, day, page.fetch, place), lambda one: [one[0].tenths, one[0].job_id, first + page.size]
        )
        chosen = [place.job_id for place, _ in found]
        jobs = {job.id: job for job in self._database.gather(person, lambda connection: job_store.list_published(connection, chosen))}
        matches = [
            jobs_pb2.JobMatch(
                rank=rank, job=to_job(jobs[place.job_id]),
                score=explain.to_match_score(score_readings(opening.reading, reading, idf, day)),
            )
            for rank, (place, opening) in enumerate(found, first + 1)
            if place.job_id in jobs
        ]  # fmt: skip
        return jobs_pb2.ListRecommendedJobsResponse(matches=matches, next_page_token=token)

    def GetJobPosting(self, request: jobs_pb2.GetJobRequest, context: Context) -> HttpBody:
        # In the system scope for the company's address alone, which a posting shows to everybody.
        job_id = UUID(request.job_id)
        with self._database.begin_where(calls.SYSTEM, lambda connection: job_store.find_job(connection, job_id)) as connection:
            job, website = job_store.get_posting(connection, job_id)
        return HttpBody(content_type="application/ld+json", data=posting.to_json_ld(job, website))

    def UpdateJob(self, request: jobs_pb2.UpdateJobRequest, context: Context) -> jobs_pb2.Job:
        person, chosen = calls.person(), masks.chosen(request, _FIELDS)
        with self._database.begin(person) as connection:
            job = job_store.lock_job(connection, UUID(request.job_id), person.tenant_id)
            changed = rules.change_job(job, _changes(request, chosen), now=self._clock())
            if changed is not job:
                job_store.put_job(connection, changed, finding.job_words(changed))
                audit.record(connection, "job.updated", job_id=job.id, fields=sorted(chosen), **audit.change(job, changed, *_TOLD))
                kind = "job.published" if changed.status != job.status else "job.updated"
                events.record(connection, kind, job.id, job.tenant_id, fields=sorted(chosen))
        return to_job(changed)

    def CloseJob(self, request: jobs_pb2.CloseJobRequest, context: Context) -> jobs_pb2.Job:
        person = calls.person()
        with self._database.begin(person) as connection:
            job = job_store.lock_job(connection, UUID(request.job_id), person.tenant_id)
            closed = rules.close_job(job, now=self._clock())
            if closed is not job:
                job_store.put_job(connection, closed, finding.job_words(closed))
                audit.record(connection, "job.closed", job_id=job.id, **audit.change(job, closed, *_TOLD))
                events.record(connection, "job.closed", job.id, job.tenant_id)
        return to_job(closed)

    def ListMatches(self, request: jobs_pb2.ListMatchesRequest, context: Context) -> jobs_pb2.ListMatchesResponse:
        person, page = calls.person(), paging.read(request, int, UUID, int, int, int)
        with self._database.begin(person) as connection:
            job = job_store.get_job(connection, UUID(request.job_id), person.tenant_id)
        after, first, alike, skip = None, 0, 0, 0
        if page.after:
            tenths, last, version, first, alike = page.after
            if version != job.version or not 0 <= alike <= first <= _MOST_RANKS:
                raise errors.invalid_field("page_token", "PAGE_TOKEN_INVALID", "is of an order that has passed: the job was changed")
            # The token names nobody who is hidden: what is behind their place is then found by counting those who score the same.
            after, skip = (tenths, last), alike if last == _NOBODY else 0
        text, day = rules.job_text(job), self._clock().date()
        pool = self._pools.of(person.tenant_id)
        idf, found = pool.search(text, day, skip + page.fetch, person.tenant_id, after, job.id if request.applicants_only else None)
        chosen = [hit.candidate_id for hit in found[skip:]]
        with self._database.begin(person) as connection:
            listed = profile_store.list_profiles(connection, person.tenant_id, chosen, doubles=request.applicants_only)
            profiles = {profile.candidate_id: profile for profile in listed}
            doubles = profile_store.list_doubles(connection, person.tenant_id, chosen)
            applications = application_store.applications_of(connection, person.tenant_id, [*chosen, *doubles])
        known = {
            one for one, profile in profiles.items()
            if rules.shows_candidate(job, applications.get(one, []), discoverable=profile.discoverable)
        }  # fmt: skip

        def place(last: "Hit") -> list[object]:
            same = sum(hit.tenths == last.tenths for hit in found[skip : skip + page.size])
            before = alike if after and after[0] == last.tenths else 0
            return [
                last.tenths,
                last.candidate_id if last.candidate_id in known else _NOBODY,
                job.version,
                first + page.size,
                before + same,
            ]

        hits, token = page.cut(found[skip:], place)
        shown = [(rank, profiles[hit.candidate_id]) for rank, hit in enumerate(hits, first + 1) if hit.candidate_id in profiles]
        scores = pool.explain(text, [profile for _, profile in shown], idf, day)
        own = {one.candidate_id: one for each in applications.values() for one in each if one.job_id == job.id}
        others: dict[UUID, list[Application]] = {}
        for double, kept in doubles.items():
            if double in own and rules.shows_who(own[double]):
                others.setdefault(kept, []).append(own[double])
        matches = [
            _to_match(rank, profile, known, own.get(profile.candidate_id), others.get(profile.candidate_id, []), score)
            for (rank, profile), score in zip(shown, scores, strict=True)
        ]
        return jobs_pb2.ListMatchesResponse(matches=matches, next_page_token=token)


def _to_match(
    rank: int, profile: Profile, known: Collection[UUID], application: Application | None, others: Sequence[Application], score: Score
) -> jobs_pb2.Match:
    shown = profile.candidate_id in known
    # As scoring reads it, which has lost the schools: a name is all that is left to take out.
    titles = (profile.text or {}).get("titles", [])
    return jobs_pb2.Match(
        rank=rank, candidate_id=str(profile.candidate_id) if shown else "", display_name=profile.display_name if shown else "",
        headline=profile.headline if shown else hiding.redact("".join(titles[:1]), profile.display_name),
        application_id=str(application.id) if application else "", score=explain.to_match_score(score),
        other_application_ids=[str(one.id) for one in others] if shown else [],
    )  # fmt: skip


def _salary(request: Any) -> dict[str, Any]:
    if not request.HasField("salary_range"):
        return {"salary_min": None, "salary_max": None, "salary_currency": None}
    said = request.salary_range
    period = said.period or "year"
    return {"salary_min": said.min_amount, "salary_max": said.max_amount, "salary_currency": said.currency, "salary_period": period}


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
        salary = jobs_pb2.SalaryRange(
            min_amount=job.salary_min or 0, max_amount=job.salary_max or 0, currency=job.salary_currency, period=job.salary_period
        )
    return jobs_pb2.Job(
        id=str(job.id), company_id=str(job.company_id), company_name=job.company_name, title=job.title, description=job.description,
        location=job.location, salary_range=salary, key_skills=job.key_skills, status=job.status, remote=job.remote,
        create_time=to_timestamp(job.created_at), update_time=to_timestamp(job.updated_at),
        blind_until=job.blind_until,
    )  # fmt: skip
