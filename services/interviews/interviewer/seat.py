"""The interviewer's seat in a room: its lease, its socket, and what those who listen and speak there have in common."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any

import aiohttp

from einstellen.interviews.v1 import interviewer_pb2
from einstellen.rooms.v1 import media_pb2, rooms_pb2
from services.interviews.interviewer.peers import Services
from services.interviews.interviewer.settings import Settings
from services.interviews.interviewer.timing import Wait


class Seat:
    def __init__(self, lease: interviewer_pb2.Lease, services: Services, settings: Settings) -> None:
        self.lease = lease
        self.services = services
        self.settings = settings
        self.me = ""
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.participants: dict[str, media_pb2.Participant] = {}
        self.is_recording = False
        self.over = asyncio.Event()
        self.kept = asyncio.Event()  # all that the candidate has begun to say is stored
        self.kept.set()
        self.wait: Wait | None = None  # the candidate's, for what is said next
        self.active_at = time.monotonic()
        self.background: set[asyncio.Task[None]] = set()
        self._state = "listening"

    @property
    def interview_id(self) -> str:
        return self.lease.interview_id

    async def send(self, **frame: Any) -> None:
        """What is lost here was not worth keeping."""
        if self.socket is not None:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self.socket.send_bytes(rooms_pb2.ClientFrame(**frame).SerializeToString())

    async def tell(self, state: str = "") -> None:
        """What the interviewer does now; without a state, the one that was told last."""
        self._state = state or self._state
        shown = "silent" if self.lease.lead_user_id else self._state
        await self.send(activity=media_pb2.Activity(state=shown, is_recording=self.is_recording))

    async def caption(self, participant_id: str, utterance_id: str, text: str, *, is_final: bool) -> None:
        said = media_pb2.Caption(participant_id=participant_id, utterance_id=utterance_id, text=text[:4000], is_final=is_final)
        await self.send(caption=said)

    def active(self) -> None:
        """Somebody says or does something."""
        self.active_at = time.monotonic()

    def reached(self, step: str) -> None:
        if self.wait is not None:
            self.wait.reached(step)

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return task

    def stop(self) -> None:
        self.over.set()
