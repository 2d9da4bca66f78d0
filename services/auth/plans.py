"""What an organization's plan allows, as billing says."""

from dataclasses import dataclass
from uuid import UUID

import grpc

from einstellen.billing.v1 import subscriptions_pb2, subscriptions_pb2_grpc
from services.chassis import errors


@dataclass(frozen=True)
class Quotas:
    """-1 is no limit."""

    members: int
    workspaces: int


class Plans:
    """Asked before a transaction, never inside one."""

    def __init__(self, billing: grpc.Channel) -> None:
        self._billing = subscriptions_pb2_grpc.SubscriptionServiceStub(billing)

    def quotas(self, tenant_id: UUID) -> Quotas:
        """Raises Unavailable / PEER_UNAVAILABLE where nobody can say: what is limited is not given away then."""
        try:
            found = self._billing.GetQuotas(subscriptions_pb2.GetQuotasRequest(tenant_id=str(tenant_id))).quotas
        except grpc.RpcError as problem:
            raise errors.from_rpc(problem) from problem
        return Quotas(found.members, found.workspaces)
