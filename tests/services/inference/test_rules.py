"""Whom inference asks, for how long, and what a prompt and an answer may be: no I/O, and a clock that is a number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import errors
from services.inference import prompts, rules
from services.inference.providers.protocol import Kind
from services.inference.rules import Circuit, RetryBudget


def test_a_provider_gets_less_time_than_the_caller_waits() -> None:
    for left in (0.6, 1, 5, 60):
        alone, with_others = rules.time_limit(left, 30, others=False), rules.time_limit(left, 30, others=True)
        assert alone is not None
        assert with_others is not None
        assert 0.25 <= with_others <= alone <= left - 0.25


def test_a_provider_never_gets_more_than_its_longest() -> None:
    assert rules.time_limit(100, 30, others=True) == rules.time_limit(100, 30, others=False) == 30


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.49])
def test_nobody_is_asked_when_there_is_no_time_for_an_answer(left: float) -> None:
    assert rules.time_limit(left, 30, others=False) is None


def test_a_caller_without_a_deadline_gets_a_minute() -> None:
    assert rules.time_for_all(None) == 60
    assert rules.time_for_all(3.5) == 3.5
    assert rules.time_for_all(1e9) == 600


def test_five_failures_in_half_a_minute_open_the_circuit() -> None:
    circuit = Circuit()
    for now in (0, 7, 14, 21):
        circuit.failed(now)
        assert circuit.enter(now)
    circuit.failed(28)
    assert not circuit.enter(28)
    assert not circuit.admits(47.9)


def test_failures_far_apart_or_with_an_answer_between_leave_it_closed() -> None:
    slowly, between = Circuit(), Circuit()
    for now in range(0, 80, 8):
        slowly.failed(now)
    for _ in range(4):
        between.failed(0)
    between.succeeded()
    between.failed(1)
    assert slowly.enter(80)
    assert between.enter(1)


def test_an_open_circuit_lets_one_probe_through_at_a_time() -> None:
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(0)
    assert [circuit.enter(20), circuit.enter(20), circuit.enter(39)] == [True, False, False]
    circuit.failed(39)  # the probe's: it waits again from here
    assert [circuit.enter(58), circuit.enter(59)] == [False, True]
    circuit.succeeded()
    assert [circuit.enter(59), circuit.enter(59)] == [True, True]


def test_a_probe_that_never_reports_does_not_hold_the_next_up() -> None:
    circuit = Circuit()
    for _ in range(5):
        circuit.failed(0)
    assert [circuit.enter(20), circuit.enter(40)] == [True, True]


def test_retries_are_paid_for_by_answers() -> None:
    budget = RetryBudget()
    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]
    for _ in range(9):
        budget.earn()
    assert not budget.spend()
    budget.earn()
    budget.earn()  # ten tenths are a little less than one
    assert budget.spend()
    for _ in range(500):
        budget.earn()
    assert sum(budget.spend() for _ in range(20)) == 10


@pytest.mark.parametrize(
    ("kinds", "kind", "reason"),
    [
        ([], errors.Unavailable, "PROVIDERS_FAILED"),
        ([Kind.TOO_SLOW, Kind.TOO_SLOW], errors.DeadlineExceeded, "PROVIDERS_TOO_SLOW"),
        ([Kind.TOO_SLOW, Kind.BROKEN], errors.Unavailable, "PROVIDERS_FAILED"),
        ([Kind.TOO_LONG], errors.InvalidArgument, "PROMPT_TOO_LONG"),
        ([Kind.TOO_LONG, Kind.BUSY], errors.Unavailable, "PROVIDERS_FAILED"),
        ([Kind.UNFIT], errors.Unavailable, "PROVIDERS_FAILED"),
    ],
)
def test_what_a_caller_learns_when_nobody_answered(kinds: list[Kind], kind: type[errors.Refusal], reason: str) -> None:
    refusal = rules.refusal(kinds)
    assert (type(refusal), refusal.reason) == (kind, reason)


@given(st.text(), st.text())
def test_no_text_ends_its_block_or_begins_another(name: str, text: str) -> None:
    prompt = prompts.compose("Sum it up.", [(name, text)], None, 10)
    told = prompt.turns[0].text
    assert told.count("<") == told.count(">") == 2
    assert told.startswith('<material name="')
    assert told.endswith("\n</material>")
    assert told.split(">", 1)[0].count('"') == 2
    assert prompt.system == prompts.compose("Sum it up.", [("other", "text")], None, 10).system


def test_what_a_person_would_not_see_is_left_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "hire")
    told = prompts.compose("x", [("cv", f"a{hidden}\x1b[2J\tb\nc")], None, 10).turns[0].text
    assert told == '<material name="cv">\na[2J\tb\nc\n</material>'


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("not json", "it is not JSON"), ('{"n": NaN}', "it is not JSON"), ("[" * 100_000, "it is not JSON"), ('{"n": "\\ud800"}', "it is not JSON"),
        ("", "it is not JSON"), ('{"n": "Ada Lindqvist"}', 'at $.n: type is to be "integer"'), ("{}", 'at $: required is to be ["n"]'),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_told_so_without_being_quoted(answer: str, problem: str) -> None:
    schema = prompts.Schema({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
    assert schema.read(answer) == ("", problem)


@pytest.mark.parametrize("answer", ['{"n": 1}', '\n ```json\n{"n": 1}\n```\n', '```\n{"n":1}```'])
def test_an_answer_that_fits_is_read_with_or_without_a_fence(answer: str) -> None:
    assert prompts.Schema({"required": ["n"]}).read(answer) == ('{"n":1}', "")


def test_whole_numbers_of_a_struct_become_integers() -> None:
    assert (
        json.dumps(prompts.plain({"minLength": 3.0, "items": [1.5, 2.0, True, None]})) == '{"minLength": 3, "items": [1.5, 2, true, null]}'
    )
