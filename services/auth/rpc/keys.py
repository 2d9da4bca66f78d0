"""The RPCs by which tokens are verified elsewhere: the signing keys, and what is revoked."""

import json
from collections.abc import Callable
from datetime import timedelta

import grpc
from google.api.httpbody_pb2 import HttpBody

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.auth import rules
from services.auth.keys import SigningKeys
from services.chassis import calls, events
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class KeyService(keys_pb2_grpc.KeyServiceServicer):
    """See keys.proto."""

    def __init__(self, keys: SigningKeys, revocations: Callable[[int], keys_pb2.ListRevocationsResponse]) -> None:
        self._keys = keys
        self._revocations = revocations

    def GetKeys(self, request: keys_pb2.GetKeysRequest, context: Context) -> HttpBody:
        return HttpBody(content_type="application/json", data=json.dumps(self._keys.public()).encode())

    def ListRevocations(self, request: keys_pb2.ListRevocationsRequest, context: Context) -> keys_pb2.ListRevocationsResponse:
        return self._revocations(request.after)


def revocations(database: Database, lifetime: timedelta, clock: Clock = utc_now) -> Callable[[int], keys_pb2.ListRevocationsResponse]:
    """What is revoked, as the events of this service have it; `lifetime` is that of an access token."""
    kept = lifetime * 2

    def read(after: int) -> keys_pb2.ListRevocationsResponse:
        with database.begin(calls.SYSTEM) as connection:
            position = events.position(connection)
            rows = events.list_of(connection, rules.REVOKING, after, clock() - kept) if position > after else []
        found = [keys_pb2.Revocation(position=row.position, expire_time=to_timestamp(row.created_at + kept)) for row in rows]
        for revocation, row in zip(found, rows, strict=True):
            if row.kind in rules.OF_SESSIONS:
                revocation.session_id = str(row.subject_id)
            else:
                revocation.organization_id = str(row.tenant_id)
                revocation.user_id = str(row.subject_id) if row.kind in rules.OF_MEMBERS else ""
        # Another may have been recorded between the two queries: it is told of now, and once more.
        return keys_pb2.ListRevocationsResponse(revocations=found, position=position)

    return read
