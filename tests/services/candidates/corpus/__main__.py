"""`python -m tests.services.candidates.corpus [develop|measure] [-v] [-o FOLDER]`: the table of scores, the misses, the files themselves."""

import argparse
import resource
import time
from collections import Counter
from pathlib import Path

from tests.services.candidates.corpus.scoring import FLOORS, corpus, parse, score


def main() -> None:
    arguments = argparse.ArgumentParser(description="Scores the parser on the CVs made for it.")
    arguments.add_argument("half", nargs="?", choices=["develop", "measure", "varied", "unseen", "fresh"], default="develop")
    arguments.add_argument("-v", "--misses", action="store_true", help="print each miss; not for the half that is only measured")
    arguments.add_argument("-o", "--out", type=Path, help="write the files here")
    said = arguments.parse_args()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    pages, spent, count = 0, 0.0, 0
    for made in corpus(said.half):
        if said.out:
            said.out.mkdir(parents=True, exist_ok=True)
            (said.out / made.name.replace(" ", "_")).write_bytes(made.data)
        started = time.perf_counter()
        cv = parse(made)
        spent += time.perf_counter() - started
        pages += cv.pages if cv else 1
        count += 1
        hits, of, misses = score(made.truth, cv)
        right += hits
        total += of
        if said.misses and misses:
            print(made.name, *misses, sep="\n    ")
    print(
        f"\n{count} CVs, {pages} pages, {1000 * spent / pages:.0f} ms a page, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most with the generators"
    )
    for kind in total:
        share = right[kind] / total[kind]
        print(
            f"{kind:>16} {100 * share:6.1f} %  {right[kind]:4} of {total[kind]:4}{'' if share >= FLOORS.get(kind, 0) else '  below the floor'}"
        )


if __name__ == "__main__":
    main()
