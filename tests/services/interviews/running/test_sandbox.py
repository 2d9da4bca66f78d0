"""The sandbox as a runner: what comes of good programs and bad ones, and what is said where it cannot run them."""

import threading
from pathlib import Path

import pytest

from services.chassis import errors
from services.interviews.running import modules
from services.interviews.running.modules import default_folder
from services.interviews.running.programs import Call, Program
from services.interviews.running.sandbox import SandboxRunner

PYTHON = "def add(one, other):\n    print('adding', one)\n    return one + other\n"
JAVASCRIPT = "const add = (one, other) => { console.log('adding', one); return one + other }\n"


@pytest.mark.parametrize(("language", "code"), [("python", PYTHON), ("javascript", JAVASCRIPT)])
def test_a_program_has_the_same_outcomes_and_costs_in_every_run(runner: SandboxRunner, language: str, code: str) -> None:
    program = Program(language, code, (Call("add", "[1, 2]"), Call("add", '["a", "b"]'), Call("add", '[[1], {"b": null}]')))
    first = runner.run(program)
    assert [(one.state, one.value, one.output) for one in first[:2]] == [
        ("returned", "3", "adding 1\n"),
        ("returned", '"ab"', "adding a\n"),
    ]
    assert all(one.cost for one in first[:2])
    assert runner.run(program) == first


@pytest.mark.parametrize(
    ("language", "code", "error"),
    [
        ("python", "def add(one:\n", "SyntaxError: '(' was never closed (line 1)"),
        ("python", "1 / 0\n", "ZeroDivisionError: division by zero (line 1)"),
        ("javascript", "const x = 1;\nnull.add = 1", "TypeError: cannot set property 'add' of null (line 2)"),
    ],
)
def test_code_that_does_not_load_fails_every_call_with_its_own_words(runner: SandboxRunner, language: str, code: str, error: str) -> None:
    found = runner.run(Program(language, code, (Call("add", "[1, 2]"),) * 3))
    assert [(one.state, one.error) for one in found] == [("raised", error)] * 3


def test_a_call_that_never_ends_leaves_the_others_their_time(runner: SandboxRunner) -> None:
    code = "def wait(number):\n    while number == 2:\n        pass\n    return number\n"
    found = runner.run(Program("python", code, tuple(Call("wait", f"[{number}]") for number in (1, 2, 3))))
    assert [one.state for one in found] == ["returned", "out_of_time", "returned"]


def test_names_of_the_other_language_style_and_exports_are_found(runner: SandboxRunner) -> None:
    for code in ("function longestRun(values) { return values.length }", "module.exports = { longest_run: (values) => values.length }"):
        assert runner.run(Program("javascript", code, (Call("longest_run", "[[1, 2]]"),)))[0].value == "2"


def test_a_run_that_the_machine_does_not_finish_is_no_verdict() -> None:
    impatient = SandboxRunner(default_folder(), seconds=0.01)
    with pytest.raises(errors.Unavailable) as caught:
        impatient.run(Program("python", PYTHON, (Call("add", "[1, 2]"),)))
    assert caught.value.reason == "RUNNER_FAILED"


def test_no_more_programs_run_at_once_than_there_are_places() -> None:
    full = SandboxRunner(default_folder(), most=0, seconds=0.01)
    with pytest.raises(errors.ResourceExhausted) as caught:
        full.run(Program("python", PYTHON, (Call("add", "[1, 2]"),)))
    assert caught.value.reason == "RUNNER_BUSY"


def test_nothing_is_compiled_while_somebody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()
    monkeypatch.setattr(modules, "compile_aside", lambda folder: begun.set() or True)
    cold = SandboxRunner(tmp_path / "empty")
    assert cold.languages() == ()
    with pytest.raises(errors.Unavailable) as caught:
        cold.run(Program("python", PYTHON, (Call("add", "[1, 2]"),)))
    assert caught.value.reason == "RUNNER_PREPARING"
    assert begun.wait(10)


def test_what_others_may_write_to_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "compile_aside", lambda folder: True)
    for guest in modules.GUESTS.values():
        path = modules.compiled(guest, tmp_path)
        assert path is not None
        path.write_bytes(b"not what it says")
    tmp_path.chmod(0o777)
    assert SandboxRunner(tmp_path).languages() == ()
    tmp_path.chmod(0o700)
    assert SandboxRunner(tmp_path).languages() == ("python", "javascript")
    with pytest.raises(errors.Unavailable) as caught:
        SandboxRunner(tmp_path, seconds=30).run(Program("python", PYTHON, (Call("add", "[1, 2]"),)))
    assert caught.value.reason == "RUNNER_FAILED"
