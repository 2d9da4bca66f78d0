"""The load: a process that reads one job a line (JSON), sends its requests over a few kept connections, and answers with how it went."""

import base64
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import grpc

CONNECTIONS = 4


def _over_grpc(job: dict[str, Any]) -> Callable[[bytes], None]:
    """A sender on a connection of its own; messages travel as they are, serialized before."""
    channel = grpc.insecure_channel(job["address"], options=[("grpc.use_local_subchannel_pool", 1)])
    call = channel.unary_unary(job["method"])  # without serializers: bytes in, bytes out
    metadata = [tuple(pair) for pair in job["metadata"]]

    def send(message: bytes) -> None:
        call(message, metadata=metadata, timeout=30)

    return send


def _over_http(job: dict[str, Any]) -> Callable[[bytes], None]:
    """A sender on a connection of its own; requests are written as they are, whole, and only as much of an answer is read as tells its end."""
    host, _, port = job["address"].rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(request: bytes) -> None:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += _receive(connection)
        head, _, body = answer.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"content-length:" in lower:
            length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            while len(body) < length:
                body += _receive(connection)
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += _receive(connection)
        status = int(head.split(b" ", 2)[1])
        if status not in (200, 201):
            raise RuntimeError(f"{status}: {body[:300]!r}")

    return send


def _receive(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise RuntimeError("the server closed the connection")
    return part


def _run(job: dict[str, Any]) -> dict[str, Any]:
    connect = _over_grpc if job["kind"] == "grpc" else _over_http
    messages = [base64.b64decode(message) for message in job["messages"]]
    problems: list[str] = []

    def work(own: list[bytes]) -> None:
        try:
            send = connect(job)
            for message in own:
                send(message)
        except Exception as problem:  # noqa: BLE001 - it is told to whoever gave the job
            problems.append(str(problem))

    threads = [threading.Thread(target=work, args=(messages[number::CONNECTIONS],)) for number in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - started, "problems": problems}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
