"""The parser against the CVs made for it: every kind of value is at or above its floor."""

from collections import Counter

import pytest

from tests.services.candidates.corpus.scoring import FLOORS, corpus, parse, score


@pytest.mark.parametrize("half", ["develop", "measure", "varied", "unseen", "fresh"])
def test_values_are_read_at_least_as_often_as_promised(half: str):
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    misses: list[str] = []
    for made in corpus(half):
        hits, of, told = score(made.truth, parse(made))
        right += hits
        total += of
        misses += [f"{made.name} {miss}" for miss in told]
    assert total["email"] >= 20
    assert {kind: right[kind] / total[kind] for kind, floor in FLOORS.items() if right[kind] < floor * total[kind]} == {}, misses
