"""One embedded stack for the whole run, a copy of each migrated database for each worker, and the services on them in this process."""

import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import argon2
import grpc
import hypothesis
import psycopg2
import pytest

from cli import environment as environments
from cli.migrate import migrate_all
from cli.services import SERVICES, start
from cli.stack import mailbox
from cli.stack.databases import copy_database, drop_database, ensure_databases
from cli.stack.folder import DataFolder
from cli.stack.mail import Mailbox
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from services.chassis.clients import OPTIONS
from services.chassis.interceptor import SERVICE_TOKEN
from services.chassis.server import Server
from services.chassis.tokens import ServiceTokens

_FOLDER = "EINSTELLEN_TEST_FOLDER"
# gRPC starts its threads again in every process that forks off, also in one that is about to become another program, and then some crash.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long campaigns whole")


def pytest_configure(config: pytest.Config) -> None:
    # The same examples on every machine, however slow; the long campaigns look further.
    hypothesis.settings.register_profile(
        "suite", max_examples=40, derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], database=None
    )
    hypothesis.settings.register_profile("soak", parent=hypothesis.settings.get_profile("suite"), derandomize=False, max_examples=2000)
    hypothesis.settings.load_profile("soak" if config.getoption("--soak") else "suite")
    config.addinivalue_line("markers", "soak: a long campaign, run by --soak alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        for item in items:
            if item.get_closest_marker("soak"):
                item.add_marker(pytest.mark.skip(reason="a long campaign: make soak"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Starts the stack once, in the process that has no controller above it; workers find it by an environment variable."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    # pytest's own temporary folders are closed to the user that PostgreSQL runs as under root.
    root = Path(tempfile.mkdtemp(prefix="einstellen-tests-"))
    root.chmod(0o755)
    stack = _Stack(root)
    stack.start()
    os.environ[_FOLDER] = str(stack.folder.root)
    session.config.stash[_STACK] = stack


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests have counted, wherever they ran."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "count" and report.when == "call":
                terminalreporter.write_line(str(value))


def pytest_sessionfinish(session: pytest.Session) -> None:
    stack = session.config.stash.get(_STACK, None)
    if stack is not None:
        stack.stop()


class _Stack:
    """The embedded servers under a supervisor on a thread of its own, with a migrated template of each service's database."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.folder = DataFolder(root / "data")
        self._ready = threading.Event()
        self._end = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="stack")

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        self._end.set()
        self._thread.join()
        shutil.rmtree(self.folder.outside(), ignore_errors=True)
        shutil.rmtree(self._root, ignore_errors=True)

    def _run(self) -> None:
        try:
            with self.folder.held(), Supervisor(self.folder, say=lambda _: None) as supervisor:
                postgres, valkey, mailbox = (
                    Postgres.prepare(self.folder, durable=False, say=lambda _: None),
                    Valkey.prepare(self.folder),
                    Mailbox.prepare(self.folder),
                )
                supervisor.start(postgres.child(), valkey.child(), mailbox.child())
                databases = ensure_databases(postgres, self.folder, {service.name: service.database for service in SERVICES})
                ports = {service.name: 1 for service in SERVICES}
                values = environments.of(self.folder, databases, valkey, ports, smtp_port=mailbox.smtp_port)
                migrate_all(SERVICES, values, say=lambda _: None)
                self._ready.set()
                self._end.wait()
        except BaseException as problem:  # noqa: BLE001 - raised again where somebody waits
            self._problem = problem
        finally:
            self._ready.set()


_STACK = pytest.StashKey[_Stack]()


@dataclass
class Account:
    """A registered person with a token, as tests use them."""

    email: str
    password: str
    user_id: str
    access: str
    refresh: str
    tenant_id: str
    role: str

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.access}"),)


@dataclass
class House:
    """The services of this worker, running in this process on databases of their own."""

    folder: DataFolder
    environment: dict[str, str]
    addresses: dict[str, str]
    servers: list[Server]
    mailbox: Mailbox
    postgres: Postgres
    _channels: dict[str, grpc.Channel] = field(default_factory=dict)
    _readers: dict[str, Any] = field(default_factory=dict)
    _administrator: Account | None = None

    def channel(self, service: str) -> grpc.Channel:
        """A plain channel, as an outside client has."""
        if service not in self._channels:
            self._channels[service] = grpc.insecure_channel(self.addresses[service], options=OPTIONS)
        return self._channels[service]

    def stub(self, service: str, kind: Callable[[grpc.Channel], Any]) -> Any:
        return kind(self.channel(service))

    def as_service(self, name: str, to: str) -> tuple[tuple[str, str], ...]:
        """Metadata by which a call is one of the service `name` to the service `to`."""
        return ((SERVICE_TOKEN, ServiceTokens(self.environment["SERVICE_TOKEN"], name).sign(to)),)

    def owner_url(self, service: str) -> str:
        return self.environment[f"{service.upper()}_DATABASE_OWNER_URL"]

    def read(self, service: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What its owner reads in the database of a service, on a connection that is kept."""
        if service not in self._readers:
            self._readers[service] = psycopg2.connect(self.owner_url(service))
            self._readers[service].autocommit = True
        with self._readers[service].cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def close(self) -> None:
        for opened in (*self._readers.values(), *self._channels.values()):
            opened.close()

    def app_url(self, service: str) -> str:
        return self.environment[f"{service.upper()}_DATABASE_URL"]

    def register(self, first_name: str = "Ada", last_name: str = "Lindqvist") -> Account:
        """A new person, signed in, in their personal organization."""
        from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc  # noqa: PLC0415 - so that tests of the stack alone need no generated code

        auth = self.stub("auth", auth_pb2_grpc.AuthServiceStub)
        email, password = f"p{secrets.token_hex(6)}@example.com", "correct horse battery staple"
        auth.Register(auth_pb2.RegisterRequest(email=email, password=password, first_name=first_name, last_name=last_name))
        pair = auth.Login(auth_pb2.LoginRequest(email=email, password=password))
        return Account(email, password, pair.user.id, pair.access_token, pair.refresh_token, pair.organization_id, pair.role)

    def employer(self, name: str = "Nordlicht GmbH") -> Account:
        """A new person acting as the owner of a business organization of theirs."""
        from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc  # noqa: PLC0415 - as above

        account = self.register("Erik", "Sommer")
        organizations = self.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
        made = organizations.CreateOrganization(organizations_pb2.CreateOrganizationRequest(name=name), metadata=account.metadata)
        return self.switched(account, made.id)

    def signed_in(self, account: Account) -> Account:
        """The same person in a session of their own, in their personal organization."""
        from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc  # noqa: PLC0415 - as above

        pair = self.stub("auth", auth_pb2_grpc.AuthServiceStub).Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
        return replace(
            account, access=pair.access_token, refresh=pair.refresh_token, tenant_id=pair.organization_id, role=pair.role
        )  # fmt: skip

    def switched(self, account: Account, organization_id: str) -> Account:
        """The account acting in another of its organizations."""
        from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc  # noqa: PLC0415 - as above

        request = organizations_pb2.SwitchOrganizationRequest(organization_id=organization_id, refresh_token=account.refresh)
        stub = self.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
        pair = stub.SwitchOrganization(request, metadata=account.metadata)
        return replace(
            account, access=pair.access_token, refresh=pair.refresh_token, tenant_id=pair.organization_id, role=pair.role
        )  # fmt: skip

    def take_plan(self, account: Account, plan: str = "Team") -> None:
        """Subscribes the account's organization to a content plan, as if it had been paid for."""
        statement = """
            INSERT INTO subscriptions (id, tenant_id, family, plan_id, payment_method, status, start_date, anchor_at, cycle, period_start, period_end,
                auto_renew, created_at, updated_at)
            SELECT gen_random_uuid(), o.tenant_id, 'content', p.id, 'stripe', 'active', now(), now(), 0, now(), now() + interval '30 days', true, now(), now()
            FROM organizations o, plans p WHERE o.tenant_id = %s AND p.name = %s ORDER BY p.version DESC LIMIT 1
            ON CONFLICT (tenant_id, family) WHERE status <> 'cancelled' DO UPDATE SET plan_id = excluded.plan_id, status = 'active'"""

        def taken() -> bool:
            with closing(psycopg2.connect(self.owner_url("billing"))) as connection, connection, connection.cursor() as cursor:
                cursor.execute(statement, (account.tenant_id, plan))
                return cursor.rowcount == 1

        until(taken, "billing knows the organization")

    def mails(self, address: str) -> list[mailbox.Mail]:
        """What has come for an address, newest first."""
        return mailbox.newest(self.mailbox.folder, address)

    def invited(self, inviter: Account, email: str, role: str = "member") -> str:
        """Invites an address into the inviter's organization; the answer is the token that was mailed to it."""
        from einstellen.auth.v1 import invitations_pb2, invitations_pb2_grpc  # noqa: PLC0415 - as above

        def mailed() -> set[str]:
            texts = [mail["text"] for mail in self.mails(email)]
            return {token for text in texts for token in re.findall(r"/account/accept-invitation#token=([\w-]+)", text)}

        before = mailed()
        request = invitations_pb2.CreateInvitationRequest(organization_id=inviter.tenant_id, email=email, role=role)
        self.stub("auth", invitations_pb2_grpc.InvitationServiceStub).CreateInvitation(request, metadata=inviter.metadata)
        (token,) = until(lambda: mailed() - before, "the invitation is in the mailbox")
        return str(token)

    def colleague(self, inviter: Account, role: str = "member") -> Account:
        """A new person who was invited into the inviter's organization, and acts in it."""
        from einstellen.auth.v1 import invitations_pb2, invitations_pb2_grpc  # noqa: PLC0415 - as above

        account = self.register("Kim", "Berg")
        request = invitations_pb2.AcceptInvitationRequest(token=self.invited(inviter, account.email, role))
        self.stub("auth", invitations_pb2_grpc.InvitationServiceStub).AcceptInvitation(request, metadata=account.metadata)
        return self.switched(account, inviter.tenant_id)

    def administrator(self) -> Account:
        """A platform administrator, the same one each time."""
        from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc  # noqa: PLC0415 - as above

        if self._administrator is None:
            account = self.register("Olga", "Operator")
            with closing(psycopg2.connect(self.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
                cursor.execute("UPDATE users SET is_platform_admin = true WHERE id = %s", (account.user_id,))
            pair = self.stub("auth", auth_pb2_grpc.AuthServiceStub).Login(
                auth_pb2.LoginRequest(email=account.email, password=account.password)
            )
            self._administrator = replace(account, access=pair.access_token, refresh=pair.refresh_token)
        return self._administrator

    def credit(self, account: Account, amount: float, unit: str = "hiring") -> None:
        """Grants the account's organization credits, once billing has heard of it."""
        from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc  # noqa: PLC0415 - as above

        ledger, metadata = self.stub("billing", credits_pb2_grpc.CreditServiceStub), self.administrator().metadata
        request = credits_pb2.GrantCreditsRequest(tenant_id=account.tenant_id, unit=unit, amount=amount, request_id=secrets.token_hex(8))

        def granted() -> bool:
            try:
                return bool(ledger.GrantCredits(request, metadata=metadata))
            except grpc.RpcError as error:
                assert error.code() is grpc.StatusCode.NOT_FOUND, error
                return False

        until(granted, "billing knows the organization")


@pytest.fixture(scope="session")
def shared_folder() -> DataFolder:
    """The data folder of the run's stack."""
    return DataFolder(Path(os.environ[_FOLDER]))


@pytest.fixture(scope="session")
def house(shared_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    postgres, valkey = Postgres.attach(shared_folder), Valkey.attach(shared_folder)
    mailbox = Mailbox(shared_folder.room("mail"), shared_folder.find_port("mail-smtp") or 0, shared_folder.find_port("mail-http") or 0)
    names = {service.name: f"{service.database}_{worker}" for service in SERVICES}
    databases = {
        service.name: copy_database(postgres, shared_folder, service.name, service.database, names[service.name]) for service in SERVICES
    }
    ports = {service.name: free_port() for service in SERVICES}
    values = environments.of(shared_folder, databases, valkey, ports, smtp_port=mailbox.smtp_port)
    values |= {
        "REDIS_URL": valkey.url(sum(worker.encode()) % 16),
        "UPLOAD_DIR": str(tmp_path_factory.mktemp("objects")),
        "WORKERS": "4",
        "WEBHOOKS_PRIVATE": "true",
    }
    _hash_quickly()
    servers = start(SERVICES, values)
    found = House(shared_folder, values, {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}, servers, mailbox, postgres)
    yield found
    found.close()
    for server in reversed(servers):
        server.stop(1)
    for name in names.values():
        drop_database(postgres, name)


def _hash_quickly() -> None:
    """Accounts are made by the thousand here, and a hash as strong as it should be costs 50 ms; those are looked at in a process of their own."""
    from services.auth import passwords  # noqa: PLC0415 - as above

    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("the password of an account that is not there")


@pytest.fixture(scope="session")
def employer(house: House) -> Account:
    return house.employer()


@pytest.fixture(scope="session")
def person(house: House) -> Account:
    return house.register()


def until(condition: Callable[[], Any], what: str, seconds: float = 15.0) -> Any:
    """What the condition answers as soon as that is true; fails, saying what was waited for, when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
    return found
