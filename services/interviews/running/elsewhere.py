"""Programs run by a server that executes whole programs, such as Judge0 or Piston: the harness goes with the code, and what it tells is read back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from services.chassis import errors
from services.interviews.running.limits import LONGEST_ERROR, OUTPUT_BYTES, RESULT_BYTES, Limits
from services.interviews.running.modules import GUESTS
from services.interviews.running.programs import Outcome, Program, State

_MARK = "\x1e"
_WORDS: dict[State, str] = {
    "out_of_time": "took longer than a call may",
    "too_much_output": "more was printed or returned than may be",
    "crashed": "the program ended before it returned",
}
_CONNECT_SECONDS = 3.0


@dataclass(frozen=True)
class Ended:
    """How one execution ended: what it printed, what the harness told, and why it came to an end, should a call have been under way."""

    output: str
    told: str
    why: State = "crashed"


Execute = Callable[[str, str, str], Ended]  # language, source, standard input


def run(program: Program, execute: Execute) -> Sequence[Outcome]:
    """An outcome for each call. After a call that ends the program, the others go on in another execution.

    What is printed is not told apart by call there: it stands with the first call of its execution. Nor is what a call costs.
    """
    source = GUESTS[program.language].command()[-1]
    calls = [json.dumps({"function": call.function, "arguments": json.loads(call.arguments)}) for call in program.calls]
    outcomes: list[Outcome] = []
    timeouts = 0
    while len(outcomes) < len(calls):
        if timeouts >= Limits().timeouts:
            outcomes.append(Outcome("skipped", error="not run: too many calls before it took too long"))
            continue
        lines = [json.dumps({"code": program.code}), *calls[len(outcomes) :]]
        ended = execute(program.language, source, "\n".join(lines) + "\n")
        found = _read(ended, len(lines) - 1)
        timeouts += found[-1].state == "out_of_time"
        outcomes += found
    return outcomes


def _read(ended: Ended, count: int) -> list[Outcome]:
    """The results in their order; if there are fewer than calls, that after them is the one which ended the program."""
    printed = ended.output[:OUTPUT_BYTES]
    told = [_told(line[1:]) for line in ended.told.split("\n") if line.startswith(_MARK)]
    if told and "broken" in told[0]:
        return [Outcome("raised", error=str(told[0]["broken"])[:LONGEST_ERROR], output=printed)] * count
    outcomes = [_outcome(one) for one in told[:count]]
    if len(outcomes) < count:
        outcomes.append(Outcome(ended.why, error=_WORDS.get(ended.why, "the program broke down")))
    return [Outcome(one.state, one.value, one.error, printed if number == 0 else "") for number, one in enumerate(outcomes)]


def _told(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _outcome(told: dict[str, Any]) -> Outcome:
    if "value" not in told:
        return Outcome("raised", error=str(told.get("error", "what it returned cannot be read"))[:LONGEST_ERROR])
    value = json.dumps(told["value"])
    return Outcome("returned", value) if len(value) <= RESULT_BYTES else Outcome("too_much_output", error=_WORDS["too_much_output"])


class Server:
    """A server over HTTP. Every call raises Unavailable / RUNNER_FAILED, or ResourceExhausted / RUNNER_BUSY where it has no room."""

    def __init__(self, url: str, headers: dict[str, str], seconds: float) -> None:
        self._url = url.rstrip("/")
        self._headers = headers
        self._seconds = seconds

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            answer = requests.request(
                method, self._url + path, json=body, headers=self._headers, timeout=(_CONNECT_SECONDS, self._seconds), allow_redirects=False
            )
            if answer.status_code in (429, 503):
                raise errors.ResourceExhausted("RUNNER_BUSY", "too much code is being run; try again in a moment")
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as problem:
            raise failed() from problem


def failed() -> errors.Unavailable:
    return errors.Unavailable("RUNNER_FAILED", "the code could not be run, which says nothing of it")
