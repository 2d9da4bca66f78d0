"""The interviewer's voice: sound as it comes from Speak, on a track for each peer, that can be broken off at any time."""

import asyncio
import fractions
import time
from collections.abc import Callable, Iterable

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, AudioResampler

RATE = 48_000
_SAMPLES = RATE // 50
_BYTES = 2 * _SAMPLES
_SILENCE = bytes(_BYTES)


class VoiceTrack(MediaStreamTrack):
    """What one peer hears: twenty milliseconds at a time, silence where nothing is said."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()
        self._began = 0.0
        self._sent = 0

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        if not self._began:
            self._began = time.monotonic()
        ahead = self._began + self._sent / RATE - time.monotonic()
        if ahead > 0:
            await asyncio.sleep(ahead)
        data = bytes(self.waiting[:_BYTES]).ljust(_BYTES, b"\0") if self.waiting else _SILENCE
        del self.waiting[:_BYTES]
        frame = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        frame.planes[0].update(data)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += _SAMPLES
        return frame


class Voice:
    """One voice for all tracks. It keeps time by itself too, so that where nobody listens it is over as soon as it would be."""

    def __init__(self, said: Callable[[bytes, float], None]) -> None:
        """`said` is given what is said, with the seconds until it is."""
        self.tracks: set[VoiceTrack] = set()
        self._said = said
        self._ends = 0.0

    def track(self) -> VoiceTrack:
        track = VoiceTrack()
        self.tracks.add(track)
        return track

    def drop(self, track: VoiceTrack) -> None:
        self.tracks.discard(track)
        track.stop()

    def say(self, pieces: Iterable[AudioFrame]) -> None:
        for piece in pieces:
            data = bytes(piece.planes[0])[: 2 * piece.samples]
            for track in self.tracks:
                track.waiting += data
            begins = max(self._ends, time.monotonic())
            self._said(data, begins - time.monotonic())
            self._ends = begins + piece.samples / RATE

    def hush(self) -> None:
        """Says no more of what it was about to say."""
        self._ends = 0.0
        for track in self.tracks:
            track.waiting.clear()

    async def finished(self) -> None:
        """Returns when all has been said."""
        while (left := self._ends - time.monotonic()) > 0:  # noqa: ASYNC110 - more may be said meanwhile
            await asyncio.sleep(left)


class Converter:
    """From the samples of Speak to those of the tracks."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)

    def convert(self, audio: bytes) -> list[AudioFrame]:
        frame = AudioFrame(format="s16", layout="mono", samples=len(audio) // 2)
        frame.planes[0].update(audio[: len(audio) // 2 * 2])
        frame.sample_rate = self._rate
        found: list[AudioFrame] = self._resampler.resample(frame)
        return found

    def rest(self) -> list[AudioFrame]:
        found: list[AudioFrame] = self._resampler.resample(None)
        return found
