"""All that a program in the sandbox sees of the outside, written here by hand: a clock that only counts, its input, its output, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import wasmtime

from services.interviews.running.limits import HOST_BYTE_FUEL, HOST_CALL_FUEL, LOAD_FUEL, OUTPUT_BYTES, RESULT_BYTES

MODULE = "wasi_snapshot_preview1"
_MARK = b"\x1e"
_OK, _BAD_FILE, _INVALID, _NOT_THERE, _NOT_POSSIBLE, _NO_SEEK = 0, 8, 28, 52, 58, 70
_CHARACTER_DEVICE, _ALL_RIGHTS = 2, 2**64 - 1
_TICK = 1_000_000  # nanoseconds that pass between two looks at the clock
_EPOCH = 1_700_000_000 * 10**9
_ENVIRONMENT = (b"PYTHONHASHSEED=0",)


class Ended(Exception):  # noqa: N818 - an outcome, not a fault
    """The program ended itself."""


class TooMuchOutput(Exception):  # noqa: N818 - an outcome, not a fault
    """The program printed, or returned, more than it may."""


class World:
    """The outside of one instance. It hands out the code and then each call as a line of input, and takes results from lines on the error output that
    begin with a mark. A program that forges such a line has returned that value: what is expected never comes in here.

    No call opens anything: functions that have no method here answer that they do not exist. Each call costs fuel, so none is a way round the limit.
    """

    def __init__(self, store: wasmtime.Store, arguments: tuple[str, ...], lines: list[bytes], fuel: int) -> None:
        self._store = store
        self._fuel = fuel
        self._arguments = [argument.encode() for argument in arguments]
        self._lines = lines
        self._next = 0
        self._rest = b""
        self._now = _EPOCH
        self._drawn = 0
        self._said = bytearray()
        self.memory: Any = None
        self.broken: bytes | None = None
        self.results: dict[int, tuple[bytes, int]] = {}
        self.outputs: dict[int, bytearray] = {}
        store.set_fuel(LOAD_FUEL)

    @property
    def call(self) -> int:
        """The number of the call that was handed out last, from 0; -1 while the code itself is loaded."""
        return self._next - 2

    def define(self, linker: wasmtime.Linker, module: wasmtime.Module) -> None:
        for wanted in module.imports:
            kind = wanted.type
            assert isinstance(kind, wasmtime.FuncType)
            answer = getattr(self, wanted.name or "", None) if wanted.module == MODULE else None
            linker.define_func(wanted.module, wanted.name or "", kind, self._paid(answer, has_result=bool(kind.results)))

    def _paid(self, answer: Callable[..., int] | None, *, has_result: bool) -> Callable[..., int | None]:
        def paid(*arguments: int) -> int | None:
            self._pay(HOST_CALL_FUEL)
            result = answer(*arguments) if answer else _NOT_THERE
            return result if has_result else None

        return paid

    def _pay(self, fuel: int) -> None:
        self._store.set_fuel(max(0, self._store.get_fuel() - fuel))

    def _put(self, at: int, value: int, size: int) -> None:
        self.memory.write(self._store, value.to_bytes(size, "little"), at & 0xFFFFFFFF)

    def _get(self, at: int, size: int = 4) -> int:
        return int.from_bytes(self.memory.read(self._store, at & 0xFFFFFFFF, (at & 0xFFFFFFFF) + size), "little")

    def _sizes(self, texts: list[bytes], count: int, size: int) -> int:
        self._put(count, len(texts), 4)
        self._put(size, sum(len(text) + 1 for text in texts), 4)
        return _OK

    def _texts(self, texts: list[bytes], pointers: int, at: int) -> int:
        for number, text in enumerate(texts):
            self._put(pointers + 4 * number, at, 4)
            self.memory.write(self._store, text + b"\0", at)
            at += len(text) + 1
        return _OK

    def args_sizes_get(self, count: int, size: int) -> int:
        return self._sizes(self._arguments, count, size)

    def args_get(self, pointers: int, at: int) -> int:
        return self._texts(self._arguments, pointers, at)

    def environ_sizes_get(self, count: int, size: int) -> int:
        return self._sizes(list(_ENVIRONMENT), count, size)

    def environ_get(self, pointers: int, at: int) -> int:
        return self._texts(list(_ENVIRONMENT), pointers, at)

    def clock_res_get(self, _clock: int, at: int) -> int:
        self._put(at, _TICK, 8)
        return _OK

    def clock_time_get(self, _clock: int, _precision: int, at: int) -> int:
        self._now += _TICK
        self._put(at, self._now, 8)
        return _OK

    def random_get(self, at: int, size: int) -> int:
        """The same numbers in every run."""
        if not 0 <= size <= RESULT_BYTES:
            return _INVALID
        self._pay(size * HOST_BYTE_FUEL)
        self._drawn += 1
        drawn = b"".join(hashlib.sha256(b"%d:%d" % (self._drawn, block)).digest() for block in range(size // 32 + 1))
        self.memory.write(self._store, drawn[:size], at & 0xFFFFFFFF)
        return _OK

    def fd_fdstat_get(self, file: int, at: int) -> int:
        if file not in (0, 1, 2):
            return _BAD_FILE
        self._put(at, _CHARACTER_DEVICE, 8)
        self._put(at + 8, _ALL_RIGHTS, 8)
        self._put(at + 16, 0, 8)
        return _OK

    def fd_filestat_get(self, file: int, at: int) -> int:
        if file not in (0, 1, 2):
            return _BAD_FILE
        self.memory.write(self._store, bytes(16) + bytes([_CHARACTER_DEVICE]) + bytes(47), at & 0xFFFFFFFF)
        return _OK

    def fd_fdstat_set_flags(self, file: int, _flags: int) -> int:
        return _OK if file in (0, 1, 2) else _BAD_FILE

    def fd_prestat_get(self, _file: int, _at: int) -> int:
        return _BAD_FILE  # no folder is open

    def fd_seek(self, file: int, _offset: int, _whence: int, _at: int) -> int:
        return _NO_SEEK if file in (0, 1, 2) else _BAD_FILE

    def fd_tell(self, file: int, _at: int) -> int:
        return _NO_SEEK if file in (0, 1, 2) else _BAD_FILE

    def fd_close(self, file: int) -> int:
        return _OK if file in (0, 1, 2) else _BAD_FILE

    def poll_oneoff(self, _events: int, _answers: int, _count: int, _at: int) -> int:
        return _NOT_POSSIBLE  # nobody sleeps here

    def sched_yield(self) -> int:
        return _OK

    def proc_exit(self, _code: int) -> int:
        raise Ended

    def fd_read(self, file: int, pieces: int, count: int, at: int) -> int:
        if file != 0:
            return _BAD_FILE
        if not self._rest:
            self._hand_out()
        done = 0
        for number in range(min(count, 16)):
            start, size = self._get(pieces + 8 * number), self._get(pieces + 8 * number + 4)
            part, self._rest = self._rest[:size], self._rest[size:]
            self.memory.write(self._store, part, start)
            done += len(part)
        self._pay(done * HOST_BYTE_FUEL)
        self._put(at, done, 4)
        return _OK

    def _hand_out(self) -> None:
        if self._next < len(self._lines):
            self._rest = self._lines[self._next] + b"\n"
            self._next += 1
            if self.call >= 0:
                self._store.set_fuel(self._fuel)

    def fd_write(self, file: int, pieces: int, count: int, at: int) -> int:
        if file not in (1, 2):
            return _BAD_FILE
        written = bytearray()
        for number in range(min(count, 64)):
            start, size = self._get(pieces + 8 * number), self._get(pieces + 8 * number + 4)
            if size > RESULT_BYTES + 2:
                raise TooMuchOutput
            written += self.memory.read(self._store, start, start + size)
        self._pay(len(written) * HOST_BYTE_FUEL)
        self._put(at, len(written), 4)
        if file == 1:
            self._print(written)
        else:
            self._hear(written)
        return _OK

    def _print(self, written: bytes | bytearray) -> None:
        printed = self.outputs.setdefault(self.call, bytearray())
        if len(printed) + len(written) > OUTPUT_BYTES:
            printed += written[: OUTPUT_BYTES - len(printed)]
            raise TooMuchOutput
        printed += written

    def _hear(self, written: bytearray) -> None:
        """Lines of the error output: those with the mark are results, others are printed."""
        self._said += written
        while (end := self._said.find(b"\n")) >= 0:
            line, self._said = bytes(self._said[:end]), self._said[end + 1 :]
            if not line.startswith(_MARK):
                self._print(line + b"\n")
            elif self.call < 0:
                self.broken = line[1:]
            else:
                self.results.setdefault(self.call, (line[1:], self._fuel - self._store.get_fuel()))
        if len(self._said) > RESULT_BYTES:
            raise TooMuchOutput
