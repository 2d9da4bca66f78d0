"""What the interviewer hears of the candidate: where speech begins and pauses, each stretch of it written down, and where the turn ends."""

import asyncio
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
_BREATH_SECONDS = 0.12
_LONG_BYTES, _LONGEST_BYTES = 15 * 2 * RATE, 28 * 2 * RATE  # after which an utterance is over at the next breath, and in any case
_PIECE = 2 * RATE
_QUIET = 300.0  # of 32768: what is less is no speech
_TRIES = 4
_FEW_WORDS = 3

Transcribe = Callable[[AsyncIterator[bytes]], AsyncIterator[speech_pb2.TranscribeResponse]]


class Told(Protocol):
    """Is given an utterance's id and its text; `failed` where it could not be written down, `is_cut` where it will not go on."""

    def __call__(self, utterance_id: str, text: str, *, is_final: bool, failed: bool = False, is_cut: bool = False) -> Awaitable[None]: ...


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
    """What is said without a long pause. It is written down at each pause, from its beginning, so that a pause in a sentence does not tear it apart."""

    utterance_id: str = field(default_factory=lambda: str(uuid4()))
    audio: bytearray = field(default_factory=bytearray)


class Round:
    """One time that an utterance is written down: up to where it is now, and on until it pauses."""

    def __init__(self, utterance: Utterance) -> None:
        self.utterance = utterance
        self.end: int | None = None
        self._grown = asyncio.Event()

    def grow(self) -> None:
        self._grown.set()

    def finish(self) -> None:
        self.end = len(self.utterance.audio)
        self._grown.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        sent = 0
        while True:
            end = len(self.utterance.audio) if self.end is None else self.end
            if sent < end:
                piece = bytes(self.utterance.audio[sent : min(end, sent + _PIECE)])
                sent += len(piece)
                yield piece
            elif self.end is not None:
                return
            else:
                self._grown.clear()
                await self._grown.wait()


class Hearing:
    """One ear. `heard` is told of an utterance's text, partial or final; `began` when somebody begins to speak or goes on. Until `keep` is called with an
    utterance whose text is final, it may go on and be final anew.
    """

    def __init__(self, transcribe: Transcribe, heard: Told, began: Callable[[], None], judge: Loudness | None = None) -> None:
        self._transcribe = transcribe
        self._heard = heard
        self._began = began
        self._judge = judge or Loudness()
        self._rest = bytearray()
        self._before: list[bytes] = []
        self._run = 0  # chunks of speech in a row
        self._silent = 0  # chunks of silence in a row
        self._ended_at = 0.0
        self._utterance: Utterance | None = None
        self._round: Round | None = None
        self._writing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_speaking(self) -> bool:
        return self._round is not None

    @property
    def is_busy(self) -> bool:
        """Whether something that was said is not kept yet."""
        return self._utterance is not None or bool(self._tasks)

    @property
    def silent_for(self) -> float:
        """Seconds since the last speech ended."""
        return 0.0 if self.is_speaking else time.monotonic() - self._ended_at

    def feed(self, audio: bytes) -> None:
        self._rest += audio
        size = 2 * CHUNK
        while len(self._rest) >= size:
            chunk = bytes(self._rest[:size])
            del self._rest[:size]
            self._take(chunk)

    def keep(self, utterance_id: str) -> None:
        """Ends this utterance: what is said next is another."""
        if self._utterance is not None and self._utterance.utterance_id == utterance_id and self._round is None:
            self._utterance, self._before = None, []

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, chunk: bytes) -> None:
        speech = self._judge.is_speech(chunk)
        self._run = self._run + 1 if speech else 0
        self._silent = 0 if speech else self._silent + 1
        if self._utterance is None:
            self._before = [*self._before[-_BEFORE:], chunk]
        elif self._round is not None or len(self._utterance.audio) < _LONGEST_BYTES:
            self._utterance.audio += chunk
        if self._round is None:
            if self._run >= _BEGINS_AFTER:
                self._begin()
            return
        self._round.grow()
        if self._silent * CHUNK_SECONDS >= _PAUSE_SECONDS:
            self._pause()
        elif self._utterance is not None and len(self._utterance.audio) >= (
            _LONG_BYTES if self._silent * CHUNK_SECONDS > _BREATH_SECONDS else _LONGEST_BYTES
        ):
            self._cut()

    def _begin(self) -> None:
        if self._utterance is None or len(self._utterance.audio) > _LONG_BYTES:
            self._utterance = Utterance(audio=bytearray(b"".join(self._before)))
        elif self._writing is not None:
            self._writing.cancel()
        self._round = Round(self._utterance)
        self._writing = asyncio.create_task(self._write_down(self._round))
        self._tasks.add(self._writing)
        self._writing.add_done_callback(self._tasks.discard)
        self._began()

    def _pause(self) -> None:
        if self._round is not None:
            self._round.finish()
            self._round = None
            self._ended_at = time.monotonic() - self._silent * CHUNK_SECONDS

    def _cut(self) -> None:
        """Leaves an utterance that is long enough to itself; whoever speaks is heard on in the next one."""
        self._pause()
        self._utterance, self._before, self._writing = None, [], None

    async def _write_down(self, round: Round) -> None:  # noqa: A002 - what it is called
        text, failed, utterance_id = "", True, round.utterance.utterance_id
        for attempt in range(_TRIES):
            try:
                async for answer in self._transcribe(round.pieces()):
                    text = " ".join(segment.text.strip() for segment in answer.transcript.segments).strip()
                    if not answer.is_final:
                        await self._heard(utterance_id, text, is_final=False)
                failed = False
                break
            except errors.Refusal as problem:
                log.warning("utterance not written down", extra={"reason": problem.reason})
                if isinstance(problem, (errors.FailedPrecondition, errors.InvalidArgument, errors.OutOfRange)):
                    break
                await asyncio.sleep(0.25 * 2**attempt)
        await self._heard(utterance_id, text, is_final=True, failed=failed, is_cut=round.utterance is not self._utterance)
