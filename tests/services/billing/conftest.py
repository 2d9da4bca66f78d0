"""Billing as services and people use it, and its ledger as an operator sees it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc
import pytest

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc
from services.auth import admin as auth_admin
from services.billing import admin
from services.billing.store import credits as store
from services.chassis import calls
from services.chassis.database import Database
from tests.conftest import Account, House, until
from tests.refusals import told
from tests.services.billing.founder import Founder
from tests.services.billing.till import Till, open_till


@dataclass
class Ledger:
    """The RPCs of credits in the words of the tests; those for services are called as interviews."""

    house: House
    stub: Any
    database: Database
    founder: Founder

    @property
    def as_service(self) -> Any:
        return self.house.as_service("interviews", "billing")

    def balance(self, account: Account, unit: str = "hiring") -> float:
        answer = self.stub.GetBalance(credits_pb2.GetBalanceRequest(), metadata=account.metadata)
        return next(each.amount for each in answer.balances if each.unit == unit)

    def spend(self, account: Account, request_id: str, amount: float = 1, *, metadata: Any = None, **fields: Any) -> Any:
        request = credits_pb2.SpendCreditsRequest(
            **{
                "tenant_id": account.tenant_id, "unit": "hiring", "amount": amount, "type": "INTERVIEW", "request_id": request_id, **fields,
            }
        )  # fmt: skip
        return self.stub.SpendCredits(request, metadata=metadata or self.as_service)

    def reverse(self, account: Account, request_id: str) -> Any:
        request = credits_pb2.ReverseSpendRequest(tenant_id=account.tenant_id, request_id=request_id, description="It did not happen")
        return self.stub.ReverseSpend(request, metadata=self.as_service)

    def hold(self, account: Account, request_id: str, amount: float, **fields: Any) -> Any:
        request = credits_pb2.HoldCreditsRequest(
            **{"tenant_id": account.tenant_id, "unit": "hiring", "amount": amount, "request_id": request_id, **fields}
        )
        return self.stub.HoldCredits(request, metadata=self.as_service)

    def settle(self, account: Account, hold: Any, amount: float = 0, **fields: Any) -> Any:
        request = credits_pb2.SettleHoldRequest(
            **{"tenant_id": account.tenant_id, "hold_id": hold.id, "amount": amount, "type": "INTERVIEW", **fields}
        )
        return self.stub.SettleHold(request, metadata=self.as_service)

    def release(self, account: Account, hold: Any) -> Any:
        return self.stub.ReleaseHold(credits_pb2.ReleaseHoldRequest(tenant_id=account.tenant_id, hold_id=hold.id), metadata=self.as_service)

    def grant(self, account: Account, amount: float, unit: str = "hiring") -> float:
        return admin.grant_credits(self.database, UUID(account.tenant_id), unit, amount, "For a test")

    def transactions(self, account: Account, **fields: Any) -> list[Any]:
        request = credits_pb2.ListTransactionsRequest(**{"page_size": 100, **fields})
        return list(self.stub.ListTransactions(request, metadata=account.metadata).transactions)

    def known(self, account: Account) -> Account:
        """The account, once billing has heard of its organization."""
        until(lambda: self._hears_of(account), "billing knows the organization")
        return account

    def _hears_of(self, account: Account) -> bool:
        with self.database.begin(calls.SYSTEM) as connection:
            return store.find_organization(connection, UUID(account.tenant_id)) is not None


@pytest.fixture(scope="session")
def ledger(house: House) -> Iterator[Ledger]:
    database = Database(house.app_url("billing"), pool_size=4)
    yield Ledger(house, house.stub("billing", credits_pb2_grpc.CreditServiceStub), database, Founder(house))
    database.close()


@pytest.fixture
def company(ledger: Ledger) -> Account:
    """The owner of a new business organization without ledger."""
    return ledger.known(ledger.founder.found())


@pytest.fixture(autouse=True)
def ledger_agrees(ledger: Ledger) -> Iterator[None]:
    """After every test the ledger proves itself."""
    yield
    assert admin.verify(ledger.database)[1] == []


@pytest.fixture(scope="session")
def administrator(house: House) -> Any:
    """The metadata of a platform administrator."""
    account, database = house.register(), Database(house.app_url("auth"), pool_size=1)
    auth_admin.create(database, account.email, account.password)
    database.close()
    auth = house.stub("auth", auth_pb2_grpc.AuthServiceStub)
    return (("authorization", f"Bearer {auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password)).access_token}"),)


def at_once(count: int, work: Any) -> list[Any]:
    """What each of so many threads got, all of which begin at the same moment; a refusal's reason where it was refused."""
    gate = threading.Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        try:
            return work(number)
        except grpc.RpcError as error:
            return told(error).reason

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture(scope="module")
def till(house: House) -> Iterator[Till]:
    with open_till(house, "billing_till") as opened:
        yield opened
        opened.verified()


@pytest.fixture(autouse=True)
def months_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test has subscribed to renews in no test after it."""
    yield
    if "till" in request.fixturenames:
        request.getfixturevalue("till").rest()
