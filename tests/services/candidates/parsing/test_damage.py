"""CVs that were damaged or cut short in transit: each is read or refused with a reason, and nothing else is raised."""

import io
import os
import random
import zipfile
from collections import Counter

import pytest

from services.candidates.parsing import fields
from services.candidates.parsing.limits import REASONS, Unreadable
from tests.services.candidates.corpus.scoring import corpus

_SLICE, _WHOLE = 150, 2_000


def damaged(number: int, originals: list[bytes]) -> bytes:
    """The same number gives the same file: cut short, with bytes changed, taken out, doubled or mixed with another file."""
    dice = random.Random(number)
    data = bytearray(dice.choice(originals))
    kind = number % 6
    if kind == 0:
        return bytes(data[: dice.randrange(1, len(data))])
    if kind == 1:
        for _ in range(dice.randrange(1, 40)):
            data[dice.randrange(8, len(data))] = dice.randrange(256)
    elif kind == 2:
        at = dice.randrange(8, len(data))
        del data[at : at + dice.randrange(1, 2_000)]
    elif kind == 3:
        at = dice.randrange(8, len(data))
        data[at:at] = data[at : at + dice.randrange(1, 5_000)]
    elif kind == 4:
        other = dice.choice(originals)
        at = dice.randrange(8, len(data))
        data[at:] = other[dice.randrange(len(other)) :]
    else:
        return inside(bytes(data), dice)
    return bytes(data)


def inside(data: bytes, dice: random.Random) -> bytes:
    """A whole archive whose text is damaged, so that what reads it comes to see the damage; of other files, numbers that became others."""
    if not data.startswith(b"PK"):
        out = bytearray(data)
        for at in [at for at, byte in enumerate(out) if 48 <= byte <= 57 and at > 8 and dice.random() < 0.02]:
            out[at] = 48 + dice.randrange(10)
        return bytes(out)
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in old.namelist():
            member = old.read(name)
            if name.endswith(("document.xml", ".rels", "styles.xml")) and dice.random() < 0.6:
                at = dice.randrange(len(member))
                member = member[:at] + bytes(dice.randrange(32, 127) for _ in range(dice.randrange(8))) + member[at + dice.randrange(60) :]
            whole.writestr(name, member)
    return new.getvalue()


def read_all(numbers: range, every: int = 1) -> Counter[str]:
    """Damages of every so many CVs of the corpus: to make them all costs more than to read a slice of what is left of them."""
    originals = [made.data for half in ("develop", "measure", "varied") for made in corpus(half, every)]
    ended: Counter[str] = Counter()
    for number in numbers:
        try:
            cv = fields.parse(damaged(number, originals))
        except Unreadable as refused:
            assert refused.reason in REASONS
            ended[refused.reason] += 1
        else:
            ended["read"] += 1
            for found in filter(None, [cv.name, cv.email, cv.phone, cv.location, cv.summary, *cv.links, *cv.skills]):
                assert 0 <= found.source.start < found.source.end <= len(cv.text), number
    return ended


def test_a_damaged_cv_is_read_or_refused():
    ended = read_all(range(_SLICE), every=5)
    assert ended["read"] > _SLICE / 4
    assert ended["FILE_CORRUPT"] > 5


@pytest.mark.soak
def test_two_thousand_damaged_cvs_are_read_or_refused(capsys: pytest.CaptureFixture[str]):
    first = int(os.environ.get("SOAK_SEED", "0"))
    ended = read_all(range(first, first + _WHOLE))
    with capsys.disabled():
        print(f"\n{sum(ended.values())} damaged CVs: {dict(ended.most_common())}")  # noqa: T201 - what the campaign found
    assert sum(ended.values()) == _WHOLE
