"""Bytes sent to an address as they are, and the answers that came back: for requests that no decent client would make."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

_DEADLINE = 5.0


@dataclass
class Reply:
    """One answer of HTTP/1."""

    status: int
    head: str
    body: bytes


def exchange(host: str, sent: bytes) -> list[Reply]:
    """All answers on one connection, until the other side closes it or has been silent for five seconds."""
    name, _, port = host.rpartition(":")
    with socket.create_connection((name, int(port)), timeout=_DEADLINE) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # where it answers before it has read everything
            connection.sendall(sent)
        return _replies(_read(connection))


def _read(connection: socket.socket) -> bytes:
    got = b""
    with suppress(TimeoutError, ConnectionResetError):
        while part := connection.recv(65536):
            got += part
    return got


def _replies(data: bytes) -> list[Reply]:
    found = []
    while data.startswith(b"HTTP/1."):
        head, _, data = data.partition(b"\r\n\r\n")
        status, lines = int(head.split(b" ", 2)[1]), head.decode("latin-1")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines.split("\r\n")[1:]}
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while True:
                size, _, data = data.partition(b"\r\n")
                length = int(size or b"0", 16)
                body, data = body + data[:length], data[length + 2 :]
                if not length:
                    break
        else:
            length = int(headers.get("content-length", 0))
            body, data = data[:length], data[length:]
        found.append(Reply(status, lines, body))
    return found


# HTTP/2 by hand (RFC 9113), with headers as literals that no table remembers (RFC 7541, 6.2.2): the way to say what libraries refuse to say.

_DATA, _HEADERS, _RESET, _SETTINGS, _GOAWAY, _CONTINUATION = 0, 1, 3, 4, 7, 9  # kinds of frames
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1


@dataclass
class Http2Reply:
    """How a stream ended: the first status that was seen, or the code of the reset or of the connection's end."""

    status: int = 0
    reset: int | None = None
    closed: int | None = None

    @property
    def is_refused(self) -> bool:
        return self.reset is not None or self.closed is not None or 400 <= self.status < 500


def literal(name: bytes, value: bytes) -> bytes:
    return b"\x10" + _integer(len(name), 7) + name + _integer(len(value), 7) + value


def _integer(value: int, bits: int) -> bytes:
    most = 2**bits - 1
    if value < most:
        return bytes([value])
    found, value = [most], value - most
    while value >= 128:
        found.append(value % 128 + 128)
        value //= 128
    return bytes([*found, value])


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def exchange2(host: str, headers: list[tuple[bytes, bytes]], body: bytes = b"", *, more: bytes = b"") -> Http2Reply:
    """One request on stream 1, then the bytes of `more`; returns with the stream's first word or its end."""
    block = b"".join(literal(name, value) for name, value in headers)
    sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(_SETTINGS, 0, 0, b"")
    first, rest = block[:16384], block[16384:]
    sent += frame(_HEADERS, (0 if body else _END_STREAM) | (0 if rest else _END_HEADERS), 1, first)
    while rest:
        part, rest = rest[:16384], rest[16384:]
        sent += frame(_CONTINUATION, 0 if rest else _END_HEADERS, 1, part)
    if body:
        sent += frame(_DATA, _END_STREAM, 1, body)
    name, _, port = host.rpartition(":")
    reply = Http2Reply()
    with socket.create_connection((name, int(port)), timeout=_DEADLINE) as connection:
        try:
            connection.sendall(sent + more)
            while not (reply.status or reply.is_refused):
                length, kind, flags, stream = _head(_exactly(connection, 9))
                payload = _exactly(connection, length)
                if kind == _SETTINGS and not flags & _ACK:
                    connection.sendall(frame(_SETTINGS, _ACK, 0, b""))
                elif kind == _GOAWAY:
                    reply.closed = struct.unpack(">I", payload[4:8])[0]
                elif kind == _RESET and stream == 1:
                    reply.reset = struct.unpack(">I", payload)[0]
                elif kind == _HEADERS and stream == 1:
                    reply.status = _status(payload)
        except (ConnectionResetError, BrokenPipeError, EOFError):
            reply.closed = 0 if reply.closed is None else reply.closed
    return reply


def _head(data: bytes) -> tuple[int, int, int, int]:
    return int.from_bytes(data[:3], "big"), data[3], data[4], int.from_bytes(data[5:9], "big")


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = connection.recv(size - len(got))
        if not part:
            raise EOFError
        got += part
    return got


_STATIC = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}
_HUFFMAN_DIGITS = {
    "00000": "0", "00001": "1", "00010": "2", "011001": "3", "011010": "4", "011011": "5", "011100": "6", "011101": "7", "011110": "8", "011111": "9",
}  # fmt: skip


def _status(block: bytes) -> int:
    """The status is the first header of an answer: an entry of the static table, or a literal with the name of entry 8."""
    while block and block[0] >> 5 == 1:  # the size of the table changes first
        block = block[1:]
    first = block[0]
    if first & 0x80:
        return _STATIC[first & 0x7F]
    length = block[1] & 0x7F
    value = block[2 : 2 + length]
    if not block[1] & 0x80:
        return int(value)
    bits, found, digit = "".join(f"{byte:08b}" for byte in value), "", ""
    for bit in bits:
        digit += bit
        if digit in _HUFFMAN_DIGITS:
            found, digit = found + _HUFFMAN_DIGITS[digit], ""
        if len(found) == 3:
            break
    return int(found)
