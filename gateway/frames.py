"""The frames of a socket: JSON text in the proto's JSON mapping with the proto's names, or the proto's own bytes where that was agreed on."""

import struct
from functools import cached_property

import protovalidate
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from einstellen.rooms.v1 import rooms_pb2
from services.chassis import errors

_EXAMPLE = '{"say": {"content": "Hello", "client_id": "1"}}'
_validator = protovalidate.Validator()


class Encoded:
    """A frame for any number of sockets: each of its two forms is made once, and only where somebody wants it."""

    def __init__(self, frame: rooms_pb2.ServerFrame) -> None:
        self._frame = frame

    @cached_property
    def text(self) -> bytes:
        found = json_format.MessageToJson(
            self._frame, preserving_proto_field_name=True, always_print_fields_with_no_presence=True, indent=None, ensure_ascii=False
        )
        return found.encode()

    @cached_property
    def binary(self) -> bytes:
        return self._frame.SerializeToString()

    @cached_property
    def text_message(self) -> bytes:
        """The text as a whole WebSocket message, as it goes over the wire."""
        return _head(0x1, len(self.text)) + self.text

    @cached_property
    def binary_message(self) -> bytes:
        return _head(0x2, len(self.binary)) + self.binary


class Raw(Encoded):
    """Bytes of another protocol, which go out as they are."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def text(self) -> bytes:
        raise TypeError("such a socket has no text")

    @property
    def binary(self) -> bytes:
        return self._data


def _head(kind: int, size: int) -> bytes:
    """The head of a message that is one final frame from a server, which masks nothing (RFC 6455, 5.2)."""
    if size < 126:
        return struct.pack("!BB", 0x80 | kind, size)
    if size < 65536:
        return struct.pack("!BBH", 0x80 | kind, 126, size)
    return struct.pack("!BBQ", 0x80 | kind, 127, size)


def read(data: str | bytes) -> rooms_pb2.ClientFrame:
    """Of JSON text, or of the proto's bytes. Raises InvalidArgument / FRAME_INVALID, with the client's id of what it wanted where there is one."""
    frame = rooms_pb2.ClientFrame()
    try:
        if isinstance(data, bytes):
            frame.ParseFromString(data)
        else:
            json_format.Parse(data, frame, max_recursion_depth=8)
    except (DecodeError, json_format.ParseError, RecursionError, ValueError) as problem:
        raise errors.InvalidArgument("FRAME_INVALID", f"send one frame as JSON text, as {_EXAMPLE}") from problem
    violations = _validator.collect_violations(frame)
    if violations:
        first = violations[0].proto
        path = ".".join(element.field_name for element in first.field.elements) if first.field else ""
        raise errors.InvalidArgument("FRAME_INVALID", f"{path}: {first.message}" if path else first.message, client_id=client_id_of(frame))
    return frame


def client_id_of(frame: rooms_pb2.ClientFrame) -> str:
    return frame.say.client_id or frame.edit.client_id or frame.remove.client_id


def encode(frame: rooms_pb2.ServerFrame) -> Encoded:
    return Encoded(frame)


def refusal(problem: errors.Refusal, client_id: str = "") -> Encoded:
    return encode(rooms_pb2.ServerFrame(error=rooms_pb2.FrameError(reason=problem.reason, message=problem.message, client_id=client_id)))
