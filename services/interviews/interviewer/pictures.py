"""Somebody's pictures as their camera sent them: taken before anything decodes them, and put into clips that each play by themselves."""

import io
import queue
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from threading import Event
from typing import Any
from uuid import uuid4

import av
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpTransceiver

from services.chassis.logs import log

CLIP_SECONDS = 10.0
_GAP_SECONDS = 2.0
_ASK_SECONDS = 1.0
_BURST = 1.5  # times the agreed rate that a clip may have: key frames are large, and a rate is kept on average
_OF_FRAME = 200  # bytes in memory beside its data
_CLOCK = 90_000  # ticks a second (RFC 7741, 4.1)
_PRIVATE = "_RTCRtpReceiver__decoder_"
_KEY = b"\x9d\x01\x2a"


@dataclass(frozen=True)
class Frame:
    """A whole frame of VP8. `ticks` are of the sender's clock, since the first one that came."""

    data: bytes
    ticks: int

    @property
    def is_key(self) -> bool:
        """Whether it can be seen without those before it (RFC 6386, 9.1)."""
        return len(self.data) >= 10 and not self.data[0] & 1 and self.data[3:6] == _KEY and all(self.size)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, of a key frame."""
        width, height = struct.unpack_from("<HH", self.data, 6)
        return width & 0x3FFF, height & 0x3FFF


Seen = Callable[[Frame], bool]


class Camera(queue.Queue[Any]):
    """Takes the place of the queue to a receiver's decoder, whose thread so sleeps until the end.

    aiortc hands out decoded frames only, and decoding would cost what hearing needs. So two of its private names are used, in this class alone: the queue
    of frames that are whole, and the event by which a decoder asks for a key frame.
    """

    def __init__(self, receiver: RTCRtpReceiver, seen: Seen) -> None:
        """`seen` is given each frame, and answers whether a key frame is wanted."""
        super().__init__()
        self._seen = seen
        parts = vars(receiver)
        self._wanted: Event = parts[f"{_PRIVATE}error"]
        parts[f"{_PRIVATE}queue"] = self

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is None:
            super().put(None)
            return
        _, frame = item
        try:
            if self._seen(Frame(frame.data, frame.timestamp)):
                self._wanted.set()
        except Exception as problem:  # noqa: BLE001 - one frame that cannot be read must not end the connection
            log.warning("picture not understood", exc_info=problem)


def watch(connection: RTCPeerConnection, offer: str, seen: Seen) -> RTCRtpTransceiver | None:
    """Makes a connection that has not read its offer yet ready for VP8, which every browser can send (RFC 7742, 5). Other pictures are not taken."""
    known = RTCRtpReceiver.getCapabilities("video")
    if known is None or "VP8/90000" not in offer.upper():
        return None
    transceiver = connection.addTransceiver("video", direction="recvonly")
    transceiver.setCodecPreferences([one for one in known.codecs if one.mimeType in ("video/VP8", "video/rtx")])
    Camera(transceiver.receiver, seen)
    return transceiver


@dataclass
class Clip:
    """A stretch of somebody's pictures, from a key frame on."""

    track_id: str
    number: int
    user_id: str
    began_at: float
    frames: list[Frame] = field(default_factory=list)
    size: int = 0
    _origin: float = 0.0  # when the sender's clock stood at 0
    _came_at: float = 0.0

    kind = "video"

    def add(self, frame: Frame, at: float) -> None:
        """A frame is known to be whole when the next one begins to come: this one began to when the one before was given to us."""
        origin = (self._came_at or at) - frame.ticks / _CLOCK
        self._origin = min(self._origin or origin, origin)
        self._came_at = at
        self.frames.append(frame)
        self.size += len(frame.data) + _OF_FRAME

    def is_followed_by(self, frame: Frame, at: float) -> bool:
        """By a later frame, without a gap, at about the time that it says."""
        passed = (frame.ticks - self.frames[-1].ticks) / _CLOCK
        return 0.001 < passed < _GAP_SECONDS and abs(at - self._origin - frame.ticks / _CLOCK) < _GAP_SECONDS

    @property
    def started_at(self) -> float:
        return self._origin + self.frames[0].ticks / _CLOCK

    @property
    def seconds(self) -> float:
        """Until the frame that would follow."""
        passed, intervals = self.frames[-1].ticks - self.frames[0].ticks, len(self.frames) - 1
        return (passed + (passed / intervals if intervals else _CLOCK / 30)) / _CLOCK

    def encode(self) -> bytes:
        """WebM around the frames as they are."""
        file, first = io.BytesIO(), self.frames[0]
        width, height = first.size
        with av.open(file, "w", format="webm") as container:
            stream = container.add_mux_stream("vp8", width=width, height=height)
            for frame in self.frames:
                packet = av.Packet(frame.data)
                packet.stream, packet.time_base = stream, Fraction(1, _CLOCK)
                packet.pts = packet.dts = frame.ticks - first.ticks
                packet.is_keyframe = frame.is_key
                container.mux(packet)
        return file.getvalue()


class Film:
    """Somebody's pictures from one connection, clip after clip. More than the rate is left out, until the next clip would begin."""

    def __init__(self, user_id: str, source: str, kbits: int) -> None:
        self.source = source
        self._user_id = user_id
        self._track_id = str(uuid4())
        self._number = 0
        self._clip: Clip | None = None
        self._most = round(kbits * 1000 / 8 * CLIP_SECONDS * _BURST)
        self._resumes_at = 0.0
        self._asked_at = 0.0

    def take(self, frame: Frame, at: float) -> tuple[Clip | None, bool]:
        """The clip that ends before this frame, if one does, and whether a key frame is wanted. `at` is when it came (seconds since 1970)."""
        whole, clip = None, self._clip
        lasts = at - clip.began_at if clip is not None else 0.0
        if clip is not None:
            is_too_much = clip.size + len(frame.data) + _OF_FRAME > self._most
            if is_too_much:
                self._resumes_at = clip.began_at + CLIP_SECONDS
            if is_too_much or not clip.is_followed_by(frame, at) or lasts >= (CLIP_SECONDS if frame.is_key else 2 * CLIP_SECONDS):
                whole = self.finish()
        if self._clip is None and frame.is_key and at >= self._resumes_at and len(frame.data) < self._most:
            self._clip = Clip(self._track_id, self._number, self._user_id, at)
            self._number += 1
        if self._clip is not None:
            self._clip.add(frame, at)
        is_due = self._clip is None or at - self._clip.began_at >= CLIP_SECONDS
        is_wanted = is_due and at >= self._resumes_at and at - self._asked_at >= _ASK_SECONDS
        if is_wanted:
            self._asked_at = at
        return whole, is_wanted

    def finish(self) -> Clip | None:
        """What is there of the clip, which ends here."""
        clip, self._clip = self._clip, None
        return clip
