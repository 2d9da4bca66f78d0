"""The match score: a pure function of a job, a candidate, frozen weights and a day, with the reasons for every tenth of a point."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.jobs.matching import signals
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, JobText
from services.jobs.matching.signals import SkillFit
from services.jobs.matching.terms import count_terms, terms, words

# Stored beside a score, with the version of the weights of terms: another version is another score, not a wrong one.
RULES_VERSION = "1"

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


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's part: `value` from 0 to 1, `weight` in points after sharing out, `contribution` in points with one decimal."""

    name: str
    weight: float
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class TermShare:
    """A term that both texts use, and its share of the text similarity."""

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
    """What scoring needs of a job, read once for many candidates."""

    job: JobText
    vector: Mapping[str, float]
    skills: tuple[SkillFit, ...]
    occupation: frozenset[str]
    level: int | None
    years: int | None


@dataclass(frozen=True, slots=True)
class CandidateReading:
    """What scoring needs of a candidate, read once for many jobs."""

    candidate: CandidateText
    vector: Mapping[str, float]
    skills: dict[str, str]
    occupations: tuple[frozenset[str], ...]
    level: int | None
    words: str


def score(job: JobText, candidate: CandidateText, idf: FrozenIdf, as_of: date) -> Score:
    """Same inputs, same score, on any machine: sums are exact, and every weight is rounded before it is used.

    `as_of` ends the positions that still last. No sentence in a text is more than its words, and a word said twice by a candidate is
    said once, so that neither an instruction nor a repetition lifts a score.
    """
    return score_readings(read_job(job, idf), read_candidate(candidate, idf), idf, as_of)


def read_job(job: JobText, idf: FrozenIdf) -> JobReading:
    return JobReading(
        job=job,
        vector=job_vector(job, idf),
        skills=signals.job_skills(job),
        occupation=signals.occupation(job.title),
        level=signals.level(job.title),
        years=signals.required_years(job),
    )


def read_candidate(candidate: CandidateText, idf: FrozenIdf) -> CandidateReading:
    """The vector leaves out the list of skills: these count as skills, and one more of them can then never cost a point."""
    titles = (*candidate.titles, *(position.title for position in candidate.experience))
    prose = [terms(text) for text in candidate.prose()]
    return CandidateReading(
        candidate=candidate,
        vector=_unit({term: idf.weight(term) for found in prose for term in found}),
        skills=signals.candidate_skills(candidate),
        occupations=tuple(dict.fromkeys(signals.occupation(title) for title in titles)),
        level=next((level for level in map(signals.level, titles[:1]) if level is not None), None),
        words=f" {' | '.join(' '.join(words(found)) for found in prose)} ",
    )


def score_readings(job: JobReading, candidate: CandidateReading, idf: FrozenIdf, as_of: date) -> Score:
    similarity, terms = _compare(job.vector, candidate.vector)
    fits = signals.fit_skills(job.skills, candidate.skills, candidate.words)
    coverage = signals.skill_coverage(fits)
    title = signals.title_likeness(job.occupation, candidate.occupations, idf)
    months = signals.months_worked(candidate.candidate.experience, as_of)
    values = {
        "skills": coverage,
        "text": min(1.0, similarity / _FULL_SIMILARITY),
        "title": title,
        "years": signals.years_fit(job.years, months, relevance=max(coverage or 0.0, title or 0.0)),
        "seniority": signals.seniority_fit(job.level, candidate.level),
        "location": signals.location_fit(job.job, candidate.candidate),
    }
    parts = _share_out({name: round(value, _DIGITS) for name, value in values.items() if value is not None})
    return Score(
        value=round(math.fsum(part.contribution for part in parts), 1),
        signals=parts,
        matched_skills=tuple(fit for fit in fits if fit.evidence),
        missing_skills=tuple(fit for fit in fits if not fit.evidence),
        terms=terms,
        similarity=similarity,
        idf_version=idf.version,
    )


def job_vector(job: JobText, idf: FrozenIdf) -> dict[str, float]:
    """Unit length; what a job repeats weighs more, by the logarithm, for an employer has nothing to win by stuffing."""
    counts: Counter[str] = count_terms((job.title, job.description, *job.key_skills))
    return _unit({term: round(1 + math.log(count), _DIGITS) * idf.weight(term) for term, count in counts.items()})


def retrieval_vector(candidate: CandidateText, idf: FrozenIdf) -> dict[str, float]:
    """Unit length, the list of skills included: what the index finds a candidate by, before the score decides."""
    return _unit({term: idf.weight(term) for term in count_terms((*candidate.prose(), *candidate.skills))})


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()} if length else {}


def _compare(job: Mapping[str, float], candidate: Mapping[str, float]) -> tuple[float, tuple[TermShare, ...]]:
    """The cosine, and the shared terms that make up most of it."""
    products = {term: weight * candidate[term] for term, weight in job.items() if term in candidate}
    total = math.fsum(products.values())
    heaviest = sorted(products.items(), key=lambda item: (-round(item[1], _DIGITS), item[0]))[:_TERMS_SHOWN]
    return round(total, _DIGITS), tuple(TermShare(term, round(product / total, 4)) for term, product in heaviest)


def _share_out(values: Mapping[str, float]) -> tuple[Signal, ...]:
    """Contributions in whole tenths that add up to the rounded total: the largest remainders take the tenths that rounding left over."""
    asked = sum(WEIGHTS[name] for name in values)
    exact = {name: round(1000 * WEIGHTS[name] / asked * value, 6) for name, value in values.items()}
    tenths = {name: math.floor(part) for name, part in exact.items()}
    left = math.floor(math.fsum(exact.values()) + 0.5) - sum(tenths.values())
    for name in _by_remainder(exact, tenths)[:left]:
        tenths[name] += 1
    return tuple(
        Signal(name, round(100 * WEIGHTS[name] / asked, 4), round(values[name], 4), tenths[name] / 10) for name in WEIGHTS if name in values
    )


def _by_remainder(exact: Mapping[str, float], floors: Mapping[str, int]) -> list[str]:
    return sorted(exact, key=lambda name: (floors[name] - exact[name], name))
