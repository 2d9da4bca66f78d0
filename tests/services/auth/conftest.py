"""Stubs of auth's services."""

from typing import Any

import pytest

from einstellen.auth.v1 import (
    api_keys_pb2_grpc,
    auth_pb2_grpc,
    invitations_pb2_grpc,
    organizations_pb2_grpc,
    sessions_pb2_grpc,
    workspaces_pb2_grpc,
)
from tests.conftest import Account, House


@pytest.fixture
def auth(house: House) -> Any:
    return house.stub("auth", auth_pb2_grpc.AuthServiceStub)


@pytest.fixture
def organizations(house: House) -> Any:
    return house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)


@pytest.fixture
def sessions(house: House) -> Any:
    return house.stub("auth", sessions_pb2_grpc.SessionServiceStub)


@pytest.fixture
def invitations(house: House) -> Any:
    return house.stub("auth", invitations_pb2_grpc.InvitationServiceStub)


@pytest.fixture
def workspaces(house: House) -> Any:
    return house.stub("auth", workspaces_pb2_grpc.WorkspaceServiceStub)


@pytest.fixture
def api_keys(house: House) -> Any:
    return house.stub("auth", api_keys_pb2_grpc.ApiKeyServiceStub)


@pytest.fixture
def team(house: House) -> Account:
    """The owner of an organization whose plan has seats."""
    account = house.employer()
    house.take_plan(account)
    return account
