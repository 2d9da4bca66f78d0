"""The RPCs of plans and subscriptions."""

import grpc

from einstellen.billing.v1 import subscriptions_pb2, subscriptions_pb2_grpc
from services.billing.store import plans as store
from services.billing.tables import Plan
from services.chassis import calls
from services.chassis.database import Database

Context = grpc.ServicerContext


class SubscriptionService(subscriptions_pb2_grpc.SubscriptionServiceServicer):
    """See subscriptions.proto."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ListPlans(self, request: subscriptions_pb2.ListPlansRequest, context: Context) -> subscriptions_pb2.ListPlansResponse:
        with self._database.begin(calls.ANONYMOUS) as connection:
            found = store.list_plans(connection, request.family)
        return subscriptions_pb2.ListPlansResponse(plans=map(to_plan, found))


def to_plan(plan: Plan) -> subscriptions_pb2.Plan:
    offer, quotas = plan.offer, plan.offer.quotas
    return subscriptions_pb2.Plan(
        id=str(plan.id), name=offer.name, description=offer.description, family=offer.family, price_amount=offer.price, currency=offer.currency,
        credits=offer.credits / 2, billing_cycle=offer.billing_cycle,
        quotas=subscriptions_pb2.Quotas(tokens=quotas.tokens, posts=quotas.posts, workspaces=quotas.workspaces, members=quotas.members),
    )  # fmt: skip
