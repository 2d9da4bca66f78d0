"""Piston (github.com/engineer-man/piston): one request runs a program, and the answer is there when it is over."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis import errors
from services.interviews.running import elsewhere
from services.interviews.running.elsewhere import Ended, Server
from services.interviews.running.limits import MEMORY_BYTES, WALL_SECONDS
from services.interviews.running.programs import LANGUAGES, Outcome, Program, State

_RUN_MILLISECONDS = 3000  # the most that Piston allows unless it is configured otherwise
_REMEMBERED_SECONDS = 60.0
_LIMITS = {"OL", "EL"}


class Piston:
    """Programs run by the first version of a language that the server names."""

    name = "piston"

    def __init__(self, url: str, token: str = "") -> None:
        self._server = Server(url, {"Authorization": token} if token else {}, WALL_SECONDS)
        self._versions: dict[str, str] = {}
        self._asked_at = -_REMEMBERED_SECONDS

    def languages(self) -> tuple[str, ...]:
        if time.monotonic() - self._asked_at >= _REMEMBERED_SECONDS:
            try:
                runtimes = self._server.ask("GET", "/api/v2/runtimes")
            except errors.Refusal:
                return ()
            self._versions = {one["language"]: one["version"] for one in reversed(runtimes) if one["language"] in LANGUAGES}
            self._asked_at = time.monotonic()
        return tuple(name for name in LANGUAGES if name in self._versions)

    def run(self, program: Program) -> Sequence[Outcome]:
        if program.language not in LANGUAGES:
            raise errors.FailedPrecondition("LANGUAGE_NOT_RUN", f"code in {program.language} is not run here")
        if program.language not in self.languages():
            raise elsewhere.failed()
        return elsewhere.run(program, self._execute)

    def _execute(self, language: str, source: str, stdin: str) -> Ended:
        answer = self._server.ask(
            "POST", "/api/v2/execute",
            {
                "language": language, "version": self._versions[language], "files": [{"name": "main", "content": source}], "stdin": stdin,
                "run_timeout": _RUN_MILLISECONDS, "run_memory_limit": MEMORY_BYTES,
            },
        )  # fmt: skip
        ran = answer.get("run")
        if not isinstance(ran, dict) or ran.get("status") == "XX":
            raise elsewhere.failed()
        return Ended(ran.get("stdout") or "", ran.get("stderr") or "", _why(ran))


def _why(ran: Mapping[str, Any]) -> State:
    """Older servers say no more than that they have killed it, which they do when its time is up."""
    if ran.get("status") in _LIMITS:
        return "too_much_output"
    return "out_of_time" if ran.get("status") == "TO" or ran.get("signal") == "SIGKILL" else "crashed"
