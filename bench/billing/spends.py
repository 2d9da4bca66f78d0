"""`python -m bench.billing.spends`: spends a second on one hot row with 32 clients, ours beside a twin by SQLAlchemy's ORM with FOR UPDATE, in one run."""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.billing.ledger import Books, running

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS = 4, 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count; each measures both (5)")
    parser.add_argument("--seconds", type=float, default=4, help="how long each is measured in a round (4)")
    parser.add_argument("--fast", action="store_true", help="a commit does not wait for the disk")
    asked = parser.parse_args()
    with running(durable=not asked.fast) as books:
        found: dict[str, list[Cost]] = {"ours": [], "orm": []}
        for number in range(asked.rounds + 1):
            for kind in ("ours", "orm") if number % 2 else ("orm", "ours"):
                cost = _measure(books, kind, asked.seconds if number else 1)
                if number:  # the first is the warm-up
                    found[kind].append(cost)
            if number:
                ours, orm = found["ours"][-1], found["orm"][-1]
                print(
                    f"| {number} | {ours.rate:.0f} | {orm.rate:.0f} | {ours.rate / orm.rate:.1f} | {os.getloadavg()[0]:.0f} |", flush=True
                )
        for kind in found:
            _overdrawn(books, kind)
    print()
    for kind, name in (("ours", "ours"), ("orm", "ORM, SELECT FOR UPDATE")):
        costs = found[kind]
        rates = [each.rate for each in costs]
        print(
            f"| {name} | **{median(rates):.0f}** ({min(rates):.0f} to {max(rates):.0f}) | {median(each.server for each in costs) * 1000:.2f} ms "
            f"| {median(each.client for each in costs) * 1000:.2f} ms |"
        )
    ratios = [ours.rate / orm.rate for ours, orm in zip(found["ours"], found["orm"], strict=True)]
    print(f"ratio by the pairs of each round: **{median(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f})")
    return 0


@dataclass
class Cost:
    """Spends a second, and the CPU seconds of one: PostgreSQL's, with the connections that it opens, and the clients'."""

    rate: float
    server: float
    client: float


def _measure(books: Books, kind: str, seconds: float) -> Cost:
    """Raises where the account does not have exactly what is left."""
    credits = 1_000_000
    tenant_id, used = books.organization(credits), books.server_seconds()
    found = _run(books, kind, str(tenant_id), seconds, 10**9)
    used = books.server_seconds() - used
    left, bookings = books.spent(tenant_id)
    done = sum(each["done"] for each in found)
    if (left, bookings) != (credits * 2 - done, done):
        raise RuntimeError(f"{kind}: {done} were answered, {bookings} are booked, {left} half-credits are left of {credits * 2}")
    return Cost(sum(each["done"] / each["seconds"] for each in found), used / done, sum(each["cpu"] for each in found) / done)


def _overdrawn(books: Books, kind: str) -> None:
    """Of 160 spends 80 can be had: exactly those are granted."""
    tenant_id = books.organization(40)
    found = _run(books, kind, str(tenant_id), 60, 160 // (PROCESSES * THREADS))
    granted = sum(each["done"] for each in found)
    if (granted, *books.spent(tenant_id)) != (80, 0, 80):
        raise RuntimeError(f"{kind}: granted {granted} of 80, {books.spent(tenant_id)}")


def _run(books: Books, kind: str, tenant_id: str, seconds: float, each: int) -> list[dict[str, float]]:
    command = [sys.executable, "-m", "bench.billing.client", kind, books.url, tenant_id, str(seconds), str(each), str(THREADS)]
    clients = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    for client in clients:
        client.stdout.readline()  # it is connected
    for client in clients:
        client.stdin.write("go\n")
        client.stdin.flush()
    answers = [json.loads(client.stdout.readline()) for client in clients]
    for client in clients:
        client.wait()
    return answers


if __name__ == "__main__":
    sys.exit(main())
