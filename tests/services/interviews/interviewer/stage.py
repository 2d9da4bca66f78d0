"""Interviews, inference, the gateway and two interviewers as an operator has them: processes under a supervisor, on databases of their own."""

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack.databases import ensure_databases
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Child, Supervisor
from cli.stack.valkey import Valkey
from tests.conftest import House, until
from tests.services.interviews.conftest import rows

_ROOT = Path(__file__).parents[4]
PARTS = ("gateway", "interviews", "inference", "postgres", "valkey")
INTERVIEWERS = ("interviewer-1", "interviewer-2")


@dataclass
class Stage:
    """`house` has the other services in this process, and the addresses of these. `address` is the gateway's."""

    house: House
    address: str
    supervisor: Supervisor

    def kill(self, name: str) -> None:
        """Without a goodbye. The supervisor starts it again, as it does an operator's."""
        pid = until(lambda: self.supervisor.pid(name), f"{name} runs")
        os.kill(pid, signal.SIGKILL)

    def wait_for_all(self) -> None:
        for name in (*PARTS, *INTERVIEWERS):
            until(lambda name=name: self.supervisor.ready(name), f"{name} is back", 60)  # type: ignore[misc]

    def host_of(self, interview_id: str) -> str:
        """Which interviewer has the lease of a room."""
        ((holder,),) = rows(self.house, "SELECT lease_holder FROM rooms WHERE interview_id = %s", interview_id)
        return next(name for name in INTERVIEWERS if str(self.supervisor.pid(name)) == holder.rpartition(":")[2])


@contextmanager
def staged(house: House) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="einstellen-stage-") as root:
        Path(root).chmod(0o755)
        folder = DataFolder(Path(root) / "data")
        interviews = next(service for service in SERVICES if service.name == "interviews")
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            postgres, valkey = Postgres.prepare(folder, durable=False, say=lambda _: None), Valkey.prepare(folder)
            supervisor.start(postgres.child(), valkey.child())
            urls = ensure_databases(postgres, folder, {interviews.name: interviews.database})[interviews.name]
            ports = {name: free_port() for name in ("inference", "interviews", "gateway", *INTERVIEWERS)}
            at = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
            values = {
                **house.environment,
                "REDIS_URL": valkey.url(),
                "INTERVIEWS_DATABASE_URL": urls.app,
                "INTERVIEWS_DATABASE_OWNER_URL": urls.owner,
                **{f"{name.upper()}_LISTEN": at[name] for name in ("inference", "interviews", "gateway")},
                "INFERENCE_SERVICE_URL": at["inference"],
                "INTERVIEW_SERVICE_URL": at["interviews"],
                "GATEWAY_URL": at["gateway"],
                "WHISPER_MODEL": "tiny.en",
            }
            migrate_all([interviews], values, say=lambda _: None)

            def child(name: str, module: str) -> Child:
                return Child(
                    name=name, command=[sys.executable, "-m", module], ready=lambda: _listens(ports[name]), cwd=_ROOT, ready_timeout=90,
                    env={**os.environ, **values, "INTERVIEWER_LISTEN": at[name]},
                )  # fmt: skip

            supervisor.start(
                child("inference", "services.inference"),
                child("interviews", "services.interviews"),
                child("gateway", "gateway"),
                *(child(name, "services.interviews.interviewer") for name in INTERVIEWERS),
            )
            own = {name: at[name] for name in ("inference", "interviews")}
            yield Stage(replace(house, environment=values, addresses={**house.addresses, **own}, _channels={}), at["gateway"], supervisor)


def _listens(port: int) -> bool:
    with closing(socket.create_connection((LOOPBACK, port), timeout=1.0)):
        return True
