"""The pieces of somebody's picture as one film: frames are moved from file to file, and none is decoded."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

import av

from services.interviews.tables import Piece

_SECOND_TAKE = timedelta(seconds=1)
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
        if not chosen or piece.started_at > _end(chosen[-1]) - _SECOND_TAKE:
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


def _end(piece: Piece) -> datetime:
    return piece.started_at + timedelta(milliseconds=piece.milliseconds)
