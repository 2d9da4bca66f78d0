"""What every RPC says of itself, and that the edge and the command know of it."""

import importlib
import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace

import pytest
import yaml
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts.descriptors import Contracts
from cli.services import SERVICES
from services.auth import rules as auth_rules
from tests.architecture.repository import NAMES, ROOT, SERVED_BY
from tests.cli.contracts.conftest import compiled, imports  # noqa: F401 - fixtures: contracts that a test writes itself

# What the contracts say.


def bindings(contracts: Contracts, method: object) -> list[tuple[str, str]]:
    """Every HTTP method and path template of an RPC."""
    rule = contracts.option(method, "google.api.http")
    if rule is None:
        return []
    return [(one.WhichOneof("pattern").upper(), getattr(one, one.WhichOneof("pattern"))) for one in (rule, *rule.additional_bindings)]


def silent_contracts(contracts: Contracts) -> list[str]:
    """What RPCs, services and files leave unsaid, or say twice."""
    problems, taken = [], {}
    for service in _ours(contracts):
        if not contracts.comment(service):
            problems.append(f"{service.full_name} has no comment")
        for method in service.methods:
            if not contracts.comment(method):
                problems.append(f"{method.full_name} has no comment")
            allow = contracts.option(method, "einstellen.options.v1.allow")
            if allow is None or not allow.ByteSize():
                problems.append(f"{method.full_name} does not say who may call it")
            found = bindings(contracts, method)
            if bool(found) == bool(contracts.option(method, "einstellen.options.v1.no_http")):
                problems.append(f"{method.full_name} needs an HTTP binding or a word why not, one of them")
            for verb, template in found:
                shape = (verb, re.sub(r"\{[^}]*\}", "{}", template))
                if shape in taken:
                    problems.append(f"{method.full_name} and {taken[shape]} are both {verb} {template}")
                taken[shape] = method.full_name
                if not re.match(r"/(\.well-known|api/v1/[a-z])", template) or template.endswith("/"):
                    problems.append(f"{method.full_name} has the path {template}: its first segment must be a word, its last no slash")
    return problems


def _ours(contracts: Contracts) -> Iterator[object]:
    return (service for service in contracts.services() if service.full_name.startswith("einstellen."))


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return Contracts(FileDescriptorSet.FromString((ROOT / "generated" / "einstellen.binpb").read_bytes()))


def test_every_rpc_says_who_may_call_it_by_which_path_and_what_it_does(contracts: Contracts) -> None:
    assert sum(len(service.methods) for service in _ours(contracts)) > 40
    assert silent_contracts(contracts) == []


ALLOW, NO_HTTP = "option (einstellen.options.v1.allow) = {public: true};", 'option (einstellen.options.v1.no_http) = "why";'
SOUND = ("// Says.", "// Does.", ALLOW, NO_HTTP)


def get(*paths: str) -> str:
    first, *others = (f'get: "{path}"' for path in paths)
    return f"option (google.api.http) = {{{first} {' '.join(f'additional_bindings {{{other}}}' for other in others)}}};"


def contract(service: str, method: str, allow: str, http: str, more: str = "") -> str:
    """A contract of one service with one RPC, each part as a test has it."""
    rpc = f"rpc Do(Thing) returns (Thing) {{ {allow} {http} }}"
    return f"message Thing {{ string id = 1; string key = 2; }}\n{service}\nservice Trial {{\n{method}\n{rpc}\n{more}\n}}"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (("", "// Does.", ALLOW, NO_HTTP), "Trial has no comment"),
        (("// Says.", "", ALLOW, NO_HTTP), "Do has no comment"),
        (("// Says.", "// Does.", "", NO_HTTP), "who may call"),
        (("// Says.", "// Does.", "option (einstellen.options.v1.allow) = {};", NO_HTTP), "who may call"),
        (("// Says.", "// Does.", ALLOW, ""), "HTTP binding"),
        (("// Says.", "// Does.", ALLOW, NO_HTTP + get("/api/v1/things")), "HTTP binding"),
        (("// Says.", "// Does.", ALLOW, get("/api/v1/{id}")), "first segment"),
        (("// Says.", "// Does.", ALLOW, get("/api/v1/things/{id}", "/api/v1/things/{key}")), "are both GET"),
        (
            (*SOUND[:3], get("/api/v1/things"), f"// Too.\nrpc Too(Thing) returns (Thing) {{ {ALLOW} {get('/api/v1/things')} }}"),
            "are both GET",
        ),
    ],
)
def test_an_rpc_that_leaves_something_unsaid_is_found(compiled, parts: tuple[str, ...], problem: str) -> None:  # noqa: F811
    assert silent_contracts(Contracts(compiled(contract(*SOUND)))) == []
    found = silent_contracts(Contracts(compiled(contract(*parts))))
    assert len(found) == 1
    assert problem in found[0]


# RPCs that no API key may call: whoever holds a key must not be able to make more of it, or of the account.
KEYLESS = {
    "audit.v1.AuditService",
    "auth.v1.AuthService",
    "auth.v1.ApiKeyService",
    "auth.v1.CredentialService",
    "auth.v1.DataService",
    "auth.v1.GoogleService",
    "auth.v1.SecondFactorService",
    "auth.v1.SessionService",
}


def test_every_service_says_which_scope_its_keys_need_or_takes_no_keys(contracts: Contracts) -> None:
    scopes = {}
    for service in _ours(contracts):
        name = service.full_name.removeprefix("einstellen.")
        if any(
            allow.self or allow.roles for method in service.methods if (allow := contracts.option(method, "einstellen.options.v1.allow"))
        ):
            scopes[name] = contracts.option(service, "einstellen.options.v1.scope")
    assert {name for name, scope in scopes.items() if not scope} == KEYLESS & set(scopes)
    assert {f"{scope}.{how}" for scope in scopes.values() if scope for how in ("read", "write")} | {"rooms.write"} == auth_rules.SCOPES


# What the edge and the command know.


@pytest.fixture(scope="module")
def envoy() -> SimpleNamespace:
    return read_envoy((ROOT / "deploy" / "envoy" / "envoy.yaml").read_text())


def read_envoy(text: str) -> SimpleNamespace:
    """The parts of Envoy's configuration that have to agree with the contracts."""
    resources = yaml.safe_load(text)["static_resources"]
    manager = resources["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    filters = {each["name"].rpartition(".")[2]: each["typed_config"] for each in manager["http_filters"]}
    routes = manager["route_config"]["virtual_hosts"][0]["routes"]
    return SimpleNamespace(
        routes={route["match"]["prefix"]: route["route"]["cluster"] for route in routes if "prefix" in route["match"] and "route" in route},
        transcoded=set(filters["grpc_json_transcoder"]["services"]),
        clusters={cluster["name"] for cluster in resources["clusters"]},
        open=[rule["match"] for rule in filters["jwt_authn"]["rules"] if "requires" not in rule],
    )  # fmt: skip


def missing_at_the_edge(contracts: Contracts, edge: SimpleNamespace) -> list[str]:
    """Services with an HTTP binding that Envoy does not route, transcode or know where to find; and those it names in vain."""
    problems, wanted = [], set()
    for service in _ours(contracts):
        if not any(bindings(contracts, method) for method in service.methods):
            continue
        wanted.add(service.full_name)
        package = service.file.package
        name = package.split(".")[1]
        cluster = SERVED_BY.get(name, name)
        if edge.routes.get(f"/{package}.") != cluster:
            problems.append(f"no route to {package}")
        if cluster not in edge.clusters:
            problems.append(f"no cluster {cluster}")
    return problems + [f"{name} is transcoded or has HTTP bindings, not both" for name in sorted(wanted ^ edge.transcoded)]


def test_envoy_routes_and_transcodes_every_service(contracts: Contracts, envoy: SimpleNamespace) -> None:
    assert missing_at_the_edge(contracts, envoy) == []
    assert envoy.clusters == {*NAMES, "gateway", "gateway-grpc", "edge"}


@pytest.mark.parametrize("line", ["- match: {prefix: /einstellen.jobs.v1.}", "- einstellen.jobs.v1.ApplicationService", "- name: jobs"])
def test_a_service_that_envoy_forgets_is_found(contracts: Contracts, line: str) -> None:
    text = (ROOT / "deploy" / "envoy" / "envoy.yaml").read_text()
    assert text.count(line) == 1
    assert missing_at_the_edge(contracts, read_envoy(text.replace(line, line.replace("jobs", "jabs")))) != []


def public_matches(contracts: Contracts) -> set[tuple[str, str, str]]:
    """How jwt_authn has to let public RPCs through: by their gRPC path and by each of their bindings."""
    found = set()
    for service in _ours(contracts):
        for method in service.methods:
            allow = contracts.option(method, "einstellen.options.v1.allow")
            if allow is None or not allow.public:
                continue
            found.add(("path", f"/{service.full_name}/{method.name}", ""))
            for verb, template in bindings(contracts, method):
                pattern = re.sub(r"\{[^}]*\}", "[^/]+", template)
                found.add(("path" if pattern == template else "regex", pattern, verb))
    return found


def test_envoy_lets_a_broken_token_pass_for_public_rpcs_and_for_nothing_else(contracts: Contracts, envoy: SimpleNamespace) -> None:
    found = {
        ("path", match["path"], _verb(match)) if "path" in match else ("regex", match["safe_regex"]["regex"], _verb(match))
        for match in envoy.open
        if match != {"prefix": "/ws/"}
    }
    assert found == public_matches(contracts)


def _verb(match: Mapping[str, list]) -> str:
    return next((header["string_match"]["exact"] for header in match.get("headers", []) if header["name"] == ":method"), "")


def test_the_command_knows_every_service() -> None:
    assert sorted(service.name for service in SERVICES) == NAMES
    for service in SERVICES:
        wiring = importlib.import_module(f"services.{service.name}.__main__")
        assert wiring.start.__annotations__["settings"] is service.settings
