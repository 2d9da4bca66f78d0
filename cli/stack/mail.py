"""The mailbox as a child of the supervisor."""

import socket
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK
from cli.stack.supervisor import Child

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mailbox:
    """Where mail is sent to and where it is shown."""

    folder: Path
    smtp_port: int
    http_port: int

    @classmethod
    def prepare(cls, folder: DataFolder) -> "Mailbox":
        return cls(folder.room("mail"), folder.port("mail-smtp"), folder.port("mail-http"))

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.http_port}"

    def child(self) -> Child:
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        return Child(
            name="mailbox",
            command=[sys.executable, "-m", "cli.stack.mailbox", *ports, "--folder", str(self.folder)],
            ready=lambda: _listens(self.smtp_port) and _listens(self.http_port),
            cwd=_ROOT,
            stop_timeout=5.0,
        )


def _listens(port: int) -> bool:
    with closing(socket.create_connection((LOOPBACK, port), timeout=1.0)):
        return True
