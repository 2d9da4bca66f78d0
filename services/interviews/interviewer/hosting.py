"""The rooms that this process holds: it leases those that wait, as many as it may, and gives them back when it stops."""

import asyncio
import contextlib
import os
import socket
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.chassis import errors
from services.chassis.logs import log
from services.interviews.interviewer.peers import Services
from services.interviews.interviewer.session import Session
from services.interviews.interviewer.settings import Settings

_CHANNEL = "interviewers"
_LOOK_SECONDS = 5.0


class Host:
    """Looks for rooms whenever it is called, and every few seconds in case that it did not hear."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._called = asyncio.Event()
        self.sessions: dict[asyncio.Task[None], Session] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._lease()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        for task in self._tasks:
            while not task.done():  # again, because the Redis client turns a cancellation while it connects into a timeout
                task.cancel()
                await asyncio.wait([task], timeout=0.2)
        for session in self.sessions.values():
            session.stop()
        if self.sessions:
            await asyncio.wait(list(self.sessions), timeout=5.0)

    async def _lease(self) -> None:
        while True:
            self._called.clear()
            try:
                while len(self.sessions) < self._settings.most_rooms and (lease := await self._services.lease(self._name)) is not None:
                    log.info("room leased", extra={"interview_id": lease.interview_id})
                    session = Session(lease, self._services, self._settings)
                    task = asyncio.create_task(session.run())
                    self.sessions[task] = session
                    task.add_done_callback(self._ended)
            except errors.Refusal as problem:
                log.warning("no rooms leased", extra={"reason": problem.reason})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), _LOOK_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self.sessions[task]
        self._called.set()
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("session failed", exc_info=problem)

    async def _listen(self) -> None:
        while True:
            # Made anew after each failure: the connection that it goes by may be of a Redis that has restarted.
            options: dict[str, Any] = {
                "socket_connect_timeout": 1,
                "socket_timeout": 5,
                "health_check_interval": 5,
                "retry": Retry(NoBackoff(), 0),
            }
            client = redis.asyncio.Redis.from_url(self._settings.redis_url, **options)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(_CHANNEL)
                    self._called.set()
                    while True:
                        if await pubsub.get_message(ignore_subscribe_messages=True, timeout=4.0) is not None:
                            self._called.set()
            except (RedisError, OSError) as problem:
                log.info("redis away", extra={"problem": type(problem).__name__})
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(0.5)
