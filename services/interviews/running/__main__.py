"""The short-lived process that runs one program in the sandbox: the program as JSON on standard input, what came of each call on standard output."""

from __future__ import annotations

import json
import resource
import signal
import sys
import threading
from typing import Any

import wasmtime

from services.interviews.running.limits import (
    LONGEST_ERROR,
    MEMORY_BYTES,
    PROCESS_ADDRESS_SPACE,
    PROCESS_CPU_SECONDS,
    STACK_BYTES,
    Limits,
)
from services.interviews.running.modules import GUESTS, engine
from services.interviews.running.world import Ended, TooMuchOutput, World


class Sandbox:
    """A language, loaded once and instantiated anew wherever a program has come to its end."""

    def __init__(self, language: str, path: str, limits: Limits) -> None:
        self._limits = limits
        self._guest = GUESTS[language]
        self._engine = engine()
        self._module = wasmtime.Module.deserialize_file(self._engine, path)

    def run(self, code: str, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """An outcome for each call, in order. After a call that ends the instance, the others go on in a fresh one."""
        outcomes: list[dict[str, Any]] = []
        timeouts = 0
        while len(outcomes) < len(calls):
            if timeouts >= self._limits.timeouts:
                outcomes.append({"state": "skipped", "error": "not run: too many calls before it took too long"})
                continue
            found = self._run_once(code, calls[len(outcomes) :])
            timeouts += found[-1]["state"] == "out_of_time"
            outcomes += found
        return outcomes

    def _run_once(self, code: str, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        store = wasmtime.Store(self._engine)
        store.set_limits(memory_size=MEMORY_BYTES, instances=1, memories=1, tables=4)
        lines = [json.dumps({"code": code}).encode(), *(json.dumps(call).encode() for call in calls)]
        world = World(store, self._guest.command(), lines, self._limits.fuel)
        linker = wasmtime.Linker(self._engine)
        world.define(linker, self._module)
        state, why = "crashed", "the program ended before it returned"
        try:
            self._begin(store, linker.instantiate(store, self._module), world)
        except Ended:
            pass
        except TooMuchOutput:
            state, why = "too_much_output", "more was printed or returned than may be"
        except wasmtime.Trap as trap:
            state, why = _trapped(trap)
        except Exception:  # noqa: BLE001 - whatever a program does to the sandbox, others' calls go on
            why = "the program broke down"
        finally:
            store.close()  # at once: each reserves gigabytes of addresses
        return _outcomes(world, len(calls), state, why)

    def _begin(self, store: wasmtime.Store, instance: wasmtime.Instance, world: World) -> None:
        exports: Any = instance.exports(store)
        world.memory = exports["memory"]
        if "_start" in exports:
            exports["_start"](store)
            return
        exports["_initialize"](store)
        arguments = [argument.encode() + b"\0" for argument in self._guest.command()]
        pointers = []
        for argument in arguments:
            pointers.append(exports["malloc"](store, len(argument)))
            world.memory.write(store, argument, pointers[-1])
        table = exports["malloc"](store, 4 * len(pointers) + 4)
        world.memory.write(store, b"".join(pointer.to_bytes(4, "little") for pointer in [*pointers, 0]), table)
        exports["qjs_init_argv"](store, len(arguments), table)


def _outcomes(world: World, count: int, state: str, why: str) -> list[dict[str, Any]]:
    """Those of the calls up to the one at which the instance ended; where the code itself did not load, the same for all."""
    if world.broken is not None or world.call < 0:
        error = json.loads(world.broken).get("broken", why) if world.broken is not None else why
        failed = {"state": "raised" if world.broken is not None else state, "error": error[:LONGEST_ERROR], "output": _printed(world, -1)}
        return [failed] * count
    outcomes: list[dict[str, Any]] = []
    for number in range(min(world.call + 1, count)):
        output = _printed(world, number)
        if number in world.results:
            line, cost = world.results[number]
            outcomes.append({**_result(line), "output": output, "cost": cost})
        else:
            ended_here = number == world.call
            said = why if ended_here else "its input was taken by the program"
            outcomes.append({"state": state if ended_here else "crashed", "error": said, "output": output})
    return outcomes


def _result(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
        if "value" in said:
            return {"state": "returned", "value": json.dumps(said["value"])}
        return {"state": "raised", "error": str(said["error"])[:LONGEST_ERROR]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"state": "crashed", "error": "what it returned cannot be read"}


def _printed(world: World, number: int) -> str:
    return world.outputs.get(number, bytearray()).decode(errors="replace")


def _trapped(trap: wasmtime.Trap) -> tuple[str, str]:
    if trap.trap_code is wasmtime.TrapCode.OUT_OF_FUEL:
        return "out_of_time", "took longer than a call may"
    if trap.trap_code is wasmtime.TrapCode.STACK_OVERFLOW:
        return "too_deep", "called itself too deeply"
    return "crashed", "the program broke down"


def _bind(seconds: int) -> None:
    """Limits of this process, in case the sandbox leaks: the alarm ends it when its parent is gone."""
    for limit, most in (
        (resource.RLIMIT_AS, PROCESS_ADDRESS_SPACE),
        (resource.RLIMIT_CPU, PROCESS_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 2**24),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bounded, bounded))
    signal.alarm(seconds)


def main() -> int:
    _bind(int(sys.argv[1]))
    asked = json.load(sys.stdin)
    answer: list[dict[str, Any]] = []

    def work() -> None:
        answer.extend(Sandbox(asked["language"], asked["module"], Limits(**asked["limits"])).run(asked["code"], asked["calls"]))

    threading.stack_size(8 * STACK_BYTES)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    json.dump(answer, sys.stdout)
    return 0 if answer else 1


if __name__ == "__main__":
    sys.exit(main())
