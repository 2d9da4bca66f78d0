"""Inputs of two sizes for each coding question, by which the growth of what its code costs is measured. The same in every run."""

import json
from collections.abc import Callable, Mapping
from typing import Any

SMALL, LARGE = 40, 160


def _numbers(size: int) -> list[int]:
    """Numbers in no order, most of them different."""
    found, value = [], 12345
    for _ in range(size):
        value = (value * 1103515245 + 12345) % 2**31
        found.append(value % (4 * size))
    return found


def _words(size: int) -> str:
    return " ".join(f"w{number}" for number in _numbers(size))


def _brackets(size: int) -> str:
    return "([{" * (size // 6) + "}])" * (size // 6) + "()" * (size // 2)


def _orders(size: int) -> list[dict[str, Any]]:
    return [{"customer": f"c{number}", "amount": 1 + number % 7} for number in _numbers(size)]


def _tasks(size: int) -> dict[str, list[str]]:
    """A chain with a second thing to wait for, so that an order exists."""
    return {f"t{number:04}": [f"t{other:04}" for other in {number - 1, number // 2} if 0 <= other < number] for number in range(size)}


_INPUTS: Mapping[str, Callable[[int], list[Any]]] = {
    "code-count-words": lambda size: [_words(size)],
    "code-longest-run": lambda size: [[number % 3 for number in _numbers(size)]],
    "code-second-largest": lambda size: [_numbers(size)],
    "code-balanced": lambda size: [_brackets(size)],
    "code-merge-intervals": lambda size: [[[3 * number, 3 * number + 2] for number in _numbers(size)]],
    "code-group-totals": lambda size: [_orders(size)],
    "code-rate-limit": lambda size: [sorted(_numbers(size)), 5, 10],
    "code-order-of-tasks": lambda size: [_tasks(size // 2)],
    "code-edit-steps": lambda size: [_words(size // 8), _words(size // 8)[::-1]],
}


def known() -> frozenset[str]:
    """The questions that there are inputs for."""
    return frozenset(_INPUTS)


def arguments(key: str) -> tuple[str, str, str] | None:
    """A small input of a question twice, so that what a first call loads is not counted, and one of four times its size, as JSON lists of arguments."""
    make = _INPUTS.get(key)
    return (json.dumps(make(SMALL)), json.dumps(make(SMALL)), json.dumps(make(LARGE))) if make else None
