"""Stubs of auth's services."""

from typing import Any

import pytest

from einstellen.auth.v1 import auth_pb2_grpc, organizations_pb2_grpc, sessions_pb2_grpc
from tests.conftest import House


@pytest.fixture
def auth(house: House) -> Any:
    return house.stub("auth", auth_pb2_grpc.AuthServiceStub)


@pytest.fixture
def organizations(house: House) -> Any:
    return house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)


@pytest.fixture
def sessions(house: House) -> Any:
    return house.stub("auth", sessions_pb2_grpc.SessionServiceStub)
