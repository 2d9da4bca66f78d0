"""Health, errors over HTTP, and the gateway as a process."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp

from cli.stack.ports import LOOPBACK, free_port
from tests.conftest import Account, House
from tests.gateway.sockets import Client, gateway, run

ROOT = Path(__file__).parents[2]


def test_readiness_names_every_part_and_what_is_missing(house: House) -> None:
    async def scenario() -> None:
        async with gateway(house) as door, aiohttp.ClientSession(f"http://{door.address}") as session, session.get("/readyz") as answer:
            told = await answer.json()
            assert (answer.status, told["ready"]) == (200, True)
            assert {"auth", "auth.database", "auth.redis", "notifications.database", "gateway.redis"} <= told["parts"].keys()
            assert set(told["parts"].values()) == {"ready"}
        nowhere = f"{LOOPBACK}:{free_port()}"
        async with (
            gateway(house, JOB_SERVICE_URL=nowhere, REDIS_URL=f"redis://{nowhere}") as door,
            aiohttp.ClientSession(f"http://{door.address}") as session,
        ):
            async with session.get("/readyz") as answer:
                told = await answer.json()
                assert (answer.status, told["ready"]) == (503, False)
                assert [part for part, state in told["parts"].items() if state != "ready"] == ["gateway.redis", "jobs"]
            async with session.get("/healthz") as answer:
                assert answer.status == 200

    run(scenario)


def test_an_error_over_http_has_the_form_of_every_error(house: House) -> None:
    async def scenario() -> None:
        async with gateway(house) as door, aiohttp.ClientSession(f"http://{door.address}") as session:
            async with session.get("/nowhere", headers={"x-request-id": "asked-7"}) as answer:
                told = await answer.json()
            assert (answer.status, told["code"]) == (404, 5)
            info, request = told["details"]
            assert (info["@type"], info["reason"], info["domain"]) == (
                "type.googleapis.com/google.rpc.ErrorInfo",
                "ROUTE_NOT_FOUND",
                "einstellen",
            )
            assert (request["@type"], request["request_id"]) == ("type.googleapis.com/google.rpc.RequestInfo", "asked-7")
            async with session.post("/healthz") as answer:
                assert (answer.status, (await answer.json())["details"][0]["reason"]) == (405, "METHOD_NOT_ALLOWED")
            async with session.get("/ws/chat/room") as answer:
                assert (answer.status, (await answer.json())["details"][0]["reason"]) == (426, "WEBSOCKET_EXPECTED")

    run(scenario)


def test_a_gateway_that_is_asked_to_stop_sends_everybody_away_and_logs_no_token(
    house: House, meet: Callable[..., str], person: Account, tmp_path: Path
) -> None:
    room, port, log = meet(person), free_port(), tmp_path / "log"
    environment = {**os.environ, **house.environment, "GATEWAY_LISTEN": f"{LOOPBACK}:{port}", "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}
    with log.open("w") as file:
        process = subprocess.Popen([sys.executable, "-m", "gateway"], cwd=ROOT, env=environment, stderr=file)

    async def scenario() -> None:
        async with aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") as session:
            ws = await _dial(session, f"/ws/chat/{room}?access_token={person.access}")
            client = Client(ws)
            await client.until(lambda: client.welcome, "the welcome")
            bad = await session.ws_connect(f"/ws/chat/{room}", protocols=(f"bearer.{person.access}x",))
            await bad.receive()
            process.send_signal(signal.SIGTERM)
            assert await client.code() == 1012

    try:
        run(scenario)
        assert process.wait(10) == 0
    finally:
        process.kill()
    written = log.read_text()
    assert "socket closed" in written
    assert person.access not in written
    assert person.access.split(".")[2] not in written


async def _dial(session: aiohttp.ClientSession, path: str) -> aiohttp.ClientWebSocketResponse:
    for _ in range(300):
        try:
            return await session.ws_connect(path)
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.05)  # it is starting
    raise AssertionError("the gateway did not start")
