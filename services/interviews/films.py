"""The pieces of somebody's picture as one film: frames are moved from file to file, and none is decoded."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from uuid import UUID

import av

from services.interviews.tables import Piece

_OVERLAP = timedelta(seconds=1)  # of clips of one track, whose times are each told by their own frames
_TICK = Fraction(1, 1000)
_CHUNK = 256 * 1024


class _Outlet:
    """A file that is only written, and emptied meanwhile."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def write(self, data: bytes) -> int:
        self.waiting += data
        return len(data)


def choose(pieces: Sequence[Piece], track_id: UUID | None) -> list[Piece]:
    """Of pieces in the order of their times those of one track, or without one those that are seen one after the other."""
    chosen: list[Piece] = []
    for piece in pieces:
        if track_id is not None and piece.track_id != track_id:
            continue
        last = chosen[-1] if chosen else piece
        over = last.started_at + timedelta(milliseconds=last.milliseconds)
        if last is piece or piece.started_at >= over - (_OVERLAP if piece.track_id == last.track_id else timedelta()):
            chosen.append(piece)
    return chosen


def join(pieces: Sequence[Piece], read: Callable[[Piece], bytes]) -> Iterator[bytes]:
    """WebM, as it becomes ready, in which each piece begins as long after the first as it did in the room. One that is not there any more is left out."""
    outlet, last = _Outlet(), -1
    with av.open(outlet, "w", format="webm", options={"live": "1"}) as film:
        stream = None
        for piece in pieces:
            try:
                data = read(piece)
            except FileNotFoundError:
                continue  # erased since
            begins = round((piece.started_at - pieces[0].started_at) / timedelta(milliseconds=1))
            with av.open(io.BytesIO(data), "r", format="matroska") as file:
                source = file.streams.video[0]
                stream = stream or film.add_mux_stream("vp8", width=source.width, height=source.height)
                for packet in file.demux(source):
                    if packet.pts is None:
                        continue
                    last = max(last + 1, begins + round(packet.pts * packet.time_base / _TICK))
                    packet.stream = stream  # type: ignore[assignment]
                    packet.time_base = _TICK
                    packet.pts = packet.dts = last
                    film.mux(packet)
            while len(outlet.waiting) >= _CHUNK:
                yield bytes(outlet.waiting[:_CHUNK])
                del outlet.waiting[:_CHUNK]
    if outlet.waiting:
        yield bytes(outlet.waiting)
