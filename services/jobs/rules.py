"""Decisions of jobs: what a job's fields hold, who takes applications, and which way an application may go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis import errors, ids
from services.chassis.calls import Person
from services.chassis.skills import find_skills, normalise
from services.jobs.matching.profile import JobText
from services.jobs.tables import Application, Job, StatusChange

PIPELINE = ("applied", "screening", "interview", "offer", "hired")
STATUSES = (*PIPELINE, "rejected", "withdrawn")
FINAL = frozenset({"hired", "rejected", "withdrawn"})
MOVING_ROLES = frozenset({"owner", "admin", "member"})
_MOST_SKILLS = 50


def required(field: str, text: str) -> str:
    """The text without blanks around it. Raises InvalidArgument / TEXT_BLANK where nothing is left."""
    stripped = text.strip()
    if not stripped:
        raise errors.invalid_field(field, "TEXT_BLANK", "is blank")
    return stripped


def web_address(field: str, text: str) -> str:
    """Raises InvalidArgument / URL_INVALID for what a browser would not simply open: `javascript:` is a URI as well."""
    if text and not text.lower().startswith(("https://", "http://")):
        raise errors.invalid_field(field, "URL_INVALID", "is not an address that begins with https:// or http://")
    return text


def key_skills(given: Iterable[str], title: str, description: str) -> list[str]:
    """The skills by their standard names, unknown ones as they are written, each once; where none are given, those that the texts mention."""
    names = [normalise(entry) or " ".join(entry.split()) for entry in given]
    found = [name for name in names if name] or [mention.skill for text in (title, description) for mention in find_skills(text)]
    return list({name.casefold(): name for name in reversed(found)}.values())[::-1][:_MOST_SKILLS]


def change_job(job: Job, changes: Mapping[str, Any], *, now: datetime) -> Job:
    """The job with these fields changed, or the same job where they hold that already.

    Raises FailedPrecondition / JOB_CLOSED; InvalidArgument / TEXT_BLANK, STATUS_MISSING.
    """
    if job.status == "closed":
        raise errors.FailedPrecondition("JOB_CLOSED", "the job is closed; post a new one")
    if changes.get("status", job.status) not in (job.status, "published"):
        raise errors.invalid_field("status", "STATUS_MISSING", "can be changed to `published` only")
    checked: dict[str, Any] = {
        name: required(name, value) if name in ("title", "description") else value for name, value in changes.items()
    }
    if "key_skills" in checked:
        checked["key_skills"] = key_skills(
            checked["key_skills"], checked.get("title", job.title), checked.get("description", job.description)
        )
    changed = replace(job, **checked)
    if changed == job:
        return job
    published_at = now if changed.status == "published" and job.published_at is None else job.published_at
    return replace(changed, version=job.version + 1, updated_at=now, published_at=published_at)


def close_job(job: Job, *, now: datetime) -> Job:
    return job if job.status == "closed" else replace(job, status="closed", version=job.version + 1, updated_at=now)


def check_open(job: Job | None) -> Job:
    """The job, where people may apply to it.

    One that was never published is not there for them; one that they may have seen before it closed deserves the truth.
    Raises NotFound / JOB_NOT_FOUND, FailedPrecondition / JOB_CLOSED.
    """
    if job is None or job.published_at is None:
        raise errors.NotFound("JOB_NOT_FOUND", "there is no such job, or none that you may see")
    if job.status != "published":
        raise errors.FailedPrecondition("JOB_CLOSED", "the job does not take applications any more")
    return job


def job_text(job: Job) -> JobText:
    """What scoring sees of a job."""
    return JobText(job.title, job.description, tuple(job.key_skills), job.location, job.remote)


@dataclass(frozen=True)
class Side:
    """In which capacity somebody meets an application; one person may be both."""

    organization: bool
    applicant: bool


def side(application: Application, person: Person | None) -> Side:
    """A service that calls for itself, without a person, sees what the organization sees."""
    if person is None:
        return Side(organization=True, applicant=False)
    return Side(organization=person.tenant_id == application.tenant_id, applicant=person.user_id == application.user_id)


def may_move(from_status: str, to_status: str) -> bool:
    """Forward through the pipeline, where steps may be left out but none goes back; out of it from any step before the end."""
    if from_status in FINAL:
        return False
    if to_status in ("rejected", "withdrawn"):
        return True
    return PIPELINE.index(to_status) > PIPELINE.index(from_status)


def move(
    application: Application, to_status: str, person: Person, *, reason: str, interview_at: datetime | None, now: datetime
) -> tuple[Application, StatusChange | None]:
    """The application after the move and the step for its history; None, and the same application, where it stands there already.

    Withdrawing is the applicant's alone, every other move the organization's, whose viewers only look.
    Raises PermissionDenied / ROLE_NOT_ALLOWED, FailedPrecondition / MOVE_NOT_ALLOWED, InvalidArgument / INTERVIEW_TIME_PAST, INTERVIEW_TIME_UNEXPECTED.
    """
    who = side(application, person)
    if to_status == "withdrawn":
        if not who.applicant:
            raise errors.FailedPrecondition("MOVE_NOT_ALLOWED", "only the candidate withdraws an application")
    elif not who.organization:
        raise errors.FailedPrecondition("MOVE_NOT_ALLOWED", "only the organization moves an application; you may withdraw it")
    elif person.role not in MOVING_ROLES:
        raise errors.PermissionDenied(
            "ROLE_NOT_ALLOWED", f"this needs one of the roles {', '.join(sorted(MOVING_ROLES))} in the organization"
        )
    if to_status == application.status:
        return application, None
    if not may_move(application.status, to_status):
        raise errors.FailedPrecondition("MOVE_NOT_ALLOWED", f"an application does not go from {application.status} to {to_status}")
    if interview_at is not None and to_status != "interview":
        raise errors.invalid_field("interview_time", "INTERVIEW_TIME_UNEXPECTED", "goes with the status `interview` only")
    if interview_at is not None and interview_at <= now:
        raise errors.invalid_field("interview_time", "INTERVIEW_TIME_PAST", "has passed")
    step = StatusChange(ids.mint(), application.id, application.status, to_status, reason.strip(), person.user_id, now)
    return replace(application, status=to_status, interview_at=interview_at or application.interview_at, updated_at=now), step


def first_step(application_id: UUID, user_id: UUID, *, now: datetime) -> StatusChange:
    """How the history of an application begins."""
    return StatusChange(ids.mint(), application_id, "", "applied", "", user_id, now)
