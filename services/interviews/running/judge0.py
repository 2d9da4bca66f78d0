"""Judge0 (judge0.com): a submission is queued, and asked for until it is over."""

import base64
import re
import time
from collections.abc import Sequence

from services.chassis import errors
from services.interviews.running import elsewhere
from services.interviews.running.elsewhere import Ended, Server
from services.interviews.running.limits import WALL_SECONDS
from services.interviews.running.programs import LANGUAGES, Outcome, Program

_NAMES = {"python": re.compile(r"Python \(3"), "javascript": re.compile(r"JavaScript \(Node")}
_WAITING, _TOO_SLOW, _OWN_FAULT = (1, 2), 5, (13, 14)
_CPU_SECONDS, _MEMORY_KILOBYTES = 4, 256_000
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 0.5
_REMEMBERED_SECONDS = 60.0


class Judge0:
    """Programs run by the newest version of a language that the server knows."""

    name = "judge0"

    def __init__(self, url: str, token: str = "", seconds: float = WALL_SECONDS) -> None:
        self._server = Server(url, {"X-Auth-Token": token} if token else {}, seconds)
        self._seconds = seconds
        self._ids: dict[str, int] = {}
        self._asked_at = -_REMEMBERED_SECONDS

    def languages(self) -> tuple[str, ...]:
        if time.monotonic() - self._asked_at >= _REMEMBERED_SECONDS:
            try:
                known = self._server.ask("GET", "/languages")
            except errors.Refusal:
                return ()
            self._ids = {}
            for name, pattern in _NAMES.items():
                if fitting := [int(one["id"]) for one in known if pattern.match(one["name"])]:
                    self._ids[name] = max(fitting)
            self._asked_at = time.monotonic()
        return tuple(name for name in LANGUAGES if name in self._ids)

    def run(self, program: Program) -> Sequence[Outcome]:
        if program.language not in LANGUAGES:
            raise errors.FailedPrecondition("LANGUAGE_NOT_RUN", f"code in {program.language} is not run here")
        if program.language not in self.languages():
            raise elsewhere.failed()
        return elsewhere.run(program, self._execute)

    def _execute(self, language: str, source: str, stdin: str) -> Ended:
        made = self._server.ask(
            "POST", "/submissions?base64_encoded=true&wait=false",
            {
                "language_id": self._ids[language], "source_code": _coded(source), "stdin": _coded(stdin), "cpu_time_limit": _CPU_SECONDS,
                "wall_time_limit": 2 * _CPU_SECONDS, "memory_limit": _MEMORY_KILOBYTES, "enable_network": False,
            },
        )  # fmt: skip
        token, pause, give_up = str(made.get("token", "")), _PAUSE_SECONDS, time.monotonic() + self._seconds
        if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", token):
            raise elsewhere.failed()
        while True:
            found = self._server.ask("GET", f"/submissions/{token}?base64_encoded=true&fields=status,stdout,stderr")
            status = int(found["status"]["id"])
            if status not in _WAITING:
                break
            if time.monotonic() > give_up:
                raise elsewhere.failed()
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        if status in _OWN_FAULT:
            raise elsewhere.failed()
        return Ended(_text(found.get("stdout")), _text(found.get("stderr")), "out_of_time" if status == _TOO_SLOW else "crashed")


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _text(coded: str | None) -> str:
    return base64.b64decode(coded or "").decode(errors="replace")
