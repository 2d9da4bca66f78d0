"""What a parsed CV says in the terms of a profile: its fields, the entries of its lists, and each value with where it stands."""

from uuid import UUID

from services.candidates import rules
from services.candidates.parsing.limits import PDF
from services.candidates.parsing.parsed import Found, ParsedCv
from services.candidates.rules import Finding, Reading
from services.candidates.tables import Certification, Education, Language, Lists, Project, Skill, WorkExperience
from services.chassis import ids

# What the contract lets a person type, so that what a CV gave can be sent back as it is.
_NAME, _LINE, _SKILL, _PROSE = 100, 200, 100, 5000
_URL, _LINKS = 300, 20


def read(parsed: ParsedCv, candidate_id: UUID) -> Reading:
    """Every value with where it stands; what is too long for the profile is cut there and whole in the findings."""
    notes = _Notes(parsed)
    first_name, last_name = _names(parsed.name.value if parsed.name else "")
    notes.add("name", parsed.name, "first_name", "last_name")
    fields: dict[str, str | list[str]] = {
        "first_name": _cut(first_name, _NAME),
        "last_name": _cut(last_name, _NAME),
        "email": _whole(notes.add("email", parsed.email, "email"), 254),
        "phone": _whole(notes.add("phone", parsed.phone, "phone"), 40),
        "location": _cut(notes.add("location", parsed.location, "location"), _LINE),
        "summary": _cut(notes.add("summary", parsed.summary, "summary"), _PROSE),
        "links": [
            link for link in (notes.add(f"links[{index}]", link, "links") for index, link in enumerate(parsed.links)) if len(link) <= _URL
        ][:_LINKS],
    }
    lists = Lists(
        _education(parsed, candidate_id, notes), _work(parsed, candidate_id, notes), _skills(parsed, candidate_id, notes),
        _certifications(parsed, candidate_id, notes), _languages(parsed, candidate_id, notes), _projects(parsed, candidate_id, notes),
    )  # fmt: skip
    return Reading(fields, lists, tuple(notes.findings))


class _Notes:
    """Collects the findings while their values are put where they belong."""

    def __init__(self, parsed: ParsedCv) -> None:
        self._has_pages = parsed.content_type == PDF
        self._boxes = parsed.boxes if self._has_pages else ()
        self.findings: list[Finding] = []

    def add(self, field: str, found: Found[str] | None, *parts: str | UUID) -> str:
        """Notes the value, if there is one, and returns it."""
        if found is None:
            return ""
        value, source = _clean(found.value), found.source
        box = self._boxes[source.line] if source.line < len(self._boxes) else None
        page = source.page if self._has_pages else 0
        self.findings.append(Finding(field, value, page, source.line + 1, found.confidence, parts, box, found.by))
        return value

    def add_year(self, field: str, found: Found[int] | None, part: UUID) -> int:
        """The same for a year; 0 where there is none."""
        if found is None or not 1900 <= found.value <= 2100:
            return 0
        self.add(field, Found(str(found.value), found.confidence, found.source, found.by), part)
        return found.value


def _education(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[Education, ...]:
    entries = []
    for index, item in enumerate(parsed.education):
        entry_id, path = ids.mint(), f"education[{index}]"
        entries.append(
            Education(
                entry_id, candidate_id, "cv",
                _cut(notes.add(f"{path}.degree", item.degree, entry_id), _LINE), _cut(notes.add(f"{path}.university", item.university, entry_id), _LINE),
                notes.add_year(f"{path}.start_year", item.start_year, entry_id), notes.add_year(f"{path}.end_year", item.end_year, entry_id),
            )
        )  # fmt: skip
    return tuple(entries)


def _work(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[WorkExperience, ...]:
    entries = []
    for index, item in enumerate(parsed.work_experience):
        entry_id, path = ids.mint(), f"work_experience[{index}]"
        company_name = notes.add(f"{path}.company_name", item.company_name, entry_id)
        job_title = notes.add(f"{path}.job_title", item.job_title, entry_id)
        start_date = notes.add(f"{path}.start_date", item.start_date, entry_id)
        end_date = notes.add(f"{path}.end_date", item.end_date, entry_id)
        told = [notes.add(f"{path}.description[{number}]", bullet, entry_id) for number, bullet in enumerate(item.bullets)]
        entries.append(
            WorkExperience(
                entry_id, candidate_id, "cv", _cut(company_name, _LINE), _cut(job_title, _LINE), start_date, end_date,
                _cut("\n".join(told), _PROSE),
            )
        )  # fmt: skip
    return tuple(entries)


def _skills(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[Skill, ...]:
    entries = []
    for index, item in enumerate(parsed.skills):
        entry_id = ids.mint()
        name = _cut(rules.skill_name(notes.add(f"skills[{index}]", item, entry_id)), _SKILL)
        if name:
            entries.append(Skill(entry_id, candidate_id, "cv", name))
    return tuple(entries)


def _certifications(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[Certification, ...]:
    entries = []
    for index, item in enumerate(parsed.certifications):
        entry_id, path = ids.mint(), f"certifications[{index}]"
        entries.append(
            Certification(
                entry_id, candidate_id, "cv", _cut(notes.add(f"{path}.title", item.title, entry_id), _LINE),
                _cut(notes.add(f"{path}.issued_by", item.issued_by, entry_id), _LINE), notes.add(f"{path}.issue_date", item.issue_date, entry_id),
            )
        )  # fmt: skip
    return tuple(entries)


def _languages(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[Language, ...]:
    entries = []
    for index, item in enumerate(parsed.languages):
        entry_id, path = ids.mint(), f"languages[{index}]"
        name, level = notes.add(f"{path}.name", item.name, entry_id), notes.add(f"{path}.level", item.level, entry_id)
        entries.append(Language(entry_id, candidate_id, "cv", _cut(name, _SKILL), _cut(level, _SKILL)))
    return tuple(entries)


def _projects(parsed: ParsedCv, candidate_id: UUID, notes: _Notes) -> tuple[Project, ...]:
    entries = []
    for index, item in enumerate(parsed.projects):
        entry_id, path = ids.mint(), f"projects[{index}]"
        name = notes.add(f"{path}.name", item.name, entry_id)
        told = [notes.add(f"{path}.description[{number}]", words, entry_id) for number, words in enumerate(item.told)]
        entries.append(Project(entry_id, candidate_id, "cv", _cut(name, _LINE), _cut("\n".join(told), _PROSE), ""))
    return tuple(entries)


def _names(full: str) -> tuple[str, str]:
    """First and last name; the last word is the last name, as it is where people register."""
    first, _, last = _clean(full).strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "\u2026"


def _whole(text: str, longest: int) -> str:
    """An address that was cut would be another one."""
    return text if len(text) <= longest else ""


def _clean(text: str) -> str:
    """PostgreSQL keeps no U+0000, in text or in JSON."""
    return text.replace("\x00", "")
