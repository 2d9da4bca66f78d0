"""One room, from its lease to its end: the socket to the gateway, the peers, what is heard there and what is said."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aiohttp

from einstellen.interviews.v1 import interviewer_pb2
from einstellen.rooms.v1 import media_pb2, rooms_pb2
from services.chassis import errors
from services.chassis.clock import to_timestamp
from services.chassis.logs import log
from services.interviews.interviewer.hearing import Hearing
from services.interviews.interviewer.peer import Peer
from services.interviews.interviewer.peers import Services
from services.interviews.interviewer.pictures import Clip, Frame
from services.interviews.interviewer.recorder import Piece, Recorder
from services.interviews.interviewer.settings import Settings
from services.interviews.interviewer.timing import Wait
from services.interviews.interviewer.turns import LONGEST, RATE
from services.interviews.interviewer.voice import RATE as VOICE_RATE
from services.interviews.interviewer.voice import Converter, Voice

_BINARY = "einstellen.v1.binary"
_RENEW_SECONDS = 3.0
_RECONNECT_SECONDS = 0.3
_INTERRUPTS_SECONDS = 0.5
_CONNECT_SECONDS = 10.0
_TRIES = 3
_WORTH_SECONDS = 0.15  # that are left of a silence: less is not worth looking ahead in
_NUDGE_SECONDS, _LEAVE_SECONDS = 90.0, 600.0
_NUDGE = "Take your time. You can also type your answer."
_LEAVING = "I have not heard anything for a while, so I will step out. Type something whenever you want to go on, and I will be back."
_BACK = "I am here again. If you were speaking, please say your last sentence once more."
_DEAF = "I cannot understand speech at the moment. Please type your answer."


class Session:
    """What is remembered here is only what may be lost: all else is with interviews, from where another goes on."""

    def __init__(self, lease: interviewer_pb2.Lease, services: Services, settings: Settings) -> None:
        self._lease = lease
        self._services = services
        self._settings = settings
        self._me = ""
        self._servers: list[media_pb2.IceServer] = []
        self._participants: dict[str, media_pb2.Participant] = {}
        self._peers: dict[str, Peer] = {}  # by participant
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._recorder = Recorder(self._keep, settings.video_kbits)
        self._voice = Voice(lambda audio, begins: self._recorder.take("", audio, VOICE_RATE, time.time() + begins))
        self._hearing = Hearing(self._transcribe, self._heard, self._began)
        self._to_say: asyncio.Queue[rooms_pb2.RoomMessage] = asyncio.Queue()
        self._queued_seq = 0
        self._listened = asyncio.Event()  # somebody can hear what is said
        self._saying: asyncio.Task[None] | None = None
        self._turn: asyncio.Task[None] | None = None
        self._draft = lease.draft
        self._storing = asyncio.Lock()
        self._active_at = time.monotonic()
        self._nudged = False
        self._state = "listening"
        self._over = asyncio.Event()
        self._is_done = False
        self._wait: Wait | None = None  # the candidate's, for what is said next
        self._ahead: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def interview_id(self) -> str:
        return self._lease.interview_id

    async def run(self) -> None:
        """Until the interview is over, nobody wants an interviewer any more, or the lease is lost."""
        self._queue(self._lease.unspoken)
        if self._draft:
            self._turn = asyncio.create_task(self._end_turn(str(uuid4()), "", LONGEST))
        work = [asyncio.create_task(one) for one in (self._stay_connected(), self._keep_lease(), self._speak())]
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait([over, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in filter(asyncio.Task.done, work):
                task.result()
        finally:
            over.cancel()
            for task in [*work, *self._background, *filter(None, [self._turn, self._saying])]:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._hearing.close()
            await self._recorder.close()
            await asyncio.gather(*(peer.close() for peer in self._peers.values()), return_exceptions=True)
            if (
                self._over.is_set()
            ):  # else something failed, and the lease runs out, which keeps whoever comes next from failing at once as well
                with contextlib.suppress(errors.Refusal):
                    await self._services.release(
                        interviewer_pb2.ReleaseRoomRequest(
                            interview_id=self.interview_id, lease_id=self._lease.lease_id, is_done=self._is_done
                        )
                    )

    def stop(self) -> None:
        self._over.set()

    # The lease.

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            here = any(one.user_id == self._lease.user_id for one in self._participants.values())
            request = interviewer_pb2.RenewLeaseRequest(
                interview_id=self.interview_id, lease_id=self._lease.lease_id, candidate_is_here=here
            )
            try:
                lease = await self._services.renew(request)
            except errors.FailedPrecondition as problem:
                log.info("room left", extra={"interview_id": self.interview_id, "reason": problem.reason})
                await self._finish_saying()
                self.stop()
                return
            except errors.Refusal as problem:
                log.warning("lease not renewed", extra={"reason": problem.reason})
                continue
            self._lease = lease
            self._queue(lease.unspoken)
            self._obey(lease.lead_user_id)
            await self._tidy()
            idle = time.monotonic() - self._active_at
            if not lease.is_wanted or idle > _LEAVE_SECONDS:
                self._is_done = idle > _LEAVE_SECONDS
                if self._is_done:
                    await self._say_aside(_LEAVING)
                self.stop()
                return
            if idle > _NUDGE_SECONDS and not self._nudged and lease.question_id and not lease.lead_user_id:
                self._nudged = True
                await self._say_aside(_NUDGE)

    async def _tidy(self) -> None:
        for participant_id, peer in list(self._peers.items()):
            if peer.is_over:
                del self._peers[participant_id]
                await peer.close()

    # The socket.

    async def _stay_connected(self) -> None:
        address = f"http://{self._settings.gateway_url}/ws/interview/{self.interview_id}"
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    headers = self._services.gateway_headers()
                    async with session.ws_connect(address, headers=headers, protocols=[_BINARY], heartbeat=20, max_msg_size=0) as socket:
                        self._socket = socket
                        async for told in socket:
                            if told.type is aiohttp.WSMsgType.BINARY:
                                await self._take_safely(rooms_pb2.ServerFrame.FromString(told.data))
                except (aiohttp.ClientError, OSError) as problem:
                    log.info("socket lost", extra={"problem": type(problem).__name__})
                finally:
                    self._socket = None
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _send(self, **frame: Any) -> None:
        """What is lost here was not worth keeping."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_bytes(rooms_pb2.ClientFrame(**frame).SerializeToString())

    async def _take_safely(self, frame: rooms_pb2.ServerFrame) -> None:
        try:
            await self._take(frame)
        except Exception as problem:  # noqa: BLE001 - one bad frame must not end the interview
            log.error("frame not taken", exc_info=problem)

    async def _take(self, frame: rooms_pb2.ServerFrame) -> None:
        kind = frame.WhichOneof("frame")
        if kind == "welcome":
            self._me, self._servers = frame.welcome.participant_id, list(frame.welcome.ice_servers)
            await self._tell("listening")
        elif kind == "participants":
            self._participants = {one.participant_id: one for one in frame.participants.participants}
            await self._record()
        elif kind == "signal":
            await self._signal(frame.signal)
        elif kind == "lead":
            self._obey(frame.lead.user_id)
        elif kind == "message":
            if frame.message.sender_id:
                self._active()
            else:
                self._queue([frame.message])
        elif kind == "typing":
            self._active()

    async def _record(self) -> None:
        """Records while everybody who is here agrees, and the candidate is."""
        people = [one for one in self._participants.values() if one.user_id]
        before = self._recorder.is_on
        all_agree = all(one.agrees for one in people)
        self._recorder.switch(all_agree and any(one.user_id == self._lease.user_id for one in people), keeps=all_agree)
        if self._recorder.is_on != before:
            await self._tell(self._state)

    async def _keep(self, piece: Piece | Clip, data: bytes) -> None:
        start = to_timestamp(datetime.fromtimestamp(piece.started_at, UTC))
        await self._services.add_piece(
            interviewer_pb2.AddPieceRequest(
                interview_id=self.interview_id, lease_id=self._lease.lease_id, track_id=piece.track_id, number=piece.number, user_id=piece.user_id,
                start_time=start, milliseconds=max(1, round(piece.seconds * 1000)), kind=piece.kind, data=data,
            )
        )  # fmt: skip

    async def _signal(self, signal: media_pb2.PeerSignal) -> None:
        sender = signal.sender_id
        if signal.HasField("description"):
            if signal.description.type != "offer":
                return
            await self._drop_peers_of(sender)
            peer = Peer(
                signal.session, self._servers, self._voice, lambda audio: self._listen(sender, audio), self._listened.set,
                seen=lambda frame: self._watch(sender, signal.session, frame), kbits=self._settings.video_kbits,
            )  # fmt: skip
            try:
                sdp = await peer.answer(signal.description.sdp)
            except Exception as problem:  # noqa: BLE001 - aiortc refuses words that are no SDP, or SDP that it cannot answer, in many ways
                log.info("offer not understood", extra={"problem": type(problem).__name__})
                await peer.close()
                return
            self._peers[sender] = peer
            description = media_pb2.Description(type="answer", sdp=sdp)
            await self._send(signal=media_pb2.PeerSignal(to=sender, session=signal.session, description=description))
        elif (known := self._peers.get(sender)) is not None and known.session == signal.session:
            if signal.HasField("candidate"):
                with contextlib.suppress(ValueError, IndexError, AssertionError):
                    await known.add(signal.candidate)
            else:
                del self._peers[sender]
                await known.close()

    async def _drop_peers_of(self, sender: str) -> None:
        """A participant, or the person behind it under the id of a socket that is gone, has one peer."""
        for participant_id in [one for one in self._peers if one == sender or one not in self._participants]:
            await self._peers.pop(participant_id).close()

    # Listening.

    def _listen(self, sender: str, audio: bytes) -> None:
        one = self._participants.get(sender)
        if sender != self._newest_of(one.user_id if one else self._lease.user_id):
            return
        if one is not None:
            self._recorder.take(one.user_id, audio, RATE, time.time() - len(audio) / (2 * RATE))
        if one is None or one.user_id == self._lease.user_id:
            self._hearing.feed(audio)

    def _watch(self, sender: str, source: str, frame: Frame) -> bool:
        one = self._participants.get(sender)
        return one is not None and sender == self._newest_of(one.user_id) and self._recorder.see(one.user_id, source, frame, time.time())

    def _newest_of(self, user_id: str) -> str:
        """Where somebody is heard: with two tabs, the one that called last; their sounds would be mixed into none that can be understood."""
        known = [one for one in self._peers if one in self._participants and self._participants[one].user_id == user_id]
        unknown = [one for one in self._peers if one not in self._participants]
        return (known or unknown or [""])[-1]

    def _transcribe(self, audio: Any) -> Any:
        return self._services.transcribe(audio, self._lease)

    def _began(self) -> None:
        self._active()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if self._saying is not None:
            self._later(self._give_way())

    async def _give_way(self) -> None:
        """Stops talking where the candidate goes on for longer than a cough."""
        await asyncio.sleep(_INTERRUPTS_SECONDS)
        if self._saying is not None and self._hearing.turn.insists:
            self._hush()

    async def _heard(self, utterance_id: str, text: str, *, is_final: bool, failed: bool = False, is_cut: bool = False) -> None:
        speaker = next((one.participant_id for one in self._participants.values() if one.user_id == self._lease.user_id), "")
        await self._send(caption=media_pb2.Caption(participant_id=speaker, utterance_id=utterance_id, text=text[:4000], is_final=is_final))
        if not is_final:
            self._look_ahead(text)
            return
        self._active()
        if is_cut:
            await self._store(utterance_id, text, ends_turn=False)
            return
        if failed:
            await self._say_aside(_DEAF)
        self._hearing.turn.read(f"{self._draft} {text}".strip())
        silent = self._hearing.silent_for
        self._wait = Wait(time.monotonic() - silent)
        self._wait.reached("heard")
        wait = self._hearing.turn.patience - silent
        if wait > _WORTH_SECONDS:
            self._look_ahead(text, aloud=True)
        self._turn = asyncio.create_task(self._end_turn(utterance_id, text, wait))

    def _look_ahead(self, text: str, *, aloud: bool = False) -> None:
        """Has what was said so far judged while there is time, and with `aloud` what would be asked next spoken, so that both are there at once later."""
        if text and (self._ahead is None or self._ahead.done()):
            self._ahead = asyncio.create_task(self._anticipate(text, aloud=aloud))
            self._background.add(self._ahead)
            self._ahead.add_done_callback(self._background.discard)

    async def _anticipate(self, text: str, *, aloud: bool) -> None:
        request = interviewer_pb2.AnticipateRequest(interview_id=self.interview_id, lease_id=self._lease.lease_id, text=text[:4000])
        with contextlib.suppress(errors.Refusal):
            following = await self._services.anticipate(request)
            if following and aloud:
                async for _ in self._services.speak(following[:2000], self._lease.tenant_id, self._settings.voice):
                    pass  # whoever speaks remembers it

    async def _end_turn(self, utterance_id: str, text: str, seconds: float) -> None:
        """Unless the candidate goes on before, what was said is the answer."""
        await asyncio.sleep(max(0.0, seconds))
        self._turn = None
        if self._wait is not None:
            self._wait.reached("over")
        self._hearing.keep(utterance_id)
        if text or self._draft:
            self._later(self._store(utterance_id, text, ends_turn=True))

    async def _store(self, utterance_id: str, text: str, *, ends_turn: bool) -> None:
        """Again until it is stored, or the room is another's; one after the other, in the order in which it was said."""
        async with self._storing:
            await self._store_next(utterance_id, text, ends_turn=ends_turn)

    async def _store_next(self, utterance_id: str, text: str, *, ends_turn: bool) -> None:
        self._draft = "" if ends_turn else f"{self._draft} {text}".strip()
        if ends_turn:
            await self._tell("thinking")
        request = interviewer_pb2.TakeUtteranceRequest(
            interview_id=self.interview_id, lease_id=self._lease.lease_id, utterance_id=utterance_id, text=text[:4000], ends_turn=ends_turn
        )
        while not self._over.is_set():
            try:
                answer = await self._services.take(request)
            except errors.FailedPrecondition:
                self.stop()
                return
            except errors.Refusal as problem:
                log.warning("utterance not stored yet", extra={"reason": problem.reason})
                await asyncio.sleep(_RECONNECT_SECONDS)
                continue
            if ends_turn:
                if self._wait is not None:
                    self._wait.reached("taken")
                await self._tell("listening")
            self._queue(answer.unspoken)
            return

    # Speaking.

    def _queue(self, messages: Any) -> None:
        for message in messages:
            if message.seq > self._queued_seq:
                self._queued_seq = message.seq
                if self._wait is not None:
                    self._wait.reached("taken")
                self._to_say.put_nowait(message)

    async def _speak(self) -> None:
        if self._lease.question_id and not self._lease.unspoken:  # another one asked it, and may have died with words that were not kept
            await self._say_next(_BACK, str(uuid4()))
        while True:
            message = await self._to_say.get()
            await self._say_next(message.content, f"line-{message.seq}")
            self._active()
            self._nudged = False
            self._later(self._note(message.seq))

    async def _say_next(self, text: str, utterance_id: str) -> None:
        """When somebody can hear it, and unless somebody else leads; until it is said, or broken off."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listened.wait(), _CONNECT_SECONDS)
        self._listened.set()  # who has not come by now reads
        if not self._lease.lead_user_id:
            self._saying = asyncio.create_task(self._say(text, utterance_id))
            await asyncio.wait([self._saying])
            self._saying = None
            await self._tell("listening")

    async def _note(self, seq: int) -> None:
        request = interviewer_pb2.NoteSpokenRequest(interview_id=self.interview_id, lease_id=self._lease.lease_id, seq=seq)
        with contextlib.suppress(errors.Refusal):  # what is lost here is said twice, at worst
            await self._services.note_spoken(request)

    async def _say(self, text: str, utterance_id: str) -> None:
        """Sentence by sentence as the sound comes; where nothing can speak, the text that all have seen has to do. Tried again where a model was not ready."""
        for attempt in range(_TRIES):
            try:
                await self._say_once(text, utterance_id)
            except (errors.Unavailable, errors.DeadlineExceeded, errors.ResourceExhausted, errors.Aborted) as problem:
                log.info("not said aloud yet", extra={"reason": problem.reason})
                await asyncio.sleep(_RECONNECT_SECONDS * 2**attempt)
            except errors.Refusal as problem:
                log.info("not said aloud", extra={"reason": problem.reason})
                break
            else:
                break
        await self._send(caption=media_pb2.Caption(participant_id=self._me, utterance_id=utterance_id, text=text[:4000], is_final=True))

    async def _say_once(self, text: str, utterance_id: str) -> None:
        converter: Converter | None = None
        shown = ""
        async for answer in self._services.speak(text[:2000], self._lease.tenant_id, self._settings.voice):
            if converter is None and answer.audio:
                converter = Converter(answer.sample_rate)
                await self._tell("speaking")
            if answer.text:
                shown = f"{shown} {answer.text}".strip()
                await self._send(caption=media_pb2.Caption(participant_id=self._me, utterance_id=utterance_id, text=shown[:4000]))
            if converter is not None:
                self._voice.say(converter.convert(answer.audio))
                if self._wait is not None:
                    self._wait.reached("sound")
                    self._wait.tell(self.interview_id)
                    self._wait = None
        if converter is not None:
            self._voice.say(converter.rest())
        await self._voice.finished()

    async def _say_aside(self, text: str) -> None:
        """What belongs to no transcript."""
        await self._say(text, str(uuid4()))

    def _hush(self) -> None:
        self._voice.hush()
        if self._saying is not None:
            self._saying.cancel()

    def _obey(self, lead_user_id: str) -> None:
        if lead_user_id != self._lease.lead_user_id or lead_user_id:
            self._lease.lead_user_id = lead_user_id
            if lead_user_id:
                self._hush()
                self._later(self._tell("silent"))

    async def _finish_saying(self) -> None:
        """Gives what is being said, as that the interview is over, a moment to be heard."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._voice.finished(), 5.0)

    # The rest.

    async def _tell(self, state: str) -> None:
        self._state = state
        shown = "silent" if self._lease.lead_user_id else state
        await self._send(activity=media_pb2.Activity(state=shown, is_recording=self._recorder.is_on))

    def _active(self) -> None:
        self._active_at = time.monotonic()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
