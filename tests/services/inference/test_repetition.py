"""Whisper's ways of going round in circles, provoked in the model itself, and what is kept of them."""

import numpy as np
import pytest

from services.inference.providers import whisper
from services.inference.providers.protocol import Hint
from services.inference.providers.voice import Voice
from services.inference.providers.whisper import RATE, Whisper, is_timeless
from tests.services.inference.speech_client import plain, sound


@pytest.fixture(scope="module")
def model() -> Whisper:
    """By itself, without the detector of voices that stands before it."""
    files = whisper._packaged("base")
    assert files is not None
    return Whisper("base", files, "cpu", 2)


def samples(wave: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> bytes:
    return (wave.clip(-1, 1) * 32767).astype("<i2").tobytes()


def text(heard: whisper.Heard) -> str:
    return plain(" ".join(word.text for word in heard.words))


def test_a_loop_after_the_speech_is_cut_off_and_the_speech_is_kept(model: Whisper, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = sound("deadlock")[
        : int(2.6 * 2 * RATE)
    ]  # within a sentence, and with no silence behind it the model does not see that it is over
    monkeypatch.setattr(whisper, "_SILENCE", 0.0)
    raw, _ = model._attempt(model._load(), whisper._samples(cut), Hint("en"), 0.0, lambda: True)
    assert is_timeless(raw.words), "the model was meant to be provoked"
    heard = model.hear(cut, Hint("en"))
    assert text(heard).startswith("two workers locked the same rows")
    assert not is_timeless(heard.words)
    assert len(heard.words) < len(raw.words)


SECONDS = np.arange(4 * RATE) / RATE
NOISES = {
    "silence": np.zeros(4 * RATE),
    "noise": np.random.default_rng(1).normal(0, 0.1, 4 * RATE),
    "hum": 0.3 * np.sin(2 * np.pi * 50 * SECONDS),
    "music": sum(0.15 * np.sin(2 * np.pi * pitch * SECONDS) * (np.sin(4 * np.pi * SECONDS) > 0) for pitch in (220, 277, 330, 440)),
}


@pytest.mark.parametrize("name", NOISES)
def test_what_is_no_speech_never_reaches_the_model_and_gives_no_text_where_it_does(model: Whisper, name: str) -> None:
    audio = samples(np.asarray(NOISES[name]))
    assert model.stretches(audio) == []
    assert model.hear(audio, Hint("en")).words == ()


def test_what_is_really_said_again_and_again_is_written_down_as_often(model: Whisper) -> None:
    spoken = np.frombuffer(b"".join(Voice().say("It was very very very very good.", "", 30)), "<i2").astype("f4")
    audio = np.interp(np.arange(0, spoken.size, 1.5), np.arange(spoken.size), spoken).astype("<i2").tobytes()
    assert text(model.hear(audio, Hint("en"))) == "it was very very very very good"
