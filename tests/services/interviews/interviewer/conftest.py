"""What the long campaigns share: one stage of processes that are killed and come back."""

from collections.abc import Iterator

import pytest

from tests.conftest import House
from tests.services.interviews.interviewer.stage import Stage, staged


@pytest.fixture(scope="session")
def whole_stage(house: House) -> Iterator[Stage]:
    with staged(house) as made:
        yield made


@pytest.fixture
def stage(whole_stage: Stage) -> Stage:
    """With all that was killed before back in its place."""
    whole_stage.wait_for_all()
    return whole_stage
