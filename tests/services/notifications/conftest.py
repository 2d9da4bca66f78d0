"""Notifications on a database of their own, with SMS and push towards stand-ins, beside the house whose people they know."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import grpc
import psycopg2
import pytest

from cli.services import SERVICES
from cli.stack import mailbox
from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc, notifications_pb2, notifications_pb2_grpc, reminders_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2_grpc
from services.chassis.clients import OPTIONS
from services.chassis.database import Database
from services.notifications.providers import push
from services.notifications.providers.push import WebPush
from tests.conftest import Account, House, until
from tests.services.notifications.receiver import Receiver, receiving
from tests.services.notifications.stand_ins import PushStandIn, TwilioStandIn, serving, twilio_settings

Send = notifications_pb2.SendNotificationRequest


@dataclass
class PostOffice:
    """The service, what stands outside it, and how tests look into it."""

    house: House
    address: str
    owner_url: str
    app_url: str
    twilio: TwilioStandIn
    push: PushStandIn
    channel: grpc.Channel
    jobs: Any
    _known: set[str] = field(default_factory=set)

    def stub(self, kind: Callable[[grpc.Channel], Any]) -> Any:
        return kind(self.channel)

    def person(self, first_name: str = "Ada") -> Account:
        """Somebody new, whom it can write to."""
        account = self.house.register(first_name)
        contact = notifications_pb2.PutContactRequest(user_id=account.user_id, email=account.email, first_name=first_name, version=1)
        stub = self.stub(notifications_pb2_grpc.NotificationServiceStub)
        stub.PutContact(contact, metadata=self.house.as_service("auth", "notifications"))
        return account

    def meet(self, *people: Account) -> None:
        request = messages_pb2.OpenRoomRequest(
            room_name=f"application-{uuid4()}", tenant_id=people[0].tenant_id, user_ids=[one.user_id for one in people]
        )
        self.stub(messages_pb2_grpc.MessageServiceStub).OpenRoom(request, metadata=self.jobs)

    def send(self, account: Account | None = None, **values: Any) -> Any:
        """As a service does it."""
        if account is not None:
            values = {"user_id": account.user_id, "tenant_id": account.tenant_id, **values}
        return self.stub(notifications_pb2_grpc.NotificationServiceStub).SendNotification(Send(**values), metadata=self.jobs)

    def row(self, query: str, *values: object) -> Any:
        with closing(psycopg2.connect(self.owner_url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query, [str(value) for value in values])
            return cursor.fetchone() if cursor.description else None

    def status(self, notification_id: str) -> tuple[str, str]:
        found: tuple[str, str] = self.row("SELECT status, failure FROM notifications WHERE id = %s", notification_id)
        return found

    def mailed(self, account: Account, subject: str) -> mailbox.Mail:
        """The one mail to the account with this subject, when it has come."""
        (found,) = until(lambda: [mail for mail in self.mails(account) if mail["subject"] == subject], f"{subject} is in the mailbox")
        return found  # type: ignore[no-any-return]

    def mails(self, account: Account) -> list[mailbox.Mail]:
        return self.house.mails(account.email)

    @contextmanager
    def database(self) -> Iterator[Database]:
        found = Database(self.app_url, pool_size=2)
        yield found
        found.close()


@pytest.fixture(scope="module")
def office(house: House) -> Iterator[PostOffice]:
    service = next(one for one in SERVICES if one.name == "notifications")
    twilio, outside = TwilioStandIn(), PushStandIn()
    name = f"post_office_{uuid4().hex[:8]}"
    urls = copy_database(house.postgres, house.folder, service.name, service.database, name)
    port, key = free_port(), push.new_key()
    with serving(twilio) as sms, serving(outside) as browsers:
        values = house.environment | twilio_settings(sms) | {
            "VAPID_PRIVATE_KEY": key, "PUSH_HOSTS": LOOPBACK, "NOTIFICATIONS_DATABASE_URL": urls.app, "NOTIFICATIONS_DATABASE_OWNER_URL": urls.owner,
            "NOTIFICATIONS_LISTEN": f"{LOOPBACK}:{port}", "PUBLIC_URL": "https://people.example.com", "OPERATOR_EMAIL": f"{name}@example.com",
        }  # fmt: skip
        settings = service.load(values)
        outside.address, outside.public_key = browsers, WebPush(settings).public_key  # type: ignore[arg-type]
        server = service.start(values)
        channel = grpc.insecure_channel(f"{LOOPBACK}:{port}", options=OPTIONS)
        yield PostOffice(
            house, f"{LOOPBACK}:{port}", urls.owner, urls.app, twilio, outside, channel, house.as_service("jobs", "notifications")
        )
        channel.close()
        server.stop(1)
    drop_database(house.postgres, name)


def one_row(house: House, query: str, *values: object) -> Any:
    with psycopg2.connect(house.owner_url("notifications")) as connection, connection.cursor() as cursor:
        cursor.execute(query, [str(value) for value in values])
        return cursor.fetchone()


@pytest.fixture
def messages(house: House) -> Any:
    return house.stub("notifications", messages_pb2_grpc.MessageServiceStub)


@pytest.fixture
def rooms(house: House) -> Any:
    return house.stub("notifications", rooms_pb2_grpc.RoomOwnerServiceStub)


@pytest.fixture
def reminders(house: House) -> Any:
    return house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)


@pytest.fixture
def jobs(house: House) -> Any:
    return house.as_service("jobs", "notifications")


@pytest.fixture
def meet(house: House, messages: Any, jobs: Any) -> Callable[..., str]:
    """Puts people into a new room, once notifications knows them; the answer is its name."""

    def open_room(*people: Account) -> str:
        for one in people:
            until(lambda one=one: one_row(house, "SELECT 1 FROM contacts WHERE user_id = %s", one.user_id), "the contact")  # type: ignore[misc]
        name = f"application-{uuid4()}"
        request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=people[0].tenant_id, user_ids=[one.user_id for one in people])
        messages.OpenRoom(request, metadata=jobs)
        return name

    return open_room


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def for_person(house: House, account: Account) -> Any:
    return (*house.as_service("gateway", "notifications"), *account.metadata)
