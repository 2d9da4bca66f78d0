"""The RPCs by which people get what is kept of them, and have it taken out."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import Connection

from einstellen.auth.v1 import data_pb2, data_pb2_grpc
from services.auth import persons, rules
from services.auth.limits import Limits
from services.auth.rpc.credentials import Confirmation, lock_confirmed
from services.auth.rpc.second_factors import Codes
from services.auth.rpc.sessions import Sessions
from services.auth.store import accounts, factors, organizations
from services.auth.store import exports as store
from services.auth.store import sessions as kept_sessions
from services.auth.tables import Export, User
from services.chassis import audit, calls, errors, events, idempotency, ids, objects, paging, tasks
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.objects import ObjectStore
from services.chassis.persons import DELETED, Person, take_out

Context = grpc.ServicerContext
_FRESH = timedelta(minutes=10)


class DataService(data_pb2_grpc.DataServiceServicer):
    """See data.proto."""

    def __init__(
        self, database: Database, sessions: Sessions, confirmation: Confirmation, codes: Codes, limits: Limits, files: ObjectStore,
        clock: Clock = utc_now,
    ) -> None:  # fmt: skip
        self._database = database
        self._sessions = sessions
        self._confirmation = confirmation
        self._codes = codes
        self._limits = limits
        self._files = files
        self._clock = clock

    def CreateExport(self, request: data_pb2.CreateExportRequest, context: Context) -> data_pb2.Export:
        person = calls.person()
        self._limits.count(f"export {person.user_id}", calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            claim = idempotency.claim(connection, request, data_pb2.Export)
            if claim.answer is not None:
                return claim.answer
            user = accounts.lock_user(connection, person.user_id)
            export = store.find_preparing(connection, user.id)
            if export is None:
                export = Export(ids.mint(), user.personal_organization_id, user.id, "preparing", self._clock())
                store.add_export(connection, export)
                audit.record(connection, "export.requested", export_id=export.id)
                tasks.enqueue(connection, "collect_export", {"export_id": export.id}, tenant_id=export.tenant_id)
            return claim.keep(to_export(export))

    def ListExports(self, request: data_pb2.ListExportsRequest, context: Context) -> data_pb2.ListExportsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_exports(connection, person.user_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return data_pb2.ListExportsResponse(exports=map(to_export, rows), next_page_token=token)

    def DownloadExport(self, request: data_pb2.DownloadExportRequest, context: Context) -> Iterator[HttpBody]:
        person = calls.person()
        with self._database.begin(person) as connection:
            export = store.find_export(connection, UUID(request.export_id))
            if export is None or export.user_id != person.user_id:
                raise errors.NotFound("EXPORT_NOT_FOUND", "there is no such export")
            if export.status != "ready":
                raise errors.FailedPrecondition("EXPORT_NOT_READY", f"this export is {export.status}")
            audit.record(connection, "export.downloaded", export_id=export.id)
        context.send_initial_metadata((("content-disposition", 'attachment; filename="einstellen.zip"'),))
        for piece in self._files.chunks(objects.key_of(export.tenant_id, persons.EXPORTS, export.id)):
            yield HttpBody(content_type="application/zip", data=piece)

    def DeleteAccount(self, request: data_pb2.DeleteAccountRequest, context: Context) -> Empty:
        confirmed = self._confirm(request.password)
        self._limits.count(str(confirmed.id), calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user, now = lock_confirmed(connection, confirmed), self._clock()
            self._check_code(connection, user, request.code)
            leaving = self._leave(connection, user)
            self._sessions.end_all(connection, user, now, why="account deleted")
            audit.record(connection, "user.deleted", tenant_id=user.personal_organization_id, user_id=user.id)
            take_out(connection, persons.erase, leaving)
            events.record(
                connection, DELETED, user.id, user.personal_organization_id,
                organizations=[str(each) for each in leaving.organizations], heirs={str(of): str(heir) for of, heir in leaving.heirs.items()},
            )  # fmt: skip
        self._limits.succeeded(str(confirmed.id), calls.current().address)
        return Empty()

    def _confirm(self, password: str) -> User:
        person = calls.person()
        with self._database.begin(person) as connection:
            user = accounts.get_user(connection, person.user_id)
            session = kept_sessions.get_session(connection, person.session_id, user.id)
        if user.password_hash is not None:
            return self._confirmation.confirm(password)
        if self._clock() - session.created_at > _FRESH:
            raise errors.FailedPrecondition("SIGN_IN_TOO_OLD", "sign in again, and repeat this within ten minutes")
        return user

    def _check_code(self, connection: Connection, user: User, code: str) -> None:
        factor = factors.lock_factor(connection, user.id)
        if factor is not None and factor.confirmed_at is not None and not self._codes.take(connection, factor, code):
            raise errors.PermissionDenied("CODE_WRONG", "this code is not right, or was used before")

    @staticmethod
    def _leave(connection: Connection, user: User) -> Person:
        """Who goes, with what ends with them and who takes their place. Holds their organizations, so that no other owner leaves at the same moment."""
        organizations.lock_organizations_of(connection, user.id)
        belongings = organizations.list_belongings(connection, user.id)
        heirs = rules.find_heirs(belongings)
        return Person(user.id, tuple(each.id for each in belongings if each.is_alone), heirs)


def to_export(export: Export) -> data_pb2.Export:
    return data_pb2.Export(
        id=str(export.id), status=export.status, create_time=to_timestamp(export.created_at),
        ready_time=to_timestamp(export.ready_at) if export.ready_at else None,
        expire_time=to_timestamp(export.expires_at) if export.expires_at else None,
    )  # fmt: skip
