"""Every query of runs of code and of the shared editor."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis.paging import Page
from services.interviews.tables import CodeRun, Document, Stretch, Update, code_runs, document_updates, documents

_PAGE, _PAGE_BYTES = 500, 2 * 1024 * 1024
_PAUSE, _LONGEST = timedelta(seconds=2), timedelta(seconds=15)


def add_run(connection: Connection, run: CodeRun) -> None:
    connection.execute(code_runs.insert().inline(), asdict(run))


def add_final_run(connection: Connection, run: CodeRun) -> None:
    """Keeps the first final run of a question, where two come at once; they are the same."""
    connection.execute(insert(code_runs).values(asdict(run)).on_conflict_do_nothing())


def end_run(connection: Connection, run_id: UUID, values: Mapping[str, Any]) -> None:
    connection.execute(code_runs.update().where(code_runs.c.id == run_id, code_runs.c.state == "running").values(**values))


def find_run(connection: Connection, interview_id: UUID, run_id: UUID) -> CodeRun | None:
    return _run(connection.execute(sa.select(code_runs).where(code_runs.c.interview_id == interview_id, code_runs.c.id == run_id)).first())


def find_final_run(connection: Connection, question_id: UUID) -> CodeRun | None:
    return _run(connection.execute(sa.select(code_runs).where(code_runs.c.question_id == question_id, code_runs.c.is_final)).first())


def last_language(connection: Connection, question_id: UUID) -> str:
    """The language that the question's code was last run in; empty where it never was."""
    query = sa.select(code_runs.c.language).where(code_runs.c.question_id == question_id).order_by(code_runs.c.id.desc()).limit(1)
    return connection.execute(query).scalar() or ""


def count_runs(connection: Connection, interview_id: UUID, since: datetime) -> tuple[int, int]:
    """How many runs the candidate has begun, and how many of them since a time."""
    mine = sa.and_(code_runs.c.interview_id == interview_id, code_runs.c.is_final.is_(False))
    query = sa.select(sa.func.count(), sa.func.count().filter(code_runs.c.started_at > since)).select_from(code_runs).where(mine)
    every, recent = connection.execute(query).one()
    return int(every), int(recent)


def list_runs(connection: Connection, interview_id: UUID, page: Page) -> Sequence[CodeRun]:
    query = sa.select(code_runs).where(code_runs.c.interview_id == interview_id).order_by(code_runs.c.id).limit(page.fetch)
    if page.after:
        query = query.where(code_runs.c.id > page.after[0])
    return [CodeRun(**row._mapping) for row in connection.execute(query)]


def find_document(connection: Connection, interview_id: UUID) -> Document | None:
    row = connection.execute(sa.select(documents).where(documents.c.interview_id == interview_id)).first()
    return Document(**row._mapping) if row else None


def lock_document(connection: Connection, interview_id: UUID) -> Document:
    """Holds the document until commit, so that numbers follow the commits; one that nobody has written to yet is made."""
    empty = {"interview_id": interview_id, "last_seq": 0, "size": 0, "state": b"", "state_seq": 0}
    connection.execute(insert(documents).values(empty).on_conflict_do_nothing())
    row = connection.execute(sa.select(documents).where(documents.c.interview_id == interview_id).with_for_update()).one()
    return Document(**row._mapping)


def find_batch(connection: Connection, interview_id: UUID, batch_id: UUID) -> int | None:
    """The number of the first update of a batch, where it was stored before."""
    table = document_updates
    query = sa.select(sa.func.min(table.c.seq)).where(table.c.interview_id == interview_id, table.c.batch_id == batch_id)
    return connection.execute(query).scalar_one_or_none()


def append(connection: Connection, document: Document, updates: Sequence[bytes], sender_id: UUID, batch_id: UUID, now: datetime) -> int:
    """Adds updates to a document that is locked, and returns the number of the first."""
    first = document.last_seq + 1
    rows = [asdict(Update(document.interview_id, first + place, batch_id, sender_id, update, now)) for place, update in enumerate(updates)]
    connection.execute(document_updates.insert(), rows)
    grown = {"last_seq": document.last_seq + len(rows), "size": document.size + sum(map(len, updates))}
    connection.execute(documents.update().where(documents.c.interview_id == document.interview_id).values(grown))
    return first


def load(connection: Connection, interview_id: UUID, after: int, limit: int = _PAGE) -> tuple[list[Update], bool]:
    """A page of updates after that number, and whether there are later ones; a page has one update at least and is bounded in bytes."""
    table, size = document_updates, 0
    found: list[Update] = []
    query = sa.select(table).where(table.c.interview_id == interview_id, table.c.seq > after).order_by(table.c.seq).limit(limit + 1)
    for row in connection.execute(query):
        size += len(row.update)
        if found and (len(found) == limit or size > _PAGE_BYTES):
            return found, True
        found.append(Update(**row._mapping))
    return found, False


def list_times(connection: Connection, interview_id: UUID) -> list[datetime]:
    """When something was typed into the editor or run."""
    edits = sa.select(document_updates.c.stored_at).where(document_updates.c.interview_id == interview_id)
    runs = sa.select(code_runs.c.started_at).where(code_runs.c.interview_id == interview_id)
    return list(connection.execute(sa.union_all(edits, runs)).scalars())


def list_stretches(connection: Connection, interview_id: UUID) -> list[Stretch]:
    """The edits, those of one sender without a pause of some seconds as one, in the order of the log; without what they say."""
    table = document_updates
    query = sa.select(table.c.seq, table.c.sender_id, table.c.stored_at).where(table.c.interview_id == interview_id).order_by(table.c.seq)
    found: list[Stretch] = []
    for seq, sender_id, stored_at in connection.execute(query):
        last = found[-1] if found else None
        if last is not None and last.sender_id == sender_id and stored_at - last.ended_at < _PAUSE and stored_at - last.began_at < _LONGEST:
            found[-1] = replace(last, last_seq=seq, ended_at=stored_at)
        else:
            found.append(Stretch(sender_id, seq, seq, stored_at, stored_at))
    return found


def keep_state(connection: Connection, interview_id: UUID, state: bytes, seq: int) -> bool:
    """Keeps a state that holds all up to `seq`, unless a later one is there; says whether it was kept."""
    later = sa.and_(documents.c.interview_id == interview_id, documents.c.state_seq < seq, documents.c.last_seq >= seq)
    return connection.execute(documents.update().where(later).values(state=state, state_seq=seq)).rowcount == 1


def last_edit(connection: Connection, interview_id: UUID, *, seq: int, time: datetime | None) -> Update | None:
    """The newest edit of those up to a number and a time, where these are given."""
    query = sa.select(document_updates).where(document_updates.c.interview_id == interview_id)
    if seq:
        query = query.where(document_updates.c.seq <= seq)
    if time is not None:
        query = query.where(document_updates.c.stored_at <= time)
    row = connection.execute(query.order_by(document_updates.c.seq.desc()).limit(1)).first()
    return Update(**row._mapping) if row else None


def _run(row: sa.Row[Any] | None) -> CodeRun | None:
    return CodeRun(**row._mapping) if row else None
