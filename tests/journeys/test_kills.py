"""The embedded stack as a newcomer runs it: any part is killed, the next request works, and what was recorded is there."""

import io
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from cli.__main__ import main
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port
from tests.conftest import until
from tests.journeys.http import Http

_ROOT = Path(__file__).parents[2]


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """A stand-in for an OpenTelemetry collector: keeps (service, span name, trace id) of what comes in."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()

    def Export(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._lock:
            for resource in request.resource_spans:
                name = next((a.value.string_value for a in resource.resource.attributes if a.key == "service.name"), "")
                self.spans += [(name, span.name, span.trace_id.hex()) for scope in resource.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture(scope="module")
def collector() -> Iterator[tuple[Collector, str]]:
    server, found = grpc.server(futures.ThreadPoolExecutor(2)), Collector()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(found, server)
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    yield found, f"http://{LOOPBACK}:{port}"
    server.stop(0)


class Stack:
    def __init__(self, root: Path, **environment: str) -> None:
        self.port, self.root, self.folder = free_port(), root, DataFolder(root / "data")
        self._environment = {**os.environ, **environment}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "cli", "up", "--embedded", "--data", str(self.root / "data"), "--port", str(self.port)]
        with (self.root / "output").open("w") as output:
            self.process = subprocess.Popen(command, cwd=_ROOT, env=self._environment, stdout=output, stderr=subprocess.STDOUT)
        until(lambda: "answers at" in self.said() or self.process.poll() is not None, "the stack is up", 120)
        assert self.process.poll() is None, self.said()

    @property
    def http(self) -> Http:
        return Http(f"http://{LOOPBACK}:{self.port}")

    def said(self) -> str:
        return (self.root / "output").read_text()

    def kill(self, child: str) -> None:
        os.kill(json.loads((self.folder.room("run") / f"{child}.pid").read_text())["pid"], signal.SIGKILL)

    def stop(self) -> int:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="module")
def stack(collector: tuple[Collector, str]) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="einstellen-kills-") as name:
        root = Path(name)
        root.chmod(0o755)
        running = Stack(root, OTEL_EXPORTER_OTLP_ENDPOINT=collector[1])
        yield running
        assert running.stop() == 0


def register(http: Http) -> tuple[str, str]:
    email, password = f"p{secrets.token_hex(6)}@example.com", "correct horse battery"
    assert http("POST", "/register", {"email": email, "password": password}).status == 200
    return email, password


@pytest.mark.parametrize("child", ["postgres", "valkey", "envoy", "services", "gateway", "mailbox"])
def test_a_part_that_is_killed_comes_back_and_nothing_is_lost(stack: Stack, child: str) -> None:
    email, password = register(stack.http)
    give_up = time.monotonic() + 60
    stack.kill(child)
    until(lambda: f"{child} was killed by signal 9; restarting" in stack.said(), "the supervisor says so")
    if child == "envoy":  # nobody listens for a moment
        until(lambda: _reaches(stack), "Envoy listens again")
    pair = stack.http("POST", "/login", {"email": email, "password": password})
    while pair.status == 503 and time.monotonic() < give_up:  # it is waited for by us for seconds, and then the answer is to try again
        pair = stack.http("POST", "/login", {"email": email, "password": password})
    assert pair.status == 200, pair.body
    assert Http(f"http://{LOOPBACK}:{stack.port}", pair.json["access_token"])("GET", "/auth/me").json["email"] == email
    until(lambda: stack.http("GET", "/readyz").status == 200, "everything is ready again")


def _reaches(stack: Stack) -> bool:
    try:
        return stack.http("GET", "/healthz").status == 200
    except OSError:
        return False


def test_a_trace_goes_from_envoy_through_the_service_into_its_task(stack: Stack, collector: tuple[Collector, str]) -> None:
    register(stack.http)

    def whole() -> bool:
        spans = list(collector[0].spans)
        traces = {trace for service, _, trace in spans if service == "envoy"}
        registered = {trace for _, name, trace in spans if name.endswith("AuthService/Register")} & traces
        welcomed = {trace for _, name, trace in spans if name == "task welcome"}
        mailed = {trace for _, name, trace in spans if name.endswith("NotificationService/SendNotification")}
        return bool(registered & welcomed & mailed)

    until(whole, "one trace holds Envoy, the RPC, the task and the RPC that the task calls", 30)


def test_a_second_start_on_the_same_folder_says_that_one_is_running(stack: Stack) -> None:
    command = [sys.executable, "-m", "cli", "up", "--embedded", "--data", str(stack.root / "data")]
    second = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert f"already running (pid {stack.process.pid}, at http://{LOOPBACK}:{stack.port})" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_operators_command_works_on_the_running_stack(
    stack: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def einstellen(*arguments: str) -> str:
        capsys.readouterr()
        status = main([*arguments, "--data", str(stack.root / "data")])
        said = capsys.readouterr()
        assert status == 0, said.err
        return said.out

    email = f"admin{secrets.token_hex(4)}@example.com"
    monkeypatch.setattr("sys.stdin", io.StringIO("a very long password\n"))
    assert "is a platform administrator" in einstellen("admin", "create", email, "--password-stdin")
    pair = stack.http("POST", "/login", {"email": email, "password": "a very long password"}).json
    assert Http(f"http://{LOOPBACK}:{stack.port}", pair["access_token"])("GET", "/tenants/").json["tenants"]
    assert "admin.created" in einstellen("audit", "list", "auth", "--limit", "50")
    assert "up to date" in einstellen("migrate")
    published = {key["kid"] for key in stack.http("GET", "/.well-known/jwks.json").json["keys"]}
    assert einstellen("keys", "rotate").split()[5] not in published
    assert Http(f"http://{LOOPBACK}:{stack.port}", pair["access_token"])("GET", "/auth/me").status == 200
    einstellen("tasks", "list", "--state", "done")
    backup = stack.root / "backup"
    einstellen("backup", str(backup))
    gone, _ = register(stack.http)
    einstellen("restore", str(backup), "--yes")
    until(lambda: stack.http("GET", "/readyz").status == 200, "everything is ready after the restore")
    assert stack.http("POST", "/login", {"email": email, "password": "a very long password"}).status == 200
    assert stack.http("POST", "/login", {"email": gone, "password": "correct horse battery"}).status == 401


def test_a_supervisor_that_is_killed_leaves_nothing_that_blocks_the_next_start(stack: Stack) -> None:
    email, password = register(stack.http)
    stack.process.kill()
    stack.process.wait()
    stack.start()
    assert stack.http("POST", "/login", {"email": email, "password": password}).status == 200
