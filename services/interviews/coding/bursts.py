"""What came into the shared editor at once, as the log of edits shows it, whatever a client says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pycrdt

from services.interviews.coding import editor
from services.interviews.tables import Update

LEAST = 80  # characters: more than an editor completes, less than a function
_REMEMBERED = 200_000  # characters that were taken out and may come back


@dataclass(frozen=True)
class Burst:
    """So many characters were new at once with the edit of this number, in the text of the question."""

    question_id: UUID
    seq: int
    size: int
    stored_at: datetime


def bursts(updates: Iterable[Update], sender_id: UUID, asked: Mapping[UUID, str]) -> list[Burst]:
    """Those of one sender, in the order of the log, which has to be whole; `asked` has the words of each question by its id.

    What stood in the editor before, or stands in the question, is moved and not brought along: an undo, a cut and paste, a template. An edit that a client
    could not send while it had no connection comes at once too, which a reader of the times has to know.
    """
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    texts = dict.fromkeys(asked, "")
    gone = ""
    found: list[Burst] = []
    for update in updates:
        editor.apply(doc, update.update)
        before, texts = texts, {question_id: editor.read(doc, question_id) for question_id in asked}
        for question_id, text in texts.items():
            taken, brought = _change(before[question_id], text)
            known = "\n".join((*before.values(), gone, asked[question_id]))
            if update.sender_id == sender_id and len(brought) >= LEAST and brought.strip() not in known:
                found.append(Burst(question_id, update.seq, len(brought), update.stored_at))
            if len(taken) > 1:
                gone = f"{gone}\n{taken}"[-_REMEMBERED:]
    return found


def _change(before: str, after: str) -> tuple[str, str]:
    """What was taken out and what was put in, as the one stretch in which the two differ."""
    if before == after:
        return "", ""
    shortest = min(len(before), len(after))
    start = next((place for place in range(shortest) if before[place] != after[place]), shortest)
    left = shortest - start
    end = next((place for place in range(left) if before[-1 - place] != after[-1 - place]), left)
    return before[start : len(before) - end], after[start : len(after) - end]
