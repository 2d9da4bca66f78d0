"""What auth does outside a request: telling notifications how a person is reached, and mailing what proves an address."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import grpc

from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.auth import rules, sealing
from services.auth.collecting import Collecting
from services.auth.settings import Settings
from services.auth.store import accounts, invitations, links, organizations
from services.auth.tables import MailedLink, User
from services.chassis import calls
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.tasks import Handler, Task

# What a link is for, the template that carries it, the page it leads to, and how long it works.
_LINKS: Mapping[str, tuple[str, str, timedelta]] = {
    "verify_email": ("verify_email", "verify-email", timedelta(days=2)),
    "reset_password": ("password_reset", "reset-password", timedelta(minutes=30)),
    "change_email": ("email_change", "change-email", timedelta(hours=2)),
}
_KEPT = timedelta(days=30)


def handlers(
    database: Database, notifications: grpc.Channel, collecting: Collecting, settings: Settings, clock: Clock
) -> dict[str, Handler]:
    stub = notifications_pb2_grpc.NotificationServiceStub(notifications)
    key, inviting = sealing.derive(settings.key_secret, "mailed links"), sealing.derive(settings.key_secret, "invitations")

    def put_contact(task: Task) -> None:
        user = _user(task)
        if user is None:
            return
        stub.PutContact(
            notifications_pb2.PutContactRequest(
                user_id=str(user.id), email=user.email, first_name=user.first_name, last_name=user.last_name, version=user.version
            )
        )

    def welcome(task: Task) -> None:
        put_contact(task)  # the welcome needs the address; repeating it changes nothing
        user = _user(task)
        if user is None:
            return
        stub.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", user_id=str(user.id), template="welcome", variables={"first_name": user.first_name},
                tenant_id=str(user.personal_organization_id), request_id=str(task.id),
            )
        )  # fmt: skip

    def mail_link(task: Task) -> None:
        """The token is derived from the task, so that it is the same when the task runs again, and nowhere stored but as a hash."""
        user, purpose = _user(task), str(task.payload["purpose"])
        if user is None or (purpose == "verify_email" and user.email_verified_at is not None):
            return
        template, page, good_for = _LINKS[purpose]
        email, now = str(task.payload.get("email", user.email)), clock()
        token = sealing.token_of(key, f"{purpose} {task.id}")
        with database.begin(calls.SYSTEM) as connection:
            links.sweep_links(connection, now - _KEPT)
            if purpose == "change_email" and accounts.find_user_by_email(connection, email) is not None:
                return
            links.add_link(connection, MailedLink(rules.hash_token(token), user.id, purpose, email, now, now + good_for, None))
        variables = {"first_name": user.first_name, "link": _link(page, token)}
        _mail(user, email, template, variables | {"expires_time": (now + good_for).isoformat()}, task)

    def mail_invitation(task: Task) -> None:
        with database.begin(calls.SYSTEM) as connection:
            invitation = invitations.find_invitation(connection, UUID(task.payload["invitation_id"]))
            if invitation is None or invitation.revoked_at is not None or invitation.accepted_at is not None:
                return
            inviter = accounts.get_user(connection, invitation.invited_by)
            organization = organizations.get_organization(connection, invitation.tenant_id)
        token = sealing.token_of(inviting, str(invitation.id))
        variables = {
            "organization_name": organization.name, "inviter_name": f"{inviter.first_name} {inviter.last_name}".strip() or inviter.email,
            "role": invitation.role, "link": _link("accept-invitation", token), "expires_time": invitation.expires_at.isoformat(),
        }  # fmt: skip
        stub.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", recipient=invitation.email, template="organization_invitation", variables=variables,
                tenant_id=str(invitation.tenant_id), request_id=str(task.id),
            )
        )  # fmt: skip

    def _link(page: str, token: str) -> str:
        return f"{settings.public_url.rstrip('/')}/account/{page}#token={token}"

    def mail_notice(task: Task) -> None:
        user = _user(task)
        if user is not None:
            _mail(user, str(task.payload.get("email", user.email)), str(task.payload["template"]), {"first_name": user.first_name}, task)

    def _mail(user: User, email: str, template: str, variables: Mapping[str, str], task: Task) -> None:
        """To an address and not to a user: what is mailed proves who reads the mail, and may not be read in the product."""
        stub.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", recipient=email, template=template, variables=variables, tenant_id=str(user.personal_organization_id),
                request_id=str(task.id),
            )
        )  # fmt: skip

    def _user(task: Task) -> User | None:
        with database.begin(calls.SYSTEM) as connection:
            return accounts.find_user(connection, UUID(task.payload["user_id"]))

    return {
        "put_contact": put_contact, "welcome": welcome, "mail_link": mail_link, "mail_notice": mail_notice, "mail_invitation": mail_invitation,
        "collect_export": collecting.collect,
        "expire_export": collecting.expire,
    }  # fmt: skip
