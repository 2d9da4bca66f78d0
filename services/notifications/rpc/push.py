"""The RPCs of browsers that show notifications."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.notifications.v1 import push_pb2, push_pb2_grpc
from services.chassis import audit, calls, errors, ids
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications.providers import push
from services.notifications.providers.push import WebPush
from services.notifications.store import wishes as store
from services.notifications.tables.notifications import PushSubscription

Context = grpc.ServicerContext
_MOST = 20


class PushService(push_pb2_grpc.PushServiceServicer):
    """See push.proto. Without a key, push is off."""

    def __init__(self, database: Database, channel: WebPush | None, clock: Clock = utc_now) -> None:
        self._database = database
        self._channel = channel
        self._clock = clock

    def GetPushKey(self, request: push_pb2.GetPushKeyRequest, context: Context) -> push_pb2.PushKey:
        return push_pb2.PushKey(public_key=self._on().public_key)

    def CreatePushSubscription(self, request: push_pb2.CreatePushSubscriptionRequest, context: Context) -> push_pb2.PushSubscription:
        person, channel = calls.person(), self._on()
        if not channel.accepts(request.endpoint):
            raise errors.invalid_field("endpoint", "PUSH_ENDPOINT_INVALID", "is not the address of a push service that is allowed here")
        if not push.check_keys(request.p256dh, request.auth):
            raise errors.invalid_field("p256dh", "PUSH_KEYS_INVALID", "and auth are not the keys of a browser's subscription")
        wanted = PushSubscription(ids.mint(), person.user_id, request.endpoint, request.p256dh, request.auth, self._clock())
        # The endpoint may have been another person's who used the same browser, and their row is not the caller's to see.
        with self._database.begin(calls.SYSTEM) as connection:
            stored = store.put_subscription(connection, wanted)
            if len(store.list_subscriptions(connection, person.user_id)) > _MOST:
                raise errors.ResourceExhausted("TOO_MANY_SUBSCRIPTIONS", f"a person has at most {_MOST} browsers: forget one first")
            audit.record(connection, "push_subscription.created", tenant_id=person.tenant_id, push_subscription_id=stored.id)
        return _to_subscription(stored)

    def ListPushSubscriptions(
        self, request: push_pb2.ListPushSubscriptionsRequest, context: Context
    ) -> push_pb2.ListPushSubscriptionsResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            found = store.list_subscriptions(connection, person.user_id)
        return push_pb2.ListPushSubscriptionsResponse(push_subscriptions=map(_to_subscription, found))

    def DeletePushSubscription(self, request: push_pb2.DeletePushSubscriptionRequest, context: Context) -> Empty:
        person, subscription_id = calls.person(), UUID(request.push_subscription_id)
        with self._database.begin(person) as connection:
            store.delete_subscription(connection, subscription_id, person.user_id)
            audit.record(connection, "push_subscription.deleted", push_subscription_id=subscription_id)
        return Empty()

    def _on(self) -> WebPush:
        if self._channel is None:
            raise errors.FailedPrecondition("CHANNEL_NOT_CONFIGURED", "push is not set up here")
        return self._channel


def _to_subscription(row: PushSubscription) -> push_pb2.PushSubscription:
    return push_pb2.PushSubscription(id=str(row.id), endpoint=row.endpoint, create_time=to_timestamp(row.created_at))
