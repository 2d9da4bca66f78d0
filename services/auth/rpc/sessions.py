"""Sessions: how they are opened and carried on, whoever asks."""

from collections.abc import Callable
from uuid import UUID

from einstellen.auth.v1 import auth_pb2
from services.auth import rules
from services.auth.keys import SigningKeys
from services.auth.settings import Settings
from services.auth.store import accounts, organizations, sessions
from services.auth.tables import Organization, Session, User
from services.chassis import audit, calls, errors, events, ids
from services.chassis.clock import Clock, to_timestamp
from services.chassis.database import Database


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
            organization = organizations.get_membership(connection, session.tenant_id, user.id)
            sessions.add_session(connection, session)
            sessions.add_refresh_token(connection, kept)
            audit.record(connection, "session.opened", tenant_id=session.tenant_id, user_id=user.id, session_id=session.id)
        return self._pair(user, organization, session.id, refresh)

    def rotate(self, token: str, choose: Callable[[Session], UUID] = lambda session: session.tenant_id) -> auth_pb2.TokenPair:
        """Exchanges a refresh token for a new pair, in the organization that `choose` names; it may raise, and nothing has changed then.

        A token that was used before ends its session: whoever holds the other one is signed out as well.
        """
        now, token_hash = self._clock(), rules.hash_token(token)
        with self._database.begin(calls.SYSTEM) as connection:
            kept, session = sessions.lock_refresh_token(connection, token_hash)
            state = rules.judge(kept, session, now=now)
            if state is rules.TokenState.REUSED and session is not None:
                sessions.revoke_session(connection, session.id, now)
                audit.record(
                    connection, "session.revoked", tenant_id=session.tenant_id, user_id=session.user_id, session_id=session.id, why="reuse"
                )
                events.record(connection, "session.revoked", session.id, session.tenant_id, user_id=session.user_id)
            elif state is rules.TokenState.GOOD and session is not None:
                user = accounts.get_user(connection, session.user_id)
                organization = organizations.get_membership(connection, choose(session), user.id)
                sessions.use_refresh_token(connection, token_hash, now)
                refresh, successor = rules.new_refresh_token(session, now=now, days=self._settings.refresh_days)
                sessions.add_refresh_token(connection, successor)
                if organization.id != session.tenant_id:
                    sessions.move_session(connection, session.id, organization.id)
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


def to_user(user: User) -> auth_pb2.User:
    return auth_pb2.User(
        id=str(user.id), email=user.email, first_name=user.first_name, last_name=user.last_name, picture_url=user.picture_url,
        is_platform_admin=user.is_platform_admin, personal_organization_id=str(user.personal_organization_id), create_time=to_timestamp(user.created_at),
    )  # fmt: skip
