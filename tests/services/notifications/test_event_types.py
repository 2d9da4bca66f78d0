"""The types of events that webhooks tell of: all that services record, and the page for integrators."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from einstellen.notifications.v1 import webhooks_pb2, webhooks_pb2_grpc
from services.notifications.webhooks import catalogue
from tests.conftest import Account, House
from tests.services.notifications.receiver import Receiver

ROOT = Path(__file__).parents[3]

pb = webhooks_pb2


def test_every_event_that_a_service_records_is_told_or_left_out_on_purpose() -> None:
    recorded = {(path.parts[0], kind) for path, kind in _kinds(ROOT / "services")}
    known = {(each.source, each.kind) for each in catalogue.EVENT_TYPES.values()} - {(catalogue.TEST.source, catalogue.TEST.kind)}
    assert {pair for pair in recorded if pair[1] not in catalogue.UNTOLD} == known


def _kinds(root: Path) -> Iterator[tuple[Path, str]]:
    """The kind of each event that is recorded: a text, or a name that the same function gives texts to."""
    constants = {"DELETED": "user.deleted"}
    for path in root.rglob("*.py"):
        source = path.read_text()
        if "events.record(" not in source:
            continue
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "events.record":
                    kind = node.args[1]
                    if isinstance(kind, ast.Constant):
                        yield path.relative_to(root), str(kind.value)
                    elif ast.unparse(kind) in constants:
                        yield path.relative_to(root), constants[ast.unparse(kind)]
                    else:
                        given = [
                            each.value
                            for each in ast.walk(function)
                            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == ast.unparse(kind)
                        ]
                        texts = [
                            str(text.value)
                            for value in given
                            for text in ast.walk(value)
                            if isinstance(text, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(text.value))
                        ]
                        assert texts, f"{path}: {ast.unparse(node)}"
                        for text in texts:
                            yield path.relative_to(root), text


def test_the_page_for_integrators_names_every_type_and_its_example_verifies(house: House, employer: Account, receiver: Receiver) -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text()
    rows = re.findall(r"^\| `(einstellen\.\S+)` \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert {name: (words, re.findall(r"`(\w+)`", data)) for name, words, data in rows} == {
        each.name: (each.description, [each.subject, *each.details]) for each in catalogue.EVENT_TYPES.values()
    }
    example: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.+?)```", page, re.DOTALL)[0], example)
    stub = house.stub("notifications", webhooks_pb2_grpc.WebhookEndpointServiceStub)
    endpoint = stub.CreateWebhookEndpoint(pb.CreateWebhookEndpointRequest(url=receiver.url), metadata=employer.metadata)
    stub.SendTestWebhook(pb.SendTestWebhookRequest(endpoint_id=endpoint.id), metadata=employer.metadata)
    (got,) = receiver.wait(1)
    assert example["verify"](endpoint.secret, got.headers, got.body)
    assert not example["verify"](endpoint.secret, got.headers, got.body + b" ")
    assert not example["verify"](endpoint.secret, got.headers | {"webhook-timestamp": "1"}, got.body)
