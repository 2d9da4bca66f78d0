"""Vectors are asked for once, and never of two models beside each other."""

from typing import Any
from uuid import uuid4

import pytest

from einstellen.inference.v1 import inference_pb2
from services.chassis import errors
from services.interviews.vectors import Embeddings


class Models:
    """What inference answers: vectors of one number, the length of the text, by a model that can be exchanged."""

    def __init__(self) -> None:
        self.model = "first"
        self.asked: list[list[str]] = []

    def Embed(self, request: Any, timeout: float) -> inference_pb2.EmbedResponse:
        self.asked.append(list(request.texts))
        vectors = [inference_pb2.Vector(values=[len(text)]) for text in request.texts]
        return inference_pb2.EmbedResponse(vectors=vectors, usage=inference_pb2.Usage(model=self.model))


def test_a_text_is_asked_for_once_and_sixty_four_at_a_time() -> None:
    models, tenant = Models(), uuid4()
    embeddings = Embeddings(models)  # type: ignore[arg-type]
    texts = ["x" * n for n in range(1, 101)]
    assert embeddings.of([*texts, texts[0]], tenant) == [(float(n),) for n in [*range(1, 101), 1]]
    assert embeddings.of([texts[4], "another"], tenant) == [(5.0,), (7.0,)]
    assert [len(asked) for asked in models.asked] == [64, 36, 1]


def test_vectors_of_two_models_are_never_mixed() -> None:
    models, tenant = Models(), uuid4()
    embeddings = Embeddings(models)  # type: ignore[arg-type]
    embeddings.of(["one"], tenant)
    models.model = "second"
    with pytest.raises(errors.Unavailable, match="changed"):
        embeddings.of(["one", "two"], tenant)
    assert embeddings.of(["one", "two"], tenant) == [(3.0,), (3.0,)]
    assert models.asked[-1] == ["one", "two"]
