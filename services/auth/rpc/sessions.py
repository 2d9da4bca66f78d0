"""Sessions: how they are opened, carried on and ended, and the RPCs by which people see and end their own."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import Connection

from einstellen.auth.v1 import auth_pb2, sessions_pb2, sessions_pb2_grpc
from services.auth import rules, sealing
from services.auth.keys import SigningKeys
from services.auth.plans import Plans
from services.auth.settings import Settings
from services.auth.store import accounts, factors, organizations
from services.auth.store import sessions as store
from services.auth.tables import Organization, Session, User
from services.chassis import audit, calls, errors, events, ids, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
_LONGEST_AGENT = 200


class Sessions:
    """Opens sessions, carries them on and ends them: what login, refresh, switch and a change of password have in common."""

    def __init__(self, database: Database, keys: SigningKeys, plans: Plans, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._plans = plans
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._tokens = sealing.derive(settings.key_secret, "refresh tokens")

    def sign_in(self, user: User, context: Context) -> auth_pb2.TokenPair:
        """A session for somebody who has shown who they are, or the challenge to show a code as well."""
        with self._database.begin(calls.SYSTEM) as connection:
            factor = factors.find_factor(connection, user.id)
            if factor is not None and factor.confirmed_at is not None:
                _lock_unchanged(connection, user)
                token, challenge = rules.new_challenge(user.id, now=self._clock())
                factors.add_challenge(connection, challenge)
                audit.record(connection, "login.challenged", tenant_id=user.personal_organization_id, user_id=user.id)
                return auth_pb2.TokenPair(challenge_token=token)
        return self.open(user, context)

    def open(self, user: User, context: Context) -> auth_pb2.TokenPair:
        """A session for somebody who has shown who they are. Raises Unauthenticated / CREDENTIALS_WRONG where that has changed since `user` was read."""
        now, session_id = self._clock(), ids.mint()
        refresh = secrets.token_urlsafe(32)
        kept = rules.keep_refresh_token(refresh, session_id, now=now, days=self._settings.refresh_days)
        session = Session(
            session_id, user.id, user.personal_organization_id, calls.current().address or None, now, None, _agent(context), now, kept.expires_at
        )  # fmt: skip
        with self._database.begin(calls.SYSTEM) as connection:
            revision = events.position(connection)  # first: what is revoked after this was read is not in what follows
            _lock_unchanged(connection, user)
            organization = rules.check_open(organizations.find_membership(connection, session.tenant_id, user.id))
            store.add_session(connection, session)
            store.add_refresh_token(connection, kept)
            audit.record(connection, "session.opened", tenant_id=session.tenant_id, user_id=user.id, session_id=session.id)
        return self._pair(user, organization, session.id, refresh, revision)

    def rotate(self, token: str, choose: Callable[[Session], UUID] | None = None) -> auth_pb2.TokenPair:
        """Exchanges a refresh token for a new pair, in the organization that `choose` names; it may raise, and nothing has changed then.

        Without it the session stays in its organization; where that is suspended, or the person no longer belongs to it, it goes on in the personal one.

        The successor is derived from the token, so that whoever lost the answer is given the same one again. A token that was used before in any other
        way ends its session: whoever holds the other one is signed out as well.
        """
        token_hash, successor = rules.hash_token(token), sealing.token_of(self._tokens, token)
        with self._database.begin(calls.SYSTEM) as connection:
            revision = events.position(connection)
            kept, session = store.lock_refresh_token(connection, token_hash)
            now = self._clock()  # after the wait for the lock
            following = store.find_refresh_token(connection, kept.successor_hash) if kept and kept.successor_hash else None
            state = rules.judge(kept, session, following, now=now)
            if session is None or state is rules.TokenState.DEAD:
                raise errors.Unauthenticated("REFRESH_TOKEN_INVALID", "the refresh token is not valid; sign in again")
            if state is not rules.TokenState.REUSED:
                user = accounts.get_user(connection, session.user_id)
                organization = self._organization(connection, session, user, choose)
                if state is rules.TokenState.GOOD:
                    new = rules.keep_refresh_token(successor, session.id, now=now, days=self._settings.refresh_days)
                    store.use_refresh_token(connection, token_hash, new, now)
                else:
                    store.forgive_refresh_token(connection, token_hash, now)
                    audit.record(connection, "session.resumed", tenant_id=session.tenant_id, user_id=user.id, session_id=session.id)
                if organization.id != session.tenant_id:
                    store.move_session(connection, session.id, organization.id)
                    where = audit.turned(organization_id=(session.tenant_id, organization.id))
                    audit.record(connection, "session.switched", tenant_id=organization.id, user_id=user.id, session_id=session.id, **where)
            else:
                store.revoke_session(connection, session.id, now)
                audit.record(
                    connection, "session.revoked", tenant_id=session.tenant_id, user_id=session.user_id, session_id=session.id, why="reuse"
                )
                events.record(connection, "session.revoked", session.id, session.tenant_id, user_id=session.user_id)
        if state is rules.TokenState.REUSED:
            raise errors.Unauthenticated("REFRESH_TOKEN_REUSED", "this refresh token was used before; the session is ended, sign in again")
        return self._pair(user, organization, session.id, successor, revision)

    @staticmethod
    def _organization(connection: Connection, session: Session, user: User, choose: Callable[[Session], UUID] | None) -> Organization:
        found = organizations.find_membership(connection, choose(session) if choose else session.tenant_id, user.id)
        if choose is None and (found is None or found.suspended_at is not None):
            found = organizations.find_membership(connection, user.personal_organization_id, user.id)
        return rules.check_open(found)

    def end(self, connection: Connection, session: Session, now: datetime, *, why: str) -> None:
        """Ends one session, unless it has ended."""
        if store.revoke_session(connection, session.id, now):
            audit.record(
                connection, "session.revoked", tenant_id=session.tenant_id, user_id=session.user_id, session_id=session.id, why=why
            )
            events.record(connection, "session.revoked", session.id, session.tenant_id, user_id=session.user_id)

    def end_all(self, connection: Connection, user: User, now: datetime, *, why: str, but: UUID | None = None) -> int:
        """Ends all sessions of an account, or all but one, and returns how many. Hold the account, or one that is being opened escapes."""
        ended = store.revoke_sessions(connection, user.id, now, but=but)
        tenant_id = user.personal_organization_id
        for session_id in ended:
            audit.record(connection, "session.revoked", tenant_id=tenant_id, user_id=user.id, session_id=session_id, why=why)
        for session_id in ended:
            events.record(connection, "session.revoked", session_id, tenant_id, user_id=user.id)
        return len(ended)

    def _pair(self, user: User, organization: Organization, session_id: UUID, refresh: str, revision: int) -> auth_pb2.TokenPair:
        seconds = self._settings.access_lifetime
        said = rules.claims(
            user,
            organization,
            session_id,
            revision=revision,
            rate=self._plans.rate(organization.id),
            issuer=self._settings.jwt_issuer,
            now=self._clock(),
            seconds=seconds,
        )
        return auth_pb2.TokenPair(
            access_token=self._keys.sign(said), refresh_token=refresh, token_type="Bearer",  # noqa: S106 - the scheme, no secret
            expires_in=seconds, user=to_user(user),
            organization_id=str(organization.id), role=organization.role,
        )  # fmt: skip


class SessionService(sessions_pb2_grpc.SessionServiceServicer):
    """See sessions.proto."""

    def __init__(self, database: Database, sessions: Sessions, clock: Clock = utc_now) -> None:
        self._database = database
        self._sessions = sessions
        self._clock = clock

    def ListSessions(self, request: sessions_pb2.ListSessionsRequest, context: Context) -> sessions_pb2.ListSessionsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_sessions(connection, person.user_id, page, self._clock())
        rows, token = page.cut(found, lambda row: [row.id])
        listed = [to_session(row, person.session_id) for row in rows]
        return sessions_pb2.ListSessionsResponse(sessions=listed, next_page_token=token)

    def RevokeSession(self, request: sessions_pb2.RevokeSessionRequest, context: Context) -> Empty:
        person = calls.person()
        with self._database.begin(person) as connection:
            session = store.get_session(connection, UUID(request.session_id), person.user_id)
            self._sessions.end(connection, session, self._clock(), why="asked")
        return Empty()

    def RevokeSessions(self, request: sessions_pb2.RevokeSessionsRequest, context: Context) -> sessions_pb2.RevokeSessionsResponse:
        person = calls.person()
        with self._database.begin(calls.SYSTEM) as connection:
            user = accounts.lock_user(connection, person.user_id)
            but = person.session_id if request.keep_current else None
            count = self._sessions.end_all(connection, user, self._clock(), why="asked", but=but)
        return sessions_pb2.RevokeSessionsResponse(revoked=count)


def _lock_unchanged(connection: Connection, user: User) -> None:
    """Holds the account until commit, if it is there and signs in as it did."""
    current = accounts.find_locked(connection, user.id)
    if current is None or current.password_hash != user.password_hash:
        raise errors.Unauthenticated("CREDENTIALS_WRONG", "the address or the password is wrong")


def _agent(context: Context) -> str:
    """What the client calls itself."""
    found = dict(context.invocation_metadata()).get("user-agent", "")
    return str(found)[:_LONGEST_AGENT]


def to_session(session: Session, current: UUID) -> sessions_pb2.Session:
    return sessions_pb2.Session(
        id=str(session.id), organization_id=str(session.tenant_id), ip_address=session.ip_address or "", user_agent=session.user_agent,
        is_current=session.id == current, create_time=to_timestamp(session.created_at), last_used_time=to_timestamp(session.last_used_at),
        expire_time=to_timestamp(session.expires_at),
    )  # fmt: skip


def to_user(user: User) -> auth_pb2.User:
    return auth_pb2.User(
        id=str(user.id), email=user.email, first_name=user.first_name, last_name=user.last_name, picture_url=user.picture_url,
        is_platform_admin=user.is_platform_admin, personal_organization_id=str(user.personal_organization_id), create_time=to_timestamp(user.created_at),
        email_verified=user.email_verified_at is not None,
    )  # fmt: skip
