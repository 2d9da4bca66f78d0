"""Looking at other processes through /proc: is a recorded one still alive and the same, and which servers still run on a folder."""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_FIELDS_BEFORE_START_TIME = 19  # of those that follow the command's name in /proc/<pid>/stat
_POLL = 0.01


@dataclass(frozen=True)
class Identity:
    """One process for certain: pids are used again, but not by a process started at the same tick of the same boot."""

    pid: int
    started: str

    def alive(self) -> bool:
        return identify(self.pid) == self


def identify(pid: int) -> Identity | None:
    """The identity of a living process, or None if there is none (a zombie is not living)."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _without_proc(pid)
    # The name stands in parentheses and may itself hold spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in "ZX":
        return None
    return Identity(pid, f"{boot}/{fields[_FIELDS_BEFORE_START_TIME]}")


def _without_proc(pid: int) -> Identity | None:
    if (_PROC / "self").exists():
        return None
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return Identity(pid, "unknown")


def servers_in(directory: Path, executable: str) -> list[Identity]:
    """Processes whose program has this file name and that work in this directory, as every process of a PostgreSQL server does."""
    wanted = os.path.realpath(directory)
    found = []
    for entry in _PROC.iterdir() if _PROC.is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            if os.readlink(entry / "cwd") != wanted:  # noqa: PTH115 - a Path would be built for every process
                continue
            program = Path(os.readlink(entry / "exe").removesuffix(" (deleted)"))  # noqa: PTH115
        except OSError:
            continue
        identity = identify(int(entry.name))
        if program.name == executable and identity is not None:
            found.append(identity)
    return found


def outlast(processes: Iterable[Identity], patience: float) -> None:
    """Return when all of them are gone: by themselves within `patience` seconds, or else by SIGKILL."""
    remaining = _wait(list(processes), patience)
    for process in remaining:
        if process.alive():
            _kill(process.pid)
    _wait(remaining, 5.0)


def _wait(processes: list[Identity], seconds: float) -> list[Identity]:
    deadline = time.monotonic() + seconds
    while (remaining := [process for process in processes if process.alive()]) and time.monotonic() < deadline:
        time.sleep(_POLL)
        processes = remaining
    return remaining


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
