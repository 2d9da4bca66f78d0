"""Notifications as a process: settings, database, channels, RPCs, tasks."""

import grpc
import redis

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from einstellen.notifications.v1 import (
    messages_pb2,
    messages_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
    webhooks_pb2,
    webhooks_pb2_grpc,
)
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc, rooms_pb2, rooms_pb2_grpc
from services.chassis import clients, clock
from services.chassis.audit_log import AuditLog
from services.chassis.database import Database
from services.chassis.events import EventFeed, Follower
from services.chassis.persons import PersonService, following, handlers
from services.chassis.revocations import Revocations, revoked
from services.chassis.server import Server, run, serve
from services.chassis.settings import load
from services.chassis.tasks import Worker
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published
from services.notifications import mentions, persons, tasks
from services.notifications.providers.channel import Channel
from services.notifications.providers.smtp import Smtp
from services.notifications.providers.twilio import Twilio
from services.notifications.rpc.documents import DocumentOwnerService
from services.notifications.rpc.messages import Chat, MessageService, RoomOwnerService
from services.notifications.rpc.notifications import NotificationService
from services.notifications.rpc.reminders import ReminderService
from services.notifications.rpc.webhooks import WebhookEndpointService
from services.notifications.settings import Settings
from services.notifications.webhooks import recording, sending
from services.notifications.webhooks.signing import Secrets
from services.notifications.webhooks.targets import Targets


def start(settings: Settings) -> Server:
    database = Database(settings.database_url, pool_size=settings.workers + 4, application_name="notifications")
    database.refuse_unguarded()
    gateways = redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    services = ServiceTokens(settings.service_token.get_secret_value(), "notifications")
    keys = clients.connect(settings.keys_url, "auth", services)
    channels = channels_of(settings)
    contracts = [
        module.DESCRIPTOR
        for module in (
            notifications_pb2,
            messages_pb2,
            reminders_pb2,
            webhooks_pb2,
            rooms_pb2,
            documents_pb2,
            audit_pb2,
            persons_pb2,
            events_pb2,
        )
    ]
    chat = Chat(gateways)
    secrets, targets = Secrets(settings.secret_key.get_secret_value()), Targets(private=settings.webhooks_private)
    followed = {
        name: clients.connect(url, name, services)
        for name, url in (
            ("candidates", settings.candidates_url), ("jobs", settings.jobs_url), ("billing", settings.billing_url), ("interviews", settings.interviews_url),
        )
    }  # fmt: skip

    def add(server: grpc.Server) -> None:
        notifications_pb2_grpc.add_NotificationServiceServicer_to_server(NotificationService(database, channels), server)
        messages_pb2_grpc.add_MessageServiceServicer_to_server(MessageService(database, chat), server)
        reminders_pb2_grpc.add_ReminderServiceServicer_to_server(ReminderService(database), server)
        webhooks_pb2_grpc.add_WebhookEndpointServiceServicer_to_server(WebhookEndpointService(database, secrets, targets), server)
        rooms_pb2_grpc.add_RoomOwnerServiceServicer_to_server(RoomOwnerService(database, chat), server)
        documents_pb2_grpc.add_DocumentOwnerServiceServicer_to_server(DocumentOwnerService(database), server)
        events_pb2_grpc.add_EventServiceServicer_to_server(EventFeed(database), server)
        audit_pb2_grpc.add_AuditServiceServicer_to_server(AuditLog("notifications", database), server)
        persons_pb2_grpc.add_PersonServiceServicer_to_server(PersonService(database, persons.read), server)

    return serve(
        settings, contracts, add, access=AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, Revocations("notifications", revoked(keys))),
        services=services,
        parts={"database": database.check, "redis": gateways.ping},
        background=[
            Worker(
                "notifications", database,
                tasks.handlers(database, channels, clock.utc_now) | mentions.handlers(database, gateways, clock.utc_now) | handlers(database, persons.erase),
                threads=4,
            ),
            # Threads of their own: a target that does not answer holds up webhooks, and no mail.
            Worker("notifications", database, sending.handlers(database, secrets, targets, clock.utc_now, mail="email" in channels), threads=4),
            Follower("notifications", "auth", keys, database, recording.following("auth", first=following(persons.erase))),
            *(Follower("notifications", name, channel, database, recording.following(name), poll_seconds=1.0) for name, channel in followed.items()),
        ],
        closing=[keys.close, *(channel.close for channel in followed.values()), gateways.close, database.close],
    )  # fmt: skip


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels whose settings are there."""
    channels: dict[str, Channel] = {}
    if settings.email_host:
        channels["email"] = Smtp(settings)
    if settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value() and settings.twilio_from:
        channels["sms"] = Twilio(settings)
    return channels


if __name__ == "__main__":
    run(start, load(Settings, "notifications"))
