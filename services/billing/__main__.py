"""Billing as a process: settings, database, RPCs, tasks."""

import grpc

from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc, subscriptions_pb2, subscriptions_pb2_grpc
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.billing import catalogue, tasks
from services.billing.rpc.credits import CreditService
from services.billing.rpc.subscriptions import SubscriptionService
from services.billing.settings import Settings
from services.billing.store import plans
from services.chassis import calls, clients, clock
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 6, application_name="billing")
    database.refuse_unguarded()
    services = ServiceTokens(settings.service_token.get_secret_value(), "billing")
    auth = clients.connect(settings.keys_url, "auth", services)
    with database.begin(calls.SYSTEM) as connection:
        plans.seed(connection, catalogue.PLANS, now=clock.utc_now())

    credit = CreditService(database, low=settings.low_credits, tokens_per_credit=settings.tokens_per_credit)

    def add(server: grpc.Server) -> None:
        credits_pb2_grpc.add_CreditServiceServicer_to_server(credit, server)
        subscriptions_pb2_grpc.add_SubscriptionServiceServicer_to_server(SubscriptionService(database), server)
        events_pb2_grpc.add_EventServiceServicer_to_server(EventFeed(database), server)

    return serve(
        settings, [credits_pb2.DESCRIPTOR, subscriptions_pb2.DESCRIPTOR, events_pb2.DESCRIPTOR], add,
        access=AccessTokens(KeyRing(published(auth)), settings.jwt_issuer, Revocations("billing", revoked(auth))),
        services=services, parts={"database": database.check},
        background=[
            Worker("billing", database, tasks.handlers(database, clock.utc_now)),
            Follower("billing", "auth", auth, database, tasks.following(clock.utc_now)),
        ],
        closing=[auth.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "billing"))
