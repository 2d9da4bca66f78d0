"""How a candidate's profile becomes what scoring sees of it, and how that is stored."""

import re
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from einstellen.candidates.v1 import candidates_pb2
from services.jobs.hiding import of_the_work
from services.jobs.matching import features
from services.jobs.matching.profile import CandidateText, Education, Experience
from services.jobs.matching.score import read_candidate
from services.jobs.tables import Profile

# The position of a profile that came with an application: before that of any event.
BROUGHT = 0
_DATE = re.compile(r"([12]\d{3})(?:-(0[1-9]|1[0-2]))?")
_MIDDLE_OF_THE_YEAR = 7
_BEGUN = re.compile(
    r"\b(?:A1|A2|basics?|beginner|elementary|grundkenntnisse|anfänger|débutant|notions|scolaire|básico|principiante)\b", re.IGNORECASE
)


def to_text(candidate: candidates_pb2.Candidate) -> CandidateText:
    """Positions come latest first, those that last before those that have ended; a certificate counts as the skill that it certifies, and so does a language
    of which somebody says more than that they have begun to learn it.

    Who they are is taken out of the texts too, so that a name or a school in a sentence moves no score.
    """
    schools = [one.university for one in candidate.education]

    def plain(words: str) -> str:
        return of_the_work(words, display_name(candidate), schools)

    experience = [
        Experience(plain(work.job_title), plain(work.description), _month(work.start_date), _month(work.end_date))
        for work in candidate.work_experience
    ]
    experience.sort(key=lambda one: (one.ended_on is None, one.ended_on or date.min, one.started_on or date.min), reverse=True)
    return CandidateText(
        titles=(plain(candidate.headline),) if candidate.headline else (),
        summary=plain(candidate.summary),
        experience=tuple(experience),
        skills=(
            *(skill.skill_name for skill in candidate.skills),
            *(one.title for one in candidate.certifications),
            *(one.name for one in candidate.languages if not _BEGUN.search(one.level)),
        ),
        education=tuple(Education(plain(one.degree)) for one in candidate.education),
        location=candidate.location,
    )


def to_profile(candidate: candidates_pb2.Candidate, tenant_id: UUID | None, position: int) -> Profile:
    """Without date of birth, phone or address: matching has no use for them."""
    text = to_text(candidate)
    return Profile(
        UUID(candidate.id), UUID(candidate.user_id), tenant_id, display_name(candidate), candidate.headline, candidate.discoverable,
        to_json(text), position, features.pack(read_candidate(text)), features.version(),
        [UUID(one) for one in candidate.merged_for_ids], [UUID(one) for one in candidate.kept_candidate_ids],
    )  # fmt: skip


def gone(candidate_id: UUID, position: int) -> Profile:
    """What stays of a profile that is not there any more, so that every process learns of it."""
    return Profile(candidate_id, None, None, "", "", discoverable=False, text=None, position=position)


def display_name(candidate: candidates_pb2.Candidate) -> str:
    return f"{candidate.first_name} {candidate.last_name}".strip()


def to_json(text: CandidateText) -> dict[str, Any]:
    plain = asdict(text)
    for position in plain["experience"]:
        for name in ("started_on", "ended_on"):
            position[name] = position[name].isoformat() if position[name] else None
    return plain


def from_json(plain: dict[str, Any]) -> CandidateText:
    return CandidateText(
        titles=tuple(plain["titles"]),
        summary=plain["summary"],
        experience=tuple(
            Experience(one["title"], one["description"], _day(one["started_on"]), _day(one["ended_on"]), one["months"])
            for one in plain["experience"]
        ),
        skills=tuple(plain["skills"]),
        education=tuple(Education(one["degree"], one["field"]) for one in plain["education"]),
        location=plain["location"],
    )


def _month(text: str) -> date | None:
    """The first of the month in `2019-03` or `2019-03-31`; a year alone counts from its middle, as its months are not known."""
    found = _DATE.match(text)
    return date(int(found[1]), int(found[2] or _MIDDLE_OF_THE_YEAR), 1) if found else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
