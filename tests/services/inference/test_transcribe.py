"""Utterances and recordings written down over gRPC, by the model itself."""

import io
import itertools
import threading
from collections.abc import Iterator
from typing import Any

import av
import grpc
import pytest

from einstellen.inference.v1 import speech_pb2
from tests.conftest import House
from tests.refusals import refused
from tests.services.inference.speech_client import SECOND, WORDS, Speech, said, sound


@pytest.fixture(scope="module")
def speech(house: House) -> Iterator[Speech]:
    found = Speech(house, house.addresses["inference"])
    yield found
    found.channel.close()


def test_an_utterance_becomes_sentences_with_the_times_of_their_words(speech: Speech) -> None:
    heard = speech.final(sound("deadlock"))
    assert said(heard) == WORDS["deadlock"]
    assert [segment.text for segment in heard.segments] == [part.strip() + "." for part in WORDS["deadlock"].split(".") if part]
    assert (heard.language, heard.provider, heard.model) == ("en", "whisper", "base")
    assert heard.language_confidence > 0.9
    assert heard.seconds == pytest.approx(len(sound("deadlock")) / SECOND, abs=0.01)
    words = [word for segment in heard.segments for word in segment.words]
    assert [word.text for word in words] == WORDS["deadlock"].split()
    assert all(0 <= word.start <= word.end <= heard.seconds for word in words)
    assert all(one.end <= other.start + 0.001 for one, other in itertools.pairwise(words))
    assert all(0 < word.confidence <= 1 for word in words)
    assert 2.5 < heard.segments[1].start < 4.5


def test_the_same_audio_is_the_same_text_and_times(speech: Speech) -> None:
    assert speech.final(sound("yes")) == speech.final(sound("yes"), piece=SECOND)


def test_an_utterance_is_heard_while_it_is_spoken(speech: Speech) -> None:
    first = threading.Event()

    def speaking() -> Iterator[speech_pb2.TranscribeRequest]:
        requests = speech.utterance(sound("deadlock"), piece=SECOND, partial_results=True)
        for number, request in enumerate(requests):
            yield request
            if number >= 3:
                first.wait(30)  # the rest is not said before something has been heard of the first three seconds

    answers = []
    for answer in speech.stub.Transcribe(speaking(), metadata=speech.metadata, timeout=60):
        answers.append(answer)
        first.set()
    assert len(answers) > 1
    assert said(answers[0].transcript).lower().startswith("two workers locked")
    assert "deadlock" not in said(answers[0].transcript)
    assert [answer.is_final for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert said(answers[-1].transcript) == WORDS["deadlock"]


def test_silence_is_no_words(speech: Speech) -> None:
    assert not speech.final(bytes(3 * SECOND)).segments
    assert not speech.final(b"").segments


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (lambda speech: iter(()), grpc.StatusCode.INVALID_ARGUMENT, "SETTINGS_MISSING"),
        (lambda speech: iter([speech_pb2.TranscribeRequest(audio=b"ab")]), grpc.StatusCode.INVALID_ARGUMENT, "SETTINGS_MISSING"),
        (lambda speech: speech.utterance(b"", purpose="No!"), grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID"),
        (lambda speech: speech.utterance(b"", language="xx"), grpc.StatusCode.INVALID_ARGUMENT, "LANGUAGE_UNSUPPORTED"),
        (lambda speech: speech.utterance(b"abc"), grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (lambda speech: speech.utterance(bytes(31 * SECOND), piece=SECOND), grpc.StatusCode.OUT_OF_RANGE, "AUDIO_TOO_LONG"),
        (lambda speech: speech.utterance(bytes(300_000), piece=300_000), grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID"),
    ],
)
def test_an_utterance_that_is_wrong_is_told_how(speech: Speech, change: Any, code: grpc.StatusCode, reason: str) -> None:
    with refused(code, reason):
        speech.transcribe(change(speech))


def coded(container: str, codec: str, name: str = "yes") -> bytes:
    """A clip in another container."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as target:
        stream = target.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound(name)) // 2)
        frame.planes[0].update(sound(name) + bytes(frame.planes[0].buffer_size - len(sound(name))))
        frame.rate = 16_000
        resampler = av.AudioResampler(stream.codec_context.format.name, "mono", 48_000, frame_size=stream.codec_context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(
    ("container", "codec"), [("wav", "pcm_s16le"), ("webm", "libopus"), ("mp3", "libmp3lame"), ("ipod", "aac"), ("flac", "flac")]
)
def test_a_recording_of_any_kind_is_written_down(speech: Speech, container: str, codec: str) -> None:
    heard = speech.transcribe_recording(speech.recording(coded(container, codec), language="en"))
    assert said(heard) == WORDS["yes"]
    assert heard.seconds == pytest.approx(len(sound("yes")) / SECOND, abs=0.15)
