"""Calls to the owner of a kind of room, as the gateway and for the person whose socket it is."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import grpc
import grpc.aio

from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc, rooms_pb2, rooms_pb2_grpc
from gateway.identity import Identity
from services.chassis import calls, errors, tracing
from services.chassis.clients import DEADLINE_SECONDS, OPTIONS
from services.chassis.interceptor import CLIENT_ADDRESS, REQUEST_ID, SERVICE_TOKEN
from services.chassis.tokens import ServiceTokens

Answer = TypeVar("Answer")
PAGE = 200
_AT_ONCE = 24  # a crowd that reconnects waits its turn here, rather than be refused by a service whose queue is full


@dataclass(frozen=True)
class Door:
    """A kind of room: the path of its sockets, the service that owns it, and what its rooms' names have before what stands in the path."""

    path: str
    owner: "Owner"
    prefix: str = ""
    speaks: Literal["frames", "yjs"] = "frames"
    # Processes of ours that come in by it for themselves.
    services: Collection[str] = ()
    largest_frame: int = 16 * 1024


class Owner:
    """The service that owns a kind of room. Every call raises the refusal that it answered with; Unavailable while it restarts."""

    def __init__(self, address: str, name: str, tokens: ServiceTokens) -> None:
        self._name = name
        self._tokens = tokens
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._channel = grpc.aio.insecure_channel(address.removeprefix("grpc://"), options=OPTIONS)
        self._stub: Any = rooms_pb2_grpc.RoomOwnerServiceStub(self._channel)
        self._documents: Any = documents_pb2_grpc.DocumentOwnerServiceStub(self._channel)

    async def join(self, room_name: str, who: Identity) -> rooms_pb2.RoomAccess:
        request = rooms_pb2.JoinRoomRequest(room_name=room_name, service=who.service)
        answer: rooms_pb2.RoomAccess = await self._call(self._stub.JoinRoom, request, who.token)
        return answer

    async def give_consent(self, room_name: str, token: str, *, agrees: bool) -> rooms_pb2.RoomAccess:
        request = rooms_pb2.GiveConsentRequest(room_name=room_name, agrees=agrees)
        answer: rooms_pb2.RoomAccess = await self._call(self._stub.GiveConsent, request, token)
        return answer

    async def take_lead(self, room_name: str, token: str, *, active: bool) -> rooms_pb2.RoomAccess:
        request = rooms_pb2.TakeLeadRequest(room_name=room_name, active=active)
        answer: rooms_pb2.RoomAccess = await self._call(self._stub.TakeLead, request, token)
        return answer

    async def append(self, request: rooms_pb2.AppendMessageRequest, token: str) -> rooms_pb2.RoomMessage:
        answer: rooms_pb2.RoomMessage = await self._call(self._stub.AppendMessage, request, token)
        return answer

    async def load(self, room_name: str, after: int, who: Identity, limit: int = PAGE, before: int = 0) -> rooms_pb2.LoadMessagesResponse:
        request = rooms_pb2.LoadMessagesRequest(room_name=room_name, after=after, limit=limit, before=before, service=who.service)
        answer: rooms_pb2.LoadMessagesResponse = await self._call(self._stub.LoadMessages, request, who.token)
        return answer

    async def mark_read(self, room_name: str, seq: int, token: str) -> rooms_pb2.RoomAccess:
        request = rooms_pb2.MarkRoomReadRequest(room_name=room_name, seq=seq)
        answer: rooms_pb2.RoomAccess = await self._call(self._stub.MarkRoomRead, request, token)
        return answer

    async def open_document(self, room_name: str, token: str) -> documents_pb2.Document:
        request = documents_pb2.OpenDocumentRequest(room_name=room_name)
        answer: documents_pb2.Document = await self._call(self._documents.OpenDocument, request, token)
        return answer

    async def append_updates(self, room_name: str, updates: Sequence[bytes], batch_id: str, token: str) -> int:
        """The number of the first of them."""
        request = documents_pb2.AppendUpdatesRequest(room_name=room_name, updates=updates, batch_id=batch_id)
        answer: documents_pb2.AppendUpdatesResponse = await self._call(self._documents.AppendUpdates, request, token)
        return answer.first_seq

    async def load_updates(self, room_name: str, after: int, token: str) -> documents_pb2.LoadUpdatesResponse:
        request = documents_pb2.LoadUpdatesRequest(room_name=room_name, after=after)
        answer: documents_pb2.LoadUpdatesResponse = await self._call(self._documents.LoadUpdates, request, token)
        return answer

    async def keep_state(self, room_name: str, state: bytes, seq: int, token: str) -> None:
        request = documents_pb2.KeepStateRequest(room_name=room_name, state=state, seq=seq)
        await self._call(self._documents.KeepState, request, token)

    async def close(self) -> None:
        await self._channel.close()

    async def _call(self, method: Callable[..., Awaitable[Answer]], request: object, token: str) -> Answer:
        call = calls.current()
        metadata = [(SERVICE_TOKEN, self._tokens.sign(self._name)), *tracing.carrier().items()]
        if token:
            metadata.append(("authorization", f"Bearer {token}"))
        if call.request_id:
            metadata.append((REQUEST_ID, call.request_id))
        if call.address:
            metadata.append((CLIENT_ADDRESS, call.address))
        try:
            async with self._slots:
                return await method(request, metadata=metadata, timeout=DEADLINE_SECONDS)
        except grpc.aio.AioRpcError as problem:
            raise errors.from_rpc(problem) from problem
