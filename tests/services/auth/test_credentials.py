"""Addresses and passwords over gRPC: what is mailed arrives in a real mailbox, works once, and for what it was mailed alone."""

import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import argon2
import grpc
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, credentials_pb2, credentials_pb2_grpc
from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from services.auth import passwords, rules
from services.chassis import errors
from tests.conftest import Account, House, until
from tests.refusals import refused, told

NEW = "seven quiet llamas hum"


@pytest.fixture
def credentials(house: House) -> Any:
    return house.stub("auth", credentials_pb2_grpc.CredentialServiceStub)


@pytest.fixture
def sql(house: House) -> Callable[..., Any]:
    def run(statement: str, *values: object, service: str = "auth") -> Any:
        with closing(psycopg2.connect(house.owner_url(service))) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    return run


def mailed(house: House, address: str, page: str, count: int = 1) -> list[str]:
    """The tokens of that many links to the page that were mailed to the address, the newest first."""

    def found() -> list[str]:
        texts = [mail["text"] for mail in house.mails(address)]
        return [token for text in texts for token in re.findall(rf"/account/{page}#token=([\w-]+)", text)]

    until(lambda: len(found()) >= count, f"{count} mail with a link to {page}")
    return found()


def login(auth: Any, account: Account, password: str) -> Any:
    return auth.Login(auth_pb2.LoginRequest(email=account.email, password=password))


def forgot(house: House, credentials: Any, account: Account, count: int = 1) -> str:
    credentials.RequestPasswordReset(credentials_pb2.RequestPasswordResetRequest(email=account.email.upper()))
    return mailed(house, account.email, "reset-password", count)[0]


def test_a_new_address_is_verified_by_what_is_mailed_to_it(house: House, auth: Any, credentials: Any) -> None:
    account = house.register()
    request = credentials_pb2.VerifyEmailRequest(token=mailed(house, account.email, "verify-email")[0])
    assert not auth.GetProfile(auth_pb2.GetProfileRequest(), metadata=account.metadata).email_verified
    credentials.VerifyEmail(request)
    assert auth.GetProfile(auth_pb2.GetProfileRequest(), metadata=account.metadata).email_verified
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LINK_INVALID"):
        credentials.VerifyEmail(request)


def test_a_newer_link_replaces_the_one_before(house: House, credentials: Any) -> None:
    account = house.register()
    (first,) = mailed(house, account.email, "verify-email")
    credentials.RequestEmailVerification(credentials_pb2.RequestEmailVerificationRequest(), metadata=account.metadata)
    second = next(token for token in mailed(house, account.email, "verify-email", 2) if token != first)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LINK_INVALID"):
        credentials.VerifyEmail(credentials_pb2.VerifyEmailRequest(token=first))
    credentials.VerifyEmail(credentials_pb2.VerifyEmailRequest(token=second))


def test_a_reset_sets_the_password_once_and_ends_every_session(house: House, auth: Any, credentials: Any) -> None:
    account = house.register()
    request = credentials_pb2.ResetPasswordRequest(token=forgot(house, credentials, account), password=NEW)
    credentials.ResetPassword(request)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG"):
        login(auth, account, account.password)
    assert login(auth, account, NEW).user.email_verified, "who read the mail has shown that the address is theirs"
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LINK_INVALID"):
        credentials.ResetPassword(request)
    until(
        lambda: [m for m in house.mails(account.email) if m["subject"] == "Your password was changed"],
        "the notice",
    )


def test_a_weak_new_password_leaves_the_link_good(house: House, credentials: Any) -> None:
    account = house.register()
    token = forgot(house, credentials, account)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "PASSWORD_TOO_WEAK", field="password"):
        credentials.ResetPassword(credentials_pb2.ResetPasswordRequest(token=token, password="Password123!"))
    credentials.ResetPassword(credentials_pb2.ResetPasswordRequest(token=token, password=NEW))


def test_one_link_in_twenty_hands_sets_one_password(house: House, credentials: Any) -> None:
    account = house.register()
    token = forgot(house, credentials, account)

    def reset(number: int) -> str:
        try:
            credentials.ResetPassword(credentials_pb2.ResetPasswordRequest(token=token, password=f"{NEW} {number}"))
        except grpc.RpcError as error:
            return told(error).reason
        return "set"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(reset, range(20)))
    assert (answers.count("set"), answers.count("LINK_INVALID")) == (1, 19)


def test_a_link_is_good_for_its_own_purpose_and_time(house: House, credentials: Any, sql: Callable[..., Any]) -> None:
    account = house.register()
    token = forgot(house, credentials, account)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LINK_INVALID"):
        credentials.VerifyEmail(credentials_pb2.VerifyEmailRequest(token=token))
    sql("UPDATE mailed_links SET expires_at = now() WHERE user_id = %s AND purpose = 'reset_password'", account.user_id)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LINK_INVALID"):
        credentials.ResetPassword(credentials_pb2.ResetPasswordRequest(token=token, password=NEW))


def test_a_mailed_token_is_stored_nowhere_and_read_in_the_mail_alone(house: House, credentials: Any, sql: Callable[..., Any]) -> None:
    account = house.register()
    token = forgot(house, credentials, account)
    assert rules.hash_token(token).hex() in str(sql("SELECT m::text FROM mailed_links m"))
    assert token not in str(sql("SELECT t::text FROM tasks t")) + str(sql("SELECT m::text FROM mailed_links m"))
    until(
        lambda: not sql("SELECT 1 FROM notifications WHERE message LIKE %s", f"%{token}%", service="notifications"),
        "what was mailed is dropped",
    )
    stub = house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub)
    listed = stub.ListNotifications(notifications_pb2.ListNotificationsRequest(), metadata=account.metadata).notifications
    assert "password_reset" not in [row.template for row in listed]


def test_asking_for_an_unknown_account_writes_and_answers_the_same(house: House, credentials: Any, sql: Callable[..., Any]) -> None:
    account, counts = house.register(), []
    for email in (account.email, f"{secrets.token_hex(6)}@example.com"):
        # What others have asked for is done, and writes nothing in between.
        until(lambda: not sql("SELECT 1 FROM tasks WHERE state IN ('ready', 'running') AND run_at <= now()"), "nothing is under way")
        before = sql("SELECT (SELECT count(*) FROM tasks), (SELECT count(*) FROM audit_log)")[0]
        answer = credentials.RequestPasswordReset(credentials_pb2.RequestPasswordResetRequest(email=email))
        after = sql("SELECT (SELECT count(*) FROM tasks), (SELECT count(*) FROM audit_log)")[0]
        counts.append((answer.ByteSize(), after[0] - before[0], after[1] - before[1]))
    assert counts == [(0, 1, 1), (0, 1, 1)]


def test_the_sixth_link_in_a_quarter_of_an_hour_is_refused_known_or_not(credentials: Any) -> None:
    request = credentials_pb2.RequestPasswordResetRequest(email=f"{secrets.token_hex(6)}@example.com")
    for _ in range(5):
        credentials.RequestPasswordReset(request)
    with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS"):
        credentials.RequestPasswordReset(request)


def test_changing_the_password_ends_the_other_sessions_alone(house: House, auth: Any, credentials: Any) -> None:
    account = house.register()
    other = login(auth, account, account.password)
    request = credentials_pb2.ChangePasswordRequest(current_password="not the password", new_password=NEW)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "PASSWORD_WRONG"):
        credentials.ChangePassword(request, metadata=account.metadata)
    request.current_password = account.password
    credentials.ChangePassword(request, metadata=account.metadata)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=other.refresh_token))
    assert auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh)).access_token
    assert login(auth, account, NEW).access_token


def test_nobody_signs_in_with_a_password_that_is_being_changed(house: House, auth: Any, credentials: Any, sql: Callable[..., Any]) -> None:
    account = house.register()

    def sign_in(_: int) -> None:
        try:
            login(auth, account, account.password)
        except grpc.RpcError as error:
            assert told(error).reason == "CREDENTIALS_WRONG"

    request = credentials_pb2.ChangePasswordRequest(current_password=account.password, new_password=NEW)
    with ThreadPoolExecutor(9) as pool:
        signed_in = [pool.submit(sign_in, n) for n in range(8)]
        pool.submit(credentials.ChangePassword, request, metadata=account.metadata).result()
        for future in signed_in:
            future.result()
    alive = "SELECT count(*) FROM sessions WHERE user_id = %s AND revoked_at IS NULL"
    assert sql(alive, account.user_id) == [(1,)], "the one that changed it"


def test_an_address_changes_when_the_new_one_answers(house: House, auth: Any, credentials: Any) -> None:
    account, wanted = house.register(), f"{secrets.token_hex(6)}@example.com"
    request = credentials_pb2.RequestEmailChangeRequest(email=wanted, password=account.password)
    credentials.RequestEmailChange(request, metadata=account.metadata)
    token = mailed(house, wanted, "change-email")[0]
    assert auth.GetProfile(auth_pb2.GetProfileRequest(), metadata=account.metadata).email == account.email
    credentials.ConfirmEmailChange(credentials_pb2.ConfirmEmailChangeRequest(token=token))
    assert auth.Login(auth_pb2.LoginRequest(email=wanted, password=account.password)).user.email_verified
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG"):
        login(auth, account, account.password)
    until(
        lambda: [m for m in house.mails(account.email) if m["subject"] == "The address of your account was changed"],
        "the notice to the old address",
    )


def test_an_address_that_was_taken_meanwhile_is_refused(house: House, auth: Any, credentials: Any) -> None:
    account, wanted = house.register(), f"{secrets.token_hex(6)}@example.com"
    request = credentials_pb2.RequestEmailChangeRequest(email=wanted, password=account.password)
    credentials.RequestEmailChange(request, metadata=account.metadata)
    token = mailed(house, wanted, "change-email")[0]
    auth.Register(auth_pb2.RegisterRequest(email=wanted, password=NEW))
    with refused(grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"):
        credentials.ConfirmEmailChange(credentials_pb2.ConfirmEmailChangeRequest(token=token))


@pytest.mark.parametrize(
    "password",
    [
        "Password123!", "P@ssw0rd2024", "qwertyuiop", "iloveyou1234", "1qaz2wsx3edc", "letmein2025", "sunshine99", "Summer2024!", "x" * 200,
        "einstelleneinstellen", "Lindqvist1", "trustno1trustno1", "11/09/2001", "aaaaaaaaaaaaa",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(errors.InvalidArgument, match="PASSWORD_TOO_WEAK"):
        rules.check_password(password, "ada@example.com", ("Ada", "Lindqvist"))


@pytest.mark.parametrize("password", ["correct horse battery staple", "Tr0ub4dor&3x-q", "8fjQ2-kd91z", "съешь ещё этих булок"])
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    rules.check_password(password, "ada@example.com", ("Ada", "Lindqvist"))


def test_a_hash_is_argon2id_at_least_as_strong_as_owasp_asks() -> None:
    # In a process of its own: in this one hashes are quick, since thousands of accounts are made here.
    program = "from services.auth import passwords; print(passwords.make_hash('correct horse battery staple'))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    stored = argon2.extract_parameters(made)
    assert stored.type is argon2.Type.ID
    assert (stored.memory_cost >= 19 * 1024, stored.time_cost >= 2, stored.parallelism >= 1) == (True, True, True)


def test_a_hash_is_made_anew_when_its_strength_has_risen(house: House, auth: Any, sql: Callable[..., Any]) -> None:
    stored = argon2.extract_parameters(passwords.make_hash(NEW))
    account = house.register()
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(account.password)
    sql("UPDATE users SET password_hash = %s WHERE id = %s", weak, account.user_id)
    login(auth, account, account.password)
    ((made_anew,),) = sql("SELECT password_hash FROM users WHERE id = %s", account.user_id)
    assert argon2.extract_parameters(made_anew) == stored
    assert login(auth, account, account.password).access_token
