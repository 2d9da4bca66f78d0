"""`python -m bench.parsing`: how much of the made CVs is read rightly, and what a page costs in time and memory, each format in a process of its own."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

from services.candidates.parsing import fields
from services.candidates.parsing.isolated import parse_isolated
from tests.services.candidates.corpus.scoring import FLOORS, LAYOUTS, corpus, parse, score

RESULTS = Path(__file__).with_name("results.md")
ROUNDS = 3
FORMATS = {"PDF": b"%PDF", "DOCX": b"PK", "HTML": b"<", "JSON Resume": b"{", "TXT": b""}


def format_of(data: bytes) -> str:
    return next(name for name, magic in FORMATS.items() if data.lstrip().startswith(magic))


def costs(wanted: str) -> dict[str, float]:
    """Of one format, in this process: CPU for each page, the median of three rounds, and how much memory the reading added at most."""
    files = [made.data for half in LAYOUTS for made in corpus(half) if format_of(made.data) == wanted]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = sum(fields.parse(data).pages for data in files)
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for data in files:
            fields.parse(data)
        rounds.append(time.process_time() - started)
    whole = []
    for data in files[:3]:
        started = time.perf_counter()
        parse_isolated(data)
        whole.append(time.perf_counter() - started)
    return {
        "files": len(files),
        "pages": pages,
        "ms": 1000 * median(rounds) / pages,
        "whole_ms": 1000 * median(whole),
        "mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "child_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(costs(sys.argv[1])))
        return
    lines = [
        "# What a CV costs to read, and how much of it is read rightly",
        "",
        f"`python -m bench.parsing` on {platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores. The CVs are made by the tests' own generators (Typst, WeasyPrint, ReportLab, python-docx,",
        'plain text, HTML, JSON Resume) of people with invented names; what they say is known. Time is CPU in a warm process; "whole" is the wall clock of reading one',
        "file as the service does it, in a fresh process with its limits; memory is what reading added in a warm process, and the most that the fresh one had.",
        "",
        "| format | files | pages | ms a page | whole, ms | added MiB | process MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in FORMATS:
        told = json.loads(subprocess.run([sys.executable, "-m", "bench.parsing", name], capture_output=True, check=True, text=True).stdout)
        lines.append(
            f"| {name} | {told['files']:.0f} | {told['pages']:.0f} | {told['ms']:.0f} | {told['whole_ms']:.0f} | {told['mib']:.0f} | {told['child_mib']:.0f} |"
        )
    table: dict[str, dict[str, str]] = {}
    for half in LAYOUTS:
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        count = 0
        for made in corpus(half):
            hits, of, _ = score(made.truth, parse(made))
            right += hits
            total += of
            count += 1
        for kind in total:
            table.setdefault(kind, {})[half] = f"{100 * right[kind] / total[kind]:.1f} ({right[kind]}/{total[kind]})"
        table.setdefault("CVs", {})[half] = str(count)
    lines += ["", "| per cent right | floor | " + " | ".join(LAYOUTS) + " |", "|---|---|" + "---|" * len(LAYOUTS)]
    for kind, scores in table.items():
        lines.append(f"| {kind} | {100 * FLOORS[kind]:.0f} |" if kind in FLOORS else f"| {kind} | |")
        lines[-1] += "".join(f" {scores.get(half, '')} |" for half in LAYOUTS)
    lines += ["", (Path(__file__).parent / "unfitted.md").read_text()]
    RESULTS.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
