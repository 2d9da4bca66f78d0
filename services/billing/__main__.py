"""Billing as a process: settings, database, RPCs, tasks."""

import grpc

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc, payments_pb2, payments_pb2_grpc, subscriptions_pb2, subscriptions_pb2_grpc
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from services.billing import catalogue, persons, tasks
from services.billing.cashier import Cashier
from services.billing.providers.configured import providers_of
from services.billing.renewals import Invoicing
from services.billing.rpc.credits import CreditService
from services.billing.rpc.payments import PaymentService
from services.billing.rpc.subscriptions import SubscriptionService
from services.billing.rpc.webhooks import WebhookService
from services.billing.settings import Settings
from services.billing.store import plans
from services.chassis import calls, clients, clock
from services.chassis.audit_log import AuditLog
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published


def start(settings: Settings, now: Clock = clock.utc_now) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 6, application_name="billing")
    database.refuse_unguarded()
    services = ServiceTokens(settings.service_token.get_secret_value(), "billing")
    auth = clients.connect(settings.keys_url, "auth", services)
    notifications = clients.connect(settings.notifications_url, "notifications", services)
    with database.begin(calls.SYSTEM) as connection:
        plans.seed(connection, catalogue.PLANS, now=now())
        if settings.reconcile_days:
            tasks.begin_comparing(connection, now=now())
    invoicing = Invoicing(settings.tax_percent)
    cashier = Cashier(database, providers_of(settings), invoicing, settings.public_url, now)
    credit = CreditService(database, low=settings.low_credits, tokens_per_credit=settings.tokens_per_credit, clock=now)
    subscription = SubscriptionService(database, cashier, invoicing, now)
    payment = PaymentService(
        database, cashier, invoicing, tax_name=settings.tax_name, seller=settings.invoice_from, public_url=settings.public_url, clock=now
    )

    def add(server: grpc.Server) -> None:
        credits_pb2_grpc.add_CreditServiceServicer_to_server(credit, server)
        subscriptions_pb2_grpc.add_SubscriptionServiceServicer_to_server(subscription, server)
        payments_pb2_grpc.add_PaymentServiceServicer_to_server(payment, server)
        payments_pb2_grpc.add_WebhookServiceServicer_to_server(WebhookService(database, cashier, now), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("billing", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    return serve(
        settings, [module.DESCRIPTOR for module in (credits_pb2, subscriptions_pb2, payments_pb2, audit_pb2, persons_pb2)], add,
        access=AccessTokens(KeyRing(published(auth)), settings.jwt_issuer, Revocations("billing", revoked(auth))),
        services=services, feed=EventFeed(database), parts={"database": database.check},
        background=[
            Worker(
                "billing", database, tasks.handlers(database, cashier, invoicing, notifications, now, reconcile_days=settings.reconcile_days)
                | handlers(database, persons.erase),
                clock=now,
            ),
            Follower("billing", "auth", auth, database, tasks.following(now)),
        ],
        closing=[auth.close, notifications.close, database.close],
    )  # fmt: skip


if __name__ == "__main__":
    run(start, load(Settings, "billing"))
