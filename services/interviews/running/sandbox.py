"""The runner that needs nothing but this machine: WebAssembly in a process of its own, which can be killed."""

import json
import math
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from services.chassis import errors
from services.chassis.logs import log
from services.interviews.running import modules
from services.interviews.running.limits import MOST_CALLS, OUTPUT_BYTES, RESULT_BYTES, WALL_SECONDS, Limits
from services.interviews.running.programs import Call, Outcome, Program

_ROOT = str(Path(__file__).parents[3])
_LONGEST_ANSWER = MOST_CALLS * 6 * (RESULT_BYTES + OUTPUT_BYTES)  # as JSON, where a byte may be six characters


class SandboxRunner:
    """Runs `most` programs at once; further ones wait for a place, and are refused when their time is up."""

    name = "wasm"

    def __init__(self, folder: Path, most: int = 2, seconds: float = WALL_SECONDS, limits: Limits | None = None) -> None:
        self._folder = folder
        self._places = threading.Semaphore(most)
        self._seconds = seconds
        self._limits = limits or Limits()
        self._preparing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._failed = False

    def languages(self) -> tuple[str, ...]:
        """Those that are compiled. Where one is not, that is begun beside."""
        if not all(modules.is_ready(guest, self._folder) for guest in modules.GUESTS.values()):
            self.prepare()
        if not modules.is_private(self._folder):
            return ()  # what lies there is run as machine code, and somebody else could have put it there
        return tuple(name for name, guest in modules.GUESTS.items() if modules.is_ready(guest, self._folder))

    def prepare(self) -> threading.Thread:
        """Begins to compile what is missing, if nobody does; never inside a request."""
        with self._preparing:
            if self._thread is None or not (self._thread.is_alive() or self._failed):
                self._thread = threading.Thread(target=self._compile, name="sandbox-compiling", daemon=True)
                self._thread.start()
            return self._thread

    def run(self, program: Program) -> Sequence[Outcome]:
        guest = modules.GUESTS.get(program.language)
        path = modules.compiled(guest, self._folder) if guest else None
        if path is None:
            raise errors.FailedPrecondition("LANGUAGE_NOT_RUN", f"code in {program.language} is not run here")
        if not path.exists() or not modules.is_private(self._folder):
            self.prepare()
            raise errors.Unavailable("RUNNER_PREPARING", "the sandbox is being made ready for the first time; try again in a minute")
        if not self._places.acquire(timeout=self._seconds / 2):
            raise errors.ResourceExhausted("RUNNER_BUSY", "too much code is being run; try again in a moment")
        try:
            return self._run(program, path)
        finally:
            self._places.release()

    def _compile(self) -> None:
        log.info("sandbox is being compiled", extra={"folder": str(self._folder)})
        if modules.compile_aside(self._folder):
            return
        # A folder that cannot be written to, as an image's on another kind of processor: for this process alone, then.
        own = Path(tempfile.mkdtemp(prefix="einstellen-code-"))
        self._failed = not modules.compile_aside(own)
        self._folder = own
        if self._failed:
            log.error("sandbox not compiled: code is not run here", extra={"folder": str(self._folder)})

    def _run(self, program: Program, path: Path) -> Sequence[Outcome]:
        asked = {
            "language": program.language, "module": str(path), "code": program.code, "calls": [_told(call) for call in program.calls],
            "limits": asdict(self._limits),
        }  # fmt: skip
        command = [sys.executable, "-P", "-s", "-m", "services.interviews.running", str(math.ceil(self._seconds) + 1)]
        with tempfile.TemporaryFile() as answer:
            # A fresh interpreter, never a fork, so threads and channels may be running. It inherits no environment, hence no secrets, and no file.
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.DEVNULL, env={"PYTHONPATH": _ROOT, "PYTHONUTF8": "1"}, cwd="/"
            )  # fmt: skip
            try:
                process.communicate(json.dumps(asked).encode(), timeout=self._seconds)
            except subprocess.TimeoutExpired as problem:
                raise errors.Unavailable("RUNNER_FAILED", "the code could not be run in time, which says nothing of it") from problem
            finally:
                process.kill()
                process.wait()
            answer.seek(0)
            text = answer.read(_LONGEST_ANSWER)
        try:
            outcomes = [Outcome(**told) for told in json.loads(text)]
        except (ValueError, TypeError) as problem:
            raise errors.Unavailable("RUNNER_FAILED", "the code could not be run, which says nothing of it") from problem
        if len(outcomes) != len(program.calls):
            raise errors.Unavailable("RUNNER_FAILED", "the code could not be run, which says nothing of it")
        return outcomes


def _told(call: Call) -> dict[str, object]:
    return {"function": call.function, "arguments": json.loads(call.arguments)}
