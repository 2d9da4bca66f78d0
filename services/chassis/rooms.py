"""What gateways and owners of rooms share in Redis: how frames travel to every gateway process, and who is in a room now."""

import json
from collections.abc import Iterable

from einstellen.rooms.v1 import rooms_pb2


def channel(room_name: str) -> str:
    """The Redis channel of a room."""
    return f"room:{room_name}"


def pack(frame: rooms_pb2.ServerFrame) -> bytes:
    return frame.SerializeToString()


def unpack(data: bytes) -> rooms_pb2.ServerFrame:
    """Raises google.protobuf.message.DecodeError for bytes that are no frame."""
    return rooms_pb2.ServerFrame.FromString(data)


def presence(room_name: str) -> str:
    """The sorted set of who is in a room: an entry for each socket, scored by when it expires."""
    return f"presence:{room_name}"


def users(entries: Iterable[bytes]) -> set[str]:
    """Whose sockets these are: what an entry begins with; the rest of it is the gateways'."""
    return {json.loads(entry)[0] for entry in entries}
