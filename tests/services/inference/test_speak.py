"""Text spoken aloud over gRPC: by the built-in voice, and by a provider that is asked by the official SDK over real HTTP."""

from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import pytest

from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc, speech_pb2
from services.inference.__main__ import start
from services.inference.providers import voice
from tests.conftest import House, until
from tests.refusals import refused, told
from tests.services.inference.openai_server import Answer, OpenAIServer
from tests.services.inference.speech_client import Speech
from tests.services.inference.test_rpc import settings

QUESTION = "Thank you. How would you find out why a query became slow?"


class Talk:
    """Has texts spoken for one organization."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def ask(self, text: str = QUESTION, *, timeout: float = 20, **fields: Any) -> Any:
        request = speech_pb2.SpeakRequest(**{"purpose": "testing", "tenant_id": self.speech.tenant_id, "text": text, **fields})
        return self.speech.stub.Speak(request, metadata=self.speech.metadata, timeout=timeout)

    def hear(self, text: str = QUESTION, **fields: Any) -> tuple[list[str], bytes]:
        """The sentences and all of the audio."""
        answers = list(self.ask(text, **fields))
        assert {answer.sample_rate for answer in answers} <= {24_000}
        assert [bool(answer.text) for answer in answers] == [True, *(answer.ends_sentence for answer in answers[:-1])]
        return [answer.text for answer in answers if answer.text], b"".join(answer.audio for answer in answers)


@pytest.fixture(scope="module")
def talk(house: House) -> Iterator[Talk]:
    speech = Speech(house, house.addresses["inference"])
    yield Talk(speech)
    speech.channel.close()


def test_what_is_spoken_is_what_a_listener_writes_down(talk: Talk) -> None:
    sentences, audio = talk.hear()
    assert sentences == ["Thank you.", "How would you find out why a query became slow?"]
    at_24 = np.frombuffer(audio, "<i2").astype(np.float32)
    at_16 = np.interp(np.arange(0, at_24.size, 1.5), np.arange(at_24.size), at_24).astype("<i2")
    heard = talk.speech.final(at_16.tobytes(), language="en")
    words = " ".join(segment.text for segment in heard.segments).lower()
    assert "thank you" in words
    assert "find out why a query became slow" in words


def test_the_same_text_sounds_the_same_and_is_counted_again(house: House) -> None:
    account = house.employer()
    talk = Talk(Speech(house, house.addresses["inference"], account.tenant_id))
    first, second = talk.hear("Tell me more."), talk.hear("Tell me more.")
    assert first == second
    stub = house.stub("inference", inference_pb2_grpc.InferenceServiceStub)
    [day] = stub.ListUsage(inference_pb2.ListUsageRequest(), metadata=account.metadata).days
    assert (day.provider, day.requests) == ("hibari", 2)
    assert day.audio_seconds == pytest.approx(2 * len(first[1]) / 48_000, abs=0.01)
    talk.speech.channel.close()


@pytest.mark.parametrize("text", ["日本語", "9" * 2000, "[word](/no/) " * 20, "-" * 2000, "\x00\x1f\u202e", "1e999999 2**99999 " * 20])
def test_a_text_that_is_hard_to_read_is_shown_whole_and_its_sound_has_an_end(talk: Talk, text: str) -> None:
    sentences, audio = talk.hear(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert len(audio) % 2 == 0
    assert len(audio) < 48_000 * 150 * len(sentences)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": ""}, "FIELDS_INVALID"),
        ({"text": "x" * 2001}, "FIELDS_INVALID"),
        ({"voice": "../x"}, "FIELDS_INVALID"),
        ({"purpose": "No!"}, "FIELDS_INVALID"),
        ({"language": "de"}, "LANGUAGE_UNSUPPORTED"),
    ],
)
def test_a_text_that_cannot_be_spoken_is_told_why(talk: Talk, fields: dict[str, str], reason: str) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, reason):
        list(talk.ask(**fields))


@pytest.fixture
def remote(house: House) -> Iterator[tuple[Talk, OpenAIServer]]:
    """A service whose first speaker is a server of the test's, and that speaks one text at a time."""
    with OpenAIServer().serving() as provider:
        variables = {"OPENAI_BASE_URL": provider.url, "OPENAI_SPEECH_MODEL": "loud", "OPENAI_SPEECH_VOICE": "bass", "SPEAK_STREAMS": "1"}
        server = start(settings(house, **variables))
        speech = Speech(house, server.address)
        yield Talk(speech), provider
        speech.channel.close()
        server.stop(1)


def test_a_provider_that_is_configured_speaks_first_and_is_not_asked_for_the_same_sentence_twice(remote: tuple[Talk, OpenAIServer]) -> None:
    talk, provider = remote
    provider.otherwise = Answer(pieces=("ab", "cdefgh"))
    assert talk.hear("One. Two. One.") == (["One.", "Two.", "One."], b"abcdefgh" * 3)
    assert [asked.path for asked in provider.asked] == ["/v1/audio/speech"] * 2
    assert provider.asked[0].body == {"model": "loud", "voice": "bass", "input": "One.", "response_format": "pcm"}
    talk.hear("One.", voice="tenor")
    assert provider.asked[-1].body["voice"] == "tenor"
    names = inference_pb2_grpc.InferenceServiceStub(talk.speech.channel).ListProviders(
        inference_pb2.ListProvidersRequest(), metadata=talk.speech.metadata
    )
    assert [(each.name, each.model) for each in names.providers if each.ability == "speak"] == [("openai", "loud"), ("hibari", "heart")]


@pytest.mark.parametrize("broken", [Answer(status=500), Answer(status=401), Answer(pieces=())])
def test_a_provider_that_fails_before_its_first_sound_leaves_the_sentence_to_the_built_in_voice(
    remote: tuple[Talk, OpenAIServer], broken: Answer
) -> None:
    talk, provider = remote
    provider.answers.append(broken)
    provider.otherwise = Answer(pieces=("abcd",))
    assert [answer.provider for answer in talk.ask("Yes. No.") if answer.text] == ["hibari", "openai"]


@pytest.mark.parametrize("broken", [Answer(pieces=("ab", "cd"), cut_after=1), Answer(pieces=("ab", "odd"))])
def test_a_provider_that_breaks_off_in_a_sentence_ends_the_call(remote: tuple[Talk, OpenAIServer], broken: Answer) -> None:
    talk, provider = remote
    provider.answers.append(broken)
    with refused(grpc.StatusCode.UNAVAILABLE, "PROVIDERS_FAILED"):
        list(talk.ask("Yes."))
    provider.otherwise = Answer(pieces=("abcd",))
    assert talk.hear("Yes.") == (["Yes."], b"abcd")


def test_more_texts_than_it_can_speak_are_refused_and_one_that_nobody_waits_for_makes_room(remote: tuple[Talk, OpenAIServer]) -> None:
    talk, provider = remote
    provider.otherwise = Answer(pieces=("ab", "cd", "ef"), hold_before=2)
    call = talk.ask("Yes.")
    assert next(call).audio == b"ab"
    with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "SPEAKERS_BUSY"):
        list(talk.ask("Yes."))
    call.cancel()

    def free() -> bool:
        try:
            list(talk.ask("Yes."))
        except grpc.RpcError as error:
            assert told(error).reason == "SPEAKERS_BUSY"
            return False
        return True

    provider.otherwise = Answer(pieces=("abcd",))
    until(free, "the place is free again")


def test_without_a_voice_nothing_is_spoken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise voice.metadata.PackageNotFoundError(name)

    with monkeypatch.context() as patched:
        patched.setattr(voice.metadata, "distribution", absent)
        assert voice.find() == []
    monkeypatch.setattr(voice, "find", list)
    server = start(settings(house))
    speech = Speech(house, server.address)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "NO_PROVIDER"):
        list(Talk(speech).ask())
    speech.channel.close()
    server.stop(1)
