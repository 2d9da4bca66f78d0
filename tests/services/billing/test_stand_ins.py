"""The stand-ins against the providers' own contracts, and what we send them: PayPal's OpenAPI documents, Stripe's fixtures, and Stripe's API by localstripe."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from cli.stack.ports import LOOPBACK, free_port
from cli.stack.stripe_stand_in import StripeServer
from services.billing.providers.paypal import PayPal
from services.billing.providers.protocol import Charge
from services.billing.providers.stripe import Stripe
from services.billing.settings import Settings
from services.chassis import ids
from services.chassis.settings import load
from tests.conftest import House, until
from tests.services.billing.paypal_server import PayPalServer
from tests.services.billing.stand_in import Exchange

CONTRACTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "contracts"
TENANT = UUID(int=7)
_JSON = "/content/application~1json/schema"


def charge(**fields: Any) -> Charge:
    back = "https://einstellen.example/api/v1/payments/return"
    made = Charge(
        ids.mint(),
        900,
        "USD",
        "100 ai credits",
        datetime.now(UTC),
        success_url="https://shop.example/a",
        cancel_url="https://shop.example/b",
        return_url=back,
    )
    return replace(made, **fields)


def settings(house: House, **values: str) -> Settings:
    return load(Settings, "billing", house.environment | values)


# PayPal.


@pytest.fixture
def paypal_server() -> Iterator[PayPalServer]:
    server = PayPalServer()
    yield server
    server.close()


def everything(paypal: PayPal, server: PayPalServer) -> None:
    """Every call that billing makes, and every answer that changes what it does."""
    bought = charge()
    opened = paypal.start(bought)
    assert paypal.start(bought).handle == opened.handle, "the same reference is the same order"
    assert paypal.find(bought, opened.handle).status == "requires_action"
    server.approve(opened.handle)
    assert (paypal.find(bought, opened.handle).status, paypal.find(bought, opened.handle).received) == ("succeeded", 900)
    back = ids.mint()
    assert paypal.refund(bought, opened.handle, back, 400) == paypal.refund(bought, opened.handle, back, 400)
    assert paypal.find(bought, opened.handle).refunded == 400
    [seen] = paypal.since(bought.began_at - timedelta(minutes=5))
    assert (seen.reference, seen.received, seen.refunded) == (bought.reference, 900, 400)
    assert paypal.find(bought, seen.handle).handle == opened.handle
    first = charge(keep=True)
    opened = paypal.start(first)
    server.approve(opened.handle)
    kept = paypal.find(first, opened.handle)
    assert kept.method
    again = charge(method=kept.method, customer=kept.customer, off_session=True)
    assert paypal.start(again).status == "succeeded"
    server.declining.add(kept.method)
    declined = paypal.start(charge(method=kept.method, customer=kept.customer, off_session=True))
    assert (declined.status, declined.failure, declined.final) == ("failed", "instrument_declined", False)
    refused = charge()
    opened = paypal.start(refused)
    server.declining.add(opened.handle)
    server.approve(opened.handle)
    assert paypal.find(refused, opened.handle).status == "requires_action"


def test_what_is_said_to_and_by_paypals_stand_in_is_by_paypals_openapi(house: House, paypal_server: PayPalServer) -> None:
    documents = sorted((CONTRACTS / "paypal" / "openapi").glob("*.json"))
    if not documents:
        pytest.skip(f"{CONTRACTS} is not here")
    values = {"PAYPAL_CLIENT_ID": "c", "PAYPAL_CLIENT_SECRET": "s", "PAYPAL_BASE_URL": paypal_server.url}
    everything(PayPal(settings(house, **values)), paypal_server)
    contract = [json.loads(document.read_text()) for document in documents]
    checked = {name for each in paypal_server.exchanges for name in checks(contract, each)}
    assert checked == {
        "POST /v2/checkout/orders 201", "POST /v2/checkout/orders 422", "GET /v2/checkout/orders/{id} 200", "POST /v2/checkout/orders/{id}/capture 201",
        "POST /v2/checkout/orders/{id}/capture 422", "GET /v2/payments/captures/{capture_id} 200", "POST /v2/payments/captures/{capture_id}/refund 201",
    }  # fmt: skip


def checks(contract: list[Any], said: Exchange) -> Iterator[str]:
    """Holds the exchange against the operation that it is; yields its name, or nothing where no document has it."""
    for document in contract:
        for template, methods in document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            operation = methods.get(said.asked.verb.lower())
            if operation is None or not re.fullmatch(pattern, said.asked.path):
                continue
            here = f"/paths/{template.replace('/', '~1')}/{said.asked.verb.lower()}"
            if "requestBody" in operation and said.asked.body:
                valid(document, f"{here}/requestBody{_JSON}", said.asked.body, OAS30WriteValidator)
            answer = operation["responses"][str(said.status)]
            place = answer["$ref"].removeprefix("#") if "$ref" in answer else f"{here}/responses/{said.status}"
            valid(document, place + _JSON, said.answer, OAS30ReadValidator)
            yield f"{said.asked.verb} {template} {said.status}"


def valid(document: Any, place: str, value: Any, kind: Any) -> None:
    registry: Registry[Any] = Registry().with_resource("urn:contract", DRAFT4.create_resource(document))
    problems = list(kind({"$ref": f"urn:contract#{place}"}, registry=registry).iter_errors(value))
    assert not problems, [(list(map(str, each.absolute_path)), each.message) for each in problems[:3]]


# Stripe.


def test_the_objects_of_stripes_stand_in_are_like_stripes_own(house: House) -> None:
    fixtures = CONTRACTS / "stripe" / "openapi" / "fixtures3.json"
    if not fixtures.exists():
        pytest.skip(f"{CONTRACTS} is not here")
    real = json.loads(fixtures.read_text())["resources"]
    server = StripeServer()
    stripe = Stripe(settings(house, STRIPE_SECRET_KEY="sk_test_x", STRIPE_BASE_URL=server.url))
    opened = charge()
    session = stripe.start(opened)
    server.pay(session.handle)
    assert stripe.refund(opened, session.handle, ids.mint(), 100).status == "succeeded"
    customer = stripe.save(TENANT, "", "pm_card_visa")
    for method in ("pm_card_chargeDeclined", "pm_card_authenticationRequired", "pm_card_visa"):
        stripe.start(charge(method=method, customer=customer))
    server.close()
    things = [*server.objects.values(), *server.events]
    assert {each["object"] for each in things} == {"payment_intent", "checkout.session", "charge", "refund", "customer", "event"}
    for thing in things:
        example = real[thing["object"]]
        shown = {name: value for name, value in thing.items() if not name.startswith("_")}
        assert not shown.keys() - example.keys(), thing["object"]
        for name, value in shown.items():
            alike(value, example[name], f"{thing['object']}.{name}")


def alike(value: Any, example: Any, where: str) -> None:
    """The same kind of value, where Stripe's example has any."""
    if value is None or example is None or "metadata" in where:
        return
    if isinstance(example, dict) and isinstance(value, str):
        return  # what can be expanded
    assert isinstance(value, type(example)) or isinstance(example, str) == isinstance(value, str), where


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    """The localstripe package as a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def answers() -> bool:
        with closing(socket.socket()) as line:
            return line.connect_ex((LOOPBACK, port)) == 0

    try:
        until(answers, "localstripe listens", 30)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait()


def card(base: str, number: str) -> str:
    """A payment method as Stripe's script makes one in the browser."""
    fields = {"type": "card", "card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2032", "card[cvc]": "123"}
    made = requests.post(f"{base}/v1/payment_methods", data=fields, auth=("sk_test_12345", ""), timeout=10).json()
    return str(made["id"])


def test_localstripe_and_we_understand_each_other(house: House, localstripe: str) -> None:
    """A customer and its card, a payment at once, one with 3-D Secure, one that is declined, and a refund."""
    stripe = Stripe(settings(house, STRIPE_SECRET_KEY="sk_test_12345", STRIPE_BASE_URL=localstripe))
    good = card(localstripe, "4242424242424242")
    customer = stripe.save(TENANT, "", good)
    bought = charge(description="", method=good, customer=customer)
    taken = stripe.start(bought)
    assert (taken.status, taken.currency, taken.reference) == ("succeeded", "USD", bought.reference), (
        "localstripe does not say what it received"
    )
    assert stripe.find(bought, taken.handle).status == "succeeded"
    assert stripe.refund(bought, taken.handle, ids.mint(), 300).status == "succeeded"
    secure = card(localstripe, "4000002500003155")
    stripe.save(TENANT, customer, secure)
    asked = stripe.start(charge(description="", method=secure, customer=customer))
    assert (asked.status, bool(asked.client_secret)) == ("requires_action", True)
    bad = card(localstripe, "4000000000000341")
    stripe.save(TENANT, customer, bad)
    declined = stripe.start(charge(description="", method=bad, customer=customer))
    assert (declined.status, declined.failure) == ("failed", "card_declined")
