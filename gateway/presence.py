"""Who is in a room now, kept in Redis by every gateway process with an expiry, so that a process that dies leaves nobody behind for long."""

import contextlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import redis.asyncio
from redis.exceptions import RedisError

from einstellen.rooms.v1 import media_pb2
from gateway.media import Part
from services.chassis import rooms as wire

LIFE_SECONDS = 15
REFRESH_SECONDS = 5


@dataclass
class Here:
    """Who is in a room: names by user, and those who take part with sound and picture, by their ids."""

    people: dict[str, str] = field(default_factory=dict)
    participants: dict[str, media_pb2.Participant] = field(default_factory=dict)


class Presence:
    """One sorted set a room: an entry for each socket, scored by when it expires. Without Redis nobody is known to be present, and nothing fails."""

    def __init__(self, client: redis.asyncio.Redis, process: str) -> None:
        self._client = client
        self._process = process
        self._told: set[tuple[str, str]] = set()  # rooms and entries that are in Redis, as far as is known

    def id_of(self, socket: int) -> str:
        """A socket's id among the participants."""
        return f"{self._process}-{socket}"

    def is_own(self, participant_id: str) -> bool:
        return participant_id.startswith(f"{self._process}-")

    def entry(self, user_id: str, name: str, part: Part) -> str:
        who = [user_id, name, part.participant_id]
        return json.dumps([*who, part.kind, list(part.may), part.agrees] if part.may else who)

    async def refresh(self, rooms: Callable[[], Mapping[str, Collection[str]]]) -> list[Here] | None:
        """Keeps these entries alive in these rooms; answers who is in each, or None where Redis does not answer.

        The rooms are asked once more afterwards: an entry that was taken back meanwhile, and which this has just put back, goes again. Else who has
        left, or has agreed to something, would stay as they were until the entry has died.
        """
        now, before = time.time(), {name: set(entries) for name, entries in rooms().items()}
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for room_name, entries in before.items():
                    scored = dict.fromkeys(entries, now + LIFE_SECONDS)
                    if scored:
                        pipeline.zadd(wire.presence(room_name), scored)
                    pipeline.zremrangebyscore(wire.presence(room_name), "-inf", now)
                    pipeline.expire(wire.presence(room_name), 2 * LIFE_SECONDS)
                    pipeline.zrange(wire.presence(room_name), 0, 999)
                try:
                    answers = await pipeline.execute()
                finally:
                    self._told |= {(room_name, entry) for room_name, entries in before.items() for entry in entries}
            after = rooms()
            over = {room_name: entries - set(after.get(room_name, ())) for room_name, entries in before.items()}
            for room_name in filter(over.get, over):
                await self._take_back(room_name, *over[room_name])
        except RedisError:
            return None
        found = [answer for answer in answers if isinstance(answer, list)]
        return [_here([one for one in each if one.decode() not in gone]) for each, gone in zip(found, over.values(), strict=True)]

    async def replace(self, room_name: str, before: str, after: str) -> None:
        """Puts another entry in the place of one."""
        with contextlib.suppress(RedisError):
            await self._take_back(room_name, before)
            self._told.add((room_name, after))
            await self._client.zadd(wire.presence(room_name), {after: time.time() + LIFE_SECONDS})

    async def leave(self, room_name: str, entry: str) -> Here | None:
        """Removes an entry; answers who is left."""
        try:
            await self._take_back(room_name, entry)
        except RedisError:
            self._told.discard((room_name, entry))  # it dies by itself
            return None
        found = await self.refresh(lambda: {room_name: ()})
        return found[0] if found else None

    async def close(self) -> None:
        """Takes back what this process has told of anybody and, cut off in the middle, not taken back yet."""
        with contextlib.suppress(RedisError):
            for room_name, entry in list(self._told):
                await self._take_back(room_name, entry)

    async def _take_back(self, room_name: str, *entries: str) -> None:
        await self._client.zrem(wire.presence(room_name), *entries)
        self._told -= {(room_name, entry) for entry in entries}


def _here(entries: list[bytes]) -> Here:
    found = Here()
    for entry in entries:
        user_id, name, participant_id, *part = json.loads(entry)
        if user_id:
            found.people[user_id] = name
        if part:
            found.participants[participant_id] = to_participant(user_id, name, Part(participant_id, *part))
    return found


def to_participant(user_id: str, name: str, part: Part) -> media_pb2.Participant:
    return media_pb2.Participant(
        participant_id=part.participant_id, user_id=user_id, display_name=name, kind=part.kind, may=part.may, agrees=part.agrees
    )
