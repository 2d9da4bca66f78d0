"""What stands in the shared editor: a Yjs document with a text for each question, named by the question's id."""

from typing import Any
from uuid import UUID

import pycrdt
from sqlalchemy import Connection

from services.chassis.logs import log
from services.interviews.coding import store

LONGEST = 50_000  # characters, as of code that is sent with an answer


def texts(connection: Connection, interview_id: UUID, question_ids: list[UUID], *, seq: int | None = None) -> dict[UUID, str]:
    """The text of each question, empty ones left out: as it is now, or as it was after an edit."""
    document = store.find_document(connection, interview_id)
    if document is None or seq == 0:
        return {}
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    after, more = 0, True
    if document.state and (seq is None or seq >= document.state_seq):
        apply(doc, document.state)
        after = document.state_seq
    while more:
        found, more = store.load(connection, interview_id, after)
        for one in found:
            if seq is not None and one.seq > seq:
                more = False
                break
            apply(doc, one.update)
            after = one.seq
    now = {question_id: read(doc, question_id) for question_id in question_ids}
    return {question_id: text for question_id, text in now.items() if text}


def text(connection: Connection, interview_id: UUID, question_id: UUID) -> str:
    """What stands there for one question now, as long as an answer's code may be."""
    return texts(connection, interview_id, [question_id]).get(question_id, "")[:LONGEST]


def apply(doc: "pycrdt.Doc[Any]", update: bytes) -> None:
    """The gateway has read each update before it was stored; one that cannot be read all the same hides none of the others."""
    try:
        doc.apply_update(update)
    except ValueError as problem:
        log.warning("update not readable", exc_info=problem)


def read(doc: "pycrdt.Doc[Any]", question_id: UUID) -> str:
    """A name that holds something else than text, as a client of somebody's own may write, is read as empty."""
    try:
        return str(doc.get(str(question_id), type=pycrdt.Text))
    except (TypeError, ValueError, RuntimeError):
        return ""
