"""The built-in model for vectors, each text once for all tests."""

from collections.abc import Sequence

import pytest

from services.inference.providers import builtin
from services.interviews.scoring.evidence import Vectors


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    model = builtin.find()
    assert model is not None, "the built-in model is one of the project's dependencies"
    known: dict[str, Sequence[float]] = {}

    def embed(texts: Sequence[str]) -> list[Sequence[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, model.embed(new, 600).values, strict=True))
        return [known[text] for text in texts]

    return embed
