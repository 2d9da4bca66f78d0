"""The parser against the CVs made for it: every kind of value is at or above its floor."""

from collections import Counter
from collections.abc import Iterable

import pytest

from services.candidates.parsing.parsed import ParsedCv
from tests.services.candidates.corpus.scoring import FLOORS, LAYOUTS, corpus, parse, parse_bytes, score
from tests.services.candidates.corpus.strangers import batches, strangers
from tests.services.candidates.corpus.truth import Truth

SLICE, SOME = 6, 6


def misses(read: Iterable[tuple[str, Truth, ParsedCv | None]], *, whole: bool) -> dict[str, list[str]]:
    """The words on each miss of the kinds that are below their floor."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    told: dict[str, list[str]] = {}
    for name, truth, cv in read:
        hits, of, words = score(truth, cv, whole=whole)
        right += hits
        total += of
        for miss in words:
            told.setdefault(miss.partition(":")[0], []).append(f"{name} {miss}")
    assert total["email"] >= 8
    return {kind: told[kind] for kind, floor in FLOORS.items() if right[kind] < floor * total[kind]}


def test_some_of_all_hand_written_cvs_are_read_as_well_as_promised():
    written = (made for batch in batches() for made in strangers(batch, every=SOME))
    assert misses(((name, truth, parse_bytes(data)) for name, truth, data in written), whole=False) == {}


def test_some_of_all_drawn_cvs_are_read_as_well_as_promised():
    drawn = (made for half in LAYOUTS for made in corpus(half, every=SLICE))
    assert misses(((made.name, made.truth, parse(made)) for made in drawn), whole=True) == {}


@pytest.mark.soak
@pytest.mark.parametrize("batch", batches())
def test_hand_written_cvs_are_read_as_well_as_promised(batch: str):
    assert misses(((name, truth, parse_bytes(data)) for name, truth, data in strangers(batch)), whole=False) == {}


@pytest.mark.soak
@pytest.mark.parametrize("half", LAYOUTS)
def test_drawn_cvs_are_read_as_well_as_promised(half: str):
    assert misses(((made.name, made.truth, parse(made)) for made in corpus(half)), whole=True) == {}
