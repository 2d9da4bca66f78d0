"""The tables of candidates, and what their rows become."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()

candidates = sa.Table(
    "candidates", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    sa.Column("dob", sa.Date),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("links", ARRAY(sa.Text), nullable=False),
    sa.Column("discoverable", sa.Boolean, nullable=False),
    sa.Column("typed", ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

education = sa.Table(
    "education", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("degree", sa.Text, nullable=False),
    sa.Column("university", sa.Text, nullable=False),
    sa.Column("start_year", sa.Integer, nullable=False),
    sa.Column("end_year", sa.Integer, nullable=False),
)  # fmt: skip

work_experience = sa.Table(
    "work_experience", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("company_name", sa.Text, nullable=False),
    sa.Column("job_title", sa.Text, nullable=False),
    sa.Column("start_date", sa.Text, nullable=False),
    sa.Column("end_date", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
)  # fmt: skip

skills = sa.Table(
    "skills", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("skill_name", sa.Text, nullable=False),
)  # fmt: skip

certifications = sa.Table(
    "certifications", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issue_date", sa.Text, nullable=False),
)  # fmt: skip

languages = sa.Table(
    "languages", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
)  # fmt: skip

projects = sa.Table(
    "projects", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
)  # fmt: skip

cvs = sa.Table(
    "cvs", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("unread", JSONB, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("parsed_at", sa.DateTime(timezone=True)),
    sa.Column("step", sa.Text, nullable=False),
)  # fmt: skip

cv_texts = sa.Table(
    "cv_texts", metadata,
    sa.Column("cv_id", sa.Uuid, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sketch", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("bands", ARRAY(sa.BigInteger), nullable=False),
)  # fmt: skip

duplicates = sa.Table(
    "duplicates", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("one_id", sa.Uuid, nullable=False),
    sa.Column("other_id", sa.Uuid, nullable=False),
    sa.Column("reasons", ARRAY(sa.Text), nullable=False),
    sa.Column("likeness", sa.Double, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("kept_id", sa.Uuid),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

grants = sa.Table(
    "grants", metadata,
    sa.Column("candidate_id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A person's profile. `typed` names the fields that they filled in, or emptied, themselves: a CV leaves those alone."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    first_name: str
    last_name: str
    dob: date | None
    email: str
    phone: str
    location: str
    headline: str
    summary: str
    discoverable: bool
    typed: list[str]
    created_at: datetime
    updated_at: datetime
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """One entry of a profile's list; `source` is `person`, or `cv` where it was read from one."""

    id: UUID
    candidate_id: UUID
    source: str


@dataclass(frozen=True)
class Education(Entry):
    """A degree; a year of 0 is unknown."""

    degree: str
    university: str
    start_year: int
    end_year: int


@dataclass(frozen=True)
class WorkExperience(Entry):
    """A position; dates are `2019-03-31`, `2019-03`, `2019` or empty."""

    company_name: str
    job_title: str
    start_date: str
    end_date: str
    description: str


@dataclass(frozen=True)
class Skill(Entry):
    """A skill, by its standard name where it has one."""

    skill_name: str


@dataclass(frozen=True)
class Certification(Entry):
    """A certificate; its date is as in WorkExperience."""

    title: str
    issued_by: str
    issue_date: str


@dataclass(frozen=True)
class Language(Entry):
    """A language and how well somebody has it, in their words."""

    name: str
    level: str


@dataclass(frozen=True)
class Project(Entry):
    """What somebody made or took part in."""

    name: str
    description: str
    url: str


@dataclass(frozen=True)
class Lists:
    """The lists of a profile, each in the order in which it was written."""

    education: tuple[Education, ...] = ()
    work_experience: tuple[WorkExperience, ...] = ()
    skills: tuple[Skill, ...] = ()
    certifications: tuple[Certification, ...] = ()
    languages: tuple[Language, ...] = ()
    projects: tuple[Project, ...] = ()


@dataclass(frozen=True)
class Cv:
    """An uploaded file and what became of it; each finding has the fields of the contract's Finding."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    candidate_id: UUID
    file_name: str
    content_type: str
    size_bytes: int
    sha256: bytes
    status: str
    reason: str
    findings: list[dict[str, Any]]
    unread: list[str]
    created_at: datetime
    parsed_at: datetime | None
    step: str = "waiting"


@dataclass(frozen=True)
class Pair:
    """Two candidates that look like one person to an organization, the one with the lower id first."""

    id: UUID
    tenant_id: UUID
    one_id: UUID
    other_id: UUID
    reasons: list[str]
    likeness: float
    state: str
    kept_id: UUID | None
    created_at: datetime

    @property
    def merged_id(self) -> UUID | None:
        """The one that the other stands for."""
        return next((each for each in (self.one_id, self.other_id) if self.kept_id not in (None, each)), None)
