"""The signals beside the text: skills, title, level, years and place, each from 0 to ONE, or None where the job does not ask."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.skills import find_skills, implied_skills, normalise, taxonomy
from services.jobs.matching.asking import asked
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, Experience, JobText
from services.jobs.matching.spelling import country, fold
from services.jobs.matching.terms import terms

# What a value of 1 is as a whole number: scores are whole numbers until they are shown, and the index computes the very same ones.
ONE = 1_000_000
# A skill that the employer listed as key decides more than one that the description merely mentions.
_REQUIRED, _MENTIONED = 12, 4
# Everybody claims to communicate and to work in a team, and no CV proves it: such a skill weighs a quarter.
_SOFT = 4

_LEVELS = (
    (0, re.compile(r"\b(?:intern|internship|trainee|apprentice|working student|student assistant)\b", re.IGNORECASE)),
    (1, re.compile(r"\b(?:junior|jr|entry[- ]level|graduate)\b", re.IGNORECASE)),
    (5, re.compile(r"\b(?:chief|director|vice president|vp|c[etfom]o)\b", re.IGNORECASE)),
    (4, re.compile(r"\b(?:head|lead|principal|staff engineer|team leader|executive chef)\b", re.IGNORECASE)),
    (3, re.compile(r"\b(?:senior|sr|experienced)\b", re.IGNORECASE)),
)
ORDINARY_LEVEL = 2
LEVELS = 6
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

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one ein eine un une uno", "two zwei deux dos", "three drei trois tres", "four vier quatre cuatro", "five fünf cinq cinco", "six sechs seis",
            "seven sieben sept siete", "eight acht huit ocho", "nine neun neuf nueve", "ten zehn dix diez",
        ), 1,
    )
    for word in words.split()
}  # fmt: skip
_NUMBER = rf"\d{{1,2}}|{'|'.join(_NUMBERS)}"
_A_YEAR = "years?|jahren?|années?|ans|años?"
_LEAST = r"at least|minimum(?: of)?|min\.?|mindestens|mind\.|wenigstens|au moins|minimum de|al menos|como mínimo|mínimo(?: de)?"
_YEARS = re.compile(
    rf"(?:\b(?:{_LEAST})[ \t]{{1,3}}(?P<least>{_NUMBER})\+?[ \t]{{0,3}}(?:{_A_YEAR})\b"
    rf"|\b(?P<plain>{_NUMBER})[ \t]{{0,3}}(?:\+|plus|(?:-|\u2013|to|bis|à|a)[ \t]{{0,3}}(?:{_NUMBER}))?[ \t]{{0,3}}(?:{_A_YEAR})\b['\u2019]?"
    r"(?:[ \t\n]+(?!old|ago|young)[\w'\u2019-]{1,24}){0,5}?[ \t\n]+(?:\w{0,12}(?:experience|erfahrung)|(?:d['\u2019])?expérience|experiencia)\b)",
    re.IGNORECASE,
)
_MONTHS_A_YEAR = 12
_FIRST_MONTH = 1900 * _MONTHS_A_YEAR
# After every month that there is: the end of a position that still lasts.
OPEN_END = 65_535


@dataclass(frozen=True, slots=True)
class SkillFit:
    """One skill of the job; `evidence` is "listed", "text", "implied by X", or empty where the candidate lacks it."""

    skill: str
    required: bool
    weight: int
    evidence: str = ""


def job_skills(job: JobText) -> tuple[SkillFit, ...]:
    """The key skills in the order of the job, then those its title and description ask or wish for, each once.

    A key skill that the taxonomy does not know stands for itself, as its words.
    """
    required = dict.fromkeys(name for entry in job.key_skills for name in _names(entry))
    read = asked(job.title, job.description)
    mentioned = (*read.demanded, *read.wished)
    return (
        *(SkillFit(name, required=True, weight=_REQUIRED // _softness(name)) for name in required),
        *(SkillFit(name, required=False, weight=_MENTIONED // _softness(name)) for name in mentioned if name not in required),
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


def fit_skills(wanted: tuple[SkillFit, ...], evidence: Mapping[str, str], prose: Collection[str]) -> tuple[SkillFit, ...]:
    """The job's skills with the candidate's evidence; `prose` is the candidate's words, for skills that the taxonomy does not know."""
    return tuple(SkillFit(fit.skill, fit.required, fit.weight, evidence.get(fit.skill) or _in_words(fit.skill, prose)) for fit in wanted)


def skill_coverage(fits: tuple[SkillFit, ...]) -> int | None:
    total = sum(fit.weight for fit in fits)
    return ONE * sum(fit.weight for fit in fits if fit.evidence) // total if total else None


def unknown_words(skill: str) -> tuple[str, ...]:
    """The words of a skill that the taxonomy does not know, each of which a text must have; none for one that it knows."""
    return () if skill in taxonomy().skills else tuple(skill.split())


def occupation(title: str) -> frozenset[str]:
    """The words of a title that name the work, without the level, synonyms made equal."""
    return frozenset(_SAME_OCCUPATION.get(word, word) for word in terms(title) if word not in _LEVEL_WORDS)


def title_likeness(wanted: frozenset[str], held: tuple[frozenset[str], ...], idf: FrozenIdf) -> int | None:
    """How much of the job's title the nearest of the candidate's titles shares: Dice's coefficient, each word by its weight."""
    if not wanted:
        return None
    whole = sum(idf.weigh([*wanted]))
    return max((dice(sum(idf.weigh([*wanted & title])), whole, sum(idf.weigh([*title]))) for title in held), default=0)


def dice(shared: int, left: int, right: int) -> int:
    return 2 * ONE * shared // (left + right)


def level(title: str) -> int | None:
    """From 0, an internship, to 5, a director; None where the title says nothing of it."""
    return next((step for step, pattern in _LEVELS if pattern.search(title)), None)


def seniority_fit(wanted: int | None, held: int | None) -> int | None:
    """Nearness of the levels; a title without a level is an ordinary one."""
    if wanted is None:
        return None
    return max(0, ONE * (_LEVEL_SPAN - abs(wanted - (ORDINARY_LEVEL if held is None else held))) // _LEVEL_SPAN)


def required_years(job: JobText) -> int | None:
    if job.required_years is not None:
        return job.required_years
    found = _YEARS.search(asked(job.title, job.description).text)
    if not found:
        return None
    number = (found["least"] or found["plain"]).casefold()
    return _NUMBERS.get(number) or int(number)


@dataclass(frozen=True, slots=True)
class Worked:
    """Months of work: those of positions that are over, and the last stretch, which ends or, with OPEN_END, lasts. Months count from year 0."""

    before: int
    start: int = 0
    end: int = 0

    def as_of(self, day: date) -> int:
        return self.before + max(0, min(self.end, _month(day)) - self.start)


def worked(experience: tuple[Experience, ...]) -> Worked:
    """Whole calendar months with any position, parallel ones counted once; undated months are added."""
    undated = sum(max(0, one.months or 0) for one in experience if one.started_on is None)
    spans = sorted(
        (max(_FIRST_MONTH, _month(one.started_on)), _month(one.ended_on) if one.ended_on else OPEN_END)
        for one in experience
        if one.started_on
    )
    before, start, end = undated, 0, 0
    for begun, ended in spans:
        if ended <= begun:
            continue
        if begun > end:
            before, start = before + end - start, begun
        end = max(end, ended)
    return Worked(before, start, end)


def months_worked(experience: tuple[Experience, ...], as_of: date) -> int:
    """See worked(): as far as that day, and nothing of a position that is still to come."""
    return worked(experience).as_of(as_of)


def years_fit(wanted: int | None, months: int, relevance: int) -> int | None:
    """The share of the asked years, as far as skills or titles show that they were spent in this line of work.

    More than asked is worth as much as asked, so that a long career is no proxy for age.
    """
    return min(ONE, ONE * months // (wanted * _MONTHS_A_YEAR)) * relevance // ONE if wanted else None


def location_fit(job: JobText, held: tuple[str, ...]) -> int | None:
    """The same place 1, the same region or country 0.5, elsewhere 0, unknown 0.5; a remote job does not ask."""
    wanted = wanted_places(job)
    return near(wanted, held) if wanted else None


def wanted_places(job: JobText) -> tuple[str, ...]:
    return () if job.remote else places(job.location)


def near(wanted: Sequence[object], held: Sequence[object]) -> int:
    if not held:
        return ONE // 2
    if wanted[0] == held[0]:
        return ONE
    return ONE // 2 if set(wanted) & set(held) else 0


def _names(entry: str) -> tuple[str, ...]:
    """A skill as somebody typed it: one skill, a phrase that holds some ("Python (5 years)"), or one that the taxonomy lacks."""
    name = normalise(entry)
    if name:
        return (name,)
    found = tuple(dict.fromkeys(mention.skill for mention in find_skills(entry)))
    unknown = " ".join(terms(entry))
    return found or ((unknown,) if unknown else ())


def _softness(name: str) -> int:
    skill = taxonomy().skills.get(name)
    return _SOFT if skill is not None and skill.category == "soft skill" else 1


def _in_words(skill: str, prose: Collection[str]) -> str:
    wanted = unknown_words(skill)
    return "text" if wanted and all(word in prose for word in wanted) else ""


def _month(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month


def places(location: str) -> tuple[str, ...]:
    """As `berlin`, `DE`: from the nearest to the widest, without accents, a country by its code in whatever language it was named."""
    return tuple(country(part) or fold(part) for part in (" ".join(piece.split()) for piece in location.split(",")) if part)
