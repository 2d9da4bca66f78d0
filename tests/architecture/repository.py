"""The repository as tests of its shape see it: its services, and what a source file imports."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Contracts that belong to no one service: the frame's own.
SHARED = {"options", "audit", "events", "keys", "rooms", "persons", "problems"}
NAMES = sorted(folder.name for folder in (ROOT / "proto" / "einstellen").iterdir() if folder.name not in SHARED)
SERVED_BY = {"keys": "auth", "audit": "auth"}  # which is asked for the audit log where no service is named


def imported(source: str) -> list[str]:
    """Every module that a source text imports, with the names taken from it: `services.chassis.errors`, `grpc`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return found
