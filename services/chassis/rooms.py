"""How a room's frames travel from whoever makes them to every gateway process: the channel's name and the bytes on it."""

from einstellen.rooms.v1 import rooms_pb2


def channel(room_name: str) -> str:
    """The Redis channel of a room."""
    return f"room:{room_name}"


def pack(frame: rooms_pb2.ServerFrame) -> bytes:
    return frame.SerializeToString()


def unpack(data: bytes) -> rooms_pb2.ServerFrame:
    """Raises google.protobuf.message.DecodeError for bytes that are no frame."""
    return rooms_pb2.ServerFrame.FromString(data)
