"""A process that moves an organization and is killed at its Nth step: before or after a transaction's commit.

It reads a JSON line for each try from its input and answers with a line: `killed` or `done`. Each try is a fork, so that modules are loaded once.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from cli.placing import SHARED
from services.chassis.moving import Mover, Side


class Steps:
    """Counts, and dies at the last."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Dying(Mover):
    """Dies before or after a commit."""

    def __init__(self, steps: Steps, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._steps = steps

    @contextmanager
    def session(self, name: str | None, *, snapshot: bool = False, passing: bool = False) -> Iterator[Any]:
        with super().session(name, snapshot=snapshot, passing=passing) as cursor:
            yield cursor
            self._steps.step()
        self._steps.step()


def run(order: dict[str, Any]) -> None:
    sides = {name: Side(name, **urls) for name, urls in order["sides"].items()}
    mover = Dying(Steps(order["step"]), "jobs", sides, SHARED["jobs"], app_role="jobs_app", settle=0)
    if order["undo"]:
        mover.undo(UUID(order["tenant_id"]))
    else:
        mover.move(UUID(order["tenant_id"]), order["to"])


def tell(outcome: str) -> None:
    sys.stdout.write(f"{outcome}\n")
    sys.stdout.flush()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                run(json.loads(line))
            except BaseException as problem:  # noqa: BLE001 - the parent tells of it
                tell(f"failed: {problem!r}")
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            tell("killed")
        elif os.WEXITSTATUS(status) == 0:
            tell("done")


if __name__ == "__main__":
    main()
