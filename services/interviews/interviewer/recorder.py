"""What is recorded of a room's voices: each one in pieces of a few seconds, which are kept as soon as they are whole."""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import av

from services.chassis import errors
from services.chassis.logs import log

PIECE_SECONDS = 5.0
_GAP_SECONDS = 0.5
_BITS = 24_000
_WAITING = 60  # pieces that may wait for whoever keeps them: five minutes


@dataclass
class Piece:
    """A stretch of a voice: samples of 16 bits, and after `encode` Opus in Ogg."""

    track_id: str
    number: int
    user_id: str
    rate: int
    started_at: float
    audio: bytearray = field(default_factory=bytearray)

    @property
    def seconds(self) -> float:
        return len(self.audio) / (2 * self.rate)

    def encode(self) -> bytes:
        file = io.BytesIO()
        with av.open(file, "w", format="ogg") as container:
            stream = container.add_stream("libopus", rate=self.rate)
            stream.layout, stream.bit_rate = "mono", _BITS
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(self.audio) // 2)
            frame.planes[0].update(bytes(self.audio))
            frame.sample_rate = self.rate
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return file.getvalue()


class Recorder:
    """Records while it is on. `keep` is given whole pieces, in the order of each track; what it refuses for good ends the recording."""

    def __init__(self, keep: Callable[[Piece, bytes], Awaitable[None]]) -> None:
        self._keep = keep
        self._tracks: dict[str, tuple[str, int]] = {}  # of each voice its track and the next number
        self._open: dict[str, Piece] = {}
        self._whole: asyncio.Queue[Piece] = asyncio.Queue(_WAITING)
        self.is_on = False
        self._full = False
        self._task = asyncio.create_task(self._run())

    def switch(self, on: bool) -> None:
        """Off where somebody does not agree any more: what is not kept yet is thrown away."""
        self.is_on = on and not self._full
        if not self.is_on:
            self._open.clear()

    def take(self, user_id: str, audio: bytes, rate: int, at: float) -> None:
        """Samples of somebody's voice, empty for the interviewer's, that begin at a time (seconds since 1970)."""
        if not self.is_on:
            return
        piece = self._open.get(user_id)
        if piece is not None and (piece.seconds >= PIECE_SECONDS or abs(piece.started_at + piece.seconds - at) > _GAP_SECONDS):
            self._finish(user_id)
            piece = None
        if piece is None:
            track_id, number = self._tracks.get(user_id, (str(uuid4()), 0))
            self._tracks[user_id] = (track_id, number + 1)
            piece = self._open[user_id] = Piece(track_id, number, user_id, rate, at)
        piece.audio += audio

    async def close(self) -> None:
        """Keeps what is there, if that is a matter of moments."""
        for user_id in list(self._open):
            self._finish(user_id)
        try:
            await asyncio.wait_for(self._whole.join(), 3.0)
        except TimeoutError:
            log.warning("the end of a recording is lost")
        self._task.cancel()

    def _finish(self, user_id: str) -> None:
        piece = self._open.pop(user_id)
        if piece.audio:
            try:
                self._whole.put_nowait(piece)
            except asyncio.QueueFull:
                log.warning("a piece of a recording is lost")

    async def _run(self) -> None:
        while True:
            piece = await self._whole.get()
            data = await asyncio.to_thread(piece.encode)
            until = time.monotonic() + _WAITING * PIECE_SECONDS
            while time.monotonic() < until:
                try:
                    await self._keep(piece, data)
                    break
                except errors.FailedPrecondition as problem:
                    log.warning("not recorded", extra={"reason": problem.reason})
                    self._full = problem.reason == "RECORDING_FULL"
                    self.switch(self.is_on)
                    break
                except errors.Refusal:
                    await asyncio.sleep(1.0)
            self._whole.task_done()
