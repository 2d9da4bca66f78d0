"""Notifications as a process: settings, database, channels, RPCs, tasks."""

from uuid import UUID

import grpc
import redis

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.notifications.v1 import (
    deliveries_pb2,
    deliveries_pb2_grpc,
    messages_pb2,
    messages_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    preferences_pb2,
    preferences_pb2_grpc,
    push_pb2,
    push_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
    templates_pb2,
    templates_pb2_grpc,
    webhooks_pb2,
    webhooks_pb2_grpc,
)
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from einstellen.problems.v1 import problems_pb2, problems_pb2_grpc
from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc, rooms_pb2, rooms_pb2_grpc
from services.chassis import calls, clients, clock
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Lane, Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.notifications import delivery, mentions, persons, tasks
from services.notifications.breaker import Breaker
from services.notifications.operator_mail import OperatorMail
from services.notifications.providers.channel import Channel
from services.notifications.providers.push import WebPush
from services.notifications.providers.smtp import Smtp
from services.notifications.providers.twilio import Twilio
from services.notifications.rpc.deliveries import DeliveryService
from services.notifications.rpc.documents import DocumentOwnerService
from services.notifications.rpc.messages import Chat, MessageService, RoomOwnerService
from services.notifications.rpc.notifications import NotificationService
from services.notifications.rpc.preferences import PreferenceService
from services.notifications.rpc.problems import ProblemService
from services.notifications.rpc.push import PushService
from services.notifications.rpc.reminders import ReminderService
from services.notifications.rpc.templates import TemplateService
from services.notifications.rpc.webhooks import WebhookEndpointService
from services.notifications.rules import KINDS
from services.notifications.settings import Settings
from services.notifications.store import notifications
from services.notifications.tables.notifications import Notification
from services.notifications.unsubscribing import Unsubscribing
from services.notifications.webhooks import recording, sending
from services.notifications.webhooks.signing import Secrets
from services.notifications.webhooks.targets import Targets


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 8, application_name="notifications")
    database.refuse_unguarded()
    gateways = redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    services = ServiceTokens(settings.service_token.get_secret_value(), "notifications")
    keys = clients.connect(settings.keys_url, "auth", services)
    unsubscribing = Unsubscribing(settings.secret_key.get_secret_value(), settings.public_url)
    twilio, push = twilio_of(settings, database), push_of(settings)
    channels: dict[str, Channel] = {}
    if settings.email_host:
        channels["email"] = Smtp(settings, lambda notification: _unsubscribe(unsubscribing, notification))
    if twilio is not None:
        channels["sms"] = twilio
    if push is not None:
        channels["push"] = push
    breakers = {name: Breaker(name) for name in channels}
    carrying = delivery.handlers(database, channels, breakers, clock.utc_now)
    operator = OperatorMail(settings.operator_email if settings.email_host else "")
    acting = tasks.handlers(database, unsubscribing, clock.utc_now) | mentions.handlers(database, gateways, clock.utc_now)
    acting |= operator.handlers(database, clock.utc_now) | handlers(database, persons.erase)
    contracts = [
        module.DESCRIPTOR
        for module in (
            notifications_pb2, messages_pb2, reminders_pb2, templates_pb2, preferences_pb2, push_pb2, deliveries_pb2, webhooks_pb2, rooms_pb2, documents_pb2,
            audit_pb2, persons_pb2, problems_pb2,
        )
    ]  # fmt: skip
    chat = Chat(gateways)
    secrets, targets = Secrets(settings.secret_key.get_secret_value()), Targets(private=settings.webhooks_private)
    hooks = sending.handlers(database, secrets, targets, clock.utc_now, mail="email" in channels)
    followed = {
        name: clients.connect(url, name, services)
        for name, url in (
            ("candidates", settings.candidates_url), ("jobs", settings.jobs_url), ("billing", settings.billing_url), ("interviews", settings.interviews_url),
        )
    }  # fmt: skip

    def add(server: grpc.Server) -> None:
        notifications_pb2_grpc.add_NotificationServiceServicer_to_server(NotificationService(database, channels, unsubscribing), server)
        messages_pb2_grpc.add_MessageServiceServicer_to_server(MessageService(database, chat), server)
        reminders_pb2_grpc.add_ReminderServiceServicer_to_server(ReminderService(database), server)
        templates_pb2_grpc.add_TemplateServiceServicer_to_server(TemplateService(database), server)
        preferences_pb2_grpc.add_PreferenceServiceServicer_to_server(PreferenceService(database, unsubscribing), server)
        problems_pb2_grpc.add_ProblemServiceServicer_to_server(ProblemService(database, operator), server)
        push_pb2_grpc.add_PushServiceServicer_to_server(PushService(database, push), server)
        deliveries_pb2_grpc.add_DeliveryServiceServicer_to_server(DeliveryService(database, twilio), server)
        webhooks_pb2_grpc.add_WebhookEndpointServiceServicer_to_server(WebhookEndpointService(database, secrets, targets), server)
        rooms_pb2_grpc.add_RoomOwnerServiceServicer_to_server(RoomOwnerService(database, chat), server)
        documents_pb2_grpc.add_DocumentOwnerServiceServicer_to_server(DocumentOwnerService(database), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("notifications", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    return serve(
        settings, contracts, add, access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("notifications", revoked(keys))),
        services=services, feed=EventFeed(database),
        parts={"database": database.check, "redis": gateways.ping},
        background=[
            # A lane for each channel and one for webhooks: who is slow to answer holds up nobody but those who wait for the same.
            Worker("notifications", database, acting, beside=[*(Lane({kind: handler}) for kind, handler in carrying.items()), Lane(hooks, 4)]),
            Follower("notifications", "auth", keys, database, recording.following("auth", first=following(persons.erase))),
            *(Follower("notifications", name, channel, database, recording.following(name)) for name, channel in followed.items()),
        ],
        closing=[keys.close, *(channel.close for channel in followed.values()), gateways.close, database.close],
    )  # fmt: skip


def twilio_of(settings: Settings, database: Database) -> Twilio | None:
    """A channel is there where its settings are."""
    if not (settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value() and settings.twilio_from):
        return None

    def is_anothers(provider_id: str, notification_id: UUID) -> bool:
        with database.begin(calls.SYSTEM) as connection:
            return notifications.is_anothers(connection, provider_id, notification_id)

    return Twilio(settings, is_anothers)


def push_of(settings: Settings) -> WebPush | None:
    return WebPush(settings) if settings.push_private_key.get_secret_value() else None


def _unsubscribe(unsubscribing: Unsubscribing, notification: Notification) -> str:
    """Mails of a kind that can be turned off, to somebody who has preferences, say how."""
    if notification.user_id is None or KINDS[notification.kind].mandatory:
        return ""
    return unsubscribing.link(notification.user_id, notification.kind)


if __name__ == "__main__":
    run(start, load(Settings, "notifications"))
