"""Who goes is charged no more, and is forgotten by the provider as well."""

from collections.abc import Iterator

import pytest

from einstellen.billing.v1 import payments_pb2
from services.billing import admin, persons
from services.chassis import calls
from services.chassis.calls import Person
from services.chassis.persons import Person as Leaving
from tests.conftest import House
from tests.services.billing.opening import Opened, open_shop


@pytest.fixture
def opened(house: House) -> Iterator[Opened]:
    with open_shop(house, "leaving") as found:
        yield found
        assert admin.verify(found.shop.database)[1] == []


def leave(opened: Opened, person: Person) -> None:
    with opened.shop.database.begin(calls.SYSTEM) as connection:
        persons.erase(connection, Leaving(person.user_id, (person.tenant_id,)))


def test_a_subscription_that_is_past_due_stays_cancelled_and_nobody_is_charged_again(opened: Opened) -> None:
    person = opened.shop.open_account()
    opened.shop.subscribe(person, "HumanLite", "key")
    opened.stripe.decide = lambda intent: "insufficient_funds"
    opened.pass_by(days=31)
    opened.stripe.decide = lambda intent: ""
    assert opened.rows("SELECT status FROM subscriptions") == [{"status": "past_due"}]
    leave(opened, person)
    taken = dict(opened.stripe.taken())
    opened.pass_by(days=60)
    assert opened.rows("SELECT status, auto_renew FROM subscriptions") == [{"status": "cancelled", "auto_renew": False}]
    assert [each["status"] for each in opened.rows("SELECT status FROM invoices ORDER BY number")] == ["paid", "void"]
    assert opened.stripe.taken() == taken
    assert opened.rows("SELECT kind, last_error FROM tasks WHERE state <> 'done'") == []


def test_the_customer_is_deleted_at_the_provider_however_often_that_is_asked_for(opened: Opened) -> None:
    person, other = opened.shop.open_account(), opened.shop.open_account()
    for each in (person, other):
        opened.shop.subscribe(each, "HumanLite", "key")
    customers = {str(each["tenant_id"]): each["customer"] for each in opened.rows("SELECT tenant_id, customer FROM payment_customers")}
    leave(opened, person)
    opened.shop.worker.run_due()
    there = {each["id"] for each in opened.stripe.objects.values() if each["object"] == "customer"}
    assert there == {customers[str(other.tenant_id)]}
    opened.rows("UPDATE tasks SET state = 'ready' WHERE kind = 'forget_customer'")
    assert opened.shop.worker.run_due() == 1
    assert opened.rows("SELECT kind, last_error FROM tasks WHERE state IN ('ready', 'dead') AND kind = 'forget_customer'") == []


def test_who_pays_on_a_page_after_they_have_gone_has_their_money_back(opened: Opened) -> None:
    person = opened.shop.open_account()
    opened.shop.buy(person, "ai-50", "key")
    [session] = [each["id"] for each in opened.stripe.objects.values() if each["object"] == "checkout.session"]
    leave(opened, person)
    opened.stripe.pay(session)
    opened.pass_by(days=3)
    assert list(opened.stripe.taken().values()) == [0]
    assert opened.rows("SELECT status FROM refunds") == [{"status": "succeeded"}]
    assert opened.rows("SELECT kind, last_error FROM tasks WHERE state <> 'done'") == []


def test_whom_invoices_were_made_out_to_stays_on_them_and_nowhere_else(opened: Opened) -> None:
    person, other = opened.shop.open_account(), opened.shop.open_account()
    for each in (person, other):
        opened.shop.ask(payments_pb2.PutBillingDetailsRequest(billing_details=payments_pb2.BillingDetails(name="Ada Lindqvist")), each)
    opened.shop.subscribe(person, "HumanLite", "key")
    leave(opened, person)
    assert opened.rows("SELECT billed_to FROM invoices") == [{"billed_to": "Ada Lindqvist"}]
    assert opened.rows("SELECT tenant_id FROM billing_details") == [{"tenant_id": other.tenant_id}]
