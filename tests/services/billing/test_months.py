"""What the end of a month does to credits and to what was not paid in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.billing import admin
from services.chassis.calls import Person
from tests.conftest import House
from tests.services.billing.auditor import audit
from tests.services.billing.opening import Opened, open_shop


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "months") as found:
        yield found
        assert admin.verify(found.shop.database)[1] == []


def booked(opened: Opened, person: Person) -> list[Any]:
    query = (
        "SELECT type, monthly, lasting, balance_after FROM credit_transactions WHERE tenant_id = %s AND unit = 'hiring' ORDER BY position"
    )
    return [tuple(row.values()) for row in opened.rows(query, person.tenant_id)]


def test_what_a_month_leaves_runs_out_at_its_end_and_what_was_granted_stays(opened: Opened) -> None:
    person = opened.shop.open_account()
    opened.shop.grant(person, "hiring", 2, "grant")
    made = opened.shop.subscribe(person, "HumanLite", "key")
    opened.shop.spend(person, "hiring", 1.5, "first")
    opened.shop.cancel(person, made.id, at_period_end=True)
    opened.pass_by(days=32)
    opened.shop.spend(person, "hiring", 0.5, "second")
    assert booked(opened, person) == [
        ("GRANT", 0, 4, 4), ("PURCHASE", 10, 0, 14), ("INTERVIEW", -3, 0, 11), ("EXPIRY", -7, 0, 4), ("INTERVIEW", 0, -1, 3),
    ]  # fmt: skip
    assert opened.shop.balance(person, "hiring").amount == 1.5


def test_a_month_that_is_renewed_ends_once(opened: Opened) -> None:
    person = opened.shop.open_account()
    opened.shop.subscribe(person, "HumanLite", "key")
    opened.pass_by(days=32)
    assert booked(opened, person) == [("PURCHASE", 10, 0, 10), ("EXPIRY", -10, 0, 0), ("PURCHASE", 10, 0, 10)]


def test_an_upgrade_that_is_paid_when_its_month_is_over_is_paid_back(opened: Opened) -> None:
    person = opened.shop.open_account()
    made = opened.shop.subscribe(person, "HumanLite", "key", "pm_card_authenticationRequired")
    opened.stripe.authenticate(made.payment.provider_id)
    opened.pass_by(days=30)
    upgrade = opened.shop.change_plan(person, made.id, "HumanPro", "upgrade").payment
    assert upgrade.status == "requires_action"
    opened.pass_by(days=1.5)
    opened.stripe.authenticate(upgrade.provider_id)
    opened.pass_by(days=1)
    payment = opened.shop.payment(person, upgrade.id)
    assert (payment.status, payment.refunded_amount) == ("succeeded", upgrade.amount)
    [kept] = opened.rows("SELECT status, plan_id FROM subscriptions WHERE tenant_id = %s", person.tenant_id)
    assert str(kept["plan_id"]) == opened.shop.plans["HumanLite"]
    opened.shop.cancel(person, made.id)
    opened.pass_by(days=40)
    check(opened, person)


def test_what_paid_for_nothing_goes_back_whole_though_somebody_has_sent_a_part_of_it_back(opened: Opened) -> None:
    person = opened.shop.open_account()
    made = opened.shop.subscribe(person, "HumanAdv", "key", "pm_card_authenticationRequired")
    opened.shop.cancel(person, made.id)
    opened.stripe.authenticate(made.payment.provider_id)
    opened.stripe.refund_at_the_desk(made.payment.provider_id, 700)
    opened.pass_by(days=3)
    assert opened.shop.payment(person, made.payment.id).refunded_amount == 2000
    check(opened, person)


def check(opened: Opened, person: Person) -> None:
    ours = {str(row["id"]) for row in opened.rows("SELECT id FROM payments WHERE tenant_id = %s", person.tenant_id)}
    audit(opened.rows, person.tenant_id, {reference: net for reference, net in opened.stripe.taken().items() if reference in ours})
