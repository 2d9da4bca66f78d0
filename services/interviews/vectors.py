"""Vectors of texts from inference, where those of questions and skills are asked for once."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from uuid import UUID

from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc
from services.chassis import errors

_SECONDS = 10.0
_AT_ONCE = 64
_REMEMBERED = 4096  # texts; each has 384 numbers with the built-in model


class Embeddings:
    """Remembers the vectors that were asked for last. Those of two models are never mixed: they mean nothing beside each other."""

    def __init__(self, inference: inference_pb2_grpc.InferenceServiceStub) -> None:
        self._inference = inference
        self._lock = Lock()
        self._model = ""
        self._known: OrderedDict[str, Sequence[float]] = OrderedDict()

    def of(self, texts: Sequence[str], tenant_id: UUID) -> list[Sequence[float]]:
        """Raises Unavailable / MODELS_CHANGED where the model changes while they are asked for, and what inference raises."""
        with self._lock:
            model = self._model
            found = {text: self._known[text] for text in texts if text in self._known}
        wanted = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            request = inference_pb2.EmbedRequest(texts=part, purpose="interview_scoring", tenant_id=str(tenant_id))
            answer = self._inference.Embed(request, timeout=_SECONDS)
            if found and answer.usage.model != model:
                self._remember(answer.usage.model, {})
                raise errors.Unavailable("MODELS_CHANGED", "The model for vectors changed meanwhile. Try again.")
            model = answer.usage.model
            found.update((text, tuple(vector.values)) for text, vector in zip(part, answer.vectors, strict=True))
        self._remember(model, found)
        return [found[text] for text in texts]

    def _remember(self, model: str, found: dict[str, Sequence[float]]) -> None:
        with self._lock:
            if model != self._model:
                self._known.clear()
                self._model = model
            for text, vector in found.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
