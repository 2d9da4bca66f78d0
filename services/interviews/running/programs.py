"""What runs code: a program of a candidate, the calls that are made of it, what came of each, and the runners that can do that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from services.chassis import errors

State = Literal["returned", "raised", "out_of_time", "too_deep", "too_much_output", "crashed", "skipped"]
LANGUAGES = ("python", "javascript")
_NAMES = {"": "python", "py": "python", "python3": "python", "js": "javascript", "node": "javascript", "nodejs": "javascript"}


def language_of(name: str) -> str:
    """The name by which a language is known here; any other stays as it is."""
    return _NAMES.get(name.casefold(), name.casefold())


@dataclass(frozen=True)
class Call:
    """One call of a function that the code defines, with a JSON list of arguments."""

    function: str
    arguments: str


@dataclass(frozen=True)
class Program:
    """What a candidate wrote, and the calls that are made of it, one after the other."""

    language: str
    code: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one call: the JSON that it returned, or why it returned nothing; what it printed; what it cost, in fuel, where that is measured."""

    state: State
    value: str = ""
    error: str = ""
    output: str = ""
    cost: int | None = None


class Runner(Protocol):
    """Runs programs where they can do no harm. The same program has the same outcomes, unless the machine is too busy to finish it."""

    name: str

    def languages(self) -> tuple[str, ...]:
        """Those that can be run now."""

    def run(self, program: Program) -> Sequence[Outcome]:
        """One outcome for each call. Raises Unavailable / RUNNER_PREPARING, RUNNER_FAILED, or ResourceExhausted / RUNNER_BUSY: none of these says
        anything of the program.
        """


class NoRunner:
    """Stands where nothing can run code."""

    name = "none"

    def __init__(self, why: str) -> None:
        self.why = why

    def languages(self) -> tuple[str, ...]:
        return ()

    def run(self, program: Program) -> Sequence[Outcome]:
        raise errors.FailedPrecondition("RUNNER_OFF", f"code is not run here: {self.why}")
