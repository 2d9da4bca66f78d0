"""Who is in a room now, kept in Redis by every gateway process with an expiry, so that a process that dies leaves nobody behind for long."""

import json
import time
from collections.abc import Iterable, Sequence

import redis.asyncio
from redis.exceptions import RedisError

LIFE_SECONDS = 15
REFRESH_SECONDS = 5


class Presence:
    """One sorted set a room: an entry for each socket, scored by when it expires. Without Redis nobody is known to be present, and nothing fails."""

    def __init__(self, client: redis.asyncio.Redis, process: str) -> None:
        self._client = client
        self._process = process

    def entry(self, user_id: str, name: str, socket: int) -> str:
        return json.dumps([user_id, name, f"{self._process}:{socket}"])

    async def refresh(self, rooms: Sequence[tuple[str, Iterable[str]]]) -> list[dict[str, str]] | None:
        """Keeps these entries alive in these rooms; answers who is in each (names by user), or None where Redis does not answer."""
        now = time.time()
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for room_name, entries in rooms:
                    scored = dict.fromkeys(entries, now + LIFE_SECONDS)
                    if scored:
                        pipeline.zadd(_key(room_name), scored)
                    pipeline.zremrangebyscore(_key(room_name), "-inf", now)
                    pipeline.expire(_key(room_name), 2 * LIFE_SECONDS)
                    pipeline.zrange(_key(room_name), 0, 999)
                answers = await pipeline.execute()
        except RedisError:
            return None
        return [_people(answer) for answer in answers if isinstance(answer, list)]

    async def leave(self, room_name: str, entry: str) -> dict[str, str] | None:
        """Removes an entry; answers who is left."""
        try:
            await self._client.zrem(_key(room_name), entry)
        except RedisError:
            return None
        found = await self.refresh([(room_name, [])])
        return found[0] if found else None


def _key(room_name: str) -> str:
    return f"presence:{room_name}"


def _people(entries: list[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        user_id, name, _ = json.loads(entry)
        found[user_id] = name
    return found
