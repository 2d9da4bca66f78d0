"""A process that does one thing of interviews and is killed at its Nth step: before or after a transaction, before its commit, around a call.

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

import grpc

from einstellen.interviews.v1 import interviews_pb2
from services.chassis import calls, clients
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.tokens import ServiceTokens
from services.interviews.coding.runs import Runs
from services.interviews.conversation import Conversation
from services.interviews.reporting import Reporting
from services.interviews.room import Room
from services.interviews.rpc.interviews import InterviewService, Parts
from services.interviews.running.programs import NoRunner
from services.interviews.starting import Peers, Starting


class Steps:
    """Counts, and dies at the last."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Dying(Database):
    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url, pool_size=2)
        self._steps = steps

    @contextmanager
    def begin(self, who: Any) -> Iterator[Any]:
        self._steps.step()
        with super().begin(who) as connection:
            yield connection
            self._steps.step()
        self._steps.step()


class Around(grpc.UnaryUnaryClientInterceptor):
    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        self._steps.step()
        answer = continuation(details, request)
        answer.code()  # it has answered
        self._steps.step()
        return answer


class Silent:
    def publish(self, channel: str, data: bytes) -> None:
        pass


def run(order: dict[str, Any]) -> None:
    steps, environment = Steps(order["step"]), order["environment"]
    tokens = ServiceTokens(environment["SERVICE_TOKEN"], "interviews")
    channels = {
        name: grpc.intercept_channel(clients.connect(address, name, tokens), Around(steps)) for name, address in order["addresses"].items()
    }
    database, room = Dying(environment["INTERVIEWS_DATABASE_URL"], steps), Room(Silent())  # type: ignore[arg-type]
    conversation = Conversation(database, channels["inference"], room, Runs(database, NoRunner("not here"), utc_now), utc_now)
    starting = Starting(
        database, Peers(channels["candidates"], channels["jobs"], channels["billing"], channels["inference"]), room, utc_now
    )
    files: Any = None
    service = InterviewService(database, Parts(starting, conversation, Reporting(database, conversation, utc_now), room, files))
    who = order["person"]
    person = calls.Person(UUID(who["user_id"]), UUID(who["tenant_id"]), who["kind"], who["role"], UUID(int=0))
    method = order["method"]
    calls.enter(calls.Call("interviews", f"einstellen.interviews.v1.InterviewService/{method}", "dying", person=person, token=who["token"]))
    request = getattr(interviews_pb2, f"{method}Request")(**order["request"])
    getattr(service, method)(request, None)


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
