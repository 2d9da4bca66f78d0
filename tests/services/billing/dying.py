"""A process that does one thing of billing's and is killed at its Nth step: before or after a transaction, before a statement, around a call of Stripe.

It reads a JSON line for each try from its input and answers with a line: `killed` or `done`. Each try is a fork, so that modules are loaded once.
"""

import json
import logging
import os
import signal
import sys
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.calls import Person
from tests.services.billing.shop import Clock, Shop


class Steps:
    """Counts from when it is told to, and dies at the last."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self, where: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run(order: dict[str, Any]) -> None:
    steps = Steps()
    shop = Shop(order["environment"], Clock(datetime.fromisoformat(order["now"])), steps)
    steps.left = order["step"]
    if order["method"] == "work":
        shop.worker.run_due()
    elif order["method"] == "tell":
        shop.tell(order["arguments"][0].encode(), order["arguments"][1])
    else:
        who = order["person"]
        person = Person(UUID(who["user_id"]), UUID(who["tenant_id"]), "business", "owner", UUID(int=0))
        getattr(shop, order["method"])(person, *order["arguments"])


def tell(outcome: str) -> None:
    sys.stdout.write(f"{outcome}\n")
    sys.stdout.flush()


def main() -> None:
    logging.disable(logging.CRITICAL)
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
