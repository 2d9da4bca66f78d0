"""`python -m bench`: what a request costs our server, beside Django REST framework and FastAPI doing the same work in the same run."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench import report
from bench.servers import OPERATIONS, PEERS, PEERS_PYTHON, running

RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count; each measures every server once (7)")
    parser.add_argument("--requests", type=int, default=2000, help="requests to each server in a round, of each operation (2000)")
    parser.add_argument("--rows", type=int, default=200, help="companies that the tenant has at the start (200)")
    parser.add_argument("--dry", action="store_true", help="leave bench/results.md as it is")
    asked = parser.parse_args()
    if not PEERS_PYTHON.exists():
        print("the peers are not installed: run `make bench`", file=sys.stderr)
        return 2
    root = Path(tempfile.mkdtemp(prefix="einstellen-bench-"))
    root.chmod(0o755)  # PostgreSQL may run as another user
    try:
        text = _measure(root, asked)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


def _measure(root: Path, asked: argparse.Namespace) -> str:
    costs: report.Costs = {}
    with running(root / "data", rows=asked.rows) as (subjects, load, count):
        before = count()
        for number in range(asked.rounds + 1):
            for operation in OPERATIONS:
                # Every round begins with another server, so that none always runs after the same one.
                for subject in subjects[number % len(subjects) :] + subjects[: number % len(subjects)]:
                    requests = asked.requests if number else max(asked.requests // 4, 100)
                    job = subject.job(operation, requests)
                    started = subject.cpu()
                    load.run(job)
                    spent = {part: (seconds - started[part]) * 1000 / requests for part, seconds in subject.cpu().items()}
                    if number:  # the first is the warm-up
                        costs.setdefault((operation, subject.name), []).append(spent)
            if number:
                shown = "  ".join(
                    f"{operation} " + "/".join(f"{sum(costs[operation, subject.name][-1].values()):.2f}" for subject in subjects)
                    for operation in OPERATIONS
                )
                print(f"round {number}: {shown} ms", file=sys.stderr)
        made = {name: rows - before[name] for name, rows in count().items()}
    expected = asked.rounds * asked.requests + max(asked.requests // 4, 100)
    if made != {"jobs": 2 * expected} | dict.fromkeys(PEERS, expected):
        raise RuntimeError(f"rows made: {made}, not {expected} for each door")
    return report.write(costs, asked.rounds, asked.requests, asked.rows)


if __name__ == "__main__":
    sys.exit(main())
