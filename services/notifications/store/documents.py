"""Every query of shared documents and the logs of their updates."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.notifications.tables.rooms import Document, Update, document_updates, documents

_PAGE, _PAGE_BYTES = 500, 2 * 1024 * 1024


def find_document(connection: Connection, room_id: UUID) -> Document | None:
    row = connection.execute(sa.select(documents).where(documents.c.room_id == room_id)).first()
    return Document(**row._mapping) if row else None


def lock_document(connection: Connection, room_id: UUID) -> Document:
    """Holds the document until commit, so that numbers follow the commits; one that nobody has written to yet is made."""
    empty = {"room_id": room_id, "last_seq": 0, "size": 0, "state": b"", "state_seq": 0}
    connection.execute(insert(documents).values(empty).on_conflict_do_nothing())
    row = connection.execute(sa.select(documents).where(documents.c.room_id == room_id).with_for_update()).one()
    return Document(**row._mapping)


def find_batch(connection: Connection, room_id: UUID, batch_id: UUID) -> int | None:
    """The number of the first update of a batch, where it was stored before."""
    table = document_updates
    query = sa.select(sa.func.min(table.c.seq)).where(table.c.room_id == room_id, table.c.batch_id == batch_id)
    return connection.execute(query).scalar_one_or_none()


def append(connection: Connection, document: Document, updates: Sequence[bytes], sender_id: UUID, batch_id: UUID, now: datetime) -> int:
    """Adds updates to a document that is locked, and returns the number of the first."""
    first = document.last_seq + 1
    rows = [vars(Update(document.room_id, first + place, batch_id, sender_id, update, now)) for place, update in enumerate(updates)]
    connection.execute(document_updates.insert(), rows)
    grown = {"last_seq": document.last_seq + len(rows), "size": document.size + sum(map(len, updates))}
    connection.execute(documents.update().where(documents.c.room_id == document.room_id).values(grown))
    return first


def load(connection: Connection, room_id: UUID, after: int) -> tuple[list[Update], bool]:
    """A page of updates after that number, and whether there are later ones; a page has one update at least and is bounded in bytes."""
    table, size = document_updates, 0
    found: list[Update] = []
    query = sa.select(table).where(table.c.room_id == room_id, table.c.seq > after).order_by(table.c.seq).limit(_PAGE + 1)
    for row in connection.execute(query):
        size += len(row.update)
        if found and (len(found) == _PAGE or size > _PAGE_BYTES):
            return found, True
        found.append(Update(**row._mapping))
    return found, False


def keep_state(connection: Connection, room_id: UUID, state: bytes, seq: int) -> bool:
    """Keeps a state that holds all up to `seq`, unless a later one is there; says whether it was kept."""
    later = sa.and_(documents.c.room_id == room_id, documents.c.state_seq < seq, documents.c.last_seq >= seq)
    return connection.execute(documents.update().where(later).values(state=state, state_seq=seq)).rowcount == 1
