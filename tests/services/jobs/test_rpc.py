"""Companies and jobs over gRPC, on real PostgreSQL."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import grpc
import pytest

from einstellen.events.v1 import events_pb2, events_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2 as pb
from tests.conftest import Account, House
from tests.refusals import refused
from tests.services.jobs.conftest import DESCRIPTION, Firm, Seeker, rows

NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT


def test_a_company_is_its_organizations_alone(jobs: Any, new_firm: Callable[[], Firm]) -> None:
    ours, theirs = new_firm(), new_firm()
    assert jobs.GetCompany(pb.GetCompanyRequest(company_id=ours.company_id), metadata=ours.metadata).name == "Nordlicht Zahlungen"
    with refused(NOT_FOUND, "COMPANY_NOT_FOUND"):
        jobs.GetCompany(pb.GetCompanyRequest(company_id=ours.company_id), metadata=theirs.metadata)
    assert [c.id for c in jobs.ListCompanies(pb.ListCompaniesRequest(), metadata=theirs.metadata).companies] == [theirs.company_id]
    with refused(NOT_FOUND, "COMPANY_NOT_FOUND"):
        request = pb.CreateJobRequest(company_id=ours.company_id, title="Clerk", description="Files")
        jobs.CreateJob(request, metadata=theirs.metadata)


def test_companies_are_listed_oldest_first_over_pages(jobs: Any, firm: Firm) -> None:
    for name in ("Two", "Three"):
        jobs.CreateCompany(pb.CreateCompanyRequest(name=name), metadata=firm.metadata)
    first = jobs.ListCompanies(pb.ListCompaniesRequest(page_size=2), metadata=firm.metadata)
    rest = jobs.ListCompanies(pb.ListCompaniesRequest(page_size=2, page_token=first.next_page_token), metadata=firm.metadata)
    assert [c.name for c in [*first.companies, *rest.companies]] == ["Nordlicht Zahlungen", "Two", "Three"]
    assert not rest.next_page_token
    with refused(INVALID, "PAGE_TOKEN_INVALID", field="page_token"):
        jobs.ListCompanies(pb.ListCompaniesRequest(page_token="x"), metadata=firm.metadata)


def test_one_key_creates_one_company_and_one_job_however_often_it_is_sent(jobs: Any, firm: Firm, house: House) -> None:
    company = pb.CreateCompanyRequest(name="Once", request_id="company")
    job = pb.CreateJobRequest(company_id=firm.company_id, title="Once", description=DESCRIPTION, request_id="job")
    with ThreadPoolExecutor(8) as pool:
        companies = list(pool.map(lambda _: jobs.CreateCompany(company, metadata=firm.metadata).id, range(8)))
        posted = list(pool.map(lambda _: jobs.CreateJob(job, metadata=firm.metadata).id, range(8)))
    assert (len(set(companies)), len(set(posted))) == (1, 1)
    assert rows(house, "SELECT count(*) FROM jobs WHERE title = 'Once' AND tenant_id = %s", firm.account.tenant_id) == [(1,)]
    company.name = "Other"
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        jobs.CreateCompany(company, metadata=firm.metadata)


def test_a_job_is_posted_by_a_business_organization_and_not_by_its_viewers(
    jobs: Any, firm: Firm, person: Account, colleague: Callable[[Firm, str], Account]
) -> None:
    request = pb.CreateJobRequest(company_id=firm.company_id, title="Clerk", description="Files")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        jobs.CreateJob(request, metadata=person.metadata)
    viewer = colleague(firm, "viewer")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED"):
        jobs.CreateJob(request, metadata=viewer.metadata)
    assert jobs.CreateJob(request, metadata=colleague(firm, "member").metadata).title == "Clerk"
    assert len(jobs.ListJobs(pb.ListJobsRequest(mine=True), metadata=viewer.metadata).jobs) == 1


@pytest.mark.parametrize(
    ("field", "reason", "changes"),
    [
        ("title", "TEXT_BLANK", {"title": "  "}),
        ("description", "TEXT_BLANK", {"description": "\n"}),
        ("title", "FIELDS_INVALID", {"title": "x" * 201}),
        ("status", "FIELDS_INVALID", {"status": "closed"}),
        ("company_id", "FIELDS_INVALID", {"company_id": "nordlicht"}),
        ("key_skills[1]", "FIELDS_INVALID", {"key_skills": ["Python", ""]}),
        ("salary_range.currency", "FIELDS_INVALID", {"salary_range": pb.SalaryRange(min_amount=1, max_amount=2, currency="euro")}),
        ("salary_range", "FIELDS_INVALID", {"salary_range": pb.SalaryRange(min_amount=2, max_amount=1, currency="EUR")}),
    ],
)
def test_a_wrong_field_of_a_job_is_named_and_nothing_is_posted(
    jobs: Any, firm: Firm, field: str, reason: str, changes: dict[str, Any]
) -> None:
    said = {"company_id": firm.company_id, "title": "Clerk", "description": "Files"} | changes
    with refused(INVALID, reason, field=field):
        jobs.CreateJob(pb.CreateJobRequest(**said), metadata=firm.metadata)
    assert not jobs.ListJobs(pb.ListJobsRequest(mine=True), metadata=firm.metadata).jobs


def test_a_company_has_a_name_and_a_website_that_a_browser_may_open(jobs: Any, firm: Firm) -> None:
    with refused(INVALID, "TEXT_BLANK", field="name"):
        jobs.CreateCompany(pb.CreateCompanyRequest(name=" "), metadata=firm.metadata)
    with refused(INVALID, "URL_INVALID", field="website"):
        jobs.CreateCompany(pb.CreateCompanyRequest(name="Evil", website="javascript:alert(1)"), metadata=firm.metadata)


def test_key_skills_are_read_from_the_description_unless_they_are_given(firm: Firm) -> None:
    assert {"Python", "PostgreSQL", "Kubernetes"} <= set(firm.post().key_skills)
    assert list(firm.post(key_skills=["k8s", "Kubernetes", "juggling  fire"]).key_skills) == ["Kubernetes", "juggling fire"]


def test_a_draft_and_a_closed_job_are_there_for_the_organization_alone(
    jobs: Any, firm: Firm, person: Account, new_firm: Callable[[], Firm]
) -> None:
    draft, open_job = firm.post(status="draft"), firm.post()
    closed = firm.close(firm.post())
    assert closed.status == "closed"
    for metadata in (None, person.metadata, new_firm().metadata):
        assert jobs.GetJob(pb.GetJobRequest(job_id=open_job.id), metadata=metadata).title == open_job.title
        for hidden in (draft, closed):
            with refused(NOT_FOUND, "JOB_NOT_FOUND"):
                jobs.GetJob(pb.GetJobRequest(job_id=hidden.id), metadata=metadata)
        listed = jobs.ListJobs(pb.ListJobsRequest(page_size=100), metadata=metadata).jobs
        assert {job.id for job in listed} & {draft.id, open_job.id, closed.id} == {open_job.id}
    assert jobs.GetJob(pb.GetJobRequest(job_id=draft.id), metadata=firm.metadata).status == "draft"
    mine = jobs.ListJobs(pb.ListJobsRequest(mine=True), metadata=firm.metadata).jobs
    assert [job.id for job in mine] == [closed.id, open_job.id, draft.id]


def test_other_services_read_any_job(jobs: Any, firm: Firm, house: House) -> None:
    draft = firm.post(status="draft")
    metadata = house.as_service("interviews", "jobs")
    assert jobs.GetJob(pb.GetJobRequest(job_id=draft.id), metadata=metadata).status == "draft"
    with refused(NOT_FOUND, "JOB_NOT_FOUND"):
        jobs.GetJob(pb.GetJobRequest(job_id=str(uuid4())), metadata=metadata)


def test_ones_own_jobs_are_nobodys_without_a_token(jobs: Any) -> None:
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        jobs.ListJobs(pb.ListJobsRequest(mine=True))


def test_jobs_are_found_by_their_words_and_their_place(jobs: Any, firm: Firm) -> None:
    mark = f"q{uuid4().hex[:8]}"
    node = firm.post("Node.js Developer", f"{mark} o'neill builds things", location="Berlin, 100% remote")
    firm.post("C Developer", f"{mark} of drivers", location="Bern")

    def found(query: str, location: str = "") -> list[str]:
        return [job.id for job in jobs.ListJobs(pb.ListJobsRequest(query=f"{mark} {query}", location=location)).jobs]

    assert len(found("")) == 2
    assert found("node.js dev") == found("BUILDS") == found("o'neill") == found("", "berlin") == found("", "100%") == [node.id]
    for hostile in ("zebra", "' | '", "\\", "!", "& |", "%", "'); DROP TABLE jobs; --"):
        assert node.id not in found(hostile) or not hostile.strip("'\\!&|% ")
    assert found("", "%") == found("", "Ber_in") == found("", "\x00") == []


def test_a_search_tells_a_language_from_another_that_begins_like_it(jobs: Any, firm: Firm) -> None:
    mark = f"q{uuid4().hex[:8]}"
    posted = {
        text: firm.post("Developer", f"{mark}: {text}.", key_skills=[skill]).id
        for text, skill in {"Embedded C": "C", "Modern C++": "C++", "C#, .NET": ".NET", "Nets for Fishing in Zürich": "Diving"}.items()
    }

    def found(query: str, **more: Any) -> set[str]:
        listed = jobs.ListJobs(pb.ListJobsRequest(query=f"{mark} {query}", **more)).jobs
        return {text for text, job_id in posted.items() if job_id in {job.id for job in listed}}

    assert found("C") == {"Embedded C"}
    assert found("c++") == {"Modern C++"}
    assert found("C#") == found(".net") == {"C#, .NET"}
    assert found("net") == found("zurich") == {"Nets for Fishing in Zürich"}
    assert found("diving") == {"Nets for Fishing in Zürich"}  # a key skill
    assert found("", skills=["dotnet"]) == found("", skills=[".NET"]) == {"C#, .NET"}
    assert found("", skills=["diving"]) == {"Nets for Fishing in Zürich"}
    assert found("", skills=["C", "C++"]) == set()


def test_a_word_is_found_however_it_is_written(jobs: Any, firm: Firm) -> None:
    mark = f"q{uuid4().hex[:8]}"
    posted = {
        text: firm.post(mark, text, location=place, key_skills=["Juggling"]).id
        for text, place in {
            "Frontend and e-mail": "Zürich, Schweiz", "Front-end, NodeJS, email": "Łódź, Poland", "Objective-C and Node.js": "New York, NY",
            "R&D of a Küche": "Atlanta, Georgia", "R-Programmierung on Kubernetes": "Köln, Deutschland",
        }.items()
    }  # fmt: skip

    def found(query: str, location: str = "") -> set[str]:
        listed = jobs.ListJobs(pb.ListJobsRequest(query=f"{mark} {query}", location=location)).jobs
        return {text.split()[0] for text, job_id in posted.items() if job_id in {job.id for job in listed}}

    assert found("frontend") == found("FRONT-END") == found("front\u2010end") == {"Frontend", "Front-end,"}
    assert found("e-mail") == found("email") == {"Frontend", "Front-end,"}
    assert found("node.js") == found("nodejs") == {"Front-end,", "Objective-C"}
    assert found("C") == set()
    assert found("objective-c") == {"Objective-C"}
    assert found("R") == {"R-Programmierung"}
    assert found("r&d") == found("kueche") == found("KUCHE") == {"R&D"}
    assert found("k8s") == found("Koeln") == {"R-Programmierung"}  # a skill by another name, and a place
    assert found("", "zurich") == found("", "Zuerich") == found("", "Switzerland") == {"Frontend"}
    assert found("", "lodz, Polen") == {"Front-end,"}
    assert found("", "new york") == {"Objective-C"}
    assert found("", "germany") == {"R-Programmierung"}
    assert found("", "kueche") == set()
    for signs in ("+++", "!", "\u2014"):
        assert not jobs.ListJobs(pb.ListJobsRequest(query=signs)).jobs
    assert jobs.ListJobs(pb.ListJobsRequest(query="  ", location=" ")).jobs


def test_jobs_are_found_by_salary_and_by_whether_they_are_remote(jobs: Any, firm: Firm) -> None:
    mark = f"q{uuid4().hex[:8]}"
    well = firm.post(mark, salary_range=pb.SalaryRange(min_amount=5_000_000, max_amount=7_000_000, currency="EUR"), remote=True)
    firm.post(mark, salary_range=pb.SalaryRange(min_amount=5_000_000, max_amount=7_000_000, currency="USD"))
    silent = firm.post(mark)

    def found(**wanted: Any) -> list[str]:
        return [job.id for job in jobs.ListJobs(pb.ListJobsRequest(query=mark, **wanted)).jobs]

    assert found(min_salary=7_000_000, currency="EUR") == found(remote=True) == [well.id]
    assert found(min_salary=7_000_001, currency="EUR") == []
    assert silent.id in found()
    hourly = firm.post(mark, salary_range=pb.SalaryRange(min_amount=2_000, max_amount=2_500, currency="EUR", period="hour"))
    monthly = firm.post(mark, salary_range=pb.SalaryRange(min_amount=400_000, max_amount=500_000, currency="EUR", period="month"))
    assert (well.salary_range.period, hourly.salary_range.period) == ("year", "hour")
    assert found(min_salary=5_200_000, currency="EUR") == [monthly.id, hourly.id, well.id]
    assert found(min_salary=5_200_001, currency="EUR") == [monthly.id, well.id]
    said = json.loads(jobs.GetJobPosting(pb.GetJobRequest(job_id=hourly.id)).data)
    assert said["baseSalary"]["value"] == {"@type": "QuantitativeValue", "minValue": 20, "maxValue": 25, "unitText": "HOUR"}
    with refused(INVALID, "FIELDS_INVALID"):
        found(min_salary=1)


def test_a_published_job_is_a_posting_of_schema_org_that_no_page_trips_over(jobs: Any, firm: Firm) -> None:
    text = "First <b>line</b>\nsecond\n\n</script><script>alert(1)</script>"
    salary = pb.SalaryRange(min_amount=5_000_050, max_amount=7_000_000, currency="EUR")
    job = firm.post("Engineer", text, key_skills=["Python"], location="Graz, Styria, Austria", remote=True, salary_range=salary)
    answer = jobs.GetJobPosting(pb.GetJobRequest(job_id=job.id))
    assert answer.content_type == "application/ld+json"
    assert b"<" not in answer.data
    posting = json.loads(answer.data)
    assert posting.pop("datePosted") == job.create_time.ToDatetime().date().isoformat()
    assert posting == {
        "@context": "https://schema.org/", "@type": "JobPosting", "title": "Engineer", "directApply": True, "skills": "Python",
        "description": "<p>First &lt;b&gt;line&lt;/b&gt;<br>second</p><p>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "identifier": {"@type": "PropertyValue", "name": "Nordlicht Zahlungen", "value": job.id},
        "hiringOrganization": {"@type": "Organization", "name": "Nordlicht Zahlungen"},
        "jobLocation": {"@type": "Place", "address": {
            "@type": "PostalAddress", "addressLocality": "Graz", "addressRegion": "Styria", "addressCountry": "AT"}},
        "jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": {"@type": "Country", "name": "AT"},
        "baseSalary": {"@type": "MonetaryAmount", "currency": "EUR", "value": {
            "@type": "QuantitativeValue", "minValue": 50_000.5, "maxValue": 70_000, "unitText": "YEAR"}},
    }  # fmt: skip
    yen = firm.post(salary_range=pb.SalaryRange(min_amount=4_000_000, max_amount=6_000_000, currency="JPY"))
    said = json.loads(jobs.GetJobPosting(pb.GetJobRequest(job_id=yen.id)).data)
    assert said["baseSalary"]["value"]["maxValue"] == 6_000_000
    assert "jobLocation" not in said
    for hidden in (firm.post(status="draft"), firm.close(yen)):
        with refused(NOT_FOUND, "JOB_NOT_FOUND"):
            jobs.GetJobPosting(pb.GetJobRequest(job_id=hidden.id), metadata=firm.metadata)


@pytest.mark.parametrize(
    ("location", "address", "people"),
    [
        ("Berlin", {"addressLocality": "Berlin"}, {"@type": "AdministrativeArea", "name": "Berlin"}),
        ("Austin, TX", {"addressLocality": "Austin", "addressRegion": "TX"}, {"@type": "AdministrativeArea", "name": "TX"}),
        ("Atlanta, Georgia, USA", {"addressLocality": "Atlanta", "addressRegion": "Georgia", "addressCountry": "US"}, {"@type": "Country", "name": "US"}),
        ("100% Remote, Deutschland", {"addressCountry": "DE"}, {"@type": "Country", "name": "DE"}),
        ("Remote", None, None),
    ],
)  # fmt: skip
def test_a_posting_says_of_a_place_only_what_is_sure(
    jobs: Any, firm: Firm, location: str, address: dict[str, str] | None, people: dict[str, str] | None
) -> None:
    posting = json.loads(jobs.GetJobPosting(pb.GetJobRequest(job_id=firm.post(location=location, remote=True).id)).data)
    assert posting.get("jobLocation") == (address and {"@type": "Place", "address": {"@type": "PostalAddress", **address}})
    assert (posting["jobLocationType"], posting.get("applicantLocationRequirements")) == ("TELECOMMUTE", people)


def test_jobs_are_listed_newest_first_over_pages(jobs: Any, firm: Firm) -> None:
    posted = [firm.post(f"Job {number}").id for number in range(5)]
    seen, token = [], ""
    while True:
        page = jobs.ListJobs(pb.ListJobsRequest(mine=True, page_size=2, page_token=token), metadata=firm.metadata)
        seen += [job.id for job in page.jobs]
        if not (token := page.next_page_token):
            break
        assert len(page.jobs) == 2
    assert seen == posted[::-1]
    first = jobs.ListJobs(pb.ListJobsRequest(mine=True, page_size=2), metadata=firm.metadata)
    with refused(INVALID, "PAGE_TOKEN_INVALID", field="page_token"):
        jobs.ListJobs(pb.ListJobsRequest(query="other", page_token=first.next_page_token), metadata=firm.metadata)


def test_a_job_changes_only_where_asked(jobs: Any, firm: Firm) -> None:
    job = firm.post(location="Berlin", salary_range=pb.SalaryRange(min_amount=100, max_amount=200, currency="EUR"), remote=True)
    changed = jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, title="Staff Engineer", remote=False), metadata=firm.metadata)
    assert (changed.title, changed.location, changed.remote, changed.salary_range) == ("Staff Engineer", "Berlin", False, job.salary_range)
    assert changed.update_time.ToNanoseconds() > job.update_time.ToNanoseconds()
    emptied = pb.UpdateJobRequest(job_id=job.id, title="ignored")
    emptied.update_mask.paths.extend(["location", "salary_range", "key_skills"])
    answer = jobs.UpdateJob(emptied, metadata=firm.metadata)
    assert (answer.title, answer.location, answer.HasField("salary_range")) == ("Staff Engineer", "", False)
    assert list(answer.key_skills) == list(job.key_skills)
    again = jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, title="Staff Engineer"), metadata=firm.metadata)
    assert again == answer


def test_what_a_job_must_have_cannot_be_emptied(jobs: Any, firm: Firm) -> None:
    job = firm.post()
    for path, reason in (("title", "TEXT_BLANK"), ("description", "TEXT_BLANK"), ("status", "STATUS_MISSING")):
        request = pb.UpdateJobRequest(job_id=job.id)
        request.update_mask.paths.append(path)
        with refused(INVALID, reason, field=path):
            jobs.UpdateJob(request, metadata=firm.metadata)
    request = pb.UpdateJobRequest(job_id=job.id)
    request.update_mask.paths.append("company_id")
    with refused(INVALID, "FIELD_MASK_INVALID", field="update_mask"):
        jobs.UpdateJob(request, metadata=firm.metadata)


def test_a_draft_is_published_and_a_closed_job_stays_as_it_is(jobs: Any, firm: Firm) -> None:
    draft = firm.post(status="draft")
    assert jobs.UpdateJob(pb.UpdateJobRequest(job_id=draft.id, status="published"), metadata=firm.metadata).status == "published"
    assert jobs.GetJob(pb.GetJobRequest(job_id=draft.id)).status == "published"
    assert firm.close(draft) == firm.close(draft)
    for change in ({"title": "Other"}, {"status": "published"}):
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "JOB_CLOSED"):
            jobs.UpdateJob(pb.UpdateJobRequest(job_id=draft.id, **change), metadata=firm.metadata)


def test_another_organization_neither_changes_nor_closes_nor_matches_a_job(jobs: Any, firm: Firm, new_firm: Callable[[], Firm]) -> None:
    job, stranger = firm.post(), new_firm()
    for call in (
        lambda: jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, title="Theirs"), metadata=stranger.metadata),
        lambda: jobs.CloseJob(pb.CloseJobRequest(job_id=job.id), metadata=stranger.metadata),
        lambda: jobs.ListMatches(pb.ListMatchesRequest(job_id=job.id), metadata=stranger.metadata),
    ):
        with refused(NOT_FOUND, "JOB_NOT_FOUND"):
            call()
    assert jobs.GetJob(pb.GetJobRequest(job_id=job.id)) == job


def test_whoever_applied_reads_the_job_after_it_closed(jobs: Any, firm: Firm, seeker: Callable[..., Seeker]) -> None:
    job, ada = firm.post(), seeker()
    ada.apply(job)
    firm.close(job)
    assert jobs.GetJob(pb.GetJobRequest(job_id=job.id), metadata=ada.metadata).status == "closed"
    with refused(NOT_FOUND, "JOB_NOT_FOUND"):
        jobs.GetJob(pb.GetJobRequest(job_id=job.id), metadata=seeker().metadata)


def test_every_change_is_audited_and_told_to_those_who_follow(jobs: Any, firm: Firm, house: House) -> None:
    job = firm.post(status="draft")
    jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, status="published"), metadata=firm.metadata)
    jobs.UpdateJob(pb.UpdateJobRequest(job_id=job.id, title="Other"), metadata=firm.metadata)
    firm.close(job)
    firm.close(job)
    audited = rows(house, "SELECT action FROM audit_log WHERE tenant_id = %s ORDER BY id", firm.account.tenant_id)
    assert [action for (action,) in audited] == ["company.created", "job.created", "job.updated", "job.updated", "job.closed"]
    feed = house.stub("jobs", events_pb2_grpc.EventServiceStub)
    told, after = [], 0
    while found := feed.ListEvents(events_pb2.ListEventsRequest(after=after), metadata=house.as_service("interviews", "jobs")).events:
        told += [event.kind for event in found if event.subject_id == job.id]
        after = found[-1].position
    assert told == ["job.published", "job.updated", "job.closed"]
