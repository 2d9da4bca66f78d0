"""The signals beside the text: skills, title, level, years and place, each from 0 to 1, or None where the job does not ask."""

import math
import re
from dataclasses import dataclass
from datetime import date

from services.chassis.skills import find_skills, implied_skills, normalise, taxonomy
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, Experience, JobText
from services.jobs.matching.terms import terms, words

# A skill that the employer listed as key decides more than one that the description merely mentions.
_REQUIRED, _MENTIONED = 3.0, 1.0
# Everybody claims to communicate and to work in a team, and no CV proves it.
_SOFT = 0.25

_LEVELS = (
    (0, re.compile(r"\b(?:intern|internship|trainee|apprentice|working student|student assistant)\b", re.IGNORECASE)),
    (1, re.compile(r"\b(?:junior|jr|entry[- ]level|graduate)\b", re.IGNORECASE)),
    (5, re.compile(r"\b(?:chief|director|vice president|vp|c[etfom]o)\b", re.IGNORECASE)),
    (4, re.compile(r"\b(?:head|lead|principal|staff engineer|team leader|executive chef)\b", re.IGNORECASE)),
    (3, re.compile(r"\b(?:senior|sr|experienced)\b", re.IGNORECASE)),
)
_ORDINARY_LEVEL = 2
_LEVEL_SPAN = 3

_LEVEL_WORDS = frozenset(
    {
        "intern",
        "internship",
        "trainee",
        "apprentice",
        "junior",
        "jr",
        "graduate",
        "senior",
        "sr",
        "experienced",
        "lead",
        "principal",
        "head",
    }
)
# Words that name one occupation in two ways; every word reads as the last of its line.
_SAME_OCCUPATION = {
    word: group[-1]
    for group in (
        ("developer", "programmer", "engineer"),
        ("lawyer", "solicitor", "attorney", "counsel", "barrister", "jurist"),
        ("cook", "cuisinier", "chef"),
        ("lecturer", "educator", "instructor", "teacher"),
        ("bookkeeper", "accountant"),
        ("recruiter", "recruiting", "recruitment"),
        ("representative", "salesperson", "seller", "sales"),
        ("nursing", "nurse"),
        ("waitress", "waiter"),
    )
    for word in group
}

_YEARS = re.compile(
    r"(?:(?:at least|minimum(?: of)?|min\.?|over|more than)[ \t]{1,3}(?P<least>\d{1,2})\+?[ \t]{0,3}years?"
    r"|(?P<plain>\d{1,2})[ \t]{0,3}(?:\+|plus|(?:-|\u2013|to)[ \t]{0,3}\d{1,2})?[ \t]{0,3}years?['\u2019]?"
    r"(?:[ \t\n]+(?!old|ago|young)[\w'-]{1,24}){0,5}[ \t\n]+experience)",
    re.IGNORECASE,
)
_MONTHS_A_YEAR = 12
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class SkillFit:
    """One skill of the job; `evidence` is "listed", "text", "implied by X", or empty where the candidate lacks it."""

    skill: str
    required: bool
    weight: float
    evidence: str = ""


def job_skills(job: JobText) -> tuple[SkillFit, ...]:
    """The key skills in the order of the job, then those its title and description mention, each once.

    A key skill that the taxonomy does not know stands for itself, as its words.
    """
    required = dict.fromkeys(name for entry in job.key_skills for name in _names(entry))
    mentioned = dict.fromkeys(mention.skill for text in (job.title, job.description) for mention in find_skills(text))
    return (
        *(SkillFit(name, required=True, weight=_REQUIRED * _softness(name)) for name in required),
        *(SkillFit(name, required=False, weight=_MENTIONED * _softness(name)) for name in mentioned if name not in required),
    )


def candidate_skills(candidate: CandidateText) -> dict[str, str]:
    """Each skill with its evidence, the strongest first: listed as a skill, found in the text, implied by one of these."""
    evidence: dict[str, str] = {}
    for entry in candidate.skills:
        for name in _names(entry):
            evidence.setdefault(name, "listed")
    for text in candidate.prose():
        for mention in find_skills(text):
            evidence.setdefault(mention.skill, "text")
    for name in list(evidence):
        for implied in sorted(implied_skills(name)):
            evidence.setdefault(implied, f"implied by {name}")
    return evidence


def fit_skills(wanted: tuple[SkillFit, ...], evidence: dict[str, str], prose: str) -> tuple[SkillFit, ...]:
    """The job's skills with the candidate's evidence; `prose` is the candidate's words, for skills that the taxonomy does not know."""
    return tuple(SkillFit(fit.skill, fit.required, fit.weight, evidence.get(fit.skill) or _in_words(fit.skill, prose)) for fit in wanted)


def skill_coverage(fits: tuple[SkillFit, ...]) -> float | None:
    total = math.fsum(fit.weight for fit in fits)
    return math.fsum(fit.weight for fit in fits if fit.evidence) / total if total else None


def occupation(title: str) -> frozenset[str]:
    """The words of a title that name the work, without the level, synonyms made equal."""
    return frozenset(_SAME_OCCUPATION.get(word, word) for word in words(terms(title)) if word not in _LEVEL_WORDS)


def title_likeness(wanted: frozenset[str], held: tuple[frozenset[str], ...], idf: FrozenIdf) -> float | None:
    """How much of the job's title the nearest of the candidate's titles shares: Dice's coefficient, each word by its weight."""
    if not wanted:
        return None
    return max((_dice(wanted, title, idf) for title in held), default=0.0)


def level(title: str) -> int | None:
    """From 0, an internship, to 5, a director; None where the title says nothing of it."""
    return next((step for step, pattern in _LEVELS if pattern.search(title)), None)


def seniority_fit(wanted: int | None, held: int | None) -> float | None:
    """Nearness of the levels; a title without a level is an ordinary one."""
    if wanted is None:
        return None
    return max(0.0, 1 - abs(wanted - (_ORDINARY_LEVEL if held is None else held)) / _LEVEL_SPAN)


def required_years(job: JobText) -> int | None:
    if job.required_years is not None:
        return job.required_years
    found = _YEARS.search(job.description)
    return int(found.group("least") or found.group("plain")) if found else None


def months_worked(experience: tuple[Experience, ...], as_of: date) -> int:
    """Whole calendar months with any position, parallel ones counted once and none after `as_of`; undated months are added."""
    today = _month(as_of)
    months: set[int] = set()
    undated = 0
    for position in experience:
        if position.started_on is None:
            undated += max(0, position.months or 0)
            continue
        end = min(_month(position.ended_on), today) if position.ended_on else today
        months.update(range(max(_month(position.started_on), today - 100 * _MONTHS_A_YEAR), end))
    return len(months) + undated


def years_fit(wanted: int | None, months: int, relevance: float) -> float | None:
    """The share of the asked years, as far as skills or titles show that they were spent in this line of work.

    More than asked is worth as much as asked, so that a long career is no proxy for age.
    """
    return min(1.0, months / (wanted * _MONTHS_A_YEAR)) * relevance if wanted else None


def location_fit(job: JobText, candidate: CandidateText) -> float | None:
    """The same place 1, the same region or country 0.5, elsewhere 0, unknown 0.5; a remote job does not ask."""
    wanted = _places(job.location)
    if job.remote or not wanted:
        return None
    held = _places(candidate.location)
    if not held:
        return _UNKNOWN
    if wanted[0] == held[0]:
        return 1.0
    return 0.5 if set(wanted) & set(held) else 0.0


def _names(entry: str) -> tuple[str, ...]:
    """A skill as somebody typed it: one skill, a phrase that holds some ("Python (5 years)"), or one that the taxonomy lacks."""
    name = normalise(entry)
    if name:
        return (name,)
    found = tuple(dict.fromkeys(mention.skill for mention in find_skills(entry)))
    unknown = " ".join(words(terms(entry)))
    return found or ((unknown,) if unknown else ())


def _softness(name: str) -> float:
    skill = taxonomy().skills.get(name)
    return _SOFT if skill is not None and skill.category == "soft skill" else 1.0


def _in_words(skill: str, prose: str) -> str:
    return "text" if f" {skill} " in prose else ""


def _dice(left: frozenset[str], right: frozenset[str], idf: FrozenIdf) -> float:
    def weigh(terms: frozenset[str]) -> float:
        return math.fsum(idf.weight(term) for term in terms)

    return 2 * weigh(left & right) / (weigh(left) + weigh(right)) if right else 0.0


def _month(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month


def _places(location: str) -> tuple[str, ...]:
    return tuple(part for part in (" ".join(piece.split()).casefold() for piece in location.split(",")) if part)
