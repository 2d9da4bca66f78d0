"""When a turn is over: with made-up voices, and with speech as it was recorded."""

import subprocess
import sys

import numpy as np
import pytest

from services.interviews.interviewer.turns import CHUNK, CHUNK_SECONDS, LONGEST, RATE, SHORTEST, Silero, Turn, is_finished, patience
from tests.services.inference.speech_client import WORDS, sound

FIRST_SENTENCE = "Two workers locked the same rows in a different order."


def silent_for(turn: Turn, seconds: float) -> None:
    for _ in range(round(seconds / CHUNK_SECONDS)):
        turn.hear(False)


def spoken_for(turn: Turn, seconds: float) -> None:
    for _ in range(round(seconds / CHUNK_SECONDS)):
        turn.hear(True)


def chunks(audio: bytes) -> list[bytes]:
    return [audio[start : start + 2 * CHUNK] for start in range(0, len(audio) - 2 * CHUNK + 1, 2 * CHUNK)]


def silence_until_over(turn: Turn) -> float:
    while not turn.is_over:
        turn.hear(False)
        assert turn.silence < 10
    return turn.silence


@pytest.mark.parametrize("text", ["I sorted them by id.", "Yes!", 'He said "no."', "Does that answer it?", "私は学生です。"])
def test_a_finished_sentence_is_waited_for_least(text: str) -> None:
    assert is_finished(text)
    assert patience(text) == 0.6


@pytest.mark.parametrize(
    "text",
    [
        "I sorted them and",
        "I sorted them and.",
        "We used the...",
        "First, I would,",
        "It depends on the.",
        "So, um.",
        "because",
        "",
    ],
)
def test_a_sentence_that_is_not_finished_is_waited_for_longer(text: str) -> None:
    assert not is_finished(text)
    assert patience(text) == 2.4


def test_nobody_is_cut_off_before_half_a_second_nor_waited_for_beyond_three() -> None:
    for text in (None, "Yes.", "Well,"):
        for longest in (0.0, 0.4, 1.0, 2.9, 60.0):
            assert SHORTEST <= patience(text, longest) <= LONGEST
    assert patience("Yes.", 60.0) == LONGEST


def test_who_pauses_long_and_goes_on_is_given_longer_the_next_time() -> None:
    turn = Turn()
    spoken_for(turn, 1)
    silent_for(turn, 0.5)
    turn.read("I think.")
    spoken_for(turn, 1)
    silent_for(turn, 1.5)
    spoken_for(turn, 1)
    turn.read("I think. I would look at the locks. Then I would look at the plan.")
    assert silence_until_over(turn) == pytest.approx(1.25 * 1.5, abs=0.1)


def test_what_was_known_of_a_sentence_is_forgotten_when_more_is_said() -> None:
    turn = Turn()
    spoken_for(turn, 1)
    silent_for(turn, 0.4)
    turn.read("I sorted them.")
    spoken_for(turn, 1)
    assert silence_until_over(turn) == pytest.approx(1.2, abs=0.05)


def test_silence_alone_is_no_turn_and_a_cough_does_not_insist() -> None:
    turn = Turn()
    silent_for(turn, 20)
    assert not turn.is_over
    spoken_for(turn, 0.25)
    assert not turn.insists
    silent_for(turn, 2)
    spoken_for(turn, 0.5)
    assert turn.insists


def test_recorded_speech_with_a_pause_in_it_is_one_turn_where_the_sentence_goes_on_and_two_where_it_ends() -> None:
    clip = sound("deadlock")
    ear, turn = Silero(), Turn()
    gap = bytes(2 * RATE)  # a second of silence after each sentence
    first, second = clip[: 3 * 2 * RATE], sound("yes")
    ends = []
    for name, audio in (("first", first + gap), ("second", second + gap * 2)):
        for chunk in chunks(audio):
            was_silent = turn.silence
            turn.hear(ear.is_speech(chunk))
            if was_silent < 0.3 <= turn.silence:
                turn.read("Two workers locked the same rows in a" if name == "first" else f"{FIRST_SENTENCE} Yes, I can start in January.")
            if turn.is_over:
                ends.append((name, turn.silence))
                turn = Turn()
    assert [name for name, _ in ends] == ["second"]
    assert ends[0][1] <= LONGEST


def test_recorded_speech_ends_with_its_last_word() -> None:
    ear, turn = Silero(), Turn()
    clip, spoken = sound("deadlock"), []
    for number, chunk in enumerate(chunks(clip + bytes(4 * RATE))):
        spoken.append(ear.is_speech(chunk))
        turn.hear(spoken[-1])
        if number * CHUNK_SECONDS > len(clip) / 2 / RATE and turn.is_over:
            break
        turn.read(WORDS["deadlock"])  # without a full stop: the pauses between its sentences are shorter than what that is given
    last = max(number for number, speech in enumerate(spoken) if speech) * CHUNK_SECONDS
    assert last == pytest.approx(len(clip) / 2 / RATE, abs=1.0)
    assert turn.silence == pytest.approx(2.4, abs=0.05)


@pytest.mark.parametrize("loudness", [0, 30, 3000])
def test_noise_is_nobody_speaking(loudness: int) -> None:
    noise = (np.random.default_rng(7).normal(0, 1, 5 * RATE) * loudness).clip(-32768, 32767).astype("<i2").tobytes()
    ear = Silero()
    assert sum(ear.is_speech(chunk) for chunk in chunks(noise)) * CHUNK_SECONDS < 0.1


def test_two_speakers_are_judged_apart() -> None:
    alone, one, other = Silero(), Silero(), Silero()
    clip = chunks(sound("yes"))
    expected = [alone.probability(chunk) for chunk in clip]
    found = []
    for chunk in clip:
        found.append(one.probability(chunk))
        other.probability(bytes(2 * CHUNK))
    assert found == expected


def test_listening_loads_nothing_of_whisper() -> None:
    code = (
        "import sys; from services.interviews.interviewer.turns import Silero; Silero().is_speech(bytes(1024));"
        "assert not {'ctranslate2', 'faster_whisper', 'av'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
