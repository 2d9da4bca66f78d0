"""A service's gRPC server: its RPCs behind the frame, health and reflection, and the work that runs beside them."""

import signal
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar

import grpc
from google.protobuf.descriptor import FileDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.chassis import logs, metrics, tracing
from services.chassis.events import LIST_EVENTS, EventFeed
from services.chassis.interceptor import Frame
from services.chassis.logs import log
from services.chassis.reporting import Reporter
from services.chassis.rules import Rule, rules_of
from services.chassis.settings import Settings
from services.chassis.tokens import AccessTokens, ServiceTokens

_LARGEST_MESSAGE = 4 * 1024 * 1024
_QUEUED_FOR_EACH_WORKER = 16
_GRACE_SECONDS = 10.0
_MOST_FOLLOWERS = 64


class Background(Protocol):
    """Work beside the RPCs: a Worker of tasks, a Follower of events."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """gRPC health: the server is serving while everything that it needs answers; each such part can be asked for by its name."""

    def __init__(self, parts: Mapping[str, Callable[[], object]]) -> None:
        self._parts = parts

    def Check(self, request: health_pb2.HealthCheckRequest, context: grpc.ServicerContext) -> health_pb2.HealthCheckResponse:
        if request.service and request.service not in self._parts:
            context.abort(grpc.StatusCode.NOT_FOUND, f"parts: {', '.join(self._parts)}")
        asked = [request.service] if request.service else list(self._parts)
        return health_pb2.HealthCheckResponse(status="SERVING" if all(self._answers(part) for part in asked) else "NOT_SERVING")

    def List(self, request: health_pb2.HealthListRequest, context: grpc.ServicerContext) -> health_pb2.HealthListResponse:
        statuses = {
            part: health_pb2.HealthCheckResponse(status="SERVING" if self._answers(part) else "NOT_SERVING") for part in self._parts
        }
        return health_pb2.HealthListResponse(statuses=statuses)

    def _answers(self, part: str) -> bool:
        try:
            self._parts[part]()
        except Exception as problem:  # noqa: BLE001 - any failure means that it is not ready
            log.warning("not ready", extra={"part": part, "problem": type(problem).__name__})
            return False
        return True


@dataclass
class Server:
    """A running service."""

    name: str
    address: str
    _server: grpc.Server
    _background: Sequence[Background]
    _closing: Sequence[Callable[[], object]] = field(default_factory=tuple)
    _feed: EventFeed | None = None

    def stop(self, grace: float = _GRACE_SECONDS) -> None:
        """Takes no new requests, lets those that run end within `grace` seconds, then stops the work beside them."""
        stopped = self._server.stop(grace)
        if self._feed is not None:
            self._feed.end()
        stopped.wait()
        for work in reversed(self._background):
            work.stop()
        for close in self._closing:
            close()


def serve(
    settings: Settings, contracts: Sequence[FileDescriptor], add: Callable[[grpc.Server], object], *, access: AccessTokens, services: ServiceTokens,
    parts: Mapping[str, Callable[[], object]], background: Sequence[Background] = (), closing: Sequence[Callable[[], object]] = (),
    others: Mapping[str, Rule] = MappingProxyType({}), apart: Collection[str] = (), feed: EventFeed | None = None,
) -> Server:  # fmt: skip
    """Starts a server for the services in these contracts, whose servicers `add` registers, and the work beside them.

    `others` says who may call RPCs of contracts that are not ours. RPCs in `apart`, by gRPC path, have two threads of their own: they are answered while all
    others wait, as for a peer who waits for just that answer. So has the feed of the service's events: those who follow it wait there most of the time.

    More requests than the workers and a short queue can hold are answered RESOURCE_EXHAUSTED. Raises RuntimeError where the address is taken.
    What is revoked is followed from the start, and to the end.
    """
    if access.revocations is not None:
        background = [access.revocations, *background]
    if settings.problems_url:
        background = [Reporter(settings.service, settings.problems_url, services), *background]
    if feed is not None:
        contracts = [*contracts, events_pb2.DESCRIPTOR]
    names = [service.full_name for contract in contracts for service in contract.services_by_name.values()]
    quick = ThreadPoolExecutor(2, thread_name_prefix=f"{settings.service}-apart")
    executors: dict[str, Executor] = dict.fromkeys(apart, quick)
    if feed is not None:
        executors[LIST_EVENTS] = ThreadPoolExecutor(_MOST_FOLLOWERS, thread_name_prefix=f"{settings.service}-feed")
    server = grpc.server(
        ThreadPoolExecutor(settings.workers, thread_name_prefix=settings.service),
        interceptors=[Frame(settings.service, {**rules_of(names), **others}, access, services, executors)],
        maximum_concurrent_rpcs=settings.workers * _QUEUED_FOR_EACH_WORKER + (_MOST_FOLLOWERS if feed is not None else 0),
        options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE), ("grpc.so_reuseport", 0), ("grpc.max_metadata_size", 32 * 1024)],
    )
    add(server)
    if feed is not None:
        events_pb2_grpc.add_EventServiceServicer_to_server(feed, server)
    health_pb2_grpc.add_HealthServicer_to_server(Health(parts), server)
    reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], server)
    port = server.add_insecure_port(settings.listen)
    server.start()
    if feed is not None:
        feed.start()
    for work in background:
        work.start()
    host = settings.listen.rpartition(":")[0]
    log.info("serving", extra={"server": settings.service, "address": f"{host}:{port}"})
    return Server(settings.service, f"{host}:{port}", server, background, closing, feed)


Kind = TypeVar("Kind", bound=Settings)


def run(start: Callable[[Kind], Server], settings: Kind) -> None:
    """Runs one service as a process of its own until SIGTERM or Ctrl-C."""
    logs.configure(readable=settings.debug)
    tracing.configure(settings.otel_endpoint, settings.service)
    if settings.metrics_listen:
        metrics.expose(settings.metrics_listen)
    server = start(settings)
    wait_for_signal()
    server.stop()


def wait_for_signal() -> None:
    """Returns at SIGTERM or Ctrl-C."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    asked.wait()
