"""Credits set aside: nobody else spends them, they end once, and what was not used comes back."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest

from einstellen.billing.v1 import credits_pb2
from services.billing import ledger as bookings
from services.billing.tables.credits import Booking
from services.chassis import calls, ids
from tests.conftest import Account, House, until
from tests.refusals import refused, told
from tests.services.billing.conftest import Ledger, at_once

TOO_FEW, BAD, MISSING, EXISTS = (
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
)  # fmt: skip


def test_what_is_held_cannot_be_spent_and_what_was_not_used_comes_back(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 5)
    hold = ledger.hold(company, "key", 4)
    assert (hold.status, ledger.balance(company)) == ("open", 1)
    with refused(TOO_FEW, "CREDITS_INSUFFICIENT"):
        ledger.spend(company, "other", 1.5)
    settled = ledger.settle(company, hold, 2.5)
    assert (settled.amount, settled.balance_after, ledger.balance(company)) == (-2.5, 2.5, 2.5)
    assert [each.type for each in ledger.transactions(company)] == ["INTERVIEW", "GRANT"], "a hold is nothing that was spent"


def test_tokens_decide_what_a_hold_costs(house: House, ledger: Ledger) -> None:
    person = ledger.known(house.register())
    hold = ledger.hold(person, "key", 5, unit="ai")
    settled = ledger.settle(person, hold, type="TAILOR", prompt_tokens=3000, completion_tokens=500)
    assert (settled.amount, settled.tokens_used, ledger.balance(person, "ai")) == (-1.5, 3500, 98.5)


def test_a_hold_is_made_and_ended_once_however_often_it_is_asked(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 5)
    holds = at_once(20, lambda _: ledger.hold(company, "key", 3).id)
    assert len(set(holds)) == 1
    hold = credits_pb2.CreditHold(id=holds[0])
    answers = at_once(20, lambda _: ledger.settle(company, hold, 1).id)
    assert len(set(answers)) == 1
    assert ledger.balance(company) == 4
    with refused(EXISTS, "HOLD_SETTLED"):
        ledger.settle(company, hold, 2)
    with refused(TOO_FEW, "HOLD_ENDED"):
        ledger.release(company, hold)
    with refused(EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        ledger.hold(company, "key", 2)


def test_of_settling_and_releasing_at_once_one_wins(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 20)
    outcomes: Counter[str] = Counter()
    for number in range(20):
        before, hold = ledger.balance(company), ledger.hold(company, f"key-{number}", 1)
        settled, released = at_once(2, lambda which, hold=hold: ledger.release(company, hold) if which else ledger.settle(company, hold, 1))
        assert [settled, released].count("HOLD_ENDED") == 1
        outcomes["released" if settled == "HOLD_ENDED" else "settled"] += 1
        assert ledger.balance(company) == before - (settled != "HOLD_ENDED")
    assert sum(outcomes.values()) == 20


def test_of_settling_a_hold_while_it_expires_one_wins(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 20)

    def expire(hold: Any) -> str:
        tenant_id, end = UUID(company.tenant_id), Booking(ids.mint(), "RELEASE", "")
        with ledger.database.begin(calls.SYSTEM) as connection:
            ended = bookings.end_hold(connection, tenant_id, UUID(hold.id), 0, end, "expired", now=datetime.now(UTC))
        return "expired" if ended else "too late"

    for number in range(10):
        before, hold = ledger.balance(company), ledger.hold(company, f"key-{number}", 2)
        settled, expired = at_once(2, lambda which, hold=hold: expire(hold) if which else ledger.settle(company, hold, 1.5))
        assert (settled == "HOLD_ENDED") == (expired == "expired")
        assert ledger.balance(company) == before - (0 if expired == "expired" else 1.5)


def test_a_hold_that_nobody_ends_expires(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 2)
    hold = ledger.hold(company, "key", 2, seconds=1)
    until(lambda: ledger.balance(company) == 2, "the hold has expired")
    with refused(TOO_FEW, "HOLD_ENDED"):
        ledger.settle(company, hold, 1)
    assert ledger.release(company, hold).status == "expired"


def test_more_than_is_held_or_of_another_organization_is_refused(house: House, ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 2)
    hold = ledger.hold(company, "key", 1)
    with refused(BAD, "HOLD_EXCEEDED", field="amount"):
        ledger.settle(company, hold, 1.5)
    other = ledger.known(house.employer())
    for refuse in (lambda: ledger.settle(other, hold, 1), lambda: ledger.release(other, hold)):
        with refused(MISSING, "HOLD_NOT_FOUND"):
            refuse()
    with refused(MISSING, "HOLD_NOT_FOUND"):
        ledger.release(company, credits_pb2.CreditHold(id=str(uuid4())))


@pytest.mark.parametrize("clients", [32])
def test_holds_of_32_clients_never_exceed_what_there_is(ledger: Ledger, company: Account, clients: int) -> None:
    ledger.grant(company, 10)
    answers = at_once(clients, lambda client: ledger.hold(company, f"key-{client}", 1).status)
    assert Counter(answers) == {"open": 10, "CREDITS_INSUFFICIENT": clients - 10}


def test_spends_and_holds_at_once_share_what_there_is(ledger: Ledger, company: Account) -> None:
    """They wait for the account in different ways, and neither waits for the other's locks in a circle."""
    ledger.grant(company, 50)
    doing = {True: ledger.spend, False: lambda account, key: ledger.hold(account, key, 1)}
    answers = at_once(32, lambda client: [_outcome(doing[(client + n) % 2 == 0], company, f"{client}-{n}") for n in range(2)])
    assert Counter(each for pair in answers for each in pair) == {"done": 50, "CREDITS_INSUFFICIENT": 14}
    assert ledger.balance(company) == 0


def _outcome(ask: Callable[[Account, str], object], account: Account, key: str) -> str:
    try:
        ask(account, key)
    except grpc.RpcError as error:
        return str(told(error).reason)
    return "done"
