"""Somebody who founds one organization after the other: each is another tenant, and nobody has to register for it."""

from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc
from tests.conftest import Account, House


class Founder:
    def __init__(self, house: House) -> None:
        self._house = house
        self._account: Account | None = None

    def found(self) -> Account:
        """The founder, acting in a new business organization."""
        before = self._account or self._house.register("Erik", "Sommer")
        organizations = self._house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
        made = organizations.CreateOrganization(
            organizations_pb2.CreateOrganizationRequest(name="Nordlicht GmbH"), metadata=before.metadata
        )
        self._account = self._house.switched(before, made.id)
        return self._account
