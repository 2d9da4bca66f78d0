"""Utterances and recordings written down over gRPC, by the model itself."""

import io
import itertools
import threading
import time
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import grpc
import hypothesis
import hypothesis.strategies as st
import pytest
from hypothesis import given

from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc, speech_pb2
from services.chassis import errors, ids
from services.inference.__main__ import start
from services.inference.decoding import isolated
from services.inference.gate import Gate
from services.inference.providers import whisper
from services.inference.providers.protocol import Heard, Hint
from tests.conftest import House, until
from tests.refusals import refused, told
from tests.services.inference.speech_client import CLIPS, SECOND, WORDS, Speech, plain, said, sound
from tests.services.inference.test_rpc import settings


@pytest.fixture(scope="module")
def speech(house: House) -> Iterator[Speech]:
    """A service that listens to two utterances at once; one for all, since each loads the model for itself."""
    server = start(settings(house, TRANSCRIBE_STREAMS="2", WORKERS="2"))
    found = Speech(house, server.address)
    yield found
    found.channel.close()
    server.stop(1)


def test_an_utterance_becomes_sentences_with_the_times_of_their_words(speech: Speech) -> None:
    heard = speech.final(sound("deadlock"))
    assert said(heard) == WORDS["deadlock"]
    assert [plain(segment.text).split()[-1] for segment in heard.segments] == ["order", "gone"]
    assert (heard.language, heard.provider, heard.model) == ("en", "whisper", "base")
    assert heard.language_confidence > 0.9
    assert heard.seconds == pytest.approx(len(sound("deadlock")) / SECOND, abs=0.01)
    words = [word for segment in heard.segments for word in segment.words]
    assert [plain(word.text) for word in words] == WORDS["deadlock"].split()
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
    assert said(answers[0].transcript).startswith("two workers")
    assert "deadlock" not in said(answers[0].transcript)
    assert [answer.is_final for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert said(answers[-1].transcript) == WORDS["deadlock"]


def test_what_is_heard_so_far_gives_way_to_the_whole(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    began, really = threading.Event(), whisper.Whisper.hear

    def hear(self: whisper.Whisper, audio: bytes, hint: Hint, *, hurried: bool = False, is_wanted: Callable[[], bool]) -> Heard:
        if hurried:
            began.set()
            until(lambda: not is_wanted(), "it is not wanted any more")
        return really(self, audio, hint, hurried=hurried, is_wanted=is_wanted)

    def speaking() -> Iterator[speech_pb2.TranscribeRequest]:
        for number, request in enumerate(speech.utterance(sound("deadlock"), piece=SECOND, partial_results=True)):
            yield request
            if number == 3:
                began.wait(30)

    monkeypatch.setattr(whisper.Whisper, "hear", hear)
    [answer] = speech.transcribe(speaking())
    assert began.is_set()
    assert answer.is_final
    assert said(answer.transcript) == WORDS["deadlock"]


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


def coded(container: str, codec: str, audio: bytes = b"") -> bytes:
    """Sound in another container; a clip where none is given."""
    audio, file = audio or sound("yes"), io.BytesIO()
    with av.open(file, "w", format=container) as target:
        stream = target.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(audio) // 2)
        frame.planes[0].update(audio + bytes(frame.planes[0].buffer_size - len(audio)))
        frame.rate = 16_000
        resampler = av.AudioResampler(stream.codec_context.format.name, "mono", 48_000, frame_size=stream.codec_context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(("container", "codec"), [("webm", "libopus"), ("mp3", "libmp3lame"), ("ipod", "aac")])
def test_a_recording_of_any_kind_is_written_down(speech: Speech, container: str, codec: str) -> None:
    heard = speech.transcribe_recording(speech.recording(coded(container, codec), language="en"))
    assert said(heard) == WORDS["yes"]
    assert heard.seconds == pytest.approx(len(sound("yes")) / SECOND, abs=0.15)


ANSWER = Path(__file__).parents[3] / "cli" / "demo" / "data" / "answer.ogg"


def test_the_demos_answer_is_written_down_word_for_word_and_its_terms_as_the_job_spells_them(speech: Speech) -> None:
    heard = speech.transcribe_recording(speech.recording(ANSWER.read_bytes(), vocabulary=["Nordlicht", "PostgreSQL", "Python", "Kafka"]))
    assert said(heard) == (
        "at nordlicht we moved the payment ledger from one postgresql server to a partitioned one i wrote the migration so that old and new "
        "tables were written together then compared every balance before we switched we lost no transaction and the slowest query went from "
        "4 seconds to 80 milliseconds"
    )
    assert len(heard.segments) == 3
    assert "PostgreSQL" in heard.segments[0].text


def test_a_vocabulary_puts_no_words_into_silence(speech: Speech) -> None:
    assert not speech.final(bytes(5 * SECOND), vocabulary=["PostgreSQL", "Kafka"]).segments


def test_a_long_vocabulary_leaves_room_for_all_that_is_said(speech: Speech) -> None:
    terms = [f"{name} {number}" for name in ("Kubernetes", "PostgreSQL", "OpenTelemetry", "Prometheus") for number in range(10)]
    assert said(speech.final(sound("deadlock"), vocabulary=terms)).endswith(WORDS["deadlock"].removeprefix("two "))


def wav(seconds: float, name: str = "yes") -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(16_000)
        target.writeframes((sound(name) + bytes(int(seconds * SECOND)))[: int(seconds * SECOND) // 2 * 2])
    return file.getvalue()


def test_the_times_of_a_long_recording_are_those_of_the_recording(speech: Speech) -> None:
    pause = bytes(40 * SECOND)
    file = wav(0) + sound("yes") + pause + sound("yes") + pause
    heard = speech.transcribe_recording(speech.recording(file, language="en"))
    assert [plain(segment.text) for segment in heard.segments] == [WORDS["yes"]] * 2
    assert heard.segments[1].start == pytest.approx(40 + len(sound("yes")) / SECOND, abs=0.6)
    assert heard.seconds == pytest.approx((len(file) - 44) / SECOND, abs=0.01)


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCATENATION = f"ffconcat version 1.0\nfile {CLIPS / 'yes.ogg'}\n".encode()


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        (b"", grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (b"no sound at all" * 100, grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (b"OggS" + bytes(range(256)) * 400, grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (PLAYLIST, grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (CONCATENATION, grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (bytes(21 * 2**20), grpc.StatusCode.OUT_OF_RANGE, "AUDIO_TOO_LARGE"),
        (lambda: wav(605), grpc.StatusCode.OUT_OF_RANGE, "AUDIO_TOO_LONG"),
        (lambda: coded("ogg", "libopus", bytes(5 * SECOND)), grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_SILENT"),
    ],
    ids=["empty", "text", "broken", "playlist", "concatenation", "large", "long", "silent"],
)
def test_a_recording_that_is_no_recording_is_told_how(speech: Speech, file: Any, code: grpc.StatusCode, reason: str) -> None:
    with refused(code, reason):
        speech.transcribe_recording(speech.recording(file() if callable(file) else file))


@given(cut=st.integers(0, 6000), flips=st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 255)), max_size=40))
@hypothesis.settings(max_examples=8)
def test_a_damaged_recording_is_decoded_or_refused(cut: int, flips: list[tuple[int, int]]) -> None:
    file = bytearray((CLIPS / "yes.ogg").read_bytes())
    for at, value in flips:
        file[at % len(file)] ^= value
    try:
        audio = isolated.decode(bytes(file[cut:]), 20)
    except errors.Refusal as refusal:
        assert refusal.reason == "AUDIO_UNREADABLE"
    else:
        assert 0 < len(audio) <= 10 * SECOND


def test_the_process_that_decodes_ends_at_its_deadline() -> None:
    with pytest.raises(errors.DeadlineExceeded, match="TRANSCRIBER_TOO_SLOW"):
        isolated.decode(wav(300), 0.05)


def test_more_utterances_than_it_can_hold_are_refused_and_the_rest_of_the_service_goes_on(speech: Speech) -> None:
    ended = threading.Event()

    def speaking() -> Iterator[speech_pb2.TranscribeRequest]:
        yield from speech.utterance(sound("yes"))
        ended.wait(60)

    def accepted() -> list[Any]:
        """Again where who looked whether both places are taken had one of them for that moment."""
        while True:
            try:
                return speech.transcribe(speaking())
            except grpc.RpcError as error:
                if told(error).reason != "TRANSCRIBERS_BUSY":
                    raise

    embed = inference_pb2_grpc.InferenceServiceStub(speech.channel).Embed
    request = inference_pb2.EmbedRequest(texts=["Nurse"], purpose="testing", tenant_id=str(ids.mint()))
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(accepted) for _ in range(2)]

        def busy() -> bool:
            try:
                speech.transcribe(iter(()))
            except grpc.RpcError as error:
                return told(error).reason == "TRANSCRIBERS_BUSY"
            return False

        until(busy, "both places are taken", seconds=60)
        for _ in range(3):
            assert embed(request, metadata=speech.metadata, timeout=20).vectors
        ended.set()
        assert [said(answers[-1].transcript) for answers in (each.result(60) for each in both)] == [WORDS["yes"]] * 2
    assert said(speech.final(sound("yes"))) == WORDS["yes"]


def test_an_utterance_is_refused_where_the_model_is_seconds_behind(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as behind:
        behind.setattr(Gate, "wait", 3.5)
        with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "TRANSCRIBERS_BUSY"):
            speech.transcribe(speech.utterance(sound("yes")))
    assert said(speech.final(sound("yes"))) == WORDS["yes"]


def test_vectors_are_made_while_a_long_recording_is_heard(speech: Speech) -> None:
    embed = inference_pb2_grpc.InferenceServiceStub(speech.channel).Embed
    request = inference_pb2.EmbedRequest(texts=["Nurse"], purpose="testing", tenant_id=str(ids.mint()))
    embed(request, metadata=speech.metadata, timeout=20)
    file = wav(0) + (sound("deadlock") + bytes(3 * SECOND)) * 2
    with ThreadPoolExecutor(1) as pool:
        hearing = pool.submit(speech.transcribe_recording, speech.recording(file))
        answered = 0
        while not hearing.done():
            assert embed(request, metadata=speech.metadata, timeout=20).vectors
            answered += 1
        assert said(hearing.result()).count("deadlock was gone") == 2
    assert answered > 3


def test_a_call_that_ends_early_is_told_and_frees_its_place(speech: Speech) -> None:
    def silent() -> Iterator[speech_pb2.TranscribeRequest]:
        yield from speech.utterance(sound("yes"))
        time.sleep(30)

    for _ in range(3):
        with pytest.raises(grpc.RpcError) as caught:
            speech.transcribe(silent(), timeout=0.5)
        # On a busy machine the places of the last ones may not be free again yet.
        assert caught.value.code() in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED)

    def free() -> bool:
        try:
            return said(speech.final(sound("yes"))) == WORDS["yes"]
        except grpc.RpcError:
            return False

    until(free, "the places are free again", seconds=60)


def test_seconds_of_audio_are_counted_for_the_organization(house: House, speech: Speech) -> None:
    account = house.employer()
    counted = Speech(house, speech.address, account.tenant_id)
    counted.final(sound("yes"), purpose="interview")
    counted.transcribe_recording(counted.recording(wav(10), purpose="interview"))
    counted.channel.close()
    stub = house.stub("inference", inference_pb2_grpc.InferenceServiceStub)
    [day] = stub.ListUsage(inference_pb2.ListUsageRequest(), metadata=account.metadata).days
    assert (day.purpose, day.provider, day.requests) == ("interview", "whisper", 2)
    assert day.audio_seconds == pytest.approx(10 + len(sound("yes")) / SECOND, abs=0.1)


def test_without_the_models_package_nothing_is_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise whisper.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(whisper, "_packaged", absent)
    server = start(settings(house))
    speech = Speech(house, server.address)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "NO_PROVIDER"):
        speech.final(b"")
    speech.channel.close()
    server.stop(1)


def test_a_folder_without_a_model_is_refused_at_start(house: House, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no model\.bin"):
        start(settings(house, WHISPER_MODEL=str(tmp_path)))
