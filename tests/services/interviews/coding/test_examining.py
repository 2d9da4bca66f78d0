"""Code against the tests of its question: the bank's own tasks solved in both languages, what passes, and what growth says."""

import json
from pathlib import Path

import pytest

from services.interviews.asking import sizes
from services.interviews.asking.bank import bank
from services.interviews.coding.examining import examine, growth_of, same
from services.interviews.running.modules import GUESTS, compile_into, default_folder
from services.interviews.running.programs import Call, Program
from services.interviews.running.sandbox import SandboxRunner
from services.interviews.scoring.answers import score
from services.interviews.subjects import Answer, CodeResult

HERE = Path(__file__).parent
QUADRATIC = "def longest_run(values):\n    best = 0\n    for start in range(len(values)):\n        for end in range(start, len(values)):\n            if all(value == values[start] for value in values[start:end + 1]):\n                best = max(best, end - start + 1)\n    return best\n"  # noqa: E501


@pytest.fixture(scope="module")
def runner() -> SandboxRunner:
    for guest in GUESTS.values():
        compile_into(default_folder(), guest)
    return SandboxRunner(default_folder(), seconds=60)


def question(key: str):
    return next(one for one in bank().coding if one.key == key)


@pytest.mark.parametrize(("language", "file"), [("python", "solutions.py.txt"), ("javascript", "solutions.js")])
def test_every_task_of_the_bank_is_solved_by_a_good_answer_in_either_language(runner: SandboxRunner, language: str, file: str) -> None:
    calls, wanted = [], []
    for task in bank().coding:
        function = task.signature.partition("(")[0]
        sized = sizes.arguments(task.key)
        calls += [Call(function, arguments) for arguments in (*(test.arguments for test in task.tests), *sized)]
        wanted += [(task, test) for test in task.tests] + [(task, None)] * 3
    # One program with all the functions, and as many calls as there are.
    outcomes = list(runner.run(Program(language, (HERE / file).read_text(), tuple(calls))))
    failed = []
    for number, ((task, test), outcome) in enumerate(zip(wanted, outcomes, strict=True)):
        if test is None and wanted[number - 2 : number + 1] == [(task, None)] * 3:
            growth = growth_of(outcomes[number - 2 : number + 1])
            if growth is None or growth > task.good_growth:
                failed.append(f"{task.key} grows with {growth}")
        elif test and (outcome.state != "returned" or not same(json.loads(outcome.value), json.loads(test.expected))):
            failed.append(f"{task.key} {test} {outcome}")
    assert not failed


def test_code_that_tries_every_pair_passes_and_pays_for_its_growth(runner: SandboxRunner) -> None:
    task = question("code-longest-run")
    found = examine(runner, task, QUADRATIC, "python", whole=True)
    assert all(result.passed for result in found.results)
    assert found.growth is not None
    assert found.growth > task.good_growth + 0.6
    result = CodeResult(len(found.results), len(found.results), found.growth, task.good_growth)
    scored = score(task, Answer("", QUADRATIC, "python", result), lambda texts: [[0.0]] * len(texts))
    assert scored.value == 8.0
    assert "grows with the input" in " ".join(scored.notes)


def test_what_is_expected_is_never_in_the_program_that_is_run() -> None:
    asked: list[Program] = []

    class Watching:
        name = "watching"

        def languages(self):
            return ("python",)

        def run(self, program: Program):
            asked.append(program)
            return []

    examine(Watching(), question("code-edit-steps"), "def edits(one, other): ...", "python", whole=False)
    (program,) = asked
    assert [json.loads(call.arguments) for call in program.calls] == [
        ["kitten", "sitting"],
        ["", "abc"],
        ["same", "same"],
        ["flaw", "lawn"],
    ]
    assert all(set(vars(call)) == {"function", "arguments"} for call in program.calls)


@pytest.mark.parametrize(
    ("value", "expected", "is_same"),
    [
        ("2", "2.0", True), ("0.1", "0.10000000000000002", True), ("1", "true", False), ("0", "false", False), ("null", "0", False),
        ('{"a": 1, "b": [2]}', '{"b": [2.0], "a": 1}', True), ("[1, 2]", "[2, 1]", False), ('"1"', "1", False), ("{}", "[]", False),
    ],
)  # fmt: skip
def test_two_values_are_the_same_as_json_has_them(value: str, expected: str, is_same: bool) -> None:
    assert same(json.loads(value), json.loads(expected)) is is_same
