"""The RPCs by which API keys are made, listed and revoked."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.auth.v1 import api_keys_pb2, api_keys_pb2_grpc
from services.auth import rules, sealing
from services.auth.store import api_keys as store
from services.auth.store import organizations
from services.auth.tables import ApiKey
from services.chassis import audit, calls, events, idempotency, ids, paging
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class ApiKeyService(api_keys_pb2_grpc.ApiKeyServiceServicer):
    """See api_keys.proto. `secret` derives a key from its id: it is stored nowhere, and a repeated creation answers with it all the same."""

    def __init__(self, database: Database, secret: bytes, clock: Clock = utc_now) -> None:
        self._database = database
        self._secret = secret
        self._clock = clock

    def CreateApiKey(self, request: api_keys_pb2.CreateApiKeyRequest, context: Context) -> api_keys_pb2.ApiKey:
        person, now, key_id = calls.person(), self._clock(), ids.mint()
        expires_at = from_timestamp(request.expire_time) if request.HasField("expire_time") else None
        rules.check_key(request.scopes, expires_at, now=now)
        made = rules.make_key(
            key_id, person.tenant_id, person.user_id, request.name, self._whole(key_id), sorted(request.scopes), expires_at, now=now
        )
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, api_keys_pb2.ApiKey)
            if claim.answer is None:
                organizations.lock_organization(connection, person.tenant_id)
                rules.check_keys(store.count_keys(connection, person.tenant_id))
                store.add_key(connection, made)
                audit.record(connection, "api_key.created", api_key_id=made.id, scopes=made.scopes)
                claim.keep(to_key(made))
        answer = claim.answer or to_key(made)
        answer.key = self._whole(UUID(answer.id))
        return answer

    def ListApiKeys(self, request: api_keys_pb2.ListApiKeysRequest, context: Context) -> api_keys_pb2.ListApiKeysResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_keys(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return api_keys_pb2.ListApiKeysResponse(api_keys=map(to_key, rows), next_page_token=token)

    def RevokeApiKey(self, request: api_keys_pb2.RevokeApiKeyRequest, context: Context) -> Empty:
        person = calls.person()
        with self._database.begin(person) as connection:
            key = store.get_key(connection, UUID(request.api_key_id), person.tenant_id)
            if store.revoke_key(connection, key.id, self._clock()):
                audit.record(connection, "api_key.revoked", api_key_id=key.id, **audit.turned(scopes=(list(key.scopes), None)))
                events.record(connection, "api_key.revoked", key.id, person.tenant_id, user_id=key.user_id)
        return Empty()

    def _whole(self, key_id: UUID) -> str:
        return rules.KEY_MARK + sealing.token_of(self._secret, str(key_id))


def to_key(key: ApiKey) -> api_keys_pb2.ApiKey:
    """Without the key itself."""
    return api_keys_pb2.ApiKey(
        id=str(key.id), name=key.name, prefix=key.prefix, scopes=key.scopes, user_id=str(key.user_id), create_time=to_timestamp(key.created_at),
        expire_time=to_timestamp(key.expires_at), last_used_time=to_timestamp(key.last_used_at),
    )  # fmt: skip
