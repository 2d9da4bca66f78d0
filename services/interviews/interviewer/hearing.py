"""What the interviewer hears of the candidate: where speech begins and pauses, each stretch of it written down, and where the turn ends."""

import asyncio
import contextlib
import math
import time
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from einstellen.inference.v1 import speech_pb2
from services.chassis import errors
from services.chassis.logs import log

RATE = 16_000
CHUNK = 512  # samples that are judged at once
CHUNK_SECONDS = CHUNK / RATE
_BEFORE = 8  # chunks before the beginning that belong to it
_BEGINS_AFTER = 3  # chunks of speech
_PAUSE_SECONDS = 0.35  # after which what was said is written down
_LONGEST_SECONDS = 28.0
_QUIET = 300.0  # of 32768: what is less is no speech
_TRIES = 4
_FEW_WORDS = 3

Transcribe = Callable[[AsyncIterator[bytes]], AsyncIterator[speech_pb2.TranscribeResponse]]


class Told(Protocol):
    """Is given an utterance's id and its text; `failed` where it could not be written down."""

    def __call__(self, utterance_id: str, text: str, is_final: bool, *, failed: bool = False) -> Awaitable[None]: ...


def patience(text: str) -> float:
    """Seconds of silence after which a turn is over: few where a sentence is finished, more where it is not or where hardly anything was said."""
    words = len(text.split())
    if words < _FEW_WORDS:
        return 3.0
    return 0.7 if text.rstrip().endswith((".", "?", "!")) else 2.0


class Loudness:
    """Tells speech by how loud it is over the quietest of the last seconds."""

    def __init__(self) -> None:
        self._floor = _QUIET / 3

    def is_speech(self, chunk: bytes) -> bool:
        samples = array("h", chunk)
        level = math.sqrt(sum(sample * sample for sample in samples[::4]) * 4 / len(samples))
        self._floor = min(max(level, 1.0), self._floor * 1.02)
        return level > max(_QUIET, 4 * self._floor)


@dataclass
class Utterance:
    """A stretch of speech between two pauses; all of it is kept until it is written down."""

    utterance_id: str = field(default_factory=lambda: str(uuid4()))
    audio: bytearray = field(default_factory=bytearray)
    is_whole: bool = False
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    async def pieces(self) -> AsyncIterator[bytes]:
        sent = 0
        while True:
            if sent < len(self.audio):
                piece = bytes(self.audio[sent : sent + 32_000])
                sent += len(piece)
                yield piece
            elif self.is_whole:
                return
            else:
                self.grown.clear()
                await self.grown.wait()


class Hearing:
    """One ear. `heard` is told of every stretch's text, partial or final, in order; `began` when somebody begins to speak."""

    def __init__(self, transcribe: Transcribe, heard: Told, began: Callable[[], None], judge: Loudness | None = None) -> None:
        self._transcribe = transcribe
        self._heard = heard
        self._began = began
        self._judge = judge or Loudness()
        self._rest = bytearray()
        self._before: list[bytes] = []
        self._spoken = 0
        self._silent = 0
        self._pending = 0
        self._ended_at = 0.0
        self._current: Utterance | None = None
        self._queue: asyncio.Queue[Utterance] = asyncio.Queue()
        self._task = asyncio.create_task(self._write_down())

    @property
    def is_speaking(self) -> bool:
        return self._current is not None

    @property
    def is_busy(self) -> bool:
        """Whether something that was said is not written down yet."""
        return self._current is not None or self._pending > 0

    @property
    def silent_for(self) -> float:
        """Seconds since the last speech ended."""
        return 0.0 if self._current is not None else time.monotonic() - self._ended_at

    def feed(self, audio: bytes) -> None:
        self._rest += audio
        size = 2 * CHUNK
        while len(self._rest) >= size:
            chunk = bytes(self._rest[:size])
            del self._rest[:size]
            self._judge_one(chunk)

    async def close(self) -> None:
        self._end()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def _judge_one(self, chunk: bytes) -> None:
        speech = self._judge.is_speech(chunk)
        if self._current is None:
            self._before = [*self._before[-_BEFORE:], chunk]
            self._spoken = self._spoken + 1 if speech else 0
            if self._spoken >= _BEGINS_AFTER:
                self._current = Utterance(audio=bytearray(b"".join(self._before)))
                self._silent, self._pending = 0, self._pending + 1
                self._queue.put_nowait(self._current)
                self._began()
            return
        current = self._current
        current.audio += chunk
        current.grown.set()
        self._silent = 0 if speech else self._silent + 1
        long = len(current.audio) / (2 * RATE) > _LONGEST_SECONDS
        if self._silent * CHUNK_SECONDS >= _PAUSE_SECONDS or long:
            self._end()

    def _end(self) -> None:
        if self._current is not None:
            self._current.is_whole = True
            self._current.grown.set()
            self._ended_at = time.monotonic() - self._silent * CHUNK_SECONDS
            self._current, self._spoken, self._before = None, 0, []

    async def _write_down(self) -> None:
        while True:
            utterance = await self._queue.get()
            text, failed = "", True
            for attempt in range(_TRIES):
                try:
                    async for answer in self._transcribe(utterance.pieces()):
                        text = " ".join(segment.text.strip() for segment in answer.transcript.segments).strip()
                        if not answer.is_final:
                            await self._heard(utterance.utterance_id, text, False)
                    failed = False
                    break
                except errors.Refusal as problem:
                    log.warning("utterance not written down", extra={"reason": problem.reason})
                    if isinstance(problem, (errors.FailedPrecondition, errors.InvalidArgument, errors.OutOfRange)):
                        break
                    await asyncio.sleep(0.25 * 2**attempt)
            self._pending -= 1
            await self._heard(utterance.utterance_id, text, True, failed=failed)
