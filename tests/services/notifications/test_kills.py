"""The service is killed again and again while it tells many people: each is told, and nobody twice but in the window that the protocol leaves."""

import asyncio
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.chassis import calls
from services.chassis.clients import OPTIONS
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.settings import load
from services.notifications.providers.push import WebPush, new_key
from services.notifications.settings import Settings
from services.notifications.store import webhooks as store
from services.notifications.tables.webhooks import Endpoint
from services.notifications.webhooks import catalogue, recording
from tests.conftest import House
from tests.services.notifications import dying_service
from tests.services.notifications.receiver import Receiver, receiving, status
from tests.services.notifications.stand_ins import PushStandIn, TwilioStandIn, serving, twilio_settings

# It follows auth, and people whom other tests have deleted there are erased two minutes later.
_OURS = "kind <> 'erase_person'"
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
    """What came out of the service; mails with when they were taken."""

    reaper: Reaper
    mails: list[tuple[str, str, float]] = field(default_factory=list)

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

    def reaping(self, take: Callable[[], object]) -> None:
        """Lets a stand-in take what came, and answer."""
        fate = self.reaper.meets()
        if fate == "before":
            self.reaper.kill()
        with suppress(OSError):  # who asked may be dead
            take()
        if fate == "after":
            self.reaper.kill()


@dataclass(frozen=True)
class Watched:
    """A stand-in at which the service may die."""

    world: World
    owner: Any

    def post(self, request: Any, body: bytes) -> None:
        self.world.reaping(lambda: self.owner.post(request, body))

    def get(self, request: Any) -> None:
        self.owner.get(request)


def campaign(house: House, *, each: int, kills: int, seed: int, lease_seconds: float) -> list[str]:
    """Tells `each` people by mail, as many by SMS and by push, and an endpoint as many events, while the service is killed; the answer is what was counted.

    Requests that get no answer are repeated under their key, as every client of ours does.
    """
    chance = random.Random(seed)
    reaper = Reaper({at: chance.choice(["before", "after"]) for at in chance.sample(range(1, 4 * each), kills)})
    world = World(reaper)
    name = house.app_url("notifications").rpartition("/")[2].partition("?")[0] + "_kills"
    with ExitStack() as stack:
        urls = copy_database(house.postgres, house.folder, "notifications", "notification_db", name)
        stack.callback(drop_database, house.postgres, name)
        database = stack.enter_context(closing(Database(urls.app, pool_size=2)))
        sink = Controller(world, hostname=LOOPBACK, port=free_port())
        sink.start()
        stack.callback(sink.stop)
        twilio, push = TwilioStandIn(), PushStandIn()
        twilio_at = stack.enter_context(serving(Watched(world, twilio)))
        push.address, key = stack.enter_context(serving(Watched(world, push))), new_key()
        receiver = stack.enter_context(receiving(lambda handler, turn: world.reaping(lambda: status(204)(handler, turn))))
        port, nobody = free_port(), f"{LOOPBACK}:{free_port()}"
        environment = house.environment | {
            "NOTIFICATIONS_DATABASE_URL": urls.app, "NOTIFICATIONS_LISTEN": f"{LOOPBACK}:{port}", "EMAIL_HOST": LOOPBACK, "EMAIL_PORT": str(sink.port),
            **twilio_settings(twilio_at), "VAPID_PRIVATE_KEY": key, "PUSH_HOSTS": LOOPBACK,
            # It follows nobody: what happens here is the test's.
            **dict.fromkeys(("CANDIDATE_SERVICE_URL", "JOB_SERVICE_URL", "BILLING_SERVICE_URL", "INTERVIEW_SERVICE_URL"), nobody),
        }  # fmt: skip
        push.public_key = WebPush(load(Settings, "notifications", environment)).public_key
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
        with ThreadPoolExecutor(4) as clients, closing(grpc.insecure_channel(f"{LOOPBACK}:{port}", options=OPTIONS)) as channel:
            stub = notifications_pb2_grpc.NotificationServiceStub(channel)
            people = [("push", user_id) for user_id in _subscribed(database, push, each)]
            numbered = [(f"p{number}@example.com", f"+49170{number:07}") for number in range(each)]
            ask = [*people, *(("email", mail) for mail, _ in numbered), *(("sms", phone) for _, phone in numbered)]
            chance.shuffle(ask)
            ids = list(clients.map(lambda one: _sent(house, stub, tenant_id, *one), ask))
        _wait_for_all(database, 120 + kills * 3)
        return _count(
            database, world, twilio, push, receiver, {one for one, (kind, _) in zip(ids, ask, strict=True) if kind == "email"}, events, each
        )


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


def _subscribed(database: Database, push: PushStandIn, count: int) -> list[str]:
    """People with a browser each."""
    people = [(uuid4(), push.browser()) for _ in range(count)]
    with database.begin(calls.SYSTEM) as connection:
        connection.exec_driver_sql(
            "INSERT INTO contacts VALUES (%s, 'ada@example.com', 'Ada', '', 1)", [(user_id,) for user_id, _ in people]
        )
        rows = [(uuid4(), user_id, browser.endpoint, browser.keys["p256dh"], browser.keys["auth"]) for user_id, browser in people]
        connection.exec_driver_sql("INSERT INTO push_subscriptions VALUES (%s, %s, %s, %s, %s, now())", rows)
    return [str(user_id) for user_id, _ in people]


def _sent(house: House, stub: Any, tenant_id: UUID, kind: str, recipient: str) -> str:
    to = {"user_id" if kind == "push" else "recipient": recipient}
    request = notifications_pb2.SendNotificationRequest(
        notification_type=kind, subject="Hello", message=f"Hello {recipient}", tenant_id=str(tenant_id), request_id=recipient, **to
    )
    while True:
        try:
            answer = stub.SendNotification(request, metadata=house.as_service("jobs", "notifications"), timeout=20, wait_for_ready=True)
        except grpc.RpcError as problem:
            assert problem.code() in _NO_ANSWER, problem
        else:
            return str(answer.id)


def _wait_for_all(database: Database, seconds: float) -> None:
    """Fails, saying what is left, where not everything has been sent in time."""
    deadline = time.monotonic() + seconds
    while left := _left(database):
        assert time.monotonic() < deadline, f"after {seconds:g} s there is left: {left}"
        time.sleep(0.05)


def _left(database: Database) -> list[str]:
    columns = "kind, state, attempts, run_at - now() AS due, leased_until - now() AS lease, last_error"
    query = f"SELECT {columns} FROM tasks WHERE {_OURS} AND state IN ('ready', 'running')"
    with database.begin(calls.SYSTEM) as connection:
        return [str(tuple(row)) for row in connection.exec_driver_sql(query).all()]


def _count(
    database: Database, world: World, twilio: TwilioStandIn, push: PushStandIn, receiver: Receiver, mail_ids: set[str], events: set[str], each: int
) -> list[str]:  # fmt: skip
    with database.begin(calls.SYSTEM) as connection:
        states = dict(connection.exec_driver_sql(f"SELECT state, count(*) FROM tasks WHERE {_OURS} GROUP BY state").all())
        unsent = connection.exec_driver_sql("SELECT status, failure FROM notifications WHERE sent_at IS NULL").all()
        known = dict(connection.exec_driver_sql("SELECT id::text, sent_at FROM notifications WHERE notification_type = 'email'").all())
    assert (set(states), unsent) == ({"done"}, [])
    mails = Counter(message_id for message_id, _, _ in world.mails)
    assert set(mails) == mail_ids
    assert {recipient for _, recipient, _ in world.mails} == {f"p{number}@example.com" for number in range(each)}
    assert Counter(one["to"] for one in twilio.messages) == Counter(f"+49170{number:07}" for number in range(each))
    shown = Counter((endpoint, told["tag"]) for endpoint, told, _ in push.arrived)
    assert {endpoint for endpoint, _ in shown} == set(push.browsers)
    assert len(shown) == each  # a browser shows a repeat in the place of the first
    hooks = Counter(got.id for got in receiver.got)
    assert set(hooks) == events
    assert len({(got.id, got.body) for got in receiver.got}) == each  # a repeat is the same in all but its time
    window = sorted(known[message_id].timestamp() - at for message_id, _, at in world.mails if mails[message_id] == 1)
    counted = (("mail", "Message-ID", mails), ("push", "tag", shown), ("webhooks", "webhook-id", hooks))
    told = [f"{what} {sum(came.values())} ({sum(came.values()) - each} repeats under the same {by})" for what, by, came in counted]
    first = f"{world.reaper.kills} kills -9 of the service while it told 4 x {each}, nothing lost: SMS {len(twilio.messages)}, none twice"
    median, late = 1000 * statistics.median(window), 1000 * window[int(0.99 * len(window))]
    return [
        "; ".join([first, *told]),
        f"from a mail server's taking a mail to our knowing it: median {median:.1f} ms, 99 % in {late:.0f} ms",
    ]


@pytest.mark.parametrize(
    ("each", "kills", "lease_seconds"),
    [(10, 2, 3.0), pytest.param(500, 200, 4.0, marks=pytest.mark.soak)],
    ids=["a slice", "whole"],
)
def test_everybody_is_told_however_often_the_service_is_killed(
    house: House, record_property: Callable[[str, object], None], each: int, kills: int, lease_seconds: float
) -> None:
    for line in campaign(house, each=each, kills=kills, seed=7, lease_seconds=lease_seconds):
        record_property("count", line)
