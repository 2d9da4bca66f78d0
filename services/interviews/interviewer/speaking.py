"""What the interviewer says in a room: its lines of the transcript, aloud and one after the other, broken off where the candidate goes on."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from uuid import uuid4

from einstellen.interviews.v1 import interviewer_pb2
from einstellen.rooms.v1 import rooms_pb2
from services.chassis import errors
from services.chassis.logs import log
from services.interviews.interviewer.seat import Seat
from services.interviews.interviewer.voice import Converter, Voice

_CONNECT_SECONDS = 10.0
_TRIES = 3
_AGAIN_SECONDS = 0.3
_NOTICED_SECONDS = 0.3  # of a line, before which nobody speaks because of it
_YIELDS_SECONDS = 30.0  # to one who goes on with their answer; noise that is taken for a voice may never end
_BACK = "I am here again. If you were speaking, please say your last sentence once more."


class Speaking:
    """What it knows of the candidate is which line they have heard: what they began to say before is no answer to it."""

    def __init__(self, seat: Seat, voice: Voice) -> None:
        self._seat = seat
        self._voice = voice
        self._to_say: asyncio.Queue[rooms_pb2.RoomMessage] = asyncio.Queue()
        self._queued_seq = self._heard_seq = seat.lease.spoken_seq
        self._sounds: tuple[int, float] | None = None  # the line that is being said, and since when
        self._saying: asyncio.Task[None] | None = None
        self.listened = asyncio.Event()  # somebody can hear what is said
        self.is_nudged = False

    @property
    def is_saying(self) -> bool:
        return self._saying is not None

    @property
    def is_behind(self) -> bool:
        """Whether a line waits that the candidate has not heard."""
        return self._heard_seq < self._queued_seq

    def heard_seq(self) -> int:
        """The newest line that somebody who begins to speak now has heard."""
        if self._sounds is not None and time.monotonic() - self._sounds[1] >= _NOTICED_SECONDS:
            self._heard_seq = self._sounds[0]
        return self._heard_seq

    def queue(self, messages: Iterable[rooms_pb2.RoomMessage]) -> None:
        for message in messages:
            if message.seq > self._queued_seq:
                self._queued_seq = message.seq
                self._seat.reached("taken")
                self._to_say.put_nowait(message)

    async def run(self) -> None:
        lease = self._seat.lease
        if lease.question_id and not lease.unspoken:  # another one asked it, and may have died with words that were not kept
            await self._say_next(_BACK, str(uuid4()))
        while True:
            message = await self._to_say.get()
            for _ in range(_TRIES):  # again where the candidate went on with the answer before over its first words
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._seat.kept.wait(), _YIELDS_SECONDS)
                await self._say_next(message.content, f"line-{message.seq}", message.seq)
                if self._heard_seq >= message.seq:
                    break
            self._heard_seq = message.seq
            self._seat.active()
            self.is_nudged = False
            self._seat.later(self._note(message.seq))

    async def say_aside(self, text: str) -> None:
        """What belongs to no transcript."""
        await self._say(text, str(uuid4()), 0)

    def hush(self) -> None:
        self._voice.hush()
        if self._saying is not None:
            self._saying.cancel()

    async def finish(self) -> None:
        """Gives what is being said, as that the interview is over, a moment to be heard."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._voice.finished(), 5.0)

    def close(self) -> None:
        if self._saying is not None:
            self._saying.cancel()

    async def _say_next(self, text: str, utterance_id: str, seq: int = 0) -> None:
        """When somebody can hear it, and unless somebody else leads; until it is said, or broken off. What is said whole is heard."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.listened.wait(), _CONNECT_SECONDS)
        self.listened.set()  # who has not come by now reads
        broken_off = False
        if not self._seat.lease.lead_user_id:
            self._saying = asyncio.create_task(self._say(text, utterance_id, seq))
            await asyncio.wait([self._saying])
            broken_off = self._saying.cancelled()
            self._saying = self._sounds = None
            await self._seat.tell("listening")
        if not broken_off:
            self._heard_seq = max(self._heard_seq, seq)

    async def _note(self, seq: int) -> None:
        request = interviewer_pb2.NoteSpokenRequest(interview_id=self._seat.interview_id, lease_id=self._seat.lease.lease_id, seq=seq)
        with contextlib.suppress(errors.Refusal):  # what is lost here is said twice, at worst
            await self._seat.services.note_spoken(request)

    async def _say(self, text: str, utterance_id: str, seq: int) -> None:
        """Sentence by sentence as the sound comes; where nothing can speak, the text that all have seen has to do. Tried again where a model was not ready."""
        for attempt in range(_TRIES):
            try:
                await self._say_once(text, utterance_id, seq)
            except (errors.Unavailable, errors.DeadlineExceeded, errors.ResourceExhausted, errors.Aborted) as problem:
                log.info("not said aloud yet", extra={"reason": problem.reason})
                await asyncio.sleep(_AGAIN_SECONDS * 2**attempt)
            except errors.Refusal as problem:
                log.info("not said aloud", extra={"reason": problem.reason})
                break
            else:
                break
        await self._seat.caption(self._seat.me, utterance_id, text, is_final=True)

    async def _say_once(self, text: str, utterance_id: str, seq: int) -> None:
        seat, converter, shown = self._seat, None, ""
        async for answer in seat.services.speak(text[:2000], seat.lease.tenant_id, seat.settings.voice):
            if converter is None and answer.audio:
                converter = Converter(answer.sample_rate)
                await seat.tell("speaking")
            if answer.text:
                shown = f"{shown} {answer.text}".strip()
                await seat.caption(seat.me, utterance_id, shown, is_final=False)
            if converter is not None:
                self._voice.say(converter.convert(answer.audio))
                if seq and self._sounds is None:
                    self._sounds = seq, time.monotonic()
                if seat.wait is not None:
                    seat.reached("sound")
                    seat.wait.tell(seat.interview_id)
                    seat.wait = None
        if converter is not None:
            self._voice.say(converter.rest())
        await self._voice.finished()
