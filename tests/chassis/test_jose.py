"""Signatures and keys against the vectors of Project Wycheproof."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.chassis import jose

VECTORS = Path(__file__).parent / "wycheproof"
SUPPORTED = ("ES256", "EdDSA", "RS256")


def cases(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each key set with each token, as the file has them."""
    found = []
    for group in json.loads((VECTORS / name).read_text())["testGroups"]:
        keys = group.get("public") or group["private"]
        found += [(keys if "keys" in keys else {"keys": [keys]}, test) for test in group["tests"]]
    return found


def accepts(keys: dict[str, Any], test: dict[str, Any]) -> bool:
    token = test["jws"] if isinstance(test["jws"], str) else json.dumps(test["jws"])
    try:
        jose.verify(token, jose.read_keys(keys, SUPPORTED).get)
    except jose.Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "refused", "accepted", "unsupported"), [("json_web_signature_test.json", 355, 10, 36), ("json_web_key_test.json", 21, 1, 4)]
)
def test_each_invalid_vector_is_refused_and_each_valid_one_of_our_algorithms_accepted(
    name: str, refused: int, accepted: int, unsupported: int
) -> None:
    counts: Counter[str] = Counter()
    for keys, test in cases(name):
        ours = any(key.get("alg") in SUPPORTED for key in keys["keys"])
        expected = test["result"] == "valid" and ours
        assert accepts(keys, test) is expected, (test["tcId"], test["comment"])
        counts["accepted" if expected else "refused" if test["result"] == "invalid" else "unsupported"] += 1
    assert counts == {"refused": refused, "accepted": accepted, "unsupported": unsupported}
