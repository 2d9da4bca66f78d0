"""Reports what goes wrong unexpectedly in a service to whoever tells the operator."""

import threading

import grpc

from einstellen.problems.v1 import problems_pb2, problems_pb2_grpc
from services.chassis import clients, problems
from services.chassis.clock import to_timestamp
from services.chassis.logs import log
from services.chassis.problems import Seen
from services.chassis.tokens import ServiceTokens

# Who gathers them, as far as its address and the token for it go; its contract is the frame's.
PEER = "notifications"
_PAUSE_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 10.0


class Reporter:
    """Reports what was noted in one service, on a thread of its own: at most once a second, and again where nobody took it."""

    def __init__(self, server: str, address: str, tokens: ServiceTokens) -> None:
        self._server = server
        self._channel = clients.connect(address, PEER, tokens, for_people=False)
        self._stub = problems_pb2_grpc.ProblemServiceStub(self._channel)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=f"{server}-problems", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Says what is left, if it can."""
        self._stopping.set()
        problems.wake()
        self._thread.join(2)
        self._channel.close()

    def _loop(self) -> None:
        while True:
            kinds = problems.take(self._server, self._stopping)
            taken = not kinds or self._report(kinds)
            if not taken:
                problems.put_back(self._server, kinds)
            if self._stopping.wait(_PAUSE_SECONDS if taken else _AFTER_FAILURE_SECONDS):
                return

    def _report(self, kinds: dict[tuple[str, str], Seen]) -> bool:
        told = [
            problems_pb2.Problem(
                method=method[:200], exception=exception[:200], place=seen.place[:300], request=seen.request_id[:100], count=seen.count,
                first_time=to_timestamp(seen.first_at),
            )
            for (method, exception), seen in kinds.items()
        ]  # fmt: skip
        try:
            self._stub.ReportProblems(problems_pb2.ReportProblemsRequest(problems=told), timeout=5)
        except grpc.RpcError as problem:
            log.warning("problems not reported", extra={"server": self._server, "code": str(problem.code())})
            return False
        return True
