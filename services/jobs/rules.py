"""Decisions of jobs: what a job's fields hold, who takes applications, and which way an application may go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.chassis import errors, ids
from services.chassis.calls import Person
from services.chassis.skills import normalise
from services.jobs.matching.asking import asked
from services.jobs.matching.profile import JobText
from services.jobs.tables import Application, Job, Scorecard, StatusChange

PIPELINE = ("applied", "screening", "interview", "offer", "hired")
STATUSES = (*PIPELINE, "rejected", "withdrawn")
FINAL = frozenset({"hired", "rejected", "withdrawn"})
MOVING_ROLES = frozenset({"owner", "admin", "member"})
QUESTIONS = ("gender", "ethnicity", "age_group", "disability")
# A group of fewer would tell of the few who are in it.
LEAST_SHOWN = 5
FOUR_FIFTHS = Fraction(4, 5)
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
    """The skills by their standard names, unknown ones as they are written, each once; where none are given, those that the texts demand."""
    names = [normalise(entry) or " ".join(entry.split()) for entry in given]
    found = [name for name in names if name] or asked(title, description).demanded
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
    """In which capacity somebody meets an application; one person may be both. `knows_who` is false where blind mode hides the applicant."""

    organization: bool
    applicant: bool
    knows_who: bool = True


def side(application: Application, person: Person | None) -> Side:
    """A service that calls for itself, without a person, sees what the organization sees, and who the applicant is."""
    if person is None:
        return Side(organization=True, applicant=False)
    applicant = person.user_id == application.user_id
    return Side(person.tenant_id == application.tenant_id, applicant, knows_who=applicant or shows_who(application))


def told(application: Application) -> dict[str, UUID]:
    """What events of an application carry, which the organization's webhooks hand on: not who applied before it may know."""
    return {"job_id": application.job_id} | ({"candidate_id": application.candidate_id} if shows_who(application) else {})


def shows_who(application: Application) -> bool:
    """Whether the organization knows who applied: at once, or from the stage on that it chose. A rejection before that leaves it hidden."""
    return not application.blind_until or PIPELINE.index(application.reached) >= PIPELINE.index(application.blind_until)


def shows_candidate(job: Job, applications: Sequence[Application], *, discoverable: bool) -> bool:
    """Whether the organization may know whom a job is matched with, from all that they applied to there.

    An application to the job itself decides. A blind job names nobody else, and no other job names whom the organization knows from blind applications
    alone: it would learn from the ranks who they are. Whoever is discoverable is hidden only as long as such an application is open.
    """
    own = next((one for one in applications if one.job_id == job.id), None)
    if own is not None:
        return shows_who(own)
    if job.blind_until:
        return False
    return any(map(shows_who, applications)) or (discoverable and all(one.status in FINAL for one in applications))


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
    reached = to_status if to_status in PIPELINE else application.reached
    moved = replace(application, status=to_status, reached=reached, interview_at=interview_at or application.interview_at, updated_at=now)
    return moved, step


@dataclass(frozen=True)
class Source:
    """Where applications came from, and what became of them."""

    name: str
    applications: int
    interviews: int
    hires: int


def sources(outcomes: Iterable[tuple[str, str, str, int]]) -> list[Source]:
    """From counts by source, furthest stage and status; most applications first."""
    found: dict[str, Source] = {}
    for name, reached, status, count in outcomes:
        past = found.get(name, Source(name, 0, 0, 0))
        interviewed = PIPELINE.index(reached) >= PIPELINE.index("interview")
        found[name] = Source(
            name, past.applications + count, past.interviews + count * interviewed, past.hires + count * (status == "hired")
        )  # fmt: skip
    return sorted(found.values(), key=lambda one: (-one.applications, one.name))


def ratings(given: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Raises InvalidArgument / CRITERION_TWICE, TEXT_BLANK."""
    found = [(required("ratings.criterion", criterion), value) for criterion, value in given]
    if len({criterion.casefold() for criterion, _ in found}) < len(found):
        raise errors.invalid_field("ratings", "CRITERION_TWICE", "rates one criterion twice")
    return found


def readable_scorecards(cards: Sequence[Scorecard], person: Person) -> Sequence[Scorecard]:
    """Whoever moves applications reads those of others once they have given their own, so that nobody copies an opinion."""
    if person.role not in MOVING_ROLES or any(card.author_id == person.user_id for card in cards):
        return cards
    return []


@dataclass(frozen=True)
class Group:
    """Those who gave one answer, as far as their application was decided."""

    answer: str
    applicants: int
    selected: int
    impact_ratio: Fraction

    @property
    def rate(self) -> Fraction:
        return Fraction(self.selected, self.applicants)


def decided(counts: Iterable[tuple[str, str, str, int]], stage: str) -> dict[str, tuple[int, int]]:
    """From counts by answer, furthest stage and status: how many were decided and how many of them selected, by answer.

    Selected is who got to the stage; decided against is who was rejected before it. Who waits, or withdrew before, is neither.
    """
    found: dict[str, tuple[int, int]] = {}
    for answer, reached, status, count in counts:
        selected = PIPELINE.index(reached) >= PIPELINE.index(stage)
        if selected or status == "rejected":
            applicants, chosen = found.get(answer, (0, 0))
            found[answer] = (applicants + count, chosen + count * selected)
    return found


def compare(groups: Mapping[str, tuple[int, int]]) -> tuple[list[Group], int]:
    """Each group that is large enough to be shown beside the one with the highest selection rate, and how many people are in the others.

    The four-fifths rule (29 CFR 1607.4 D): a rate below four fifths of the highest is taken as evidence of adverse impact.
    """
    shown = {answer: counts for answer, counts in sorted(groups.items()) if counts[0] >= LEAST_SHOWN}
    # Fractions: 12 of 20 beside 15 of 20 are four fifths, which a quotient of quotients misses by its last digit.
    highest = max((Fraction(selected, applicants) for applicants, selected in shown.values()), default=Fraction(0))
    listed = [
        Group(answer, applicants, selected, Fraction(selected, applicants) / highest if highest else Fraction(1))
        for answer, (applicants, selected) in shown.items()
    ]
    return listed, sum(applicants for applicants, _ in groups.values()) - sum(group.applicants for group in listed)


def first_step(application_id: UUID, user_id: UUID, *, now: datetime) -> StatusChange:
    """How the history of an application begins."""
    return StatusChange(ids.mint(), application_id, "", "applied", "", user_id, now)
