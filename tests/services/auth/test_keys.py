"""The published keys."""

import json

import jwt

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from tests.conftest import Account, House


def test_the_published_keys_verify_a_token_and_hold_nothing_private(house: House, person: Account) -> None:
    document = json.loads(house.stub("auth", keys_pb2_grpc.KeyServiceStub).GetKeys(keys_pb2.GetKeysRequest()).data)
    key = jwt.PyJWKSet.from_dict(document)[jwt.get_unverified_header(person.access)["kid"]]
    assert jwt.decode(person.access, key, algorithms=["ES256"], audience="einstellen")["sub"] == person.user_id
    assert all("d" not in key for key in document["keys"])
