"""People whose clients do what clients should: come back with the last number they have, and say again what nobody has answered."""

import asyncio
import contextlib
import itertools
import json
import socket as sockets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import aiohttp

from tests.conftest import Account

PATIENCE = 30.0


class Person:
    """In a room by whichever gateway answers. `cut_after` are the counts of messages after which the line breaks.

    Of a `twin` the same person speaks elsewhere as well: what it hears first may be the other's, and the answer to what it said itself comes yet.
    """

    def __init__(
        self,
        account: Account,
        room: str,
        addresses: Sequence[str],
        cut_after: Sequence[int] = (),
        *,
        narrow: bool = False,
        twin: bool = False,
        **options: Any,
    ) -> None:
        self.account = account
        self.messages: list[dict[str, Any]] = []
        self.doubled: list[int] = []
        self.errors: list[dict[str, Any]] = []
        self.codes: list[int | None] = []
        self.reconnects: list[int] = []
        self._room = room
        self._addresses = addresses
        self._cut_after = set(cut_after)
        self._options = options
        self._narrow = narrow
        self._twin = twin
        self._put_times: Counter[str] = Counter()
        self._unanswered: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._changed = asyncio.Event()
        self.task = asyncio.create_task(self._live())

    @property
    def seqs(self) -> list[int]:
        return [int(message["seq"]) for message in self.messages]

    @property
    def contents(self) -> list[str]:
        return [message["content"] for message in self.messages]

    async def say(self, *contents: str) -> None:
        for content in contents:
            await self.send("say", content=content)

    async def send(self, kind: str, **values: Any) -> str:
        client_id = str(next(self._ids))
        self._unanswered[client_id] = {kind: {**values, "client_id": client_id}}
        await self._put(client_id)
        return client_id

    def cut(self) -> None:
        """Breaks the line, as a train in a tunnel does: nobody says goodbye."""
        if self._ws is not None and self._ws._response.connection is not None:
            self._ws._response.connection.transport.abort()

    def pause(self) -> None:
        """Stops reading, with little room for what comes nevertheless."""
        self._transport().pause_reading()

    def resume(self) -> None:
        self._transport().resume_reading()

    def _transport(self) -> Any:
        return self._ws._response.connection.transport

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"not in time: {what}; {self.seqs}, closed with {self.codes}, errors {self.errors}") from None

    async def got(self, count: int) -> None:
        await self.until(lambda: len(self.messages) >= count, f"{count} messages")

    async def answered(self) -> None:
        await self.until(lambda: not self._unanswered, f"answers to {list(self._unanswered)}")

    async def _live(self) -> None:
        connector = aiohttp.TCPConnector(socket_factory=_small if self._narrow else None)
        async with aiohttp.ClientSession(connector=connector) as session:
            for address in itertools.cycle(self._addresses):
                last = self.seqs[-1] if self.messages else 0
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    url, headers = f"http://{address}/ws/chat/{self._room}?after={last}", {"Authorization": f"Bearer {self.account.access}"}
                    async with session.ws_connect(url, headers=headers, max_msg_size=0, **self._options) as ws:
                        self._ws = ws
                        for client_id in list(self._unanswered):
                            await self._put(client_id)
                        async for told in ws:
                            if told.type is aiohttp.WSMsgType.TEXT:
                                self._take(json.loads(told.data))
                        self.codes.append(ws.close_code)
                        self._changed.set()
                await asyncio.sleep(0.05)

    def _take(self, frame: dict[str, Any]) -> None:
        if message := frame.get("message"):
            mine, new = message["sender_id"] == self.account.user_id, not self.messages or int(message["seq"]) > self.seqs[-1]
            if mine:
                self._unanswered.pop(message["client_id"], None)
            if mine and not (new and self._twin):
                self._put_times[message["client_id"]] -= 1
            if new:
                self.messages.append(message)
            elif not mine or self._put_times[message["client_id"]] < 0:  # what was said again is answered again
                self.doubled.append(int(message["seq"]))
            if len(self.messages) in self._cut_after:
                self._cut_after.remove(len(self.messages))
                self.cut()
        elif error := frame.get("error"):
            if error["reason"] in ("PEER_UNAVAILABLE", "PEER_TOO_SLOW", "DATABASE_UNAVAILABLE"):
                asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(self._put(error["client_id"])))
            else:
                self._unanswered.pop(error["client_id"], None)
                self.errors.append(error)
        elif reconnect := frame.get("reconnect"):
            self.reconnects.append(reconnect["after_milliseconds"])
        self._changed.set()

    async def _put(self, client_id: str) -> None:
        if self._ws is not None and not self._ws.closed and client_id in self._unanswered:
            self._put_times[client_id] += 1
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._ws.send_str(json.dumps(self._unanswered[client_id], ensure_ascii=False))


def _small(info: Any) -> sockets.socket:
    """A socket that the kernel keeps little for."""
    found = sockets.socket(*info[:3])
    found.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    return found


@contextlib.asynccontextmanager
async def people(room: str, accounts: Sequence[Account], *addresses: str, **options: Any) -> AsyncIterator[list[Person]]:
    """Each begins at another of the addresses."""
    everybody = [
        Person(account, room, [*addresses[place % len(addresses) :], *addresses[: place % len(addresses)]], **options)
        for place, account in enumerate(accounts)
    ]
    try:
        yield everybody
    finally:
        for person in everybody:
            person.task.cancel()
        await asyncio.gather(*(person.task for person in everybody), return_exceptions=True)


async def agree(everybody: Sequence[Person], count: int) -> None:
    """All have all messages, each once and in the order of their numbers."""
    for person in everybody:
        await person.got(count)
    for person in everybody:
        assert person.seqs == list(range(1, count + 1))
        assert not person.doubled
        assert person.contents == everybody[0].contents
