"""The crowd: a process that opens many sockets, counts what comes, and measures how long it was on its way; told by one line of JSON, answers one.

It is written for this purpose and no other: a frame is looked at just enough to know when it was said.
"""

import base64
import json
import os
import selectors
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_AT_ONCE, _TRIES = 16, 10
_MARK = b"said@"
_DIGITS = 16  # microseconds since 1970


class Member:
    """One socket. What comes is cut into frames, and those with a mark are counted."""

    __slots__ = ("count", "late", "left", "raw")

    def __init__(self, address: str, path: str, headers: dict[str, str]) -> None:
        host, _, port = address.rpartition(":")
        self.raw = socket.create_connection((host, int(port)), timeout=60)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = {"Host": address, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"} | headers
        lines["Sec-WebSocket-Key"] = base64.b64encode(os.urandom(16)).decode()
        request = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        self.raw.sendall(request.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = self.raw.recv(4096)
            if not part:
                raise RuntimeError("closed in the handshake")
            head += part
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head[:200].decode())
        self.left = head.split(b"\r\n\r\n", 1)[1]
        self.count = 0

    def wait(self, mark: bytes) -> None:
        """Returns when that has come, as the first thing that tells that the socket is in the room."""
        while mark not in self.left:
            part = self.raw.recv(65536)
            if not part:
                raise RuntimeError("closed before it was in the room")
            self.left += part
        self.left = b""

    def say(self, text: bytes) -> None:
        size = len(text)
        head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self.raw.sendall(head + bytes(4) + text)  # a mask of zeros leaves the text as it is

    def hear(self, delays: list[float]) -> bool:
        """Takes what has come; False when the server has closed the socket."""
        try:
            part = self.raw.recv(262144)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not part:
            return False
        data, at, now = self.left + part, 0, time.time()
        while True:
            found = data.find(_MARK, at)
            if found < 0 or found + len(_MARK) + _DIGITS > len(data):
                break
            start = found + len(_MARK)
            delays.append(now - int(data[start : start + _DIGITS]) / 1e6)
            self.count += 1
            at = start + _DIGITS
        rest = data[at:] if found < 0 else data[found:]
        self.left = rest[-len(_MARK) - _DIGITS :] if found < 0 else rest
        return True


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Opens the sockets (told on the way), lets some of them speak, and answers with how much came and how late."""

    def open_one(number: int) -> Member:
        door = job["doors"][number % len(job["doors"])]
        for turn in range(_TRIES):
            try:
                member = Member(job["addresses"][number % len(job["addresses"])], door["path"], door["headers"])
                member.wait(job["ready"].encode())
            except (OSError, RuntimeError):
                if turn == _TRIES - 1:
                    raise
                time.sleep(1)  # as clients do where so many come at once
            else:
                return member
        raise AssertionError

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        members = list(pool.map(open_one, range(job["sockets"])))
    print(json.dumps({"open": len(members)}), flush=True)
    sys.stdin.readline()
    delays: list[float] = []
    closed = 0
    selector = selectors.DefaultSelector()
    for member in members:
        member.raw.setblocking(False)
        selector.register(member.raw, selectors.EVENT_READ, member)
    speakers, every, total = members[: job["speakers"]], 1 / job["rate"] if job["rate"] else 0, int(job["rate"] * job["seconds"])
    started = time.monotonic()
    said, until = 0, started + job["seconds"] + job["patience"]
    while (now := time.monotonic()) < until:
        while said < total and now >= started + said * every:
            text = (
                job["frame"]
                .replace("$ID", f"{job['run']}-{said}")
                .replace("$TEXT", f"said@{time.time_ns() // 1000:016d}" + "x" * job["bytes"])
            )
            speaker = speakers[said % len(speakers)]
            try:
                speaker.raw.setblocking(True)
                speaker.say(text.encode())
                speaker.raw.setblocking(False)
            except OSError:
                pass  # the server has closed it: counted where it is read
            said += 1
        if said == total and len(delays) >= total * (len(members) - closed):
            break
        timeout = max(0.0, started + said * every - time.monotonic()) if said < total else 0.1
        for key, _ in selector.select(timeout):
            if not key.data.hear(delays):
                selector.unregister(key.fileobj)
                closed += 1
    took = time.monotonic() - started
    delays.sort()
    counts = [member.count for member in members]
    for member in members:
        member.raw.close()
    return {
        "said": said, "came": len(delays), "missing": total * len(members) - len(delays), "closed": closed, "doubled": max(counts, default=0) > total,
        "seconds": took, "p50": _at(delays, 0.5), "p99": _at(delays, 0.99),
    }  # fmt: skip


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
