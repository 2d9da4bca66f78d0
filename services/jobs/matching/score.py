"""The match score: a pure function of a job, a candidate, frozen weights and a day, with the reasons for every tenth of a point."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.jobs.matching import idf as weights
from services.jobs.matching import signals
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.signals import ONE, SkillFit
from services.jobs.matching.terms import count_terms, terms

# Stored beside a score, with the version of the weights of words: another version is another score, not a wrong one.
RULES_VERSION = "3"

# Points out of 100. A signal that a job does not ask for leaves its points to the others, in proportion.
WEIGHTS: Mapping[str, int] = {
    "skills": 40,  # The employer listed them one by one: nothing else is as exact a statement of what is wanted.
    "text": 30,  # Catches everything that nobody put into a list: duties, tools, the words of a trade.
    "title": 14,  # Having done this very job before says much, but titles differ between employers.
    "years": 8,  # Employers ask for them, though they predict little beyond the first few.
    "seniority": 4,  # A director seldom wants a junior's position, but titles inflate.
    "location": 4,  # People move, so that distance only decides between equals.
}

# Two texts written by two people about one trade are seldom more alike than this; from here on the text counts in full.
_FULL_SIMILARITY = 0.40
_TERMS_SHOWN = 20
_DIGITS = 9
# A job's words carry whole numbers, this many to a similarity of 1 for a candidate of length 1.
_UNIT = 2**20


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's part: `value` from 0 to 1, `weight` in points after sharing out, `contribution` in points with one decimal."""

    name: str
    weight: float
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class TermShare:
    """A word that both texts use, and its share of the text similarity."""

    term: str
    share: float


@dataclass(frozen=True, slots=True)
class Score:
    """From 0 to 100 with one decimal; the contributions of the signals add up to it."""

    value: float
    signals: tuple[Signal, ...]
    matched_skills: tuple[SkillFit, ...]
    missing_skills: tuple[SkillFit, ...]
    terms: tuple[TermShare, ...]
    similarity: float
    idf_version: str
    rules_version: str = RULES_VERSION


@dataclass(frozen=True, slots=True)
class JobReading:
    """What scoring needs of a job, read once for many candidates; `words` are whole numbers, as impact() says."""

    job: JobText
    words: Mapping[str, int]
    skills: tuple[SkillFit, ...]
    occupation: frozenset[str]
    level: int | None
    years: int | None


@dataclass(frozen=True, slots=True)
class CandidateReading:
    """What scoring needs of a candidate, read once for many jobs."""

    words: frozenset[str]
    skills: Mapping[str, str]
    occupations: tuple[frozenset[str], ...]
    level: int | None
    worked: signals.Worked
    places: tuple[str, ...]


def score(job: JobText, candidate: CandidateText, idf: FrozenIdf, as_of: date) -> Score:
    """Same inputs, same score, on any machine: sums are of whole numbers, and every weight is rounded before it is used.

    `as_of` ends the positions that still last. No sentence in a text is more than its words, and a word said twice by a candidate is
    said once, so that neither an instruction nor a repetition lifts a score.
    """
    return score_readings(read_job(job, idf), read_candidate(candidate), idf, as_of)


def read_job(job: JobText, idf: FrozenIdf) -> JobReading:
    return JobReading(
        job=job,
        words=impacts(job, idf),
        skills=signals.job_skills(job),
        occupation=signals.occupation(job.title),
        level=signals.level(job.title),
        years=signals.required_years(job) or None,
    )


def read_candidate(candidate: CandidateText) -> CandidateReading:
    """The words leave out the list of skills: these count as skills, and one more of them can then never cost a point."""
    titles = (*candidate.titles, *(position.title for position in candidate.experience))
    return CandidateReading(
        words=frozenset(word for text in candidate.prose() for word in terms(text)),
        skills=signals.candidate_skills(candidate),
        occupations=tuple(dict.fromkeys(signals.occupation(title) for title in titles)),
        level=next((level for level in map(signals.level, titles[:1]) if level is not None), None),
        worked=signals.worked(candidate.experience),
        places=signals.places(candidate.location),
    )


def score_readings(job: JobReading, candidate: CandidateReading, idf: FrozenIdf, as_of: date) -> Score:
    shared = {word: impact for word, impact in job.words.items() if word in candidate.words}
    matched, scale = sum(shared.values()), text_scale(sum(weight * weight for weight in idf.weigh([*candidate.words])))
    fits = signals.fit_skills(job.skills, candidate.skills, candidate.words)
    coverage = signals.skill_coverage(fits)
    title = signals.title_likeness(job.occupation, candidate.occupations, idf)
    values = {
        "skills": coverage,
        "text": min(ONE, int(matched * scale)),
        "title": title,
        "years": signals.years_fit(job.years, candidate.worked.as_of(as_of), relevance=max(coverage or 0, title or 0)),
        "seniority": signals.seniority_fit(job.level, candidate.level),
        "location": signals.location_fit(job.job, candidate.places),
    }
    parts, tenths = _share_out({name: value for name, value in values.items() if value is not None})
    return Score(
        value=tenths / 10,
        signals=parts,
        matched_skills=tuple(fit for fit in fits if fit.evidence),
        missing_skills=tuple(fit for fit in fits if not fit.evidence),
        terms=_heaviest(shared, matched),
        similarity=round(matched * scale * _FULL_SIMILARITY / ONE, _DIGITS),
        idf_version=idf.version,
    )


def asked_signals(job: JobReading) -> tuple[str, ...]:
    """The signals that a job asks for; the points of the others are shared out among these."""
    asked = {
        "skills": bool(job.skills), "text": True, "title": bool(job.occupation), "years": job.years is not None, "seniority": job.level is not None,
        "location": bool(signals.wanted_places(job.job)),
    }  # fmt: skip
    return tuple(name for name in WEIGHTS if asked[name])


def impacts(job: JobText, idf: FrozenIdf) -> dict[str, int]:
    """What each of the job's words adds to the similarity of a candidate who has it, before the division by the candidate's length.

    The job's vector has unit length; what a job repeats weighs more, by the logarithm, for an employer has nothing to win by stuffing.
    """
    counts = count_terms((job.title, job.description, *job.key_skills))
    words = sorted(counts)
    each = idf.weigh(words)
    vector = [round(1 + math.log(counts[word]), _DIGITS) * weight for word, weight in zip(words, each, strict=True)]
    length = math.sqrt(math.fsum(weight * weight for weight in vector))
    unit = _UNIT / weights.ONE
    return {word: round(weight / length * own * unit) for word, weight, own in zip(words, vector, each, strict=True)}


def text_scale(squares: int) -> float:
    """What a sum of impacts is multiplied by to be the text signal: `squares` are those of the weights of the candidate's words."""
    return ONE * weights.ONE / (_UNIT * _FULL_SIMILARITY) / math.sqrt(squares) if squares else 0.0


def _heaviest(shared: Mapping[str, int], total: int) -> tuple[TermShare, ...]:
    heaviest = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_TERMS_SHOWN]
    return tuple(TermShare(word, round(impact / total, 4)) for word, impact in heaviest)


def _share_out(values: Mapping[str, int]) -> tuple[tuple[Signal, ...], int]:
    """The score in tenths, and contributions in whole tenths that add up to it: the largest remainders take the tenths that rounding left over."""
    asked = sum(WEIGHTS[name] for name in values)
    whole = asked * ONE
    exact = {name: 1000 * WEIGHTS[name] * value for name, value in values.items()}
    total = (2 * sum(exact.values()) + whole) // (2 * whole)
    tenths = {name: part // whole for name, part in exact.items()}
    remainders = sorted(exact, key=lambda name: (tenths[name] * whole - exact[name], name))
    for name in remainders[: total - sum(tenths.values())]:
        tenths[name] += 1
    shown = (
        Signal(name, round(100 * WEIGHTS[name] / asked, 4), round(values[name] / ONE, 4), tenths[name] / 10)
        for name in WEIGHTS
        if name in values
    )
    return tuple(shown), total
