"""The RPCs of signing in with Google."""

import secrets
from http.cookies import CookieError, SimpleCookie

import grpc
from cryptography.fernet import InvalidToken
from sqlalchemy import Connection

from einstellen.auth.v1 import auth_pb2, google_pb2, google_pb2_grpc
from services.auth import rules, sealing
from services.auth.limits import Limits
from services.auth.providers.google import Google
from services.auth.rpc.sessions import Sessions
from services.auth.settings import Settings
from services.auth.store import accounts, identities, organizations
from services.auth.tables import Identity, Profile, SignInAttempt, User
from services.chassis import audit, calls, errors, events, tasks
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class GoogleService(google_pb2_grpc.GoogleServiceServicer):
    """See google.proto."""

    def __init__(
        self, database: Database, sessions: Sessions, google: Google, limits: Limits, settings: Settings, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._google = google
        self._limits = limits
        self._box = sealing.box(settings.key_secret, "verifiers of sign-ins")
        # A name that browsers take from this host by TLS alone, where there is TLS.
        self._cookie, self._flags = ("__Host-sign-in", "; Secure") if settings.public_url.startswith("https://") else ("sign-in", "")
        self._clock = clock

    def StartGoogleSignIn(self, request: google_pb2.StartGoogleSignInRequest, context: Context) -> google_pb2.StartGoogleSignInResponse:
        address, now = calls.current().address, self._clock()
        self._limits.count(address, address)
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        url = self._google.address(state, nonce, verifier)
        attempt = SignInAttempt(
            rules.hash_token(state), rules.hash_token(browser), nonce, self._box.encrypt(verifier.encode()), now, now + rules.SIGN_IN_FOR
        )  # fmt: skip
        with self._database.begin(calls.SYSTEM) as connection:
            identities.add_attempt(connection, attempt)
        self._set_cookie(context, browser, int(rules.SIGN_IN_FOR.total_seconds()))
        return google_pb2.StartGoogleSignInResponse(authorization_url=url)

    def FinishGoogleSignIn(self, request: google_pb2.FinishGoogleSignInRequest, context: Context) -> auth_pb2.TokenPair:
        state_hash, browser_hash = rules.hash_token(request.state), rules.hash_token(self._browser(context))
        with self._database.begin(calls.SYSTEM) as connection:
            attempt = identities.take_attempt(connection, state_hash, browser_hash, self._clock())
        if attempt is None:
            raise _expired()
        if request.error or not request.code or not self._google.is_from(request.iss):
            raise errors.Unauthenticated("SIGN_IN_REFUSED", "Google did not accept this sign-in; begin again")
        try:
            verifier = self._box.decrypt(attempt.verifier).decode()
        except InvalidToken:  # the secret was changed meanwhile
            raise _expired() from None
        profile = self._google.redeem(request.code, verifier, attempt.nonce)
        try:
            user = self._account(profile)
        except errors.AlreadyExists:  # two browsers at once, or the address was registered in between: it is there now
            user = self._account(profile)
        self._set_cookie(context, "", 0)
        return self._sessions.sign_in(user, context)

    def _account(self, profile: Profile) -> User:
        """The account that this identity signs in to. Raises AlreadyExists where somebody makes it at the same moment."""
        with self._database.begin(calls.SYSTEM) as connection:
            known = identities.find_identity(connection, profile.issuer, profile.subject)
            if known is not None:
                return accounts.get_user(connection, known.user_id)
            found = accounts.find_user_by_email(connection, profile.email) if profile.email else None
            existing = accounts.lock_user(connection, found.id) if found else None
            rules.check_link(profile, existing)
            return self._link(connection, profile, existing) if existing else self._register(connection, profile)

    def _link(self, connection: Connection, profile: Profile, user: User) -> User:
        tenant_id = user.personal_organization_id
        identities.add_identity(connection, Identity(profile.issuer, profile.subject, user.id, self._clock()))
        audit.record(connection, "identity.linked", tenant_id=tenant_id, user_id=user.id, issuer=profile.issuer)
        tasks.enqueue(connection, "mail_notice", {"user_id": user.id, "template": "google_linked"}, tenant_id=tenant_id)
        return user

    def _register(self, connection: Connection, profile: Profile) -> User:
        user, organization = rules.register_elsewhere(profile, now=self._clock())
        accounts.add_user(connection, user)
        organizations.add_organization(connection, organization)
        identities.add_identity(connection, Identity(profile.issuer, profile.subject, user.id, user.created_at))
        audit.record(connection, "user.registered", tenant_id=organization.id, user_id=user.id, issuer=profile.issuer)
        tasks.enqueue(connection, "welcome", {"user_id": user.id}, tenant_id=organization.id)
        events.record(connection, "user.registered", user.id, organization.id)
        return user

    def _browser(self, context: Context) -> str:
        for name, value in context.invocation_metadata():
            if name == "cookie":
                try:
                    found = SimpleCookie(str(value)).get(self._cookie)
                except CookieError:
                    continue
                if found is not None:
                    return found.value
        return ""

    def _set_cookie(self, context: Context, value: str, seconds: int) -> None:
        cookie = f"{self._cookie}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{self._flags}"
        context.send_initial_metadata((("set-cookie", cookie),))


def _expired() -> errors.FailedPrecondition:
    return errors.FailedPrecondition(
        "SIGN_IN_EXPIRED", "this sign-in was not begun by this browser, has ended, or took too long; begin again"
    )
