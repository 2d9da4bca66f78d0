"""The RPCs of webhooks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from einstellen.notifications.v1 import webhooks_pb2, webhooks_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids, masks, paging
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.notifications.store import webhooks as store
from services.notifications.tables.webhooks import Attempt, Delivery, Endpoint, WebhookMessage
from services.notifications.webhooks import catalogue, recording
from services.notifications.webhooks.sending import webhook_id
from services.notifications.webhooks.signing import Secrets
from services.notifications.webhooks.targets import Targets

Context = grpc.ServicerContext
_MOST_ENDPOINTS = 20
_MOST_REPLAYED = 2000
_OVERLAP_HOURS = 24
_FIELDS = ("url", "description", "event_types", "enabled")


class WebhookEndpointService(webhooks_pb2_grpc.WebhookEndpointServiceServicer):
    """See webhooks.proto."""

    def __init__(self, database: Database, secrets: Secrets, targets: Targets, clock: Clock = utc_now) -> None:
        self._database = database
        self._secrets = secrets
        self._targets = targets
        self._clock = clock

    def ListWebhookEventTypes(
        self, request: webhooks_pb2.ListWebhookEventTypesRequest, context: Context
    ) -> webhooks_pb2.ListWebhookEventTypesResponse:
        answer = webhooks_pb2.ListWebhookEventTypesResponse()
        for each in catalogue.EVENT_TYPES.values():
            schema = Struct()
            schema.update(each.schema())
            answer.event_types.add(name=each.name, description=each.description, schema=schema)
        return answer

    def CreateWebhookEndpoint(self, request: webhooks_pb2.CreateWebhookEndpointRequest, context: Context) -> webhooks_pb2.WebhookEndpoint:
        person, now = calls.person(), self._clock()
        self._check(request.url, request.event_types)
        endpoint = Endpoint(
            ids.mint(), person.tenant_id, person.user_id, request.url, request.description, sorted(request.event_types), "on", 1, None, None, None,
            now, now,
        )  # fmt: skip
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, webhooks_pb2.WebhookEndpoint)
            if claim.answer is None:
                store.lock_tenant(connection, person.tenant_id)
                if store.count_endpoints(connection, person.tenant_id) >= _MOST_ENDPOINTS:
                    raise errors.FailedPrecondition("TOO_MANY_ENDPOINTS", f"an organization has at most {_MOST_ENDPOINTS} endpoints")
                store.add_endpoint(connection, endpoint)
                audit.record(connection, "webhook_endpoint.created", endpoint_id=endpoint.id)
                claim.keep(to_endpoint(endpoint))
        return self._with_secret(claim.answer or to_endpoint(endpoint), 1)

    def ListWebhookEndpoints(
        self, request: webhooks_pb2.ListWebhookEndpointsRequest, context: Context
    ) -> webhooks_pb2.ListWebhookEndpointsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_endpoints(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return webhooks_pb2.ListWebhookEndpointsResponse(endpoints=map(to_endpoint, rows), next_page_token=token)

    def GetWebhookEndpoint(self, request: webhooks_pb2.GetWebhookEndpointRequest, context: Context) -> webhooks_pb2.WebhookEndpoint:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_endpoint(store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id))

    def UpdateWebhookEndpoint(self, request: webhooks_pb2.UpdateWebhookEndpointRequest, context: Context) -> webhooks_pb2.WebhookEndpoint:
        person, chosen = calls.person(), masks.chosen(request, _FIELDS)
        with self._database.begin(person) as connection:
            endpoint = store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id, lock=True)
            changed = replace(
                endpoint,
                url=request.url if "url" in chosen else endpoint.url,
                description=request.description if "description" in chosen else endpoint.description,
                event_types=sorted(request.event_types) if "event_types" in chosen else list(endpoint.event_types),
            )
            self._check(changed.url, changed.event_types)
            if "enabled" in chosen and request.enabled:
                changed = replace(changed, status="on", failing_since=None, resting_until=None)
            elif "enabled" in chosen and endpoint.status == "on":
                changed = replace(changed, status="switched_off")
            if changed != endpoint:
                changed = replace(changed, updated_at=self._clock())
                store.put_endpoint(connection, changed)
                # Not the address, which may have a secret in it.
                told = audit.change(endpoint, changed, "event_types", "status")
                audit.record(connection, "webhook_endpoint.changed", endpoint_id=endpoint.id, fields=sorted(chosen), **told)
        return to_endpoint(changed)

    def DeleteWebhookEndpoint(self, request: webhooks_pb2.DeleteWebhookEndpointRequest, context: Context) -> Empty:
        person = calls.person()
        with self._database.begin(person) as connection:
            endpoint = store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id, lock=True)
            store.delete_endpoint(connection, endpoint.id, person.tenant_id)
            told = audit.turned(event_types=(list(endpoint.event_types), None))
            audit.record(connection, "webhook_endpoint.deleted", endpoint_id=endpoint.id, **told)
        return Empty()

    def RotateWebhookSecret(self, request: webhooks_pb2.RotateWebhookSecretRequest, context: Context) -> webhooks_pb2.WebhookEndpoint:
        person, now = calls.person(), self._clock()
        hours = request.overlap_hours if request.HasField("overlap_hours") else _OVERLAP_HOURS
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, webhooks_pb2.WebhookEndpoint)
            endpoint = store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id, lock=True)
            if claim.answer is None:
                version = endpoint.secret_version + 1
                endpoint = replace(endpoint, secret_version=version, old_secret_until=now + timedelta(hours=hours), updated_at=now)
                store.put_endpoint(connection, endpoint)
                told = audit.turned(secret_version=(version - 1, version))
                audit.record(connection, "webhook_endpoint.secret_rotated", endpoint_id=endpoint.id, overlap_hours=hours, **told)
                claim.keep(to_endpoint(endpoint))
        return self._with_secret(claim.answer or to_endpoint(endpoint), endpoint.secret_version)

    def SendTestWebhook(self, request: webhooks_pb2.SendTestWebhookRequest, context: Context) -> webhooks_pb2.WebhookDelivery:
        person, now, kind = calls.person(), self._clock(), catalogue.TEST
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, webhooks_pb2.WebhookDelivery)
            if claim.answer is not None:
                return claim.answer
            endpoint = _on(store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id))
            message = recording.compose(kind, person.tenant_id, kind.data(str(endpoint.id), {}), now, now=now)
            store.add_message(connection, message)
            delivery_id = recording.send(connection, endpoint, message.id, now=now)
            audit.record(connection, "webhook_endpoint.tested", endpoint_id=endpoint.id)
            return claim.keep(to_delivery(*store.get_delivery(connection, delivery_id, person.tenant_id)))

    def ListWebhookDeliveries(
        self, request: webhooks_pb2.ListWebhookDeliveriesRequest, context: Context
    ) -> webhooks_pb2.ListWebhookDeliveriesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            endpoint = store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id)
            found = store.list_deliveries(connection, endpoint, page, failed_only=request.failed_only)
        rows, token = page.cut(found, lambda row: [row[0].id])
        return webhooks_pb2.ListWebhookDeliveriesResponse(deliveries=[to_delivery(*row) for row in rows], next_page_token=token)

    def GetWebhookDelivery(self, request: webhooks_pb2.GetWebhookDeliveryRequest, context: Context) -> webhooks_pb2.WebhookDelivery:
        person = calls.person()
        with self._database.begin(person) as connection:
            delivery, message = store.get_delivery(connection, UUID(request.webhook_delivery_id), person.tenant_id)
            attempts = store.list_attempts(connection, delivery.id)
        answer = to_delivery(delivery, message)
        answer.payload = message.payload
        answer.attempts.extend(map(to_attempt, attempts))
        return answer

    def ReplayWebhookDelivery(self, request: webhooks_pb2.ReplayWebhookDeliveryRequest, context: Context) -> webhooks_pb2.WebhookDelivery:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            delivery, message = store.get_delivery(connection, UUID(request.webhook_delivery_id), person.tenant_id)
            endpoint = _on(store.get_endpoint(connection, delivery.endpoint_id, person.tenant_id))
            recording.send(connection, endpoint, message.id, now=now)
            audit.record(connection, "webhook_delivery.replayed", delivery_id=delivery.id)
            delivery, message = store.get_delivery(connection, delivery.id, person.tenant_id)
        return to_delivery(delivery, message)

    def ReplayWebhookEndpoint(
        self, request: webhooks_pb2.ReplayWebhookEndpointRequest, context: Context
    ) -> webhooks_pb2.ReplayWebhookEndpointResponse:
        person, now, since = calls.person(), self._clock(), from_timestamp(request.since_time)
        with self._database.begin(person) as connection:
            endpoint = _on(store.get_endpoint(connection, UUID(request.endpoint_id), person.tenant_id, lock=True))
            found = store.messages_since(connection, endpoint, since, _MOST_REPLAYED + 1, missed_only=request.missed_only)
            if len(found) > _MOST_REPLAYED:
                raise errors.FailedPrecondition("TOO_MUCH_TO_REPLAY", f"more than {_MOST_REPLAYED} events: begin later, or replay in parts")
            for message_id in found:
                recording.send(connection, endpoint, message_id, now=now)
            audit.record(connection, "webhook_endpoint.replayed", endpoint_id=endpoint.id, count=len(found))
        return webhooks_pb2.ReplayWebhookEndpointResponse(count=len(found))

    def _check(self, url: str, event_types: Sequence[str]) -> None:
        self._targets.check(url)
        wrong = catalogue.unknown(event_types)
        if wrong:
            raise errors.invalid_field(
                "event_types", "EVENT_TYPE_UNKNOWN", f"{wrong[0]} is no type of event; GET /webhooks/event-types lists them"
            )

    def _with_secret(self, endpoint: webhooks_pb2.WebhookEndpoint, version: int) -> webhooks_pb2.WebhookEndpoint:
        endpoint.secret = self._secrets.of(UUID(endpoint.id), version)
        return endpoint


def _on(endpoint: Endpoint) -> Endpoint:
    if endpoint.status != "on":
        raise errors.FailedPrecondition("ENDPOINT_OFF", "the endpoint is off: switch it on first")
    return endpoint


def to_endpoint(row: Endpoint) -> webhooks_pb2.WebhookEndpoint:
    """Without its secret."""
    return webhooks_pb2.WebhookEndpoint(
        id=str(row.id), url=row.url, description=row.description, event_types=row.event_types, enabled=row.status == "on",
        disabled_reason="" if row.status == "on" else row.status, old_secret_expire_time=to_timestamp(row.old_secret_until),
        failing_since_time=to_timestamp(row.failing_since), create_time=to_timestamp(row.created_at), update_time=to_timestamp(row.updated_at),
    )  # fmt: skip


def to_delivery(row: Delivery, message: WebhookMessage) -> webhooks_pb2.WebhookDelivery:
    """Without what was sent."""
    return webhooks_pb2.WebhookDelivery(
        id=str(row.id), endpoint_id=str(row.endpoint_id), message_id=webhook_id(row.message_id), event_type=message.event_type, status=row.status,
        attempt_count=row.attempts, next_attempt_time=to_timestamp(row.next_attempt_at), create_time=to_timestamp(row.created_at),
    )  # fmt: skip


def to_attempt(row: Attempt) -> webhooks_pb2.WebhookAttempt:
    return webhooks_pb2.WebhookAttempt(
        time=to_timestamp(row.attempted_at), http_status=row.http_status, problem=row.problem, milliseconds=row.milliseconds
    )
