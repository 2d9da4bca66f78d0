"""What is answered of a spend is on the disk, though the account is free for the next one before that."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from einstellen.billing.v1 import credits_pb2
from services.billing.rpc.credits import CreditService
from services.billing.store import credits as store
from services.chassis import errors
from services.chassis.database import Database
from tests.conftest import Account, House
from tests.services.billing.conftest import Ledger


class Watched(Database):
    """Notes how far the log of the database had come when a spend committed; `dies` before it asks for the disk."""

    written = "0/0"
    dies = False

    def run_alone(self, who: Any, statement: str, parameters: Mapping[str, object]) -> Any:
        if self.dies and statement == store._KEEP:
            raise errors.Unavailable("DATABASE_UNAVAILABLE", "gone")
        found = super().run_alone(who, statement, parameters)
        if "spend_credits" in statement:
            self.written = self._log("pg_current_wal_insert_lsn()")
        return found

    def on_disk(self) -> bool:
        return bool(self._log(f"pg_current_wal_flush_lsn() >= '{self.written}'"))

    def _log(self, asked: str) -> Any:
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(f"SELECT {asked}").scalar_one()


@pytest.fixture
def watched(house: House) -> Iterator[Watched]:
    database = Watched(house.app_url("billing"), pool_size=2)
    yield database
    database.close()


def _spend(database: Database, account: Account, key: str) -> Any:
    request = credits_pb2.SpendCreditsRequest(tenant_id=account.tenant_id, unit="hiring", amount=1, type="INTERVIEW", request_id=key)
    nobody: Any = None
    return CreditService(database, low=0, tokens_per_credit=2000).SpendCredits(request, nobody)


def test_a_spend_is_on_the_disk_when_it_is_answered(ledger: Ledger, company: Account, watched: Watched) -> None:
    ledger.grant(company, 10)
    for number in range(10):
        _spend(watched, company, f"spend-{number}")
        assert watched.on_disk()


def test_who_is_answered_by_a_spend_that_died_before_the_disk_finds_it_there(ledger: Ledger, company: Account, watched: Watched) -> None:
    ledger.grant(company, 5)
    for number in range(5):
        watched.dies = True
        with pytest.raises(errors.Unavailable):
            _spend(watched, company, f"spend-{number}")
        watched.dies = False
        assert _spend(watched, company, f"spend-{number}").balance_after == 4 - number
        assert watched.on_disk()
    assert ledger.balance(company) == 0
