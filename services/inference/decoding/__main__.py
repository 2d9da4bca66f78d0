"""The short-lived process that decodes one untrusted recording: a file on standard input, its sound as 16 kHz samples on standard output."""

import io
import resource
import signal
import sys

from services.inference.decoding.limits import MAX_ADDRESS_SPACE, MAX_AUDIO_BYTES, MAX_BYTES, MAX_CPU_SECONDS, RATE, TOO_LONG, UNREADABLE

# Containers that hold other files' names (playlists, concatenations) are not among them: they would make this process read what it likes.
_CONTAINERS = "wav,w64,flac,mp3,aac,ogg,matroska,webm,mov,mp4,m4a"
_MOST_BROKEN_PACKETS = 100


def main() -> int:
    """The limits bind this process before the first byte is read; the alarm ends it when its parent is gone."""
    for limit, most in (
        (resource.RLIMIT_AS, MAX_ADDRESS_SPACE),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_AUDIO_BYTES + 2**20),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bounded, bounded))
    signal.alarm(int(sys.argv[1]))
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        return _decode(data)
    except Exception:  # noqa: BLE001 - whatever a broken file does to the decoder
        return UNREADABLE


def _decode(data: bytes) -> int:
    import av  # noqa: PLC0415 - under the limits
    from av.container import InputContainer  # noqa: PLC0415

    av.logging.set_level(None)
    written = broken = 0
    with av.open(io.BytesIO(data), options={"format_whitelist": _CONTAINERS, "protocol_whitelist": ""}) as container:
        assert isinstance(container, InputContainer)
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                broken += 1
                if broken > _MOST_BROKEN_PACKETS:
                    return UNREADABLE
                continue
            for frame in (
                *frames,
                *([None] if packet.dts is None else []),
            ):  # the last packet is empty and sends what the decoder still holds
                for piece in resampler.resample(frame):
                    sound = bytes(piece.planes[0])[: piece.samples * 2]
                    written += len(sound)
                    if written > MAX_AUDIO_BYTES:
                        return TOO_LONG
                    sys.stdout.buffer.write(sound)
    sys.stdout.buffer.flush()
    return 0 if written else UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
