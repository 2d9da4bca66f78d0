"""What candidates decides: who sees what of a profile, what may be typed, and what a profile takes from a CV."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from services.candidates.tables import Candidate, Certification, Education, Entry, Language, Lists, Project, Skill, WorkExperience
from services.chassis import errors
from services.chassis.calls import Person
from services.chassis.skills import normalise

LONGEST_LIST = 200
Row = TypeVar("Row", bound=Entry)


@dataclass(frozen=True)
class Sight:
    """What somebody may see of a profile beyond its qualifications."""

    contact: bool
    birth: bool


@dataclass(frozen=True)
class Finding:
    """One value that was read from a CV; `parts` names the profile's fields, or the list entry, that it would go to."""

    field: str
    value: str
    page: int
    line: int
    confidence: float
    parts: tuple[str | UUID, ...] = ()
    box: tuple[float, float, float, float] | None = None
    by: str = "parser"


@dataclass(frozen=True)
class Reading:
    """What a CV says, in the profile's own terms."""

    fields: dict[str, str | list[str]] = field(default_factory=dict)
    lists: Lists = field(default_factory=Lists)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What a profile takes from a CV: changed fields, entries to add in place of what earlier CVs gave, and the findings as they are kept."""

    fields: dict[str, str | list[str]]
    lists: Lists
    findings: list[dict[str, Any]]


def sight(candidate: Candidate, person: Person | None, *, granted: bool) -> Sight:
    """What the caller may see; a service that calls for itself has no person. Raises NotFound where that is nothing.

    The person sees everything; an organization that they applied to sees no date of birth; one that merely finds them cannot reach them either.
    """
    if person is not None and person.user_id == candidate.user_id:
        return Sight(contact=True, birth=True)
    if person is None or granted:
        return Sight(contact=True, birth=False)
    if candidate.discoverable and person.kind == "business":
        return Sight(contact=False, birth=False)
    raise errors.NotFound("CANDIDATE_NOT_FOUND", "there is no such candidate, or none that you may see")


def birth_date(text: str, *, today: date) -> date | None:
    """The date in `1990-12-31`, None for an empty text."""
    if not text:
        return None
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise errors.invalid_field("dob", "DATE_INVALID", "is not a day of the calendar") from None
    if born >= today:
        raise errors.invalid_field("dob", "DATE_INVALID", "lies in the future")
    return born


def skill_name(text: str) -> str:
    """The standard name of a known skill, any other as it is written."""
    return normalise(text) or " ".join(text.split())


def check_entry(entry: Entry, name: str) -> None:
    """Refuses what validation of single fields cannot see; `name` is the entry's field in the request."""
    for each, value in asdict(entry).items():
        if each.endswith("_date") and len(value) == len("2019-03-31"):
            try:
                date.fromisoformat(value)
            except ValueError:
                raise errors.invalid_field(f"{name}.{each}", "DATE_INVALID", "is not a day of the calendar") from None
    if isinstance(entry, Education) and 0 < entry.end_year < entry.start_year:
        raise errors.invalid_field(f"{name}.end_year", "DATES_REVERSED", "lies before the start")
    if isinstance(entry, WorkExperience) and entry.end_date and entry.start_date:
        known = min(len(entry.start_date), len(entry.end_date))
        if entry.end_date[:known] < entry.start_date[:known]:
            raise errors.invalid_field(f"{name}.end_date", "DATES_REVERSED", "lies before the start")
    if isinstance(entry, Skill) and not entry.skill_name:
        raise errors.invalid_field(f"{name}.skill_name", "TEXT_BLANK", "is blank")


def given_by_cv(entry: Entry, entries: Sequence[Row]) -> Row | None:
    """The entry that a CV gave and that the person now says themselves: it becomes theirs, and no second one is made."""
    return next((other for other in entries if other.source == "cv" and same(entry, other)), None)


def check_room(entries: Sequence[Entry]) -> None:
    if len(entries) >= LONGEST_LIST:
        raise errors.FailedPrecondition("LIST_FULL", f"a profile's list has {LONGEST_LIST} entries at most; delete one first")


def take(candidate: Candidate, current: Lists, reading: Reading) -> Taken:
    """A CV fills what the person did not type, and replaces what an earlier CV filled in; theirs is neither changed nor repeated."""
    fields = {name: value for name, value in reading.fields.items() if value and name not in candidate.typed}
    lists = Lists(
        _added(current.education, reading.lists.education),
        _added(current.work_experience, reading.lists.work_experience),
        _added(current.skills, reading.lists.skills),
        _added(current.certifications, reading.lists.certifications),
        _added(current.languages, reading.lists.languages),
        _added(current.projects, reading.lists.projects),
    )
    taken: set[str | UUID] = {*fields, *(entry.id for entries in vars(lists).values() for entry in entries)}
    return Taken(fields, lists, keep(reading.findings, taken))


def keep(findings: Sequence[Finding], taken: set[str | UUID] | None = None) -> list[dict[str, Any]]:
    """The findings as they are stored, applied where one of their parts was taken."""
    kept = []
    for finding in findings:
        row = asdict(finding)
        row["applied"] = bool(taken and taken.intersection(row.pop("parts")))
        row.pop("parts", None)
        kept.append(row)
    return kept


def _added(current: Sequence[Row], read: Sequence[Row]) -> tuple[Row, ...]:
    typed = [entry for entry in current if entry.source == "person"]
    added: list[Row] = []
    for entry in read:
        if len(typed) + len(added) < LONGEST_LIST and not any(same(entry, other) for other in (*typed, *added)):
            added.append(entry)
    return tuple(added)


def same(one: Entry, other: Entry) -> bool:
    """Whether two entries mean the same thing, written differently or with less said."""
    if isinstance(one, Education) and isinstance(other, Education):
        return _fold(one.degree) == _fold(other.degree) and _agree(_fold(one.university), _fold(other.university))
    if isinstance(one, WorkExperience) and isinstance(other, WorkExperience):
        place = (_fold(one.company_name), _fold(one.job_title)) == (_fold(other.company_name), _fold(other.job_title))
        return place and _agree(one.start_date[:4], other.start_date[:4])
    if isinstance(one, Skill) and isinstance(other, Skill):
        return one.skill_name.lower() == other.skill_name.lower()
    if isinstance(one, Certification) and isinstance(other, Certification):
        return _fold(one.title) == _fold(other.title)
    if (isinstance(one, Language) and isinstance(other, Language)) or (isinstance(one, Project) and isinstance(other, Project)):
        return _fold(one.name) == _fold(other.name)
    return False


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
