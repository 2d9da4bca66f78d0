"""The RPCs of second factors: turning them on and off, and the second step of signing in."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import Connection

from einstellen.auth.v1 import auth_pb2, second_factors_pb2, second_factors_pb2_grpc
from services.auth import rules, sealing, totp
from services.auth.limits import Limits
from services.auth.rpc.credentials import Confirmation, lock_confirmed
from services.auth.rpc.sessions import Sessions
from services.auth.settings import Settings
from services.auth.store import accounts, factors
from services.auth.tables import SecondFactor, User
from services.chassis import audit, calls, errors, tasks
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class Codes:
    """Looks at codes: those of an authenticator, and recovery codes. Each is good once."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        secret = settings.secret_key.get_secret_value()
        self._box = sealing.box(secret, "second factors")
        self._key = sealing.derive(secret, "recovery codes")
        self._clock = clock

    def seal(self, user_id: UUID, secret: bytes) -> SecondFactor:
        """A factor that is not confirmed yet."""
        return SecondFactor(user_id, self._box.encrypt(secret), 0, self._clock(), None)

    def renew(self, connection: Connection, user_id: UUID) -> list[str]:
        """New recovery codes in place of the old ones."""
        codes = totp.new_recovery_codes()
        factors.put_recovery_codes(connection, user_id, [totp.hash_recovery_code(self._key, user_id, code) for code in codes])
        return codes

    def take(self, connection: Connection, factor: SecondFactor, code: str) -> bool:
        """Whether the code is good; it is used up then. Needs the factor held."""
        now = self._clock()
        if not totp.is_one_time(code):
            code_hash = totp.hash_recovery_code(self._key, factor.user_id, code)
            return factors.use_recovery_code(connection, factor.user_id, code_hash, now)
        step = totp.step_of(self._box.decrypt(bytes(factor.secret)), code, after=factor.last_step, now=now)
        if step is not None:
            factors.use_step(connection, factor.user_id, step)
        return step is not None


class SecondFactorService(second_factors_pb2_grpc.SecondFactorServiceServicer):
    """See second_factors.proto."""

    def __init__(
        self, database: Database, sessions: Sessions, confirmation: Confirmation, codes: Codes, limits: Limits, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._confirmation = confirmation
        self._codes = codes
        self._limits = limits
        self._clock = clock

    def StartTotp(self, request: second_factors_pb2.StartTotpRequest, context: Context) -> second_factors_pb2.StartTotpResponse:
        confirmed, secret = self._confirmation.confirm(request.password), totp.new_secret()
        with self._database.begin(calls.SYSTEM) as connection:
            user = lock_confirmed(connection, confirmed)
            factor = factors.find_factor(connection, user.id)
            if factor is not None and factor.confirmed_at is not None:
                raise _on()
            factors.put_factor(connection, self._codes.seal(user.id, secret))
            audit.record(connection, "totp.started")
        return second_factors_pb2.StartTotpResponse(secret=totp.written(secret), uri=totp.uri(secret, user.email))

    def ConfirmTotp(self, request: second_factors_pb2.ConfirmTotpRequest, context: Context) -> second_factors_pb2.RecoveryCodes:
        person = calls.person()
        self._limits.count(str(person.user_id), calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user, factor = accounts.lock_user(connection, person.user_id), factors.lock_factor(connection, person.user_id)
            if factor is None:
                raise errors.FailedPrecondition("TOTP_NOT_STARTED", "start first: that gives the secret for the authenticator")
            if factor.confirmed_at is not None:
                raise _on()
            if not totp.is_one_time(request.code) or not self._codes.take(connection, factor, request.code):
                raise _wrong()
            factors.confirm_factor(connection, user.id, self._clock())
            codes = self._codes.renew(connection, user.id)
            self._tell(connection, user, "totp.on", "second_factor_on")
        self._limits.succeeded(str(person.user_id), calls.current().address)
        return second_factors_pb2.RecoveryCodes(recovery_codes=codes)

    def DisableTotp(self, request: second_factors_pb2.DisableTotpRequest, context: Context) -> Empty:
        confirmed = self._confirmation.confirm(request.password)
        self._limits.count(str(confirmed.id), calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = self._lock_proven(connection, confirmed, request.code)
            factors.drop_factor(connection, user.id)
            self._tell(connection, user, "totp.off", "second_factor_off")
        self._limits.succeeded(str(confirmed.id), calls.current().address)
        return Empty()

    def RenewRecoveryCodes(
        self, request: second_factors_pb2.RenewRecoveryCodesRequest, context: Context
    ) -> second_factors_pb2.RecoveryCodes:
        confirmed = self._confirmation.confirm(request.password)
        self._limits.count(str(confirmed.id), calls.current().address)
        with self._database.begin(calls.SYSTEM) as connection:
            user = self._lock_proven(connection, confirmed, request.code)
            codes = self._codes.renew(connection, user.id)
            audit.record(connection, "totp.codes_renewed")
        self._limits.succeeded(str(confirmed.id), calls.current().address)
        return second_factors_pb2.RecoveryCodes(recovery_codes=codes)

    def FinishLogin(self, request: second_factors_pb2.FinishLoginRequest, context: Context) -> auth_pb2.TokenPair:
        token_hash, address = rules.hash_token(request.challenge_token), calls.current().address
        with self._database.begin(calls.SYSTEM) as connection:
            challenge = factors.find_challenge(connection, token_hash)
        if challenge is None:
            raise _over()
        self._limits.count(str(challenge.user_id), address)  # over all challenges of the account
        with self._database.begin(calls.SYSTEM) as connection:
            challenge, now = factors.lock_challenge(connection, token_hash), self._clock()
            if challenge is None or not rules.is_open(challenge, now=now):
                raise _over()
            user, factor = accounts.get_user(connection, challenge.user_id), factors.lock_factor(connection, challenge.user_id)
            good = factor is not None and factor.confirmed_at is not None and self._codes.take(connection, factor, request.code)
            factors.try_challenge(connection, token_hash, used_at=now if good else None)
            if not good:
                audit.record(connection, "login.code_wrong", tenant_id=user.personal_organization_id, user_id=user.id)
        if not good:
            raise errors.Unauthenticated("CODE_WRONG", "this code is not right, or was used before")
        self._limits.succeeded(str(user.id), address)
        return self._sessions.open(user, context)

    def _lock_proven(self, connection: Connection, confirmed: User, code: str) -> User:
        """Holds the account and its factor, and uses the code up."""
        user, factor = lock_confirmed(connection, confirmed), factors.lock_factor(connection, confirmed.id)
        if factor is None or factor.confirmed_at is None:
            raise errors.FailedPrecondition("TOTP_OFF", "there is no second factor")
        if not self._codes.take(connection, factor, code):
            raise _wrong()
        return user

    def _tell(self, connection: Connection, user: User, action: str, template: str) -> None:
        tenant_id = user.personal_organization_id
        audit.record(connection, action, tenant_id=tenant_id)
        tasks.enqueue(connection, "mail_notice", {"user_id": user.id, "template": template}, tenant_id=tenant_id)


def _over() -> errors.Unauthenticated:
    return errors.Unauthenticated("CHALLENGE_INVALID", "this sign-in is over; begin again with your password")


def _on() -> errors.AlreadyExists:
    return errors.AlreadyExists("TOTP_ON", "there is a second factor; turn it off to set up another")


def _wrong() -> errors.PermissionDenied:
    return errors.PermissionDenied("CODE_WRONG", "this code is not right, or was used before")
