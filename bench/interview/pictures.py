"""`python -m bench.interview.pictures`: what a participant's voice and picture cost the interviewer, and what decoding the picture would."""

import argparse
import asyncio
import fractions
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import av
import numpy as np
from aiortc import RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack

from services.interviews.interviewer import peer as peers
from services.interviews.interviewer.recorder import Recorder
from services.interviews.interviewer.turns import RATE
from services.interviews.interviewer.voice import Voice

_WIDTH, _HEIGHT, _FRAMES, _KBITS = 640, 360, 15, 500
_CLOCK, _LOOP_SECONDS, _STEP = 90_000, 10, 4
_SETTLE_SECONDS = 5.0
_MODES = {
    "voice": "the voice alone",
    "left out": "and a picture that is not recorded",
    "recorded": "and a picture that is recorded",
    "decoded": "and a picture decoded as aiortc does",
    "encoded": "and a picture decoded and encoded again",
}


def vp8() -> Any:
    """An encoder for pictures in real time."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
    encoder.time_base, encoder.bit_rate = fractions.Fraction(1, _CLOCK), _KBITS * 1000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "minrate": f"{_KBITS}k", "maxrate": f"{_KBITS}k", "bufsize": f"{_KBITS}k"}
    return encoder


def film() -> list[bytes]:
    """Ten seconds of VP8 with soft noise that moves, at about the rate; its first frame is a key frame."""
    encoder = vp8()
    # As wide as all that passes by, four pixels from one frame to the next.
    random = np.random.default_rng(1)
    noise = random.integers(64, 192, (_HEIGHT // 8, (_WIDTH + _STEP * _FRAMES * _LOOP_SECONDS) // 8 + 1), np.uint8)
    scene = np.vstack([np.kron(noise, np.ones((8, 8), np.uint8)), np.full((_HEIGHT // 2, 8 * noise.shape[1]), 128, np.uint8)])
    scene[:_HEIGHT] += random.integers(0, 20, (_HEIGHT, scene.shape[1]), np.uint8)
    found = []
    for number in range(_FRAMES * _LOOP_SECONDS):
        picture = np.ascontiguousarray(scene[:, _STEP * number : _STEP * number + _WIDTH])
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number * _CLOCK // _FRAMES
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found


class Film(MediaStreamTrack):
    """A film that was encoded before, over and over."""

    kind = "video"

    def __init__(self, frames: list[bytes]) -> None:
        super().__init__()
        self._frames = frames
        self._began, self._sent = time.monotonic(), 0

    async def recv(self) -> av.Packet:  # type: ignore[override]
        await asyncio.sleep(max(0.0, self._began + self._sent / _FRAMES - time.monotonic()))
        packet = av.Packet(self._frames[self._sent % len(self._frames)])
        packet.pts, packet.time_base = self._sent * _CLOCK // _FRAMES, fractions.Fraction(1, _CLOCK)
        self._sent += 1
        return packet


async def send(path: str) -> None:
    """The participant, in a process of its own: an offer out, an answer in, and sound and pictures until it is ended."""
    connection = RTCPeerConnection()
    connection.addTrack(AudioStreamTrack())
    if path:
        connection.addTrack(Film([bytes.fromhex(frame) for frame in json.loads(Path(path).read_text())]))
    await connection.setLocalDescription(await connection.createOffer())
    print(json.dumps(connection.localDescription.sdp), flush=True)
    answer = await asyncio.to_thread(sys.stdin.readline)
    await connection.setRemoteDescription(RTCSessionDescription(json.loads(answer), "answer"))
    await asyncio.to_thread(sys.stdin.readline)


async def receive(mode: str, seconds: float, path: str) -> tuple[float, float]:
    """Milliseconds of CPU for each second, and kilobits of pictures a second that were kept."""
    command = [sys.executable, "-m", "bench.interview.pictures", "--send", "" if mode == "voice" else path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:
        offer = json.loads(await asyncio.to_thread(sender.stdout.readline))  # type: ignore[union-attr]
        kept: list[int] = []

        async def keep(piece: Any, data: bytes) -> None:
            kept.append(len(data) if piece.kind == "video" else 0)

        recorder = Recorder(keep, 2 * _KBITS)
        peer = peers.Peer(
            "bench", [], Voice(lambda audio, begins: None), lambda audio: recorder.take("ada", audio, RATE, time.time()), lambda: None,
            seen=lambda frame: recorder.see("ada", "bench", frame, time.time()), kbits=_KBITS,
        )  # fmt: skip
        recorder.switch(mode == "recorded")
        decode = partial(look, encodes=mode == "encoded")
        with patch.object(peers, "watch", decode) if mode in ("decoded", "encoded") else nullcontext():
            answer = await peer.answer(offer)
        print(json.dumps(answer), file=sender.stdin, flush=True)
        await asyncio.sleep(_SETTLE_SECONDS)
        before, began = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        cost, lasted = time.process_time() - before, time.monotonic() - began
        await recorder.close()
        await peer.close()
        sender.stdin.close()  # type: ignore[union-attr]
        sender.terminate()
    return 1000 * cost / lasted, 8 * sum(kept) / 1000 / (lasted + _SETTLE_SECONDS)


def look(connection: RTCPeerConnection, offer: str, seen: object, *, encodes: bool) -> RTCRtpTransceiver:
    """In place of `watch`: the picture goes the way that aiortc has for it."""
    connection.on("track", lambda track: asyncio.ensure_future(play(track, encodes)) if track.kind == "video" else None)
    return connection.addTransceiver("video", direction="recvonly")


async def play(track: MediaStreamTrack, encodes: bool) -> None:
    encoder = vp8()
    with suppress(MediaStreamError):
        while True:
            frame = await track.recv()
            if encodes:
                await asyncio.to_thread(encoder.encode, frame)


def rows(seconds: float, rounds: int, path: str) -> Iterator[str]:
    """Each mode in turn, again and again, so that what else the machine does falls on all of them."""
    costs: dict[str, list[float]] = {mode: [] for mode in _MODES}
    rate = 0.0
    for _ in range(rounds):
        for mode in _MODES:
            cost, kept = asyncio.run(receive(mode, seconds, path))
            costs[mode].append(cost)
            rate = max(rate, kept)
            print(f"{mode}: {cost:.1f} ms, {kept:.0f} kbit/s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    yield f"{_WIDTH} x {_HEIGHT}, {_FRAMES} frames and {_KBITS} kbit a second sent, {rate:.0f} kbit/s kept; {rounds} times {seconds:.0f} s each, the median."
    yield "| of one participant | CPU of a minute |"
    yield "|---|---|"
    for mode, words in _MODES.items():
        yield f"| {words} | {median(costs[mode]) * 60 / 1000:.1f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--send", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if asked.send is not None:
        asyncio.run(send(asked.send))
        return
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([frame.hex() for frame in film()], file)
        file.flush()
        print("\n".join(rows(asked.seconds, asked.rounds, file.name)))


if __name__ == "__main__":
    main()
