"""The ledger over gRPC, on real PostgreSQL: exact under races, one booking for a key, for good, and nobody sees another's."""

from collections import Counter
from contextlib import closing
from typing import Any
from uuid import UUID

import grpc
import psycopg2
import pytest

from einstellen.billing.v1 import credits_pb2, subscriptions_pb2, subscriptions_pb2_grpc
from services.billing import admin
from services.chassis import calls, tasks
from tests.conftest import Account, House, until
from tests.refusals import refused, told
from tests.services.billing.conftest import Ledger, at_once

CLIENTS = 32
NOT_FOUND, BAD, DENIED = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.PERMISSION_DENIED
TOO_FEW, ABORTED, EXISTS = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ABORTED, grpc.StatusCode.ALREADY_EXISTS


def test_a_new_person_gets_a_hundred_ai_credits_once(house: House, ledger: Ledger) -> None:
    person = ledger.known(house.register())
    assert [(each.type, each.unit, each.amount, each.balance_after) for each in ledger.transactions(person)] == [("BONUS", "ai", 100, 100)]
    assert ledger.balance(person, "hiring") == 0


def test_a_new_company_has_an_empty_account_of_each_unit_and_is_told_that_they_are_low(ledger: Ledger, company: Account) -> None:
    balances = ledger.stub.GetBalance(credits_pb2.GetBalanceRequest(), metadata=company.metadata).balances
    assert [(each.unit, each.amount, each.is_low, bool(each.warning)) for each in balances] == [
        ("hiring", 0, True, True),
        ("ai", 0, True, True),
    ]
    ledger.grant(company, 10)
    hiring = ledger.stub.GetBalance(credits_pb2.GetBalanceRequest(), metadata=company.metadata).balances[0]
    assert (hiring.amount, hiring.is_low, hiring.warning) == (10, False, "")


def test_of_32_clients_on_one_row_exactly_as_many_spend_as_there_are_credits(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 100)
    answers = at_once(CLIENTS, lambda client: [_try(ledger, company, f"{client}-{n}") for n in range(5)])
    done = [answer for each in answers for answer in each]
    assert Counter(done) == {"spent": 100, "CREDITS_INSUFFICIENT": 60}
    assert ledger.balance(company) == 0
    assert [each.balance_after for each in ledger.transactions(company, unit="hiring")] == list(range(100))


def _try(ledger: Ledger, account: Account, request_id: str) -> str:
    try:
        ledger.spend(account, request_id)
    except grpc.RpcError as error:
        return told(error).reason
    return "spent"


@pytest.mark.parametrize("granted", [1, 80])
def test_one_key_fifty_times_at_once_is_one_charge_and_one_answer(ledger: Ledger, company: Account, granted: int) -> None:
    ledger.grant(company, granted)
    answers = at_once(50, lambda _: ledger.spend(company, "the-same").id)
    assert len(set(answers)) == 1
    UUID(answers[0])
    assert ledger.balance(company) == granted - 1


def test_a_key_is_remembered_when_nothing_is_left(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 0.5)
    first = ledger.spend(company, "last", 0.5)
    assert ledger.spend(company, "last", 0.5) == first
    with refused(TOO_FEW, "CREDITS_INSUFFICIENT"):
        ledger.spend(company, "one more", 0.5)
    ledger.grant(company, 1)
    assert ledger.spend(company, "one more", 0.5).balance_after == 0.5, "a refusal is not kept"


def test_the_owner_is_told_once_when_credits_become_few(ledger: Ledger) -> None:
    company = ledger.known(ledger.house.employer())

    def told_of_few() -> int:
        return sum("credit" in mail["subject"].lower() for mail in ledger.house.mails(company.email))

    ledger.grant(company, 11)
    ledger.spend(company, "to ten", 1)
    ledger.spend(company, "below ten", 0.5)
    until(told_of_few, "the mail has come")
    ledger.spend(company, "further below", 1)
    with ledger.database.begin(calls.SYSTEM) as connection:
        due = [
            each
            for each in tasks.list_tasks(connection, ("ready", "running"))
            if str(each.tenant_id) == company.tenant_id and each.kind == "mail"
        ]
    assert (due, told_of_few()) == ([], 1)


@pytest.mark.parametrize("other", [{"amount": 2}, {"unit": "ai"}, {"type": "TAILOR"}, {"description": "Another"}, {"reference_id": "2"}])
def test_a_key_that_comes_with_another_spend_is_refused(ledger: Ledger, company: Account, other: dict[str, Any]) -> None:
    ledger.grant(company, 5)
    ledger.spend(company, "key")
    with refused(EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        ledger.spend(company, "key", **other)
    assert ledger.balance(company) == 4


def test_a_key_belongs_to_one_organization(house: House, ledger: Ledger, company: Account) -> None:
    other = ledger.known(house.employer())
    ledger.grant(company, 1)
    ledger.grant(other, 1)
    assert ledger.spend(company, "shared").id != ledger.spend(other, "shared").id


def test_a_spend_is_taken_back_once(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 3)
    ledger.spend(company, "key", 2, reference_id="interview-1")
    answers = at_once(10, lambda _: ledger.reverse(company, "key").refund)
    assert len({each.id for each in answers}) == 1
    assert (answers[0].type, answers[0].amount, answers[0].balance_after, answers[0].reference_id) == ("REFUND", 2, 3, "interview-1")
    with refused(ABORTED, "SPEND_REVERSED"):
        ledger.spend(company, "key", 2, reference_id="interview-1")
    assert ledger.balance(company) == 3


def test_a_spend_that_comes_after_its_reversal_is_refused_for_good(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 1)
    for _ in range(2):
        assert not ledger.reverse(company, "late").HasField("refund")
    for _ in range(2):
        with refused(ABORTED, "SPEND_REVERSED"):
            ledger.spend(company, "late")
    assert ledger.balance(company) == 1
    assert [each.type for each in ledger.transactions(company)] == ["GRANT"], "a tombstone is nothing to show"


def test_whichever_of_spend_and_reversal_is_first_nothing_stays_spent(ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 1)
    orders = Counter()
    for number in range(40):
        spent, taken_back = at_once(2, lambda which, key=f"race-{number}": (ledger.reverse if which else ledger.spend)(company, key))
        if spent == "SPEND_REVERSED":
            orders["reversal first" if not taken_back.HasField("refund") else "between"] += 1
        else:
            orders["spend first"] += 1
            assert taken_back.refund.amount == 1
        assert ledger.balance(company) == 1
    assert orders["spend first"], orders


def test_monthly_credits_are_spent_before_those_that_last_and_not_after_their_month(house: House, ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 2)
    with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection, connection.cursor() as cursor:
        values = {"tenant": company.tenant_id}
        book = """
            INSERT INTO credit_transactions (id, tenant_id, unit, type, key, monthly, lasting, held, outside, balance_after, description,
                reference_id, tokens_used, prompt_tokens, completion_tokens, created_at)
            VALUES (gen_random_uuid(), %(tenant)s, 'hiring', 'PURCHASE', 'month:1', 6, 0, 0, -6, 10, '', '', 0, 0, 0, now())"""
        cursor.execute(book, values)
        month = "UPDATE credit_accounts SET monthly = 6, monthly_until = now() + %(left)s WHERE tenant_id = %(tenant)s AND unit = 'hiring'"
        cursor.execute(month, values | {"left": "1 day"})
    assert ledger.balance(company) == 5
    ledger.spend(company, "1", 1.5)
    ledger.spend(company, "2", 2)
    assert _parts(house, company) == (0, 3)
    assert ledger.reverse(company, "2").refund.balance_after == 3.5
    assert _parts(house, company) == (3, 4)
    with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE credit_accounts SET monthly_until = now() WHERE tenant_id = %s AND unit = 'hiring'", (company.tenant_id,))
    assert ledger.balance(company) == 2
    with refused(TOO_FEW, "CREDITS_INSUFFICIENT") as answer:
        ledger.spend(company, "3", 2.5)
    assert answer.message == "this needs 2.5 hiring credits; there are 2"
    ledger.spend(company, "3", 2)
    assert _parts(house, company) == (3, 0)


def _parts(house: House, account: Account) -> tuple[int, int]:
    with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT monthly, lasting FROM credit_accounts WHERE tenant_id = %s AND unit = 'hiring'", (account.tenant_id,))
        return cursor.fetchone()


def test_transactions_come_newest_first_in_pages_and_by_unit(house: House, ledger: Ledger) -> None:
    person = ledger.known(house.register())
    for amount in (1, 2, 3):
        ledger.grant(person, amount)
    first = ledger.stub.ListTransactions(credits_pb2.ListTransactionsRequest(page_size=3), metadata=person.metadata)
    rest = ledger.stub.ListTransactions(
        credits_pb2.ListTransactionsRequest(page_size=3, page_token=first.next_page_token), metadata=person.metadata
    )
    assert [each.amount for each in first.transactions] == [3, 2, 1]
    assert [each.amount for each in rest.transactions] == [100]
    assert not rest.next_page_token
    assert [each.unit for each in ledger.transactions(person, unit="ai")] == ["ai"]


def test_only_a_platform_administrator_grants_over_rpc_and_once_a_key(ledger: Ledger, company: Account, administrator: Any) -> None:
    request = credits_pb2.GrantCreditsRequest(
        tenant_id=company.tenant_id, unit="hiring", amount=2.5, description="To try it", request_id="grant-1"
    )
    with refused(DENIED, "PLATFORM_ADMIN_ONLY"):
        ledger.stub.GrantCredits(request, metadata=company.metadata)
    answers = at_once(10, lambda _: ledger.stub.GrantCredits(request, metadata=administrator).id)
    assert len(set(answers)) == 1
    assert (ledger.balance(company), [each.type for each in ledger.transactions(company)]) == (2.5, ["GRANT"])
    request.amount = 3
    with refused(EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        ledger.stub.GrantCredits(request, metadata=administrator)
    with refused(BAD, "CREDITS_NOT_HALF", field="amount"):
        ledger.stub.GrantCredits(
            credits_pb2.GrantCreditsRequest(tenant_id=company.tenant_id, unit="ai", amount=0.3), metadata=administrator
        )
    with refused(NOT_FOUND, "ORGANIZATION_NOT_FOUND"):
        ledger.stub.GrantCredits(credits_pb2.GrantCreditsRequest(tenant_id=str(UUID(int=7)), unit="ai", amount=1), metadata=administrator)


def test_only_services_whose_work_costs_credits_spend_them(house: House, ledger: Ledger, company: Account) -> None:
    for metadata, reason in ((company.metadata, "SERVICES_ONLY"), (house.as_service("gateway", "billing"), "SERVICES_ONLY")):
        with refused(DENIED, reason):
            ledger.spend(company, "key", metadata=metadata)


def test_a_service_spends_for_a_person_in_their_active_organization_only(house: House, ledger: Ledger, company: Account) -> None:
    other = ledger.known(house.employer())
    ledger.grant(company, 1)
    with refused(DENIED, "ORGANIZATION_NOT_ACTIVE"):
        ledger.spend(company, "key", metadata=(*ledger.as_service, *other.metadata))
    assert ledger.spend(company, "key", metadata=(*ledger.as_service, *company.metadata)).balance_after == 0


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"amount": 0.7}, "CREDITS_NOT_HALF", "amount"), ({"amount": -1}, "FIELDS_INVALID", "amount"), ({"amount": float("nan")}, "FIELDS_INVALID", "amount"),
        ({"unit": "gold"}, "FIELDS_INVALID", "unit"), ({"type": "GRANT"}, "FIELDS_INVALID", "type"), ({"request_id": ""}, "FIELDS_INVALID", "request_id"),
        ({"tenant_id": "x"}, "FIELDS_INVALID", "tenant_id"), ({"description": "\0"}, "TEXT_INVALID", ""),
    ],
)  # fmt: skip
def test_a_spend_that_makes_no_sense_is_refused(ledger: Ledger, company: Account, fields: dict[str, Any], reason: str, field: str) -> None:
    ledger.grant(company, 5)
    with refused(BAD, reason, field=field):
        ledger.spend(company, **{"request_id": "key", **fields})
    assert ledger.balance(company) == 5


def test_a_spend_of_an_organization_that_nobody_knows_is_refused(ledger: Ledger, company: Account) -> None:
    with refused(NOT_FOUND, "ORGANIZATION_NOT_FOUND"):
        ledger.spend(company, "key", tenant_id=str(UUID(int=1)))


def test_what_is_booked_is_audited_with_it(house: House, ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 1)
    spent = ledger.spend(company, "key")
    ledger.reverse(company, "key")
    with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT action, service, details FROM audit_log WHERE tenant_id = %s ORDER BY timestamp", (company.tenant_id,))
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == ["credits.granted", "credits.spent", "credits.refunded"]
    assert rows[1] == ("credits.spent", "interviews", {"transaction_id": spent.id})


@pytest.mark.parametrize("statement", ["UPDATE {} SET description = ''", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["credit_transactions", "plans"])
def test_nobody_not_even_the_owner_changes_what_was_booked(house: House, statement: str, table: str) -> None:
    refused_so = pytest.raises(psycopg2.errors.RaiseException, match="only ever added to")
    with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection.cursor() as cursor, refused_so:
        cursor.execute(statement.format(table))


def test_verify_finds_a_balance_that_is_not_the_sum_of_its_bookings(house: House, ledger: Ledger, company: Account) -> None:
    ledger.grant(company, 2)
    change = "UPDATE credit_accounts SET lasting = lasting + %s WHERE tenant_id = %s AND unit = 'hiring'"
    for by, problems in ((1, 1), (-1, 0)):
        with closing(psycopg2.connect(house.owner_url("billing"))) as connection, connection, connection.cursor() as cursor:
            cursor.execute(change, (by, company.tenant_id))
        assert len(admin.verify(ledger.database)[1]) == problems


def test_packages_and_plans_are_those_of_the_catalogue(house: House, ledger: Ledger) -> None:
    packages = ledger.stub.ListPackages(credits_pb2.ListPackagesRequest()).packages
    assert [(each.credits, each.price_amount, each.currency) for each in packages] == [
        (50, 500, "USD"), (100, 900, "USD"), (250, 2000, "USD"), (500, 3500, "USD"),
    ]  # fmt: skip
    subscriptions = house.stub("billing", subscriptions_pb2_grpc.SubscriptionServiceStub)
    plans = subscriptions.ListPlans(subscriptions_pb2.ListPlansRequest()).plans
    assert [(each.name, each.price_amount, each.credits) for each in plans] == [
        ("HumanLite", 1000, 5), ("HumanAdv", 2000, 10), ("HumanPro", 3000, 20), ("Free", 0, 0), ("Pro", 2900, 0), ("Team", 9900, 0),
    ]  # fmt: skip
    assert plans[5].quotas.posts == -1
    assert len(subscriptions.ListPlans(subscriptions_pb2.ListPlansRequest(family="content")).plans) == 3
