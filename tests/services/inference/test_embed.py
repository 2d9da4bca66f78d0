"""Vectors over gRPC: by the built-in model, and by a server that speaks OpenAI's API."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from cli.stack.ports import LOOPBACK, free_port
from einstellen.inference.v1 import inference_pb2, inference_pb2_grpc
from services.inference.__main__ import start
from services.inference.providers import builtin
from tests.conftest import Account, House
from tests.refusals import refused
from tests.services.inference.openai_server import Answer, OpenAIServer
from tests.services.inference.test_rpc import settings


class Embedding:
    """Asks as a service does, for one organization."""

    def __init__(self, house: House, address: str, tenant_id: str) -> None:
        self._metadata = house.as_service("jobs", "inference")
        self._tenant_id = tenant_id
        self.channel = grpc.insecure_channel(address)

    def answer(self, *texts: str, timeout: float = 60) -> Any:
        request = inference_pb2.EmbedRequest(texts=texts, purpose="matching", tenant_id=self._tenant_id)
        return inference_pb2_grpc.InferenceServiceStub(self.channel).Embed(request, metadata=self._metadata, timeout=timeout)

    def vectors(self, *texts: str) -> np.ndarray:
        return np.array([vector.values for vector in self.answer(*texts).vectors])


@pytest.fixture
def embedding(house: House, employer: Account) -> Iterator[Embedding]:
    found = Embedding(house, house.addresses["inference"], employer.tenant_id)
    yield found
    found.channel.close()


def test_sentences_that_mean_the_same_are_closer_than_others(embedding: Embedding) -> None:
    welder, same, other, unlike = embedding.vectors(
        "She welds steel pipes for ships.",
        "Welder with experience in shipbuilding",
        "Builds web services in Python",
        "Django backend developer",
    )
    assert welder @ same > 0.4
    assert welder @ same > welder @ other + 0.3
    assert other @ unlike > other @ same + 0.2


def test_vectors_have_one_length_are_normalised_and_do_not_depend_on_their_company(embedding: Embedding) -> None:
    together = embedding.vectors("Nurse", "A much longer sentence about a nurse who works at night in Gothenburg", "Nurse")
    assert together.shape == (3, 384)
    assert np.linalg.norm(together, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert (together[0] == together[2]).all()
    assert (embedding.vectors("Nurse")[0] == together[0]).all()


def test_a_long_text_is_read_to_its_end(embedding: Embedding) -> None:
    opening = "The office is in a quiet street near the river. " * 60
    about_cooking, about_ships, cooking = embedding.vectors(
        opening + "She bakes bread and cooks soup. " * 60, opening + "Steel hulls are welded in the dock. " * 60, "cooking and baking"
    )
    assert about_cooking @ cooking > about_ships @ cooking + 0.1


def test_sixty_four_texts_are_answered_in_bounded_time_and_memory(embedding: Embedding) -> None:
    embedding.vectors("warm")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    vectors = embedding.vectors(*(f"Candidate number {n} has written software in Python, Go and SQL for {n} years." for n in range(64)))
    assert len({tuple(vector) for vector in vectors}) == 64
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_tokens_read_are_counted_for_the_organization(embedding: Embedding, house: House) -> None:
    account = house.employer()
    answer = Embedding(house, house.addresses["inference"], account.tenant_id).answer("two words", "three more words")
    assert (answer.usage.provider, answer.usage.model, answer.usage.completion_tokens) == ("builtin", "all-MiniLM-L6-v2-onnx-int8", 0)
    assert answer.usage.prompt_tokens == 4 + 5  # a word each, and the model's own marks at both ends
    stub = house.stub("inference", inference_pb2_grpc.InferenceServiceStub)
    [day] = stub.ListUsage(inference_pb2.ListUsageRequest(), metadata=account.metadata).days
    assert (day.purpose, day.provider, day.prompt_tokens, day.requests) == ("matching", "builtin", 9, 1)


def test_a_caller_without_time_for_it_hears_so(embedding: Embedding) -> None:
    with refused(grpc.StatusCode.DEADLINE_EXCEEDED, "PROVIDERS_TOO_SLOW"):
        embedding.answer(*["long text " * 1900] * 64, timeout=1.5)


@pytest.mark.parametrize(("texts", "named"), [((), "texts"), (("",), "texts[0]"), (("x",) * 65, "texts"), (("x" * 20_001,), "texts[0]")])
def test_a_request_that_is_wrong_is_told_where(embedding: Embedding, texts: tuple[str, ...], named: str) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field=named):
        embedding.answer(*texts)


def test_another_model_answers_where_one_is_configured_and_the_built_in_never_fills_in_for_it(house: House, employer: Account) -> None:
    with OpenAIServer().serving() as provider:
        server = start(settings(house, OPENAI_BASE_URL=provider.url, OPENAI_EMBEDDING_MODEL="text-3"))
        embedding = Embedding(house, server.address, employer.tenant_id)
        try:
            answer = embedding.answer("abcd", "abcdefghijkl")
            assert [list(vector.values) for vector in answer.vectors] == [
                pytest.approx([0.6, 0.8]),
                pytest.approx([3 / 153**0.5, 12 / 153**0.5]),
            ]
            assert (answer.usage.provider, answer.usage.model, answer.usage.prompt_tokens) == ("openai", "text-3", 5)
            provider.otherwise = Answer(status=500)
            with refused(grpc.StatusCode.UNAVAILABLE, "PROVIDERS_FAILED"):
                embedding.answer("abcd")
        finally:
            embedding.channel.close()
            server.stop(1)


def test_without_the_models_package_there_is_no_provider(house: House, employer: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise builtin.metadata.PackageNotFoundError

    monkeypatch.setattr(builtin, "_files", absent)
    server = start(settings(house))
    embedding = Embedding(house, server.address, employer.tenant_id)
    try:
        with refused(grpc.StatusCode.FAILED_PRECONDITION, "NO_PROVIDER"):
            embedding.answer("abcd")
    finally:
        embedding.channel.close()
        server.stop(1)


def test_starting_loads_no_model_and_no_sdk(house: House) -> None:
    # In a process of its own, since tests before this one have loaded them here.
    program = """
import sys
from services.chassis.settings import load
from services.inference.__main__ import start
from services.inference.settings import Settings
start(load(Settings, "inference")).stop(0)
print(*{"openai", "onnxruntime", "tokenizers", "numpy"} & set(sys.modules))
"""
    root = Path(__file__).parents[3]
    environment = {
        **house.environment,
        "INFERENCE_LISTEN": f"{LOOPBACK}:{free_port()}",
        "OPENAI_API_KEY": "sk-any",
        "PYTHONPATH": f"{root}:{root / 'generated'}",
    }
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == ""
