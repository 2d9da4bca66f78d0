"""A candidate as the index holds them: whole numbers and keys, packed into bytes that are stored beside the profile and read again without its text."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.chassis import skills
from services.jobs.matching.score import CandidateReading
from services.jobs.matching.signals import ORDINARY_LEVEL
from services.jobs.matching.terms import Kind, key

Keys = NDArray[np.uint64]
# Grows with every change to how a profile becomes features.
_RULES = 2
_HEAD = struct.Struct("<10i")


@dataclass(frozen=True, slots=True)
class Document:
    """One candidate, and who may find them: everybody where they are discoverable, else the organizations that they applied to.

    `merged_for` are those that do not, as another stands for this one there; `jobs` are those that they applied to.
    """

    candidate_id: UUID
    discoverable: bool
    tenants: tuple[UUID, ...]
    features: bytes
    merged_for: tuple[UUID, ...] = ()
    jobs: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Features:
    """`titles` are the words of each title; `months` are those of signals.Worked."""

    words: Keys
    skills: Keys
    titles: tuple[Keys, ...]
    places: tuple[int, ...]
    months: tuple[int, int, int]
    level: int

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        # Plain arithmetic: a million of these are read where an index is built anew.
        words, known, titles, _, _, before, start, end, level, _ = _HEAD.unpack_from(data)
        body = np.frombuffer(data, "<u8", offset=_HEAD.size)
        at = words + known + titles
        held = []
        for length in body[words + known : at].tolist():
            held.append(body[at : at + length])
            at += length
        return cls(body[:words], body[words : words + known], tuple(held), tuple(body[at:].tolist()), (before, start, end), level)


def pack(reading: CandidateReading) -> bytes:
    """The same bytes for the same reading."""
    words = sorted(key(Kind.WORD, word) for word in reading.words)
    known = sorted(key(Kind.SKILL, skill) for skill in reading.skills)
    titles = sorted({tuple(sorted(key(Kind.WORD, word) for word in title)) for title in reading.occupations if title})
    held = [key(Kind.WORD, place) for place in reading.places]
    level = ORDINARY_LEVEL if reading.level is None else reading.level
    months = reading.worked
    inner = [word for title in titles for word in title]
    head = [len(words), len(known), len(titles), len(inner), len(held), months.before, months.start, months.end, level, 0]
    body = [*words, *known, *map(len, titles), *inner, *held]
    return _HEAD.pack(*head) + np.array(body, "<u8").tobytes()


def tenant_key(tenant_id: UUID, *, merged: bool = False) -> int:
    """Of those who applied to the organization or to one of its jobs, or of those whose profiles another one stands for there."""
    return key(Kind.TENANT, f"{tenant_id} merged" if merged else str(tenant_id))


def title_key(words: Iterable[int]) -> int:
    return key(Kind.TITLE, ",".join(map(str, words)))


@cache
def version() -> str:
    """Names how features are made: the rules that read a text, and the skills that they know. Features of another version are made anew."""
    return f"{_RULES}-{hashlib.blake2b(skills.DATA.read_bytes(), digest_size=4).hexdigest()}"
