"""Accounts over gRPC, on real PostgreSQL and Valkey."""

from typing import Any

import grpc
import jwt
import pytest

from einstellen.auth.v1 import auth_pb2
from tests.conftest import Account, House
from tests.refusals import refused


def test_a_new_person_signs_in_to_their_personal_organization(house: House) -> None:
    account = house.register()
    claims = jwt.decode(account.access, options={"verify_signature": False})
    assert (claims["sub"], claims["org"], claims["kind"], claims["role"]) == (account.user_id, account.tenant_id, "personal", "owner")
    assert claims["exp"] - claims["iat"] == 900


def test_an_address_has_one_account_whatever_its_case(auth: Any, person: Account) -> None:
    with refused(grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"):
        auth.Register(auth_pb2.RegisterRequest(email=person.email.upper(), password="another long password"))


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(auth: Any, person: Account) -> None:
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG") as wrong:
        auth.Login(auth_pb2.LoginRequest(email=person.email, password="not the password"))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG") as unknown:
        auth.Login(auth_pb2.LoginRequest(email="nobody@example.com", password="not the password"))
    assert wrong.message == unknown.message


def test_the_eleventh_wrong_password_is_not_looked_at(house: House, auth: Any) -> None:
    account = house.register()
    for _ in range(10):
        with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG"):
            auth.Login(auth_pb2.LoginRequest(email=account.email, password="not the password"))
    with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS"):
        auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password))


@pytest.mark.parametrize("password", ["aaaaaaaaaaaaa", "ada.lindqvist"])
def test_a_password_that_is_guessed_first_is_refused(auth: Any, password: str) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "PASSWORD_TOO_WEAK", field="password"):
        auth.Register(auth_pb2.RegisterRequest(email="ada.lindqvist@example.com", password=password))


def test_every_wrong_field_is_named(auth: Any) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="email") as refusal:
        auth.Register(auth_pb2.RegisterRequest(email="no address", password="short"))
    assert {violation.field for violation in refusal.fields} == {"email", "password"}


def test_a_profile_changes_only_where_asked(house: House, auth: Any) -> None:
    account = house.register("Ada", "Lindqvist")
    changed = auth.UpdateProfile(auth_pb2.UpdateProfileRequest(first_name="Adele"), metadata=account.metadata)
    assert (changed.first_name, changed.last_name) == ("Adele", "Lindqvist")
    request = auth_pb2.UpdateProfileRequest(first_name="ignored")
    request.update_mask.paths.append("last_name")
    emptied = auth.UpdateProfile(request, metadata=account.metadata)
    assert (emptied.first_name, emptied.last_name) == ("Adele", "")
    request.update_mask.paths.append("email")
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_MASK_INVALID", field="update_mask"):
        auth.UpdateProfile(request, metadata=account.metadata)


def test_without_a_token_nothing_private_answers(auth: Any) -> None:
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        auth.GetProfile(auth_pb2.GetProfileRequest())
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        auth.GetProfile(auth_pb2.GetProfileRequest(), metadata=(("authorization", "Bearer e30.e30.e30"),))
