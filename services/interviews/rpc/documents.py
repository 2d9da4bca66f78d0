"""What the gateway asks of the owner of the shared editors: the log of edits, which is evidence, and the state that opens the document."""

from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc
from services.chassis import audit, calls, errors
from services.chassis.calls import Person
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.interviews import rules, store
from services.interviews.coding import store as coding
from services.interviews.rpc.room import id_of
from services.interviews.tables import Interview

Context = grpc.ServicerContext
_LARGEST_LOG = 64 * 1024 * 1024


class DocumentOwnerService(documents_pb2_grpc.DocumentOwnerServiceServicer):
    """See documents.proto. Both sides of an interview edit while it runs, and read it afterwards; who may only read the organization's data may not edit."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def OpenDocument(self, request: documents_pb2.OpenDocumentRequest, context: Context) -> documents_pb2.Document:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = _interview(connection, request.room_name, person)
            found = coding.find_document(connection, interview.id)
        if found is None:
            return documents_pb2.Document()
        return documents_pb2.Document(state=found.state, state_seq=found.state_seq, last_seq=found.last_seq)

    def AppendUpdates(self, request: documents_pb2.AppendUpdatesRequest, context: Context) -> documents_pb2.AppendUpdatesResponse:
        person, batch_id = calls.person(), UUID(request.batch_id)
        with self._database.begin(person) as connection:
            interview = _interview(connection, request.room_name, person)
            document = coding.lock_document(connection, interview.id)
            first = coding.find_batch(connection, interview.id, batch_id)
            if first is None:
                rules.check_acts(interview, person)
                rules.check_running(interview)
                if document.size + sum(map(len, request.updates)) > _LARGEST_LOG:
                    raise errors.FailedPrecondition("DOCUMENT_FULL", "the editor's history has grown to its limit")
                first = coding.append(connection, document, request.updates, person.user_id, batch_id, self._clock())
                # The log itself says who changed what and when; the audit says that it was begun.
                if first == 1:
                    audit.record(connection, "code.begun", interview_id=interview.id)
        return documents_pb2.AppendUpdatesResponse(first_seq=first)

    def LoadUpdates(self, request: documents_pb2.LoadUpdatesRequest, context: Context) -> documents_pb2.LoadUpdatesResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = _interview(connection, request.room_name, person)
            found, more = coding.load(connection, interview.id, request.after)
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
            interview = _interview(connection, request.room_name, person)
            if coding.keep_state(connection, interview.id, request.state, request.seq):
                audit.record(connection, "code.compacted", interview_id=interview.id, seq=request.seq)
        return documents_pb2.KeepStateResponse()


def _interview(connection: Connection, room_name: str, person: Person) -> Interview:
    return store.get_interview(connection, id_of(room_name), person.tenant_id, person.user_id)
