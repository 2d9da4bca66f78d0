"""The WebSocket door to rooms: who comes in, what they say, and how it ends."""

import asyncio
import contextlib
import random
import socket as sockets
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from aiohttp import WSMsgType, web
from google.rpc import code_pb2

from einstellen.rooms.v1 import media_pb2, rooms_pb2
from gateway import answers, counters, documents, editing, frames, identity, media, rooms
from gateway.closing import Close, code_of
from gateway.documents import Document
from gateway.identity import Identity
from gateway.media import Part
from gateway.owners import Door
from gateway.rooms import Room, Rooms
from gateway.settings import Settings
from gateway.sockets import Pace, Socket, TooSlow
from services.chassis import calls, errors, tracing
from services.chassis import rooms as wire
from services.chassis.logs import log
from services.chassis.tokens import AccessTokens, ServiceTokens

_LARGEST_UPDATE = 1024 * 1024
_UNSENT = 64 * 1024  # what a socket may have written and not sent before its writer waits
_AUTHENTICATE_SECONDS = 5.0
_FRAMES_A_SECOND, _BURST = 20, 40
_MOST_BAD_FRAMES = 5
_LONGEST_ID = 64
_NEWEST = _PAGE = 50
_LARGEST_SEQ = 2**63 - 1
Frame = rooms_pb2.ServerFrame


class Chat:
    """Serves the sockets of every kind of room, such as `/ws/chat/{room_name}`."""

    def __init__(self, settings: Settings, access: AccessTokens, services: ServiceTokens, doors: Sequence[Door], rooms: Rooms) -> None:
        self._settings = settings
        self._access = access
        self._services = services
        self._doors = doors
        self._rooms = rooms
        self._sockets: set[Socket] = set()
        self._of_person: Counter[str] = Counter()
        self._open = 0
        self._draining = False

    def add_to(self, app: web.Application) -> None:
        for door in self._doors:
            app.router.add_get(f"{door.path}/{{room_name}}", partial(self.serve, door))
            app.router.add_get(f"{door.path}/{{room_name}}/", partial(self.serve, door))

    async def drain(self) -> None:
        """Takes nobody new and asks everybody to come again, to another process or to this one's successor: not all at once, but spread over
        the time that there is, in which those who are still here go on as before.
        """
        self._draining = True
        leaving = list(self._sockets)
        random.shuffle(leaving)
        for place, socket in enumerate(leaving):
            if not socket.raw:
                wait = int(self._settings.drain_seconds * 1000 * place / len(leaving))
                socket.tell(frames.encode(Frame(reconnect=rooms_pb2.Reconnect(after_milliseconds=wait))))
        for socket in leaving:
            socket.end(Close.RESTART, "restarting: reconnect with ?after=<the last seq>")
            await asyncio.sleep(self._settings.drain_seconds / len(leaving))
        await asyncio.gather(*(socket.finished() for socket in leaving), return_exceptions=True)

    def end_revoked(self) -> None:
        """Ends the sockets of those whose token was revoked while they were open."""
        for socket in list(self._sockets):
            try:
                socket.identity.check(self._access)
            except errors.Unauthenticated as problem:
                socket.end(Close.UNAUTHENTICATED, problem.reason)

    async def serve(self, door: Door, request: web.Request) -> web.StreamResponse:
        if self._draining or self._open >= self._settings.most_sockets:
            return answers.failure(request, 503, code_pb2.UNAVAILABLE, "SOCKETS_FULL", "no more sockets can be opened here now; try again")
        largest = _LARGEST_UPDATE if door.speaks == "yjs" else door.largest_frame
        ws = web.WebSocketResponse(
            heartbeat=self._settings.heartbeat_seconds, max_msg_size=largest + 1, protocols=identity.chosen(request), compress=False, timeout=1.0,
            writer_limit=_UNSENT,
        )  # fmt: skip
        if not ws.can_prepare(request):
            return answers.failure(request, 426, code_pb2.INVALID_ARGUMENT, "WEBSOCKET_EXPECTED", "this path is for WebSockets")
        call = calls.Call(
            "gateway",
            door.path[1:],
            answers.request_id(request),
            request.headers.get("x-envoy-external-address", "") or request.remote or "",
        )
        calls.enter(call)
        await ws.prepare(request)
        if request.transport is not None:
            # Unless told, the kernel holds megabytes for a reader that has stopped, and it would be dropped only after them.
            request.transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, _UNSENT)
        self._open += 1
        counters.SOCKETS.set(self._open)
        started, user_id = time.monotonic(), ""
        try:
            who = identity.find_service(request, self._services, door.services) or await self._authenticate(request, ws)
            user_id = who.user_id
            self._of_person[user_id] += 1
            if user_id and self._of_person[user_id] > self._settings.most_rooms:
                raise errors.ResourceExhausted("ROOMS_FULL", "too many rooms open at once: close one")
            await (self._edit if door.speaks == "yjs" else self._attend)(request, ws, who, door)
        except errors.Refusal as problem:
            code = code_of(problem)
            counters.CLOSED.labels(str(int(code))).inc()
            with contextlib.suppress(ConnectionError, RuntimeError):
                await ws.close(code=code, message=problem.reason.encode())
        finally:
            self._of_person -= Counter({user_id: 1})
            self._open -= 1
            counters.SOCKETS.set(self._open)
            log.info("socket closed", extra={"code": ws.close_code, "seconds": round(time.monotonic() - started, 1), "user_id": user_id})
        return ws

    async def _authenticate(self, request: web.Request, ws: web.WebSocketResponse) -> Identity:
        token = identity.find_token(request)
        if not token:
            try:
                first = await asyncio.wait_for(ws.receive(), _AUTHENTICATE_SECONDS)
            except TimeoutError:
                raise errors.Unauthenticated("TOKEN_MISSING", "no token came within five seconds") from None
            if first.type is not (WSMsgType.BINARY if ws.ws_protocol == identity.BINARY else WSMsgType.TEXT):
                raise errors.Unauthenticated("TOKEN_MISSING", "the first frame must be `authenticate`")
            token = frames.read(first.data).authenticate.token
            if not token:
                raise errors.Unauthenticated("TOKEN_MISSING", "the first frame must be `authenticate`")
        return await identity.verify(self._access, token)

    async def _attend(self, request: web.Request, ws: web.WebSocketResponse, who: Identity, door: Door) -> None:
        room_name = door.prefix + request.match_info["room_name"]
        with tracing.span("ws join", request.headers, request_id=calls.current().request_id):
            after = _after(request)
            access = await door.owner.join(room_name, who)
            room = await self._rooms.enter(wire.channel(room_name), partial(Room, room_name, door.owner, self._rooms))
        socket = Socket(request, ws, who, self._settings.queued_frames, binary=ws.ws_protocol == identity.BINARY)
        socket.name = access.display_name
        socket.part = Part(self._rooms.presence.id_of(socket.number), access.kind, tuple(access.may), access.agrees)
        self._sockets.add(socket)
        visit = Visit(self._access, self._rooms, room, socket)
        try:
            # Again: what was revoked while the room was asked was looked for among the sockets before this one was there.
            who.check(self._access)
            entry = self._rooms.presence.entry(access.user_id, access.display_name, socket.part)
            found = await self._rooms.presence.refresh(lambda: {room_name: [entry]})
            present = {**(found[0].people if found else {}), **({access.user_id: access.display_name} if access.user_id else {})}
            room.sockets.add(socket)
            welcome = _welcome(access, present)
            if access.may:
                welcome.participant_id = socket.part.participant_id
                welcome.ice_servers.extend(media.ice_servers(self._settings, socket.part.participant_id))
            await socket.give(frames.encode(Frame(welcome=welcome)))
            await visit.catch_up(access.last_seq if who.service else min(after, access.last_seq))
            if access.user_id:
                mine = rooms_pb2.Presence(user_id=access.user_id, display_name=access.display_name, online=True)
                await self._rooms.publish(room_name, Frame(presence=mine))
            if access.may:
                if room.participants:  # what the others were told while this one still loaded
                    socket.tell(frames.encode(Frame(participants=media.told(room.participants))))
                await self._rooms.tell_participants(room)
            await visit.listen(ws)
        except TooSlow:
            log.info("reader gave up reading")
        finally:
            visit.close()
            room.sockets.discard(socket)
            self._sockets.discard(socket)
            await self._goodbye(room, access, socket)
            await socket.finished()

    async def _edit(self, request: web.Request, ws: web.WebSocketResponse, who: Identity, door: Door) -> None:
        room_name = door.prefix + request.match_info["room_name"]
        with tracing.span("ws open document", request.headers, request_id=calls.current().request_id):
            await door.owner.join(room_name, who)
            make = partial(Document, room_name, door.owner, self._rooms.process, self._rooms.tell)
            document = await self._rooms.enter(documents.channel(room_name), make)
        socket = Socket(request, ws, who, self._settings.queued_frames, binary=True, raw=True)
        self._sockets.add(socket)
        try:
            who.check(self._access)  # again, as above
            await document.open(who.token)
            await editing.listen(document, socket, ws)
        except TooSlow:
            log.info("reader gave up reading")
        finally:
            self._sockets.discard(socket)
            await self._rooms.leave(document)
            await socket.finished()

    async def _goodbye(self, room: Room, access: rooms_pb2.RoomAccess, socket: Socket) -> None:
        left = await self._rooms.presence.leave(room.name, self._rooms.presence.entry(access.user_id, access.display_name, socket.part))
        if left is not None and access.user_id and access.user_id not in left.people:
            gone = rooms_pb2.Presence(user_id=access.user_id, display_name=access.display_name, online=False)
            await self._rooms.publish(room.name, Frame(presence=gone))
        if socket.part.may:
            await self._rooms.tell_participants(room)
        await self._rooms.leave(room)


class Visit:
    """One socket in one room, from its history to its last frame."""

    def __init__(self, access: AccessTokens, rooms: Rooms, room: Room, socket: Socket) -> None:
        self._access = access
        self._rooms = rooms
        self._room = room
        self._socket = socket
        self._kind = WSMsgType.BINARY if socket.binary else WSMsgType.TEXT
        self._pace = Pace(_FRAMES_A_SECOND, _BURST)
        self._bad = 0
        self._expiry = socket.expire()

    def close(self) -> None:
        self._expiry.cancel()

    async def catch_up(self, after: int) -> None:
        """Gives the client what it missed, and then lets it follow: the room was listened to before, so nothing falls between."""
        socket, room = self._socket, self._room
        more = after >= 0
        if more:
            socket.seen = after
        else:
            answer = await room.owner.load(room.name, -1, socket.identity, _NEWEST)
            await self._give(answer.messages)
        while more or not room.caught_up(socket):
            answer = await room.owner.load(room.name, socket.seen, socket.identity)
            await self._give(answer.messages)
            more = answer.more
        room.follow(socket)

    async def listen(self, ws: web.WebSocketResponse) -> None:
        """Takes frames until the client, or the gateway, ends the socket."""
        received = counters.FRAMES.labels("in")
        async for told in ws:
            received.inc()
            if not self._pace.allows():
                self._socket.end(Close.TOO_FAST, "too fast: at most 20 frames a second")
                return
            try:
                if told.type is not self._kind:
                    raise errors.InvalidArgument("FRAME_INVALID", "frames are JSON text, or binary where that was agreed on")  # noqa: TRY301
                await self._take(frames.read(told.data))
            except errors.InvalidArgument as problem:
                self._bad += 1
                self._socket.tell(frames.refusal(problem, problem.metadata.get("client_id", "")[:_LONGEST_ID]))
                if self._bad >= _MOST_BAD_FRAMES:
                    self._socket.end(Close.BAD_FRAMES, "too many frames that cannot be read")
                    return

    async def _take(self, frame: rooms_pb2.ClientFrame) -> None:
        kind = frame.WhichOneof("frame")
        try:
            with tracing.span(f"ws {kind}", {}, request_id=calls.current().request_id):
                if kind in media.NEEDS:
                    await self._take_part(frame, kind)
                elif kind in ("say", "edit", "remove"):
                    await self._append(_to_append(self._room.name, frame))
                elif kind == "typing":
                    typing = rooms_pb2.PersonTyping(user_id=self._socket.user_id, active=frame.typing.active)
                    await self._rooms.publish(self._room.name, Frame(typing=typing))
                elif kind == "read":
                    access = await self._room.owner.mark_read(self._room.name, frame.read.seq, self._socket.identity.token)
                    mark = rooms_pb2.PersonRead(user_id=self._socket.user_id, seq=access.read_seq)
                    await self._rooms.publish(self._room.name, Frame(read=mark))
                elif kind == "history":
                    await self._give_page(frame.history)
                elif kind == "authenticate":
                    await self._renew(frame.authenticate.token)
        except (errors.Unauthenticated, errors.PermissionDenied) as problem:
            self._socket.end(code_of(problem), problem.reason)
        except errors.NotFound as problem:
            self._socket.end(Close.NOT_FOUND, problem.reason)  # out of the room since
        except errors.Refusal as problem:
            # As while a service restarts: the socket stays, and the client says it again with the same client_id.
            self._socket.tell(frames.refusal(problem, frames.client_id_of(frame)))

    async def _take_part(self, frame: rooms_pb2.ClientFrame, kind: str) -> None:
        """What belongs to sound and picture."""
        room, socket = self._room, self._socket
        if media.NEEDS[kind] not in socket.part.may:
            raise errors.FailedPrecondition("CALLS_OFF", f"`{kind}` is not for this participant, or not for this room")
        if kind == "signal":
            signal = frame.signal
            if signal.to not in room.participants:
                raise errors.FailedPrecondition("PARTICIPANT_GONE", "there is no such participant in the room now")
            signal.sender_id = socket.part.participant_id
            await self._rooms.publish(room.name, Frame(signal=signal))
        elif kind == "consent":
            access = await room.owner.give_consent(room.name, socket.identity.token, agrees=frame.consent.agrees)
            for each in [one for one in room.sockets if one.user_id == socket.user_id]:  # it is the person who agrees, in whichever tab
                before = self._rooms.presence.entry(each.user_id, each.name, each.part)
                each.part.agrees = access.agrees
                after = self._rooms.presence.entry(each.user_id, each.name, each.part)
                await self._rooms.presence.replace(room.name, before, after)
            await self._rooms.tell_participants(room)
        elif kind == "lead":
            access = await room.owner.take_lead(room.name, socket.identity.token, active=frame.lead.active)
            await self._rooms.publish(room.name, Frame(lead=media_pb2.Lead(user_id=access.lead_user_id)))
        elif kind == "caption":
            await self._rooms.publish(room.name, Frame(caption=frame.caption))
        else:
            await self._rooms.publish(room.name, Frame(activity=frame.activity))

    async def _give_page(self, asked: rooms_pb2.History) -> None:
        """Older messages, for this client alone: what is new reaches it by itself."""
        after = -1 if asked.before else asked.after
        answer = await self._room.owner.load(self._room.name, after, self._socket.identity, asked.limit or _PAGE, asked.before)
        await self._socket.give(frames.encode(Frame(page=rooms_pb2.HistoryPage(messages=answer.messages, more=answer.more))))

    async def _append(self, say: rooms_pb2.AppendMessageRequest) -> None:
        socket = self._socket
        socket.saying.add(say.client_id)
        try:
            message = await self._room.owner.append(say, socket.identity.token)
            frame = Frame(message=message)
            if message.seq <= socket.seen and say.client_id in socket.saying:
                socket.tell(frames.encode(frame))  # a repeat: the room has heard it, but the client waits for its answer
            self._room.take(frame)
        except errors.Refusal:
            socket.saying.discard(say.client_id)
            raise
        if message.seq <= socket.seen:
            socket.saying.discard(say.client_id)

    async def _renew(self, token: str) -> None:
        """A fresh token on an open socket, so that a long conversation outlives the first one. It must be the same person's."""
        who = await identity.verify(self._access, token)
        if who.user_id != self._socket.user_id:
            raise errors.Unauthenticated("TOKEN_INVALID", "the token is somebody else's")
        self._socket.identity = who
        self.close()
        self._expiry = self._socket.expire()

    async def _give(self, messages: Iterable[rooms_pb2.RoomMessage]) -> None:
        for message in messages:
            await self._socket.give(frames.encode(Frame(message=message)))
            self._socket.seen = message.seq


def _to_append(room_name: str, frame: rooms_pb2.ClientFrame) -> rooms_pb2.AppendMessageRequest:
    if frame.HasField("edit"):
        edit = frame.edit
        return rooms_pb2.AppendMessageRequest(room_name=room_name, content=edit.content, client_id=edit.client_id, target_seq=edit.seq)
    if frame.HasField("remove"):
        return rooms_pb2.AppendMessageRequest(
            room_name=room_name, client_id=frame.remove.client_id, target_seq=frame.remove.seq, deletes=True
        )
    say = frame.say
    return rooms_pb2.AppendMessageRequest(
        room_name=room_name, content=say.content, client_id=say.client_id, attachments=say.attachments, mentions=say.mentions
    )


def _after(request: web.Request) -> int:
    """The last number that a returning client has; -1 for one that comes fresh."""
    text = request.query.get("after", "")
    if not text:
        return -1
    if not (text.isascii() and text.isdecimal() and int(text) <= _LARGEST_SEQ):
        raise errors.InvalidArgument("AFTER_INVALID", "`after` is the number of a message")
    return int(text)


def _welcome(access: rooms_pb2.RoomAccess, present: dict[str, str]) -> rooms_pb2.Welcome:
    shown = sorted(present.items())[: rooms.MOST_SHOWN]
    people = [rooms_pb2.Presence(user_id=user_id, display_name=name, online=True) for user_id, name in shown]
    return rooms_pb2.Welcome(
        room_name=access.room_name, user_id=access.user_id, last_seq=access.last_seq, read_seq=access.read_seq, present=people, may=access.may,
        agrees=access.agrees, lead_user_id=access.lead_user_id,
    )  # fmt: skip
