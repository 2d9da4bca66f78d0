"""Webhooks: what is sent and how it is signed, when it is sent again, and when an endpoint is switched off."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jsonschema
import psycopg2
import pytest
from google.protobuf.json_format import MessageToDict
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from cli.stack.databases import copy_database, drop_database
from einstellen.auth.v1 import data_pb2, data_pb2_grpc
from einstellen.events.v1 import events_pb2
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from einstellen.notifications.v1 import webhooks_pb2, webhooks_pb2_grpc
from services.chassis import calls
from services.chassis.clock import to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.errors import FailedPrecondition, InvalidArgument, NotFound
from services.chassis.tasks import Worker
from services.notifications.rpc.webhooks import WebhookEndpointService
from services.notifications.webhooks import recording, sending
from services.notifications.webhooks.signing import Secrets
from services.notifications.webhooks.targets import Targets
from tests.conftest import Account, House, until
from tests.services.notifications.receiver import Receiver, receiving, status

pb = webhooks_pb2


@pytest.fixture(scope="module")
def database(house: House) -> Iterator[Database]:
    """One of its own, on which no service runs: time is the test's."""
    name = house.app_url("notifications").rpartition("/")[2].partition("?")[0] + "_webhooks"
    urls = copy_database(house.postgres, house.folder, "notifications", "notification_db", name)
    found = Database(urls.app, pool_size=2)
    yield found
    found.close()
    drop_database(house.postgres, name)


@dataclass
class Desk:
    """An organization's administrator with a clock, and the worker that sends."""

    database: Database
    now: datetime
    person: calls.Person = field(default_factory=lambda: calls.Person(uuid4(), uuid4(), "business", "owner", uuid4()))

    def __post_init__(self) -> None:
        secrets, targets = Secrets("k" * 32), Targets(private=True, seconds=5)
        self.service: Any = WebhookEndpointService(self.database, secrets, targets, self.clock)
        handlers = sending.handlers(self.database, secrets, targets, self.clock, mail=True)
        self.worker = Worker("notifications", self.database, handlers, clock=self.clock)

    def clock(self) -> datetime:
        return self.now

    def ask(self, method: str, request: Any) -> Any:
        calls.enter(calls.Call("notifications", method, "", person=self.person))
        try:
            return getattr(self.service, method)(request, None)
        finally:
            calls.enter(calls.NO_CALL)

    def endpoint(self, url: str, *event_types: str) -> Any:
        return self.ask("CreateWebhookEndpoint", pb.CreateWebhookEndpointRequest(url=url, event_types=event_types))

    def test(self, endpoint: Any) -> Any:
        return self.ask("SendTestWebhook", pb.SendTestWebhookRequest(endpoint_id=endpoint.id))

    def happens(self, kind: str = "job.closed") -> None:
        event = events_pb2.Event(
            position=1, kind=kind, subject_id=str(uuid4()), tenant_id=str(self.person.tenant_id), create_time=to_timestamp(self.now)
        )
        with self.database.begin(calls.SYSTEM) as connection:
            recording.following("jobs", clock=self.clock)(event)(connection, event)

    def delivery(self, found: Any) -> Any:
        return self.ask("GetWebhookDelivery", pb.GetWebhookDeliveryRequest(webhook_delivery_id=found.id))

    def deliveries(self, endpoint: Any, **more: Any) -> list[Any]:
        return list(self.ask("ListWebhookDeliveries", pb.ListWebhookDeliveriesRequest(endpoint_id=endpoint.id, **more)).deliveries)

    def look(self, endpoint: Any) -> Any:
        return self.ask("GetWebhookEndpoint", pb.GetWebhookEndpointRequest(endpoint_id=endpoint.id))

    def change(self, endpoint: Any, **values: Any) -> Any:
        return self.ask("UpdateWebhookEndpoint", pb.UpdateWebhookEndpointRequest(endpoint_id=endpoint.id, **values))

    def until_sent(self, found: Any) -> list[timedelta]:
        """Lets time go from attempt to attempt; answers how long each pause was."""
        pauses = []
        while self.worker.run_due() or True:
            current = self.delivery(found)
            if current.status != "waiting":
                return pauses
            due = current.next_attempt_time.ToDatetime(UTC)
            pauses.append(due - self.now)
            self.now = due
        raise AssertionError


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, utc_now())


def test_what_is_sent_is_verified_by_the_specifications_own_library(house: House, employer: Account, receiver: Receiver) -> None:
    stub = house.stub("notifications", webhooks_pb2_grpc.WebhookEndpointServiceStub)
    endpoint = stub.CreateWebhookEndpoint(pb.CreateWebhookEndpointRequest(url=receiver.url), metadata=employer.metadata)
    sent = stub.SendTestWebhook(pb.SendTestWebhookRequest(endpoint_id=endpoint.id), metadata=employer.metadata)
    (got,) = receiver.wait(1)
    assert endpoint.secret.startswith("whsec_")
    told = Webhook(endpoint.secret).verify(got.body, got.headers)
    assert (told["type"], told["data"]) == ("einstellen.webhook.tested", {"endpoint_id": endpoint.id})
    assert got.id == sent.message_id
    for spoiled, headers in ((got.body + b" ", got.headers), (got.body, {**got.headers, "webhook-id": "msg_other"})):
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.secret).verify(spoiled, headers)
    shown = stub.GetWebhookEndpoint(pb.GetWebhookEndpointRequest(endpoint_id=endpoint.id), metadata=employer.metadata)
    assert not shown.secret


def test_what_happens_in_another_service_arrives_as_its_schema_says(house: House, receiver: Receiver) -> None:
    employer = house.employer()
    stub = house.stub("notifications", webhooks_pb2_grpc.WebhookEndpointServiceStub)
    wanted = ["einstellen.job.published", "einstellen.job.closed"]
    endpoint = stub.CreateWebhookEndpoint(pb.CreateWebhookEndpointRequest(url=receiver.url, event_types=wanted), metadata=employer.metadata)
    jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)
    company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Nordlicht"), metadata=employer.metadata)
    draft = jobs_pb2.CreateJobRequest(company_id=company.id, title="Engineer", description="Builds things.", status="published")
    job = jobs.CreateJob(draft, metadata=employer.metadata)
    jobs.CloseJob(jobs_pb2.CloseJobRequest(job_id=job.id), metadata=employer.metadata)
    schemas = {
        each.name: each.schema
        for each in stub.ListWebhookEventTypes(pb.ListWebhookEventTypesRequest(), metadata=employer.metadata).event_types
    }
    told = [Webhook(endpoint.secret).verify(got.body, got.headers) for got in receiver.wait(2)]
    assert sorted(each["type"] for each in told) == sorted(wanted)
    for each in told:
        jsonschema.validate(each, MessageToDict(schemas[each["type"]]))
        assert each["data"]["job_id"] == job.id


def test_each_attempt_comes_later_than_the_one_before_and_the_last_ends_it_until_it_is_replayed(desk: Desk, receiver: Receiver) -> None:
    receiver.respond = status(500)
    endpoint = desk.endpoint(receiver.url)
    sent = desk.test(endpoint)
    pauses = desk.until_sent(sent)
    assert [wait for wait, real in zip(sending.PAUSES, pauses, strict=True) if not wait <= real <= wait * 1.11] == []
    found = desk.delivery(sent)
    assert (found.status, found.attempt_count, [each.http_status for each in found.attempts]) == ("failed", 10, [500] * 10)
    assert len({got.id for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1
    assert [each.id for each in desk.deliveries(endpoint, failed_only=True)] == [sent.id]
    receiver.respond = status(200)
    desk.ask("ReplayWebhookDelivery", pb.ReplayWebhookDeliveryRequest(webhook_delivery_id=sent.id))
    assert desk.until_sent(sent) == []
    assert (desk.delivery(sent).status, receiver.got[-1].id) == ("delivered", receiver.got[0].id)
    assert not desk.look(endpoint).HasField("failing_since_time")


def test_a_target_that_says_when_to_come_again_is_asked_then(desk: Desk, receiver: Receiver) -> None:
    receiver.respond = lambda handler, turn: (status(429, Retry_After="100") if turn == 1 else status(200))(handler, turn)
    assert desk.until_sent(desk.test(desk.endpoint(receiver.url))) == [timedelta(seconds=100)]


def test_a_redirect_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    with receiving(status(302, Location=receiver.url)) as first:
        sent = desk.test(desk.endpoint(first.url))
        desk.worker.run_due()
    assert [each.http_status for each in desk.delivery(sent).attempts] == [302]
    assert not receiver.got


def test_an_endpoint_that_is_gone_is_switched_off_and_its_maker_told(desk: Desk, database: Database, receiver: Receiver) -> None:
    receiver.respond = status(410)
    endpoint = desk.endpoint(receiver.url)
    _reachable(database, desk.person.user_id)
    sent, behind = desk.test(endpoint), desk.test(endpoint)
    assert desk.until_sent(sent) == desk.until_sent(behind) == []
    assert {desk.delivery(each).status for each in (sent, behind)} == {"failed"}
    assert len(receiver.got) == 1
    shown = desk.look(endpoint)
    assert (shown.enabled, shown.disabled_reason) == (False, "gone")
    assert [subject for (subject,) in _mailed(database, desk.person.user_id)] == ["A webhook endpoint was switched off"]
    with pytest.raises(FailedPrecondition, match="off"):
        desk.test(endpoint)
    assert desk.change(endpoint, enabled=True).enabled


def test_an_endpoint_that_takes_nothing_for_five_days_is_switched_off(desk: Desk, database: Database, receiver: Receiver) -> None:
    receiver.respond = status(503)
    endpoint = desk.endpoint(receiver.url)
    _reachable(database, desk.person.user_id)
    desk.until_sent(desk.test(endpoint))
    assert desk.look(endpoint).enabled  # its attempts took three days
    desk.now += timedelta(days=2)
    desk.until_sent(desk.test(endpoint))
    shown = desk.look(endpoint)
    assert (shown.enabled, shown.disabled_reason) == (False, "failing")
    assert len(_mailed(database, desk.person.user_id)) == 1


def _reachable(database: Database, user_id: UUID) -> None:
    with database.begin(calls.SYSTEM) as connection:
        connection.exec_driver_sql("INSERT INTO contacts VALUES (%s, 'ada@example.com', 'Ada', '', 1)", (user_id,))


def _mailed(database: Database, user_id: UUID) -> list[Any]:
    with database.begin(calls.SYSTEM) as connection:
        return list(connection.exec_driver_sql("SELECT subject FROM notifications WHERE user_id = %s", (user_id,)).all())


def test_while_one_secret_takes_the_place_of_another_both_verify(desk: Desk, receiver: Receiver) -> None:
    endpoint = desk.endpoint(receiver.url)
    new = desk.ask("RotateWebhookSecret", pb.RotateWebhookSecretRequest(endpoint_id=endpoint.id, overlap_hours=2))
    assert new.secret != endpoint.secret

    def fits(secret: str) -> bool:
        desk.until_sent(desk.test(endpoint))
        got = receiver.got[-1]
        own = Webhook(secret).sign(got.id, datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC), got.body.decode())
        return own in got.headers["webhook-signature"].split()

    assert fits(endpoint.secret)
    assert fits(new.secret)
    desk.now += timedelta(hours=3)
    assert not fits(endpoint.secret)
    assert fits(new.secret)


def test_what_came_while_an_endpoint_was_off_is_sent_when_it_is_replayed_and_what_was_taken_is_not(desk: Desk, receiver: Receiver) -> None:
    begin = desk.now
    endpoint = desk.endpoint(receiver.url, "einstellen.job.closed")
    desk.happens()
    desk.happens("job.updated")  # which it has not asked for
    desk.worker.run_due()
    desk.change(endpoint, enabled=False)
    desk.happens()
    desk.worker.run_due()
    assert len(receiver.got) == 1
    desk.change(endpoint, enabled=True)

    def replayed(**more: Any) -> int:
        request = pb.ReplayWebhookEndpointRequest(endpoint_id=endpoint.id, since_time=to_timestamp(begin), **more)
        count = desk.ask("ReplayWebhookEndpoint", request).count
        desk.worker.run_due()
        return int(count)

    assert (replayed(missed_only=True), len(receiver.got)) == (1, 2)
    assert (replayed(missed_only=True), len(receiver.got)) == (0, 2)
    assert (replayed(), len(receiver.got)) == (2, 4)
    assert len({got.id for got in receiver.got}) == 2


def test_an_endpoint_hears_of_nothing_that_happened_before_it_was_there(desk: Desk, receiver: Receiver) -> None:
    desk.now += timedelta(minutes=1)
    desk.endpoint(receiver.url)
    desk.now -= timedelta(minutes=1)
    desk.happens()
    assert desk.worker.run_due() == 0


def test_an_endpoint_that_does_not_answer_is_left_alone_for_a_while(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = desk.endpoint(receiver.url)
    first, second = desk.test(endpoint), desk.test(endpoint)
    monkeypatch.setattr(Targets, "post", lambda *_: sending.Answer(problem="TIMED_OUT"))
    desk.worker.run_due()
    made = sorted((desk.delivery(each).attempt_count for each in (first, second)), reverse=True)
    assert made == [1, 0]
    monkeypatch.undo()
    assert len(desk.until_sent(first)) + len(desk.until_sent(second)) > 0
    assert {desk.delivery(each).status for each in (first, second)} == {"delivered"}


def test_a_delivery_that_is_replayed_while_it_is_on_its_way_is_not_waited_for_twice(desk: Desk, receiver: Receiver) -> None:
    endpoint = desk.endpoint(receiver.url)
    sent = desk.test(endpoint)

    def replay_meanwhile(handler: Any, turn: int) -> None:
        if turn == 1:
            with desk.database.begin(calls.SYSTEM) as connection:
                found = recording.store.get_endpoint(connection, UUID(endpoint.id), desk.person.tenant_id)
                message_id = UUID(sent.message_id.removeprefix("msg_"))
                recording.send(connection, found, message_id, now=desk.now)
        status(500 if turn == 1 else 200)(handler, turn)

    receiver.respond = replay_meanwhile
    desk.until_sent(sent)
    found = desk.delivery(sent)
    assert (found.status, [each.http_status for each in found.attempts]) == ("delivered", [500, 200])
    assert desk.worker.run_due() == 0


def test_an_organization_has_at_most_twenty_endpoints_and_sees_no_others(desk: Desk) -> None:
    made = [desk.endpoint("https://example.com/hooks") for _ in range(20)]
    with pytest.raises(FailedPrecondition, match="20"):
        desk.endpoint("https://example.com/hooks")
    desk.ask("DeleteWebhookEndpoint", pb.DeleteWebhookEndpointRequest(endpoint_id=made[0].id))
    desk.endpoint("https://example.com/hooks")
    with pytest.raises(NotFound):
        Desk(desk.database, desk.now).look(made[1])


@pytest.mark.parametrize(
    "values", [{"url": "ftp://example.com"}, {"url": "https://example.com", "event_types": ["einstellen.job.burnt"]}], ids=["url", "type"]
)
def test_an_endpoint_that_could_never_be_told_is_refused(desk: Desk, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        desk.ask("CreateWebhookEndpoint", pb.CreateWebhookEndpointRequest(**values))


def test_repeating_a_creation_or_a_rotation_answers_with_the_same_secret(desk: Desk) -> None:
    request = pb.CreateWebhookEndpointRequest(url="https://example.com/hooks", request_id="once")
    first, again = desk.ask("CreateWebhookEndpoint", request), desk.ask("CreateWebhookEndpoint", request)
    assert first == again
    rotate = pb.RotateWebhookSecretRequest(endpoint_id=first.id, request_id="turn")
    assert desk.ask("RotateWebhookSecret", rotate) == desk.ask("RotateWebhookSecret", rotate)


def test_endpoints_go_with_the_organization_whose_they_are(house: House, receiver: Receiver) -> None:
    person = house.register()
    stub = house.stub("notifications", webhooks_pb2_grpc.WebhookEndpointServiceStub)
    endpoint = stub.CreateWebhookEndpoint(pb.CreateWebhookEndpointRequest(url=receiver.url), metadata=person.metadata)
    stub.SendTestWebhook(pb.SendTestWebhookRequest(endpoint_id=endpoint.id), metadata=person.metadata)
    receiver.wait(1)
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        assert _rows(cursor, person) == [1, 1, 1]
    house.stub("auth", data_pb2_grpc.DataServiceStub).DeleteAccount(
        data_pb2.DeleteAccountRequest(password=person.password), metadata=person.metadata
    )
    _until_gone(house, person)


def _rows(cursor: Any, person: Account) -> list[int]:
    found = []
    for table in ("webhook_endpoints", "webhook_messages", "webhook_deliveries"):
        cursor.execute(f"SELECT count(*) FROM {table} WHERE tenant_id = %s", (person.tenant_id,))
        found.append(cursor.fetchone()[0])
    return found


def _until_gone(house: House, person: Account) -> None:
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        until(lambda: _rows(cursor, person) == [0, 0, 0], "what was theirs is gone")
