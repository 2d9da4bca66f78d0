"""`python -m bench.rooms`: what it costs to deliver a room's messages, beside Django Channels in the same run, and what an idle socket costs."""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from bench.rooms.editing import LETTERS, edit
from bench.rooms.servers import PEERS_PYTHON, ROOT, Door, Servers, cpu_seconds, running

RESULTS = Path(__file__).with_name("results.md")
_PATIENCE = 20.0  # for what comes late; a run ends as soon as everything has come


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.rooms", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="how long is talked in each run (10)")
    parser.add_argument("--rate", type=float, default=20, help="messages a second in the room (20)")
    parser.add_argument("--sockets", type=int, nargs="+", default=[200, 2000], help="sockets in the room (200 2000)")
    parser.add_argument("--idle", type=int, nargs="*", default=[1000, 5000, 10000], help="idle sockets (1000 5000 10000)")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is run (1)")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument("--dry", action="store_true", help="leave bench/rooms/results.md as it is")
    asked = parser.parse_args()
    if not PEERS_PYTHON.exists():
        print("the peers are not installed: run `make bench`", file=sys.stderr)
        return 2
    # Whoever opens the sockets inherits it.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    root = Path(tempfile.mkdtemp(prefix="einstellen-bench-"))
    root.chmod(0o755)  # PostgreSQL may run as another user
    try:
        with running(root / "data") as servers:
            doors = kinds(servers)[: 2 if asked.ours else None]
            talked = [talk(servers, door, sockets, asked) for _ in range(asked.rounds) for sockets in asked.sockets for door in doors]
            edited = edit(servers)
            idled = [idle(servers, sockets) for sockets in asked.idle]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    text = report(talked, idled, edited, asked)
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


def kinds(servers: Servers) -> list[Callable[[], AbstractContextManager[Door]]]:
    return [
        lambda: servers.gateways(1),
        lambda: servers.gateways(2),
        lambda: servers.channels("channels", 1),
        lambda: servers.channels("channels", 2),
        lambda: servers.channels("channels_pubsub", 1),
        lambda: servers.channels("channels_pubsub", 2),
    ]


def talk(servers: Servers, kind: Callable[[], AbstractContextManager[Door]], sockets: int, asked: argparse.Namespace) -> dict[str, Any]:
    with kind() as door:
        before = door.memory()
        with crowd(door, sockets, asked.rate, asked.seconds) as go:
            memory = door.memory()
            behind = {name: cpu_seconds(pid) for name, pid in servers.parts.items()}
            started = door.seconds()
            found = go()
            found |= {"name": door.name, "sockets": sockets, "cpu": door.seconds() - started, "memory": (memory - before) / sockets}
            found["behind"] = {name: cpu_seconds(pid) - behind[name] for name, pid in servers.parts.items()}
    print(json.dumps(found), file=sys.stderr)
    return found


def idle(servers: Servers, sockets: int) -> dict[str, Any]:
    """Sockets that are open and say nothing: what they hold and what they cost."""
    with servers.gateways(1) as door:
        before = door.memory()
        with crowd(door, sockets, 0, 0) as go:
            started = time.monotonic(), door.seconds()
            time.sleep(15)
            found = {"sockets": sockets, "memory": (door.memory() - before) / sockets, "total": door.memory()}
            found["cpu"] = (door.seconds() - started[1]) / (time.monotonic() - started[0])
            go()
    print(json.dumps(found), file=sys.stderr)
    return found


@contextmanager
def crowd(door: Door, sockets: int, rate: float, seconds: float) -> Any:
    """The sockets, opened; what is yielded lets them speak and answers with what came."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rooms.crowd"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout
    job = {
        "addresses": door.addresses, "doors": door.doors, "sockets": sockets, "ready": "welcome", "speakers": min(20, sockets), "rate": rate,
        "seconds": seconds, "patience": _PATIENCE, "bytes": 80, "run": str(time.time_ns()),
        "frame": '{"say":{"content":"$TEXT","client_id":"$ID"}}',
    }  # fmt: skip

    def go() -> dict[str, Any]:
        stdin.write("go\n")
        stdin.flush()
        found: dict[str, Any] = json.loads(stdout.readline())
        return found

    try:
        stdin.write(json.dumps(job) + "\n")
        stdin.flush()
        opened = stdout.readline()
        if not opened:
            raise RuntimeError(f"the sockets of {door.name} do not open")
        time.sleep(2)
        yield go
    finally:
        process.kill()
        process.wait()


def report(talked: list[dict[str, Any]], idled: list[dict[str, Any]], edited: dict[str, Any], asked: argparse.Namespace) -> str:
    lines = [
        "# What a room costs", "",
        f"{asked.rate:g} messages a second for {asked.seconds:g} seconds in one room, each to every socket. CPU is user and system, all threads, of the processes that",
        "hold the sockets. *Delivered* is how many deliveries one second of that CPU made. What works behind them stands apart: Valkey, and our services,",
        "which store each message before it is shown. The peers store nothing and check no token.", "",
        row("", "sockets", "delivered a CPU-second", "p50", "p99", "missing", "closed", "memory a socket", "CPU", "behind: Valkey", "behind: services"),
        row(*["---"] * 11),
    ]  # fmt: skip
    for one in sorted(talked, key=lambda one: one["sockets"]):
        lines.append(
            row(
                one["name"], f"{one['sockets']:,}", f"**{one['came'] / one['cpu']:,.0f}**", ms(one["p50"]), ms(one["p99"]), f"{one['missing']:,}", str(one["closed"]),
                f"{one['memory'] / 1024:,.0f} KiB", f"{one['cpu']:.1f} s", f"{one['behind']['valkey']:.1f} s", f"{one['behind']['services']:.1f} s",
            )
        )  # fmt: skip
    for sockets in [] if asked.ours else asked.sockets:
        here = [one for one in talked if one["sockets"] == sockets]
        ours = min(one["came"] / one["cpu"] for one in here if one["name"].startswith("ours"))
        theirs = max(one["came"] / one["cpu"] for one in here if not one["name"].startswith("ours"))
        lines += ["", f"With {sockets:,} sockets our worst is **{ours / theirs:.1f} times** the peers' best."]
    if idled:
        lines += ["", "Idle sockets in one process:", "", row("sockets", "memory each", "the process", "CPU"), row(*["---"] * 4)]
        lines += [
            row(f"{one['sockets']:,}", f"{one['memory'] / 1024:.1f} KiB", f"{one['total'] / 1024**2:,.0f} MiB", f"{one['cpu'] * 100:.1f} %")
            for one in idled
        ]
    costs = ", ".join(f"{seconds * 1e6:.0f} µs {name}" for name, seconds in edited["cpu"].items())
    lines += [
        "",
        f"An update of a shared document, logged before it is shown: {costs} ({LETTERS:,} updates in {edited['seconds']:.1f} s from one client to another).",
    ]
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("aiohttp", "redis", "grpcio", "protobuf"))
    theirs_versions = peer_versions("django", "channels", "channels-redis", "uvicorn", "uvloop", "websockets")
    lines += [
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, with a load of {os.getloadavg()[2]:.0f} when this ended; {platform.system()}; Python {platform.python_version()}. Ours: {versions}. Peers: {theirs_versions}.",
        "",
    ]
    return "\n".join(lines)


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def peer_versions(*names: str) -> str:
    script = f"from importlib import metadata; print(', '.join(f'{{n}} {{metadata.version(n)}}' for n in {names!r}))"
    return subprocess.run([str(PEERS_PYTHON), "-c", script], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
