"""Envoy's configuration for the embedded stack: the file that production runs, with this stack's addresses put in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cli.stack.ports import LOOPBACK

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "deploy" / "envoy" / "envoy.yaml"
GENERATED = ROOT / "generated"


def render(
    target: Path,
    *,
    address: str,
    port: int,
    admin_port: int,
    upstreams: Mapping[str, int],
    cors_origins: tuple[str, ...] = (),
    otel_endpoint: str = "",
    trusted_proxies: int = 0,
    rates: int = 1,
) -> Path:
    """Writes the configuration: `upstreams` has the port of each cluster on loopback, `edge` excepted, which is Envoy itself.

    `trusted_proxies` of the operator's own stand in front: the client's address is the one that the outermost of them saw.
    `rates` is by how much more than plans allow may be sent, as where a benchmark or a test sends a day's requests in a minute.
    """
    config = yaml.safe_load(SOURCE.read_text())
    config["admin"]["address"]["socket_address"] |= {"address": LOOPBACK, "port_value": admin_port}
    resources = config["static_resources"]
    listener = resources["listeners"][0]
    listener["address"]["socket_address"] |= {"address": address, "port_value": port}
    for cluster in resources["clusters"]:
        cluster["type"] = "STATIC"
        socket = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"]
        socket |= {"address": LOOPBACK, "port_value": {**upstreams, "edge": port}[cluster["name"]]}
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    manager["xff_num_trusted_hops"] = trusted_proxies
    filters = {each["name"]: each["typed_config"] for each in manager["http_filters"]}
    filters["envoy.filters.http.grpc_json_transcoder"]["proto_descriptor"] = str(GENERATED / "einstellen.binpb")
    filters["bodies"]["default_source_code"] = {"filename": str(GENERATED / "bodies.lua")}
    cors = manager["route_config"]["virtual_hosts"][0]["typed_per_filter_config"]["envoy.filters.http.cors"]
    cors["allow_origin_string_match"] = [{"exact": origin} for origin in cors_origins]
    for descriptor in filters["envoy.filters.http.local_ratelimit"]["descriptors"]:
        for name in ("max_tokens", "tokens_per_fill"):
            descriptor["token_bucket"][name] *= rates
    if otel_endpoint:
        _trace(manager, resources["clusters"], otel_endpoint)
    target.write_text(yaml.safe_dump(config, sort_keys=False, width=200))
    return target


def _trace(manager: dict[str, Any], clusters: list[dict[str, Any]], endpoint: str) -> None:
    """Spans of every request to an OTLP collector over gRPC."""
    host, _, port = endpoint.rpartition("://")[2].rstrip("/").rpartition(":")
    types = "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig"
    service = {"grpc_service": {"envoy_grpc": {"cluster_name": "collector"}}, "service_name": "envoy"}
    manager["tracing"] = {"provider": {"name": "envoy.tracers.opentelemetry", "typed_config": {"@type": types, **service}}}
    http2 = next(cluster for cluster in clusters if "typed_extension_protocol_options" in cluster)["typed_extension_protocol_options"]
    address = {"endpoint": {"address": {"socket_address": {"address": host, "port_value": int(port)}}}}
    clusters.append(
        {
            "name": "collector", "connect_timeout": "1s", "type": "STRICT_DNS", "typed_extension_protocol_options": http2,
            "load_assignment": {"cluster_name": "collector", "endpoints": [{"lb_endpoints": [address]}]},
        }
    )  # fmt: skip
