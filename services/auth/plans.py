"""What an organization's plan allows, as billing says."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import grpc

from einstellen.billing.v1 import subscriptions_pb2, subscriptions_pb2_grpc
from services.chassis import errors

_LEAST_RATE = 60
_REMEMBERED = 10_000
_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True)
class Quotas:
    """-1 is no limit."""

    members: int
    workspaces: int


class Plans:
    """Asked before or after a transaction, never inside one."""

    def __init__(self, billing: grpc.Channel) -> None:
        self._billing = subscriptions_pb2_grpc.SubscriptionServiceStub(billing)
        self._rates: OrderedDict[UUID, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def rate(self, tenant_id: UUID) -> int:
        """How many requests a minute the edge lets through, as billing says now, or as it last said where it says nothing in time.

        The least where it never said: signing in waits for nobody, and not twice within the time that was waited in vain.
        """
        asked_again_at, rate = self._rates.get(tenant_id, (0.0, _LEAST_RATE))
        if time.monotonic() < asked_again_at:
            return rate
        try:
            request = subscriptions_pb2.GetQuotasRequest(tenant_id=str(tenant_id))
            asked_again_at, rate = 0.0, int(self._billing.GetQuotas(request, timeout=_PATIENCE_SECONDS).quotas.requests)
        except grpc.RpcError:
            asked_again_at = time.monotonic() + _PATIENCE_SECONDS
        with self._lock:
            self._rates[tenant_id] = (asked_again_at, rate)
            self._rates.move_to_end(tenant_id)
            while len(self._rates) > _REMEMBERED:
                self._rates.popitem(last=False)
        return rate

    def quotas(self, tenant_id: UUID) -> Quotas:
        """Raises Unavailable / PEER_UNAVAILABLE where nobody can say: what is limited is not given away then."""
        try:
            found = self._billing.GetQuotas(subscriptions_pb2.GetQuotasRequest(tenant_id=str(tenant_id))).quotas
        except grpc.RpcError as problem:
            raise errors.from_rpc(problem) from problem
        return Quotas(found.members, found.workspaces)
