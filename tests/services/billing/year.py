"""A year of monthly renewals, some of which are declined: what it must come to is worked out beforehand, from the dates and the declines alone."""

import time
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from services.chassis.calls import Person
from tests.services.billing.opening import Opened

BEGIN, END = datetime(2089, 12, 1, 10, tzinfo=UTC), datetime(2091, 1, 1, 4, tzinfo=UTC)
TAX = "7.7"
# With 7.7 % of tax, and half-credits.
PLANS = {"HumanLite": (10_77, 10), "HumanAdv": (21_54, 20), "HumanPro": (32_31, 40)}
_AGAIN = (timedelta(days=1), timedelta(days=3), timedelta(days=5))


@dataclass
class Expected:
    """What one organization's year must come to: which of its charges are declined, when it pays by hand, and its books at the end."""

    plan: str
    begins_at: datetime
    declines: list[str] = field(default_factory=list)
    by_hand: list[datetime] = field(default_factory=list)
    due: int = 0
    paid: int = 0
    covered: bool = False
    told: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        return self.paid * PLANS[self.plan][0]


@dataclass
class Year:
    """How a year went, in counts and seconds."""

    tenants: int
    charges: int
    declines: int
    suspensions: int
    cents: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.tenants} organizations, {self.charges} charges, {self.declines} declines, {self.suspensions} suspensions, "
            f"{self.cents / 100:.2f} USD taken, {self.seconds:.0f} s"
        )


def expect(number: int, declining: float) -> Expected:
    """Works a year out. One in ten declines is for good, and then the person pays by hand two days later, each day until it is taken."""
    random = Random(f"year {number}")
    found = Expected(list(PLANS)[number % 3], BEGIN + timedelta(days=number % 31, seconds=number))

    def declined() -> str:
        code = ("stolen_card" if random.random() < 0.1 else "insufficient_funds") if random.random() < declining else ""
        found.declines.append(code)
        return code

    found.declines.append("")
    found.due = found.paid = 1
    for month in range(1, 14):
        moment = _months_after(found.begins_at, month)
        if moment > END:
            break
        found.due, found.covered = found.due + 1, False
        attempts, late, suspended = 0, False, False
        while moment <= END:
            code = declined()
            if not code:
                found.paid, found.covered = found.paid + 1, True
                found.told["recovered"] += late
                break
            late = True
            if not suspended and attempts < len(_AGAIN) and code != "stolen_card":
                found.told["past_due"] += 1
                moment, attempts = moment + _AGAIN[attempts], attempts + 1
                continue
            if not suspended:
                found.told["suspended"] += 1
            moment += timedelta(days=1 if suspended else 2)
            suspended = True
            if moment <= END:
                found.by_hand.append(moment)
    return found


def live(opened: Opened, tenants: int, declining: float = 0.05) -> Year:
    """Lets so many organizations live through the year, and holds their books against what was expected of them."""
    opened.clock.now = BEGIN
    people: list[tuple[Person, Expected]] = []
    charges: dict[str, int] = {}
    expected_of: dict[str, Expected] = {}

    def decide(intent: dict[str, Any]) -> str:
        tenant = opened.stripe.objects[intent["customer"]]["metadata"]["tenant_id"]
        charges[tenant] = charges.get(tenant, -1) + 1
        return expected_of[tenant].declines[charges[tenant]]

    opened.stripe.decide = decide
    began = time.perf_counter()
    for each in sorted((expect(number, declining) for number in range(tenants)), key=lambda each: each.begins_at):
        _pass(opened, each.begins_at, [])
        person = opened.shop.open_account()
        expected_of[str(person.tenant_id)] = each
        people.append((person, each))
        assert opened.shop.subscribe(person, each.plan, "key").status == "active"
    hands = sorted(((moment, person) for person, each in people for moment in each.by_hand), key=lambda pair: pair[0])
    _pass(opened, END, hands)
    seconds = time.perf_counter() - began
    for person, each in people:
        _check(opened, person, each)
        assert charges[str(person.tenant_id)] == len(each.declines) - 1, "every charge is made, and made once"
    taken = sum(opened.stripe.taken().values())
    assert taken == sum(each.taken for _, each in people), "right to the cent"
    return Year(
        tenants, sum(len(each.declines) for _, each in people), sum(bool(code) for _, each in people for code in each.declines),
        sum(each.told["suspended"] for _, each in people), taken, seconds,
    )  # fmt: skip


def _pass(opened: Opened, end: datetime, hands: list[tuple[datetime, Person]]) -> None:
    due = "SELECT min(run_at) AS at FROM tasks WHERE state = 'ready'"
    while True:
        moments = [each for each in (opened.rows(due)[0]["at"], hands[0][0] + timedelta(minutes=1) if hands else None) if each is not None]
        if not moments or min(moments) > end:
            break
        if min(moments) - opened.clock() > timedelta(days=1):
            opened.stripe.keys.clear()
        opened.clock.now = max(opened.clock(), min(moments)) + timedelta(milliseconds=1)
        opened.shop.worker.run_due()
        while hands and hands[0][0] + timedelta(minutes=1) <= opened.clock():
            person = hands.pop(0)[1]
            [invoice] = opened.rows("SELECT id FROM invoices WHERE tenant_id = %s AND status = 'open'", person.tenant_id)
            opened.shop.pay(person, str(invoice["id"]))
    opened.clock.now = end


def _check(opened: Opened, person: Person, expected: Expected) -> None:
    price, monthly = PLANS[expected.plan]
    invoices = opened.rows("SELECT number, amount, status FROM invoices WHERE tenant_id = %s ORDER BY number", person.tenant_id)
    assert [each["number"] for each in invoices] == list(range(1, expected.due + 1))
    assert all(each["amount"] == price for each in invoices)
    assert sum(each["status"] == "paid" for each in invoices) == expected.paid
    [paid] = opened.rows("SELECT sum(amount) AS cents FROM payments WHERE tenant_id = %s AND status = 'succeeded'", person.tenant_id)
    assert paid["cents"] == expected.taken
    covered = expected.covered or expected.due == 1
    assert opened.shop.balance(person, "hiring").amount == (monthly / 2 if covered else 0), "a month's credits are there while it is paid"
    told = opened.rows(
        "SELECT payload->>'status' AS status, count(*) FROM tasks WHERE tenant_id = %s AND payload->>'status' <> 'renewing' GROUP BY 1",
        person.tenant_id,
    )
    told_of = {each["status"]: each["count"] for each in told}
    assert told_of == {status: count for status, count in expected.told.items() if count}, f"{told_of} {expected}"


def _months_after(anchor: datetime, months: int) -> datetime:
    month = anchor.month - 1 + months
    year, month = anchor.year + month // 12, month % 12 + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))
