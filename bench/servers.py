"""The servers that are measured, each a process of its own on one embedded stack, and what they have cost so far."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psycopg2
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, organizations_pb2, organizations_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc

from cli import edge, environment
from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack.databases import ensure_databases
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.mail import Mailbox
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Child, Supervisor
from cli.stack.valkey import Valkey

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".cache" / "bench" / "bin" / "python"
_SERVICE = "/einstellen.jobs.v1.JobService/"
_TICKS = os.sysconf("SC_CLK_TCK")
OPERATIONS = ("get", "list", "create")
# Each twice: as it is deployed, checking a token's signature for every request, and with our memory of verified tokens lent to it.
PEERS = ("django", "fastapi", "django_remembering", "fastapi_remembering")


class Load:
    """The process that sends the requests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, job: dict[str, Any]) -> None:
        """Returns when every request was answered well; raises RuntimeError where one was not."""
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer["problems"]:
            raise RuntimeError(f"{job['address']}: {answer['problems'][0]}")

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait()


@dataclass
class Subject:
    """One way to ask for companies: how its requests look on the wire, and the processes that it costs."""

    name: str
    kind: str
    address: str
    token: str
    processes: dict[str, Callable[[], int | None]]
    company_ids: list[str]

    def job(self, operation: str, count: int) -> dict[str, Any]:
        """`count` requests, spread over the companies that were there at the start; what is created differs in each."""
        compose = self._message if self.kind == "grpc" else self._request
        messages = [base64.b64encode(compose(operation, number)).decode() for number in range(count)]
        job = {"kind": self.kind, "address": self.address, "messages": messages}
        if self.kind == "grpc":
            job |= {"method": _SERVICE + _METHODS[operation], "metadata": [("authorization", f"Bearer {self.token}")]}
        return job

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each part has used since it started."""
        return {part: tree_seconds(pid() or 0) for part, pid in self.processes.items()}

    def _message(self, operation: str, number: int) -> bytes:
        if operation == "get":
            message = jobs_pb2.GetCompanyRequest(company_id=self._id(number))
        elif operation == "list":
            message = jobs_pb2.ListCompaniesRequest(page_size=20)
        else:
            message = jobs_pb2.CreateCompanyRequest(**_new_company(), request_id=str(uuid.uuid4()))
        return message.SerializeToString()

    def _request(self, operation: str, number: int) -> bytes:
        path, body, extra = "/api/v1/companies", b"", ""
        if operation == "get":
            path += "/" + self._id(number)
        elif operation == "list":
            path += "?page_size=20"
        else:
            body = json.dumps(_new_company()).encode()
            extra = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nidempotency-key: {uuid.uuid4()}\r\n"
        verb = "POST" if operation == "create" else "GET"
        return f"{verb} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self.token}\r\n{extra}\r\n".encode() + body

    def _id(self, number: int) -> str:
        return self.company_ids[number % len(self.company_ids)]


_METHODS = {"get": "GetCompany", "list": "ListCompanies", "create": "CreateCompany"}


def _new_company() -> dict[str, str]:
    mark = secrets.token_hex(4)
    return {"name": f"Nordlicht Werke {mark} GmbH", "website": f"https://{mark}.example.com/about"}


@contextmanager
def running(folder: Path, *, rows: int) -> Iterator[tuple[list[Subject], Load, Callable[[], dict[str, int]]]]:
    """Everything up, with `rows` companies of one tenant in each database. The last part counts the rows that each has now: companies and audit."""
    data = DataFolder(folder)
    with data.held(), Supervisor(data, say=lambda text: print(text, file=sys.stderr)) as supervisor:
        postgres = Postgres.prepare(data, durable=False, say=lambda _: None)
        valkey, mailbox = Valkey.prepare(data), Mailbox.prepare(data)
        supervisor.start(postgres.child(), valkey.child(), mailbox.child())
        databases = ensure_databases(postgres, data, {service.name: service.database for service in SERVICES})
        ports = {service.name: data.port(service.name) for service in SERVICES}
        values = environment.of(data, databases, valkey, ports, smtp_port=mailbox.smtp_port)
        values |= {"JWT_EXPIRY": "3600", "JOBS_METRICS_LISTEN": f"{LOOPBACK}:{free_port()}"}
        migrate_all(SERVICES, values, say=lambda _: None)

        public, admin = free_port(), free_port()
        upstreams = {**ports, "gateway": 1, "gateway-grpc": 1}  # no gateway here: nothing that is measured goes there
        config = edge.render(
            data.room("envoy") / "envoy.yaml", address=LOOPBACK, port=public, admin_port=admin, rates=1000, upstreams=upstreams
        )
        others = ",".join(name for name in ports if name != "jobs")
        supervisor.start(
            _process(
                "others", [sys.executable, "-m", "cli", "up", "--target", others], values, [p for n, p in ports.items() if n != "jobs"]
            ),
            _process("jobs", [sys.executable, "-m", "services.jobs"], values | _own(values, "jobs"), [ports["jobs"]]),
            envoy_child(data, config, admin_port=admin),
        )
        token, keys = _employer(f"{LOOPBACK}:{ports['auth']}")

        peers = ensure_databases(postgres, data, {peer: f"bench_{peer}" for peer in PEERS})
        listening = {name: free_port() for name in peers}
        for name, urls in peers.items():
            with closing(psycopg2.connect(urls.owner)) as connection, connection, connection.cursor() as cursor:
                cursor.execute((ROOT / "bench" / "peers" / "tables.sql").read_text().format(role=f"{name}_app"))
            supervisor.start(
                _process(
                    name, [str(PEERS_PYTHON), *_command(name, listening[name])],
                    {
                        "BENCH_DATABASE_URL": urls.app, "BENCH_KEYS": keys, "BENCH_REMEMBER": "1" if name.endswith("_remembering") else "0",
                        "SECRET_KEY": values["SECRET_KEY"],
                    },
                    [listening[name]],
                )
            )  # fmt: skip

        def pid(name: str) -> Callable[[], int | None]:
            return lambda: supervisor.pid(name)

        subjects = [
            Subject("gRPC", "grpc", f"{LOOPBACK}:{ports['jobs']}", token, {"jobs": pid("jobs")}, []),
            Subject("Envoy", "http", f"{LOOPBACK}:{public}", token, {"jobs": pid("jobs"), "envoy": pid("envoy")}, []),
            *(Subject(name, "http", f"{LOOPBACK}:{port}", token, {name: pid(name)}, []) for name, port in listening.items()),
        ]
        owners = {"jobs": databases["jobs"].owner, **{name: urls.owner for name, urls in peers.items()}}
        load = Load()
        try:
            for subject in subjects:
                if subject.name != "Envoy":  # which is another door to the same rows
                    load.run(subject.job("create", rows))
            for subject in subjects:
                subject.company_ids = _ids(owners[next(iter(subject.processes))])
            _same_answers(subjects, ports["jobs"])
            yield subjects, load, lambda: {name: _count(url) for name, url in owners.items()}
        finally:
            load.stop()


def _own(values: dict[str, str], service: str) -> dict[str, str]:
    """The service's variables without its name in front, as a process that runs it alone has them."""
    prefix = service.upper() + "_"
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


def _command(peer: str, port: int) -> list[str]:
    """As each is deployed: gunicorn with kept connections and as many threads as our service has workers, uvicorn on uvloop and httptools."""
    if peer.startswith("django"):
        return [
            "-m", "gunicorn", "--bind", f"{LOOPBACK}:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "75",
            "--access-logfile", "-", "bench.peers.django_app:application",
        ]  # fmt: skip
    return [
        "-m",
        "uvicorn",
        "bench.peers.fastapi_app:app",
        "--host",
        LOOPBACK,
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
    ]


def _process(name: str, command: list[str], values: dict[str, str], ports: list[int]) -> Child:
    return Child(
        name=name, command=command, ready=lambda: all(_listens(port) for port in ports), env={**os.environ, "PYTHONUNBUFFERED": "1", **values},
        cwd=ROOT, stop_timeout=15.0,
    )  # fmt: skip


def _listens(port: int) -> bool:
    with closing(socket.create_connection((LOOPBACK, port), timeout=1.0)):
        return True


def _employer(auth: str) -> tuple[str, str]:
    """The access token of a new organization's owner, and the public keys that it is verified with."""
    with grpc.insecure_channel(auth) as channel:
        accounts, organizations = auth_pb2_grpc.AuthServiceStub(channel), organizations_pb2_grpc.OrganizationServiceStub(channel)
        email, password = f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(24)
        accounts.Register(auth_pb2.RegisterRequest(email=email, password=password, first_name="Erik", last_name="Sommer"))
        pair = accounts.Login(auth_pb2.LoginRequest(email=email, password=password))
        metadata = (("authorization", f"Bearer {pair.access_token}"),)
        made = organizations.CreateOrganization(organizations_pb2.CreateOrganizationRequest(name="Nordlicht GmbH"), metadata=metadata)
        switch = organizations_pb2.SwitchOrganizationRequest(organization_id=made.id, refresh_token=pair.refresh_token)
        token = organizations.SwitchOrganization(switch, metadata=metadata).access_token
        keys = keys_pb2_grpc.KeyServiceStub(channel).GetKeys(keys_pb2.GetKeysRequest()).data.decode()
    return token, keys


def _ids(owner_url: str) -> list[str]:
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM companies ORDER BY id")
        return [str(row[0]) for row in cursor.fetchall()]


def _count(owner_url: str) -> int:
    """Audit rows of created companies; as many as there are companies, or somebody skipped work."""
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), (SELECT count(*) FROM audit_log WHERE action = 'company.created') FROM companies")
        companies, audited = cursor.fetchone()
    if companies != audited:
        raise RuntimeError(f"{companies} companies and {audited} audit rows in {owner_url.rpartition('/')[2]}")
    return int(companies)


def _same_answers(subjects: list[Subject], jobs_port: int) -> None:
    """Raises RuntimeError unless a list of 20 has 20 companies with the same fields at every door."""
    for subject in subjects:
        if subject.kind == "grpc":
            with grpc.insecure_channel(f"{LOOPBACK}:{jobs_port}") as channel:
                stub = jobs_pb2_grpc.JobServiceStub(channel)
                asked = jobs_pb2.ListCompaniesRequest(page_size=20)
                listed = stub.ListCompanies(asked, metadata=(("authorization", f"Bearer {subject.token}"),))
            found = [sorted(field.name for field, _ in company.ListFields()) for company in listed.companies]
        else:
            answer = _get(subject.address, subject.job("list", 1)["messages"][0])
            found = [sorted(company) for company in answer.get("companies", answer.get("results"))]
        if found != [["create_time", "id", "name", "website"]] * 20:
            raise RuntimeError(f"{subject.name} lists {found[:1]} {len(found)} times")


def _get(address: str, message: str) -> dict[str, Any]:
    import http.client

    head = base64.b64decode(message).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    with closing(http.client.HTTPConnection(address, timeout=10)) as connection:
        connection.request("GET", head[0].split(" ")[1], headers=headers)
        found: dict[str, Any] = json.loads(connection.getresponse().read())
    return found


def tree_seconds(root: int) -> float:
    """CPU seconds, user and system, of a process, its children that live and those that it has waited for; all threads."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
            used[int(entry.name)] = sum(map(int, fields[11:15])) / _TICKS
    if root not in used:
        raise RuntimeError("a server that is measured has ended")
    total, waiting = 0.0, [root]
    while waiting:
        process = waiting.pop()
        total += used.get(process, 0.0)
        waiting += parents.get(process, [])
    return total
