"""Gateways and clients in one event loop: what the tests of the gateway speak with."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from cli.stack.ports import free_port
from gateway.__main__ import Gateway, start
from gateway.settings import Settings
from services.chassis import rooms as wire
from services.chassis.settings import load
from tests.conftest import Account, House

PATIENCE = 30.0


def run(scenario: Callable[[], Awaitable[None]], seconds: float = 60) -> None:
    asyncio.run(asyncio.wait_for(scenario(), seconds))


@asynccontextmanager
async def gateway(house: House, **values: str) -> AsyncIterator[Gateway]:
    running = await start(load(Settings, "gateway", {**house.environment, "LISTEN": "127.0.0.1:0", "GATEWAY_DRAIN": "0", **values}))
    try:
        yield running
    finally:
        await running.stop()


async def heard(door: Gateway, room: str, *, answers: bool = True) -> None:
    """Returns when the gateway hears Redis in that room, or no longer does."""
    async with asyncio.timeout(PATIENCE):
        while door.rooms.hears(wire.channel(room)) is not answers:  # noqa: ASYNC110 - nothing tells when Redis is missed
            await asyncio.sleep(0.01)


class Client:
    """One person's socket. Every frame that comes is kept until somebody asks for it."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.patience = PATIENCE
        self.welcome: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self.others: list[dict[str, Any]] = []
        self.binary: list[bytes] = []
        self._changed = asyncio.Event()
        self.reader = asyncio.create_task(self._read())

    @property
    def seqs(self) -> list[int]:
        return [int(message["seq"]) for message in self.messages]

    async def say(self, content: str, client_id: str) -> None:
        await self.send(say={"content": content, "client_id": client_id})

    async def send(self, **frame: Any) -> None:
        await self.ws.send_str(json.dumps(frame, ensure_ascii=False))

    async def until(self, condition: Callable[[], Any], what: str) -> Any:
        """What the condition answers as soon as it is true of what has come."""
        try:
            async with asyncio.timeout(self.patience):
                while not (found := condition()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"not in time: {what}; came: {self.seqs}, {self.others}, closed {self.ws.close_code}") from None
        return found

    async def other(self, kind: str, **values: Any) -> Any:
        """The first frame of a kind with these values."""

        def find() -> Any:
            return next((o[kind] for o in self.others if kind in o and values.items() <= o[kind].items()), None)

        return await self.until(find, f"{kind} {values}")

    async def code(self) -> int:
        """The code that the socket was closed with."""
        await asyncio.wait_for(self.reader, PATIENCE)
        return int(self.ws.close_code or 0)

    async def _read(self) -> None:
        async for told in self.ws:
            if told.type is aiohttp.WSMsgType.BINARY:
                self.binary.append(told.data)
                self._changed.set()
                continue
            frame = json.loads(told.data)
            if "welcome" in frame:
                self.welcome = frame["welcome"]
            elif "message" in frame:
                self.messages.append(frame["message"])
            else:
                self.others.append(frame)
            self._changed.set()
        self._changed.set()


@asynccontextmanager
async def connect(
    door: Gateway, room: str, account: Account | None, query: str = "", *, kind: str = "chat", **options: Any
) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {account.access}"} if account else {}
    async with aiohttp.ClientSession() as session:
        ws = await session.ws_connect(f"http://{door.address}/ws/{kind}/{room}{query}", headers=headers, max_msg_size=0, **options)
        client = Client(ws)
        try:
            yield client
        finally:
            await ws.close()
            client.reader.cancel()


@asynccontextmanager
async def join(door: Gateway, room: str, account: Account, query: str = "", **options: Any) -> AsyncIterator[Client]:
    """Connected and welcomed."""
    async with connect(door, room, account, query, **options) as client:
        await client.until(lambda: client.welcome, "the welcome")
        yield client


@dataclass(frozen=True)
class Process:
    """A gateway in a process of its own."""

    address: str
    _running: subprocess.Popen[bytes]

    def kill(self) -> None:
        self._running.kill()
        self._running.wait()

    def ask_to_stop(self) -> None:
        self._running.terminate()


@asynccontextmanager
async def process(house: House, **values: str) -> AsyncIterator[Process]:
    address = f"127.0.0.1:{free_port()}"
    environment = {**os.environ, **house.environment, "LISTEN": address, **values}
    with subprocess.Popen([sys.executable, "-m", "gateway"], env=environment, stdout=subprocess.DEVNULL) as running:  # noqa: ASYNC220
        try:
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
                while True:
                    assert running.poll() is None, "the gateway ended"
                    with contextlib.suppress(aiohttp.ClientError):
                        async with session.get(f"http://{address}/healthz") as answer:
                            if answer.status == 200:
                                break
                    await asyncio.sleep(0.05)
            yield Process(address, running)
        finally:
            running.kill()
