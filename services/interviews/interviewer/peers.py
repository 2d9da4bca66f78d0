"""The interviewer's calls to the services, as itself and without waiting for each other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import grpc
import grpc.aio

from einstellen.inference.v1 import speech_pb2, speech_pb2_grpc
from einstellen.interviews.v1 import interviewer_pb2, interviewer_pb2_grpc
from services.chassis import errors
from services.chassis.clients import DEADLINE_SECONDS, OPTIONS
from services.chassis.interceptor import SERVICE_TOKEN
from services.chassis.tokens import ServiceTokens

Answer = TypeVar("Answer")
_TAKING_SECONDS = 15.0
_SPEAKING_SECONDS = 60.0
_HEARING_SECONDS = 60.0
_PURPOSE = "interview"


class Services:
    """Interviews, which remembers, and inference, which hears and speaks. Every call raises the refusal that it was answered with."""

    def __init__(self, interviews: str, inference: str, tokens: ServiceTokens) -> None:
        self._tokens = tokens
        self._channels = [
            grpc.aio.insecure_channel(address.removeprefix("grpc://"), options=OPTIONS) for address in (interviews, inference)
        ]
        self._interviews: Any = interviewer_pb2_grpc.InterviewerServiceStub(self._channels[0])
        self._speech: Any = speech_pb2_grpc.SpeechServiceStub(self._channels[1])

    async def lease(self, holder: str) -> interviewer_pb2.Lease | None:
        answer = await self._call(self._interviews.LeaseRoom, interviewer_pb2.LeaseRoomRequest(holder=holder))
        return answer.lease if answer.HasField("lease") else None

    async def renew(self, request: interviewer_pb2.RenewLeaseRequest) -> interviewer_pb2.Lease:
        lease: interviewer_pb2.Lease = await self._call(self._interviews.RenewLease, request)
        return lease

    async def release(self, request: interviewer_pb2.ReleaseRoomRequest) -> None:
        await self._call(self._interviews.ReleaseRoom, request)

    async def take(self, request: interviewer_pb2.TakeUtteranceRequest) -> interviewer_pb2.TakeUtteranceResponse:
        answer: interviewer_pb2.TakeUtteranceResponse = await self._call(self._interviews.TakeUtterance, request, _TAKING_SECONDS)
        return answer

    async def anticipate(self, request: interviewer_pb2.AnticipateRequest) -> str:
        answer: interviewer_pb2.AnticipateResponse = await self._call(self._interviews.Anticipate, request)
        return answer.text

    async def add_piece(self, request: interviewer_pb2.AddPieceRequest) -> None:
        await self._call(self._interviews.AddPiece, request)

    async def note_spoken(self, request: interviewer_pb2.NoteSpokenRequest) -> None:
        await self._call(self._interviews.NoteSpoken, request)

    async def speak(self, text: str, tenant_id: str, voice: str) -> AsyncIterator[speech_pb2.SpeakResponse]:
        request = speech_pb2.SpeakRequest(purpose=_PURPOSE, tenant_id=tenant_id, text=text, voice=voice)
        try:
            async for answer in self._speech.Speak(request, metadata=self._metadata("inference"), timeout=_SPEAKING_SECONDS):
                yield answer
        except grpc.aio.AioRpcError as problem:
            raise errors.from_rpc(problem) from problem

    async def transcribe(
        self, audio: AsyncIterator[bytes], lease: interviewer_pb2.Lease
    ) -> AsyncIterator[speech_pb2.TranscribeResponse]:  # fmt: skip
        """What is heard so far, and at the end of the audio the whole."""
        settings = speech_pb2.TranscribeSettings(
            purpose=_PURPOSE, tenant_id=lease.tenant_id, language="en", partial_results=True, vocabulary=lease.vocabulary
        )

        async def parts() -> AsyncIterator[speech_pb2.TranscribeRequest]:
            yield speech_pb2.TranscribeRequest(settings=settings)
            async for piece in audio:
                yield speech_pb2.TranscribeRequest(audio=piece)

        try:
            async for answer in self._speech.Transcribe(parts(), metadata=self._metadata("inference"), timeout=_HEARING_SECONDS):
                yield answer
        except grpc.aio.AioRpcError as problem:
            raise errors.from_rpc(problem) from problem

    def gateway_headers(self) -> dict[str, str]:
        return {SERVICE_TOKEN: self._tokens.sign("gateway")}

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()

    def _metadata(self, peer: str) -> list[tuple[str, str]]:
        return [(SERVICE_TOKEN, self._tokens.sign(peer))]

    async def _call(self, method: Callable[..., Awaitable[Answer]], request: object, seconds: float = DEADLINE_SECONDS) -> Answer:
        try:
            return await method(request, metadata=self._metadata("interviews"), timeout=seconds)
        except grpc.aio.AioRpcError as problem:
            raise errors.from_rpc(problem) from problem
