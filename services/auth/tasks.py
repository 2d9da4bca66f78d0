"""What auth does outside a request: telling notifications how a person is reached, and welcoming them."""

from uuid import UUID

import grpc

from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.auth.store import accounts
from services.chassis import calls
from services.chassis.database import Database
from services.chassis.tasks import Handler, Task


def handlers(database: Database, notifications: grpc.Channel) -> dict[str, Handler]:
    stub = notifications_pb2_grpc.NotificationServiceStub(notifications)

    def put_contact(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            user = accounts.get_user(connection, UUID(task.payload["user_id"]))
        stub.PutContact(
            notifications_pb2.PutContactRequest(
                user_id=str(user.id), email=user.email, first_name=user.first_name, last_name=user.last_name, version=user.version
            )
        )

    def welcome(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            user = accounts.get_user(connection, UUID(task.payload["user_id"]))
        put_contact(task)  # the welcome needs the address; repeating it changes nothing
        stub.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", user_id=str(user.id), template="welcome", variables={"first_name": user.first_name},
                tenant_id=str(user.personal_organization_id), request_id=str(task.id),
            )
        )  # fmt: skip

    return {"put_contact": put_contact, "welcome": welcome}
