"""What the candidate says in a room: written down, kept line by line, and taken as an answer once their turn is over."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from uuid import uuid4

from einstellen.inference.v1 import speech_pb2
from einstellen.interviews.v1 import interviewer_pb2
from services.chassis import errors
from services.chassis.logs import log
from services.interviews.interviewer.hearing import Hearing
from services.interviews.interviewer.seat import Seat
from services.interviews.interviewer.speaking import Speaking
from services.interviews.interviewer.timing import Wait
from services.interviews.interviewer.turns import LONGEST

_INTERRUPTS_SECONDS = 0.5
_AGAIN_SECONDS = 0.3
_WORTH_SECONDS = 0.15  # that are left of a silence: less is not worth looking ahead in
_READY_SECONDS = 4.0  # for what comes next to be there before it is asked
_DEAF = "I cannot understand speech at the moment. Please type your answer."


class Ahead:
    """What would be asked after some words, being judged and spoken while there is time."""

    def __init__(self, text: str, *, aloud: bool) -> None:
        self.text = text
        self.aloud = aloud
        self.ready = asyncio.Event()
        self.work: asyncio.Task[None] | None = None


class Listening:
    """A turn is over when there was silence for long enough and what comes next can be said. Until then whoever goes on is heard as if they had not paused."""

    def __init__(self, seat: Seat, speaking: Speaking) -> None:
        self._seat = seat
        self._speaking = speaking
        self._hearing = Hearing(self._transcribe, self._heard, self._began)
        self._turn: asyncio.Task[None] | None = None
        self._draft = seat.lease.draft
        self._storing = asyncio.Lock()
        self._ahead: Ahead | None = None
        self._begun: dict[str, int] = {}  # utterances that are not kept yet, with the line that had been heard when they began

    def start(self) -> None:
        if self._draft:  # what another one heard, and did not take any more
            self._turn = asyncio.create_task(self._end_turn(str(uuid4()), "", LONGEST))

    def feed(self, audio: bytes) -> None:
        self._hearing.feed(audio)

    async def close(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
        await self._hearing.close()

    def _transcribe(self, audio: AsyncIterator[bytes]) -> AsyncIterator[speech_pb2.TranscribeResponse]:
        return self._seat.services.transcribe(audio, self._seat.lease)

    def _began(self, utterance_id: str) -> None:
        self._seat.active()
        self._begun.setdefault(utterance_id, self._speaking.heard_seq())
        self._seat.kept.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if self._speaking.is_saying:
            self._seat.later(self._give_way())

    def _is_kept(self, utterance_id: str) -> None:
        self._begun.pop(utterance_id, None)
        if not self._begun:
            self._seat.kept.set()

    async def _give_way(self) -> None:
        """Stops talking where the candidate goes on for longer than a cough."""
        await asyncio.sleep(_INTERRUPTS_SECONDS)
        if self._speaking.is_saying and self._hearing.turn.insists:
            self._speaking.hush()

    async def _heard(self, utterance_id: str, text: str, *, is_final: bool, failed: bool = False, is_cut: bool = False) -> None:
        seat = self._seat
        speaker = next((one.participant_id for one in seat.participants.values() if one.user_id == seat.lease.user_id), "")
        await seat.caption(speaker, utterance_id, text, is_final=is_final)
        if not is_final:
            if self._ahead is None or self._ahead.work is None or self._ahead.work.done():
                self._look_ahead(text, aloud=False)
            return
        seat.active()
        if is_cut:
            await self._store(utterance_id, text, ends_turn=False)
            return
        if failed:
            await self._speaking.say_aside(_DEAF)
        self._hearing.turn.read(f"{self._draft} {text}".strip())
        silent = self._hearing.silent_for
        seat.wait = Wait(time.monotonic() - silent)
        seat.reached("heard")
        wait = self._hearing.turn.patience - silent
        if wait > _WORTH_SECONDS:
            self._look_ahead(text, aloud=True)
        self._turn = asyncio.create_task(self._end_turn(utterance_id, text, wait))

    def _look_ahead(self, text: str, *, aloud: bool) -> Ahead:
        """Has what was said so far judged, and with `aloud` what would be asked next spoken, so that both are there at once later."""
        known = self._ahead
        if known is None or known.text != text or known.aloud < aloud:
            if known is not None and known.work is not None:
                known.work.cancel()
            self._ahead = known = Ahead(text, aloud=aloud)
            if text and not self._speaking.is_behind:
                known.work = self._seat.later(self._anticipate(known))
            else:  # nothing was said, or it belongs to an answer that is judged already
                known.ready.set()
        return known

    async def _anticipate(self, ahead: Ahead) -> None:
        seat = self._seat
        request = interviewer_pb2.AnticipateRequest(
            interview_id=seat.interview_id, lease_id=seat.lease.lease_id, text=ahead.text[:4000]
        )  # fmt: skip
        try:
            with contextlib.suppress(errors.Refusal):
                following = await seat.services.anticipate(request)
                if following and ahead.aloud:
                    async for _ in seat.services.speak(following[:2000], seat.lease.tenant_id, seat.settings.voice):
                        ahead.ready.set()  # whoever speaks remembers it; of what follows there is time while this sounds
        finally:
            ahead.ready.set()

    async def _end_turn(self, utterance_id: str, text: str, seconds: float) -> None:
        """Unless the candidate goes on before, what was said is the answer."""
        await asyncio.sleep(max(0.0, seconds))
        self._seat.reached("over")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._look_ahead(text, aloud=True).ready.wait(), _READY_SECONDS)
        self._turn = self._ahead = None
        self._hearing.keep(utterance_id)
        if text or self._draft:
            self._seat.later(self._store(utterance_id, text, ends_turn=True))
        else:
            self._is_kept(utterance_id)

    async def _store(self, utterance_id: str, text: str, *, ends_turn: bool) -> None:
        """Again until it is stored, or the room is another's; one after the other, in the order in which it was said."""
        async with self._storing:
            try:
                await self._store_next(utterance_id, text, ends_turn=ends_turn)
            finally:
                self._is_kept(utterance_id)

    async def _store_next(self, utterance_id: str, text: str, *, ends_turn: bool) -> None:
        seat = self._seat
        self._draft = "" if ends_turn else f"{self._draft} {text}".strip()
        if ends_turn:
            await seat.tell("thinking")
        request = interviewer_pb2.TakeUtteranceRequest(
            interview_id=seat.interview_id, lease_id=seat.lease.lease_id, utterance_id=utterance_id, text=text[:4000], ends_turn=ends_turn,
            heard_seq=self._begun.get(utterance_id, self._speaking.heard_seq()),
        )  # fmt: skip
        while not seat.over.is_set():
            try:
                answer = await seat.services.take(request)
            except errors.FailedPrecondition:
                seat.stop()
                return
            except errors.Refusal as problem:
                log.warning("utterance not stored yet", extra={"reason": problem.reason})
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            if ends_turn:
                seat.reached("taken")
                await seat.tell("listening")
            self._speaking.queue(answer.unspoken)
            return
