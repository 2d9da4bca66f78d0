"""A candidate over WebRTC who waits for a question, says a recorded answer, and notes when its last sound went out and when the next question's first came in."""

import asyncio
import fractions
import json
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import av
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

RATE = 48_000
_FRAME = RATE // 50
_AUDIBLE = 500  # of 32768
_PAUSE = 1.0  # seconds without a sound after which a question has been asked
_PATIENCE = 90.0


class Microphone(MediaStreamTrack):
    """Silence, and what is said into it; `voiced_at` is when the last audible sample of that was sent."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()
        self.voiced_at = 0.0
        self._sent, self._began = 0, 0.0

    async def recv(self) -> av.AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - time.monotonic()))
        data = bytes(self.waiting[: 2 * _FRAME]).ljust(2 * _FRAME, b"\0")
        del self.waiting[: 2 * _FRAME]
        if (place := last_audible(data)) >= 0:
            self.voiced_at = time.monotonic() + place / RATE
        frame = av.AudioFrame(format="s16", layout="mono", samples=_FRAME)
        frame.planes[0].update(data)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += _FRAME
        return frame


class Candidate:
    """In the room of one interview. Its lines are kept as they come."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.lines: list[dict[str, Any]] = []
        self.microphone = Microphone()
        self.first_at = self.last_at = 0.0  # of what was heard: the first sound since `listen`, and the last of all
        self._socket = socket
        self._me = ""
        self._connection = RTCPeerConnection()
        self._connection.addTrack(self.microphone)
        self._connection.on("track", lambda track: self._spawn(self._hear(track)))
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._interviewer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tasks = [asyncio.create_task(self._read())]

    async def call(self) -> None:
        await self._connection.setLocalDescription(await self._connection.createOffer())
        to = await asyncio.wait_for(self._interviewer, _PATIENCE)
        description = {"type": "offer", "sdp": self._connection.localDescription.sdp}
        await self._socket.send_json({"signal": {"to": to, "session": "bench", "description": description}})
        sdp = await asyncio.wait_for(self._answer, _PATIENCE)
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def question(self, count: int) -> str:
        """The last line once there are so many, it has been asked aloud, and it is quiet again."""
        async with asyncio.timeout(_PATIENCE):
            while len(self.lines) < count or not self.first_at or time.monotonic() - self.last_at < _PAUSE:
                await asyncio.sleep(0.02)
        return str(self.lines[-1]["content"])

    async def say(self, audio: bytes) -> float:
        """Says it (16-bit samples at RATE) and waits for the first sound of what comes next; answers the seconds between."""
        before = len(self.lines)
        self.first_at, self.microphone.voiced_at = 0.0, 0.0
        self.microphone.waiting += audio
        async with asyncio.timeout(_PATIENCE):
            while self.microphone.waiting:
                await asyncio.sleep(0.02)
            while len(self.lines) < before + 2 or not self.first_at:
                await asyncio.sleep(0.005)
        return self.first_at - self.microphone.voiced_at

    async def close(self) -> None:
        await self._connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Any) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _hear(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            now = time.monotonic()
            samples = array("h", bytes(frame.planes[0])[: 4 * frame.samples])
            if max(map(abs, samples[::8])) > _AUDIBLE and not self.microphone.waiting:
                self.first_at, self.last_at = self.first_at or now, now

    async def _read(self) -> None:
        async for told in self._socket:
            frame = json.loads(told.data)
            if "message" in frame:
                self.lines.append(frame["message"])
            elif "participants" in frame and not self._interviewer.done():
                found = [one["participant_id"] for one in frame["participants"]["participants"] if one["kind"] == "interviewer"]
                if found:
                    self._interviewer.set_result(found[0])
            elif "signal" in frame and "description" in frame["signal"]:
                self._answer.set_result(frame["signal"]["description"]["sdp"])


def last_audible(data: bytes) -> int:
    """The place of the last audible sample; -1 where there is none."""
    samples = array("h", data)
    return next((place for place in range(len(samples) - 1, -1, -1) if abs(samples[place]) > _AUDIBLE), -1)


@asynccontextmanager
async def entering(session: aiohttp.ClientSession, url: str, interview_id: str, token: str) -> AsyncIterator[Candidate]:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.ws_connect(f"{url}/ws/interview/{interview_id}", headers=headers, max_msg_size=0) as socket:
        candidate = Candidate(socket)
        try:
            await candidate.call()
            yield candidate
        finally:
            await candidate.close()
