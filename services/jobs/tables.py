"""The tables of jobs, and what their rows become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

metadata = sa.MetaData()

# What a salary is paid for, and how many of these are worked in a year.
PERIODS = {"year": 1, "month": 12, "week": 52, "day": 260, "hour": 2080}

companies = sa.Table(
    "companies", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("created_by", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("website", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

jobs = sa.Table(
    "jobs", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("company_id", sa.Uuid, nullable=False),
    sa.Column("company_name", sa.Text, nullable=False),
    sa.Column("created_by", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("remote", sa.Boolean, nullable=False),
    sa.Column("salary_min", sa.BigInteger),
    sa.Column("salary_max", sa.BigInteger),
    sa.Column("salary_currency", sa.Text),
    sa.Column("salary_period", sa.Text, nullable=False),
    sa.Column("key_skills", JSONB, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True)),
    sa.Column("blind_until", sa.Text, nullable=False),
    sa.Column("words", TSVECTOR, nullable=False, server_default=""),  # what it is found by; no part of a Job
)  # fmt: skip

applications = sa.Table(
    "applications", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("job_id", sa.Uuid, nullable=False),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("candidate_name", sa.Text, nullable=False),
    sa.Column("cover_letter", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("match_score", sa.Numeric(4, 1), nullable=False),
    sa.Column("explanation", JSONB, nullable=False),
    sa.Column("interview_at", sa.DateTime(timezone=True)),
    sa.Column("reminder_id", sa.Uuid),
    sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("blind_until", sa.Text, nullable=False),
    sa.Column("reached", sa.Text, nullable=False),
)  # fmt: skip

notes = sa.Table(
    "notes", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("application_id", sa.Uuid, nullable=False),
    sa.Column("author_id", sa.Uuid, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

scorecards = sa.Table(
    "scorecards", metadata,
    sa.Column("application_id", sa.Uuid, primary_key=True),
    sa.Column("author_id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("ratings", JSONB, nullable=False),
    sa.Column("recommendation", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

self_identifications = sa.Table(
    "self_identifications", metadata,
    sa.Column("application_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("gender", sa.Text, nullable=False),
    sa.Column("ethnicity", sa.Text, nullable=False),
    sa.Column("age_group", sa.Text, nullable=False),
    sa.Column("disability", sa.Text, nullable=False),
)  # fmt: skip

status_changes = sa.Table(
    "status_changes", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("application_id", sa.Uuid, nullable=False),
    sa.Column("from_status", sa.Text, nullable=False),
    sa.Column("to_status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

tutors = sa.Table(
    "tutors", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("bio", sa.Text, nullable=False),
    sa.Column("subjects", JSONB, nullable=False),
    sa.Column("languages", JSONB, nullable=False),
    sa.Column("hourly_rate", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

tutor_reviews = sa.Table(
    "tutor_reviews", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tutor_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("rating", sa.Integer, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

candidate_profiles = sa.Table(
    "candidate_profiles", metadata,
    sa.Column("candidate_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid),
    sa.Column("tenant_id", sa.Uuid),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("discoverable", sa.Boolean, nullable=False),
    sa.Column("text", JSONB(none_as_null=True)),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("features", sa.LargeBinary),
    sa.Column("features_version", sa.Text, nullable=False),
    sa.Column("change", sa.BigInteger, nullable=False, server_default=sa.text("0")),  # numbered by a trigger
    sa.Column("merged_for", ARRAY(sa.Uuid), nullable=False),
    sa.Column("merged_into", ARRAY(sa.Uuid), nullable=False),
)  # fmt: skip

word_weights = sa.Table(
    "word_weights", metadata,
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """An employer that an organization posts jobs for."""

    id: UUID
    tenant_id: UUID
    created_by: UUID
    name: str
    website: str
    created_at: datetime


@dataclass(frozen=True)
class Job:
    """A job; whoever posted it (`created_by`) is the contact person. Salaries are minor units for each `salary_period`, all three or none.

    `version` grows with each change. `published_at` stays when the job is closed: it says that the job was public once.
    `blind_until` is the stage at which the organization learns who an applicant is; empty hides nothing.
    """

    id: UUID
    tenant_id: UUID
    company_id: UUID
    company_name: str
    created_by: UUID
    title: str
    description: str
    location: str
    remote: bool
    salary_min: int | None
    salary_max: int | None
    salary_currency: str | None
    key_skills: list[str]
    status: str
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    blind_until: str = ""
    salary_period: str = "year"


@dataclass(frozen=True)
class JobFilter:
    """What a search of jobs asks for; empty asks for nothing. `words` and `place` are tsqueries, a salary is in minor units a year."""

    words: str = ""
    place: str = ""
    skills: tuple[str, ...] = ()
    remote: bool = False
    min_salary: int = 0
    currency: str = ""


@dataclass(frozen=True)
class Application:
    """A candidate's application; `tenant_id` is the employer's, `user_id` the candidate's account.

    The score and its explanation are those of the day of the application, for the organization alone. `blind_until` is the job's of that day, so
    that nobody lifts what people applied under; `reached` is the furthest stage of the pipeline that it stood at.
    """

    id: UUID
    tenant_id: UUID
    job_id: UUID
    candidate_id: UUID
    user_id: UUID
    candidate_name: str
    cover_letter: str
    status: str
    match_score: Decimal
    explanation: dict[str, Any]
    interview_at: datetime | None
    reminder_id: UUID | None
    applied_at: datetime
    updated_at: datetime
    source: str = ""
    blind_until: str = ""
    reached: str = "applied"

    @property
    def room_name(self) -> str:
        """The chat room that the organization and the candidate share."""
        return f"application-{self.id}"


@dataclass(frozen=True)
class StatusChange:
    """One step of an application; the first comes from no status."""

    id: UUID
    application_id: UUID
    from_status: str
    to_status: str
    reason: str
    user_id: UUID
    created_at: datetime


@dataclass(frozen=True)
class Stay:
    """A stage of a job's pipeline: how many stood there, do now, went on to a later stage, for how many seconds, and how many it took to get there."""

    status: str
    reached: int
    current: int
    advanced: int
    median: float
    mean: float
    lead: float


@dataclass(frozen=True)
class Note:
    """What somebody of the organization wrote about an application, for the organization alone."""

    id: UUID
    tenant_id: UUID
    application_id: UUID
    author_id: UUID
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Scorecard:
    """One person's judgement of an application; `ratings` are pairs of a criterion and 1 to 5."""

    application_id: UUID
    author_id: UUID
    tenant_id: UUID
    ratings: list[tuple[str, int]]
    recommendation: str
    comment: str
    updated_at: datetime


@dataclass(frozen=True)
class SelfIdentification:
    """What an applicant chose to say of themselves; empty where they did not. The report of adverse impact counts it, and nothing else reads it."""

    application_id: UUID
    user_id: UUID
    gender: str
    ethnicity: str
    age_group: str
    disability: str


@dataclass(frozen=True)
class Tutor:
    """Somebody who teaches; the rate is minor units an hour."""

    id: UUID
    user_id: UUID
    display_name: str
    headline: str
    bio: str
    subjects: list[str]
    languages: list[str]
    hourly_rate: int
    currency: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class RatedTutor:
    """A tutor with the mean of their reviews in thousandths, and how many there are."""

    tutor: Tutor
    rating: int
    reviews: int


@dataclass(frozen=True)
class Review:
    """What one person says of a tutor, 1 to 5."""

    id: UUID
    tutor_id: UUID
    user_id: UUID
    rating: int
    comment: str
    created_at: datetime


@dataclass(frozen=True)
class Profile:
    """What matching knows of a candidate: a copy of candidates' own, as of the event at `position`.

    `text` is CandidateText as JSON, `features` the same as the index reads it; of a profile that is gone only the id and the position are left.
    `merged_for` are the organizations that have another profile to stand for this one, and `merged_into` is that profile for each.
    """

    candidate_id: UUID
    user_id: UUID | None
    tenant_id: UUID | None
    display_name: str
    headline: str
    discoverable: bool
    text: dict[str, Any] | None
    position: int
    features: bytes | None = None
    features_version: str = ""
    merged_for: Sequence[UUID] = ()
    merged_into: Sequence[UUID] = ()


@dataclass(frozen=True)
class Change:
    """The profile of a candidate as the index takes it in; `text` is there only where the features are of another version."""

    candidate_id: UUID
    discoverable: bool
    gone: bool
    features: bytes | None
    text: dict[str, Any] | None
    tenants: list[UUID]
    jobs: list[UUID]
    merged_for: list[UUID]
    change: int
