"""Second factors over gRPC: codes of an authenticator, each good once, recovery codes, and the second step of signing in."""

import base64
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import grpc
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, credentials_pb2, credentials_pb2_grpc, second_factors_pb2, second_factors_pb2_grpc
from services.auth import totp
from tests.conftest import Account, House
from tests.refusals import refused, told


@pytest.fixture
def factors(house: House) -> Any:
    return house.stub("auth", second_factors_pb2_grpc.SecondFactorServiceStub)


@dataclass
class Authenticator:
    """A person's phone: it shows the next step's code too, so that no test waits for the clock."""

    secret: bytes
    recovery: list[str]
    _ahead: int = 0

    def code(self) -> str:
        """A code that was not shown before: of the current step, and then of the next. Both are good, also when the step ends meanwhile."""
        self._ahead += 1
        assert self._ahead <= 2
        return totp.code_at(self.secret, time.time() + 30 * (self._ahead - 1))


@pytest.fixture
def guarded(house: House, factors: Any) -> tuple[Account, Authenticator]:
    """Somebody with a second factor, whose authenticator has shown one code."""
    account = house.register()
    started = factors.StartTotp(second_factors_pb2.StartTotpRequest(password=account.password), metadata=account.metadata)
    phone = Authenticator(base64.b32decode(started.secret), [])
    confirmed = factors.ConfirmTotp(second_factors_pb2.ConfirmTotpRequest(code=phone.code()), metadata=account.metadata)
    phone.recovery = list(confirmed.recovery_codes)
    return account, phone


def challenge(auth: Any, account: Account) -> str:
    pair = auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
    assert [field.name for field, _ in pair.ListFields()] == ["challenge_token"], "the password alone tells nothing"
    return str(pair.challenge_token)


def finish(factors: Any, token: str, code: str) -> Any:
    return factors.FinishLogin(second_factors_pb2.FinishLoginRequest(challenge_token=token, code=code))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.parametrize(("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    assert totp.code_at(b"12345678901234567890", moment) == code


def test_a_code_of_the_neighbouring_step_is_taken_and_no_used_one() -> None:
    secret, now = totp.new_secret(), datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)
    step = int(now.timestamp()) // 30
    for offset in (-1, 0, 1):
        code = totp.code_at(secret, (step + offset) * 30)
        assert totp.step_of(secret, code, after=0, now=now) == step + offset
        assert totp.step_of(secret, code, after=step + offset, now=now) is None
    for offset in (-2, 2):
        assert totp.step_of(secret, totp.code_at(secret, (step + offset) * 30), after=0, now=now) is None


def test_a_recovery_code_is_the_same_however_it_is_written_and_another_for_each_person() -> None:
    one, other = UUID(int=1), UUID(int=2)
    hashed = totp.hash_recovery_code(b"key", one, "abcd-efgh-jkmn")
    assert hmac.compare_digest(hashed, totp.hash_recovery_code(b"key", one, "ABCD EFGH JKMN"))
    assert hashed != totp.hash_recovery_code(b"key", other, "abcd-efgh-jkmn")
    assert hashed != totp.hash_recovery_code(b"another", one, "abcd-efgh-jkmn")


def test_signing_in_takes_the_password_and_then_a_code(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    pair = finish(factors, challenge(auth, account), phone.code())
    assert (pair.user.id, pair.token_type) == (account.user_id, "Bearer")
    assert auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=pair.refresh_token)).access_token


def test_a_code_is_good_once(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    code = phone.code()
    finish(factors, challenge(auth, account), code)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CODE_WRONG"):
        finish(factors, challenge(auth, account), code)


def test_of_ten_who_come_with_one_code_one_signs_in(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    code, tokens = phone.code(), [challenge(auth, account) for _ in range(10)]

    def one(token: str) -> str:
        try:
            return "in" if finish(factors, token, code).access_token else ""
        except grpc.RpcError as error:
            return told(error).reason

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(one, tokens))
    assert (answers.count("in"), answers.count("CODE_WRONG")) == (1, 9)


def test_a_challenge_is_good_for_one_sign_in_and_five_tries(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    token, code = challenge(auth, account), phone.code()
    for _ in range(5):
        with refused(grpc.StatusCode.UNAUTHENTICATED, "CODE_WRONG"):
            finish(factors, token, wrong(code))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CHALLENGE_INVALID"):
        finish(factors, token, code)
    token = challenge(auth, account)
    finish(factors, token, code)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CHALLENGE_INVALID"):
        finish(factors, token, phone.recovery[0])


def test_the_eleventh_wrong_code_is_not_looked_at_however_many_challenges(
    auth: Any, factors: Any, guarded: tuple[Account, Authenticator]
) -> None:
    account, phone = guarded
    code = phone.code()
    for _ in range(2):
        token = challenge(auth, account)
        for _ in range(5):
            with refused(grpc.StatusCode.UNAUTHENTICATED, "CODE_WRONG"):
                finish(factors, token, wrong(code))
    with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS"):
        finish(factors, challenge(auth, account), code)


def test_a_recovery_code_signs_in_once(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    assert len(set(phone.recovery)) == 10
    assert finish(factors, challenge(auth, account), phone.recovery[3].upper()).access_token
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CODE_WRONG"):
        finish(factors, challenge(auth, account), phone.recovery[3])


def test_new_recovery_codes_replace_the_old(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    request = second_factors_pb2.RenewRecoveryCodesRequest(password=account.password, code=phone.code())
    renewed = factors.RenewRecoveryCodes(request, metadata=account.metadata).recovery_codes
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CODE_WRONG"):
        finish(factors, challenge(auth, account), phone.recovery[0])
    assert finish(factors, challenge(auth, account), renewed[0]).access_token


def test_a_challenge_from_before_the_password_changed_is_worth_nothing(
    house: House, auth: Any, factors: Any, guarded: tuple[Account, Authenticator]
) -> None:
    account, phone = guarded
    token = challenge(auth, account)
    change = credentials_pb2.ChangePasswordRequest(current_password=account.password, new_password="seven quiet llamas hum")
    house.stub("auth", credentials_pb2_grpc.CredentialServiceStub).ChangePassword(change, metadata=account.metadata)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CHALLENGE_INVALID"):
        finish(factors, token, phone.code())


def test_it_is_turned_off_by_password_and_code_together(auth: Any, factors: Any, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    request = second_factors_pb2.DisableTotpRequest(password="not the password", code=phone.code())
    with refused(grpc.StatusCode.PERMISSION_DENIED, "PASSWORD_WRONG"):
        factors.DisableTotp(request, metadata=account.metadata)
    request.password, request.code = account.password, wrong(request.code)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CODE_WRONG"):
        factors.DisableTotp(request, metadata=account.metadata)
    request.code = phone.recovery[0]
    factors.DisableTotp(request, metadata=account.metadata)
    assert auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password)).access_token


def test_a_secret_that_was_not_confirmed_asks_nobody_for_a_code(house: House, auth: Any, factors: Any) -> None:
    account = house.register()
    factors.StartTotp(second_factors_pb2.StartTotpRequest(password=account.password), metadata=account.metadata)
    assert auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password)).access_token
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "TOTP_OFF"):
        factors.DisableTotp(second_factors_pb2.DisableTotpRequest(password=account.password, code="123456"), metadata=account.metadata)


def test_the_secret_and_the_codes_are_not_in_the_database_as_they_are(house: House, guarded: tuple[Account, Authenticator]) -> None:
    account, phone = guarded
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM second_factors WHERE user_id = %s", (account.user_id,))
        (secret,) = cursor.fetchone() or (b"",)
        cursor.execute("SELECT r::text FROM recovery_codes r WHERE user_id = %s", (account.user_id,))
        codes = str(cursor.fetchall())
    assert phone.secret not in bytes(secret)
    assert base64.b32encode(phone.secret) not in bytes(secret)
    assert not [code for code in phone.recovery if code in codes or code.replace("-", "").encode().hex() in codes]
