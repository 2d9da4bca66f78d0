"""The demo's client waits where it is asked to, and takes every other answer as it is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cli.demo.client import Client, DemoError


class Page:
    """Nobody looks."""

    def call(self, *_: object) -> None: ...


def asked(statuses: list[int], ask: Callable[[Client], Awaitable[Any]]) -> Any:
    """What the client says of answers with these statuses, one for each request."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"is": "there"}, status=statuses.pop(0), headers={"retry-after": "0"})

    async def talk() -> Any:
        app = web.Application()
        app.router.add_route("*", "/thing", answer)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            return await ask(Client(session, str(server.make_url("")).rstrip("/"), Page()))  # type: ignore[arg-type]

    found = asyncio.run(talk())
    assert statuses == []
    return found


def test_a_plan_that_allows_no_more_is_waited_for_also_where_a_refusal_is_expected() -> None:
    assert asked([429, 429, 404], lambda client: client.status("GET", "/thing")) == 404
    assert asked([429, 200], lambda client: client.call("POST", "/thing")) == {"is": "there"}


def test_a_service_that_still_loads_is_read_from_again_and_never_written_to_twice() -> None:
    assert asked([503, 200], lambda client: client.call("GET", "/thing")) == {"is": "there"}
    with pytest.raises(DemoError, match="503"):
        asked([503], lambda client: client.call("POST", "/thing"))
