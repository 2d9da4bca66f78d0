"""The RPCs of what became of notifications: what providers tell, and what failed for good."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.notifications.v1 import deliveries_pb2, deliveries_pb2_grpc, notifications_pb2
from services.chassis import audit, calls, errors, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications import dead_letters
from services.notifications.letters import TEMPLATES
from services.notifications.providers.twilio import Twilio
from services.notifications.rpc.notifications import to_notification
from services.notifications.store import notifications as store
from services.notifications.tables.notifications import WAITING, Notification

Context = grpc.ServicerContext
_LARGEST = 64 * 1024


class DeliveryService(deliveries_pb2_grpc.DeliveryServiceServicer):
    """See deliveries.proto."""

    def __init__(self, database: Database, twilio: Twilio | None, clock: Clock = utc_now) -> None:
        self._database = database
        self._twilio = twilio
        self._clock = clock

    def ReceiveTwilioStatus(self, request: deliveries_pb2.ReceiveTwilioStatusRequest, context: Context) -> Empty:
        if self._twilio is None:
            raise errors.FailedPrecondition("CHANNEL_NOT_CONFIGURED", "SMS are not set up here")
        if len(request.body.data) > _LARGEST:
            raise errors.OutOfRange("WEBHOOK_TOO_LARGE", f"a callback has at most {_LARGEST} bytes")
        headers = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        provider_id, outcome, failure = self._twilio.read(request.notification, headers, request.body.data)
        if not outcome:
            return Empty()
        with self._database.begin(calls.SYSTEM) as connection:
            found = store.lock_notification(connection, UUID(request.notification))
            if found is None or found.provider_id not in ("", provider_id):
                return Empty()  # somebody who is gone, or a repeat of which the other one counts
            values = _moved(found, outcome, failure)
            if values:
                secret = found.template in TEMPLATES and TEMPLATES[found.template].secret
                now = self._clock()
                if found.status in WAITING and outcome != "failed":
                    store.mark_sent(connection, found.id, now, secret=secret, provider_id=provider_id)
                if outcome == "delivered":
                    values["delivered_at"] = now
                if outcome == "failed" and secret:
                    values["message"] = ""
                store.set_notification(connection, found.id, provider_id=provider_id, **values)
                audit.record(connection, f"notification.{outcome}", tenant_id=found.tenant_id, notification_id=found.id)
        return Empty()

    def ListDeadLetters(self, request: deliveries_pb2.ListDeadLettersRequest, context: Context) -> deliveries_pb2.ListDeadLettersResponse:
        page = paging.read(request, UUID)
        with self._database.begin(calls.SYSTEM) as connection:
            found = store.list_failed(connection, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return deliveries_pb2.ListDeadLettersResponse(dead_letters=map(_to_dead_letter, rows), next_page_token=token)

    def RetryDeadLetter(self, request: deliveries_pb2.RetryDeadLetterRequest, context: Context) -> notifications_pb2.Notification:
        with self._database.begin(calls.SYSTEM) as connection:
            return to_notification(dead_letters.retry(connection, UUID(request.dead_letter_id), now=self._clock()))


def _moved(found: Notification, outcome: str, failure: str) -> dict[str, object]:
    """What a callback changes. They come late, twice and in any order: a state only ever goes on, and an end stays."""
    if outcome == "failed" and found.status in (*WAITING, "sent"):
        return {"status": "failed", "failure": failure}
    if outcome == "delivered" and found.status in (*WAITING, "sent"):
        return {"status": "delivered"}
    if outcome == "sent" and found.status in WAITING:
        return {"status": "sent"}
    return {}


def _to_dead_letter(row: Notification) -> deliveries_pb2.DeadLetter:
    return deliveries_pb2.DeadLetter(
        id=str(row.id), tenant_id=str(row.tenant_id), user_id=str(row.user_id or ""), notification_type=row.notification_type, template=row.template,
        kind=row.kind, failure=row.failure, create_time=to_timestamp(row.created_at),
    )  # fmt: skip
