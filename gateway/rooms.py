"""The rooms with sockets in this process: one Redis subscription each, messages in the order of their numbers, each frame encoded once."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol, TypeVar

import redis.asyncio
from google.protobuf.message import DecodeError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from einstellen.rooms.v1 import media_pb2, rooms_pb2
from gateway import counters, frames, media
from gateway.owners import Owner
from gateway.presence import REFRESH_SECONDS, Here, Presence, to_participant
from gateway.sockets import Socket
from services.chassis import errors
from services.chassis import rooms as wire
from services.chassis.logs import log

_SUBSCRIBE_SECONDS = 2.0
_LONGEST_PAUSE = 1.0
_WAIT_FOR_EARLIER = 0.05
_MOST_EARLY = 500
_HEAL = None
MOST_SHOWN = 200
Frame = rooms_pb2.ServerFrame


class Room:
    """A room in this process. Its own task takes what Redis and the owner's answers bring and hands it on, one after the other.

    Messages are handed on in the order of their numbers without a gap: one that comes early waits a moment for those before it, which are then loaded from
    the owner. A socket joins by loading until it has caught up with `seq`, the newest number handed on, and follows from there.
    """

    spoiled = False

    def __init__(self, name: str, owner: Owner, rooms: "Rooms") -> None:
        self.name = name
        self._rooms = rooms
        self.channel = wire.channel(name)
        self.owner = owner
        self.seq: int | None = None
        self.sockets: set[Socket] = set()
        self.holders = 0
        self.present: dict[str, str] = {}
        self.participants: dict[str, media_pb2.Participant] = {}
        self.subscribed = asyncio.Event()
        self._inbox: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._early: dict[int, Frame] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._task = asyncio.create_task(self._run())

    def hear(self, data: bytes) -> None:
        """Takes what Redis brought; raises DecodeError for what is no frame."""
        self.take(wire.unpack(data))

    def take(self, frame: Frame) -> None:
        self._inbox.put_nowait(frame)

    def heal(self) -> None:
        """Loads what may have been missed while Redis was away."""
        self._inbox.put_nowait(_HEAL)

    def follow(self, socket: Socket) -> None:
        """From here on the socket gets what comes; it has loaded all up to `seq`."""
        socket.live = True
        if self.seq is None:
            self.seq = socket.seen
            self._hand_on()
            self.heal()  # Redis may have come back between this socket's loading and now

    def caught_up(self, socket: Socket) -> bool:
        return self.seq is None or socket.seen >= self.seq

    def update_present(self, people: dict[str, str]) -> None:
        """Tells the sockets of this process who came and went since they were last told; in a crowd nobody is told, for it would be told of itself."""
        if max(len(people), len(self.present)) > MOST_SHOWN:
            self.present = people
            return
        for user_id, name in people.items() - self.present.items():
            if user_id not in self.present:
                self._tell(Frame(presence=rooms_pb2.Presence(user_id=user_id, display_name=name, online=True)))
        for user_id in self.present.keys() - people.keys():
            self._tell(Frame(presence=rooms_pb2.Presence(user_id=user_id, display_name=self.present[user_id], online=False)))
        self.present = people

    def update_participants(self, elsewhere: Here | None) -> None:
        """Tells the sockets of this process who takes part with sound and picture, where that has changed. Who is at this process is known without Redis."""
        own = {
            socket.part.participant_id: to_participant(socket.user_id, socket.name, socket.part)
            for socket in self.sockets
            if socket.part.may
        }
        others = elsewhere.participants if elsewhere else {}
        everybody = {one: others[one] for one in others if not self._rooms.presence.is_own(one)} | own
        if everybody != self.participants:
            self.participants = everybody
            self._tell(Frame(participants=media.told(everybody)))

    async def close(self) -> None:
        self._closed = True  # as well, because the Redis client may turn a cancellation into an answer that did not come
        self._task.cancel()
        if self._timer:
            self._timer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while not self._closed:
            frame = await self._inbox.get()
            try:
                if frame is _HEAL:
                    await self._load()
                elif frame.HasField("message"):
                    self._early[frame.message.seq] = frame
                    self._hand_on()
                elif frame.HasField("presence"):
                    person = frame.presence
                    others = {user_id: name for user_id, name in self.present.items() if user_id != person.user_id}
                    self.update_present(others | {person.user_id: person.display_name} if person.online else others)
                elif frame.HasField("participants"):
                    self.update_participants(await self._rooms.look(self))
                elif frame.HasField("signal"):
                    self._tell_one(frame)
                else:
                    self._tell(frame)
            except Exception as problem:  # noqa: BLE001 - one bad frame must not end the room
                log.error("frame not handed on", exc_info=problem)

    def _hand_on(self) -> None:
        """Tells every message whose turn has come; for others that are early a timer is set."""
        if self.seq is None:
            # Nobody follows yet. The newest is enough to know that something is missing.
            while len(self._early) > _MOST_EARLY:
                del self._early[min(self._early)]
            return
        for seq in [seq for seq in self._early if seq <= self.seq]:
            del self._early[seq]
        while (frame := self._early.pop(self.seq + 1, None)) is not None:
            self.seq += 1
            self._tell_message(frame)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if len(self._early) > _MOST_EARLY:
            self.heal()
        elif self._early:
            self._timer = asyncio.get_running_loop().call_later(_WAIT_FOR_EARLIER, self.heal)

    async def _load(self) -> None:
        """Loads from the owner, with the token of any socket here, what comes after `seq`."""
        if self.seq is None:
            return
        counters.HEALED.inc()
        for socket in list(self.sockets):
            try:
                more = True
                while more:
                    answer = await self.owner.load(self.name, self.seq, socket.identity)
                    for message in answer.messages:
                        self._early[message.seq] = Frame(message=message)
                    self._hand_on()
                    more = answer.more
            except (errors.Unauthenticated, errors.NotFound):
                continue  # this one's token has expired, or they are out of the room; another's will do
            except errors.Refusal:
                self._timer = asyncio.get_running_loop().call_later(_LONGEST_PAUSE, self.heal)  # the owner is away: again, until it is back
            return

    def _tell_message(self, frame: Frame) -> None:
        message, data = frame.message, frames.encode(frame)
        for socket in self.sockets:
            if socket.live and message.seq > socket.seen:
                socket.seen = message.seq
                if message.sender_id == socket.user_id:
                    socket.saying.discard(message.client_id)
                socket.tell(data)

    def _tell_one(self, frame: Frame) -> None:
        """Also to one that still loads what was said: whoever is seen among the participants may be called, and a call that is lost is not repeated."""
        for socket in self.sockets:
            if socket.part.participant_id == frame.signal.to:
                socket.tell(frames.encode(frame))

    def _tell(self, frame: Frame) -> None:
        """To all; typing goes to the others alone."""
        data, typist = frames.encode(frame), frame.typing.user_id if frame.HasField("typing") else None
        for socket in self.sockets:
            if socket.live and socket.user_id != typist:
                socket.tell(data)


class Heard(Protocol):
    """What follows a channel of Redis in this process: a room, or a document. One that is spoiled takes nobody new."""

    channel: str
    holders: int
    subscribed: asyncio.Event
    spoiled: bool

    def hear(self, data: bytes) -> None: ...
    def heal(self) -> None: ...
    async def close(self) -> None: ...


Kind = TypeVar("Kind", bound=Heard)


class Rooms:
    """All rooms of this process, and its one connection that listens to Redis. Redis may go away: sockets stay, and rooms heal when it is back."""

    def __init__(self, redis_url: str) -> None:
        # No retries inside the client: a reconnect is ours to see, because every room has to heal after it.
        # What is published is tried twice: the connection that it first goes by may be of a Redis that has restarted.
        options: dict[str, Any] = {"socket_connect_timeout": 1, "health_check_interval": 5}
        self._listener = redis.asyncio.Redis.from_url(redis_url, socket_timeout=5, retry=Retry(NoBackoff(), 0), **options)
        self._client = redis.asyncio.Redis.from_url(redis_url, socket_timeout=1, max_connections=50, retry=Retry(NoBackoff(), 1), **options)
        self._pubsub = self._listener.pubsub()
        self._commands = asyncio.Lock()
        self._heard: dict[str, Heard] = {}
        self.process = secrets.token_hex(6)
        self.presence = Presence(self._client, self.process)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._refresh())]

    async def stop(self) -> None:
        for task in self._tasks:
            # Again until it is done: the Redis client turns a cancellation while it connects into a timeout.
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=0.2)
        await self.presence.close()
        for room in self._heard.values():
            await room.close()
        with contextlib.suppress(RedisError, OSError):
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._listener.aclose()
        await self._client.aclose()

    async def ping(self) -> None:
        await self._client.ping()

    def hears(self, channel: str) -> bool:
        """Whether what Redis brings on that channel reaches somebody here now."""
        return channel in self._heard and self._heard[channel].subscribed.is_set()

    async def enter(self, channel: str, make: Callable[[], Kind]) -> Kind:
        """What follows that channel, made where nobody does yet, and subscribed to if Redis answers; every `enter` needs its `leave`."""
        found: Kind | None = self._heard.get(channel)  # type: ignore[assignment]
        if found is None or found.spoiled:
            found = make()
            self._heard[channel] = found
            found.holders += 1
            counters.ROOMS.set(len(self._heard))
            await self._command(channel)
        else:
            found.holders += 1
        with contextlib.suppress(TimeoutError):  # without Redis: what this process itself appends is handed on, the rest when it is back
            await asyncio.wait_for(found.subscribed.wait(), _SUBSCRIBE_SECONDS)
        return found

    async def leave(self, heard: Heard) -> None:
        heard.holders -= 1
        if heard.holders == 0:
            if self._heard.get(heard.channel) is heard:
                del self._heard[heard.channel]
            counters.ROOMS.set(len(self._heard))
            await heard.close()
            await self._command(heard.channel)

    async def publish(self, room_name: str, frame: Frame) -> None:
        """To every gateway process; what is lost here was not worth keeping, for messages are the owner's."""
        await self.tell(wire.channel(room_name), wire.pack(frame))

    async def tell_participants(self, room: Room) -> None:
        """Has every process look who takes part now, each for itself: what one has seen may be old by the time that another hears of it."""
        room.take(Frame(participants=media_pb2.Participants()))
        await self.publish(room.name, Frame(participants=media_pb2.Participants()))

    async def tell(self, channel: str, data: bytes) -> None:
        with contextlib.suppress(RedisError):
            await self._client.publish(channel, data)

    async def _command(self, channel: str) -> None:
        """Subscribes or unsubscribes as the room is there or not now, whatever it was when this was asked for."""
        async with self._commands:
            with contextlib.suppress(RedisError, OSError):
                if channel in self._heard:
                    await self._pubsub.subscribe(channel)
                else:
                    await self._pubsub.unsubscribe(channel)

    async def _listen(self) -> None:
        pause = 0.05
        while True:
            try:
                # One channel always, so that there is a connection to listen on.
                async with self._commands:
                    await self._pubsub.subscribe("gateways", *self._heard)
                while True:
                    told = await self._pubsub.get_message(timeout=5.0)
                    pause = 0.05
                    if told is not None:
                        self._take(told["type"], told["channel"], told["data"])
            except (RedisError, OSError) as problem:
                if any(room.subscribed.is_set() for room in self._heard.values()):
                    log.warning("redis away", extra={"problem": type(problem).__name__})
                for room in self._heard.values():
                    room.subscribed.clear()
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                self._pubsub = self._listener.pubsub()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _take(self, kind: str, channel: bytes, data: bytes) -> None:
        room = self._heard.get(channel.decode())
        if room is None:
            return
        if kind == "subscribe":
            # Whatever came between the last subscription and this one was not heard.
            room.subscribed.set()
            room.heal()
        elif kind == "message":
            with contextlib.suppress(DecodeError):
                room.hear(data)

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            rooms = [room for room in self._heard.values() if isinstance(room, Room)]
            found = await self.presence.refresh(partial(self._entries, rooms))
            for room, here in zip(rooms, found or (), strict=False):
                room.update_present(here.people)
                if here.participants or room.participants:
                    room.update_participants(here)

    async def look(self, room: Room) -> Here | None:
        """Who is in the room now, at whichever process."""
        found = await self.presence.refresh(partial(self._entries, [room]))
        return found[0] if found else None

    def _entries(self, rooms: Iterable[Room]) -> dict[str, list[str]]:
        """Those of this process in each room, as they are at the moment."""
        return {room.name: [self.presence.entry(each.user_id, each.name, each.part) for each in room.sockets] for room in rooms}
