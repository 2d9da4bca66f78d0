"""A small server that speaks OpenAI's API over real HTTP: it remembers what it was asked and answers as it was told to."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """How one request is answered.

    `cut_after` closes the connection after so many events or pieces of sound; `hold_before` waits with that one until the test lets go.
    """

    pieces: tuple[str, ...] = ("Hello", ", ", "world")
    status: int = 200
    error: dict[str, Any] = field(default_factory=dict)
    cut_after: int | None = None
    hold_before: int | None = None
    usage: tuple[int, int] | None = (11, 7)
    finish: str | None = "stop"


@dataclass
class Asked:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def user(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "user")


class OpenAIServer:
    """Answers each request with the next of `answers`, and with `otherwise` when there are none left."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.otherwise = Answer()
        self.asked: list[Asked] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                answer = outer.answers.popleft() if outer.answers else outer.otherwise
                try:
                    if answer.status != 200:
                        self._send(
                            answer.status,
                            {"error": {"message": f"no, to {json.dumps(body)} with {self.headers['Authorization']}", **answer.error}},
                        )
                    elif self.path.endswith("/embeddings"):
                        data = [{"index": i, "object": "embedding", "embedding": [3.0, float(len(t))]} for i, t in enumerate(body["input"])]
                        self._send(
                            200,
                            {
                                "object": "list",
                                "model": body["model"],
                                "data": data[::-1],
                                "usage": {"prompt_tokens": 5, "total_tokens": 5},
                            },
                        )
                    elif self.path.endswith("/audio/speech"):
                        self._pour("audio/pcm", (piece.encode() for piece in answer.pieces), answer)
                    else:
                        events = (f"data: {event}\n\n".encode() for event in self._events(body, answer))
                        self._pour("text/event-stream", events, answer)
                except OSError:
                    self.close_connection = True

            def _send(self, status: int, document: dict[str, Any]) -> None:
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _pour(self, kind: str, pieces: Iterator[bytes], answer: Answer) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for number, data in enumerate(pieces):
                    if answer.hold_before == number:
                        outer.released.wait(30)
                    if answer.cut_after == number:
                        self.close_connection = True
                        return
                    self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")

            def _events(self, body: dict[str, Any], answer: Answer) -> Iterator[str]:
                head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
                for piece in answer.pieces:
                    yield json.dumps({**head, "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]})
                yield json.dumps({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": answer.finish}]})
                if answer.usage and body.get("stream_options", {}).get("include_usage"):
                    prompt, completion = answer.usage
                    counted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
                    yield json.dumps({**head, "choices": [], "usage": counted})
                yield "[DONE]"

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @contextmanager
    def serving(self) -> Iterator["OpenAIServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()
