"""Traces: OpenTelemetry spans of requests and tasks, off until a collector is named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Status, StatusCode

_tracer: trace.Tracer | None = None


def configure(endpoint: str, process: str) -> None:
    """Sends spans to an OTLP collector over gRPC; an empty endpoint leaves tracing off, at no cost."""
    global _tracer  # noqa: PLW0603 - one exporter a process
    if not endpoint or _tracer is not None:
        return
    # Imported here: a process without a collector does not pay for the exporter.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": process}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=not endpoint.startswith("https://"))))
    trace.set_tracer_provider(provider)
    _tracer = trace.get_tracer("einstellen")


@contextmanager
def span(name: str, carrier: Mapping[str, str], *, kind: SpanKind = SpanKind.SERVER, **attributes: str) -> Iterator[None]:
    """A span below the one that the carrier (W3C traceparent) names; does nothing while tracing is off."""
    if _tracer is None:
        yield
        return
    parent: Context = propagate.extract(carrier)
    with _tracer.start_as_current_span(name, parent, kind, attributes, record_exception=False, set_status_on_exception=False):
        yield


def failed(reason: str) -> None:
    """Marks the current span as failed."""
    if _tracer is not None:
        trace.get_current_span().set_status(Status(StatusCode.ERROR, reason))


def carrier() -> dict[str, str]:
    """What to send along so that the next hop's span is below this one; empty while tracing is off."""
    found: dict[str, str] = {}
    if _tracer is not None:
        propagate.inject(found)
    return found


def trace_id() -> str:
    """The current trace as 32 hexadecimal digits, or empty."""
    if _tracer is None:
        return ""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else ""
