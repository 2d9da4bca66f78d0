"""What is recorded of a room: each voice and each picture in pieces of a few seconds, which are kept as soon as they are whole."""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import av

from services.chassis import errors
from services.chassis.logs import log
from services.interviews.interviewer.pictures import Clip, Film, Frame

PIECE_SECONDS = 5.0
_GAP_SECONDS = 0.5
_BITS = 24_000
_TRIES_SECONDS = 300.0
_VOICES, _CLIPS = 60, 12  # pieces that may wait for whoever keeps them: minutes, and some ten megabytes at most


@dataclass
class Piece:
    """A stretch of a voice: samples of 16 bits, and after `encode` Opus in Ogg."""

    track_id: str
    number: int
    user_id: str
    rate: int
    started_at: float
    audio: bytearray = field(default_factory=bytearray)

    kind = "audio"

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


Keep = Callable[[Piece | Clip, bytes], Awaitable[None]]


class Keeper:
    """Has pieces kept in their order, each until it is. `is_full` once there is room for no more."""

    def __init__(self, keep: Keep, most: int) -> None:
        self._keep = keep
        self._whole: asyncio.Queue[Piece | Clip] = asyncio.Queue(most)
        self.is_full = False
        self._task = asyncio.create_task(self._run())

    def put(self, piece: Piece | Clip) -> None:
        try:
            self._whole.put_nowait(piece)
        except asyncio.QueueFull:
            log.warning("a piece of a recording is lost")

    async def close(self) -> None:
        """Waits for those that are left, if that is a matter of moments."""
        try:
            await asyncio.wait_for(self._whole.join(), 3.0)
        except TimeoutError:
            log.warning("the end of a recording is lost")
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            piece = await self._whole.get()
            try:
                await self._keep_one(piece, await asyncio.to_thread(piece.encode))
            except (av.FFmpegError, ValueError) as problem:
                log.warning("a piece of a recording cannot be written", exc_info=problem)
            self._whole.task_done()

    async def _keep_one(self, piece: Piece | Clip, data: bytes) -> None:
        until = time.monotonic() + _TRIES_SECONDS
        while time.monotonic() < until:
            try:
                return await self._keep(piece, data)
            except errors.FailedPrecondition as problem:
                log.warning("not recorded", extra={"reason": problem.reason})
                self.is_full = problem.reason == "RECORDING_FULL"
                return None
            except errors.Refusal:
                await asyncio.sleep(1.0)
        return None


class Recorder:
    """Records while it is on. `keep` is given whole pieces, in the order of each track; where there is no more room for voices, or for pictures, these end."""

    def __init__(self, keep: Keep, kbits: int = 0) -> None:
        """`kbits` a second are taken of a picture, at most."""
        self._kbits = kbits
        self._tracks: dict[str, tuple[str, int]] = {}  # of each voice its track and the next number
        self._open: dict[str, Piece] = {}
        self._films: dict[str, Film] = {}
        self._is_agreed = False
        self._voices, self._clips = Keeper(keep, _VOICES), Keeper(keep, _CLIPS)

    @property
    def is_on(self) -> bool:
        return self._is_agreed and (not self._voices.is_full or (bool(self._films) and not self._clips.is_full))

    def switch(self, on: bool, *, keeps: bool = False) -> None:
        """Off where somebody does not agree any more: what is not kept yet is thrown away, unless it is for another reason and `keeps`."""
        self._is_agreed = on
        if not on:
            if keeps:
                self._finish_all()
            self._open.clear()
            self._films.clear()

    def take(self, user_id: str, audio: bytes, rate: int, at: float) -> None:
        """Samples of somebody's voice, empty for the interviewer's, that begin at a time (seconds since 1970)."""
        if not self._is_agreed or self._voices.is_full:
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

    def see(self, user_id: str, source: str, frame: Frame, at: float) -> bool:
        """A frame of somebody's picture that came by a connection (`source`) at a time. Answers whether a key frame is wanted."""
        if not self._is_agreed or self._clips.is_full:
            return False
        film = self._films.get(user_id)
        if film is None or film.source != source:
            self._finish_film(user_id)
            film = self._films[user_id] = Film(user_id, source, self._kbits)
        clip, is_wanted = film.take(frame, at)
        if clip is not None:
            self._clips.put(clip)
        return is_wanted

    async def close(self) -> None:
        """Keeps what is there."""
        self._finish_all()
        await asyncio.gather(self._voices.close(), self._clips.close())

    def _finish_all(self) -> None:
        for user_id in list(self._open):
            self._finish(user_id)
        for user_id in list(self._films):
            self._finish_film(user_id)

    def _finish(self, user_id: str) -> None:
        piece = self._open.pop(user_id)
        if piece.audio:
            self._voices.put(piece)

    def _finish_film(self, user_id: str) -> None:
        film = self._films.pop(user_id, None)
        if film is not None and (clip := film.finish()) is not None:
            self._clips.put(clip)
