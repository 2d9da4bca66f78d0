"""gRPC health and reflection of the whole house on the public address, where a client cannot ask each service."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

DESCRIPTORS = Path(__file__).parents[1] / "generated" / "einstellen.binpb"


class WholeHealth(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Serving while every service is: what /readyz says, for gRPC clients."""

    def __init__(self, ready: Callable[[], Awaitable[bool]]) -> None:
        self._ready = ready

    async def Check(
        self, request: health_pb2.HealthCheckRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> health_pb2.HealthCheckResponse:
        if request.service:
            await context.abort(grpc.StatusCode.NOT_FOUND, "ask with an empty name, for the whole; /readyz names each part")
        return health_pb2.HealthCheckResponse(status="SERVING" if await self._ready() else "NOT_SERVING")


async def serve(listen: str, ready: Callable[[], Awaitable[bool]], descriptors: Path = DESCRIPTORS) -> grpc.aio.Server:
    """Starts the server. Reflection lists the services that clients may call: those with a path over HTTP."""
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors.read_bytes())  # noqa: ASYNC240 - once, before anybody is served
    for file in files.file:
        pool.Add(file)
    pool.AddSerializedFile(health_pb2.DESCRIPTOR.serialized_pb)
    names = [
        f"{file.package}.{service.name}"
        for file in files.file
        for service in file.service
        if any(method.options.HasExtension(annotations_pb2.http) for method in service.method)
    ]
    server = grpc.aio.server(maximum_concurrent_rpcs=64)
    health_pb2_grpc.add_HealthServicer_to_server(WholeHealth(ready), server)
    reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], server, pool)
    server.add_insecure_port(listen)
    await server.start()
    return server
