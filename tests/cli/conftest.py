"""A data folder for each test, and a stack on it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack.folder import DataFolder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    # pytest's own temporary folders are closed to the user that PostgreSQL runs as under root.
    root = Path(tempfile.mkdtemp(prefix="einstellen-test-"))
    root.chmod(0o755)
    data = DataFolder(root / "data")
    yield data
    shutil.rmtree(data.outside(), ignore_errors=True)
    shutil.rmtree(root)


@pytest.fixture
def said() -> list[str]:
    """What the supervisor said, a line each."""
    return []
