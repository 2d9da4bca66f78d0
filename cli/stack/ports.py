"""Choosing TCP ports on the loopback address."""

import random
import socket
from contextlib import closing

LOOPBACK = "127.0.0.1"

# Below the range from which kernels take the ports of outgoing connections (32768 and up on Linux): a child that died gets its port back
# when it is restarted, with no chance that a client's connection sits on it by then.
_FIRST, _LAST = 20_000, 32_000
_ATTEMPTS = 200


def is_free(port: int, address: str = LOOPBACK) -> bool:
    """True if a server could listen on the port now; connections left in TIME_WAIT do not count, as servers ignore them too."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on. Nothing holds it, so the caller should listen on it soon."""
    for _ in range(_ATTEMPTS):
        port = random.randint(_FIRST, _LAST)  # noqa: S311 - no secret, only unlikely to meet another caller's choice
        if is_free(port):
            return port
    with closing(socket.socket()) as chooser:
        chooser.bind((LOOPBACK, 0))
        return int(chooser.getsockname()[1])


def choose_public_port(wanted: int, address: str = LOOPBACK) -> tuple[int, bool]:
    """The wanted port, or the next free one above it, and whether it is the wanted one, so that the caller can say so."""
    for port in range(wanted, min(wanted + 100, 65_536)):
        if is_free(port, address):
            return port, port == wanted
    return free_port(), False
