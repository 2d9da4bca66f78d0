"""An integrator's endpoint: an HTTP server on the loopback address that keeps what it is sent and answers as it is told."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cli.stack.ports import LOOPBACK

Respond = Callable[[BaseHTTPRequestHandler, int], None]


def status(code: int, **headers: str) -> Respond:
    def respond(handler: BaseHTTPRequestHandler, _turn: int) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return respond


@dataclass(frozen=True)
class Got:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    port: int = 0
    respond: Respond = field(default_factory=lambda: status(204))
    got: list[Got] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/hooks?of=us"

    def wait(self, count: int, seconds: float = 20) -> list[Got]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, seconds), f"{len(self.got)} of {count} requests came"
            return list(self.got)


@contextmanager
def receiving(respond: Respond | None = None, *, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """With a `context` it speaks TLS."""
    receiver = Receiver()
    if respond is not None:
        receiver.respond = respond

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # who was sending it has died
            with receiver.came:
                receiver.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body))
                turn = len(receiver.got)
                receiver.came.notify_all()
            receiver.respond(self, turn)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who hangs up says no goodbye
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
