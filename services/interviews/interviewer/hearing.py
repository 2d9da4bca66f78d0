"""What the interviewer hears of the candidate: where speech begins and pauses, each stretch of it written down, and where the turn ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from einstellen.inference.v1 import speech_pb2
from services.chassis import errors
from services.chassis.logs import log
from services.interviews.interviewer.turns import CHUNK, CHUNK_SECONDS, RATE, Silero, Turn, is_finished

_BEFORE = 8  # chunks before the beginning that belong to it
_BEGINS_AFTER = 3  # chunks of speech
_PAUSE_SECONDS = 0.2  # after which what was said is written down, so that it is known when the turn is over
_BREATH_SECONDS = 0.12
_LONG_BYTES, _LONGEST_BYTES = 15 * 2 * RATE, 28 * 2 * RATE  # after which an utterance is over at the next breath, and in any case
_ENOUGH_BYTES = 5 * 2 * RATE  # after which whole sentences are left to themselves
_PIECE = 2 * RATE
_TRIES_SECONDS = 20.0

Transcribe = Callable[[AsyncIterator[bytes]], AsyncIterator[speech_pb2.TranscribeResponse]]


class Told(Protocol):
    """Is given an utterance's id and its text; `failed` where it could not be written down, `is_cut` where it will not go on."""

    def __call__(
        self, utterance_id: str, text: str, *, is_final: bool, failed: bool = False, is_cut: bool = False
    ) -> Coroutine[Any, Any, None]: ...


@dataclass
class Utterance:
    """What is said without a long pause. It is written down at each pause, from its beginning, so that a pause in a sentence does not tear it apart."""

    utterance_id: str = field(default_factory=lambda: str(uuid4()))
    audio: bytearray = field(default_factory=bytearray)
    text: str = ""


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
    """One ear. `heard` is told of an utterance's text, partial or final; `began` of its id when somebody begins to speak or goes on. Until `keep` is
    called with an utterance whose text is final, it may go on and be final anew.
    """

    def __init__(self, transcribe: Transcribe, heard: Told, began: Callable[[str], None]) -> None:
        self._transcribe = transcribe
        self._heard = heard
        self._began = began
        self._judge = Silero()
        self.turn = Turn()
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
            self._utterance, self._before, self.turn = None, [], Turn()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, chunk: bytes) -> None:
        speech = self._judge.is_speech(chunk)
        self.turn.hear(speech)
        self._run = self._run + 1 if speech else 0
        self._silent = 0 if speech else self._silent + 1
        if self._utterance is None or self._round is None:
            self._before = [*self._before[-_BEFORE:], chunk]
        if self._utterance is not None and (self._round is not None or len(self._utterance.audio) < _LONGEST_BYTES):
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
        utterance = self._utterance
        if utterance is not None and len(utterance.audio) > _ENOUGH_BYTES and is_finished(utterance.text):
            # Whole sentences: they need not be heard again with what follows.
            self._spawn(self._heard(utterance.utterance_id, utterance.text, is_final=True, is_cut=True))
            utterance = None
        elif self._writing is not None:
            self._writing.cancel()
        self._utterance = utterance or Utterance(audio=bytearray(b"".join(self._before)))
        self._utterance.text = ""
        self._round = Round(self._utterance)
        self._writing = self._spawn(self._write_down(self._round))
        self._began(self._utterance.utterance_id)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

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
        text, failed, utterance_id, until, pause = "", True, round.utterance.utterance_id, 0.0, 0.25
        while failed and (not until or time.monotonic() < until):
            try:
                async for answer in self._transcribe(round.pieces()):
                    text = " ".join(segment.text.strip() for segment in answer.transcript.segments).strip()
                    if not answer.is_final:
                        await self._heard(utterance_id, text, is_final=False)
                failed = False
            except errors.Refusal as problem:
                log.warning("utterance not written down", extra={"reason": problem.reason})
                if isinstance(problem, (errors.FailedPrecondition, errors.InvalidArgument, errors.OutOfRange)):
                    break
                if round.end is not None:  # as long as somebody speaks there is time
                    until = until or time.monotonic() + _TRIES_SECONDS
                await asyncio.sleep(pause)
                pause = min(2 * pause, 1.0)
        round.utterance.text = text
        await self._heard(utterance_id, text, is_final=True, failed=failed, is_cut=round.utterance is not self._utterance)
