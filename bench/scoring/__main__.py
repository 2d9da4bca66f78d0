"""`python -m bench.scoring --data FOLDER`: how near the built-in scoring comes to what teachers gave for short answers, beside simple peers."""

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.scoring import sets
from bench.scoring.scorers import Scorer, Vectors, beside_reference, by_rubric, peers
from bench.scoring.sets import Graded
from services.interviews.scoring import weights
from services.interviews.scoring.reference import is_beside

RESULTS = Path(__file__).with_name("results.md")
_SEEDS, _PAIRS, _GOOD = 20, 600, 4.0
_HEAD = [
    "| | Pearson r | RMSE, calibrated | RMSE, line fitted to other questions | right pairs |",
    "|---|---|---|---|---|",
]


@dataclass(frozen=True)
class Foreign:
    """A good answer, and a good answer to another question of the same set that is put in its place."""

    row: Graded
    other: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with public sets, see bench/README.md")
    parser.add_argument("--most", type=int, default=12, help="answers to a question, in the sets that are long (12)")
    parser.add_argument("--vectors", type=Path, help="a file (.npz) that keeps vectors for the next run")
    parser.add_argument("--dry", action="store_true", help="leave bench/scoring/results.md as it is")
    asked = parser.parse_args()
    found = sets.read(asked.data, asked.most)
    if not found:
        parser.error("no set was found in that folder")
    text = _measure(found, Vectors(asked.vectors))
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


def _measure(found: dict[str, list[Graded]], vectors: Vectors) -> str:
    lines = ["# Scoring short answers", "", "What is compared, and where the sets come from: [README](../README.md#scoring).", ""]
    before = os.getloadavg()[0]
    for name, rows in found.items():
        print(name, file=sys.stderr, flush=True)
        lines += _set(name, rows, vectors)
        vectors.keep()
    lines += [
        "## What an answer costs",
        "",
        "CPU for an answer whose vectors are not known yet, to a question whose vectors are; 40 answers.",
        "",
        *_costs(next(iter(found.values()))),
        "",
    ]
    after = os.getloadavg()[0]
    lines += [
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, rubric {weights.RUBRIC}. "
        f"Load average {before:.0f} before and {after:.0f} after.",
        "",
    ]
    return "\n".join(lines)


def _set(name: str, rows: Sequence[Graded], vectors: Vectors) -> list[str]:
    foreign = _foreign(rows)
    lines = [f"## {name}", "", f"{len(rows)} answers to {len({row.question for row in rows})} questions.", "", *_HEAD]
    for title, scorer in (*_ours(vectors).items(), *peers(vectors, rows).items()):
        lines.append(f"| {title} | {_row(scorer, rows, foreign)} |")
        print(lines[-1], file=sys.stderr, flush=True)
    own = [one for one in rows if one.mark >= _GOOD]
    return [*lines, "", *_off_topic(vectors, own, foreign), ""]


def _ours(vectors: Vectors) -> dict[str, Scorer]:
    return {
        "**ours, beside the reference**": beside_reference(vectors),
        "**ours, the interview's rubric of the reference's sentences**": lambda *told: by_rubric(vectors, *told).value,
    }


def _costs(rows: Sequence[Graded]) -> list[str]:
    """Each scorer has vectors of its own, so that none profits from what another asked for."""
    lines, some = ["| | CPU an answer |", "|---|---|"], random.Random(2).sample(list(rows), min(40, len(rows)))
    for name in _ours(Vectors()):
        scorer = _ours(Vectors())[name]
        for row in some:
            scorer(row.question, row.references, row.references[0])
        began = time.process_time()
        for row in some:
            scorer(row.question, row.references, row.answer)
        lines.append(f"| {name} | {1000 * (time.process_time() - began) / len(some):.0f} ms |")
    return lines


def _foreign(rows: Sequence[Graded]) -> list[Foreign]:
    good, chance = [row for row in rows if row.mark >= _GOOD and row.answer.strip()], random.Random(0)
    pairs = [Foreign(row, chance.choice([one for one in good if one.question != row.question]).answer) for row in good]
    return chance.sample(pairs, min(_PAIRS, len(pairs)))


def _row(scorer: Scorer, rows: Sequence[Graded], foreign: Sequence[Foreign]) -> str:
    given = np.array([scorer(row.question, row.references, row.answer) for row in rows])
    marks = np.array([row.mark for row in rows])
    by_row = dict(zip(rows, given, strict=True))
    right = [by_row[one.row] > scorer(one.row.question, one.row.references, one.other) for one in foreign]
    scattered, apart = _calibrated(given, marks, [row.question for row in rows])
    return f"{np.corrcoef(given, marks)[0, 1]:.3f} | {scattered:.3f} | {apart:.3f} | {100 * np.mean(right):.1f} %"


def _calibrated(given: np.ndarray, marks: np.ndarray, questions: Sequence[str]) -> tuple[float, float]:
    """The error after a straight line was fitted to a tenth of the answers, and after one was fitted to those of a tenth of the questions; on all others,
    the mean over seeds."""
    names = sorted(set(questions))
    scattered, apart = [], []
    for seed in range(_SEEDS):
        chance = np.random.default_rng(seed)
        tenth = np.zeros(len(given), bool)
        tenth[chance.permutation(len(given))[: len(given) // 10]] = True
        scattered.append(_error(given, marks, tenth))
        some = set(chance.permutation(names)[: max(2, len(names) // 10)])
        apart.append(_error(given, marks, np.array([question in some for question in questions])))
    return float(np.mean(scattered)), float(np.mean(apart))


def _error(given: np.ndarray, marks: np.ndarray, fitted: np.ndarray) -> float:
    slope, start = np.polyfit(given[fitted], marks[fitted], 1)
    told = np.clip(slope * given[~fitted] + start, 0, 5)
    return float(np.sqrt(np.mean((told - marks[~fitted]) ** 2)))


def _off_topic(vectors: Vectors, own: Sequence[Graded], foreign: Sequence[Foreign]) -> list[str]:
    """As many answers of each kind: good ones to the question, and good ones to another."""
    chance = random.Random(1)
    kept = chance.sample(list(own), min(len(own), len(foreign)))
    lines = ["| an answer to another question is told by | precision | recall |", "|---|---|---|"]
    told = {
        "its likeness to the reference": lambda question, references, answer: all(
            is_beside(one, answer, vectors, question=question) for one in references
        ),
        "the interview's rubric (`is_deviated`)": lambda *given: by_rubric(vectors, *given).is_deviated,
    }
    for title, judge in told.items():
        hits = sum(judge(one.row.question, one.row.references, one.other) for one in foreign)
        wrong = sum(judge(row.question, row.references, row.answer) for row in kept)
        lines.append(f"| {title} | {hits / max(hits + wrong, 1):.3f} | {hits / len(foreign):.3f} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
