"""What holds the house together: who may import whom, what every RPC and table says of itself, and that nothing is left out of the edge."""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import yaml
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts.descriptors import Contracts
from cli.services import SERVICES
from services.auth import rules as auth_rules
from services.chassis import frame
from services.chassis.database import driver_url
from tests.cli.contracts.conftest import compiled, imports  # noqa: F401 - fixtures: contracts that a test writes itself
from tests.conftest import House

ROOT = Path(__file__).parents[1]
# Contracts that belong to no one service: the frame's own.
SHARED = {"options", "audit", "events", "keys", "rooms", "persons", "problems"}
NAMES = sorted(folder.name for folder in (ROOT / "proto" / "einstellen").iterdir() if folder.name not in SHARED)
SERVED_BY = {"keys": "auth", "audit": "auth"}  # which is asked for the audit log where no service is named

# Who may import whom.

NO_IO = ("grpc", "google", "sqlalchemy", "psycopg2", "redis", "einstellen")
# What each room of a service may import: of its own service, of the chassis (None: all of it), and which packages it may not.
# `ids` mint what a new thing is called and `calls` has the types that say who asks, so rules may know both; a page is what a query ends at.
ROOMS: dict[str, tuple[set[str] | None, set[str] | None, tuple[str, ...]]] = {
    "local_time": (set(), {"errors"}, NO_IO),
    "rules": ({"tables", "rules", "local_time", "providers.protocol", "matching", "parsing"}, {"errors", "ids", "calls", "skills"}, NO_IO),
    "store": ({"tables", "store"}, {"errors", "ids", "calls", "database", "paging"}, ("grpc", "google", "redis", "einstellen")),
    "tables": ({"tables"}, {"database"}, ("grpc", "google", "redis", "einstellen")),
    "settings": (set(), None, NO_IO),
    "migrations": (set(), None, ("grpc", "google", "redis", "einstellen")),
    "providers": ({"providers", "settings", "tables"}, None, ("sqlalchemy", "psycopg2")),
    "rpc": (None, None, ("psycopg2",)),
    "tasks": (None, None, ("psycopg2",)),
    "__main__": (None, None, ("sqlalchemy", "psycopg2")),
}
# Rules that fill a folder of their own; nothing in them reads or writes anything.
PURE = {"matching", "parsing"}
ROOMS |= {room: ({room}, {"errors", "skills"}, NO_IO) for room in PURE}
# The interviewer's: what to ask takes up what was said, and what was said is judged by itself.
ROOMS |= {
    "subjects": (set(), set(), NO_IO),
    "disguises": (set(), set(), NO_IO),
    "instructions": ({"disguises"}, set(), NO_IO),
    "scoring": ({"scoring", "subjects", "instructions"}, {"skills"}, NO_IO),
    "asking": ({"asking", "scoring", "subjects", "instructions"}, {"skills"}, NO_IO),
}
# Nobody imports these: they are where a process starts, or what an operator runs.
ENDS = {"__main__", "migrations", "admin"}
# The gateway owns no data.
DATABASE_ROOMS = {"database", "frame", "events", "tasks", "idempotency", "audit", "audit_log", "migrate"}
# Platform administrators are made by the command and never by an RPC; the list of all settings has the gateway's too.
DOORS = {
    ("cli/operator.py", "services.auth.admin"),
    ("cli/operator.py", "services.billing.admin"),
    ("cli/operator.py", "services.notifications.admin"),
    ("cli/envfile.py", "gateway.settings.Settings"),
    ("cli/envfile.py", "services.interviews.interviewer.settings.Settings"),
}


def imported(source: str) -> list[str]:
    """Every module that a source text imports, with the names taken from it: `services.chassis.errors`, `grpc`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return found


def forbidden_imports(path: str, source: str) -> list[str]:
    """What a file of the repository imports and may not, in words."""
    judge = _judge(path)
    return [f"{path} imports {name}: {why}" for name in imported(source) if (why := judge(name))]


def _judge(path: str) -> Callable[[str], str]:
    top, *rest = path.removesuffix(".py").split("/")
    if top == "services":
        return _chassis if rest[0] == "chassis" else lambda name: _service(rest[0], rest[1], name)
    return _gateway if top == "gateway" else lambda name: _cli(path, name)


def _chassis(name: str) -> str:
    top, *rest = name.split(".")
    if top in ("cli", "gateway", "tests") or name.startswith("."):
        return "the chassis stands below"
    if top == "services" and rest[0] != "chassis":
        return "the chassis names no service"
    return "the chassis names no service" if top == "einstellen" and rest[0] not in SHARED else ""


def _service(service: str, room: str, name: str) -> str:
    top, *rest = name.split(".")
    own, chassis, packages = ROOMS.get(room, (None, None, ()))
    if top in ("cli", "gateway", "tests") or name.startswith("."):
        return "a service stands on the chassis alone"
    if top == "services" and rest[0] not in ("chassis", service):
        return "services call each other, they do not import each other"
    if top == "services" and rest[0] == "chassis" and chassis is not None and rest[1] not in chassis:
        return f"{room} may know of the chassis only {', '.join(sorted(chassis))}"
    if top == "services" and rest[0] == service and rest[1] != room:
        if rest[1] in ENDS:
            return "nobody imports where a process starts"
        if own is not None and not {rest[1], ".".join(rest[1:3])} & own:
            return f"{room} may know of its service only {', '.join(sorted(own)) or 'nothing'}"
        if room not in ("__main__", "rpc") and rest[1] == "rpc":
            return "only wiring knows the RPCs"
    return f"{room} does not know {top}" if top in packages else ""


def _gateway(name: str) -> str:
    top, *rest = name.split(".")
    if top in ("cli", "tests") or (top == "services" and rest[0] != "chassis"):
        return "the gateway knows the chassis and the contracts"
    if top in ("sqlalchemy", "psycopg2") or (top == "services" and rest[1] in DATABASE_ROOMS):
        return "the gateway has no database"
    return ""


def _cli(path: str, name: str) -> str:
    top, *rest = name.split(".")
    if (path, name) in DOORS:
        return ""
    if top in ("gateway", "tests"):
        return "the gateway is a process of its own"
    if path.startswith("cli/stack/") and (top in ("services", "einstellen") or (top == "cli" and rest[0] != "stack")):
        return "the embedded stack knows nothing of what runs on it"
    if path.startswith("cli/demo/") and top in ("services", "einstellen"):
        return "the demo is an outside client"
    if top == "services" and rest[0] != "chassis":
        return "services are started by name, in cli/services.py"
    return ""


def test_no_file_imports_what_its_room_may_not() -> None:
    sources = [path for top in ("services", "gateway", "cli") for path in (ROOT / top).rglob("*.py")]
    assert len(sources) > 80
    assert [problem for path in sources for problem in forbidden_imports(str(path.relative_to(ROOT)), path.read_text())] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("services/auth/rpc.py", "from services.jobs import store"),
        ("services/auth/rules.py", "from services.chassis.database import Database"),
        ("services/auth/rules.py", "import grpc"),
        ("services/auth/rules.py", "from services.auth import store"),
        ("services/inference/rules.py", "from services.inference.providers.openai import Writer"),
        ("services/jobs/matching/score.py", "from services.jobs import tables"),
        ("services/auth/store.py", "from services.auth import rules"),
        ("services/auth/store.py", "from einstellen.auth.v1 import auth_pb2"),
        ("services/auth/tables.py", "from services.auth.store import get_user"),
        ("services/auth/tasks.py", "def late():\n    from services.auth.rpc import AuthService"),
        ("services/auth/keys.py", "from services.auth.__main__ import start"),
        ("services/notifications/providers/smtp.py", "from services.notifications.store import notifications"),
        ("services/chassis/server.py", "from services.auth.settings import Settings"),
        ("services/chassis/server.py", "from einstellen.jobs.v1 import jobs_pb2"),
        ("services/jobs/rpc.py", "import cli.up"),
        ("gateway/chat.py", "from services.notifications import store"),
        ("gateway/chat.py", "from services.chassis.database import Database"),
        ("cli/demo/story.py", "from einstellen.jobs.v1 import jobs_pb2"),
        ("cli/stack/postgres.py", "from cli.services import SERVICES"),
        ("cli/up.py", "from services.auth import store"),
        ("cli/up.py", "import gateway.app"),
    ],
)
def test_a_forbidden_import_is_found(path: str, source: str) -> None:
    assert len(forbidden_imports(path, source)) == 1


# Who calls whom.


def calls_of(sources: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Whom each service calls, by the stubs it imports. Following events and fetching keys are the chassis' and no calls."""
    stub = re.compile(r"^einstellen\.(\w+)\.v1\.\w+_pb2_grpc\b")
    return {
        service: {found[1] for text in texts for name in imported(text) if (found := stub.match(name))} - {service, *SHARED}
        for service, texts in sources.items()
    }


def _service_calls() -> dict[str, set[str]]:
    return calls_of({name: [path.read_text() for path in (ROOT / "services" / name).rglob("*.py")] for name in NAMES})


def test_no_service_calls_itself_through_others() -> None:
    calls = _service_calls()
    assert "notifications" in calls["auth"]
    TopologicalSorter(calls).prepare()


def test_a_cycle_of_calls_is_found() -> None:
    calls = calls_of({"a": ["from einstellen.b.v1 import b_pb2, b_pb2_grpc"], "b": ["from einstellen.a.v1 import a_pb2_grpc as far"]})
    with pytest.raises(CycleError):
        TopologicalSorter(calls).prepare()


def test_every_call_between_services_is_on_the_map() -> None:
    lines = (ROOT / "docs" / "architecture.md").read_text().splitlines()
    rows = [[cell.strip(" *`") for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    drawn = {row[0]: set(re.findall(r"\w+", row[2])) for row in rows if row[0] in NAMES}
    assert sorted(drawn) == NAMES
    assert {name: found - drawn[name] for name, found in _service_calls().items() if found - drawn[name]} == {}


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


# What is kept of people.

NOT_OF_PEOPLE = {
    "signing_keys": "ours",
    "sign_in_attempts": "of browsers that have not said who they are, for ten minutes",
    "plans": "what is for sale",
    "invoice_numbers": "a counter",
    "reconciliations": "our books against the providers', by day",
    "problems": "kinds of errors and their places, and nothing of whom they met",
    "word_weights": "statistics of everybody's words, without those that only a few have",
}


def untold(service: str, source: str) -> list[str]:
    """Tables of a service that its persons.py does not know."""
    tables = importlib.import_module(f"services.{service}.tables").metadata.tables
    taken = {name.rpartition(".")[2] for name in imported(source)}
    return sorted(set(tables) - taken - set(NOT_OF_PEOPLE))


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_every_table_is_handed_out_and_erased_or_has_a_reason(service: str) -> None:
    source = (ROOT / "services" / service / "persons.py").read_text()
    assert untold(service, source) == []
    assert untold(service, "") != []


# What the migrated databases have.

GUARDLESS = {
    "event_cursors": "positions in other services' feeds: no tenant's data",
    "plans": "what is for sale, for everybody to read",
    "tutors": "a board for everybody to read; a policy lets each person write their own",
    "tutor_reviews": "as tutors",
}
each_service = pytest.mark.parametrize("service", [service.name for service in SERVICES])


@pytest.fixture
def owner(house: House, service: str) -> Iterator[sa.Connection]:
    """The service's database as its owner sees it; what a test changes there is rolled back."""
    engine = sa.create_engine(driver_url(house.owner_url(service)))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def unguarded(connection: sa.Connection) -> list[str]:
    """Tables without row-level security, without a policy, or with one that lets everybody read."""
    query = """
        SELECT c.relname, c.relrowsecurity, count(p.polname),
            count(*) FILTER (WHERE p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, p.polrelid) = 'true')
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE '%\\_version'
        GROUP BY c.relname, c.relrowsecurity"""
    return [
        table
        for table, guarded, policies, wide_open in connection.exec_driver_sql(query.replace("%", "%%"))
        if table not in GUARDLESS and (not guarded or not policies or wide_open)
    ]


@each_service
def test_every_table_has_row_level_security_or_a_reason(owner: sa.Connection) -> None:
    assert unguarded(owner) == []
    owner.exec_driver_sql("CREATE TABLE plain (tenant_id uuid)")
    owner.exec_driver_sql("CREATE TABLE forgotten (tenant_id uuid); ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY")
    owner.exec_driver_sql("CREATE TABLE gate (tenant_id uuid); ALTER TABLE gate ENABLE ROW LEVEL SECURITY")
    owner.exec_driver_sql("CREATE POLICY open ON gate USING (true)")
    assert sorted(unguarded(owner)) == ["forgotten", "gate", "plain"]


@each_service
def test_tables_py_says_what_the_migrated_database_has(owner: sa.Connection, service: str) -> None:
    assert differences(owner, service) == []
    owner.exec_driver_sql("ALTER TABLE tasks ADD COLUMN surprise text; ALTER TABLE tasks ALTER COLUMN kind TYPE varchar(900)")
    assert sorted(difference[0] for difference in differences(owner, service)) == ["modify_type", "remove_column"]


def differences(connection: sa.Connection, service: str) -> list[tuple]:
    """Tables, columns, types and what may be null; indexes and constraints are the migrations' own."""
    metadata = [frame.metadata, importlib.import_module(f"services.{service}.tables").metadata]
    options = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or not name.endswith("_version")}
    found = []
    for difference in compare_metadata(MigrationContext.configure(connection, opts=options), metadata):
        found += difference if isinstance(difference, list) else [difference]
    shapes = [one for one in found if one[0].endswith(("_table", "_column", "_type", "_nullable"))]
    # A generated column is the database's own answer to those who read it in SQL; no code writes it.
    return [one for one in shapes if one[0] != "remove_column" or one[3].computed is None]


@each_service
@pytest.mark.parametrize("table", ["audit_log", "events"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET details = '{{}}'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_recorded_cannot_be_changed_by_the_service(house: House, service: str, table: str, statement: str) -> None:
    engine = sa.create_engine(driver_url(house.app_url(service)))
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        connection.exec_driver_sql(statement.format(table))
    engine.dispose()


@each_service
def test_the_role_of_a_service_has_no_way_round_row_level_security(house: House, service: str) -> None:
    engine = sa.create_engine(driver_url(house.app_url(service)))
    with engine.connect() as connection:
        rights = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        assert not any(connection.exec_driver_sql(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user").one())
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole").scalar() == 0
        guarded = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relrowsecurity").scalars().all()
    assert {"audit_log", "audit_chain", "tasks"} <= set(guarded)
    for table in guarded:
        for change in (
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" ADD COLUMN mine int',
            f'DROP TABLE "{table}"',
        ):
            with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="must be owner"):
                connection.exec_driver_sql(change)
    engine.dispose()
