"""The RPCs of auth: accounts and sessions, and the organizations that people act in."""

import json
from collections.abc import Callable
from uuid import UUID

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, organizations_pb2, organizations_pb2_grpc
from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from services.auth import passwords, rules, store
from services.auth.keys import SigningKeys
from services.auth.limits import LoginLimits
from services.auth.settings import Settings
from services.auth.tables import Organization, Session, User
from services.chassis import audit, calls, errors, events, idempotency, ids, masks, paging, tasks
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
_PROFILE_FIELDS = ("first_name", "last_name", "picture_url")


class Sessions:
    """Opens sessions and carries them on: what login, refresh and switch have in common."""

    def __init__(self, database: Database, keys: SigningKeys, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._settings = settings
        self._clock = clock

    def open(self, user: User) -> auth_pb2.TokenPair:
        now = self._clock()
        session = Session(ids.mint(), user.id, user.personal_organization_id, calls.current().address or None, now, None)
        refresh, kept = rules.new_refresh_token(session, now=now, days=self._settings.refresh_days)
        with self._database.begin(calls.SYSTEM) as connection:
            organization = store.get_membership(connection, session.tenant_id, user.id)
            store.add_session(connection, session)
            store.add_refresh_token(connection, kept)
            audit.record(connection, "session.opened", tenant_id=session.tenant_id, user_id=user.id, session_id=session.id)
        return self._pair(user, organization, session.id, refresh)

    def rotate(self, token: str, choose: Callable[[Session], UUID] = lambda session: session.tenant_id) -> auth_pb2.TokenPair:
        """Exchanges a refresh token for a new pair, in the organization that `choose` names; it may raise, and nothing has changed then.

        A token that was used before ends its session: whoever holds the other one is signed out as well.
        """
        now, token_hash = self._clock(), rules.hash_token(token)
        with self._database.begin(calls.SYSTEM) as connection:
            kept, session = store.lock_refresh_token(connection, token_hash)
            state = rules.judge(kept, session, now=now)
            if state is rules.TokenState.REUSED and session is not None:
                store.revoke_session(connection, session.id, now)
                audit.record(
                    connection, "session.revoked", tenant_id=session.tenant_id, user_id=session.user_id, session_id=session.id, why="reuse"
                )
                events.record(connection, "session.revoked", session.id, session.tenant_id, user_id=session.user_id)
            elif state is rules.TokenState.GOOD and session is not None:
                user = store.get_user(connection, session.user_id)
                organization = store.get_membership(connection, choose(session), user.id)
                store.use_refresh_token(connection, token_hash, now)
                refresh, successor = rules.new_refresh_token(session, now=now, days=self._settings.refresh_days)
                store.add_refresh_token(connection, successor)
                if organization.id != session.tenant_id:
                    store.move_session(connection, session.id, organization.id)
                    audit.record(connection, "session.switched", tenant_id=organization.id, user_id=user.id, session_id=session.id)
                return self._pair(user, organization, session.id, refresh)
        if state is rules.TokenState.REUSED:
            raise errors.Unauthenticated("REFRESH_TOKEN_REUSED", "this refresh token was used before; the session is ended, sign in again")
        raise errors.Unauthenticated("REFRESH_TOKEN_INVALID", "the refresh token is not valid; sign in again")

    def _pair(self, user: User, organization: Organization, session_id: UUID, refresh: str) -> auth_pb2.TokenPair:
        seconds = self._settings.access_lifetime
        said = rules.claims(user, organization, session_id, issuer=self._settings.jwt_issuer, now=self._clock(), seconds=seconds)
        return auth_pb2.TokenPair(
            access_token=self._keys.sign(said), refresh_token=refresh, token_type="Bearer",  # noqa: S106 - the scheme, no secret
            expires_in=seconds, user=to_user(user),
            organization_id=str(organization.id), role=organization.role,
        )  # fmt: skip


class AuthService(auth_pb2_grpc.AuthServiceServicer):
    """See auth.proto."""

    def __init__(self, database: Database, sessions: Sessions, limits: LoginLimits, clock: Clock = utc_now) -> None:
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
            store.add_user(connection, user)
            store.add_organization(connection, organization)
            audit.record(connection, "user.registered", tenant_id=organization.id, user_id=user.id)
            tasks.enqueue(connection, "welcome", {"user_id": user.id}, tenant_id=organization.id)
            events.record(connection, "user.registered", user.id, organization.id)
        return to_user(user)

    def Login(self, request: auth_pb2.LoginRequest, context: Context) -> auth_pb2.TokenPair:
        address = calls.current().address
        self._limits.check(request.email, address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = store.find_user_by_email(connection, request.email)
        if not passwords.matches(request.password, user.password_hash if user else None) or user is None:
            self._limits.failed(request.email, address)
            raise errors.Unauthenticated("CREDENTIALS_WRONG", "the address or the password is wrong")
        self._limits.succeeded(request.email, address)
        if passwords.outdated(user.password_hash):
            rehashed = passwords.make_hash(request.password)
            with self._database.begin(calls.SYSTEM) as connection:
                store.replace_password_hash(connection, user.id, rehashed)
        return self._sessions.open(user)

    def RefreshToken(self, request: auth_pb2.RefreshTokenRequest, context: Context) -> auth_pb2.TokenPair:
        return self._sessions.rotate(request.refresh_token)

    def Logout(self, request: auth_pb2.LogoutRequest, context: Context) -> Empty:
        with self._database.begin(calls.SYSTEM) as connection:
            _, session = store.lock_refresh_token(connection, rules.hash_token(request.refresh_token))
            if session is not None and session.revoked_at is None:
                store.revoke_session(connection, session.id, self._clock())
                audit.record(connection, "session.closed", tenant_id=session.tenant_id, user_id=session.user_id, session_id=session.id)
                events.record(connection, "session.revoked", session.id, session.tenant_id, user_id=session.user_id)
        return Empty()

    def GetProfile(self, request: auth_pb2.GetProfileRequest, context: Context) -> auth_pb2.User:
        person = calls.person()
        with self._database.begin(person) as connection:
            return to_user(store.get_user(connection, person.user_id))

    def UpdateProfile(self, request: auth_pb2.UpdateProfileRequest, context: Context) -> auth_pb2.User:
        person = calls.person()
        chosen = masks.chosen(request, _PROFILE_FIELDS)
        with self._database.begin(person) as connection:
            if chosen:
                store.update_user(connection, person.user_id, {name: getattr(request, name) for name in chosen})
                audit.record(connection, "user.updated", fields=sorted(chosen))
                tasks.enqueue(connection, "put_contact", {"user_id": person.user_id}, tenant_id=person.tenant_id)
                events.record(connection, "user.updated", person.user_id, person.tenant_id)
            return to_user(store.get_user(connection, person.user_id))


class OrganizationService(organizations_pb2_grpc.OrganizationServiceServicer):
    """See organizations.proto."""

    def __init__(self, database: Database, sessions: Sessions, clock: Clock = utc_now) -> None:
        self._database = database
        self._sessions = sessions
        self._clock = clock

    def CreateOrganization(self, request: organizations_pb2.CreateOrganizationRequest, context: Context) -> organizations_pb2.Organization:
        person = calls.person()
        organization = Organization(ids.mint(), person.user_id, request.name, "business", self._clock(), "owner")
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, organizations_pb2.Organization)
            if claim.answer is not None:
                return claim.answer
            store.add_organization(connection, organization)
            audit.record(connection, "organization.created", tenant_id=organization.id)
            answer = claim.keep(to_organization(organization))
            events.record(connection, "organization.created", organization.id, organization.id, owner_id=person.user_id)
        return answer

    def ListOrganizations(
        self, request: organizations_pb2.ListOrganizationsRequest, context: Context
    ) -> organizations_pb2.ListOrganizationsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_organizations(connection, person.user_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return organizations_pb2.ListOrganizationsResponse(organizations=map(to_organization, rows), next_page_token=token)

    def ListMembers(self, request: organizations_pb2.ListMembersRequest, context: Context) -> organizations_pb2.ListMembersResponse:
        person, page = calls.person(), paging.read(request, UUID)
        if UUID(request.organization_id) != person.tenant_id:
            raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or it is not the active one")
        with self._database.begin(person) as connection:
            found = store.list_members(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        members = [
            organizations_pb2.Member(
                user_id=str(row.id), email=row.email, first_name=row.first_name, last_name=row.last_name, role=row.role,
                create_time=to_timestamp(row.created_at),
            )
            for row in rows
        ]  # fmt: skip
        return organizations_pb2.ListMembersResponse(members=members, next_page_token=token)

    def SwitchOrganization(self, request: organizations_pb2.SwitchOrganizationRequest, context: Context) -> auth_pb2.TokenPair:
        person = calls.person()

        def choose(session: Session) -> UUID:
            if session.user_id != person.user_id:
                raise errors.Unauthenticated("REFRESH_TOKEN_INVALID", "the refresh token is not valid; sign in again")
            return UUID(request.organization_id)

        return self._sessions.rotate(request.refresh_token, choose)

    def ListTenants(self, request: organizations_pb2.ListTenantsRequest, context: Context) -> organizations_pb2.ListTenantsResponse:
        page = paging.read(request, UUID)
        with self._database.begin(calls.SYSTEM) as connection:
            found = store.list_all_organizations(connection, page)
            audit.record(connection, "tenants.listed")
        rows, token = page.cut(found, lambda row: [row.id])
        return organizations_pb2.ListTenantsResponse(tenants=map(to_organization, rows), next_page_token=token)


class KeyService(keys_pb2_grpc.KeyServiceServicer):
    """See keys.proto."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def GetKeys(self, request: keys_pb2.GetKeysRequest, context: Context) -> HttpBody:
        return HttpBody(content_type="application/json", data=json.dumps(self._keys.public()).encode())


def to_user(user: User) -> auth_pb2.User:
    return auth_pb2.User(
        id=str(user.id), email=user.email, first_name=user.first_name, last_name=user.last_name, picture_url=user.picture_url,
        is_platform_admin=user.is_platform_admin, personal_organization_id=str(user.personal_organization_id), create_time=to_timestamp(user.created_at),
    )  # fmt: skip


def to_organization(organization: Organization) -> organizations_pb2.Organization:
    return organizations_pb2.Organization(
        id=str(organization.id), name=organization.name, kind=organization.kind, owner_id=str(organization.owner_id), role=organization.role,
        create_time=to_timestamp(organization.created_at),
    )  # fmt: skip
