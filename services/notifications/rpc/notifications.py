"""The RPCs of notifications to one person."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, paging
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications import letters, outbox, rules
from services.notifications.letters import TEMPLATES, Letter, Reader
from services.notifications.store import notifications as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.notifications import WAITING, Contact, Notification
from services.notifications.unsubscribing import Unsubscribing

Context = grpc.ServicerContext
Request = notifications_pb2.SendNotificationRequest


class NotificationService(notifications_pb2_grpc.NotificationServiceServicer):
    """See notifications.proto. `channels` names those that are configured."""

    def __init__(self, database: Database, channels: Collection[str], unsubscribing: Unsubscribing, clock: Clock = utc_now) -> None:
        self._database = database
        self._channels = frozenset({"in_app", *channels})
        self._unsubscribing = unsubscribing
        self._clock = clock

    def SendNotification(self, request: Request, context: Context) -> notifications_pb2.Notification:
        call, kind = calls.current(), request.notification_type
        tenant_id = rules.tenant_of(call, request.tenant_id)
        rules.check_words(
            template=request.template, subject=request.subject, message=request.message, needs_subject=kind == "email" and bool(call.service)
        )  # fmt: skip
        if request.recipient and not call.service:
            raise errors.invalid_field("recipient", "RECIPIENT_NOT_ALLOWED", "is for services: give user_id")
        if request.kind and not call.service:
            raise errors.invalid_field("kind", "KIND_NOT_ALLOWED", "is for services: what people write are messages")
        if request.recipient:
            rules.check_recipient(kind, request.recipient)
        elif not request.user_id:
            raise errors.invalid_field("user_id", "RECIPIENT_MISSING", "say who it is for")
        if kind not in self._channels:
            raise errors.FailedPrecondition("CHANNEL_NOT_CONFIGURED", f"{kind} is not set up here")
        sender, now = None if call.service else calls.person(), self._clock()
        send_at = rules.send_time(from_timestamp(request.send_time) if request.HasField("send_time") else None, now=now)
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            claim = idempotency.claim(connection, request, notifications_pb2.Notification, scope_id=tenant_id)
            if claim.answer is not None:
                return claim.answer
            user_id = UUID(request.user_id) if request.user_id else None
            contact = None
            if user_id is not None and sender is not None:
                contact = store.get_reachable(connection, sender.user_id, user_id)
            elif user_id is not None:
                needed = not request.recipient and kind == "email"
                contact = store.get_contact(connection, user_id) if needed else store.find_contact(connection, user_id)
            wishes = wishes_store.find_wishes(connection, user_id) if user_id else None
            topic = TEMPLATES[request.template].kind if request.template in TEMPLATES else request.kind or "messages"
            reader = outbox.reader(
                wishes, topic, self._unsubscribing, first_name=contact.first_name if contact else "", language=request.language, user_id=user_id
            )  # fmt: skip
            if sender is not None:
                letter, template = _from_person(request, store.get_contact(connection, sender.user_id), reader, self._clock)
            else:
                letter, template = _written(request, reader, self._clock), request.template
            recipient = request.recipient or _address(kind, contact)
            notification = outbox.post(
                connection, letter, kind, recipient, tenant_id=tenant_id, now=now, template=template, user_id=user_id,
                sender_id=sender.user_id if sender else None, send_at=send_at,
            )  # fmt: skip
            return claim.keep(to_notification(notification))

    def ListNotifications(
        self, request: notifications_pb2.ListNotificationsRequest, context: Context
    ) -> notifications_pb2.ListNotificationsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_notifications(connection, person.user_id, page, unread_only=request.unread_only)
        rows, token = page.cut(found, lambda row: [row.id])
        return notifications_pb2.ListNotificationsResponse(notifications=map(to_notification, rows), next_page_token=token)

    def GetNotification(self, request: notifications_pb2.GetNotificationRequest, context: Context) -> notifications_pb2.Notification:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_notification(store.get_notification(connection, UUID(request.notification_id), person.user_id))

    def MarkNotificationRead(
        self, request: notifications_pb2.MarkNotificationReadRequest, context: Context
    ) -> notifications_pb2.Notification:
        person, notification_id = calls.person(), UUID(request.notification_id)
        with self._database.begin(person) as connection:
            if store.mark_read(connection, notification_id, person.user_id, self._clock()):
                audit.record(connection, "notification.read", notification_id=notification_id)
            found = store.get_notification(connection, notification_id, person.user_id)
        if found.user_id != person.user_id:
            raise errors.NotFound("NOTIFICATION_NOT_FOUND", "there is no such notification to you")
        return to_notification(found)

    def CancelNotification(self, request: notifications_pb2.CancelNotificationRequest, context: Context) -> notifications_pb2.Notification:
        call, notification_id = calls.current(), UUID(request.notification_id)
        sender = None if call.service else calls.person()
        with self._database.begin(calls.SYSTEM if sender is None else sender) as connection:
            found = store.lock_notification(connection, notification_id, sender.user_id if sender else None)
            if found is None:
                raise errors.NotFound("NOTIFICATION_NOT_FOUND", "there is no such notification of yours")
            if found.status == "cancelled":
                return to_notification(found)
            if found.status not in WAITING or found.attempted_at is not None:
                raise errors.FailedPrecondition("NOTIFICATION_SENT", "it is on its way already, or has come to its end")
            # Its task finds that there is nothing left to do.
            store.set_notification(connection, notification_id, status="cancelled", html="", calendar="")
            steps = audit.turned(status=(found.status, "cancelled"))
            audit.record(connection, "notification.cancelled", tenant_id=found.tenant_id, notification_id=notification_id, **steps)
        return to_notification(replace(found, status="cancelled"))

    def PutContact(self, request: notifications_pb2.PutContactRequest, context: Context) -> Empty:
        contact = Contact(UUID(request.user_id), request.email, request.first_name, request.last_name, request.version)
        with self._database.begin(calls.SYSTEM) as connection:
            if store.put_contact(connection, contact):
                audit.record(connection, "contact.put", user_id=contact.user_id, version=contact.version)
        return Empty()


def _from_person(request: Request, writer: Contact, reader: Reader, clock: Clock) -> tuple[Letter, str]:
    """What a person sends, and by which template: their own words go out in their name, and only some templates are theirs to use."""
    if not request.template:
        if request.notification_type != "email":
            return _written(request, reader, clock), ""
        name = writer.name or "Somebody you know"
        words = {"sender_name": name, "subject": request.subject.strip() or f"A message from {name}", "message": request.message}
        return letters.render("personal_message", words, reader, now=clock()), "personal_message"
    if request.template in TEMPLATES and not TEMPLATES[request.template].for_people:
        raise errors.invalid_field("template", "TEMPLATE_UNKNOWN", "is for services alone")
    return _written(request, reader, clock), request.template


def _written(request: Request, reader: Reader, clock: Clock) -> Letter:
    if not request.template:
        kind = request.kind or "messages"
        return Letter(letters.one_line(request.subject), request.message, kind=kind, language=reader.language)
    return letters.render(request.template, dict(request.variables), reader, now=clock())


def _address(kind: str, contact: Contact | None) -> str:
    if kind == "email" and contact is not None:
        return contact.email
    if kind in ("in_app", "push"):
        return ""
    raise errors.NotFound("RECIPIENT_NOT_FOUND", "no number of this person is known")


def to_notification(row: Notification) -> notifications_pb2.Notification:
    return notifications_pb2.Notification(
        id=str(row.id), user_id=str(row.user_id or ""), notification_type=row.notification_type, template=row.template, subject=row.subject,
        message=row.message, status=row.status, is_sent=row.sent_at is not None, sent_time=to_timestamp(row.sent_at), read_time=to_timestamp(row.read_at),
        create_time=to_timestamp(row.created_at), kind=row.kind, send_time=to_timestamp(row.send_at), delivered_time=to_timestamp(row.delivered_at),
        failure=row.failure,
    )  # fmt: skip
