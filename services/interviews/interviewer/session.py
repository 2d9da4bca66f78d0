"""One room, from its lease to its end: the lease, the socket to the gateway, and the peers."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime

import aiohttp

from einstellen.interviews.v1 import interviewer_pb2
from einstellen.rooms.v1 import media_pb2, rooms_pb2
from services.chassis import errors
from services.chassis.clock import to_timestamp
from services.chassis.logs import log
from services.interviews.interviewer.listening import Listening
from services.interviews.interviewer.peer import Peer
from services.interviews.interviewer.peers import Services
from services.interviews.interviewer.pictures import Clip, Frame
from services.interviews.interviewer.recorder import Piece, Recorder
from services.interviews.interviewer.seat import Seat
from services.interviews.interviewer.settings import Settings
from services.interviews.interviewer.speaking import Speaking
from services.interviews.interviewer.turns import RATE
from services.interviews.interviewer.voice import RATE as VOICE_RATE
from services.interviews.interviewer.voice import Voice

_BINARY = "einstellen.v1.binary"
_RENEW_SECONDS = 3.0
_RECONNECT_SECONDS = 0.3
_NUDGE_SECONDS, _LEAVE_SECONDS = 90.0, 600.0
_NUDGE = "Take your time. You can also type your answer."
_LEAVING = "I have not heard anything for a while, so I will step out. Type something whenever you want to go on, and I will be back."


class Session:
    """What is remembered here is only what may be lost: all else is with interviews, from where another goes on."""

    def __init__(self, lease: interviewer_pb2.Lease, services: Services, settings: Settings) -> None:
        self._seat = Seat(lease, services, settings)
        self._services = services
        self._settings = settings
        self._servers: list[media_pb2.IceServer] = []
        self._peers: dict[str, Peer] = {}  # by participant
        self._recorder = Recorder(self._keep, settings.video_kbits)
        self._voice = Voice(lambda audio, begins: self._recorder.take("", audio, VOICE_RATE, time.time() + begins))
        self._speaking = Speaking(self._seat, self._voice)
        self._listening = Listening(self._seat, self._speaking)
        self._is_done = False

    @property
    def interview_id(self) -> str:
        return self._seat.interview_id

    async def run(self) -> None:
        """Until the interview is over, nobody wants an interviewer any more, or the lease is lost."""
        seat = self._seat
        self._speaking.queue(seat.lease.unspoken)
        self._listening.start()
        work = [asyncio.create_task(one) for one in (self._stay_connected(), self._keep_lease(), self._speaking.run())]
        over = asyncio.create_task(seat.over.wait())
        try:
            await asyncio.wait([over, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in filter(asyncio.Task.done, work):
                task.result()
        finally:
            over.cancel()
            for task in [*work, *seat.background]:
                task.cancel()
            self._speaking.close()
            await asyncio.gather(*work, return_exceptions=True)
            await self._listening.close()
            await self._recorder.close()
            await asyncio.gather(*(peer.close() for peer in self._peers.values()), return_exceptions=True)
            if (
                seat.over.is_set()
            ):  # else something failed, and the lease runs out, which keeps whoever comes next from failing at once as well
                with contextlib.suppress(errors.Refusal):
                    await self._services.release(
                        interviewer_pb2.ReleaseRoomRequest(
                            interview_id=self.interview_id, lease_id=seat.lease.lease_id, is_done=self._is_done
                        )
                    )

    def stop(self) -> None:
        self._seat.stop()

    # The lease.

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            here = any(one.user_id == self._seat.lease.user_id for one in self._seat.participants.values())
            request = interviewer_pb2.RenewLeaseRequest(
                interview_id=self.interview_id, lease_id=self._seat.lease.lease_id, candidate_is_here=here
            )
            try:
                lease = await self._services.renew(request)
            except errors.FailedPrecondition as problem:
                log.info("room left", extra={"interview_id": self.interview_id, "reason": problem.reason})
                await self._speaking.finish()
                self.stop()
                return
            except errors.Refusal as problem:
                log.warning("lease not renewed", extra={"reason": problem.reason})
                continue
            self._seat.lease = lease
            self._speaking.queue(lease.unspoken)
            self._obey(lease.lead_user_id)
            await self._tidy()
            idle = time.monotonic() - self._seat.active_at
            if not lease.is_wanted or idle > _LEAVE_SECONDS:
                self._is_done = idle > _LEAVE_SECONDS
                if self._is_done:
                    await self._speaking.say_aside(_LEAVING)
                self.stop()
                return
            if idle > _NUDGE_SECONDS and not self._speaking.is_nudged and lease.question_id and not lease.lead_user_id:
                self._speaking.is_nudged = True
                await self._speaking.say_aside(_NUDGE)

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
                        self._seat.socket = socket
                        async for told in socket:
                            if told.type is aiohttp.WSMsgType.BINARY:
                                await self._take_safely(rooms_pb2.ServerFrame.FromString(told.data))
                except (aiohttp.ClientError, OSError) as problem:
                    log.info("socket lost", extra={"problem": type(problem).__name__})
                finally:
                    self._seat.socket = None
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _take_safely(self, frame: rooms_pb2.ServerFrame) -> None:
        try:
            await self._take(frame)
        except Exception as problem:  # noqa: BLE001 - one bad frame must not end the interview
            log.error("frame not taken", exc_info=problem)

    async def _take(self, frame: rooms_pb2.ServerFrame) -> None:
        kind = frame.WhichOneof("frame")
        if kind == "welcome":
            self._seat.me, self._servers = frame.welcome.participant_id, list(frame.welcome.ice_servers)
            await self._seat.tell("listening")
        elif kind == "participants":
            self._seat.participants = {one.participant_id: one for one in frame.participants.participants}
            await self._record()
        elif kind == "signal":
            await self._signal(frame.signal)
        elif kind == "lead":
            self._obey(frame.lead.user_id)
        elif kind == "message":
            if frame.message.sender_id:
                self._seat.active()
            else:
                self._speaking.queue([frame.message])
        elif kind == "typing":
            self._seat.active()

    async def _record(self) -> None:
        """Records while everybody who is here agrees, and the candidate is."""
        people = [one for one in self._seat.participants.values() if one.user_id]
        all_agree = all(one.agrees for one in people)
        self._recorder.switch(all_agree and any(one.user_id == self._seat.lease.user_id for one in people), keeps=all_agree)
        if self._recorder.is_on != self._seat.is_recording:
            self._seat.is_recording = self._recorder.is_on
            await self._seat.tell()

    async def _keep(self, piece: Piece | Clip, data: bytes) -> None:
        start = to_timestamp(datetime.fromtimestamp(piece.started_at, UTC))
        await self._services.add_piece(
            interviewer_pb2.AddPieceRequest(
                interview_id=self.interview_id, lease_id=self._seat.lease.lease_id, track_id=piece.track_id, number=piece.number, user_id=piece.user_id,
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
                signal.session, self._servers, self._voice, lambda audio: self._listen(sender, audio), self._speaking.listened.set,
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
            await self._seat.send(signal=media_pb2.PeerSignal(to=sender, session=signal.session, description=description))
        elif (known := self._peers.get(sender)) is not None and known.session == signal.session:
            if signal.HasField("candidate"):
                with contextlib.suppress(ValueError, IndexError, AssertionError):
                    await known.add(signal.candidate)
            else:
                del self._peers[sender]
                await known.close()

    async def _drop_peers_of(self, sender: str) -> None:
        """A participant, or the person behind it under the id of a socket that is gone, has one peer."""
        for participant_id in [one for one in self._peers if one == sender or one not in self._seat.participants]:
            await self._peers.pop(participant_id).close()

    # Listening.

    def _listen(self, sender: str, audio: bytes) -> None:
        one = self._seat.participants.get(sender)
        if sender != self._newest_of(one.user_id if one else self._seat.lease.user_id):
            return
        if one is not None:
            self._recorder.take(one.user_id, audio, RATE, time.time() - len(audio) / (2 * RATE))
        if one is None or one.user_id == self._seat.lease.user_id:
            self._listening.feed(audio)

    def _watch(self, sender: str, source: str, frame: Frame) -> bool:
        one = self._seat.participants.get(sender)
        return one is not None and sender == self._newest_of(one.user_id) and self._recorder.see(one.user_id, source, frame, time.time())

    def _newest_of(self, user_id: str) -> str:
        """Where somebody is heard: with two tabs, the one that called last; their sounds would be mixed into none that can be understood."""
        known = [one for one in self._peers if one in self._seat.participants and self._seat.participants[one].user_id == user_id]
        unknown = [one for one in self._peers if one not in self._seat.participants]
        return (known or unknown or [""])[-1]

    def _obey(self, lead_user_id: str) -> None:
        if lead_user_id != self._seat.lease.lead_user_id or lead_user_id:
            self._seat.lease.lead_user_id = lead_user_id
            if lead_user_id:
                self._speaking.hush()
                self._seat.later(self._seat.tell("silent"))
