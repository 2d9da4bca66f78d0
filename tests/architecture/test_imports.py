"""Who may import whom, and who calls whom."""

import re
from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.repository import NAMES, ROOT, SHARED, imported
from tests.cli.contracts.conftest import compiled, imports  # noqa: F401 - fixtures: contracts that a test writes itself

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
