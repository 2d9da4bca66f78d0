"""The frames of a socket as JSON text, in the proto's JSON mapping with the proto's names."""

import protovalidate
from google.protobuf import json_format

from einstellen.rooms.v1 import rooms_pb2
from services.chassis import errors

_EXAMPLE = '{"say": {"content": "Hello", "client_id": "1"}}'
_validator = protovalidate.Validator()


def read(text: str) -> rooms_pb2.ClientFrame:
    """Raises InvalidArgument / FRAME_INVALID."""
    frame = rooms_pb2.ClientFrame()
    try:
        json_format.Parse(text, frame, max_recursion_depth=8)
    except (json_format.ParseError, RecursionError, ValueError) as problem:
        raise errors.InvalidArgument("FRAME_INVALID", f"send one frame as JSON text, as {_EXAMPLE}") from problem
    violations = _validator.collect_violations(frame)
    if violations:
        first = violations[0].proto
        path = ".".join(element.field_name for element in first.field.elements) if first.field else ""
        raise errors.InvalidArgument("FRAME_INVALID", f"{path}: {first.message}" if path else first.message)
    return frame


def encode(frame: rooms_pb2.ServerFrame) -> bytes:
    """Done once for a frame, however many sockets it goes to."""
    text = json_format.MessageToJson(
        frame, preserving_proto_field_name=True, always_print_fields_with_no_presence=True, indent=None, ensure_ascii=False
    )
    return text.encode()


def refusal(problem: errors.Refusal, client_id: str = "") -> bytes:
    return encode(rooms_pb2.ServerFrame(error=rooms_pb2.FrameError(reason=problem.reason, message=problem.message, client_id=client_id)))
