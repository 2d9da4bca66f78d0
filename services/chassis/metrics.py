"""Prometheus metrics of RPCs and tasks, served on the operator's port."""

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server

RPCS = Counter("einstellen_rpcs_total", "RPCs answered.", ["service", "method", "code"])
RPC_SECONDS = Histogram(
    "einstellen_rpc_seconds",
    "Time to answer an RPC, in seconds.",
    ["service", "method"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30),
)
TASKS = Counter("einstellen_tasks_total", "Runs of durable tasks.", ["service", "kind", "outcome"])
TASKS_DUE = Gauge("einstellen_tasks_due", "Durable tasks that are due and wait.", ["service"])
TASKS_DEAD = Gauge("einstellen_tasks_dead", "Durable tasks that failed for good and wait for an operator.", ["service"])
EVENT_POSITION = Gauge("einstellen_event_position", "The last event applied, by follower and source.", ["service", "source"])
REVOCATIONS_READ = Gauge(
    "einstellen_revocations_read_time", "When the list of revoked tokens was last read, in seconds since 1970.", ["service"]
)


def expose(address: str) -> None:
    """Serves /metrics on `host:port`."""
    host, _, port = address.rpartition(":")
    start_http_server(int(port), addr=host or "127.0.0.1", registry=REGISTRY)
