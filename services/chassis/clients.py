"""Channels to the other services: a deadline on every call, retries while a peer restarts, and who is calling for whom."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import grpc

from services.chassis import calls, tracing
from services.chassis.interceptor import CLIENT_ADDRESS, REQUEST_ID, SERVICE_TOKEN
from services.chassis.tokens import ServiceTokens

DEADLINE_SECONDS = 5.0

# Every write carries a key of its own (request_id), so a repeat after a lost answer is harmless.
_RETRIES = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 5, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]
            },
        }
    ]
}  # fmt: skip
OPTIONS = [
    ("grpc.service_config", json.dumps(_RETRIES)),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.use_local_subchannel_pool", 1),
]


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class _Outgoing(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """Adds to each call: this service's token, the token of the person it acts for, the request's id, the trace and a deadline."""

    def __init__(self, peer: str, tokens: ServiceTokens, *, for_people: bool) -> None:
        self._peer = peer
        self._tokens = tokens
        self._for_people = for_people

    def _send(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        call = calls.current()
        metadata = [*(details.metadata or ()), (SERVICE_TOKEN, self._tokens.sign(self._peer)), *tracing.carrier().items()]
        if call.request_id:
            metadata.append((REQUEST_ID, call.request_id))
        if call.address:
            metadata.append((CLIENT_ADDRESS, call.address))
        if call.token and self._for_people:
            metadata.append(("authorization", f"Bearer {call.token}"))
        timeout = DEADLINE_SECONDS if details.timeout is None else details.timeout
        return continuation(
            _Details(details.method, timeout, metadata, details.credentials, details.wait_for_ready, details.compression), request
        )

    intercept_unary_unary: Any = _send
    intercept_unary_stream: Any = _send
    intercept_stream_unary: Any = _send


def connect(address: str, peer: str, tokens: ServiceTokens, *, for_people: bool = True) -> grpc.Channel:
    """A channel to the service named `peer`. It connects when first used and again whenever the peer comes back.

    Where it is not for people, the peer learns of no person, and needs nobody's public keys to answer.
    """
    channel = grpc.insecure_channel(address.removeprefix("grpc://"), options=OPTIONS)
    return grpc.intercept_channel(channel, _Outgoing(peer, tokens, for_people=for_people))
