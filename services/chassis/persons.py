"""A person's data: handed out whole when they ask for it, and taken out of the database when they go."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import grpc
import sqlalchemy as sa
from google.protobuf.json_format import MessageToDict

from einstellen.events.v1 import events_pb2
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.chassis import audit, calls, frame, tasks
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.events import Apply, Prepare
from services.chassis.objects import ObjectStore
from services.chassis.tasks import Handler, Task

DELETED = "user.deleted"
# In place of somebody who is gone, where a row has to name who did it.
NOBODY = UUID(int=0)
_ERASE, DELETE_FILES = "erase_person", "delete_files"
# Calls that were let in before the person went have ended by then, and what they wrote is taken out as well.
_AGAIN = timedelta(minutes=2)
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Person:
    """Somebody, and the organizations that are theirs alone; in others that they belong to, `heirs` says who takes their place when they go."""

    user_id: UUID
    organizations: tuple[UUID, ...] = ()
    heirs: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass
class Kept:
    """What is kept of a person: rows by table, and files, by the names that they are handed out under, as keys of the object store."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool], *but: str) -> list[dict[str, object]]:
        """Adds rows of a table and returns them; columns of bytes, which people cannot read, are left out, as are those named."""
        columns = [column for column in table.columns if not isinstance(column.type, sa.LargeBinary) and column.name not in but]
        found = [dict(row._mapping) for row in connection.execute(sa.select(*columns).where(where).order_by(*table.primary_key.columns))]
        self.rows.setdefault(table.name, []).extend(found)
        return found

    def take_in(self, other: "Kept") -> None:
        """Adds what another database of the service keeps; a row that is in both, as a copy of another service's is, comes once."""
        for name, rows in other.rows.items():
            known = self.rows.setdefault(name, [])
            known.extend([row for row in rows if row not in known] if known else rows)
        self.files |= other.files


Read = Callable[[sa.Connection, Person], Kept]
# Takes a person out, and returns the keys of files to delete. It may run again, and finds what was added meanwhile.
Erase = Callable[[sa.Connection, Person], Sequence[str]]


class PersonService(persons_pb2_grpc.PersonServiceServicer):
    """See persons.proto."""

    def __init__(self, own: Database, read: Read, files: ObjectStore | None = None) -> None:
        self._database = own
        self._read = read
        self._files = files

    def ExportPerson(self, request: persons_pb2.ExportPersonRequest, context: grpc.ServicerContext) -> Iterator[persons_pb2.ExportPiece]:
        person = Person(UUID(request.user_id), tuple(UUID(each) for each in request.organization_ids))
        kept = Kept()
        for each in self._database.everywhere():
            with each.begin(calls.SYSTEM) as connection:
                kept.take_in(self._read(connection, person))
        for name, pieces in files_of(kept, self._files):
            for piece in pieces:
                yield persons_pb2.ExportPiece(name=name, data=piece)


def files_of(kept: Kept, files: ObjectStore | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The records as one file of JSON, then the others; one that is no longer in the store is left out."""
    data = json.dumps(kept.rows, default=str, ensure_ascii=False, indent=1).encode()
    yield "records.json", (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
    for name, key in kept.files.items() if files is not None else ():
        assert files is not None
        try:
            pieces = files.chunks(key)
            yield name, chain([next(pieces, b"")], pieces)
        except FileNotFoundError:
            continue


def plain_name(text: str) -> str:
    """What somebody called their file, as a name that leads nowhere."""
    return "".join(character if character.isprintable() and character not in '/\\:*?"<>|' else "_" for character in text)


def following(erase: Erase) -> Prepare:
    """For a service that follows auth for nothing else: who goes is taken out here."""
    apply = erasing(erase)
    return lambda event: apply if event.kind == DELETED else _nothing


def erasing(erase: Erase) -> Apply:
    """What to do when auth says that somebody is gone: take them out now, and once more when every call of theirs has ended."""

    def apply(connection: sa.Connection, event: events_pb2.Event) -> None:
        details = MessageToDict(event.details)
        told = {"user_id": event.subject_id, "organizations": details.get("organizations", []), "heirs": details.get("heirs", {})}
        take_out(connection, erase, _person(told))

    return apply


def drop_tasks(connection: sa.Connection, person: Person) -> None:
    """What waits to be done in organizations that end, where nothing but they would miss it."""
    table = frame.tasks
    connection.execute(table.delete().where(table.c.tenant_id.in_(person.organizations), table.c.state == "ready"))


def take_out(connection: sa.Connection, erase: Erase, person: Person) -> None:
    """Takes somebody out of this service, now and once more in two minutes."""
    payload = {
        "user_id": person.user_id, "organizations": [str(each) for each in person.organizations],
        "heirs": {str(tenant): str(heir) for tenant, heir in person.heirs.items()},
    }  # fmt: skip
    tasks.enqueue(connection, _ERASE, payload, tenant_id=None, run_at=utc_now() + _AGAIN)
    _take_out(connection, erase, person)


def handlers(own: Database, erase: Erase, files: ObjectStore | None = None) -> dict[str, Handler]:
    """The tasks of taking somebody out."""

    def again(task: Task) -> None:
        with own.begin(calls.SYSTEM) as connection:
            _take_out(connection, erase, _person(task.payload))
            _forget(connection, task)

    def delete_files(task: Task) -> None:
        assert files is not None, "a service that names files has a store for them"
        for key in task.payload["keys"]:
            files.delete(key)
        with own.begin(calls.SYSTEM) as connection:
            _forget(connection, task)

    return {_ERASE: again, DELETE_FILES: delete_files}


def _take_out(connection: sa.Connection, erase: Erase, person: Person) -> None:
    table, keys = frame.tasks, frame.idempotency_keys
    # What waits in an organization that ends may be a refund, and names nobody; it still runs.
    names_them = sa.cast(table.c.payload, sa.Text).contains(str(person.user_id))
    over = sa.and_(table.c.tenant_id.in_(person.organizations), table.c.state.in_(["done", "dead", "cancelled"]))
    kept = [_ERASE, DELETE_FILES]
    connection.execute(table.delete().where(table.c.state != "running", table.c.kind.not_in(kept), sa.or_(names_them, over)))
    theirs = (person.user_id, *person.organizations)
    names_them = sa.func.position(sa.literal(str(person.user_id).encode()).op("IN")(keys.c.answer)) > 0
    connection.execute(keys.delete().where(sa.or_(keys.c.scope_id.in_(theirs), keys.c.tenant_id.in_(theirs), names_them)))
    audit.record(connection, "person.erased", user_id=person.user_id)
    found = list(erase(connection, person))
    if found:
        tasks.enqueue(connection, DELETE_FILES, {"keys": found}, tenant_id=None)


def _forget(connection: sa.Connection, task: Task) -> None:
    """Ends a task and leaves no row of it, since its payload names the person."""
    tasks.finish(connection, task)
    connection.execute(frame.tasks.delete().where(frame.tasks.c.id == task.id))


def _person(payload: Mapping[str, Any]) -> Person:
    return Person(
        UUID(str(payload["user_id"])), tuple(UUID(str(each)) for each in payload["organizations"]),
        {UUID(str(tenant)): UUID(str(heir)) for tenant, heir in payload["heirs"].items()},
    )  # fmt: skip


def _nothing(connection: sa.Connection, event: events_pb2.Event) -> None:
    """Another kind of event moves the position on, and that is all."""
