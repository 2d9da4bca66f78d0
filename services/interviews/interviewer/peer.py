"""One peer connection (WebRTC) with a participant: their sound and picture come in, the interviewer's voice goes out."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterable

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame, AudioResampler

from einstellen.rooms.v1 import media_pb2
from services.chassis.logs import log
from services.interviews.interviewer.pictures import Seen, watch
from services.interviews.interviewer.turns import RATE
from services.interviews.interviewer.voice import Voice

Heard = Callable[[bytes], None]
_PICTURE = re.compile(r"(m=video [^\r\n]*\r\nc=[^\r\n]*\r\n)")


class Peer:
    """Answers one offer. It ends by itself where the other side is gone for good."""

    def __init__(
        self, session: str, servers: Iterable[media_pb2.IceServer], voice: Voice, heard: Heard, connected: Callable[[], object],
        *, seen: Seen | None = None, kbits: int = 0,
    ) -> None:  # fmt: skip
        """`heard` gets samples at 16 kHz; `connected` is called when they can be heard, and hear; `seen` gets their picture, for which they are asked to
        send no more than so many kbit/s.
        """
        self.session = session
        self._voice = voice
        self._heard = heard
        self._connected = connected
        self._seen, self._kbits = seen if kbits else None, kbits
        self._track = voice.track()
        self._listening: asyncio.Task[None] | None = None
        ice = [RTCIceServer(urls=list(one.urls), username=one.username or None, credential=one.credential or None) for one in servers]
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=ice))
        self._connection.on("track", self._listen)
        self._connection.on("connectionstatechange", self._look)

    async def answer(self, sdp: str) -> str:
        """Raises ValueError for an offer that cannot be read."""
        connection = self._connection
        watched = watch(connection, sdp, self._seen) if self._seen is not None else None
        await connection.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        connection.addTrack(self._track)
        for transceiver in connection.getTransceivers():
            if transceiver.kind == "video" and transceiver is not watched:
                transceiver.direction = (
                    "inactive"  # people see each other; nobody has to show themselves to a machine that does not record it
                )
        await connection.setLocalDescription(await connection.createAnswer())
        # What they may send at most (RFC 8866, 5.8), which aiortc has no word for.
        answer = str(connection.localDescription.sdp)
        return answer if watched is None else _PICTURE.sub(rf"\g<1>b=AS:{self._kbits}\r\n", answer)

    async def add(self, candidate: media_pb2.IceCandidate) -> None:
        if candidate.candidate:
            found = candidate_from_sdp(candidate.candidate.removeprefix("candidate:"))
            found.sdpMid, found.sdpMLineIndex = candidate.sdp_mid, candidate.sdp_m_line_index
            await self._connection.addIceCandidate(found)

    @property
    def is_over(self) -> bool:
        return self._connection.connectionState in ("failed", "closed")

    async def close(self) -> None:
        self._voice.drop(self._track)
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._connection.close()

    def _look(self) -> None:
        if self._connection.connectionState == "connected":
            self._connected()

    def _listen(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._listening is None:
            self._listening = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if not isinstance(frame, AudioFrame):
                continue
            try:
                for piece in resampler.resample(frame):
                    self._heard(bytes(piece.planes[0])[: 2 * piece.samples])
            except Exception as problem:  # noqa: BLE001 - one frame that cannot be read must not make the interviewer deaf
                log.warning("sound not understood", exc_info=problem)
