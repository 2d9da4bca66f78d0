"""Killed at any step of whatever takes, moves or sends back money or credits, billing ends with the same books as without."""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.billing import admin, persons
from services.chassis import calls, errors
from services.chassis.calls import Person
from services.chassis.persons import Person as Leaving
from tests.conftest import House
from tests.services.billing.opening import Opened, open_shop

ROOT = Path(__file__).parents[3]


@dataclass
class Prepared:
    """An organization that is about to do something: the deed that is killed, and what everybody does afterwards."""

    person: Person
    method: str
    arguments: list[Any]
    afterwards: Callable[[], None]


class Dying:
    """The process beside us that does a deed and dies."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        command = [sys.executable, "-m", "tests.services.billing.dying"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def does(self, deed: Prepared, step: int) -> str:
        order = {
            "environment": self.opened.environment, "now": self.opened.clock().isoformat(), "step": step, "method": deed.method,
            "arguments": deed.arguments, "person": {"user_id": str(deed.person.user_id), "tenant_id": str(deed.person.tenant_id)},
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "kills") as found:
        yield found
        assert admin.verify(found.shop.database)[1] == []


@pytest.fixture(scope="module")
def dying(opened: Opened) -> Iterator[Dying]:
    with closing(Dying(opened)) as found:
        yield found


def work(opened: Opened, **later: float) -> None:
    """Whatever is due within this time happens, when it is due."""
    end = opened.clock() + timedelta(**later)
    due = "SELECT min(CASE WHEN state = 'ready' THEN run_at ELSE leased_until END) AS at FROM tasks WHERE state IN ('ready', 'running')"
    while (coming := opened.rows(due)[0]["at"]) is not None and coming <= end:
        opened.clock.now = max(opened.clock(), coming) + timedelta(milliseconds=1)
        opened.shop.worker.run_due()
    opened.clock.now = end


def has_bought(opened: Opened, person: Person) -> str:
    """The id of a payment for a package of credits that Stripe has told of."""
    made = opened.shop.buy(person, "ai-100", "bought")
    opened.stripe.pay(made.provider_id)
    opened.shop.tell(*opened.stripe.signed(opened.stripe.events[-1], at=opened.clock().timestamp()))
    work(opened, minutes=2)
    return str(made.id)


def buying(opened: Opened) -> Prepared:
    """Asks for a page to pay on; later the person pays there."""
    person = opened.shop.open_account()

    def afterwards() -> None:
        made = opened.shop.buy(person, "ai-100", "key")
        opened.stripe.pay(made.provider_id)
        work(opened, minutes=30)

    return Prepared(person, "buy", ["ai-100", "key"], afterwards)


def hearing(opened: Opened) -> Prepared:
    """Stripe tells that it was paid, and tells again where nobody answers."""
    person = opened.shop.open_account()
    made = opened.shop.buy(person, "ai-100", "key")
    opened.stripe.pay(made.provider_id)
    body, headers = opened.stripe.signed(opened.stripe.events[-1], at=opened.clock().timestamp())

    def afterwards() -> None:
        opened.shop.tell(body, headers)
        work(opened, minutes=30)

    return Prepared(person, "tell", [body.decode(), headers], afterwards)


def applying(opened: Opened) -> Prepared:
    """What was told is applied, and the receipt is mailed."""
    deed = hearing(opened)
    opened.shop.tell(deed.arguments[0].encode(), deed.arguments[1])
    return Prepared(deed.person, "work", [], lambda: work(opened, minutes=30))


def subscribing(opened: Opened) -> Prepared:
    """Saves the card and pays the first month."""
    person = opened.shop.open_account()

    def afterwards() -> None:
        opened.shop.subscribe(person, "HumanAdv", "key")
        work(opened, minutes=30)

    return Prepared(person, "subscribe", ["HumanAdv", "key"], afterwards)


def renewing(opened: Opened) -> Prepared:
    """The month is over: an invoice, a charge of the saved card, new credits, a receipt."""
    person = opened.shop.open_account()
    opened.shop.subscribe(person, "HumanAdv", "key")
    opened.shop.hold(person, "hiring", 2, "hold", 3600 * 24 * 60)
    [end] = opened.rows("SELECT period_end FROM subscriptions WHERE tenant_id = %s", person.tenant_id)
    work(opened, minutes=10)
    work(opened, seconds=(end["period_end"] - opened.clock()).total_seconds() - 60)
    opened.clock.pass_by(seconds=61)
    return Prepared(person, "work", [], lambda: work(opened, minutes=30))


def upgrading(opened: Opened) -> Prepared:
    """A dearer plan, whose share of the month is taken from the saved card."""
    person = opened.shop.open_account()
    made = opened.shop.subscribe(person, "HumanLite", "key")
    work(opened, minutes=10)

    def afterwards() -> None:
        opened.shop.change_plan(person, made.id, "HumanPro", "changed")
        work(opened, minutes=30)

    return Prepared(person, "change_plan", [made.id, "HumanPro", "changed"], afterwards)


def paying_by_hand(opened: Opened) -> Prepared:
    """The card was declined for good, and is good again when the person pays the month themselves."""
    person = opened.shop.open_account()
    made = opened.shop.subscribe(person, "HumanLite", "key")
    decide = opened.stripe.decide
    opened.stripe.decide = lambda intent: "stolen_card"
    work(opened, seconds=made.period_end_time.seconds - opened.clock().timestamp() + 60)
    opened.stripe.decide = decide
    invoice = opened.shop.invoices(person)[0].id

    def afterwards() -> None:
        with suppress(errors.FailedPrecondition):  # INVOICE_NOT_OPEN, where it was paid before the process died
            opened.shop.pay(person, invoice)
        work(opened, minutes=30)

    return Prepared(person, "pay", [invoice], afterwards)


def forgetting(opened: Opened) -> Prepared:
    """Who has gone is deleted at Stripe as well."""
    person = opened.shop.open_account()
    opened.shop.subscribe(person, "HumanLite", "key")
    work(opened, minutes=10)
    with opened.shop.database.begin(calls.SYSTEM) as connection:
        persons.erase(connection, Leaving(person.user_id, (person.tenant_id,)))
    return Prepared(person, "work", [], lambda: work(opened, minutes=30))


def refunding(opened: Opened) -> Prepared:
    """A part of the money is to go back."""
    person = opened.shop.open_account()
    payment = has_bought(opened, person)

    def afterwards() -> None:
        opened.shop.refund(person, payment, 300, "key")
        work(opened, minutes=30)

    return Prepared(person, "refund", [payment, 300, "key"], afterwards)


def sending_back(opened: Opened) -> Prepared:
    """It goes back, with a credit note, and takes the credits along that it had bought."""
    deed = refunding(opened)
    opened.shop.refund(deed.person, *deed.arguments)
    return Prepared(deed.person, "work", [], lambda: work(opened, minutes=30))


def consuming(opened: Opened) -> Prepared:
    """Credits of the month are spent."""
    person = opened.shop.open_account()
    made = opened.shop.subscribe(person, "HumanAdv", "key")
    work(opened, minutes=10)

    def afterwards() -> None:
        opened.shop.consume(person, made.id, 1.5, "consumed")

    return Prepared(person, "consume", [made.id, 1.5, "consumed"], afterwards)


def spending(opened: Opened) -> Prepared:
    """A service spends credits, and asks again under the same key."""
    person = opened.shop.open_account()
    opened.shop.grant(person, "ai", 40, "grant")
    return Prepared(person, "spend", ["ai", 2.5, "key"], lambda: opened.shop.spend(person, "ai", 2.5, "key"))


DEEDS = (
    buying,
    hearing,
    applying,
    subscribing,
    renewing,
    upgrading,
    paying_by_hand,
    forgetting,
    refunding,
    sending_back,
    consuming,
    spending,
)


def books(opened: Opened, person: Person) -> dict[str, list[Any]]:
    """Everything that is written down of an organization, without what is minted or timed."""
    queries = {
        "accounts": "SELECT unit, monthly, lasting, held FROM credit_accounts WHERE tenant_id = %s ORDER BY unit",
        "bookings": "SELECT type, unit, monthly, lasting, held, balance_after FROM credit_transactions WHERE tenant_id = %s ORDER BY unit, position",
        "invoices": "SELECT number, kind, status, subtotal, tax, amount, credits FROM invoices WHERE tenant_id = %s ORDER BY number, status",
        "payments": "SELECT status, amount, refunded, attempt FROM payments WHERE tenant_id = %s ORDER BY id",
        "refunds": "SELECT status, amount FROM refunds WHERE tenant_id = %s",
        "subscriptions": "SELECT status, cycle, auto_renew FROM subscriptions WHERE tenant_id = %s",
        "holds": "SELECT unit, amount, status FROM credit_holds WHERE tenant_id = %s",
        "mails": "SELECT payload->>'template' AS template, count(*) FROM tasks WHERE tenant_id = %s AND kind = 'mail' GROUP BY 1 ORDER BY 1",
        "audited": "SELECT action, count(*) FROM audit_log WHERE tenant_id = %s GROUP BY 1 ORDER BY 1",
        "lost": "SELECT kind, last_error FROM tasks WHERE tenant_id = %s AND state = 'dead'",
    }
    found = {name: [tuple(row.values()) for row in opened.rows(query, person.tenant_id)] for name, query in queries.items()}
    paid = {str(row["id"]) for row in opened.rows("SELECT id FROM payments WHERE tenant_id = %s", person.tenant_id)}
    theirs = str(person.tenant_id)
    found["customers"] = [True for each in opened.stripe.objects.values() if (each.get("metadata") or {}).get("tenant_id") == theirs]
    return found | {"taken": sorted(net for reference, net in opened.stripe.taken().items() if reference in paid)}


def after(opened: Opened, deed: Prepared) -> dict[str, list[Any]]:
    opened.clock.pass_by(seconds=16)  # the leases of the dead run out
    deed.afterwards()
    found = books(opened, deed.person)
    opened.rows("UPDATE tasks SET state = 'cancelled' WHERE state = 'ready'")  # the next is alone with what it has begun
    return found


def killed_at(opened: Opened, dying: Dying, prepare: Callable[[Opened], Prepared], step: int, expected: dict[str, list[Any]]) -> bool:
    """Whether there was such a step to be killed at. The books are the same with and without."""
    deed = prepare(opened)
    outcome = dying.does(deed, step)
    assert outcome in ("killed", "done"), outcome
    assert after(opened, deed) == expected, f"killed at step {step} of {prepare.__name__}"
    return outcome == "killed"


@pytest.mark.parametrize("prepare", DEEDS)
def test_a_kill_changes_nothing_in_the_end(opened: Opened, dying: Dying, prepare: Callable[[Opened], Prepared]) -> None:
    expected = after(opened, prepare(opened))
    for step in random.Random(prepare.__name__).sample(range(1, 12), 2):
        killed_at(opened, dying, prepare, step, expected)


@pytest.mark.soak
def test_a_kill_at_each_step_changes_nothing_in_the_end(
    opened: Opened, dying: Dying, record_property: Callable[[str, object], None]
) -> None:
    kills: dict[str, int] = {}
    for prepare in DEEDS:
        expected = after(opened, prepare(opened))
        step = 1
        while killed_at(opened, dying, prepare, step, expected):
            step += 1
        kills[prepare.__name__] = step - 1
    record_property("count", f"{sum(kills.values())} kills, {kills}")
    assert sum(kills.values()) >= 200
