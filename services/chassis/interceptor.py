"""The one interceptor of every server: identity, authorisation, validation, errors, log line, metrics and trace of each RPC."""

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import grpc
import protovalidate
from google.protobuf.message import Message

from services.chassis import calls, errors, metrics, problems, tracing
from services.chassis.calls import Call
from services.chassis.logs import log
from services.chassis.rules import NOBODY, Rule
from services.chassis.tokens import AccessTokens, ServiceTokens

SERVICE_TOKEN = "x-service-token"  # noqa: S105 - a header's name
REQUEST_ID = "x-request-id"
CLIENT_ADDRESS = "x-client-address"
_OPEN_PREFIXES = ("/grpc.health.v1.", "/grpc.reflection.")
_LONGEST_ID = 64


class Frame(grpc.ServerInterceptor):
    """Wraps each handler once and remembers it, so that a call pays for one layer only. RPCs in `apart` have threads of their own."""

    def __init__(
        self,
        server: str,
        rules: Mapping[str, Rule],
        access: AccessTokens,
        services: ServiceTokens,
        apart: Mapping[str, Executor] = MappingProxyType({}),
    ) -> None:
        self._apart = apart
        self._server = server
        self._rules = rules
        self._access = access
        self._services = services
        self._validator = protovalidate.Validator()
        self._handlers: dict[str, Any] = {}

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        method = details.method
        if method.startswith(_OPEN_PREFIXES):
            return continuation(details)
        handler = self._handlers.get(method)
        if handler is None:
            inner = continuation(details)
            if inner is None:
                return None
            handler = self._handlers[method] = self._wrap(method, inner)
        return handler

    def _wrap(self, method: str, inner: Any) -> Any:
        rule = self._rules.get(method, NOBODY)

        def answer(behavior: Callable[[Any, Any], Any], valid: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
            def serve(request: Any, context: grpc.ServicerContext) -> Any:
                with self._serving(method, rule, context):
                    return behavior(valid(request), context)

            if method in self._apart:
                serve.experimental_thread_pool = self._apart[method]  # type: ignore[attr-defined] # where gRPC looks for it
            return serve

        def stream(behavior: Callable[[Any, Any], Iterator[Any]], valid: Callable[[Any], Any]) -> Callable[[Any, Any], Iterator[Any]]:
            def serve(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
                with self._serving(method, rule, context):
                    yield from self._while_good(behavior(valid(request), context), rule)

            return serve

        coding = {"request_deserializer": inner.request_deserializer, "response_serializer": inner.response_serializer}
        if inner.request_streaming and inner.response_streaming:
            return grpc.stream_stream_rpc_method_handler(stream(inner.stream_stream, self._each_valid), **coding)
        if inner.request_streaming:
            return grpc.stream_unary_rpc_method_handler(answer(inner.stream_unary, self._each_valid), **coding)
        if inner.response_streaming:
            return grpc.unary_stream_rpc_method_handler(stream(inner.unary_stream, self._valid), **coding)
        return grpc.unary_unary_rpc_method_handler(answer(inner.unary_unary, self._valid), **coding)

    @contextmanager
    def _serving(self, method: str, rule: Rule, context: grpc.ServicerContext) -> Iterator[None]:
        """Everything around the handler: who calls and whether they may before it; errors, log line, metrics and trace after it."""
        started = time.perf_counter()
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        call = Call(self._server, method[1:], _request_id(metadata))
        status, code = None, "CANCELLED"
        with tracing.span(call.method, metadata, request_id=call.request_id):
            calls.enter(call)
            try:
                call = self._identify(call, metadata, context, rule)
                calls.enter(call)
                rule.check(call.person, call.service)
                yield
                code = "OK"
            except Exception as problem:  # noqa: BLE001 - the place where exceptions become answers
                status = _status(problem, call.request_id)
                code = str(status.code.name)
            finally:
                elapsed = time.perf_counter() - started
                name = method.rsplit("/", 1)[1]
                metrics.RPC_SECONDS.labels(self._server, name).observe(elapsed)
                metrics.RPCS.labels(self._server, name, code).inc()
                who = str(call.person.user_id) if call.person else None
                # What peers ask for each second would fill the log.
                level = logging.DEBUG if method in self._apart and code == "OK" else logging.INFO
                log.log(level, "rpc", extra={"code": code, "ms": round(elapsed * 1000, 2), "user_id": who, "caller": call.service or None})
                calls.enter(calls.NO_CALL)
        if status is not None:
            # Beside what the handler has set, as where it tells the client not to repeat the call: aborting alone would drop that.
            kept = (*status.trailing_metadata, *(context.trailing_metadata() or ()))
            context.abort_with_status(status._replace(trailing_metadata=kept))  # type: ignore[attr-defined]

    def _while_good(self, messages: Iterator[Any], rule: Rule) -> Iterator[Any]:
        """The messages of a stream while the caller's token counts: one may be open for long."""
        person = None if rule.public else calls.current().person
        for message in messages:
            if person is not None:
                self._access.check(person)
            yield message

    def _valid(self, request: Message) -> Message:
        violations = self._validator.collect_violations(request)
        if violations:
            raise _invalid(violations)
        return request

    def _each_valid(self, requests: Iterator[Message]) -> Iterator[Message]:
        """The messages of a stream, each one checked when the handler takes it."""
        return map(self._valid, requests)

    def _identify(self, call: Call, metadata: Mapping[str, str], context: grpc.ServicerContext, rule: Rule) -> Call:
        service = self._services.verify(metadata[SERVICE_TOKEN]) if SERVICE_TOKEN in metadata else ""
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        person = None
        if token or scheme:
            try:
                if scheme.lower() != "bearer":
                    raise errors.Unauthenticated("TOKEN_INVALID", "send the access token as `Authorization: Bearer <token>`")  # noqa: TRY301
                person = self._access.verify(token.strip())
            except errors.Unauthenticated:
                if not rule.public:
                    raise
        # Envoy sets the first from the connection and trusted proxies and drops one that a client sends; a service passes on what it was told.
        address = (metadata.get(CLIENT_ADDRESS, "") if service else metadata.get("x-envoy-external-address", "")) or _peer_address(
            context.peer()
        )
        return Call(
            call.server,
            call.method,
            call.request_id,
            address,
            person,
            service,
            token.strip() if person else "",
            metadata.get("idempotency-key", ""),
        )


def _request_id(metadata: Mapping[str, str]) -> str:
    given = metadata.get(REQUEST_ID, "")
    return given if 0 < len(given) <= _LONGEST_ID and given.isprintable() else str(uuid.uuid4())


def _peer_address(peer: str) -> str:
    """The address in gRPC's name of a peer: `ipv4:127.0.0.1:5000`, `ipv6:%5B::1%5D:5000`."""
    kind, _, rest = peer.partition(":")
    host = rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]")
    return host if kind in ("ipv4", "ipv6") else ""


def _invalid(violations: list[Any]) -> errors.InvalidArgument:
    fields = [
        errors.FieldViolation(_path(v.proto), v.proto.message, v.proto.rule_id.upper().replace(".", "_")) for v in violations
    ]  # fmt: skip
    first = fields[0]
    return errors.InvalidArgument(
        "FIELDS_INVALID", f"{first.field}: {first.description}" if first.field else first.description, fields=fields
    )


def _path(violation: Any) -> str:
    """The path of the field as a client writes it: `work_experience.job_title`, `user_ids[3]`."""
    text = ""
    for element in violation.field.elements if violation.field else ():  # a rule of the whole message names no field
        text += ("." if text else "") + element.field_name
        if element.subscript is not None:
            text += f"[{element.subscript.value}]"
    return text


def _status(problem: Exception, request_id: str) -> grpc.Status:
    """What an exception becomes on the wire: a refusal is told, anything else is logged and told as an internal error."""
    if isinstance(problem, grpc.RpcError) and isinstance(problem, grpc.Call):
        problem = errors.from_rpc(problem)
    if isinstance(problem, errors.Refusal):
        tracing.failed(problem.reason)
        return errors.to_status(problem, request_id)
    log.error("internal error", exc_info=problem)
    problems.note(problem)
    tracing.failed("INTERNAL")
    return errors.internal_status(request_id)
