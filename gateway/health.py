"""Whether this process answers, and whether the house is ready: every service with each of its parts by name."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import grpc
import grpc.aio
from aiohttp import web
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.chassis.clients import OPTIONS

_DEADLINE_SECONDS = 2.0
_REMEMBERED_SECONDS = 1.0


class Readiness:
    """Asks the services for their health. What was found is good for a second, so that whoever asks often costs the services little."""

    def __init__(self, peers: Mapping[str, str], own: Mapping[str, Callable[[], Awaitable[object]]]) -> None:
        self._channels = {
            name: grpc.aio.insecure_channel(address.removeprefix("grpc://"), options=OPTIONS) for name, address in peers.items()
        }
        self._own = own
        self._lock = asyncio.Lock()
        self._found: dict[str, bool] = {}
        self._at = -_REMEMBERED_SECONDS

    async def parts(self) -> dict[str, bool]:
        """Whether each part is ready, by its name (`auth.database`); a service that does not answer is a part itself (`auth`)."""
        async with self._lock:
            if time.monotonic() - self._at >= _REMEMBERED_SECONDS:
                own = [self._ask_own(name, check) for name, check in self._own.items()]
                answers = await asyncio.gather(*own, *(self._ask(name) for name in self._channels))
                self._found = {part: ready for answer in answers for part, ready in answer.items()}
                self._at = time.monotonic()
            return self._found

    async def ready(self) -> bool:
        return all((await self.parts()).values())

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()

    async def _ask(self, name: str) -> dict[str, bool]:
        stub: Any = health_pb2_grpc.HealthStub(self._channels[name])
        request: Any = health_pb2.HealthListRequest()
        try:
            answer = await stub.List(request, timeout=_DEADLINE_SECONDS)
        except grpc.aio.AioRpcError:
            return {name: False}
        serving = health_pb2.HealthCheckResponse.SERVING
        return {name: True} | {f"{name}.{part}": health.status == serving for part, health in answer.statuses.items()}

    async def _ask_own(self, name: str, check: Callable[[], Awaitable[object]]) -> dict[str, bool]:
        try:
            await asyncio.wait_for(check(), _DEADLINE_SECONDS)
        except Exception:  # noqa: BLE001 - any failure means that it is not ready
            return {f"gateway.{name}": False}
        return {f"gateway.{name}": True}


def add_health(app: web.Application, readiness: Readiness) -> None:
    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        parts = await readiness.parts()
        ready = all(parts.values())
        told = {part: "ready" if answers else "not ready" for part, answers in sorted(parts.items())}
        return web.json_response({"ready": ready, "parts": told}, status=200 if ready else 503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
