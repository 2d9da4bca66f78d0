"""The RPC that publishes the signing keys."""

import json

import grpc
from google.api.httpbody_pb2 import HttpBody

from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.auth.keys import SigningKeys

Context = grpc.ServicerContext


class KeyService(keys_pb2_grpc.KeyServiceServicer):
    """See keys.proto."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def GetKeys(self, request: keys_pb2.GetKeysRequest, context: Context) -> HttpBody:
        return HttpBody(content_type="application/json", data=json.dumps(self._keys.public()).encode())
