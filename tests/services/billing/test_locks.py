"""Who cancels and who is paid at the same moment: both take the subscription before its invoices, so that neither waits for what the other holds."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from services.billing import admin
from services.chassis.calls import Person
from tests.conftest import House, until
from tests.services.billing.opening import Opened, open_shop


class Canceller:
    """Holds the subscription as somebody does who cancels, from the next answer of the provider on, and then takes what it owes."""

    def __init__(self) -> None:
        self.at = ""
        self.subscription = ""
        self._connection: Any = None

    def connect(self, opened: Opened) -> None:
        self._connection = psycopg2.connect(opened.environment["BILLING_DATABASE_URL"])

    def __call__(self, where: str) -> None:
        if where == self.at:
            self.at = ""
            self.hold()

    def hold(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL app.system = 'on'")
            cursor.execute("SELECT 1 FROM subscriptions WHERE id = %s FOR UPDATE", (self.subscription,))

    def take(self) -> int:
        """As cancelling does, but without waiting for whoever holds an invoice already."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM invoices WHERE subscription_id = %s AND status = 'open' FOR UPDATE NOWAIT", (self.subscription,))
            return int(cursor.rowcount)

    def let_go(self) -> None:
        if self._connection is not None:
            self._connection.rollback()


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Opened]:
    canceller = Canceller()
    with open_shop(house, "locks", at=canceller) as found:
        canceller.connect(found)
        with closing(canceller._connection):
            yield found
        assert admin.verify(found.shop.database)[1] == []


@pytest.fixture
def canceller(opened: Opened) -> Iterator[Canceller]:
    found = opened.at
    assert isinstance(found, Canceller)
    yield found
    found.let_go()
    opened.stripe.decide = lambda intent: ""


def subscribed(opened: Opened, canceller: Canceller) -> Person:
    person = opened.shop.open_account()
    canceller.subscription = opened.shop.subscribe(person, "HumanLite", "key").id
    opened.clock.now += timedelta(minutes=1)
    opened.shop.worker.run_due()  # its first payment is looked at once more
    opened.clock.now += timedelta(days=32)
    return person


def meanwhile(opened: Opened, canceller: Canceller) -> int:
    """Runs what is due until it waits for who holds the subscription; how many invoices that one could then take at once."""
    work = threading.Thread(target=opened.shop.worker.run_due)
    work.start()
    waits = "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
    try:
        until(lambda: opened.rows(waits), "the task waits for the subscription")
        return canceller.take()
    finally:
        canceller.let_go()
        work.join()


@pytest.mark.parametrize(("declined", "status"), [("", "active"), ("insufficient_funds", "past_due"), ("stolen_card", "suspended")])
def test_what_became_of_a_renewal_is_written_down_after_who_cancels_and_holds_nothing_that_they_need(
    opened: Opened, canceller: Canceller, declined: str, status: str
) -> None:
    person = subscribed(opened, canceller)
    opened.stripe.decide = lambda intent: declined
    canceller.at = "answered"
    assert meanwhile(opened, canceller) == 1
    opened.shop.worker.run_due()
    assert opened.rows("SELECT status FROM subscriptions WHERE tenant_id = %s", person.tenant_id) == [{"status": status}]


def test_a_renewal_that_is_tried_again_waits_for_who_cancels_and_holds_nothing_that_they_need(opened: Opened, canceller: Canceller) -> None:
    person = subscribed(opened, canceller)
    opened.stripe.decide = lambda intent: "insufficient_funds"
    opened.shop.worker.run_due()
    opened.stripe.decide = lambda intent: ""
    opened.clock.now += timedelta(days=1, minutes=1)
    canceller.hold()
    assert meanwhile(opened, canceller) == 1
    opened.shop.worker.run_due()
    assert opened.rows("SELECT status FROM subscriptions WHERE tenant_id = %s", person.tenant_id) == [{"status": "active"}]
