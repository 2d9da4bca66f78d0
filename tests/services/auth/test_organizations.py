"""Organizations over gRPC."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from einstellen.auth.v1 import organizations_pb2
from tests.conftest import Account, House
from tests.refusals import refused


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
