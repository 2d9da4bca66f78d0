"""Profiles as JSON Resume: complete, in the schema's forms, and read back as they were."""

import json
import re
from collections.abc import Callable
from typing import Any

from einstellen.candidates.v1 import candidates_pb2 as pb
from services.candidates.exporting import json_resume
from services.candidates.parsing.fields import parse
from tests.conftest import Account
from tests.services.candidates.conftest import DATA, Applicant

ADA = pb.Candidate(
    first_name="Ada", last_name="Lindqvist", email="ada@example.com", phone="+46701740605", location="Malmö, Sweden", headline="Engineer",
    summary="Builds things.", links=["https://github.com/ada", "https://ada.example.com"],
    work_experience=[pb.WorkExperience(company_name="Nordbank", job_title="Engineer", start_date="2019-03", description="Did this\nDid that")],
    education=[pb.Education(degree="MSc Computing", university="Lund University", start_year=2012, end_year=2014)],
    skills=[pb.Skill(skill_name="Kubernetes")], certifications=[pb.Certification(title="CKA", issued_by="CNCF", issue_date="2021-05")],
    languages=[pb.Language(name="Swedish", level="native")], projects=[pb.Project(name="opentides", description="Tide gauges")],
)  # fmt: skip


def test_an_export_says_all_that_the_profile_says_in_the_schemas_forms():
    resume = json_resume(ADA)
    assert resume["basics"]["profiles"] == [{"network": "GitHub", "username": "ada", "url": "https://github.com/ada"}]
    assert resume["basics"]["url"] == "https://ada.example.com"
    assert resume["work"] == [{"name": "Nordbank", "position": "Engineer", "startDate": "2019-03", "highlights": ["Did this", "Did that"]}]
    assert resume["education"][0]["endDate"] == "2014"
    date = re.compile(r"(19|20)\d\d(-\d\d(-\d\d)?)?")
    assert all(
        date.fullmatch(entry[key]) for part in ("work", "education") for entry in resume[part] for key in entry if key.endswith("Date")
    )


def test_an_export_is_read_back_as_the_same_profile():
    cv = parse(json.dumps(json_resume(ADA)).encode())
    assert cv.name is not None
    assert (cv.name.value, cv.location and cv.location.value, cv.phone and cv.phone.value) == ("Ada Lindqvist", ADA.location, ADA.phone)
    assert [(job.company_name and job.company_name.value, job.current) for job in cv.work_experience] == [("Nordbank", True)]
    assert [bullet.value for bullet in cv.work_experience[0].bullets] == ["Did this", "Did that"]
    assert {link.value for link in cv.links} == set(ADA.links)
    assert [(one.name.value, one.level and one.level.value) for one in cv.languages] == [("Swedish", "native")]
    assert [one.name.value for one in cv.projects] == ["opentides"]


def test_an_empty_profile_exports_without_empty_fields():
    assert json_resume(pb.Candidate()) == {"$schema": json_resume(ADA)["$schema"], "basics": {}}


def test_a_profile_that_a_cv_filled_is_exported_for_its_owner_alone(
    candidates: Any, applicant: Callable[..., Applicant], employer: Account
) -> None:
    person = applicant(discoverable=True)
    person.read((DATA / "ada-lindqvist.pdf").read_bytes())
    request = pb.GetCandidateRequest(candidate_id=person.id)
    body = candidates.ExportCandidate(request, metadata=person.account.metadata)
    assert body.content_type == "application/json"
    assert json.loads(body.data)["basics"]["email"] == "ada.lindqvist@example.com"
    seen = json.loads(candidates.ExportCandidate(request, metadata=employer.metadata).data)
    assert "email" not in seen["basics"], "who merely finds somebody cannot reach them"
    assert seen["work"] == json.loads(body.data)["work"]
