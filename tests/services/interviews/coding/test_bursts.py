"""What came into the editor at once, told from what was typed there and from what was only moved."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pycrdt

from services.interviews.coding.bursts import LEAST, Burst, bursts
from services.interviews.tables import Update

CANDIDATE, COLLEAGUE, QUESTION = uuid4(), uuid4(), uuid4()
FUNCTION = "def longest_run(values):\n    best = count = 0\n    for value in values:\n        count += 1\n        best = max(best, count)\n    return best\n"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Log:
    """A log of edits of one text, one second apart, by whoever `who` is."""

    def __init__(self) -> None:
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self.text = self._doc.get(str(QUESTION), type=pycrdt.Text)
        self.who, self.updates = CANDIDATE, list[Update]()
        self._doc.observe(self._keep)

    def _keep(self, event: pycrdt.TransactionEvent) -> None:
        seq = len(self.updates) + 1
        self.updates.append(Update(uuid4(), seq, uuid4(), self.who, event.update, START + timedelta(seconds=seq)))

    def type(self, text: str) -> None:
        for letter in text:
            self.text += letter

    def found(self, asked: str = "Write longest_run.") -> list[Burst]:
        return bursts(self.updates, CANDIDATE, {QUESTION: asked})


def sizes(found: Iterable[Burst]) -> list[tuple[int, int]]:
    return [(one.seq, one.size) for one in found]


def test_what_is_typed_is_no_burst_and_what_comes_at_once_is_one_with_its_time() -> None:
    log = Log()
    log.type(FUNCTION)
    assert log.found() == []
    typed = len(log.updates)
    log.text += FUNCTION.replace("longest_run", "second")
    assert sizes(log.found()) == [(typed + 1, len(FUNCTION) - 5)]
    assert log.found()[0].stored_at == START + timedelta(seconds=typed + 1)
    log.text += "x = 1\n" * (LEAST // 6 - 1)
    assert len(log.found()) == 1


def test_what_is_moved_undone_or_taken_from_the_question_was_not_brought_along() -> None:
    log = Log()
    log.type(FUNCTION)
    del log.text[0 : len(FUNCTION)]
    log.text += FUNCTION
    log.text += FUNCTION
    assert log.found() == []
    other = Log()
    other.text += FUNCTION
    assert sizes(other.found()) == [(1, len(FUNCTION))]
    assert other.found(asked=f"Explain this:\n{FUNCTION}") == []


def test_what_a_colleague_brings_is_not_the_candidates() -> None:
    log = Log()
    log.who = COLLEAGUE
    log.text += FUNCTION
    assert log.found() == []
    log.who = CANDIDATE
    log.text += FUNCTION
    assert log.found() == []


def test_an_update_that_cannot_be_read_hides_no_burst() -> None:
    log = Log()
    log.updates.append(Update(uuid4(), 1, uuid4(), CANDIDATE, b"\x00\xff not an update", START))
    log.text += FUNCTION
    assert sizes(log.found()) == [(2, len(FUNCTION))]
