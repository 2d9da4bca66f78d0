"""One client's socket: a bounded queue and a writer of its own, so that a slow reader holds up nobody but itself."""

import asyncio
import contextlib
import time
from itertools import count

from aiohttp import WSMsgType, web

from gateway import counters
from gateway.closing import Close
from gateway.frames import Encoded
from gateway.identity import Identity
from gateway.media import Part
from services.chassis.logs import log

_CLOSE_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
_SENT = counters.FRAMES.labels("out")
_numbers = count(1)


class TooSlow(Exception):  # noqa: N818 - what the client is, not a fault
    """The client does not read what it asked for."""


class Socket:
    """`seen` is the number of the newest message that was queued for the client; `live` says that it follows its room.
    A `raw` one speaks another protocol than the rooms', and `clients` are the numbers that Yjs clients behind it go by. `part` is what it does in a room with
    sound and picture.
    """

    def __init__(
        self, request: web.Request, ws: web.WebSocketResponse, identity: Identity, queued: int, *, binary: bool = False, raw: bool = False
    ) -> None:
        self.number = next(_numbers)
        self.identity = identity
        self.name = ""
        self.seen = 0
        self.live = False
        self.saying: set[str] = set()
        self.binary = binary
        self.raw = raw
        self.clients: set[int] = set()
        self.part = Part("")
        self.user_id = identity.user_id
        self._request = request
        self._ws = ws
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(queued)
        self._writer = asyncio.create_task(self._write())
        self._closing: asyncio.Task[None] | None = None

    def tell(self, frame: Encoded) -> None:
        """Sends a frame without waiting. It is queued where the client has not taken all that was sent before; where the queue is full, the client is
        dropped.
        """
        if self._closing is not None:
            return
        transport = self._request.transport
        if self._queue.empty() and not self._ws.closed and transport is not None and transport.get_write_buffer_size() == 0:
            # The usual case, and a third of the cost: the message as it was made once for all, past the queue, its task and aiohttp's writer.
            transport.write(frame.binary_message if self.binary else frame.text_message)
            _SENT.inc()
            return
        try:
            self._queue.put_nowait(self._form(frame))
        except asyncio.QueueFull:
            log.info("slow reader dropped", extra={"user_id": self.user_id})
            self.end(Close.TOO_SLOW, "too slow: reconnect and ask for what you missed")

    async def give(self, frame: Encoded) -> None:
        """Queues a frame that the client itself asked for, at its own pace. Raises TooSlow where it reads nothing for ten seconds."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._queue.put(self._form(frame))
        except TimeoutError:
            self.end(Close.TOO_SLOW, "too slow: reconnect and ask for what you missed")
            raise TooSlow from None

    def expire(self) -> asyncio.TimerHandle:
        """Ends the socket when its token does, unless the timer is cancelled before."""
        left = self.identity.expires - time.time()
        return asyncio.get_running_loop().call_later(left, self.end, Close.UNAUTHENTICATED, "TOKEN_EXPIRED")

    def end(self, code: Close, words: str) -> None:
        """Closes the socket, from any place and without waiting."""
        if self._closing is None:
            self.live = False
            counters.CLOSED.labels(str(int(code))).inc()
            self._closing = asyncio.create_task(self._close(code, words))

    async def finished(self) -> None:
        """Returns when nothing of the socket is left."""
        if self._closing is not None:
            await self._closing
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer

    def _form(self, frame: Encoded) -> bytes:
        return frame.binary if self.binary else frame.text

    async def _write(self) -> None:
        kind = WSMsgType.BINARY if self.binary else WSMsgType.TEXT
        while True:
            data = await self._queue.get()
            try:
                await self._ws.send_frame(data, kind)
            except (ConnectionError, RuntimeError):
                return  # the reading side sees the end too, and tidies up
            _SENT.inc()
            self._queue.task_done()

    async def _close(self, code: Close, words: str) -> None:
        if code is not Close.TOO_SLOW:
            # What is queued, an error frame above all, goes out before the close.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._queue.join(), _CLOSE_SECONDS)
        self._writer.cancel()
        # A task of its own: cancelling the writer may cancel what this waits for, the transport's one future of being writable.
        goodbye = asyncio.create_task(self._ws.close(code=code, message=words.encode()))
        goodbye.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.wait([goodbye], timeout=_CLOSE_SECONDS)
        goodbye.cancel()
        # Always: a peer that does not read would otherwise leave its blocked sender behind.
        if self._request.transport is not None:
            self._request.transport.abort()


class Pace:
    """A bucket of tokens: so many frames a second, and a burst."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, time.monotonic()

    def allows(self) -> bool:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def wait(self) -> None:
        """Returns when there is one left to take: for clients that send bursts, and are slowed down rather than stopped."""
        if not self.allows():
            await asyncio.sleep((1 - self._left) / self._rate)
            self.allows()
