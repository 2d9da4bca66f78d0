"""The services that there are, and how to start some of them in this process."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.stack.errors import StackError
from services.chassis.server import Server
from services.chassis.settings import load


@dataclass(frozen=True)
class Service:
    """A service's name, which is also its folder, its database, and the variable that names its gRPC address to the others."""

    name: str
    database: str
    url_variable: str

    @property
    def settings(self) -> Any:
        return importlib.import_module(f"services.{self.name}.settings").Settings

    def load(self, environment: Mapping[str, str] | None = None) -> Any:
        return load(self.settings, self.name, environment)

    def start(self, environment: Mapping[str, str] | None = None) -> Server:
        server: Server = importlib.import_module(f"services.{self.name}.__main__").start(self.load(environment))
        return server


SERVICES: tuple[Service, ...] = (
    Service("auth", "auth_db", "AUTH_SERVICE_URL"),
    Service("notifications", "notification_db", "NOTIFICATION_SERVICE_URL"),
    Service("inference", "inference_db", "INFERENCE_SERVICE_URL"),
    Service("candidates", "candidate_db", "CANDIDATE_SERVICE_URL"),
    Service("jobs", "job_db", "JOB_SERVICE_URL"),
    Service("billing", "billing_db", "BILLING_SERVICE_URL"),
    Service("interviews", "interview_db", "INTERVIEW_SERVICE_URL"),
)


def chosen(target: str) -> list[Service]:
    """The services that a `--target` names: `all`, or names with commas between. Raises StackError for an unknown one."""
    if target == "all":
        return list(SERVICES)
    known = {service.name: service for service in SERVICES}
    names = [name.strip() for name in target.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise StackError(f"--target does not know {', '.join(unknown) or 'nothing'}: it is `all` or some of {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def start(services: Sequence[Service], environment: Mapping[str, str] | None = None) -> list[Server]:
    """Starts each with its own gRPC server and threads; those that are up are stopped again where one cannot start."""
    running: list[Server] = []
    try:
        for service in services:
            running.append(service.start(environment))  # noqa: PERF401 - what has started must be known when the next one fails
    except BaseException:
        for server in reversed(running):
            server.stop(0)
        raise
    return running
