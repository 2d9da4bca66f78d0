"""Whether the ranking is right: jobs and candidates made from known facts, graded by those facts, and nDCG@10 beside plain TF-IDF and BM25.

A candidate is a role, a level, years and some skills of it; a text is then written from these, with the names that people use: a skill by one of its aliases,
in a list or only in a sentence, a title by a synonym, and everyday phrases around it. The grade of a pair is made of the facts alone, never of a text:

    3   the same role, three quarters of the asked skills, the asked years, and a level at most one away
    2   the same role, half of the asked skills and half of the asked years
    1   the same role with less, or a near role with half of the asked skills
    0   everything else; also whoever lists a job's skills and has never done such work

One in ten candidates is such a list of borrowed words, and one in five is a specialist with only two skills. What this cannot show is how real people write; it
shows whether a ranking sees what is there to be seen.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bench.matching.roles import EVERYDAY, PLACES, ROLES
from services.chassis.skills import all_skills, normalise
from services.jobs.matching.idf import FrozenIdf
from services.jobs.matching.profile import CandidateText, Experience, JobText
from services.jobs.matching.score import WEIGHTS, CandidateReading, read_candidate, read_job, score_readings

DAY = date(2026, 11, 1)
_LEVELS = ("Junior ", "", "Senior ", "Lead ")


@dataclass(frozen=True)
class Facts:
    role: str
    level: int
    years: int
    skills: frozenset[str]
    genuine: bool = True


def grade(job: Facts, candidate: Facts) -> int:
    if not candidate.genuine:
        return 0
    has = len(job.skills & candidate.skills) / len(job.skills)
    if candidate.role == job.role:
        if has >= 0.75 and candidate.years >= job.years and abs(candidate.level - job.level) <= 1:
            return 3
        return 2 if has >= 0.5 and 2 * candidate.years >= job.years else 1
    return 1 if candidate.role in ROLES[job.role].near and has >= 0.5 else 0


def make(seed: int, jobs: int = 40, candidates: int = 1000) -> tuple[list[tuple[Facts, JobText]], list[tuple[Facts, CandidateText]]]:
    chance = random.Random(seed)
    aliases = {skill.name: [name for name in skill.aliases if len(name) > 2] for skill in all_skills()}

    def written(skill: str) -> str:
        others = aliases.get(normalise(skill) or "", [])
        return chance.choice(others) if others and chance.random() < 0.4 else skill

    def job() -> tuple[Facts, JobText]:
        role = chance.choice(list(ROLES))
        made = ROLES[role]
        facts = Facts(role, chance.choice((0, 1, 2, 2, 3)), chance.choice((1, 2, 3, 5, 8)), frozenset(chance.sample(made.skills, 5)))
        asked = sorted(facts.skills)
        key, mentioned = asked[:3], asked[3:]
        text = (
            f"You {'. You '.join(chance.sample(made.duties, 4))}. You know {' and '.join(map(written, mentioned))}."
            f" {'. '.join(phrase.capitalize() for phrase in chance.sample(EVERYDAY, 4))}. At least {facts.years} years of experience."
        )
        return facts, JobText(_LEVELS[facts.level] + chance.choice(made.titles), text, tuple(map(written, key)), chance.choice(PLACES))

    def candidate() -> tuple[Facts, CandidateText]:
        role = chance.choice(list(ROLES))
        made = ROLES[role]
        count = 2 if chance.random() < 0.2 else chance.randint(4, len(made.skills))
        facts = Facts(role, chance.choice((0, 1, 1, 2, 2, 3)), chance.randint(0, 15), frozenset(chance.sample(made.skills, count)))
        listed = [skill for skill in sorted(facts.skills) if chance.random() < 0.7]
        told = [skill for skill in sorted(facts.skills) if skill not in listed]
        if chance.random() < 0.1:
            borrowed = ROLES[chance.choice([name for name in ROLES if name != role and name not in made.near])]
            text = CandidateText(
                (chance.choice(made.titles),), f"Interested in {', '.join(chance.sample(borrowed.skills, 6))}. {'. '.join(chance.sample(EVERYDAY, 3))}",
                (Experience(chance.choice(made.titles), ". ".join(chance.sample(made.duties, 2)), date(DAY.year - facts.years, DAY.month, 1)),),
                tuple(chance.sample(borrowed.skills, 5)), (), chance.choice(PLACES),
            )  # fmt: skip
            return Facts(role, facts.level, facts.years, frozenset(), genuine=False), text
        duties = chance.sample(made.duties, chance.randint(2, len(made.duties)))
        neighbour = ROLES[chance.choice(list(ROLES))]
        positions = (
            Experience(
                _LEVELS[facts.level] + chance.choice(made.titles), ". ".join([*duties, *(f"used {written(skill)}" for skill in told)]),
                date(DAY.year - facts.years, DAY.month, 1),
            ),
            Experience(chance.choice(neighbour.titles), chance.choice(neighbour.duties), date(DAY.year - facts.years, DAY.month, 1), date(DAY.year - facts.years, DAY.month, 1)),
        )  # fmt: skip
        return facts, CandidateText(
            (_LEVELS[facts.level] + chance.choice(made.titles),), ". ".join(chance.sample(EVERYDAY, chance.randint(2, 8))), positions,
            tuple(map(written, listed)), (), chance.choice(PLACES),
        )  # fmt: skip

    return [job() for _ in range(jobs)], [candidate() for _ in range(candidates)]


def ndcg(grades: list[int], everything: list[int], at: int = 10) -> float:
    def gain(listed: list[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(listed[:at]))

    best = gain(sorted(everything, reverse=True))
    return gain(grades) / best if best else 1.0


Ranking = Callable[[int], np.ndarray]


def plain_tfidf(jobs: list[str], candidates: list[str]) -> Ranking:
    model = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    matrix = model.fit_transform(candidates)
    wanted = model.transform(jobs)
    return lambda number: (matrix @ wanted[number].T).toarray().ravel()


def bm25(jobs: list[str], candidates: list[str]) -> Ranking:
    model = CountVectorizer(stop_words="english")
    counts = model.fit_transform(candidates).tocsr().astype(float)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (len(candidates) - found + 0.5) / (found + 0.5))
    norm = 1.5 * (1 - 0.75 + 0.75 * lengths / lengths.mean())
    weighed = counts.copy()
    weighed.data = idf[counts.indices] * counts.data * 2.5 / (counts.data + np.repeat(norm, np.diff(counts.indptr)))
    wanted = model.transform(jobs)
    return lambda number: (weighed @ (wanted[number] > 0).astype(float).T).toarray().ravel()


def measure(seeds: tuple[int, ...] = (1, 2, 3)) -> dict[str, list[float]]:
    """nDCG@10 by ranking, one for each seed; ours also with each signal left out, and with two, for a trade of which the taxonomy knows no skill."""
    results: dict[str, list[float]] = {}
    for seed in seeds:
        jobs, candidates = make(seed)
        grades = [[grade(job, candidate) for candidate, _ in candidates] for job, _ in jobs]
        job_texts = [" ".join((job.title, job.description, *job.key_skills)) for _, job in jobs]
        texts = [" ".join((*one.prose(), *one.skills)) for _, one in candidates]
        readings = [read_candidate(one) for _, one in candidates]
        idf = FrozenIdf.fit([" ".join(one.prose()) for _, one in candidates], "fitted", least=5)
        ours = [_signals(job, readings, idf) for _, job in jobs]
        weights = dict(WEIGHTS)
        rankings: dict[str, Ranking] = {
            "plain TF-IDF": plain_tfidf(job_texts, texts), "BM25": bm25(job_texts, texts), "ours": _weighed(ours, weights),
            "ours, text alone": _weighed(ours, {"text": 1}),
            "ours without skills and text": _weighed(ours, {name: weight for name, weight in weights.items() if name not in ("skills", "text")}),
        } | {f"ours without {left}": _weighed(ours, {name: weight for name, weight in weights.items() if name != left}) for left in weights}  # fmt: skip
        for name, ranking in rankings.items():
            results.setdefault(name, []).append(_mean(ranking, grades))
    return results


def _signals(job: JobText, readings: list[CandidateReading], idf: FrozenIdf) -> dict[str, np.ndarray]:
    wanted = read_job(job, idf)
    scores = [score_readings(wanted, reading, idf, DAY) for reading in readings]
    return {signal.name: np.array([one.signals[place].value for one in scores]) for place, signal in enumerate(scores[0].signals)}


def _weighed(ours: list[dict[str, np.ndarray]], weights: Mapping[str, int]) -> Ranking:
    return lambda number: sum(weights.get(name, 0) * values for name, values in ours[number].items())


def _mean(ranking: Ranking, grades: list[list[int]]) -> float:
    found = []
    for number, graded in enumerate(grades):
        best = np.argsort(-ranking(number), kind="stable")[:10]
        found.append(ndcg([graded[one] for one in best], graded))
    return float(np.mean(found))


if __name__ == "__main__":
    for name, values in measure().items():
        print(f"{name:28} {np.mean(values):.3f}  ({', '.join(f'{value:.3f}' for value in values)})")
