"""CVs and job descriptions made by a model of how people write: general words by Zipf's law, words of a trade, and a tail of names and rarities.

Half of a CV's words are general (20,000 of them), two fifths belong to its trade (40 trades of 4,000 words, a tenth of which other trades use too), and the rest
comes from 180,000 rare ones. A CV has 290 words in the median, stop words left out, 230 of them different; a job description 160, which repeat less. Everything is seeded.
"""

import json
from pathlib import Path

import numpy as np

GENERAL, TRADES, TRADE, TAIL = 20_000, 40, 4_000, 180_000
VOCABULARY = GENERAL + TRADES * TRADE + TAIL
_MEDIAN_CV, _MEDIAN_JOB, _CHUNK = 290, 160, 20_000


def make(folder: Path, size: int, jobs: int, seed: int = 20261121) -> None:
    """Writes the CVs as `starts.npy` and `words.npy` (the distinct words of each, ascending), their trades, and the jobs with how often each word stands there."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    trades, starts, words = [], [np.zeros(1, np.int64)], []
    for first in range(0, size, _CHUNK):
        count = min(_CHUNK, size - first)
        trade = random.integers(0, TRADES, count)
        documents, drawn = _draw(
            random, trade, np.clip(random.lognormal(np.log(_MEDIAN_CV), 0.4, count), 60, 2_000).astype(np.int64), tail=0.1
        )
        distinct = np.unique(documents * VOCABULARY + drawn)
        of_document, word = np.divmod(distinct, VOCABULARY)
        starts.append(starts[-1][-1] + np.cumsum(np.bincount(of_document, minlength=count)))
        words.append(word.astype(np.int32))
        trades.append(trade)
    np.save(folder / "starts.npy", np.concatenate(starts))
    np.save(folder / "words.npy", np.concatenate(words))
    np.save(folder / "trades.npy", np.concatenate(trades))
    trade = random.integers(0, TRADES, jobs)
    documents, drawn = _draw(random, trade, np.clip(random.lognormal(np.log(_MEDIAN_JOB), 0.3, jobs), 60, 500).astype(np.int64), tail=0.03)
    listed = [{"trade": int(trade[job]), "words": drawn[documents == job].tolist()} for job in range(jobs)]
    (folder / "jobs.json").write_text(json.dumps(listed))


def _draw(random: np.random.Generator, trade: np.ndarray, lengths: np.ndarray, *, tail: float) -> tuple[np.ndarray, np.ndarray]:
    documents = np.repeat(np.arange(trade.size), lengths)
    kind = random.random(documents.size)
    words = np.searchsorted(_zipf(GENERAL, 3), random.random(documents.size))
    special = kind < 0.4
    own = np.searchsorted(_zipf(TRADE, 2), random.random(int(special.sum())))
    # Every tenth word of a trade is its neighbour's as well.
    owner = np.where(own % 10 == 0, (trade[documents[special]] + 1) % TRADES, trade[documents[special]])
    words[special] = GENERAL + owner * TRADE + own
    rare = kind > 1 - tail
    words[rare] = GENERAL + TRADES * TRADE + np.searchsorted(_zipf(TAIL, 1_000), random.random(int(rare.sum())))
    return documents, words.astype(np.int64)


def _zipf(size: int, shift: int) -> np.ndarray:
    weights = 1 / (np.arange(1, size + 1) + shift) ** 1.1
    cumulated = np.cumsum(weights)
    return cumulated / cumulated[-1]


def load(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict]]:
    return (
        *(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("starts", "words", "trades")),
        json.loads((folder / "jobs.json").read_text()),
    )


def take(folder: Path, smaller: Path, size: int) -> None:
    """The first `size` CVs as a corpus of their own, with the same jobs."""
    smaller.mkdir(parents=True, exist_ok=True)
    starts, words, trades, jobs = load(folder)
    np.save(smaller / "starts.npy", starts[: size + 1])
    np.save(smaller / "words.npy", words[: starts[size]])
    np.save(smaller / "trades.npy", trades[:size])
    (smaller / "jobs.json").write_text(json.dumps(jobs))
