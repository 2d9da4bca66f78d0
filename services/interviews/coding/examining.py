"""Running code against the tests of its question: what comes out is compared here, outside of the sandbox, which never sees what is expected."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.interviews.asking import sizes
from services.interviews.running.programs import Call, Outcome, Program, Runner, language_of
from services.interviews.subjects import CodeResult, CodeTest, Question

_CLOSE = 1e-9


@dataclass(frozen=True)
class TestResult:
    """What came of one test, with the test itself, so that it can be read years later."""

    arguments: str
    expected: str
    is_hidden: bool
    passed: bool
    state: str
    value: str
    error: str
    output: str


@dataclass(frozen=True)
class Examination:
    """The results of the tests, and with which power of the input's size the cost grows, where that was measured."""

    results: tuple[TestResult, ...]
    growth: float | None = None


def examine(runner: Runner, question: Question, code: str, language: str, *, whole: bool) -> Examination:
    """Raises as the runner does. `whole` is with the hidden tests and the growth; otherwise only what the candidate may see is run."""
    function = question.signature.partition("(")[0].strip()
    tests = [test for test in question.tests if whole or not test.is_hidden]
    sized = sizes.arguments(question.key) if whole and question.good_growth else None
    calls = [Call(function, arguments) for arguments in (*(test.arguments for test in tests), *(sized or ()))]
    outcomes = runner.run(Program(language_of(language), code, tuple(calls)))
    results = tuple(_result(test, outcome) for test, outcome in zip(tests, outcomes, strict=False))
    return Examination(results, growth_of(outcomes[len(tests) :]) if sized and all(result.passed for result in results) else None)


def code_result(question: Question, results: Sequence[dict[str, Any]], growth: float | None) -> CodeResult:
    """What scoring reads of a stored run."""
    passed = sum(bool(result["passed"]) for result in results)
    return CodeResult(passed, len(results), growth, question.good_growth or None if growth is not None else None)


def _result(test: CodeTest, outcome: Outcome) -> TestResult:
    passed = outcome.state == "returned" and same(json.loads(outcome.value), json.loads(test.expected))
    return TestResult(
        test.arguments, test.expected, test.is_hidden, passed, outcome.state, outcome.value, outcome.error, outcome.output
    )  # fmt: skip


def same(value: Any, expected: Any) -> bool:
    """Whether two JSON values are one: 2 and 2.0 are, 1 and true are not, and fractions may differ in their last digits."""
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, int | float) and isinstance(expected, int | float):
        return value == expected or math.isclose(value, expected, rel_tol=_CLOSE, abs_tol=_CLOSE)
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, dict) and isinstance(expected, dict):
        return value.keys() == expected.keys() and all(same(value[name], expected[name]) for name in value)
    return type(value) is type(expected) and bool(value == expected)


def growth_of(outcomes: Sequence[Outcome]) -> float | None:
    """The power by which four times the input costs more; a large one that takes too long grows as badly as can be measured."""
    _, small, large = outcomes
    if not small.cost or small.state != "returned":
        return None
    if large.state == "out_of_time":
        return 9.9
    if not large.cost or large.state != "returned":
        return None
    return round(math.log(large.cost / small.cost, sizes.LARGE / sizes.SMALL), 2)
