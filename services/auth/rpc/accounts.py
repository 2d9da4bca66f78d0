"""The RPCs of accounts: registering, signing in and out, the profile."""

from dataclasses import replace

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from services.auth import passwords, rules
from services.auth.limits import Limits
from services.auth.rpc.sessions import Sessions, to_user
from services.auth.store import accounts, organizations, sessions
from services.auth.tables import User
from services.chassis import audit, calls, errors, events, masks, tasks
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
_PROFILE_FIELDS = ("first_name", "last_name", "picture_url")


class AuthService(auth_pb2_grpc.AuthServiceServicer):
    """See auth.proto."""

    def __init__(self, database: Database, sessions: Sessions, limits: Limits, clock: Clock = utc_now) -> None:
        self._database = database
        self._sessions = sessions
        self._limits = limits
        self._clock = clock

    def Register(self, request: auth_pb2.RegisterRequest, context: Context) -> auth_pb2.User:
        first_name, last_name = rules.split_name(request.first_name, request.last_name, request.full_name)
        rules.check_password(request.password, request.email, (first_name, last_name))
        password_hash = passwords.make_hash(request.password)
        user, organization = rules.register(request.email.strip(), password_hash, first_name, last_name, now=self._clock())
        with self._database.begin(calls.SYSTEM) as connection:
            accounts.add_user(connection, user)
            organizations.add_organization(connection, organization)
            audit.record(connection, "user.registered", tenant_id=organization.id, user_id=user.id)
            tasks.enqueue(connection, "welcome", {"user_id": user.id}, tenant_id=organization.id)
            tasks.enqueue(connection, "mail_link", {"user_id": user.id, "purpose": "verify_email"}, tenant_id=organization.id)
            events.record(connection, "user.registered", user.id, organization.id)
        return to_user(user)

    def Login(self, request: auth_pb2.LoginRequest, context: Context) -> auth_pb2.TokenPair:
        address = calls.current().address
        self._limits.count(request.email, address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = accounts.find_user_by_email(connection, request.email)
        if not passwords.matches(request.password, user.password_hash if user else None) or user is None:
            raise errors.Unauthenticated("CREDENTIALS_WRONG", "the address or the password is wrong")
        self._limits.succeeded(request.email, address)
        return self._sessions.sign_in(self._rehashed(user, request.password), context)

    def _rehashed(self, user: User, password: str) -> User:
        """The account with its hash made anew where the parameters have risen since."""
        if not passwords.outdated(user.password_hash):
            return user
        rehashed = passwords.make_hash(password)
        with self._database.begin(calls.SYSTEM) as connection:
            kept = accounts.replace_password_hash(connection, user.id, user.password_hash, rehashed)
        return replace(user, password_hash=rehashed) if kept else user

    def RefreshToken(self, request: auth_pb2.RefreshTokenRequest, context: Context) -> auth_pb2.TokenPair:
        return self._sessions.rotate(request.refresh_token)

    def Logout(self, request: auth_pb2.LogoutRequest, context: Context) -> Empty:
        with self._database.begin(calls.SYSTEM) as connection:
            _, session = sessions.lock_refresh_token(connection, rules.hash_token(request.refresh_token))
            if session is not None:
                self._sessions.end(connection, session, self._clock(), why="signed out")
        return Empty()

    def GetProfile(self, request: auth_pb2.GetProfileRequest, context: Context) -> auth_pb2.User:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_user(accounts.get_user(connection, person.user_id))

    def UpdateProfile(self, request: auth_pb2.UpdateProfileRequest, context: Context) -> auth_pb2.User:
        person = calls.person()
        chosen = masks.chosen(request, _PROFILE_FIELDS)
        with self._database.begin(person) as connection:
            if chosen:
                accounts.update_user(connection, person.user_id, {name: getattr(request, name) for name in chosen})
                audit.record(connection, "user.updated", fields=sorted(chosen))
                tasks.enqueue(connection, "put_contact", {"user_id": person.user_id}, tenant_id=person.tenant_id)
                events.record(connection, "user.updated", person.user_id, person.tenant_id)
            return to_user(accounts.get_user(connection, person.user_id))
