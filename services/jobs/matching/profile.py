"""What may influence a match score, and nothing else: a name, a photo, an age, a gender, a school or an employer has no field here."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class JobText:
    """A job as scoring sees it. `required_years` None means: read them from the description, if it states any."""

    title: str
    description: str = ""
    key_skills: tuple[str, ...] = ()
    location: str = ""
    remote: bool = False
    required_years: int | None = None


@dataclass(frozen=True, slots=True)
class Experience:
    """One position. A start without an end lasts until the day of scoring; `months` counts only where no start is known."""

    title: str = ""
    description: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Education:
    """One degree, without the school that gave it."""

    degree: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class CandidateText:
    """A candidate as scoring sees them; `titles` are the ones they call themselves by, the latest first, as are the positions."""

    titles: tuple[str, ...] = ()
    summary: str = ""
    experience: tuple[Experience, ...] = ()
    skills: tuple[str, ...] = ()
    education: tuple[Education, ...] = ()
    location: str = ""

    def prose(self) -> tuple[str, ...]:
        """Every text but the list of skills, each to be read apart, so that no phrase spans two of them."""
        worked = (text for position in self.experience for text in (position.title, position.description))
        studied = (text for degree in self.education for text in (degree.degree, degree.field))
        return (*self.titles, self.summary, *worked, *studied)
