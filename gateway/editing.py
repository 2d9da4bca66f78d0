"""One socket in one shared document: what a Yjs client says, until it goes."""

from aiohttp import WSMsgType, web

from gateway import counters
from gateway.closing import Close
from gateway.documents import Document
from gateway.sockets import Pace, Socket
from services.chassis import errors

# A person types ten keys a second, a paste or a reconnect brings hundreds of updates at once: these are slowed down, not refused.
_MESSAGES_A_SECOND, _BURST = 200, 4000


async def listen(document: Document, socket: Socket, ws: web.WebSocketResponse) -> None:
    """Takes messages until the client, or the gateway, ends the socket. A message that cannot be read ends it."""
    received, pace, expiry = counters.FRAMES.labels("in"), Pace(_MESSAGES_A_SECOND, _BURST), socket.expire()
    try:
        document.greet(socket)
        async for told in ws:
            received.inc()
            await pace.wait()
            try:
                if told.type is not WSMsgType.BINARY:
                    raise errors.InvalidArgument("FRAME_INVALID", "Yjs speaks in binary frames")  # noqa: TRY301
                await document.take(socket, told.data)
            except errors.InvalidArgument as problem:
                socket.end(Close.BAD_FRAMES, problem.reason)
                return
    finally:
        expiry.cancel()
        await document.leave(socket)
