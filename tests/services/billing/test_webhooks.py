"""Webhooks of four providers, as they come and as nobody should accept them: the raw body, the signature, the time, duplicates and their order."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import grpc
import pytest

from services.billing.providers.paypal import Signer
from services.chassis import calls, tasks
from tests.refusals import refused
from tests.services.billing.conftest import at_once
from tests.services.billing.paypal_server import SIGNER
from tests.services.billing.till import Till
from tests.services.billing.webhook_cases import ACCEPTED, NAMES, REASONS, REFUSED, Scene, bought


@pytest.fixture(scope="module")
def scenes(till: Till) -> Iterator[Mapping[str, Scene]]:
    made = {name: Scene(till, name) for name in NAMES}
    yield made
    for each in made.values():  # whoever ran no test that tells of it
        till.payment(each.company, each.payment.id)


_REFUSALS = [(name, reason, case) for name, reasons in REFUSED.items() for reason, cases in reasons.items() for case in cases]


@pytest.mark.parametrize(("name", "reason", "case"), _REFUSALS)
def test_refused_when(till: Till, scenes: Mapping[str, Scene], name: str, reason: str, case: str) -> None:
    scene, before = scenes[name], till.rows("SELECT count(*) FROM webhook_events")
    with refused(REASONS[reason], reason):
        till.receive(name, *REFUSED[name][reason][case](scene))
    assert till.rows("SELECT count(*) FROM webhook_events") == before


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in ACCEPTED.items() for case in cases])
def test_accepted_when(till: Till, scenes: Mapping[str, Scene], name: str, case: str) -> None:
    scene = scenes[name]
    till.receive(name, *ACCEPTED[name][case](scene))
    till.quiet()
    assert till.rows("SELECT status FROM payments WHERE id = %s", scene.payment.id) == [("succeeded",)]


@pytest.mark.parametrize("name", NAMES)
def test_there_are_thirty_cases_at_least(name: str) -> None:
    assert sum(map(len, REFUSED[name].values())) + len(ACCEPTED[name]) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_four_events_in_all_orders_and_each_twice_come_to_the_same(till: Till, name: str) -> None:
    company, orders = till.company(), list(permutations(range(4)))
    for order in orders:
        _, events = bought(till, company, name)
        for number in (*order, *order):
            till.tell(events[number], name)
    till.quiet()
    left = 900 if name == "jazzcash" else 450
    kinds = Counter((each.kind, each.amount) for each in till.invoices(company))
    assert kinds == Counter({("package", 900): 24} | ({("credit_note", -450): 24} if left == 450 else {}))
    assert till.balance(company, "ai") == 24 * left / 9


@pytest.mark.parametrize("name", NAMES)
def test_fifty_duplicates_at_once_are_one_event(till: Till, name: str) -> None:
    company = till.company()
    _, events = bought(till, company, name)
    scene_body, headers = getattr(till, name).signed(events[-1], **({"at": till.clock().timestamp()} if name == "stripe" else {}))
    assert {answer is not None for answer in at_once(50, lambda _: till.receive(name, scene_body, headers))} == {True}
    till.quiet()
    assert till.rows("SELECT count(*) FROM webhook_events WHERE body = %s", scene_body) == [(1,)]
    assert till.rows("SELECT count(*) FROM credit_transactions WHERE tenant_id = %s AND type = 'PURCHASE'", company.tenant_id) == [(1,)]


def test_the_same_bytes_under_another_id_are_the_same_event(till: Till, scenes: Mapping[str, Scene]) -> None:
    body, headers = scenes["razorpay"].sign(json.dumps(scenes["razorpay"].event | {"of": "this test"}).encode())
    for number in range(3):
        till.receive("razorpay", body, headers | {"x-razorpay-event-id": f"evt_{number}"})
    assert till.rows("SELECT event_id FROM webhook_events WHERE body = %s", body) == [("evt_0",)]


@pytest.mark.parametrize("name", NAMES)
def test_an_event_about_nothing_of_ours_is_kept_and_that_is_all(till: Till, scenes: Mapping[str, Scene], name: str) -> None:
    other = {
        "stripe": b'{"id": "evt_x", "type": "terminal.reader.created", "data": {"object": {"object": "terminal.reader", "id": "tmr_1"}}}',
        "razorpay": b'{"entity": "event", "event": "settlement.processed", "payload": {"settlement": {"entity": {"id": "setl_1", "entity": "settlement"}}}}',
        "paypal": b'{"id": "WH-x", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": {"dispute_id": "PP-D-1"}}',
        "jazzcash": b"pp_TxnRefNo=T20261121000000&pp_ResponseCode=000&pp_MerchantID=MC12345",
    }[name]
    body, headers = scenes[name].sign(other)
    if name == "razorpay":
        headers["x-razorpay-event-id"] = "evt_about_another"
    till.receive(name, body, headers)
    till.quiet()
    assert till.rows("SELECT outcome FROM webhook_events WHERE body = %s", body) == [("about nothing of ours",)]


@pytest.mark.parametrize("name", ["razorpay", "paypal", "jazzcash"])
def test_a_payment_of_another_amount_is_a_dead_letter_that_can_be_replayed(till: Till, name: str) -> None:
    company = till.company()
    payment, events = bought(till, company, name)
    mend = spoil(till, payment)
    till.tell(events[-1], name)
    till.quiet()
    dead = till.rows("SELECT id, kind, last_error FROM tasks WHERE state = 'dead'")
    assert [each[1] for each in dead] == ["apply_webhook"]
    assert "not 900 USD" in dead[0][2] or "not 252000 PKR" in dead[0][2]
    assert (till.balance(company, "ai"), till.payment(company, payment.id).status) == (0, "requires_action")
    mend()
    with till.database.begin(calls.SYSTEM) as connection:
        assert tasks.retry(connection, UUID(str(dead[0][0])))
    till.quiet()
    assert till.balance(company, "ai") == (100 if name == "jazzcash" else 50)


def spoil(till: Till, payment: Any) -> Callable[[], None]:
    """The provider has taken another amount than it was asked for; what undoes it."""
    if payment.provider == "jazzcash":
        transaction = till.jazzcash.transactions[payment.provider_id]
        transaction["told"] = "1"
        return lambda: transaction.pop("told")
    if payment.provider == "paypal":
        amount = till.paypal.orders[payment.provider_id]["purchase_units"][0]["payments"]["captures"][0]["amount"]
    else:
        amount = next(each for each in till.razorpay.objects.values() if each.get("order_id") == payment.provider_id)
    name, right = ("value", amount.get("value")) if "value" in amount else ("amount", amount["amount"])
    amount[name] = "1.00" if name == "value" else 100
    return lambda: amount.update({name: right})


def test_a_certificate_that_cannot_be_had_now_is_asked_for_again(till: Till, scenes: Mapping[str, Scene]) -> None:
    """PayPal tells of the event once more when it hears no yes; a no would be for good."""
    key, chain = till.paypal.authority.issue(SIGNER)
    body = scenes["paypal"].genuine[0]
    headers = till.paypal.headers(body, key=key, url=f"{till.paypal.url}/v1/notifications/certs/CERT-late")
    till.paypal.chains["CERT-late"] = chain
    till.paypal.before_answer = lambda verb, path: False
    try:
        with refused(grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNAVAILABLE"):
            till.receive("paypal", body, headers)
    finally:
        till.paypal.before_answer = lambda verb, path: True
    till.receive("paypal", body, headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://evil.example/https://api.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:444/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/notifications/certs/../CERT-1",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/other/CERT-1", "https://www.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1#x", "//api.paypal.com/v1/notifications/certs/CERT-1",
    ],
)  # fmt: skip
def test_paypals_own_certificates_come_from_paypal_alone(url: str) -> None:
    """None of these is even asked for: without a way to PayPal that would be said."""
    headers = {
        "paypal-transmission-id": "1", "paypal-transmission-time": "2026-11-21T10:00:00Z", "paypal-transmission-sig": "AAAA", "paypal-cert-url": url,
        "paypal-auth-algo": "SHA256withRSA",
    }  # fmt: skip
    assert not Signer("https://api-m.paypal.com", "").signed(headers, b"{}", "WH-1", now=datetime.now(UTC))
