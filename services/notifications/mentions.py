"""Telling people that they were mentioned in a room, where they do not see it there themselves."""

import time
from typing import Any
from uuid import UUID

import redis

from services.chassis import calls, tasks
from services.chassis import rooms as wire
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.logs import log
from services.chassis.tasks import Handler, Task
from services.notifications import letters, outbox
from services.notifications.store import notifications as contacts
from services.notifications.store import rooms as store
from services.notifications.store import wishes

TASK = "tell_mentioned"
_TEMPLATE = "mention"


def handlers(database: Database, gateways: redis.Redis, clock: Clock) -> dict[str, Handler]:
    def tell(task: Task) -> None:
        message_id, user_id = UUID(task.payload["message_id"]), UUID(task.payload["user_id"])
        with database.begin(calls.SYSTEM) as connection:
            room_name = store.room_name_of(connection, message_id)
        looks = room_name is not None and _looks(gateways, room_name, user_id)
        with database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            mention = None if looks else store.unread_mention(connection, message_id, user_id)
            if mention is not None:
                contact, told = contacts.find_contact(connection, user_id), letters.TEMPLATES[_TEMPLATE]
                name = store.names_of(connection, {mention.sender_id}).get(mention.sender_id) or "Somebody"
                reader = outbox.reader(
                    wishes.find_wishes(connection, user_id), told.kind, first_name=contact.first_name if contact else "", user_id=user_id
                )  # fmt: skip
                letter = letters.render(_TEMPLATE, {"sender_name": name, "title": mention.title}, reader, now=clock())
                outbox.post(connection, letter, "in_app", "", tenant_id=mention.tenant_id, now=clock(), template=_TEMPLATE, user_id=user_id)

    return {TASK: tell}


def _looks(gateways: redis.Redis, room_name: str, user_id: UUID) -> bool:
    """Whether the person has the room open now, as the gateways know it; without Redis nobody does."""
    try:
        entries: Any = gateways.zrangebyscore(wire.presence(room_name), time.time(), "+inf")
    except redis.RedisError as problem:
        log.warning("presence not read", extra={"problem": type(problem).__name__})
        return False
    return str(user_id) in wire.users(entries)
