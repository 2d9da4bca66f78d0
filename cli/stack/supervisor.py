"""Starting child processes in order, watching them, restarting those that die, and stopping them all."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from cli.stack.accounts import Account
from cli.stack.errors import ChildFailedError, StackError
from cli.stack.folder import DataFolder
from cli.stack.launch import launched
from cli.stack.processes import outlast

_BACKOFF_FIRST, _BACKOFF_MOST = 0.1, 5.0
_STEADY = 10.0  # seconds of being ready after which earlier deaths no longer slow a restart
_LOOP_DEATHS, _LOOP_SECONDS = 5, 30.0
_PROBE_EVERY = 0.01


@dataclass(frozen=True)
class Child:
    """One process to run and how to treat it.

    `ready` says whether it can be used now; it answers within a second or so, and an exception means no. `before_start` runs before each
    start and restart. `death_signal` is what the kernel sends should the supervisor itself be killed. `env` None means ours.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    env: Mapping[str, str] | None = None
    cwd: Path = Path("/")
    user: Account | None = None
    before_start: Callable[[], None] = lambda: None
    ready_timeout: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL


@dataclass(eq=False)
class _Charge:
    """A child under supervision, and the life that it is in. All but `gone` and `trouble` is touched by the supervising thread alone."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    gone: threading.Event = field(default_factory=threading.Event)
    started_at: float = 0.0
    ready_at: float | None = None
    died_at: float | None = None
    restart_at: float | None = None
    restarts: int = 0
    swift_deaths: int = 0
    deaths_unready: list[float] = field(default_factory=list)
    trouble: str = ""


class Supervisor:
    """Use it as a context: leaving it, by Ctrl-C, SIGTERM or an error too, stops every child in reverse order.

    To be entered while holding the folder. Inside, SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread, as Ctrl-C does; `wait`
    alone takes it as its end.

    One thread starts, restarts and stops: the kernel ties a child's death signal to the thread that started it, so that thread must last.
    A thread for each life of a child waits for it to become ready and then to die.
    """

    def __init__(self, folder: DataFolder, say: Callable[[str], None] = print, *, orphans_patience: float = 6.0) -> None:
        """Children of a killed supervisor have that many seconds to end by themselves; PostgreSQL gives its own children five."""
        self._folder = folder
        self._say = say
        self._orphans_patience = orphans_patience
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._groups: list[list[_Charge]] = []
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._failure: ChildFailedError | None = None
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._old_handlers: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                self._old_handlers[number] = signal.signal(number, _interrupt)
        outlast(self._folder.recorded(), self._orphans_patience)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._old_handlers.items():
                signal.signal(number, handler)

    def start(self, *children: Child) -> None:
        """Start these side by side and return when all are ready; call it again for what needs them. Raises ChildFailedError."""
        charges = [_Charge(child) for child in children]
        self._inbox.put(partial(self._begin, charges))
        deadline = time.monotonic() + max((child.ready_timeout for child in children), default=0)
        with self._changed:
            while (waiting := [charge for charge in charges if charge.ready_at is None]) and not self._stopping.is_set():
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise self._not_ready(waiting[0])
                self._changed.wait(remaining)
        self._raise_failure()

    def wait(self) -> None:
        """Block until Ctrl-C or SIGTERM; raises ChildFailedError when a child was given up."""
        try:
            while not self._stopping.wait(timeout=60.0):
                pass
        except KeyboardInterrupt:
            return
        self._raise_failure()

    def stop(self) -> None:
        """Stop every child, the last started first. A second Ctrl-C meanwhile kills what is left at once."""
        if not self._thread.is_alive():
            return
        self._inbox.put(self._stop_all)
        while self._thread.is_alive():
            try:
                self._thread.join()
            except KeyboardInterrupt:
                self._hurry.set()

    def pid(self, name: str) -> int | None:
        """The pid of a child that is running now."""
        for charge in self._all():
            if charge.child.name == name and charge.process is not None and not charge.gone.is_set():
                return charge.process.pid
        return None

    def ready(self, name: str) -> bool:
        """Whether the child has become ready in its present life."""
        return any(charge.child.name == name and charge.ready_at is not None and not charge.gone.is_set() for charge in self._all())

    def restarts(self, name: str) -> int:
        return sum(charge.restarts for charge in self._all() if charge.child.name == name)

    @property
    def failure(self) -> ChildFailedError | None:
        """Why the supervisor has ended by itself, if it has."""
        return self._failure

    # From here on: the supervising thread.

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            due = [charge.restart_at for charge in self._all() if charge.restart_at is not None]
            try:
                act = self._inbox.get(timeout=max(0.0, min(due) - time.monotonic()) if due else None)
            except queue.Empty:
                act = self._restart_due
            try:
                act()
            except Exception as error:  # noqa: BLE001 - without this thread nothing is watched, so the whole ends, and says why
                self._failure = ChildFailedError(f"the supervisor cannot go on: {type(error).__name__}: {error}")
                self._stop_all()

    def _all(self) -> list[_Charge]:
        return [charge for group in list(self._groups) for charge in group]

    def _begin(self, charges: list[_Charge]) -> None:
        self._groups.append(charges)
        for charge in charges:
            if not self._stopping.is_set():
                self._folder.roll_log(charge.child.name)
                self._spawn(charge)

    def _restart_due(self) -> None:
        for charge in self._all():
            if charge.restart_at is not None and charge.restart_at <= time.monotonic() and not self._stopping.is_set():
                self._spawn(charge)

    def _spawn(self, charge: _Charge) -> None:
        child = charge.child
        charge.restart_at, charge.ready_at, charge.trouble = None, None, ""
        charge.gone = threading.Event()
        user = child.user
        command = launched(child.command, uid=user.uid if user else None, gid=user.gid if user else None, death_signal=child.death_signal)
        try:
            child.before_start()
            with self._folder.log(child.name).open("ab") as log:
                process = subprocess.Popen(
                    command, env=child.env, cwd=child.cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True,  # Ctrl-C in a terminal goes to the supervisor alone, which stops them in order
                )  # fmt: skip
        except (OSError, StackError) as error:
            self._give_up(charge, f"{child.name} cannot be started: {error}")
            return
        charge.process, charge.started_at = process, time.monotonic()
        self._folder.record(child.name, process.pid)
        threading.Thread(target=self._watch, args=(charge, process, charge.gone), name=f"watch {child.name}", daemon=True).start()

    def _became_ready(self, charge: _Charge, process: subprocess.Popen[bytes]) -> None:
        if charge.process is not process or charge.gone.is_set():
            return
        charge.ready_at = time.monotonic()
        charge.deaths_unready.clear()
        if charge.died_at is not None:
            self._say(f"{charge.child.name} is back after {charge.ready_at - charge.died_at:.1f} s")
            charge.died_at = None
        with self._changed:
            self._changed.notify_all()

    def _died(self, charge: _Charge, status: int) -> None:
        now = time.monotonic()
        child = charge.child
        self._folder.forget(child.name)
        steady = charge.ready_at is not None and now - charge.ready_at >= _STEADY
        charge.swift_deaths = 1 if steady else charge.swift_deaths + 1
        if charge.ready_at is None:
            charge.deaths_unready = [moment for moment in charge.deaths_unready if now - moment < _LOOP_SECONDS] + [now]
        # Only after it had been ready once is there somebody who waits to hear that it is back.
        if charge.died_at is None and charge.ready_at is not None:
            charge.died_at = now
        charge.ready_at = None
        if len(charge.deaths_unready) >= _LOOP_DEATHS:
            self._give_up(charge, f"{child.name} {_how(status)}, {_LOOP_DEATHS} times in a row before it was ready")
            return
        charge.restarts += 1
        charge.restart_at = now + min(_BACKOFF_MOST, _BACKOFF_FIRST * 2 ** (charge.swift_deaths - 1))
        self._say(f"{child.name} {_how(status)}; restarting ({charge.restarts})")

    def _give_up(self, charge: _Charge, reason: str) -> None:
        name = charge.child.name
        self._failure = ChildFailedError(f"{reason}; the end of {self._folder.log(name)}:\n{self._folder.log_tail(name)}")
        self._say(f"{reason}; stopping everything")
        self._stop_all()

    def _stop_all(self) -> None:
        for group in reversed(self._groups):
            alive = [charge for charge in group if charge.process is not None and not charge.gone.is_set()]
            for charge in alive:
                _send(charge, charge.child.stop_signal)
            asked_at = time.monotonic()
            for charge in alive:
                self._await_end(charge, asked_at + charge.child.stop_timeout)
                self._folder.forget(charge.child.name)
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def _await_end(self, charge: _Charge, deadline: float) -> None:
        while not charge.gone.wait(timeout=0.05):
            late = time.monotonic() >= deadline
            if late or self._hurry.is_set():
                if late:
                    self._say(f"{charge.child.name} did not stop within {charge.child.stop_timeout:g} s; killing it")
                _send(charge, signal.SIGKILL)
                charge.gone.wait()

    # The threads that watch, one for each life.

    def _watch(self, charge: _Charge, process: subprocess.Popen[bytes], gone: threading.Event) -> None:
        while process.poll() is None:
            if self._probe(charge):
                self._inbox.put(partial(self._became_ready, charge, process))
                break
            time.sleep(_PROBE_EVERY)
        status = process.wait()
        gone.set()
        self._inbox.put(partial(self._died, charge, status))

    def _probe(self, charge: _Charge) -> bool:
        try:
            return charge.child.ready()
        except Exception as error:  # noqa: BLE001 - whatever a probe stumbles over, the child is not ready; the text is kept for the reader
            charge.trouble = f"{type(error).__name__}: {error}"
            return False

    # Errors

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._stopping.is_set():
            raise StackError("the supervisor has stopped")

    def _not_ready(self, charge: _Charge) -> ChildFailedError:
        child = charge.child
        trouble = f" ({charge.trouble})" if charge.trouble else ""
        return ChildFailedError(
            f"{child.name} was not ready within {child.ready_timeout:g} s{trouble}; the end of {self._folder.log(child.name)}:\n"
            f"{self._folder.log_tail(child.name)}"
        )


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


def _send(charge: _Charge, number: signal.Signals) -> None:
    process = charge.process
    if process is None:
        return
    try:
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)  # with whatever it started in its own session
        else:
            process.send_signal(number)
    except (ProcessLookupError, PermissionError):
        return


def _how(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"exited with status {status}"
