"""`python -m bench.matching`: the best 100 of up to a million CVs for a job, beside what others offer for the same corpus, one process after the other."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.matching import corpus, quality

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".cache" / "bench" / "bin" / "python"
RESULTS = Path(__file__).with_name("results.md")
_JOBS = 40
_PEERS = {"scipy": "scipy, CSR times vector", "bm25s": "bm25s (numba)", "tantivy": "tantivy, any of the words"}
_REFIT_MOST = 10_000
# One thread each: numpy's and scipy's own would use more.
_ALONE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}

Result = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="how many CVs (10000 100000 1000000)")
    parser.add_argument("--folder", type=Path, help="where the corpora are kept for another run; else they are thrown away")
    parser.add_argument("--peers", default=str(PEERS_PYTHON), help="the Python that has the peers")
    parser.add_argument("--dry", action="store_true", help="leave bench/matching/results.md as it is")
    asked = parser.parse_args()
    if not Path(asked.peers).exists():
        print("the peers are not installed: run `make bench-matching`", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="einstellen-bench-") as temporary:
        text = _measure(asked.folder or Path(temporary), sorted(asked.sizes), asked.peers)
    print(text)
    if not asked.dry:
        RESULTS.write_text(text)
    return 0


def _measure(root: Path, sizes: list[int], peers: str) -> str:
    whole = root / str(sizes[-1])
    if not (whole / "jobs.json").exists():
        corpus.make(whole, sizes[-1], _JOBS)
    found: dict[tuple[int, str], Result] = {}
    for size in sizes:
        folder = root / str(size)
        if not (folder / "jobs.json").exists():
            corpus.take(whole, folder, size)
        names = [*_PEERS, *(["refit"] if size <= _REFIT_MOST else [])]
        found[size, "ours"] = _run([sys.executable, "-m", "bench.matching.ours"], folder, "ours")
        for name in names:
            found[size, name] = _run([peers, str(Path(__file__).with_name("peers.py"))], folder, name)
        found[size, "ours"]["agreement"] = _agreement(folder)
    return _write(found, sizes, quality.measure())


def _run(command: list[str], folder: Path, name: str) -> Result:
    answers = folder / f"{name}.json"
    arguments = [str(folder), str(answers)] if name == "ours" else [str(folder), name, str(answers)]
    done = subprocess.run([*command, *arguments], cwd=ROOT, env=os.environ | _ALONE, stdout=subprocess.PIPE, text=True, check=True)
    result: Result = json.loads(done.stdout.splitlines()[-1]) | {"load": os.getloadavg()[0]}
    print(f"{folder.name:>8} {name:8} {result['text']['p50']:.1f} ms  {json.dumps(result)}", file=sys.stderr, flush=True)
    return result


def _agreement(folder: Path) -> tuple[float, int]:
    """How far ours are from the exhaustive product of the same weights: the part of its best 100 that ours has, where those that share the hundredth
    score count as one, and the greatest difference of two scores at one rank, in tenths of a point."""
    ours, theirs = (json.loads((folder / f"{name}.json").read_text()) for name in ("ours", "scipy"))
    shared, apart = [], 0
    for hits, (ids, scores) in zip(ours, theirs, strict=True):
        expected = np.minimum(1000, np.array(scores) / 0.4 * 1000)
        tenths = np.array([tenth for tenth, _ in hits])
        apart = max(apart, int(np.abs(np.rint(expected) - tenths).max()))
        certain = {one for one, value in zip(ids, expected, strict=True) if value > tenths[-1] + 1}
        shared.append(len(certain & {one for _, one in hits}) / max(1, len(certain)))
    return float(np.mean(shared)), apart


def _write(found: dict[tuple[int, str], Result], sizes: list[int], ranked: dict[str, list[float]]) -> str:
    largest = found[sizes[-1], "ours"]
    lines = [
        "# Matching: the best 100 of all CVs for a job",
        "",
        "Milliseconds that the one thread of a search computes: the median with the 95th percentile in brackets, and what somebody waited in the median behind",
        "the slash, which grows with what else the machine does. 40 jobs three times each; memory is what the process holds more than before it built its index,",
        "without pages of files. Ours and scipy compute the same thing, the cosine of TF-IDF vectors over every CV; bm25s and tantivy score by BM25.",
        "`refit` fits scikit-learn's vectoriser to the job and all CVs at each request. Building, ours and what else takes seconds are those of the one thread too;",
        "building is waited for in the others' rows, as they build on threads of their own.",
        "",
        _row("the text of a job alone", *(f"{size:,}" for size in sizes)),
        _row("---", *("---:" for _ in sizes)),
        _row("ours", *(_time(found[size, "ours"]["text"]) for size in sizes)),
        *(
            _row(title, *(_time(found[size, name]["text"]) if (size, name) in found else "-" for size in sizes))
            for name, title in (*_PEERS.items(), ("refit", "refit at each request"))
        ),
        _row("memory, ours", *(f"{found[size, 'ours']['resident_mb']:,.0f} MB" for size in sizes)),
        *(_row(f"memory, {name}", *(f"{found[size, name]['resident_mb']:,.0f} MB" for size in sizes)) for name in _PEERS),
        _row("building, ours", *(f"{found[size, 'ours']['build_s']:,.1f} s" for size in sizes)),
        *(_row(f"building, {name}", *(f"{found[size, name]['build_s']:,.1f} s" for size in sizes)) for name in _PEERS),
        "",
        _row("ours, in full: skills, text, title, years, level, place", *(f"{size:,}" for size in sizes)),
        _row("---", *("---:" for _ in sizes)),
        _row("first page", *(_time(found[size, "ours"]["whole"]) for size in sizes)),
        _row("behind the thousandth", *(_time(found[size, "ours"]["whole_after_page_10"]) for size in sizes)),
        _row(
            "first page, 200 profiles changing a second",
            *(_time(result["changing"]) if (result := found[size, "ours"]).get("changing") else "-" for size in sizes),
        ),
        _row(
            "- changes taken in, a second",
            *(
                f"{result['changing']['changes_a_second']:.0f}" if (result := found[size, "ours"]).get("changing") else "-"
                for size in sizes
            ),
        ),
        _row(
            "- seen by searches after, median (most)",
            *(
                f"{seen['p50_ms']:.0f} ms ({seen['worst_ms']:.0f})"
                if (seen := found[size, "ours"].get("changing", {}).get("seen_after"))
                else "-"
                for size in sizes
            ),
        ),
        _row("index", *(f"{found[size, 'ours']['index_mb']:,.0f} MB" for size in sizes)),
        _row("whole process", *(f"{found[size, 'ours']['process_mb']:,.0f} MB" for size in sizes)),
        _row(
            "- at most, 200 profiles changing a second",
            *(f"{result['changing']['process_mb']:,.0f} MB" if (result := found[size, "ours"]).get("changing") else "-" for size in sizes),
        ),
        _row("fitting the weights of words anew", *(f"{found[size, 'ours']['fit_s']:.1f} s" for size in sizes)),
        _row("a snapshot is written", *(f"{found[size, 'ours']['save_s']:.1f} s" for size in sizes)),
        _row("a snapshot is read", *(f"{found[size, 'ours']['load_s']:.1f} s" for size in sizes)),
        _row("the best 100 of scipy's that ours has", *(f"{found[size, 'ours']['agreement'][0]:.1%}" for size in sizes)),
        _row("scores apart at a rank, at most", *(f"{found[size, 'ours']['agreement'][1]} tenths" for size in sizes)),
        "",
        f"A CV has {largest['words_a_cv']:.0f} different words after the stop words; [corpus.py](corpus.py) says how they are drawn. Building starts from the CVs' features, as the",
        "service reads them from its database. Pages of files, in which tantivy keeps its index, are left out of memory.",
        "",
        "## Whether the ranking is right",
        "",
        "nDCG@10, mean of three corpora of 40 jobs and 1,000 candidates (each corpus in brackets). [quality.py](quality.py) says how they are made and graded.",
        "",
        _row("", "nDCG@10", ""),
        _row("---", "---:", "---"),
        *(
            _row(name, _mean(ranked, name), f"({', '.join(f'{value:.3f}' for value in values)})")
            for name, values in sorted(ranked.items(), key=lambda item: -float(np.mean(item[1])))
        ),
        "",
        "Grades are made of role, skills, years and level, and the taxonomy knows every skill that occurs: what a text says in other words can only blur that. Where it",
        f"knows none of a trade, text is what ranks: {_mean(ranked, 'ours without skills')} with it, {_mean(ranked, 'ours without skills and text')} without.",
        "",
        f"{datetime.now(UTC):%d %B %Y}, {_machine()}, Python {platform.python_version()}; {_load(found.values())}.",
        "",
    ]
    return "\n".join(lines)


def _mean(ranked: Mapping[str, list[float]], name: str) -> str:
    return f"{np.mean(ranked[name]):.3f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _time(timed: Result) -> str:
    return f"{timed['p50']:,.1f} ({timed['p95']:,.1f}) / {timed['wall_p50']:,.1f}"


def _load(found: Iterable[Result]) -> str:
    loads = [result["load"] for result in found]
    return f"{min(loads):.0f} to {max(loads):.0f} processes wanted to run at a time, the measured one among them"


def _machine() -> str:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{len(models)} cores ({models[0] if models else platform.machine()}), Linux"


if __name__ == "__main__":
    sys.exit(main())
