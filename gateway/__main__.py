"""The gateway as a process: settings, tokens, rooms, health, pages."""

import asyncio
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import grpc.aio
from aiohttp import web

from gateway import directory
from gateway.answers import answer_errors
from gateway.chat import Chat
from gateway.health import Readiness, add_health
from gateway.owners import Door, Owner
from gateway.pages import add_interview_page, add_pages
from gateway.rooms import Rooms
from gateway.settings import Settings
from services.chassis import clients, logs, metrics, tracing
from services.chassis.logs import log
from services.chassis.revocations import Revocations, revoked
from services.chassis.settings import load
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens, published

_DOCUMENT = Path(__file__).parents[1] / "generated" / "openapi.json"
_GRACE_SECONDS = 5.0
_OTHER_FILES = 500


@dataclass
class Gateway:
    """A running gateway."""

    address: str
    rooms: Rooms
    _chat: Chat
    _runner: web.AppRunner
    _site: web.TCPSite
    _doors: Sequence[Door]
    _readiness: Readiness
    _revocations: Revocations
    _keys: grpc.Channel
    _grpc: grpc.aio.Server | None

    async def drain(self) -> None:
        """Takes nobody new, asks those who are here to come again elsewhere, and lets them go."""
        await self._chat.drain()

    async def stop(self) -> None:
        await self._site.stop()
        await self.drain()
        if self._grpc is not None:
            await self._grpc.stop(1)
        await self._runner.cleanup()
        await self.rooms.stop()
        for owner in {door.owner for door in self._doors}:
            await owner.close()
        await self._readiness.close()
        await asyncio.to_thread(self._revocations.stop)
        self._keys.close()


async def start(settings: Settings) -> Gateway:
    services = ServiceTokens(settings.service_token.get_secret_value(), "gateway")
    keys = clients.connect(settings.keys_url, "auth", services)
    loop = asyncio.get_running_loop()
    revocations = Revocations("gateway", revoked(keys), lambda: loop.call_soon_threadsafe(chat.end_revoked))
    access = AccessTokens(KeyRing(published(keys)), settings.jwt_issuer, revocations)
    rooms_of = Owner(settings.notifications_url, "notifications", services)
    interviews = Owner(settings.interviews_url, "interviews", services)
    doors = [
        Door("/ws/chat", rooms_of),
        Door("/ws/document", rooms_of, speaks="yjs"),
        Door("/ws/code", interviews, prefix="interview-", speaks="yjs"),
        Door(
            "/ws/interview",
            interviews,
            prefix="interview-",
            services=("interviewer",),
            largest_frame=32 * 1024,
        ),
    ]
    rooms = Rooms(settings.redis_url)
    chat = Chat(settings, access, services, doors, rooms)
    readiness = Readiness(settings.peers, {"redis": rooms.ping})

    app = web.Application(middlewares=[answer_errors], client_max_size=64 * 1024)
    chat.add_to(app)
    add_health(app, readiness)
    add_interview_page(app)
    if _DOCUMENT.exists():
        add_pages(app, _DOCUMENT.read_bytes())

    rooms.start()
    revocations.start()
    # No access log of aiohttp's: its lines hold the query, where a token may be.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_SECONDS)
    await runner.setup()
    host, _, port = settings.listen.rpartition(":")
    site = web.TCPSite(runner, host, int(port), backlog=1024)
    await site.start()
    address = f"{host}:{runner.addresses[0][1]}"
    answering = None
    if settings.grpc_listen and directory.DESCRIPTORS.exists():
        answering = await directory.serve(settings.grpc_listen, readiness.ready)
    log.info("serving", extra={"server": "gateway", "address": address})
    return Gateway(address, rooms, chat, runner, site, doors, readiness, revocations, keys, answering)


async def run(settings: Settings) -> None:
    """Until SIGTERM or Ctrl-C."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    gateway = await start(settings)
    await asked.wait()
    await gateway.stop()


def _allow_files(count: int) -> None:
    """Each socket is a file, and many systems begin with a limit of 1,024 that a process may raise itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count if hard == resource.RLIM_INFINITY else min(count, hard), hard))


def main() -> None:
    settings = load(Settings, "gateway")
    logs.configure(readable=settings.debug)
    _allow_files(settings.most_sockets + _OTHER_FILES)
    tracing.configure(settings.otel_endpoint, "gateway")
    if settings.metrics_listen:
        metrics.expose(settings.metrics_listen)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
