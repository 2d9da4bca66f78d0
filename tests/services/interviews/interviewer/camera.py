"""A camera whose pictures tell when they were taken."""

import asyncio
import fractions
import time

import av
import numpy as np
from aiortc.mediastreams import MediaStreamTrack

WIDTH, HEIGHT, RATE = 160, 96, 10
_BITS = 10
_BAR = WIDTH // _BITS


def draw(number: int) -> av.VideoFrame:
    """A number in black and white bars, and a background that changes."""
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[HEIGHT // 2 : HEIGHT] = number * 9 % 256
    for bit in range(_BITS):
        picture[: HEIGHT // 2, bit * _BAR : (bit + 1) * _BAR] = 235 if number >> bit & 1 else 16
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


def read(frame: av.VideoFrame) -> int:
    """The number that was drawn."""
    luma = frame.to_ndarray(format="gray")[HEIGHT // 4]
    return sum(1 << bit for bit in range(_BITS) if luma[bit * _BAR + _BAR // 2] > 128)


class Camera(MediaStreamTrack):
    """`began` is the time of the first picture (seconds since 1970), `lag` the most that one was taken too late by, on a busy machine."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self.began = self.lag = 0.0
        self._number = 0

    def time_of(self, number: int) -> float:
        return self.began + number / RATE

    async def recv(self) -> av.VideoFrame:
        number, now = self._number, time.time()
        self.began = self.began or now
        await asyncio.sleep(max(0.0, self.time_of(number) - now))
        self.lag = max(self.lag, time.time() - self.time_of(number))
        frame = draw(number % (1 << _BITS))
        frame.pts, frame.time_base = number * 90_000 // RATE, fractions.Fraction(1, 90_000)
        self._number += 1
        return frame
