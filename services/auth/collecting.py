"""Collects what every service keeps of a person into one archive."""

import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import grpc

from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.auth import persons
from services.auth.store import accounts, exports
from services.auth.store.organizations import list_belongings
from services.chassis import audit, calls, objects, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.chassis.persons import Person, files_of
from services.chassis.tasks import Task

KEPT = timedelta(days=7)
_SECONDS = 120.0


class Collecting:
    """The tasks of exports. `neighbours` are the other services' channels by their names."""

    def __init__(self, database: Database, neighbours: Mapping[str, grpc.Channel], files: ObjectStore, clock: Clock) -> None:
        self._database = database
        self._stubs = {name: persons_pb2_grpc.PersonServiceStub(channel) for name, channel in neighbours.items()}
        self._files = files
        self._clock = clock

    def collect(self, task: Task) -> None:
        """Where a service does not answer, the whole runs again: an archive that misses one would look complete."""
        export_id = UUID(task.payload["export_id"])
        with self._database.begin(calls.SYSTEM) as connection:
            export = exports.find_export(connection, export_id)
            if export is None or export.status != "preparing":
                return
            user = accounts.get_user(connection, export.user_id)
            alone = [each.id for each in list_belongings(connection, user.id) if each.is_alone]
            person = Person(user.id, tuple(alone))
            own = persons.read(connection, person)
        request = persons_pb2.ExportPersonRequest(user_id=str(person.user_id), organization_ids=map(str, alone))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, pieces in files_of(own, None):
                    _add(archive, f"auth/{name}", pieces)
                for service, stub in self._stubs.items():
                    _add_all(archive, service, stub.ExportPerson(request, timeout=_SECONDS))
            self._files.put_file(objects.key_of(export.tenant_id, persons.EXPORTS, export.id), path)
        now = self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            if exports.keep_ready(connection, export.id, now, now + KEPT):
                audit.record(connection, "export.ready", tenant_id=export.tenant_id, user_id=user.id, export_id=export.id)
                tasks.enqueue(connection, "expire_export", {"export_id": export.id}, tenant_id=export.tenant_id, run_at=now + KEPT)
                tasks.enqueue(connection, "mail_notice", {"user_id": user.id, "template": "export_ready"}, tenant_id=export.tenant_id)
                return
        self._files.delete(objects.key_of(export.tenant_id, persons.EXPORTS, export.id))  # the account has gone meanwhile

    def expire(self, task: Task) -> None:
        export_id = UUID(task.payload["export_id"])
        with self._database.begin(calls.SYSTEM) as connection:
            export = exports.find_export(connection, export_id)
        if export is None:
            return
        self._files.delete(objects.key_of(export.tenant_id, persons.EXPORTS, export.id))
        with self._database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            exports.expire(connection, export.id)
            audit.record(connection, "export.expired", tenant_id=export.tenant_id, user_id=export.user_id, export_id=export.id)


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)


def _add_all(archive: zipfile.ZipFile, service: str, pieces: Iterable[persons_pb2.ExportPiece]) -> None:
    """The files of one service, whose pieces follow one another."""
    file, current = None, ""
    try:
        for piece in pieces:
            if file is None or piece.name != current:
                if file is not None:
                    file.close()
                current = piece.name
                file = archive.open(f"{service}/{current}", "w", force_zip64=True)
            file.write(piece.data)
    finally:
        if file is not None:
            file.close()
