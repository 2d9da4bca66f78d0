"""What the stand-ins of providers share: a real HTTP server on loopback, a record of what was said, and a line that can be made to break."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, to hold against a contract."""

    asked: Asked
    status: int
    answer: Any


class StandIn:
    """A provider over HTTP. `answer` is its API; `before_answer` may break the line after the work is done."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.before_answer: Callable[[str, str], bool] = lambda verb, path: True
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.lock = threading.RLock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer is one packet, or the peer's delayed acknowledgement makes it wait
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                outer._serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the names that the server looks for

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        raise NotImplementedError

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("content-length") or 0)).decode()
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = json.loads(raw) if raw and "json" in headers.get("content-type", "") else dict(parse_qsl(raw, keep_blank_values=True))
        asked = Asked(handler.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        with self.lock:
            status, answer = self.answer(asked)
            told = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            if not isinstance(answer, bytes):
                self.exchanges.append(Exchange(asked, status, json.loads(told)))
        if not self.before_answer(asked.verb, asked.path):
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(told)))
        handler.end_headers()
        handler.wfile.write(told)
