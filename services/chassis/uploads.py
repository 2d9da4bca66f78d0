"""An uploaded file as it comes in: raw or as multipart/form-data, in pieces, and never more of it in memory than may be kept."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, TypeVar
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.chassis import errors

_FORM = b"multipart/form-data"
_WRAPPING = 64 * 1024  # boundaries, headers and small fields beside the file
_LONGEST_NAME = 200
_UPLOAD_SECONDS = 120.0
Request = TypeVar("Request", bound=Message)


@dataclass(frozen=True)
class File:
    """What was uploaded; the name is empty where none was told."""

    name: str
    data: bytes


def receive(bodies: Iterator[HttpBody], limit: int) -> File:
    """Reads a stream to its end. Raises OutOfRange / FILE_TOO_LARGE as soon as it is over the limit, InvalidArgument for a broken form."""
    first = next(bodies, None) or HttpBody()
    kind, options = parse_options_header(first.content_type[:1000].encode("latin-1", "replace"))
    pieces = (body.data for body in chain([first], bodies))
    if kind != _FORM:
        data = bytearray()
        for piece in pieces:
            _extend(data, piece, limit)
        file = File("", bytes(data))
    else:
        file = _from_form(pieces, options.get(b"boundary", b""), limit)
    if not file.data:
        raise refuse("FILE_EMPTY", "the file is empty")
    return file


def refuse(reason: str, message: str) -> errors.Refusal:
    """The refusal of the request's file."""
    kind = errors.OutOfRange if reason == "FILE_TOO_LARGE" else errors.InvalidArgument
    return kind(reason, message, fields=[errors.FieldViolation("body", message, reason)])


def file_name(told: str, otherwise: str) -> str:
    """The last part of a name that a client told, of printable characters, or `otherwise`; it never becomes a path."""
    last = PurePosixPath(told.replace("\\", "/")).name
    name = "".join(character for character in last if character.isprintable()).strip()
    return name[-_LONGEST_NAME:] or otherwise


@contextmanager
def in_time(requests: Iterator[Request], context: grpc.ServicerContext) -> Iterator[Iterator[Request]]:
    """The stream, given up where its sender goes away or does not come to an end: it holds one of the server's few threads."""
    late = threading.Event()

    def end() -> None:
        late.set()
        context.cancel()

    watch = threading.Timer(_UPLOAD_SECONDS, end)
    watch.daemon = True
    watch.start()
    try:
        yield requests
    except grpc.RpcError as problem:
        raise interrupted() from problem
    finally:
        watch.cancel()
    if late.is_set():
        raise interrupted()


def check_whole(context: grpc.ServicerContext) -> None:
    """GRPC may end a stream that was broken off as if it were whole; once it is read, the context knows. Raises Aborted / UPLOAD_INTERRUPTED."""
    if not context.is_active():
        raise interrupted()


def interrupted() -> errors.Aborted:
    return errors.Aborted("UPLOAD_INTERRUPTED", "the upload ended before the file did; send it again")


def id_of(first: Message, field: str) -> UUID:
    """An id in the first message of a stream, which is not validated by the frame."""
    try:
        return UUID(getattr(first, field))
    except ValueError:
        violation = errors.FieldViolation(field, "must be a valid UUID, in the first message of the stream", "STRING_UUID")
        raise errors.InvalidArgument("FIELDS_INVALID", f"{field}: {violation.description}", fields=[violation]) from None


def _from_form(pieces: Iterable[bytes], boundary: bytes, limit: int) -> File:
    form, total = _Form(limit), 0
    try:
        parser = MultipartParser(boundary, form.callbacks())
        for piece in pieces:
            total += len(piece)
            if total > limit + _WRAPPING:
                raise _too_large(limit)
            parser.write(piece)
        parser.finalize()
    except FormParserError as problem:
        raise refuse("FORM_INVALID", "the multipart/form-data body is not well-formed, or has no boundary") from problem
    if not form.ended:
        raise refuse("FORM_INVALID", "the multipart/form-data body ends before its last boundary")
    if form.data is None:
        raise refuse("FORM_INVALID", "the form has no file: send one as a part with a file name")
    return File(form.name, bytes(form.data))


class _Form:
    """Keeps the first part that is a file, and passes over everything else."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._collects = False
        self.name = ""
        self.data: bytearray | None = None
        self.ended = False

    def callbacks(self) -> Any:
        names = ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end", "headers_finished", "end")
        return {f"on_{name}": getattr(self, name) for name in names}

    def part_begin(self) -> None:
        self._disposition = b""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if self.data is None and b"filename" in options:
            self.name = options[b"filename"].decode("utf-8", "replace")
            self.data, self._collects = bytearray(), True

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._collects and self.data is not None:
            _extend(self.data, data[start:end], self._limit)

    def part_end(self) -> None:
        self._collects = False

    def end(self) -> None:
        self.ended = True


def _extend(data: bytearray, piece: bytes, limit: int) -> None:
    if len(data) + len(piece) > limit:
        raise _too_large(limit)
    data += piece


def _too_large(limit: int) -> errors.Refusal:
    return refuse("FILE_TOO_LARGE", f"the file is larger than the {limit / 2**20:g} MiB that are taken here")
