"""How alike two CVs are: a short sketch of each text, from which the share of the runs of words that both have is told (MinHash)."""

import re
from collections.abc import Sequence
from hashlib import blake2b

_WORDS = re.compile(r"\w+")
_RUN = 4  # words
_SIZE, _BANDS = 64, 16
_PRIME = (1 << 61) - 1
_LIKE = 0.7
# One pair of coefficients for each value of a sketch, drawn once and for good: sketches made today are compared with old ones.
_COEFFICIENTS = tuple(
    tuple(int.from_bytes(blake2b(f"{name}{number}".encode(), digest_size=7).digest(), "big") % (_PRIME - 1) + 1 for name in "ab")
    for number in range(_SIZE)
)


def sketch(text: str) -> list[int]:
    """64 numbers; empty for a text of less than 40 words, of which two may be alike by chance."""
    words = _WORDS.findall(text.casefold())
    if len(words) < 40:
        return []
    runs = {
        int.from_bytes(blake2b(" ".join(words[at : at + _RUN]).encode(), digest_size=7).digest(), "big")
        for at in range(len(words) - _RUN + 1)
    }
    return [min((a * run + b) % _PRIME for run in runs) for a, b in _COEFFICIENTS]


def bands(of: Sequence[int]) -> list[int]:
    """16 numbers, of which two CVs that are alike have one in common all but surely, and others hardly ever."""
    rows = len(of) // _BANDS
    return [
        int.from_bytes(blake2b(repr((band, of[band * rows : (band + 1) * rows])).encode(), digest_size=7).digest(), "big")
        for band in range(_BANDS if of else 0)
    ]  # fmt: skip


def reasons(same_email: bool, same_phone: bool, alike: float) -> list[str]:
    """Why two candidates look like one person; empty where they do not."""
    return [reason for reason, told in (("email", same_email), ("phone", same_phone), ("cv", alike >= _LIKE)) if told]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated share, between 0 and 1."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one) if one and other else 0.0
