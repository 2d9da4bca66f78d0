"""The service is killed again and again while it tells many people: each is told, and nobody twice but in the window that the protocol leaves."""

import asyncio
import base64
import json
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import grpc
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.chassis import calls
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.notifications.store import webhooks as store
from services.notifications.tables import Endpoint
from services.notifications.webhooks import catalogue, recording
from tests.conftest import House, until
from tests.services.notifications import dying_service
from tests.services.notifications.receiver import Receiver, receiving, status

_FROM = "+491701234567"
_NO_ANSWER = {getattr(grpc.StatusCode, name) for name in ("UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "RESOURCE_EXHAUSTED")}


@dataclass
class Reaper:
    """Kills the service at chosen effects: while it waits for the answer to one, or when it has just got it."""

    at: dict[int, str]
    seen: int = 0
    kills: int = 0
    process: Any = None
    reaped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meets(self) -> str:
        """What becomes of the service at the effect that is happening: "before" or "after" its answer it dies, or nothing does."""
        with self._lock:
            self.seen += 1
            return self.at.get(self.seen, "")

    def kill(self) -> None:
        with self._lock:
            self.kills += 1
            self.process.kill()
            self.reaped.set()


@dataclass
class World:
    """What came out of the service, each with when it was taken."""

    reaper: Reaper
    mails: list[tuple[str, str, float]] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = bytes(envelope.content or b"").decode()
        (message_id,) = re.findall(r"^Message-ID: <([^@]+)@", content, re.MULTILINE | re.IGNORECASE)
        self.mails.append((message_id, envelope.rcpt_tos[0], time.time()))
        fate = self.reaper.meets()
        if fate == "before":
            self.reaper.kill()
        elif fate == "after":
            asyncio.get_running_loop().call_later(0.001, self.reaper.kill)
        return "250 OK"

    def reaping(self, answer: Callable[[], None]) -> None:
        fate = self.reaper.meets()
        if fate == "before":
            self.reaper.kill()
        with suppress(OSError):  # who asked may be dead
            answer()
        if fate == "after":
            self.reaper.kill()

    def twilio(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Api(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = {key: values[0] for key, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
                form |= {"sid": f"SM{uuid4().hex}", "at": format_datetime(datetime.now(UTC))}
                world.texts.append(form)
                world.reaping(lambda: self._answer(201, _message(form)))

            def do_GET(self) -> None:
                to = parse_qs(urlsplit(self.path).query)["To"][0]
                found = [_message(form) for form in world.texts if form["To"] == to]
                self._answer(200, {"messages": found, "page": 0, "page_size": 50, "uri": self.path, "next_page_uri": None})

            def _answer(self, code: int, body: dict[str, Any]) -> None:
                assert base64.b64decode(self.headers["Authorization"].split()[1]) == b"AC0:token"
                data = json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return

        return Api


def _message(form: dict[str, str]) -> dict[str, Any]:
    return {
        "sid": form["sid"], "to": form["To"], "from": form["From"], "body": form["Body"], "status": "queued", "date_sent": form["at"],
        "date_created": form["at"],
    }  # fmt: skip


def campaign(house: House, *, each: int, kills: int, seed: int, lease_seconds: float) -> list[str]:
    """Tells `each` people by mail, as many by SMS, and an endpoint as many events, while the service is killed; the answer is what was counted.

    Requests that get no answer are repeated under their key, as every client of ours does.
    """
    chance = random.Random(seed)
    reaper = Reaper({at: chance.choice(["before", "after"]) for at in chance.sample(range(1, 3 * each), kills)})
    world = World(reaper)
    name = house.app_url("notifications").rpartition("/")[2].partition("?")[0] + "_kills"
    with ExitStack() as stack:
        urls = copy_database(house.postgres, house.folder, "notifications", "notification_db", name)
        stack.callback(drop_database, house.postgres, name)
        database = stack.enter_context(closing(Database(urls.app, pool_size=2)))
        sink = Controller(world, hostname=LOOPBACK, port=free_port())
        sink.start()
        stack.callback(sink.stop)
        twilio = stack.enter_context(serving(world.twilio()))
        receiver = stack.enter_context(receiving(lambda handler, turn: world.reaping(lambda: status(204)(handler, turn))))
        port, nobody = free_port(), f"{LOOPBACK}:{free_port()}"
        environment = house.environment | {
            "NOTIFICATIONS_DATABASE_URL": urls.app, "NOTIFICATIONS_LISTEN": f"{LOOPBACK}:{port}", "EMAIL_HOST": LOOPBACK, "EMAIL_PORT": str(sink.port),
            "TWILIO_ACCOUNT_SID": "AC0", "TWILIO_AUTH_TOKEN": "token", "TWILIO_FROM": _FROM, "TWILIO_BASE_URL": twilio,
            # It follows nobody: what happens here is the test's.
            **dict.fromkeys(("CANDIDATE_SERVICE_URL", "JOB_SERVICE_URL", "BILLING_SERVICE_URL", "INTERVIEW_SERVICE_URL"), nobody),
        }  # fmt: skip
        reaper.process = dying_service.born(environment, lease_seconds)
        stack.callback(lambda: (reaper.process.kill(), reaper.process.join()))
        over = threading.Event()

        def resurrect() -> None:
            while not over.is_set():
                reaper.process.join(0.05)
                if reaper.process.exitcode is not None and not over.is_set():
                    reaper.process = dying_service.born(environment, lease_seconds)

        healer = threading.Thread(target=resurrect)
        healer.start()
        stack.callback(healer.join)
        stack.callback(over.set)
        tenant_id = uuid4()
        events = _listen(database, tenant_id, receiver, each)
        with ThreadPoolExecutor(4) as clients, closing(grpc.insecure_channel(f"{LOOPBACK}:{port}")) as channel:
            stub = notifications_pb2_grpc.NotificationServiceStub(channel)
            ask = [("email", f"p{number}@example.com") for number in range(each)] + [
                ("sms", f"+49170{number:07}") for number in range(each)
            ]
            ids = list(clients.map(lambda one: _sent(house, stub, tenant_id, *one), ask))
        until(lambda: _left(database) == 0, "everything has been sent", 60 + kills * 3)
        return _count(database, world, receiver, ids[:each], events, each)


def _listen(database: Database, tenant_id: UUID, receiver: Receiver, count: int) -> set[str]:
    """An endpoint, and events that it is told of; the answer is the names that they come under."""
    now = utc_now()
    endpoint = Endpoint(uuid4(), tenant_id, uuid4(), receiver.url, "", [], "on", 1, None, None, None, now, now)
    kind = catalogue.EVENT_TYPES["einstellen.job.closed"]
    with database.begin(calls.SYSTEM) as connection:
        store.add_endpoint(connection, endpoint)
        for _ in range(count):
            recording.record(connection, kind, tenant_id, kind.data(str(uuid4()), {}), now, now=now)
        found = connection.exec_driver_sql("SELECT id FROM webhook_messages WHERE tenant_id = %s", (tenant_id,)).scalars()
        return {f"msg_{one.hex}" for one in found}


def _sent(house: House, stub: Any, tenant_id: UUID, kind: str, recipient: str) -> str:
    request = notifications_pb2.SendNotificationRequest(
        notification_type=kind,
        recipient=recipient,
        subject="Hello",
        message=f"Hello {recipient}",
        tenant_id=str(tenant_id),
        request_id=recipient,
    )
    while True:
        try:
            answer = stub.SendNotification(request, metadata=house.as_service("jobs", "notifications"), timeout=20, wait_for_ready=True)
        except grpc.RpcError as problem:
            assert problem.code() in _NO_ANSWER, problem
        else:
            return str(answer.id)


def _left(database: Database) -> int:
    with database.begin(calls.SYSTEM) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM tasks WHERE state IN ('ready', 'running')").scalar_one())


def _count(database: Database, world: World, receiver: Receiver, mail_ids: list[str], events: set[str], each: int) -> list[str]:
    with database.begin(calls.SYSTEM) as connection:
        states = dict(connection.exec_driver_sql("SELECT state, count(*) FROM tasks GROUP BY state").all())
        sent = dict(connection.exec_driver_sql("SELECT status, count(*) FROM notifications GROUP BY status").all())
        taken = connection.exec_driver_sql("SELECT id, sent_at FROM notifications WHERE notification_type = 'email'").all()
    assert (set(states), sent) == ({"done"}, {"sent": 2 * each})
    mails = Counter(message_id for message_id, _, _ in world.mails)
    assert set(mails) == set(mail_ids)
    assert {recipient for _, recipient, _ in world.mails} == {f"p{number}@example.com" for number in range(each)}
    assert Counter(form["To"] for form in world.texts) == Counter(f"+49170{number:07}" for number in range(each))
    hooks = Counter(got.id for got in receiver.got)
    assert set(hooks) == events
    assert len({(got.id, got.body) for got in receiver.got}) == each  # a repeat is the same in all but its time
    first = {message_id: at for message_id, _, at in reversed(world.mails)}
    window = sorted(row.sent_at.timestamp() - first[str(row.id)] for row in taken if mails[str(row.id)] == 1)
    kills = f"{world.reaper.kills} kills -9 of the service while it told 3 x {each}, nothing lost"
    texts = f"SMS {len(world.texts)} sent, none twice"
    mail = f"mail {sum(mails.values())} sent, {sum(mails.values()) - each} of them repeats under the same Message-ID"
    webhooks = f"webhooks {sum(hooks.values())} sent, {sum(hooks.values()) - each} of them repeats under the same webhook-id"
    late = window[int(0.99 * len(window))]
    return [
        f"{kills}: {texts}; {mail}; {webhooks}",
        f"from a mail server's taking a mail to our knowing it: median {1000 * statistics.median(window):.1f} ms, 99 % in {1000 * late:.0f} ms",
    ]


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who is killed says no goodbye
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("each", "kills", "lease_seconds"),
    [(20, 4, 2.0), pytest.param(667, 200, 4.0, marks=pytest.mark.soak)],
    ids=["a slice", "whole"],
)
def test_everybody_is_told_however_often_the_service_is_killed(
    house: House, record_property: Callable[[str, object], None], each: int, kills: int, lease_seconds: float
) -> None:
    for line in campaign(house, each=each, kills=kills, seed=7, lease_seconds=lease_seconds):
        record_property("count", line)
