"""How audio is cut, words become sentences, loops are cut off, and who goes first; no model."""

import threading
import time

import pytest

from services.chassis import errors
from services.inference import listening
from services.inference.gate import Gate, Rank
from services.inference.listening import RATE
from services.inference.providers.protocol import Heard, Word
from services.inference.providers.whisper import is_timeless, without_loops, without_repetition, without_timeless_end
from tests.conftest import until


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, float(at), at + 0.5, 0.5) for at, word in enumerate(text.split()))


def test_stretches_are_put_together_up_to_a_window_and_not_across_a_long_pause() -> None:
    second = RATE
    found = listening.windows([(0, 5 * second), (6 * second, 20 * second), (21 * second, 30 * second), (33 * second, 40 * second)])
    assert found == [(0, 20 * second), (21 * second, 30 * second), (33 * second, 40 * second)]
    assert listening.windows([]) == []


def test_windows_are_joined_with_the_times_of_the_whole_and_the_language_of_most_words() -> None:
    parts = [(0, Heard(words("Ja"), "de", 0.6)), (10 * RATE, Heard((), "fr", 0.9)), (20 * RATE, Heard(words("Yes of course"), "en", 0.8))]
    joined = listening.joined(parts)
    assert [(word.text, word.start) for word in joined.words] == [("Ja", 0), ("Yes", 20), ("of", 21), ("course", 22)]
    assert (joined.language, joined.language_confidence) == ("en", 0.8)
    assert listening.joined([(0, Heard(()))]) == Heard(())


def test_sentences_end_at_full_stops_or_with_the_words() -> None:
    found = listening.sentences(words("We did. Did you? No"))
    assert [sentence.text("en") for sentence in found] == ["We did.", "Did you?", "No"]
    assert [sentence.text("zh") for sentence in listening.sentences(words("我 们 。"))] == ["我们。"]
    assert found[0].confidence == 0.5


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Yes I can. Yes I can. Yes I can. Yes", "Yes I can."),
        ("I like it very very very very very", "I like it very"),
        ("It was very very slow", "It was very very slow"),
        ("We moved it and moved it again", "We moved it and moved it again"),
        ("", ""),
    ],
)
def test_what_goes_round_in_circles_is_said_once(said: str, kept: str) -> None:
    assert " ".join(word.text for word in without_repetition(words(said))) == kept


def at(said: str, *times: float) -> list[Word]:
    """Words that end when the next one begins."""
    return [Word(word, start, end, 0.5) for word, start, end in zip(said.split(), times, (*times[1:], times[-1]), strict=True)]


def test_words_that_take_no_time_are_those_of_a_model_that_went_on_after_the_speech() -> None:
    looped = at("I sorted them. them. them. them.", 0.0, 0.4, 1.0, 2.0, 2.0, 2.0)
    assert [word.text for word in without_timeless_end(looped)] == ["I", "sorted", "them."]
    assert is_timeless(looped)
    quick = at("I did it so.", 0.0, 0.4, 0.6, 0.6)
    assert list(without_timeless_end(quick)) == quick
    assert without_timeless_end([]) == ()


def test_what_is_said_over_and_over_is_kept_where_each_time_took_its_time() -> None:
    really = at("No, no, no, no, no, never.", *(0.5 * number for number in range(6)))
    assert list(without_loops(really)) == really
    in_no_time = at("We use it use it use it use it and go.", 0.0, 0.4, 0.6, *(0.7 + 0.02 * number for number in range(6)), 0.9, 1.3)
    assert " ".join(word.text for word in without_loops(in_no_time)) == "We use it and go."


def test_a_partial_result_is_due_after_a_second_and_never_takes_more_than_a_third_of_the_time() -> None:
    assert not listening.partial_is_due(heard=0.9, last=0, now=100, last_at=0, took=0)
    assert listening.partial_is_due(heard=1.0, last=0, now=100, last_at=0, took=0)
    assert not listening.partial_is_due(heard=5, last=1, now=102, last_at=100, took=1.0)
    assert listening.partial_is_due(heard=5, last=1, now=103, last_at=100, took=1.0)


def wanted() -> bool:
    return True


def test_an_utterance_goes_before_recordings_that_wait_longer() -> None:
    gate, order = Gate(), []

    def wait(rank: Rank) -> None:
        with gate.hold(rank, time.monotonic() + 10, wanted):
            order.append(rank)

    threads = []
    with gate.hold(Rank.RECORDING, time.monotonic() + 10, wanted):
        for number, rank in enumerate((Rank.RECORDING, Rank.RECORDING, Rank.UTTERANCE)):
            threads.append(threading.Thread(target=wait, args=(rank,)))
            threads[-1].start()
            until(lambda number=number: len(gate._waiting) == number + 1, "it waits")
        with gate.hold_if_idle() as idle:
            assert not idle
    for thread in threads:
        thread.join(10)
    assert order == [Rank.UTTERANCE, Rank.RECORDING, Rank.RECORDING]
    with gate.hold_if_idle() as idle:
        assert idle


def test_nobody_waits_for_the_model_past_the_deadline_or_for_a_caller_that_has_gone() -> None:
    gate = Gate()
    with gate.hold(Rank.UTTERANCE, time.monotonic() + 10, wanted):
        with pytest.raises(errors.DeadlineExceeded, match="TRANSCRIBER_TOO_SLOW"), gate.hold(Rank.UTTERANCE, time.monotonic() - 1, wanted):
            pass
        with (
            pytest.raises(errors.DeadlineExceeded, match="CALLER_GONE"),
            gate.hold(Rank.UTTERANCE, time.monotonic() + 10, lambda: False),
        ):
            pass
    with gate.hold_if_idle() as idle:
        assert idle


def test_a_gate_knows_how_long_those_take_who_wait_already() -> None:
    gate, let_go = Gate(), threading.Event()
    assert gate.wait == 0

    def hold() -> None:
        with gate.hold(Rank.RECORDING, time.monotonic() + 10, wanted):
            let_go.wait(10)

    with gate.hold(Rank.UTTERANCE, time.monotonic() + 10, wanted):
        assert gate.wait == 0, "nothing is known of how long it takes"
        threads = [threading.Thread(target=hold) for _ in range(2)]
        for thread in threads:
            thread.start()
        until(lambda: len(gate._waiting) == 2, "both wait")
        gate._usual = 1.5
        assert gate.wait == 3.0
        assert gate.is_wanted
    let_go.set()
    for thread in threads:
        thread.join(10)
    assert 0 < gate._usual < 1.5
    assert gate.wait == 0
