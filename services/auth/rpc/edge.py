"""What Envoy asks about a request that carries an API key: the key is exchanged for an access token, which goes on in its place."""

import threading
import time
from collections import OrderedDict
from datetime import timedelta
from math import ceil

import grpc
from google.rpc import code_pb2, status_pb2

from einstellen.auth.v1 import edge_pb2
from services.auth import rules
from services.auth.keys import SigningKeys
from services.auth.plans import Plans
from services.auth.store import accounts, organizations
from services.auth.store import api_keys as store
from services.chassis import calls, errors, events
from services.chassis.calls import Person
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.chassis.revocations import Revocations

Context = grpc.ServicerContext
HEADER = "x-api-key"
SERVICE = "envoy.service.auth.v3.Authorization"
_OVERWRITE = 2
_TOKEN_SECONDS = 300
_REMEMBERED_SECONDS = 60.0
_REMEMBERED = 10_000
_TOUCHED_AFTER = timedelta(minutes=1)


class Edge:
    """Answers `Check`. A token is given out again for a minute, unless what it stands on was revoked, so most requests cost no query."""

    def __init__(
        self, database: Database, keys: SigningKeys, plans: Plans, revocations: Revocations, issuer: str, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._keys = keys
        self._plans = plans
        self._revocations = revocations
        self._issuer = issuer
        self._clock = clock
        self._given: OrderedDict[bytes, tuple[float, Person, str]] = OrderedDict()
        self._lock = threading.Lock()

    def add_to(self, server: grpc.Server) -> None:
        """Under the name that Envoy calls it by."""
        handler = grpc.unary_unary_rpc_method_handler(
            self.Check,
            request_deserializer=edge_pb2.EdgeCheckRequest.FromString,
            response_serializer=edge_pb2.EdgeCheckResponse.SerializeToString,
        )
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Check": handler}),))

    def Check(self, request: edge_pb2.EdgeCheckRequest, context: Context) -> edge_pb2.EdgeCheckResponse:
        """Lets the request on with a token in place of its key, or answers it with 401."""
        try:
            token = self._exchange(request.attributes.request.http.headers.get(HEADER, ""))
        except errors.Unauthenticated as problem:
            denied = edge_pb2.EdgeDenied(status=edge_pb2.EdgeHttpStatus(code=401), body=problem.message)
            return edge_pb2.EdgeCheckResponse(status=status_pb2.Status(code=code_pb2.UNAUTHENTICATED), denied_response=denied)
        header = edge_pb2.EdgeHeaderOption(
            header=edge_pb2.EdgeHeader(key="authorization", value=f"Bearer {token}"), append_action=_OVERWRITE
        )  # fmt: skip
        return edge_pb2.EdgeCheckResponse(
            status=status_pb2.Status(), ok_response=edge_pb2.EdgeOk(headers=[header], headers_to_remove=[HEADER])
        )

    def _exchange(self, key: str) -> str:
        if not rules.looks_like_key(key):
            raise _invalid()
        key_hash = rules.hash_token(key)
        known = self._given.get(key_hash)
        if known is not None and time.monotonic() < known[0] and not self._revocations.covers(known[1]):
            return known[2]
        seconds, person, token = self._look_up(key_hash)
        with self._lock:
            self._given[key_hash] = (time.monotonic() + seconds, person, token)
            while len(self._given) > _REMEMBERED:
                self._given.popitem(last=False)
        return token

    def _look_up(self, key_hash: bytes) -> tuple[float, Person, str]:
        """In the system scope: who calls is what is to be found out. The first is for how many seconds the token may be given out."""
        now = self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            revision = events.position(connection)  # first: what is revoked after this was read is not in what follows
            key = store.find_by_hash(connection, key_hash)
            if key is None or not rules.is_good(key, now=now):
                raise _invalid()
            user = accounts.get_user(connection, key.user_id)
            organization = organizations.find_membership(connection, key.tenant_id, key.user_id)
            if organization is None or organization.suspended_at is not None:
                raise _invalid()
            if key.last_used_at is None or now - key.last_used_at >= _TOUCHED_AFTER:
                store.touch_key(connection, key.id, now)
        left = (key.expires_at - now).total_seconds() if key.expires_at else float(_TOKEN_SECONDS)
        said = rules.claims(
            user,
            organization,
            key.id,
            revision=revision,
            rate=self._plans.rate(organization.id),
            issuer=self._issuer,
            now=now,
            seconds=min(_TOKEN_SECONDS, ceil(left)),
            scopes=key.scopes,
        )
        person = Person(
            user.id,
            organization.id,
            organization.kind,
            organization.role,
            key.id,
            scopes=frozenset(key.scopes),
            revision=revision,
        )
        return min(left, _REMEMBERED_SECONDS), person, self._keys.sign(said)


def _invalid() -> errors.Unauthenticated:
    return errors.Unauthenticated("API_KEY_INVALID", "the API key is not good, or no longer")
