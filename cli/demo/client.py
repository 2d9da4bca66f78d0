"""An outside client: JSON over HTTP through Envoy, as an integrator would write it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from cli.demo.page import Page

_PATIENCE_SECONDS = 60.0


class DemoError(Exception):
    """A step was not as it should be; the text says which and how."""


def expect(condition: object, what: str) -> None:
    if not condition:
        raise DemoError(what)


class Client:
    """One person's way in: remembers their tokens and shows each call on the page."""

    def __init__(self, session: aiohttp.ClientSession, url: str, page: Page) -> None:
        self._session = session
        self._url = url
        self._page = page
        self.access = ""
        self.refresh = ""
        self.tenant_id = ""
        self.user: dict[str, Any] = {}

    async def call(self, method: str, path: str, body: object = None, *, quiet: bool = False, **more: Any) -> dict[str, Any]:
        """Calls and returns the answer. Raises DemoError with the API's own words where it is an error."""
        started = time.perf_counter()
        if body is not None:
            more["json"] = body
        async with self._answer(method, path, **more) as answer:
            return await self._read(answer, method, path, 0 if quiet else time.perf_counter() - started)

    @asynccontextmanager
    async def _answer(self, method: str, path: str, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer, when the plan allows the call, and a service that was just started has read what it needs."""
        started = time.perf_counter()
        while True:
            async with self._session.request(method, self._url + path, headers=self.headers, **more) as answer:
                loading = (
                    answer.status == HTTPStatus.SERVICE_UNAVAILABLE
                    and method == "GET"
                    and time.perf_counter() - started < _PATIENCE_SECONDS
                )
                if answer.status != HTTPStatus.TOO_MANY_REQUESTS and not loading:
                    yield answer
                    return
                pause = float(answer.headers.get("retry-after", "1"))
            await asyncio.sleep(pause)

    async def _read(self, answer: aiohttp.ClientResponse, method: str, path: str, seconds: float) -> dict[str, Any]:
        text = await answer.text()
        if seconds:
            self._page.call(method, path, answer.status, seconds * 1000)
        expect(answer.status == HTTPStatus.OK, f"{method} {path} answered {answer.status}: {text[:500]}")
        expect(answer.content_type == "application/json", f"{method} {path} answered {answer.content_type}, not JSON")
        found: dict[str, Any] = await answer.json()
        return found

    async def status(self, method: str, path: str) -> int:
        """What a call is answered with, where a refusal is expected."""
        started = time.perf_counter()
        async with self._answer(method, path) as answer:
            self._page.call(method, path, answer.status, (time.perf_counter() - started) * 1000)
            return answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.access}"} if self.access else {}

    def keep(self, pair: dict[str, Any]) -> None:
        """Remembers a pair of tokens."""
        self.access, self.refresh, self.user = pair["access_token"], pair["refresh_token"], pair["user"]
        self.tenant_id = pair["organization_id"]

    async def chat(self, room: str, after: int | None = None) -> "Chat":
        """Enters a room over the WebSocket."""
        path = f"/ws/chat/{room}/" + (f"?after={after}" if after is not None else "")
        started = time.perf_counter()
        socket = await self._session.ws_connect(self._url + path, headers=self.headers, heartbeat=20)
        self._page.call("WS", path, 101, (time.perf_counter() - started) * 1000)
        return Chat(socket)

    @property
    def host(self) -> str:
        return urlsplit(self._url).netloc


class Chat:
    """A socket in a room."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def say(self, content: str, client_id: str) -> None:
        await self._socket.send_json({"say": {"content": content, "client_id": client_id}})

    async def next(self, kind: str) -> dict[str, Any]:
        """The next frame of this kind; those of other kinds are passed over."""
        while True:
            frame: dict[str, Any] = await self._socket.receive_json(timeout=10)
            if "error" in frame:
                raise DemoError(f"the chat refused a frame: {frame['error']}")
            if kind in frame:
                return dict(frame[kind])

    async def leave(self) -> None:
        await self._socket.close()
