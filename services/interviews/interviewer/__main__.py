"""The interviewer as a process: settings, services, rooms, health."""

import asyncio
import signal
from dataclasses import dataclass

from aiohttp import web

from services.chassis import logs, metrics, tracing
from services.chassis.logs import log
from services.chassis.settings import load
from services.chassis.tokens import ServiceTokens
from services.interviews.interviewer.hosting import Host
from services.interviews.interviewer.peers import Services
from services.interviews.interviewer.settings import Settings


@dataclass
class Interviewer:
    """A running interviewer."""

    address: str
    host: Host
    _services: Services
    _runner: web.AppRunner

    async def stop(self) -> None:
        await self.host.stop()
        await self._services.close()
        await self._runner.cleanup()


async def start(settings: Settings) -> Interviewer:
    tokens = ServiceTokens(settings.service_token.get_secret_value(), "interviewer")
    services = Services(settings.interviews_url, settings.inference_url, tokens)
    host = Host(services, settings)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "rooms": len(host.sessions)})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    name, _, port = settings.listen.rpartition(":")
    await web.TCPSite(runner, name, int(port)).start()
    host.start()
    address = f"{name}:{runner.addresses[0][1]}"
    log.info("serving", extra={"server": "interviewer", "address": address})
    return Interviewer(address, host, services, runner)


async def run(settings: Settings) -> None:
    """Until SIGTERM or Ctrl-C."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    interviewer = await start(settings)
    await asked.wait()
    await interviewer.stop()


def main() -> None:
    settings = load(Settings, "interviewer")
    logs.configure(readable=settings.debug)
    tracing.configure(settings.otel_endpoint, "interviewer")
    if settings.metrics_listen:
        metrics.expose(settings.metrics_listen)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
