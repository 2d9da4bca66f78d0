"""The RPCs of what proves an account to be somebody's: its address and its password."""

import grpc
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import Connection

from einstellen.auth.v1 import credentials_pb2, credentials_pb2_grpc
from services.auth import passwords, rules
from services.auth.limits import Limits
from services.auth.rpc.sessions import Sessions
from services.auth.store import accounts, factors, links
from services.auth.tables import MailedLink, User
from services.chassis import audit, calls, errors, events, ids, tasks
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class Confirmation:
    """Asks a signed-in person for their password again, before what cannot be undone."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits

    def confirm(self, password: str) -> User:
        """The caller's account, as it was when the password was right: look again under a lock whether it still is.

        Raises PermissionDenied / PASSWORD_WRONG, FailedPrecondition / PASSWORD_NOT_SET, ResourceExhausted / TOO_MANY_ATTEMPTS.
        """
        person, address = calls.person(), calls.current().address
        with self._database.begin(person) as connection:
            user = accounts.get_user(connection, person.user_id)
        if user.password_hash is None:
            raise errors.FailedPrecondition("PASSWORD_NOT_SET", "this account has no password; set one with a link that is mailed to you")
        self._limits.count(user.email, address)
        if not passwords.matches(password, user.password_hash):
            raise errors.PermissionDenied("PASSWORD_WRONG", "the password is wrong")
        self._limits.succeeded(user.email, address)
        return user


def lock_confirmed(connection: Connection, confirmed: User) -> User:
    """Holds the account until commit. Raises PermissionDenied / PASSWORD_WRONG where the password has changed since it was confirmed."""
    user = accounts.lock_user(connection, confirmed.id)
    if user.password_hash != confirmed.password_hash:
        raise errors.PermissionDenied("PASSWORD_WRONG", "the password is wrong")
    return user


class CredentialService(credentials_pb2_grpc.CredentialServiceServicer):
    """See credentials.proto. `resets` counts what is mailed."""

    def __init__(self, database: Database, sessions: Sessions, confirmation: Confirmation, mails: Limits, clock: Clock = utc_now) -> None:
        self._database = database
        self._sessions = sessions
        self._confirmation = confirmation
        self._mails = mails
        self._clock = clock

    def RequestEmailVerification(self, request: credentials_pb2.RequestEmailVerificationRequest, context: Context) -> Empty:
        person = calls.person()
        self._mails.count(f"verify {person.user_id}", calls.current().address)
        with self._database.begin(person) as connection:
            user = accounts.get_user(connection, person.user_id)
            if user.email_verified_at is None:
                tasks.enqueue(
                    connection, "mail_link", {"user_id": user.id, "purpose": "verify_email"}, tenant_id=user.personal_organization_id
                )
                audit.record(connection, "email.verification_requested")
        return Empty()

    def VerifyEmail(self, request: credentials_pb2.VerifyEmailRequest, context: Context) -> Empty:
        with self._database.begin(calls.SYSTEM) as connection:
            link = self._take(connection, request.token, "verify_email")
            user = accounts.lock_user(connection, link.user_id)
            if user.email != link.email:
                raise _invalid()
            if user.email_verified_at is None:
                accounts.update_user(connection, user.id, {"email_verified_at": self._clock()})
                audit.record(connection, "email.verified", tenant_id=user.personal_organization_id, user_id=user.id)
        return Empty()

    def RequestPasswordReset(self, request: credentials_pb2.RequestPasswordResetRequest, context: Context) -> Empty:
        self._mails.count(f"reset {request.email}", calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = accounts.find_user_by_email(connection, request.email)
            # The same is written for an account that is not there; the task finds nobody.
            user_id, tenant_id = (user.id, user.personal_organization_id) if user else (ids.mint(), None)
            tasks.enqueue(connection, "mail_link", {"user_id": user_id, "purpose": "reset_password"}, tenant_id=tenant_id)
            audit.record(connection, "password.reset_requested", tenant_id=tenant_id, user_id=user_id)
        return Empty()

    def ResetPassword(self, request: credentials_pb2.ResetPasswordRequest, context: Context) -> Empty:
        password_hash = passwords.make_hash(request.password)
        with self._database.begin(calls.SYSTEM) as connection:
            link = self._take(connection, request.token, "reset_password")
            user = accounts.lock_user(connection, link.user_id)
            if user.email != link.email:
                raise _invalid()
            rules.check_password(request.password, user.email, (user.first_name, user.last_name))
            self._set_password(connection, user, password_hash, verified=True)
        return Empty()

    def ChangePassword(self, request: credentials_pb2.ChangePasswordRequest, context: Context) -> Empty:
        person, confirmed = calls.person(), self._confirmation.confirm(request.current_password)
        rules.check_password(request.new_password, confirmed.email, (confirmed.first_name, confirmed.last_name), field="new_password")
        password_hash = passwords.make_hash(request.new_password)
        with self._database.begin(calls.SYSTEM) as connection:
            user = lock_confirmed(connection, confirmed)
            self._set_password(connection, user, password_hash, but=person)
        return Empty()

    def RequestEmailChange(self, request: credentials_pb2.RequestEmailChangeRequest, context: Context) -> Empty:
        confirmed = self._confirmation.confirm(request.password)
        self._mails.count(f"change {confirmed.id}", calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = lock_confirmed(connection, confirmed)
            asked = {"user_id": user.id, "purpose": "change_email", "email": request.email}
            tasks.enqueue(connection, "mail_link", asked, tenant_id=user.personal_organization_id)
            audit.record(connection, "email.change_requested")
        return Empty()

    def ConfirmEmailChange(self, request: credentials_pb2.ConfirmEmailChangeRequest, context: Context) -> Empty:
        with self._database.begin(calls.SYSTEM) as connection:
            link = self._take(connection, request.token, "change_email")
            user = accounts.lock_user(connection, link.user_id)
            tenant_id = user.personal_organization_id
            accounts.change_email(connection, user.id, link.email, self._clock())
            links.drop_links(connection, user.id)
            audit.record(connection, "email.changed", tenant_id=tenant_id, user_id=user.id)
            tasks.enqueue(connection, "put_contact", {"user_id": user.id}, tenant_id=tenant_id)
            tasks.enqueue(
                connection, "mail_notice", {"user_id": user.id, "template": "email_changed", "email": user.email}, tenant_id=tenant_id
            )
            events.record(connection, "user.updated", user.id, tenant_id)
        return Empty()

    def _set_password(
        self, connection: Connection, user: User, password_hash: str, *, verified: bool = False, but: calls.Person | None = None
    ) -> None:
        """Ends all other sessions and makes what was mailed before worthless. Needs the account held."""
        now, tenant_id = self._clock(), user.personal_organization_id
        changes: dict[str, object] = {"password_hash": password_hash}
        if verified and user.email_verified_at is None:
            changes["email_verified_at"] = now
        accounts.update_user(connection, user.id, changes)
        links.drop_links(connection, user.id)
        factors.drop_challenges(connection, user.id)
        audit.record(connection, "password.changed", tenant_id=tenant_id, user_id=user.id)
        tasks.enqueue(connection, "mail_notice", {"user_id": user.id, "template": "password_changed"}, tenant_id=tenant_id)
        self._sessions.end_all(connection, user, now, why="password", but=but.session_id if but else None)

    def _take(self, connection: Connection, token: str, purpose: str) -> MailedLink:
        link = links.take_link(connection, rules.hash_token(token), purpose, self._clock())
        if link is None:
            raise _invalid()
        return link


def _invalid() -> errors.FailedPrecondition:
    return errors.FailedPrecondition("LINK_INVALID", "this link is not valid, was used, or is too old; ask for another")
