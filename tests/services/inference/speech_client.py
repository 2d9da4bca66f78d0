"""How a service asks for speech, and clips whose words are known."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import grpc

from einstellen.inference.v1 import speech_pb2, speech_pb2_grpc
from services.chassis import ids
from services.inference.decoding import isolated
from tests.conftest import House

CLIPS = Path(__file__).parent / "clips"
WORDS = {
    "deadlock": "two workers locked the same rows in a different order i sorted the identifiers before locking and the deadlock was gone",
    "yes": "yes i can start in january",
}
SECOND = 32_000  # bytes


@cache
def sound(name: str) -> bytes:
    """A clip as 16 kHz samples."""
    return isolated.decode((CLIPS / f"{name}.ogg").read_bytes(), 30)


def plain(text: str) -> str:
    """Without what a model may hear this way or that on another processor: commas and capitals."""
    return " ".join(re.sub(r"[^\w ]", "", text).lower().split())


def said(transcript: Any) -> str:
    return plain(" ".join(segment.text for segment in transcript.segments))


class Speech:
    """Speaks for one organization."""

    def __init__(self, house: House, address: str, tenant_id: str = "") -> None:
        self.address = address
        self.channel = grpc.insecure_channel(address)
        self.stub = speech_pb2_grpc.SpeechServiceStub(self.channel)
        self._house = house
        self.tenant_id = tenant_id or str(ids.mint())

    @property
    def metadata(self) -> Any:
        """Signed anew for each call, since it does not last long."""
        return self._house.as_service("interviews", "inference")

    def settings(self, **fields: Any) -> speech_pb2.TranscribeSettings:
        return speech_pb2.TranscribeSettings(**{"purpose": "testing", "tenant_id": self.tenant_id, **fields})

    def utterance(self, audio: bytes, piece: int = SECOND // 10, **fields: Any) -> Iterator[speech_pb2.TranscribeRequest]:
        yield speech_pb2.TranscribeRequest(settings=self.settings(**fields))
        for start in range(0, len(audio), piece):
            yield speech_pb2.TranscribeRequest(audio=audio[start : start + piece])

    def recording(self, file: bytes, **fields: Any) -> Iterator[speech_pb2.TranscribeRecordingRequest]:
        yield speech_pb2.TranscribeRecordingRequest(settings=self.settings(**fields))
        for start in range(0, len(file), 64 * 1024):
            yield speech_pb2.TranscribeRecordingRequest(file=file[start : start + 64 * 1024])

    def transcribe(self, requests: Any, timeout: float = 60) -> list[Any]:
        return list(self.stub.Transcribe(requests, metadata=self.metadata, timeout=timeout))

    def final(self, audio: bytes, **fields: Any) -> Any:
        [answer] = self.transcribe(self.utterance(audio, **fields))
        assert answer.is_final
        return answer.transcript

    def transcribe_recording(self, requests: Any, timeout: float = 60) -> Any:
        return self.stub.TranscribeRecording(requests, metadata=self.metadata, timeout=timeout)
