"""What an operator types: granting credits, proving the ledger, comparing the books with the providers'."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from cli.__main__ import main
from services.chassis import calls
from services.chassis.calls import Person
from tests.conftest import House
from tests.services.billing.opening import Opened, open_shop

_APPEND_ONLY = "ALTER TABLE credit_transactions {} TRIGGER credit_transactions_for_good"


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "commands") as found:
        yield found


@pytest.fixture(autouse=True)
def at_the_terminal(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands find the shop's database and its provider as an operator's do, by the environment."""
    for name, value in opened.environment.items():
        monkeypatch.setenv(name, value)
    before = calls.current()
    yield
    calls.enter(before)


@pytest.fixture
def person(opened: Opened) -> Person:
    found = opened.shop.open_account()
    opened.shop.grant(found, "hiring", 5, "start")
    opened.shop.spend(found, "hiring", 1.5, "spent")
    return found


def grant(person: Person, *asked: str) -> int:
    return main(["credits", "grant", str(person.tenant_id), *asked])


def test_granted_credits_are_booked_with_their_reason_and_audited(
    opened: Opened, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant(person, "hiring", "2.5", "--description", "For the outage") == 0
    assert capsys.readouterr().out == "granted 2.5 hiring credits; the organization has 6\n"
    assert opened.shop.balance(person, "hiring").amount == 6
    [booked] = opened.rows(
        "SELECT id, lasting, outside, type FROM credit_transactions WHERE tenant_id = %s AND description = 'For the outage'",
        person.tenant_id,
    )
    assert (booked["lasting"], booked["outside"], booked["type"]) == (5, -5, "GRANT")
    audited = "SELECT service FROM audit_log WHERE action = 'credits.granted' AND details->>'transaction_id' = %s"
    assert [each["service"] for each in opened.rows(audited, booked["id"])] == ["cli"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("hiring", "0.3"), "multiple of 0.5"),
        (("hiring", "0"), "above zero"),
        (("ai", "-1"), "above zero"),
        (("ai", "nan"), "multiple of 0.5"),
    ],
)
def test_what_cannot_be_granted_is_refused_and_nothing_is_booked(
    opened: Opened, person: Person, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], words: str
) -> None:
    assert grant(person, asked[0], "--", asked[1]) == 1
    assert words in capsys.readouterr().err
    assert opened.shop.balance(person, asked[0]).amount == {"hiring": 3.5, "ai": 0}[asked[0]]


@pytest.mark.parametrize("organization", [str(uuid4()), "nobody"])
def test_credits_for_nobody_are_refused(organization: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credits", "grant", organization, "ai", "1"]) == 1
    assert capsys.readouterr().err.startswith("einstellen: ")


def test_a_ledger_that_is_right_is_proven(opened: Opened, person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    opened.shop.hold(person, "hiring", 1, "held")
    assert main(["billing", "verify"]) == 0
    assert "every balance is the sum of its bookings, and every booking balances" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "back", "words"),
    [
        ("lasting = lasting + 1", "lasting = lasting - 1", "its bookings add up to"),
        ("monthly = monthly + 2, lasting = lasting - 2", "monthly = monthly - 2, lasting = lasting + 2", "its bookings add up to"),
        ("held = held + 1, lasting = lasting - 1", "held = held - 1, lasting = lasting + 1", "its open holds add up to"),
    ],
)
def test_a_balance_that_is_off_fails_loudly_and_is_named(
    opened: Opened, person: Person, capsys: pytest.CaptureFixture[str], change: str, back: str, words: str
) -> None:
    statement = "UPDATE credit_accounts SET {} WHERE tenant_id = %s AND unit = 'hiring'"
    opened.rows(statement.format(change), person.tenant_id)
    assert main(["billing", "verify"]) == 1
    told = capsys.readouterr().out
    assert f"{person.tenant_id} hiring: " in told
    assert words in told
    assert "every balance is the sum" not in told
    opened.rows(statement.format(back), person.tenant_id)
    assert main(["billing", "verify"]) == 0


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("lasting = lasting + 1, outside = outside - 1", "lasting = lasting - 1, outside = outside + 1"),
        ("balance_after = balance_after + 1", "balance_after = balance_after - 1"),
        ("monthly = monthly + 1, lasting = lasting - 1", "monthly = monthly - 1, lasting = lasting + 1"),
    ],
)
def test_an_entry_that_was_tampered_with_fails_loudly(
    opened: Opened, person: Person, capsys: pytest.CaptureFixture[str], change: str, back: str
) -> None:
    """Nobody can without being the owner and switching the trigger off, and then it shows."""
    statement = "UPDATE credit_transactions SET {} WHERE tenant_id = %s AND key = 'spend:spent'"
    for what, status in ((change, 1), (back, 0)):
        opened.rows(_APPEND_ONLY.format("DISABLE"))
        opened.rows(statement.format(what), person.tenant_id)
        opened.rows(_APPEND_ONLY.format("ENABLE"))
        assert main(["billing", "verify"]) == status
        assert (f"{person.tenant_id} hiring: " in capsys.readouterr().out) == bool(status)


def test_an_entry_that_was_taken_out_fails_loudly(opened: Opened, person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    opened.rows(
        "CREATE TEMP TABLE taken_out AS SELECT * FROM credit_transactions WHERE tenant_id = %s AND key = 'spend:spent'", person.tenant_id
    )
    opened.rows(_APPEND_ONLY.format("DISABLE"))
    opened.rows("DELETE FROM credit_transactions WHERE tenant_id = %s AND key = 'spend:spent'", person.tenant_id)
    assert main(["billing", "verify"]) == 1
    assert "its bookings add up to" in capsys.readouterr().out
    opened.rows("INSERT INTO credit_transactions OVERRIDING SYSTEM VALUE SELECT * FROM taken_out")
    opened.rows(_APPEND_ONLY.format("ENABLE"))
    assert main(["billing", "verify"]) == 0


def test_books_that_agree_with_the_providers_are_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["billing", "reconcile", "--days", "30"]) == 0
    assert capsys.readouterr().out == "stripe: 0 charges there, 0 payments here, 0 differences\n"
