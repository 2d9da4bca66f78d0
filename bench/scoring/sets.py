"""Public sets of graded short answers, read from a folder: tables with a mark for each answer, and XML with correct and other answers."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Graded:
    """One answer to a question, its mark from 0 to 5, and the reference answers, each of which is right."""

    question: str
    references: tuple[str, ...]
    answer: str
    mark: float


def read(folder: Path, most: int) -> dict[str, list[Graded]]:
    """The sets in a folder by name, with at most so many answers to a question in those of XML, which are long; the draw is seeded."""
    found: dict[str, list[Graded]] = {}
    for path in sorted(folder.rglob("*.csv")):
        rows = _table(path)
        if rows:
            found[path.stem] = rows
    trees: dict[str, dict[str, Graded]] = defaultdict(dict)
    for path in sorted(folder.rglob("*.xml")):
        if "2way" not in path.parts:
            name = next((part for part in ("beetle", "sciEntsBank") if part in path.parts), path.parent.name)
            trees[name].update(_tree(path))
    for name, answers in trees.items():
        found[name] = _few(answers.values(), most)
    return found


def _table(path: Path) -> list[Graded]:
    """The form in which the extended set of the University of North Texas is passed around."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        if not {"question", "desired_answer", "student_answer", "score_avg"} <= set(rows.fieldnames or ()):
            return []
        return [Graded(row["question"], (row["desired_answer"],), row["student_answer"], float(row["score_avg"])) for row in rows]


def _tree(path: Path) -> dict[str, Graded]:
    """A question of SemEval-2013's task 7; an answer that is not wholly correct has the mark 0, whatever else it is."""
    root = ElementTree.parse(path).getroot()
    references = tuple(text for one in root.iter("referenceAnswer") if (text := (one.text or "").strip()))
    question = (root.findtext("questionText") or "").strip()
    if not references:
        return {}
    return {
        one.get("id", ""): Graded(question, references, one.text or "", 5.0 if one.get("accuracy") == "correct" else 0.0)
        for one in root.iter("studentAnswer")
    }


def _few(answers: Iterable[Graded], most: int) -> list[Graded]:
    by_question: dict[str, list[Graded]] = defaultdict(list)
    for one in answers:
        by_question[one.question].append(one)
    chance = random.Random(0)
    return [
        one
        for _, rows in sorted(by_question.items())
        for one in chance.sample(sorted(rows, key=lambda row: row.answer), min(most, len(rows)))
    ]
