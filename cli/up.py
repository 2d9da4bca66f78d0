"""Running the house: its services in this process, or the whole embedded stack under a supervisor."""

import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import edge, environment
from cli.migrate import migrate_all
from cli.services import SERVICES, Service, start
from cli.stack.databases import ensure_databases
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.mail import Mailbox
from cli.stack.ports import LOOPBACK, choose_public_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Child, Supervisor
from cli.stack.valkey import Valkey
from services.chassis import logs, metrics, tracing
from services.chassis.server import wait_for_signal

_ROOT = Path(__file__).parents[1]


def serve(services: Sequence[Service], values: Mapping[str, str]) -> None:
    """Runs the services in this process, each with its own server and threads, until SIGTERM or Ctrl-C."""
    settings = [service.load(values) for service in services]
    logs.configure(readable=settings[0].debug)
    tracing.configure(settings[0].otel_endpoint, settings[0].service if len(settings) == 1 else "einstellen")
    if settings[0].metrics_listen:
        metrics.expose(settings[0].metrics_listen)
    running = start(services, values)
    wait_for_signal()
    for server in reversed(running):
        server.stop()


@dataclass(frozen=True)
class Running:
    """An embedded stack that answers."""

    url: str
    mailbox: str
    operator: dict[str, str]
    supervisor: Supervisor
    folder: DataFolder
    environment: dict[str, str]


@contextmanager
def embedded(
    data: Path,
    port: int,
    say: Callable[[str], None],
    *,
    address: str = LOOPBACK,
    trusted_proxies: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """The whole stack on a data folder, with these settings beside its own; it stops when the block ends.

    Raises StackError, saying what to do, where it cannot start.
    """
    folder = DataFolder(data)
    with folder.held(), Supervisor(folder, say=say) as supervisor:
        public, wanted = choose_public_port(port, address)
        if not wanted:
            say(f"port {port} is taken; using {public} (choose another with --port, PORT= with make)")
        postgres, valkey, mailbox = Postgres.prepare(folder, say=say), Valkey.prepare(folder), Mailbox.prepare(folder)
        supervisor.start(postgres.child(), valkey.child(), mailbox.child())
        databases = ensure_databases(postgres, folder, {service.name: service.database for service in SERVICES})
        ports = {service.name: folder.port(service.name) for service in SERVICES}
        values = environment.of(folder, databases, valkey, ports, smtp_port=mailbox.smtp_port)
        operator = {name: f"{LOOPBACK}:{folder.port(f'{name}-metrics')}" for name in ("services", "gateway", "interviewer", "envoy")}
        gateway, gateway_grpc, interviewer = folder.port("gateway"), folder.port("gateway-grpc"), folder.port("interviewer")
        values |= {
            "METRICS_LISTEN": operator["services"],
            "GATEWAY_METRICS_LISTEN": operator["gateway"],
            "GATEWAY_LISTEN": f"{LOOPBACK}:{gateway}",
            "GATEWAY_GRPC_LISTEN": f"{LOOPBACK}:{gateway_grpc}",
            "GATEWAY_URL": f"{LOOPBACK}:{gateway}",
            "INTERVIEWER_LISTEN": f"{LOOPBACK}:{interviewer}",
            "INTERVIEWER_METRICS_LISTEN": operator["interviewer"],
            **(settings or {}),
        }
        migrate_all(SERVICES, values, say=lambda _: None)
        config = edge.render(
            folder.room("envoy") / "envoy.yaml", address=address, port=public, admin_port=int(operator["envoy"].rpartition(":")[2]),
            upstreams={**ports, "gateway": gateway, "gateway-grpc": gateway_grpc},
            cors_origins=tuple(os.environ.get("CORS_ORIGINS", "").replace(",", " ").split()), otel_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            trusted_proxies=trusted_proxies,
        )  # fmt: skip
        supervisor.start(
            _python("services", ["-m", "cli", "up", "--target", "all"], values, list(ports.values())),
            _python("gateway", ["-m", "gateway"], values, [gateway, gateway_grpc]),
            _python("interviewer", ["-m", "services.interviews.interviewer"], values, [interviewer]),
            envoy_child(folder, config, admin_port=int(operator["envoy"].rpartition(":")[2])),
        )
        url = f"http://{LOOPBACK if address == '0.0.0.0' else address}:{public}"  # noqa: S104 - compared, not bound
        folder.announce(url)
        yield Running(url, mailbox.address, operator, supervisor, folder, values)


def _python(name: str, arguments: list[str], values: Mapping[str, str], ports: list[int]) -> Child:
    """A Python process of ours, ready when it listens on all its ports."""
    return Child(
        name=name, command=[sys.executable, *arguments], ready=lambda: all(_listens(port) for port in ports),
        env={**os.environ, "PYTHONUNBUFFERED": "1", **values}, cwd=_ROOT, stop_timeout=15.0,
    )  # fmt: skip


def _listens(port: int) -> bool:
    with closing(socket.create_connection((LOOPBACK, port), timeout=1.0)):
        return True
