"""The task that sends a webhook: one attempt, what came of it, and when the next one is."""

import random
import time
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.chassis.tasks import Handler, Task
from services.notifications import letters, outbox
from services.notifications.store import notifications as people
from services.notifications.store import webhooks as store
from services.notifications.store import wishes
from services.notifications.tables.webhooks import Attempt, Delivery, Endpoint, WebhookMessage
from services.notifications.webhooks.recording import TASK
from services.notifications.webhooks.signing import Secrets, sign
from services.notifications.webhooks.targets import Answer, Targets

# How long after each failed attempt the next one comes; after the last the delivery has failed, and can be replayed.
PAUSES = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=14),
    timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
GIVEN_UP_AFTER = timedelta(days=5)
_GONE = 410
_TEMPLATE = "webhook_off"
# An endpoint that does not answer holds a worker for long: for this long no other is tried with it.
_REST = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=24)


def webhook_id(message_id: UUID) -> str:
    return f"msg_{message_id.hex}"


def handlers(database: Database, secrets: Secrets, targets: Targets, clock: Clock, *, mail: bool) -> dict[str, Handler]:
    """`mail` says that there is a channel for it: whoever made an endpoint is told there that it was switched off."""

    def send(task: Task) -> None:
        delivery_id = UUID(task.payload["delivery_id"])
        with database.begin(calls.SYSTEM) as connection:
            found = store.find_delivery(connection, delivery_id, task.id)
            if found is None:
                return
            delivery, message, endpoint = found
            now = clock()
            if endpoint.status != "on":
                tasks.finish(connection, task)
                store.set_delivery(connection, delivery.id, status="failed", next_attempt_at=None)
                return
            if endpoint.resting_until is not None and endpoint.resting_until > now:
                tasks.finish(connection, task)
                _wait(connection, delivery, endpoint.resting_until + timedelta(seconds=random.uniform(0, 2)))  # noqa: S311 - spreads them
                return
        began = time.monotonic()
        answer = _post(endpoint, message, now)
        milliseconds = int((time.monotonic() - began) * 1000)
        with database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            current = store.lock_delivery(connection, delivery_id)
            if current is None:
                return
            attempt = Attempt(delivery_id, current.attempts + 1, now, answer.http_status, answer.problem, milliseconds)
            store.add_attempt(connection, attempt)
            store.set_delivery(connection, delivery_id, attempts=attempt.number)
            _conclude(connection, current, endpoint, answer, clock(), mine=current.task_id == task.id)

    def _post(endpoint: Endpoint, message: WebhookMessage, now: datetime) -> Answer:
        body = message.payload.encode()
        versions = [endpoint.secret_version]
        if endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
            versions.append(endpoint.secret_version - 1)
        name, timestamp = webhook_id(message.id), int(now.timestamp())
        headers = {
            "content-type": "application/json", "user-agent": "Einstellen-Webhooks/1", "webhook-id": name, "webhook-timestamp": str(timestamp),
            "webhook-signature": sign([secrets.of(endpoint.id, version) for version in versions], name, timestamp, body),
        }  # fmt: skip
        return targets.post(endpoint.url, headers, body)

    def _conclude(connection: Connection, delivery: Delivery, endpoint: Endpoint, answer: Answer, now: datetime, *, mine: bool) -> None:
        """`mine` is false where the delivery was replayed while this attempt was on its way: the other task has the rest of it."""
        if 200 <= answer.http_status < 300:
            store.set_delivery(connection, delivery.id, status="delivered", next_attempt_at=None)
            if endpoint.failing_since is not None:
                store.set_endpoint(connection, endpoint.id, failing_since=None, resting_until=None)
            return
        log.info("webhook not taken", extra={"endpoint_id": str(endpoint.id), "status": answer.http_status, "problem": answer.problem})
        held = store.get_endpoint(connection, endpoint.id, endpoint.tenant_id, lock=True)
        since = held.failing_since or now
        resting = now + _REST if answer.problem == "TIMED_OUT" else held.resting_until
        store.set_endpoint(connection, endpoint.id, failing_since=since, resting_until=resting)
        over = "gone" if answer.http_status == _GONE else "failing" if now - since >= GIVEN_UP_AFTER else ""
        if over and held.status == "on":
            _switch_off(connection, held, over, now)
        if not mine:
            return
        made = delivery.attempts - delivery.attempts_before
        if over or made >= len(PAUSES):
            store.set_delivery(connection, delivery.id, status="failed", next_attempt_at=None)
            return
        pause = max(PAUSES[made] * random.uniform(1.0, 1.1), min(timedelta(seconds=answer.retry_after), _LONGEST_WAIT))  # noqa: S311 - spreads them
        _wait(connection, delivery, now + pause)

    def _wait(connection: Connection, delivery: Delivery, until: datetime) -> None:
        task_id = tasks.enqueue(connection, TASK, {"delivery_id": delivery.id}, tenant_id=delivery.tenant_id, run_at=until)
        store.set_delivery(connection, delivery.id, task_id=task_id, next_attempt_at=until)

    def _switch_off(connection: Connection, endpoint: Endpoint, why: str, now: datetime) -> None:
        store.set_endpoint(connection, endpoint.id, status=why, updated_at=now)
        told = audit.turned(status=(endpoint.status, why))
        audit.record(connection, "webhook_endpoint.switched_off", tenant_id=endpoint.tenant_id, endpoint_id=endpoint.id, **told)
        contact = people.find_contact(connection, endpoint.user_id) if mail else None
        if contact is not None:
            reader = outbox.reader(
                wishes.find_wishes(connection, contact.user_id), letters.TEMPLATES[_TEMPLATE].kind, first_name=contact.first_name,
                user_id=contact.user_id,
            )  # fmt: skip
            words = {"url": endpoint.url, "endpoint_id": str(endpoint.id), "gone": why if why == "gone" else ""}
            letter = letters.render(_TEMPLATE, words, reader, now=now)
            outbox.post(
                connection,
                letter,
                "email",
                contact.email,
                tenant_id=endpoint.tenant_id,
                now=now,
                template=_TEMPLATE,
                user_id=contact.user_id,
            )

    return {TASK: send}
