"""Access tokens that no longer count though they have not expired: a list followed from whoever signs them, so that every door closes within seconds."""

import threading
import time
from collections.abc import Callable, Hashable
from uuid import UUID

import grpc

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.chassis import calls, errors, metrics
from services.chassis.calls import Person
from services.chassis.clock import from_timestamp
from services.chassis.logs import log

POLL_SECONDS = 1.0
_DEADLINE_SECONDS = 3.5  # and a pause of one: whoever is slow to answer is still in time
Fetch = Callable[[int], keys_pb2.ListRevocationsResponse]


class Revocations(threading.Thread):
    """What was revoked lately, by session, organization and membership, read again every second.

    A token says up to which revocation its signer knew of all (`Person.revision`). It is good unless something that it stands on was revoked after that:
    no clocks are compared, and somebody who is let in again gets a good token at once. Redis has no part in this. While the signer is away nothing new can be
    revoked, and what is known still counts.
    """

    def __init__(self, server: str, fetch: Fetch, changed: Callable[[], object] = lambda: None) -> None:
        super().__init__(name=f"{server}-revocations", daemon=True)
        self._server = server
        self._fetch = fetch
        self._changed = changed
        self._position = -1
        self._found: dict[Hashable, int] = {}
        self._ends: dict[Hashable, float] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def check(self, person: Person) -> None:
        """Raises Unauthenticated / TOKEN_REVOKED; Unavailable / REVOCATIONS_UNAVAILABLE where a process that has just begun cannot learn what is revoked."""
        if self._position < 0:
            self._read(first=True)
        if self.covers(person):
            raise errors.Unauthenticated("TOKEN_REVOKED", "the access token counts no longer: refresh it, or sign in again")

    def covers(self, person: Person) -> bool:
        """Whether something that the person's token stands on was revoked after it was signed."""
        member = (person.tenant_id, person.user_id)
        return any(self._found.get(name, -1) > person.revision for name in (person.session_id, person.tenant_id, member))

    def run(self) -> None:
        failing = False
        while not self._stopping.is_set():
            calls.enter(calls.Call(self._server, "follow/revocations", ""))
            try:
                self._read()
                failing = False
            except Exception as problem:  # noqa: BLE001 - whatever it was, the next round tries again
                if not failing:
                    log.warning("revocations not read", extra={"problem": type(problem).__name__})
                failing = True
            self._stopping.wait(POLL_SECONDS)

    def stop(self) -> None:
        """Returns when it has stopped: its channel may be closed then, and not before."""
        self._stopping.set()
        if self.is_alive():
            self.join(_DEADLINE_SECONDS * 2)

    def _read(self, *, first: bool = False) -> None:
        with self._lock:
            if first and self._position >= 0:
                return  # another thread has asked while this one waited
            answer = self._fetch(max(self._position, 0))
            for each in answer.revocations:
                name = _name(each)
                self._found[name] = each.position
                self._ends[name] = from_timestamp(each.expire_time).timestamp()
            now = time.time()
            for name in [name for name, end in self._ends.items() if end < now]:
                del self._found[name], self._ends[name]
            self._position = answer.position  # of a list restored from a backup it is an earlier one
        metrics.REVOCATIONS_READ.labels(self._server).set(time.time())
        if answer.revocations:
            self._changed()


def _name(revocation: keys_pb2.Revocation) -> Hashable:
    """What `covers` looks for: the session's id, the organization's, or the member as a pair."""
    if revocation.session_id:
        return UUID(revocation.session_id)
    organization_id = UUID(revocation.organization_id)
    return (organization_id, UUID(revocation.user_id)) if revocation.user_id else organization_id


def revoked(channel: grpc.Channel) -> Fetch:
    """How a service that signs no tokens learns what is revoked from the one that does."""
    stub = keys_pb2_grpc.KeyServiceStub(channel)

    def fetch(after: int) -> keys_pb2.ListRevocationsResponse:
        try:
            return stub.ListRevocations(keys_pb2.ListRevocationsRequest(after=after), timeout=_DEADLINE_SECONDS)
        except grpc.RpcError as problem:
            raise errors.Unavailable("REVOCATIONS_UNAVAILABLE", "access tokens cannot be verified at the moment; try again") from problem

    return fetch
