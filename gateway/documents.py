"""Shared documents (Yjs) with sockets in this process: what a client changes is in the owner's log before another client sees it."""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pycrdt

from einstellen.rooms.v1 import documents_pb2
from gateway import counters, yjs
from gateway.closing import Close, code_of
from gateway.frames import Raw
from gateway.owners import Owner
from gateway.sockets import Socket
from services.chassis import errors
from services.chassis.logs import log

_MOST_WAITING = 4 * 1024 * 1024  # bytes of updates that are not in the log yet, before readers are no longer read
_BATCH, _BATCH_BYTES = 500, 2 * 1024 * 1024
_LARGEST_STATE = 3 * 1024 * 1024  # what one message to the owner can carry
_KEEP_AFTER = 500
_WAIT_FOR_EARLIER = 0.05
_LONGEST_PAUSE = 1.0
_SETTLE_SECONDS = 5.0
_AWAY = (errors.Unavailable, errors.DeadlineExceeded, errors.Aborted, errors.ResourceExhausted)
News = documents_pb2.DocumentNews
Tell = Callable[[str, bytes], Coroutine[None, None, None]]


def channel(name: str) -> str:
    """The Redis channel of a document."""
    return f"document:{name}"


class Document:
    """A document in this process: its newest state in memory, and the numbers of the updates that are in it without a gap.

    A change is applied at once and written to the log in batches of what has come meanwhile. Only then it goes to the other sockets and processes,
    and so does any answer that holds it. Updates commute and repeat harmlessly: those of other processes are applied as they come, and a gap
    in their numbers is filled from the log.
    """

    def __init__(self, name: str, owner: Owner, process: str, tell: Tell) -> None:
        self.name = name
        self.channel = channel(name)
        self.owner = owner
        self.sockets: set[Socket] = set()
        self.holders = 0
        self.subscribed = asyncio.Event()
        self.spoiled = False
        self.awareness = yjs.Awareness()
        self._process = process
        self._tell = tell
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._changes: list[bytes] = []
        self._subscription = self._doc.observe(lambda event: self._changes.append(event.update))
        self._opening = asyncio.Lock()
        self._loading = asyncio.Lock()
        self._seq: int | None = None
        self._kept = 0
        self._early: set[int] = set()
        self._pending: list[tuple[Socket, bytes]] = []
        self._waiting = self._taken = self._logged = 0
        self._filled = asyncio.Event()
        self._moved = asyncio.Condition()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = {asyncio.create_task(self._log())}

    async def open(self, token: str) -> None:
        """Loads the document where nobody has yet; the process listens to its news already, so nothing falls between."""
        async with self._opening:
            if self._seq is not None:
                return
            found = await self.owner.open_document(self.name, token)
            if found.state:
                self._apply(found.state)
            self._seq = self._kept = found.state_seq
            await self._load(token)
            await self._tell(self.channel, News(process=self._process, asks=True).SerializeToString())

    def greet(self, socket: Socket) -> None:
        """From here on the socket gets what comes. It is asked for what it has that the document lacks."""
        self.sockets.add(socket)
        socket.live = True
        socket.tell(Raw(yjs.sync(yjs.STEP_1, self._doc.get_state())))
        if present := self.awareness.all():
            socket.tell(Raw(yjs.awareness(present)))

    async def take(self, socket: Socket, data: bytes) -> None:
        """Takes a message of a client. Raises InvalidArgument for what is none."""
        reader = yjs.Reader(data)
        kind = reader.number()
        if kind == yjs.SYNC:
            step, content = reader.number(), reader.block()
            if step == yjs.STEP_1:
                await self._answer(socket, content)
            elif step in (yjs.STEP_2, yjs.UPDATE):
                await self._change(socket, content)
        elif kind == yjs.AWARENESS:
            newer, came, went = self.awareness.apply(reader.block())
            socket.clients = (socket.clients | came) - went
            await self._show_awareness(newer)
        elif kind == yjs.ASK_AWARENESS:
            socket.tell(Raw(yjs.awareness(self.awareness.all() or b"\x00")))

    async def leave(self, socket: Socket) -> None:
        """Takes the socket out; with the last one, the document is brought to rest: all in the log, and its state kept."""
        self.sockets.discard(socket)
        await self._show_awareness(self.awareness.remove(socket.clients))
        if not self.sockets and not self.spoiled and self._seq is not None:
            try:
                await asyncio.wait_for(self._until_logged(), _SETTLE_SECONDS)
                if not self.sockets and self._seq > self._kept:
                    await self._keep(socket.identity.token)
            except (TimeoutError, errors.Refusal) as problem:
                log.warning("document not settled", extra={"room": self.name, "problem": type(problem).__name__})

    def hear(self, data: bytes) -> None:
        """Takes what another process told; raises DecodeError for what is no news."""
        news = News.FromString(data)
        if news.process == self._process or self.spoiled:
            return
        if news.update:
            self._show(self._apply(news.update))
            self._stored(news.first_seq, news.last_seq)
        if news.awareness:
            newer, _, _ = self.awareness.apply(news.awareness)
            self._show_here(newer)
        if news.asks and (present := self.awareness.all()):
            self._begin(self._tell(self.channel, News(process=self._process, awareness=present).SerializeToString()))

    def heal(self) -> None:
        """Loads what may have been missed while Redis was away."""
        if self._seq is not None and not self.spoiled:
            self._begin(self._heal())

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._timer:
            self._timer.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, socket: Socket, state: bytes) -> None:
        """What the client lacks; held back until the log has it all."""
        try:
            answer = self._doc.get_update(state)
        except ValueError as problem:
            raise yjs.unreadable() from problem
        await self._until_logged()
        await socket.give(Raw(yjs.sync(yjs.STEP_2, answer)))

    async def _change(self, socket: Socket, update: bytes) -> None:
        if self._waiting >= _MOST_WAITING:
            async with self._moved:
                await self._moved.wait_for(lambda: self._waiting < _MOST_WAITING)
        if self.spoiled:
            return
        for change in self._apply(update):
            self._pending.append((socket, change))
            self._waiting += len(change)
            self._taken += 1
            self._filled.set()

    def _apply(self, update: bytes) -> list[bytes]:
        """Applies an update; answers what of it was new, as updates: none where all was known, or where earlier ones are missing yet."""
        self._changes.clear()
        try:
            self._doc.apply_update(update)
        except ValueError as problem:
            raise yjs.unreadable() from problem
        found, self._changes = self._changes, []
        return found

    async def _until_logged(self) -> None:
        """Returns when all that is in the document now is in the log."""
        taken = self._taken
        async with self._moved:
            await self._moved.wait_for(lambda: self._logged >= taken or self.spoiled)

    async def _log(self) -> None:
        """Writes what has come to the log, batch after batch, and shows it. What different people have changed since the last batch does not
        depend on one another, for they have not seen it: so it is written person by person.
        """
        try:
            while True:
                await self._filled.wait()
                self._filled.clear()
                pending, self._pending = self._pending, []
                for socket, updates in _batches(pending):
                    await self._store(socket, updates)
                    async with self._moved:
                        self._logged += len(updates)
                        self._waiting -= sum(map(len, updates))
                        self._moved.notify_all()
                if not self._pending and self._seq is not None and self._seq >= self._kept + _KEEP_AFTER:
                    with contextlib.suppress(errors.Refusal):
                        await self._keep(pending[-1][0].identity.token)
        except errors.Refusal as problem:
            await self._spoil(problem, pending)

    async def _store(self, socket: Socket, updates: list[bytes]) -> None:
        batch_id, pause = str(uuid.uuid4()), 0.05
        while True:
            try:
                first = await self.owner.append_updates(self.name, updates, batch_id, socket.identity.token)
                break
            except _AWAY:
                await asyncio.sleep(pause)  # as while the owner restarts: clients go on, and see each other's changes when it is back
                pause = min(pause * 2, _LONGEST_PAUSE)
        counters.UPDATES.inc(len(updates))
        last = first + len(updates) - 1
        merged = updates[0] if len(updates) == 1 else pycrdt.merge_updates(*updates)
        self._show([merged], but=socket)
        self._stored(first, last)
        await self._tell(
            self.channel, News(process=self._process, first_seq=first, last_seq=last, update=merged).SerializeToString()
        )  # fmt: skip

    async def _keep(self, token: str) -> None:
        """Keeps the state where nothing in it is missing from the log, so that whoever opens the document next need not replay it."""
        if self._taken != self._logged or self._seq is None:
            return
        state, seq = self._doc.get_update(), self._seq
        if len(state) > _LARGEST_STATE:
            log.warning("document too large to keep its state", extra={"room": self.name, "bytes": len(state)})
        else:
            await self.owner.keep_state(self.name, state, seq, token)
        self._kept = seq

    async def _spoil(self, problem: errors.Refusal, pending: list[tuple[Socket, bytes]]) -> None:
        """The log refuses what is in the document here: everybody opens it anew, without that."""
        self.spoiled = True
        log.warning("document spoiled", extra={"room": self.name, "reason": problem.reason})
        refused = {socket for socket, _ in pending}
        for socket in list(self.sockets):
            if socket in refused:
                socket.end(code_of(problem), problem.reason)
            else:
                socket.end(Close.RESTART, "the document is opened anew: reconnect")
        async with self._moved:
            self._waiting = 0
            self._moved.notify_all()

    async def _heal(self) -> None:
        counters.HEALED.inc()
        for socket in list(self.sockets):
            try:
                await self._load(socket.identity.token)
            except (errors.Unauthenticated, errors.NotFound):
                continue  # this one's token has expired; another's will do
            except errors.Refusal:
                self._set_timer(_LONGEST_PAUSE)  # the owner is away: again, until it is back
            return

    async def _load(self, token: str) -> None:
        """Applies what the log has after the last number known."""
        async with self._loading:
            more = True
            while more and self._seq is not None:
                answer = await self.owner.load_updates(self.name, self._seq, token)
                for one in answer.updates:
                    self._show(self._apply(one.update))
                if answer.updates:
                    self._stored(answer.updates[0].seq, answer.updates[-1].seq)
                more = answer.more

    def _stored(self, first: int, last: int) -> None:
        """These numbers are in the document; waits a moment for those before them, and then asks the log."""
        if self._seq is None:
            return
        if first <= self._seq + 1:
            self._seq = max(self._seq, last)
        else:
            self._early.update(range(first, last + 1))
        while self._seq + 1 in self._early:
            self._seq += 1
        self._early = {seq for seq in self._early if seq > self._seq}
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._early:
            self._set_timer(_WAIT_FOR_EARLIER)

    def _set_timer(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self.heal)

    def _show(self, updates: list[bytes], but: Socket | None = None) -> None:
        for update in updates:
            data = Raw(yjs.sync(yjs.UPDATE, update))
            for socket in self.sockets:
                if socket is not but:
                    socket.tell(data)

    async def _show_awareness(self, update: bytes) -> None:
        """To all, the sender too: a client that is alone takes a socket on which nothing comes for a broken one."""
        if update:
            self._show_here(update)
            await self._tell(self.channel, News(process=self._process, awareness=update).SerializeToString())

    def _show_here(self, update: bytes) -> None:
        if update:
            data = Raw(yjs.awareness(update))
            for socket in self.sockets:
                socket.tell(data)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _batches(pending: list[tuple[Socket, bytes]]) -> Iterator[tuple[Socket, list[bytes]]]:
    """What is waiting, by who changed it, in pieces that the owner takes."""
    for socket in dict.fromkeys(socket for socket, _ in pending):
        batch: list[bytes] = []
        size = 0
        for update in (update for sender, update in pending if sender is socket):
            if batch and (len(batch) == _BATCH or size + len(update) > _BATCH_BYTES):
                yield socket, batch
                batch, size = [], 0
            batch.append(update)
            size += len(update)
        yield socket, batch
