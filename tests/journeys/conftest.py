"""Envoy and the gateway in front of this worker's services: what an outside client sees."""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli import edge as configuration
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port, is_free
from cli.stack.supervisor import Child, Supervisor
from tests.conftest import House
from tests.journeys import world as worlds
from tests.journeys.http import Http
from tests.journeys.world import World

_ROOT = Path(__file__).parents[2]


@pytest.hookimpl(tryfirst=True)  # before the groups are read
@pytest.fixture(scope="session")
def world(house: House) -> World:
    """A tenant with one of everything, which only strangers act on: whoever signs its people out makes one of their own."""
    return worlds.make(house)


@dataclass
class Edge:
    """The public address, and what stands behind it."""

    url: str
    host: str
    admin_port: int
    supervisor: Supervisor
    folder: DataFolder
    gateway: str

    def http(self, token: str = "") -> Http:
        return Http(self.url, token)


@pytest.fixture(scope="session")
def edge(house: House) -> Iterator[Edge]:
    with tempfile.TemporaryDirectory(prefix="einstellen-edge-") as root:
        folder = DataFolder(Path(root) / "data")
        port, admin_port, gateway, gateway_grpc = free_port(), free_port(), free_port(), free_port()
        upstreams = {name: int(address.rpartition(":")[2]) for name, address in house.addresses.items()}
        config = configuration.render(
            folder.room("envoy") / "envoy.yaml", address=LOOPBACK, port=port, admin_port=admin_port, rates=1000,
            upstreams={**upstreams, "gateway": gateway, "gateway-grpc": gateway_grpc}, cors_origins=("https://console.example",),
        )  # fmt: skip
        values = {
            **os.environ,
            **house.environment,
            "GATEWAY_LISTEN": f"{LOOPBACK}:{gateway}",
            "GATEWAY_GRPC_LISTEN": f"{LOOPBACK}:{gateway_grpc}",
        }
        gateway_child = Child(
            "gateway", [sys.executable, "-m", "gateway"], lambda: not is_free(gateway) and not is_free(gateway_grpc), values, _ROOT
        )
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            supervisor.start(gateway_child, envoy_child(folder, config, admin_port=admin_port))
            yield Edge(f"http://{LOOPBACK}:{port}", f"{LOOPBACK}:{port}", admin_port, supervisor, folder, f"{LOOPBACK}:{gateway}")
