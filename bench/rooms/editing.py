"""What an update of a shared document costs: one client types, another sees it, and each update is in the log before."""

import asyncio
import time
from typing import Any

import aiohttp
import pycrdt

from bench.rooms.servers import Servers, cpu_seconds
from gateway import yjs

LETTERS = 3000


def edit(servers: Servers) -> dict[str, Any]:
    with servers.gateways(1) as door:
        before = {**{name: cpu_seconds(pid) for name, pid in servers.parts.items()}, "gateway": door.seconds()}
        path = str(door.doors[0]["path"]).replace("/ws/chat/", "/ws/document/")
        seconds = asyncio.run(_type(f"http://{door.addresses[0]}{path}", [one["headers"] for one in door.doors[:2]]))
        after = {**{name: cpu_seconds(pid) for name, pid in servers.parts.items()}, "gateway": door.seconds()}
    return {"seconds": seconds, "cpu": {name: (after[name] - before[name]) / LETTERS for name in after}}


async def _type(url: str, headers: list[Any]) -> float:
    written, read = pycrdt.Doc(), pycrdt.Doc()
    updates: list[bytes] = []
    subscription = written.observe(lambda event: updates.append(event.update))
    text, seen = written.get("code", type=pycrdt.Text), read.get("code", type=pycrdt.Text)
    for number in range(LETTERS):
        text.insert(number // 2, "x")
    written.unobserve(subscription)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, headers=headers[0]) as typist, session.ws_connect(url, headers=headers[1]) as reader:
            started = time.monotonic()

            async def say() -> None:
                for update in updates:
                    await typist.send_bytes(yjs.sync(yjs.UPDATE, update))

            saying = asyncio.create_task(say())
            while len(seen) < LETTERS:
                data = (await asyncio.wait_for(reader.receive(), 60)).data
                if data[0] == yjs.SYNC and data[1] == yjs.UPDATE:
                    read.apply_update(yjs.Reader(data[2:]).block())
            await saying
            return time.monotonic() - started
