"""What is measured: gateways and their services, and Django Channels on uvicorn, each a process of its own on one embedded stack."""

import os
import secrets
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc

from cli import environment
from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack.databases import ensure_databases
from cli.stack.folder import DataFolder
from cli.stack.mail import Mailbox
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Child, Supervisor
from cli.stack.valkey import Valkey
from services.chassis.interceptor import SERVICE_TOKEN
from services.chassis.tokens import ServiceTokens

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".cache" / "bench" / "bin" / "python"
PEOPLE = 20
NAMES = {"channels": "Channels", "channels_pubsub": "Channels, pub/sub layer"}
_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Door:
    """A server's sockets: where they are opened, with what headers, and the processes that serve them."""

    name: str
    addresses: Sequence[str]
    doors: Sequence[dict[str, object]]
    pids: Sequence[int]

    def seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids)

    def memory(self) -> int:
        return sum(resident_bytes(pid) for pid in self.pids)


class Servers:
    """The stack, with what starts gateways or a peer on it and stops them again."""

    def __init__(self, supervisor: Supervisor, values: dict[str, str], ports: dict[str, int], valkey: Valkey) -> None:
        self._supervisor = supervisor
        self._values = values
        self._ports = ports
        self._valkey = valkey
        self._people = [self._person() for _ in range(PEOPLE)]

    @property
    def parts(self) -> dict[str, int]:
        """What works behind the doors: Valkey, PostgreSQL, and the services."""
        return {name: self._supervisor.pid(name) or 0 for name in ("valkey", "services")}

    @contextmanager
    def gateways(self, count: int) -> Iterator[Door]:
        own = {"GATEWAY_SOCKETS": "20000", "GATEWAY_ROOMS_EACH": "20000", "GATEWAY_HEARTBEAT": "600", "GATEWAY_DRAIN": "0"}
        room = self._room()
        doors: list[dict[str, object]] = [
            {"path": f"/ws/chat/{room}", "headers": {"Authorization": f"Bearer {token}"}} for _, token in self._people
        ]
        ports = [free_port() for _ in range(count)]
        served = [([sys.executable, "-m", "gateway"], {**own, "LISTEN": f"{LOOPBACK}:{port}"}, port) for port in ports]
        with self._serve(served) as pids:
            yield Door(f"ours, {count} process{'es' * (count > 1)}", [f"{LOOPBACK}:{port}" for port in ports], doors, pids)

    @contextmanager
    def channels(self, layer: str, count: int) -> Iterator[Door]:
        """As it is deployed for speed: uvicorn on uvloop."""
        own = {"BENCH_LAYER": layer, "BENCH_REDIS_URL": self._valkey.url(9)}
        ports = [free_port() for _ in range(count)]
        command = [
            str(PEERS_PYTHON), "-m", "uvicorn", "bench.peers.channels_app:application", "--host", LOOPBACK, "--loop", "uvloop", "--ws", "websockets-sansio",
            "--ws-ping-interval", "600", "--log-level", "warning", "--lifespan", "off", "--no-access-log", "--port",
        ]  # fmt: skip
        doors: list[dict[str, object]] = [{"path": f"/ws/chat/{secrets.token_hex(8)}/", "headers": {}}]
        with self._serve([([*command, str(port)], own, port) for port in ports]) as pids:
            yield Door(f"{NAMES[layer]}, {count} process{'es' * (count > 1)}", [f"{LOOPBACK}:{port}" for port in ports], doors, pids)

    @contextmanager
    def _serve(self, served: Sequence[tuple[list[str], dict[str, str], int]]) -> Iterator[list[int]]:
        environment_of = {**os.environ, "PYTHONUNBUFFERED": "1", **self._values}
        children = [
            subprocess.Popen(command, cwd=ROOT, env={**environment_of, **own}, stdout=subprocess.DEVNULL) for command, own, _ in served
        ]
        try:
            deadline = time.monotonic() + 30
            for _, _, port in served:
                while not listens(port):
                    if time.monotonic() > deadline:
                        raise RuntimeError("a server that is measured does not start")
                    time.sleep(0.1)
            yield [child.pid for child in children]
        finally:
            for child in children:
                child.kill()
                child.wait()

    def _person(self) -> tuple[str, str]:
        with grpc.insecure_channel(f"{LOOPBACK}:{self._ports['auth']}") as channel:
            accounts = auth_pb2_grpc.AuthServiceStub(channel)
            email, password = f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(24)
            accounts.Register(auth_pb2.RegisterRequest(email=email, password=password, first_name="Erik", last_name="Sommer"))
            pair = accounts.Login(auth_pb2.LoginRequest(email=email, password=password))
        return pair.user.id, pair.access_token

    def _room(self) -> str:
        name = f"bench-{secrets.token_hex(8)}"
        token = ServiceTokens(self._values["SERVICE_TOKEN"], "jobs").sign("notifications")
        request = messages_pb2.OpenRoomRequest(
            room_name=name, tenant_id=str(uuid.uuid4()), user_ids=[user_id for user_id, _ in self._people]
        )
        with grpc.insecure_channel(f"{LOOPBACK}:{self._ports['notifications']}") as channel:
            messages_pb2_grpc.MessageServiceStub(channel).OpenRoom(request, metadata=((SERVICE_TOKEN, token),))
        return name


@contextmanager
def running(folder: Path) -> Iterator[Servers]:
    data = DataFolder(folder)
    with data.held(), Supervisor(data, say=lambda text: print(text, file=sys.stderr)) as supervisor:
        postgres, valkey, mailbox = Postgres.prepare(data, say=lambda _: None), Valkey.prepare(data), Mailbox.prepare(data)
        supervisor.start(postgres.child(), valkey.child(), mailbox.child())
        databases = ensure_databases(postgres, data, {service.name: service.database for service in SERVICES})
        ports = {service.name: data.port(service.name) for service in SERVICES}
        values = environment.of(data, databases, valkey, ports, smtp_port=mailbox.smtp_port) | {"JWT_EXPIRY": "3600"}
        migrate_all(SERVICES, values, say=lambda _: None)
        supervisor.start(
            process(
                "services",
                [sys.executable, "-m", "cli", "up", "--target", "auth,notifications"],
                values,
                ports["auth"],
                ports["notifications"],
            )
        )
        yield Servers(supervisor, values, ports, valkey)


def process(name: str, command: list[str], values: dict[str, str], *ports: int) -> Child:
    return Child(
        name=name, command=command, ready=lambda: all(listens(port) for port in ports), env={**os.environ, "PYTHONUNBUFFERED": "1", **values}, cwd=ROOT,
        stop_timeout=15.0,
    )  # fmt: skip


def listens(port: int) -> bool:
    try:
        with closing(socket.create_connection((LOOPBACK, port), timeout=1.0)):
            return True
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """User and system, all threads, of a process and the children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
