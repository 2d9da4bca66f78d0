"""`python -m bench.billing.spends`: spends a second on one hot row with 32 clients, ours beside a twin by SQLAlchemy's ORM with FOR UPDATE, in one run."""

import argparse
import json
import subprocess
import sys
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
        rates: dict[str, list[float]] = {"ours": [], "orm": []}
        for number in range(asked.rounds + 1):
            for kind in ("ours", "orm") if number % 2 else ("orm", "ours"):
                rate = _measure(books, kind, asked.seconds if number else 1)
                if number:  # the first is the warm-up
                    rates[kind].append(rate)
            if number:
                print(f"round {number}: ours {rates['ours'][-1]:.0f}, ORM {rates['orm'][-1]:.0f} a second", file=sys.stderr)
        for kind in rates:
            _overdrawn(books, kind)
    ratios = [ours / orm for ours, orm in zip(rates["ours"], rates["orm"], strict=True)]
    print(f"| ours, one statement | **{median(rates['ours']):.0f}** ({min(rates['ours']):.0f} to {max(rates['ours']):.0f}) |")
    print(f"| ORM, SELECT FOR UPDATE | **{median(rates['orm']):.0f}** ({min(rates['orm']):.0f} to {max(rates['orm']):.0f}) |")
    print(f"| ratio by the pairs of each round | **{median(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f}) |")
    return 0


def _measure(books: Books, kind: str, seconds: float) -> float:
    """Spends a second; raises where the account does not have exactly what is left."""
    credits = 1_000_000
    tenant_id = books.organization(credits)
    found = _run(books, kind, str(tenant_id), seconds, 10**9)
    left, bookings = books.spent(tenant_id)
    done = sum(each["done"] for each in found)
    if (left, bookings) != (credits * 2 - done, done):
        raise RuntimeError(f"{kind}: {done} were answered, {bookings} are booked, {left} half-credits are left of {credits * 2}")
    return sum(each["done"] / each["seconds"] for each in found)


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
