"""How a text becomes sentences to be spoken, and what is remembered of them; no model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference import speaking
from services.inference.speaking import Memory


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Thank you. What did you change first?", ["Thank you.", "What did you change first?"]),
        ("You worked with Dr. Smith and J. K. Rowling. How was it?", ["You worked with Dr. Smith and J. K. Rowling.", "How was it?"]),
        ("Which database, e.g. PostgreSQL 18.4, did you use?", ["Which database, e.g. PostgreSQL 18.4, did you use?"]),
        ('"Why?" he asked. "No."', ['"Why?" he asked.', '"No."']),
        ("Two parts:\nfirst this\n\nthen that", ["Two parts:", "first this", "then that"]),
        ("你好。再见。", ["你好。", "再见。"]),
        ("   ", []),
    ],
)
def test_a_text_is_spoken_sentence_by_sentence(text: str, sentences: list[str]) -> None:
    assert speaking.sentences(text) == sentences


@given(st.text(alphabet=st.sampled_from("ab .,;?!\n。Dr"), max_size=900))
def test_every_letter_of_a_text_is_spoken_once_and_in_order(text: str) -> None:
    spoken = speaking.sentences(text)
    assert "".join("".join(spoken).split()) == "".join(text.split())
    assert all(0 < len(sentence) <= 300 for sentence in spoken)


def test_a_sentences_audio_is_cut_into_seconds_and_its_text_goes_with_the_first() -> None:
    found = list(speaking.in_seconds("Yes.", iter([bytes(100_000), b"ab"])))
    assert [(text, len(audio), is_last) for text, audio, is_last in found] == [
        ("Yes.", 48_000, False), ("", 48_000, False), ("", 4_000, False), ("", 2, True),
    ]  # fmt: skip
    assert list(speaking.in_seconds("!", iter(()))) == [("!", b"", True)]


def test_the_sentences_spoken_longest_ago_are_forgotten_first() -> None:
    memory = Memory(most=10)
    for name in ("one", "two"):
        memory.keep(("p", "m", "", name), b"1234")
    assert memory.get(("p", "m", "", "one")) == b"1234"
    memory.keep(("p", "m", "", "three"), b"1234")
    assert memory.get(("p", "m", "", "two")) is None
    assert memory.get(("p", "m", "", "one")) == memory.get(("p", "m", "", "three")) == b"1234"
    memory.keep(("p", "m", "", "four"), bytes(11))
    assert all(memory.get(("p", "m", "", name)) is None for name in ("one", "three", "four"))
