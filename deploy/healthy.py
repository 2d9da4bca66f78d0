"""Whether the process in this container is healthy: asks gRPC health at LISTEN, or the URL that is given. Exits with 0 or 1."""

import os
import sys
import urllib.request

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_SECONDS = 3


def main(url: str = "") -> int:
    if url:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the address is written in docker-compose.yml
            return 0 if answer.status == 200 else 1
    port = os.environ["LISTEN"].rpartition(":")[2]
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_SECONDS)
    return 0 if answer.status == health_pb2.HealthCheckResponse.SERVING else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
