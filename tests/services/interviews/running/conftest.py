"""The sandbox, compiled once for the whole run of the tests."""

import pytest

from services.interviews.running.modules import GUESTS, compile_into, default_folder
from services.interviews.running.sandbox import SandboxRunner


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    for guest in GUESTS.values():
        assert compile_into(default_folder(), guest)


@pytest.fixture
def runner() -> SandboxRunner:
    return SandboxRunner(default_folder(), seconds=60)
