"""A candidate with a microphone and a loudspeaker: a socket to the gateway and a WebRTC peer, as a browser has."""

import asyncio
import fractions
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from gateway.__main__ import Gateway
from services.chassis.settings import load
from services.interviews.interviewer.__main__ import Interviewer, start
from services.interviews.interviewer.settings import Settings
from tests.conftest import Account, House
from tests.gateway.sockets import Client, connect

ANSWER = Path(__file__).parents[4] / "cli" / "demo" / "data" / "answer.ogg"
_RATE = 48_000
_PATIENCE = 60.0  # a model may have to be loaded on a busy machine


def samples(path: Path, seconds: float | None = None) -> bytes:
    """A recording at 48 kHz."""
    resampler, found = av.AudioResampler(format="s16", layout="mono", rate=_RATE), b""
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            found += b"".join(bytes(piece.planes[0])[: 2 * piece.samples] for piece in resampler.resample(frame))
    return found[: int(seconds * _RATE) * 2] if seconds else found


class Microphone(MediaStreamTrack):
    """Silence, and what one says into it."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()
        self.said_at = 0.0
        self._sent, self._began = 0, 0.0

    async def recv(self) -> av.AudioFrame:
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._sent / _RATE - time.monotonic()))
        size = _RATE // 50 * 2
        data = bytes(self.waiting[:size]).ljust(size, b"\0")
        if self.waiting and len(self.waiting) <= size:
            self.said_at = time.monotonic()
        del self.waiting[:size]
        frame = av.AudioFrame(format="s16", layout="mono", samples=size // 2)
        frame.planes[0].update(data)
        frame.sample_rate, frame.pts, frame.time_base = _RATE, self._sent, fractions.Fraction(1, _RATE)
        self._sent += size // 2
        return frame


class Caller:
    """`heard` has the time of each twenty milliseconds in which something was to be heard."""

    def __init__(self, client: Client, camera: MediaStreamTrack | None = None) -> None:
        self.client = client
        self.microphone = Microphone()
        self.heard: list[float] = []
        self._session = str(uuid4())
        self._connection = RTCPeerConnection()
        self._connection.addTrack(self.microphone)
        if camera is not None:
            self._connection.addTrack(camera)
        self._connection.on("track", self._listen)
        self._listening: asyncio.Task[None] | None = None

    def interviewer(self) -> str:
        """Its place among the participants; empty while it is not there."""
        told = [other["participants"]["participants"] for other in self.client.others if "participants" in other]
        return next((one["participant_id"] for one in told[-1] if one["kind"] == "interviewer"), "") if told else ""

    async def call(self) -> None:
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer, offer = None, {"type": "offer", "sdp": self._connection.localDescription.sdp}
        while answer is None:  # another interviewer may come meanwhile
            to = await self.client.until(self.interviewer, "the interviewer is there")
            await self.client.send(signal={"to": to, "session": self._session, "description": offer})
            await self.client.until(lambda to=to: self._answer() or self.interviewer() not in ("", to), "an answer")
            answer = self._answer()
        await self._connection.setRemoteDescription(RTCSessionDescription(answer["description"]["sdp"], "answer"))

    async def says(self, audio: bytes) -> None:
        """Returns when all of it has been said."""
        self.microphone.waiting += audio
        while self.microphone.waiting:  # noqa: ASYNC110 - the microphone keeps its own time
            await asyncio.sleep(0.02)

    async def hears(self, what: str) -> None:
        """Half a second of the interviewer's voice, from now on."""
        before = len(self.heard)
        await self.client.until(lambda: len(self.heard) > before + 25, what)

    def _answer(self) -> dict[str, Any] | None:
        told = [other["signal"] for other in self.client.others if "signal" in other]
        return next((one for one in told if one["session"] == self._session and one.get("description")), None)

    def captions(self) -> list[dict[str, Any]]:
        return [other["caption"] for other in self.client.others if "caption" in other]

    def activities(self) -> list[str]:
        return [other["activity"]["state"] for other in self.client.others if "activity" in other]

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
        await self._connection.close()

    def _listen(self, track: MediaStreamTrack) -> None:
        if track.kind != "audio":
            return
        self._listening = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        while True:
            frame = await track.recv()
            if max(map(abs, array("h", bytes(frame.planes[0])[: 4 * frame.samples : 16]))) > 500:
                self.heard.append(time.monotonic())
                self.client._changed.set()


@asynccontextmanager
async def interviewing(house: House, door: Gateway, **values: str) -> AsyncIterator[Interviewer]:
    environment = {**house.environment, "GATEWAY_URL": door.address, "LISTEN": "127.0.0.1:0", **values}
    running = await start(load(Settings, "interviewer", environment))
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def calling(door: Gateway, interview_id: str, account: Account, camera: MediaStreamTrack | None = None) -> AsyncIterator[Caller]:
    async with connect(door, interview_id, account, kind="interview") as client:
        client.patience = _PATIENCE
        await client.until(lambda: client.welcome, "the welcome")
        caller = Caller(client, camera)
        try:
            await caller.call()
            yield caller
        finally:
            await caller.close()
