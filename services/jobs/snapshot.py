"""The index on disk: its segments as they are, so that a replica that starts again has it in seconds and reads only what changed since."""

import json
import os
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.chassis import ids
from services.chassis.logs import log
from services.jobs.matching import features
from services.jobs.matching.index import Part
from services.jobs.matching.segment import Segment

_FORMAT = 4
_MANIFEST = "manifest.json"


class Rested(NamedTuple):
    """What a snapshot holds: segments, each with who of it is still as it says, as of the change with this number."""

    parts: list[tuple[Segment, NDArray[np.uint8]]]
    change: int


class Snapshot:
    """A folder of one replica. A segment never changes, so that each is written once; the manifest names them and is replaced last, at once.

    Whatever is missing, damaged or of another version counts as no snapshot: the database has everything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[int, tuple[Segment, str]] = {}

    def load(self) -> Rested | None:
        try:
            manifest = json.loads((self._folder / _MANIFEST).read_bytes())
            if (manifest["format"], manifest["features"]) != (_FORMAT, features.version()):
                return None
            parts = []
            for name, bits, size in manifest["segments"]:
                segment = _read(self._folder / name)
                self._written[id(segment)] = (segment, name)
                parts.append((segment, np.unpackbits(np.frombuffer(b64decode(bits), np.uint8), count=size)))
            return Rested(parts, manifest["change"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
            log.warning("snapshot of the index not read", extra={"problem": type(problem).__name__})
            return None

    def save(self, parts: Sequence[Part], change: int) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        kept = {}
        listed = []
        for part in parts:
            segment, name = self._written.get(id(part.segment), (part.segment, f"{ids.mint()}.npz"))
            if id(segment) not in self._written:
                _write(self._folder / name, segment)
            kept[id(segment)] = (segment, name)
            listed.append([name, b64encode(np.packbits(part.alive).tobytes()).decode(), len(segment)])
        fresh = self._folder / f"{_MANIFEST}.new"
        with fresh.open("w") as file:
            json.dump({"format": _FORMAT, "features": features.version(), "change": change, "segments": listed}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / _MANIFEST)
        self._written = kept
        named = {name for _, name in kept.values()}
        for left in self._folder.glob("*.npz"):
            if left.name not in named:
                left.unlink()


def _write(path: Path, segment: Segment) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{field.name: getattr(segment, field.name) for field in fields(Segment)})
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> Segment:
    """Raises BadZipFile where a byte of it has changed: every array has a checksum."""
    with np.load(path, allow_pickle=False) as arrays:
        return Segment(**{field.name: arrays[field.name] for field in fields(Segment)})
