"""What a made CV says: the truth that a reading of it is scored against."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """Dates are 2019-03 or 2019; no end is the present."""

    company: str
    title: str
    start: str
    end: str | None
    place: str
    bullets: tuple[str, ...]


@dataclass(frozen=True)
class School:
    degree: str
    university: str
    start: int
    end: int


@dataclass(frozen=True)
class Truth:
    """`phone` is E.164 and `phone_printed` how the page shows it; `printed` holds the page's own words for headings and dates."""

    language: str
    name: str
    email: str
    phone: str
    phone_printed: str
    location: str
    links: tuple[str, ...]
    summary: str
    work: tuple[Job, ...]
    education: tuple[School, ...]
    skills: tuple[str, ...]
    certifications: tuple[tuple[str, str, str], ...]
    languages: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, str], ...]
    headline: str
    headings: dict[str, str] = field(default_factory=dict)
    dates: str = "Mon YYYY"
    now: str = "present"
    entry: str = "title-first"
    upper: bool = False
