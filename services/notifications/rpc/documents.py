"""What the gateway asks of the owner of shared documents: the log of their updates, and the state that opens them."""

from uuid import UUID

import grpc

from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc
from services.chassis import audit, calls, errors
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications.store import documents as store
from services.notifications.store import rooms

Context = grpc.ServicerContext
_LARGEST_LOG = 256 * 1024 * 1024


class DocumentOwnerService(documents_pb2_grpc.DocumentOwnerServiceServicer):
    """See documents.proto: every room may have a document, which is its members'."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def OpenDocument(self, request: documents_pb2.OpenDocumentRequest, context: Context) -> documents_pb2.Document:
        person = calls.person()
        with self._database.begin(person) as connection:
            room = rooms.get_room(connection, request.room_name, person.user_id)
            found = store.find_document(connection, room.id)
        if found is None:
            return documents_pb2.Document()
        return documents_pb2.Document(state=found.state, state_seq=found.state_seq, last_seq=found.last_seq)

    def AppendUpdates(self, request: documents_pb2.AppendUpdatesRequest, context: Context) -> documents_pb2.AppendUpdatesResponse:
        person, batch_id = calls.person(), UUID(request.batch_id)
        with self._database.begin(person) as connection:
            room = rooms.get_room(connection, request.room_name, person.user_id)
            document = store.lock_document(connection, room.id)
            first = store.find_batch(connection, room.id, batch_id)
            if first is None:
                if document.size + sum(map(len, request.updates)) > _LARGEST_LOG:
                    raise errors.FailedPrecondition("DOCUMENT_FULL", "the document's history has grown to its limit")
                first = store.append(connection, document, request.updates, person.user_id, batch_id, self._clock())
                # The log itself says who changed what and when; the audit says that it was begun.
                if first == 1:
                    audit.record(connection, "document.begun", room_id=room.id)
        return documents_pb2.AppendUpdatesResponse(first_seq=first)

    def LoadUpdates(self, request: documents_pb2.LoadUpdatesRequest, context: Context) -> documents_pb2.LoadUpdatesResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            room = rooms.get_room(connection, request.room_name, person.user_id)
            found, more = store.load(connection, room.id, request.after)
        updates = [
            documents_pb2.DocumentUpdate(
                seq=one.seq, update=one.update, sender_id=str(one.sender_id), stored_time=to_timestamp(one.stored_at)
            )
            for one in found
        ]
        return documents_pb2.LoadUpdatesResponse(updates=updates, more=more)

    def KeepState(self, request: documents_pb2.KeepStateRequest, context: Context) -> documents_pb2.KeepStateResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            room = rooms.get_room(connection, request.room_name, person.user_id)
            if store.keep_state(connection, room.id, request.state, request.seq):
                audit.record(connection, "document.compacted", room_id=room.id, seq=request.seq)
        return documents_pb2.KeepStateResponse()
