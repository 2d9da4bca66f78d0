"""What grades an answer beside a question and its reference answers: ours in two ways, and the peers."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.scoring.sets import Graded
from services.inference.providers import builtin
from services.interviews.scoring.answers import AnswerScore, score
from services.interviews.scoring.reference import similarity_to_reference
from services.interviews.scoring.sentences import cut, words
from services.interviews.subjects import Answer, Point, Question

Scorer = Callable[[str, Sequence[str], str], float]


class Vectors:
    """The built-in model behind `Embed`, each text once; what it made is kept in a file for the next run, where one is named."""

    def __init__(self, kept: Path | None = None) -> None:
        model = builtin.find()
        assert model is not None, "the built-in model is one of the project's dependencies"
        self._model = model
        self._known: dict[str, Sequence[float]] = {}
        self._kept = kept
        if kept is not None and kept.exists():
            with np.load(kept) as file:
                self._known.update(zip(file["texts"].tolist(), file["values"].tolist(), strict=True))

    def keep(self) -> None:
        if self._kept is not None:
            np.savez(self._kept, texts=np.array(list(self._known)), values=np.array(list(self._known.values()), np.float32))

    def __call__(self, texts: Sequence[str]) -> list[Sequence[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._model.embed(new, 600).values, strict=True))
        return [self._known[text] for text in texts]


def beside_reference(vectors: Vectors) -> Scorer:
    return lambda question, references, answer: max(similarity_to_reference(one, answer, vectors, question=question) for one in references)


def by_rubric(vectors: Vectors, question: str, references: Sequence[str], answer: str) -> AnswerScore:
    """The whole scorer of interviews, whose rubric is the first reference answer's sentences."""
    points = tuple(Point(sentence.text) for sentence in cut(references[0])) or (Point(references[0]),)
    return score(Question("graded", "", "knowledge", 2, question, points), Answer(answer), vectors)


def peers(vectors: Vectors, rows: Sequence[Graded]) -> dict[str, Scorer]:
    """TF-IDF and BM25 know the words of all answers and references of the set, which ours does not."""
    texts = sorted({text for row in rows for text in (row.answer, *row.references)})
    weighted = TfidfVectorizer(sublinear_tf=True).fit(texts)
    return {
        "the share of the reference's words": lambda _, references, answer: max(_overlap(one, answer) for one in references),
        "TF-IDF, cosine": lambda _, references, answer: max(_tfidf(weighted, one, answer) for one in references),
        "BM25": _bm25(texts),
        "the built-in model's vectors, cosine": lambda _, references, answer: max(_cosine(vectors, one, answer) for one in references),
    }


def _overlap(reference: str, answer: str) -> float:
    wanted = set(words(reference))
    return len(wanted & set(words(answer))) / max(len(wanted), 1)


def _tfidf(weighted: TfidfVectorizer, reference: str, answer: str) -> float:
    one, other = weighted.transform([reference, answer])
    return float((one @ other.T).sum())


def _bm25(texts: Sequence[str]) -> Scorer:
    """The reference is the query; Robertson's formula with k1 1.2 and b 0.75, as a share of what the reference itself would get."""
    documents = [words(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    seen = Counter(word for document in documents for word in set(document))

    def rarity(word: str) -> float:
        return math.log(1 + (len(documents) - seen[word] + 0.5) / (seen[word] + 0.5))

    def worth(query: Sequence[str], document: Sequence[str]) -> float:
        counts = Counter(document)
        size = 1.2 * (0.25 + 0.75 * len(document) / mean)
        return sum(rarity(word) * counts[word] * 2.2 / (counts[word] + size) for word in set(query))

    def grade(_: str, references: Sequence[str], answer: str) -> float:
        said = words(answer)
        return max(worth(words(one), said) / max(worth(words(one), words(one)), 1e-9) for one in references)

    return grade


def _cosine(vectors: Vectors, reference: str, answer: str) -> float:
    one, other = vectors([reference, answer or " "])
    return sum(a * b for a, b in zip(one, other, strict=True))
