"""The rules of interviews: who acts, and when."""

from datetime import UTC, date, datetime

import pytest

from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import jobs_pb2
from services.chassis import errors, ids
from services.chassis.calls import Person
from services.interviews import recordings, resumes, rules
from services.interviews.tables import Interview

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRM, ADA = ids.mint(), ids.mint()


def interview(status: str = "running", *, share_report: bool = False) -> Interview:
    return Interview(
        ids.mint(), FIRM, ids.mint(), None, ids.mint(), ADA, "Ada", ids.mint(), "Engineer", 6, share_report, {}, {}, status, None, b"", ids.mint(), 0,
        None, None, NOW, NOW, None,
    )  # fmt: skip


def person(*, tenant: object = None, user: object = None, role: str = "owner") -> Person:
    return Person(user or ids.mint(), tenant or ids.mint(), "business", role, ids.mint())  # type: ignore[arg-type]


def test_a_viewer_reads_and_does_not_act() -> None:
    rules.check_acts(interview(), person(tenant=FIRM, role="member"))
    rules.check_acts(interview(), person(user=ADA, role="viewer"))
    with pytest.raises(errors.PermissionDenied, match="ROLE_NOT_ALLOWED"):
        rules.check_acts(interview(), person(tenant=FIRM, role="viewer"))


def test_the_report_is_the_organizations_unless_it_is_shared() -> None:
    assert rules.may_read_report(interview(), person(tenant=FIRM))
    assert not rules.may_read_report(interview(), person(user=ADA))
    assert rules.may_read_report(interview(share_report=True), person(user=ADA))


@pytest.mark.parametrize("status", ["starting", "scoring", "ended", "cancelled"])
def test_only_a_running_interview_goes_on(status: str) -> None:
    with pytest.raises(errors.FailedPrecondition, match="INTERVIEW_NOT_RUNNING"):
        rules.check_running(interview(status))


def test_a_background_has_work_and_skills_and_nothing_that_a_score_must_not_know() -> None:
    candidate = candidates_pb2.Candidate(
        first_name="Ada", last_name="Lindqvist", dob="1990-12-31", email="ada@example.com", phone="+49", location="Hamburg", headline="Engineer",
        work_experience=[
            candidates_pb2.WorkExperience(company_name="Old", job_title="Developer", start_date="2012-01", end_date="2016-01"),
            candidates_pb2.WorkExperience(company_name="New", job_title="Engineer", start_date="2016-02"),
        ],
        education=[candidates_pb2.Education(degree="MSc", university="Uppsala")], skills=[candidates_pb2.Skill(skill_name="Python")],
    )  # fmt: skip
    found = resumes.background(candidate, date(2026, 1, 1))
    assert (found.employers, found.titles, found.years, found.skills) == (("New", "Old"), ("Engineer", "Developer"), 14.0, ("Python",))
    for secret in ("Ada", "Lindqvist", "1990", "example.com", "+49", "Hamburg", "Uppsala"):
        assert secret not in str(resumes.plain(found))


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Senior Nurse", "senior"),
        ("Head of Sales", "senior"),
        ("Junior Developer", "junior"),
        ("Working student and apprentice", "junior"),
        ("Electrician", ""),
    ],
)
def test_the_level_of_a_job_is_in_its_title(title: str, level: str) -> None:
    assert resumes.opening(jobs_pb2.Job(title=title)).level == level


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"RIFF....WAVE", "audio/wav"), (b"OggS....", "audio/ogg"), (b"\x1aE\xdf\xa3..", "audio/webm"), (b"ID3\x03....", "audio/mpeg"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
    ],
)  # fmt: skip
def test_a_recording_is_known_by_its_first_bytes(data: bytes, kind: str) -> None:
    assert recordings.content_type(data) == kind


@pytest.mark.parametrize("data", [b"", b"MZ", b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"<html>"])
def test_what_is_no_recording_is_not_taken_for_one(data: bytes) -> None:
    with pytest.raises(errors.InvalidArgument, match="FILE_TYPE_UNSUPPORTED"):
        recordings.content_type(data)
