"""Auth over gRPC, on real PostgreSQL and Valkey."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import jwt
import pytest

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, organizations_pb2, organizations_pb2_grpc
from einstellen.keys.v1 import keys_pb2, keys_pb2_grpc
from tests.conftest import Account, House
from tests.refusals import refused


@pytest.fixture
def auth(house: House) -> Any:
    return house.stub("auth", auth_pb2_grpc.AuthServiceStub)


@pytest.fixture
def organizations(house: House) -> Any:
    return house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)


def test_a_new_person_signs_in_to_their_personal_organization(house: House) -> None:
    account = house.register()
    claims = jwt.decode(account.access, options={"verify_signature": False})
    assert (claims["sub"], claims["org"], claims["kind"], claims["role"]) == (account.user_id, account.tenant_id, "personal", "owner")
    assert claims["exp"] - claims["iat"] == 900


def test_the_published_keys_verify_a_token_and_hold_nothing_private(house: House, person: Account) -> None:
    document = json.loads(house.stub("auth", keys_pb2_grpc.KeyServiceStub).GetKeys(keys_pb2.GetKeysRequest()).data)
    key = jwt.PyJWKSet.from_dict(document)[jwt.get_unverified_header(person.access)["kid"]]
    assert jwt.decode(person.access, key, algorithms=["ES256"], audience="einstellen")["sub"] == person.user_id
    assert all("d" not in key for key in document["keys"])


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


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(house: House, auth: Any) -> None:
    account = house.register()
    second = auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=second.refresh_token))


def test_of_twenty_concurrent_refreshes_at_most_one_succeeds(house: House, auth: Any) -> None:
    account = house.register()

    def refresh(_: int) -> bool:
        try:
            auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
        except grpc.RpcError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(refresh, range(20))) == 1


def test_logging_out_kills_the_refresh_token_and_may_be_repeated(house: House, auth: Any) -> None:
    account = house.register()
    for _ in range(2):
        auth.Logout(auth_pb2.LogoutRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))


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


def test_an_organization_is_created_once_for_one_key(house: House, organizations: Any) -> None:
    account = house.register()
    request = organizations_pb2.CreateOrganizationRequest(name="Nordlicht", request_id="one")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: organizations.CreateOrganization(request, metadata=account.metadata), range(8)))
    assert len({answer.id for answer in made}) == 1
    listed = organizations.ListOrganizations(organizations_pb2.ListOrganizationsRequest(), metadata=account.metadata).organizations
    assert [(o.kind, o.role) for o in listed] == [("personal", "owner"), ("business", "owner")]
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        organizations.CreateOrganization(
            organizations_pb2.CreateOrganizationRequest(name="Other", request_id="one"), metadata=account.metadata
        )


def test_nobody_switches_into_an_organization_that_is_not_theirs(house: House, organizations: Any, employer: Account) -> None:
    stranger = house.register()
    request = organizations_pb2.SwitchOrganizationRequest(organization_id=employer.tenant_id, refresh_token=stranger.refresh)
    with refused(grpc.StatusCode.NOT_FOUND, "ORGANIZATION_NOT_FOUND"):
        organizations.SwitchOrganization(request, metadata=stranger.metadata)
    request.organization_id = stranger.tenant_id
    assert organizations.SwitchOrganization(request, metadata=stranger.metadata).organization_id == stranger.tenant_id


def test_only_platform_administrators_list_tenants(organizations: Any, person: Account) -> None:
    with refused(grpc.StatusCode.PERMISSION_DENIED, "PLATFORM_ADMIN_ONLY"):
        organizations.ListTenants(organizations_pb2.ListTenantsRequest(), metadata=person.metadata)


def test_without_a_token_nothing_private_answers(auth: Any) -> None:
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        auth.GetProfile(auth_pb2.GetProfileRequest())
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"):
        auth.GetProfile(auth_pb2.GetProfileRequest(), metadata=(("authorization", "Bearer e30.e30.e30"),))


def test_a_page_token_is_good_for_its_own_list_alone(organizations: Any, house: House) -> None:
    account = house.register()
    for name in ("One", "Two"):
        organizations.CreateOrganization(organizations_pb2.CreateOrganizationRequest(name=name), metadata=account.metadata)
    first = organizations.ListOrganizations(organizations_pb2.ListOrganizationsRequest(page_size=2), metadata=account.metadata)
    rest = organizations.ListOrganizations(
        organizations_pb2.ListOrganizationsRequest(page_size=2, page_token=first.next_page_token), metadata=account.metadata
    )
    assert [o.name for o in [*first.organizations, *rest.organizations]][1:] == ["One", "Two"]
    assert not rest.next_page_token
    for token in ("x", "WzFd", first.next_page_token[:-3]):
        with refused(grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", field="page_token"):
            organizations.ListOrganizations(organizations_pb2.ListOrganizationsRequest(page_token=token), metadata=account.metadata)
