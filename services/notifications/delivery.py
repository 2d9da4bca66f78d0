"""How a notification is carried by its channel: looked at anew, handed over, and marked, each time that its task runs."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls
from services.chassis import tasks as chassis
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.chassis.tasks import GiveUp, Handler, Later, Task
from services.notifications import letters, outbox
from services.notifications.breaker import Breaker
from services.notifications.providers.channel import Channel, Device, Patience, Undeliverable
from services.notifications.store import notifications as store
from services.notifications.store import wishes as wishes_store
from services.notifications.tables.notifications import WAITING, Notification


def handlers(database: Database, channels: Mapping[str, Channel], breakers: Mapping[str, Breaker], clock: Clock) -> dict[str, Handler]:
    """A handler for each channel, in_app among them for what is scheduled."""

    def deliver(task: Task) -> None:
        notification_id = UUID(task.payload["notification_id"])
        kind = task.kind.removeprefix("deliver_")
        if kind == "in_app":
            notification, _ = _begin(task, notification_id)
            if notification is not None:
                _sent(task, notification, "")
            return
        channel, breaker = channels.get(kind), breakers.get(kind)
        if channel is None or breaker is None:
            raise LookupError(f"no channel for {kind}: it was configured when this was recorded")
        breaker.admit()
        try:
            notification, again = _begin(task, notification_id)
            devices = _devices(notification) if notification is not None else ()
        except BaseException:
            breaker.release()
            raise
        if notification is None:
            breaker.release()
            return
        try:
            with breaker.watched():
                provider_id = channel.send(notification, devices, again=again)
        except Undeliverable as problem:
            _failed(task, notification, problem)
            return
        except Patience as problem:
            _give_up_when_late(task, notification)
            if problem.seconds:
                raise Later(clock() + timedelta(seconds=problem.seconds * random.uniform(1.0, 1.2)), counted=True) from problem  # noqa: S311 - spreads
            raise
        except Exception:
            _give_up_when_late(task, notification)
            raise
        _sent(task, notification, provider_id)

    def _begin(task: Task, notification_id: UUID) -> tuple[Notification | None, bool]:
        """The notification, if it is to go out now, and whether an earlier attempt may have gone through."""
        now = clock()
        with database.begin(calls.SYSTEM) as connection:
            notification = store.lock_notification(connection, notification_id)
            if notification is None or notification.status not in WAITING:
                chassis.finish(connection, task)
                return None, False
            decided = outbox.decide(connection, notification, now=now)
            if decided.status == "withheld":
                chassis.finish(connection, task)
                store.set_notification(connection, notification_id, status="withheld", failure=decided.failure, html="", calendar="")
                audit.record(connection, "notification.withheld", tenant_id=notification.tenant_id, notification_id=notification_id)
                return None, False
            values: dict[str, object] = {"status": decided.status}
            if decided.status == "queued" and notification.attempted_at is None:
                values["attempted_at"] = now
            store.set_notification(connection, notification_id, **values)
        if decided.at is not None:
            raise Later(decided.at)
        return notification, notification.attempted_at is not None

    def _devices(notification: Notification) -> Sequence[Device]:
        """The browsers of the person that do not have it yet; each is marked once it has."""
        if notification.notification_type != "push" or notification.user_id is None:
            return ()
        with database.begin(calls.SYSTEM) as connection:
            found = wishes_store.untold(connection, notification.user_id, notification.id)

        def device(subscription_id: UUID) -> Device:
            def has_it() -> None:
                with database.begin(calls.SYSTEM) as connection:
                    wishes_store.told(connection, notification.id, subscription_id)

            def is_gone() -> None:
                with database.begin(calls.SYSTEM) as connection:
                    if wishes_store.forget_subscription(connection, subscription_id):
                        audit.record(
                            connection, "push_subscription.gone", tenant_id=notification.tenant_id, push_subscription_id=subscription_id
                        )

            subscription = next(one for one in found if one.id == subscription_id)
            return Device(subscription, has_it, is_gone)

        return [device(one.id) for one in found]

    def _sent(task: Task, notification: Notification, provider_id: str) -> None:
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            if notification.notification_type == "push" and not wishes_store.count_told(connection, notification.id):
                _end(connection, notification, "NO_DEVICE")
                return
            store.mark_sent(connection, notification.id, clock(), secret=_secret(notification), provider_id=provider_id)
            audit.record(connection, "notification.sent", tenant_id=notification.tenant_id, notification_id=notification.id)

    def _failed(task: Task, notification: Notification, problem: Undeliverable) -> None:
        log.warning("notification refused", extra={"notification_id": str(notification.id), "problem": str(problem)})
        with database.begin(calls.SYSTEM) as connection:
            chassis.finish(connection, task)
            _end(connection, notification, problem.failure)
            if problem.suppress:
                wishes_store.suppress(connection, notification.recipient, problem.failure, notification.id, clock())

    def _give_up_when_late(task: Task, notification: Notification) -> None:
        late = clock() - (notification.send_at or notification.created_at) > outbox.GIVE_UP_AFTER
        if late or task.attempts >= task.max_attempts:
            with database.begin(calls.SYSTEM) as connection:
                _end(connection, notification, "EXPIRED" if late else "ATTEMPTS_EXHAUSTED")
            raise GiveUp("the notification is a dead letter now")

    def _end(connection: Connection, notification: Notification, failure: str) -> None:
        store.mark_failed(connection, notification.id, failure, secret=_secret(notification))
        audit.record(connection, "notification.failed", tenant_id=notification.tenant_id, notification_id=notification.id)

    return {f"deliver_{kind}": deliver for kind in ("in_app", "email", "sms", "push")}


def _secret(notification: Notification) -> bool:
    return notification.template in letters.TEMPLATES and letters.TEMPLATES[notification.template].secret
