"""Buying by each provider as a browser and the provider's servers see it: through Envoy, over HTTP, with bodies that must arrive byte for byte."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from cli import edge as configuration
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.supervisor import Supervisor
from tests.conftest import House
from tests.journeys.http import Http
from tests.services.billing.till import HERE, Till, open_till
from tests.services.billing.webhook_cases import NAMES


@dataclass
class Shop:
    """A billing of its own with its stand-ins, and the Envoy in front of it."""

    till: Till
    url: str


@pytest.fixture(scope="module")
def shop(house: House) -> Iterator[Shop]:
    with open_till(house, "billing_shop") as till, tempfile.TemporaryDirectory(prefix="einstellen-shop-") as root:
        folder, port, admin_port = DataFolder(Path(root) / "data"), free_port(), free_port()
        upstreams = {name: int(address.rpartition(":")[2]) for name, address in house.addresses.items()}
        upstreams |= {"billing": int(till.settings.listen.rpartition(":")[2]), "gateway": 9, "gateway-grpc": 9}
        config = configuration.render(
            folder.room("envoy") / "envoy.yaml",
            address=LOOPBACK,
            port=port,
            admin_port=admin_port,
            rates=1000,
            upstreams=upstreams,
            cors_origins=(),
        )
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            supervisor.start(envoy_child(folder, config, admin_port=admin_port))
            yield Shop(till, f"http://{LOOPBACK}:{port}")


@pytest.mark.parametrize("name", NAMES)
def test_a_package_is_bought_and_its_webhook_arrives_byte_for_byte(shop: Shop, name: str) -> None:
    till, company, outside = shop.till, shop.till.company(), Http(shop.url)
    made = Http(shop.url, company.access)("POST", "/api/v1/payments/", {"provider": name, "package_id": "ai-100", **HERE})
    assert (made.status, made.json["status"]) == (200, "requires_action")
    stand_in, handle = getattr(till, name), made.json["provider_id"]
    if name == "jazzcash":
        body, headers = stand_in.signed(stand_in.pay(made.json["form"]))
    else:
        if name == "paypal":
            stand_in.approve(handle)
            stand_in.capture(handle)
        else:
            stand_in.pay(handle)
        body, headers = stand_in.signed(stand_in.events[-1])
    kind = "application/x-www-form-urlencoded" if name == "jazzcash" else "application/json; charset=utf-8"
    changed = outside("POST", f"/webhook/{name}/", raw=body[:-1] + bytes([body[-1] ^ 1]), **headers, content_type=kind)
    assert (changed.status, changed.reason) == (401, "SIGNATURE_INVALID")
    told = outside("POST", f"/webhook/{name}/", raw=body, **headers, content_type=kind)
    assert (told.status, told.json.get("pp_ResponseCode")) == (200, "000" if name == "jazzcash" else None)
    till.quiet()
    balance = Http(shop.url, company.access)("GET", "/api/credits/balance").json["balances"]
    assert [each["amount"] for each in balance if each["unit"] == "ai"] == [100]


@pytest.mark.parametrize("name", ["razorpay", "paypal", "jazzcash"])
def test_a_browser_that_comes_back_is_led_on(shop: Shop, name: str) -> None:
    till, company, browser = shop.till, shop.till.company(), Http(shop.url)
    made = Http(shop.url, company.access)("POST", "/api/v1/payments/", {"provider": name, "package_id": "ai-50", **HERE}).json
    path = f"/api/v1/payments/return?payment_id={made['id']}"
    form = "application/x-www-form-urlencoded"
    if name == "paypal":
        till.paypal.approve(made["provider_id"])
        page = browser("GET", f"{path}&token={made['provider_id']}&PayerID=QYR5Z8XDVJNXQ")
    elif name == "razorpay":
        back = made["form"]["callback_url"]
        assert urlsplit(back)[2:4] == urlsplit(path)[2:4]
        page = browser("POST", path, raw=urlencode(till.razorpay.pay(made["provider_id"])).encode(), content_type=form)
    else:
        page = browser("POST", path, raw=till.jazzcash.signed(till.jazzcash.pay(made["form"]))[0], content_type=form)
    assert page.status == 200, page.body
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert HERE["success_url"].encode() in page.body
    assert Http(shop.url, company.access)("GET", f"/api/v1/payments/{made['id']}").json["status"] == "succeeded"


def test_a_browser_that_would_rather_not_is_led_back(shop: Shop) -> None:
    company = shop.till.company()
    made = Http(shop.url, company.access)("POST", "/api/v1/payments/", {"provider": "paypal", "package_id": "ai-50", **HERE}).json
    page = Http(shop.url)("GET", f"/api/v1/payments/cancel?payment_id={made['id']}&token={made['provider_id']}")
    assert (page.status, HERE["cancel_url"].encode() in page.body) == (200, True)


def test_a_webhook_that_is_too_large_is_refused_before_anybody_reads_it(shop: Shop) -> None:
    for size, status in ((300_000, 400), (2_000_000, 413)):
        answer = Http(shop.url)("POST", "/webhook/razorpay/", raw=b"x" * size, content_type="application/json")
        assert answer.status == status


def test_every_path_of_billing_answers_as_it_is_documented(shop: Shop) -> None:
    """With and without a slash at the end, below /api, /api/v1 or nothing, as each was written down for those who call it."""
    till, company = shop.till, shop.till.company()
    http, outside = Http(shop.url, company.access), Http(shop.url)
    plans = outside("GET", "/plans/").json["plans"]
    assert outside("GET", "/api/v1/subscriptions/plans/").json["plans"] == plans
    lite, pro, content = (next(each["id"] for each in plans if each["name"] == name) for name in ("HumanLite", "HumanPro", "Pro"))
    made = http("POST", "/subscriptions/create/", {"plan_id": lite, "provider": "stripe", "payment_method": "pm_card_visa"}).json
    path = f"/subscriptions/{made['id']}"
    assert (made["status"], http("GET", f"{path}/").json["remaining_credits"]) == ("active", 5)
    assert [each["id"] for each in http("GET", "/api/v1/subscriptions/").json["subscriptions"]] == [made["id"]]
    used = http("POST", f"{path}/consume-credits/", {"amount": 1.5, "reason": "An interview"}).json
    assert (used["amount"], used["remaining_credits"]) == (1.5, 3.5)
    [invoice] = http("GET", "/invoices/").json["invoices"]
    assert http("GET", f"/invoices/{invoice['id']}/pdf").body.startswith(b"%PDF-")
    assert http("POST", f"/invoices/{invoice['id']}/pay/", {}).reason == "INVOICE_NOT_OPEN"
    assert http("POST", f"{path}/change-plan/", {"plan_id": pro}).json["plan_name"] == "HumanPro"
    assert not http("POST", f"{path}/cancel/", {"at_period_end": True}).json["auto_renew"]
    assert http("POST", f"{path}/resume/", {}).json["auto_renew"]
    assert http("POST", f"{path}/cancel/", {}).json["status"] == "cancelled"
    checkout = http("POST", "/api/v1/subscriptions/create-checkout-session/", {"plan_id": content, **HERE}).json
    bought = http("POST", "/api/credits/create-checkout-session", {"package_id": "ai-100", **HERE}).json
    assert checkout["url"] != bought["url"]
    till.stripe.pay(bought["provider_id"])
    body, headers = till.stripe.signed(till.stripe.events[-1], at=till.clock().timestamp())
    for address in ("/webhook/stripe/", "/api/v1/subscriptions/webhook/", "/api/credits/webhook"):
        assert outside("POST", address, raw=body, **headers, content_type="application/json").status == 200
    till.quiet()
    assert {each["unit"]: each["amount"] for each in http("GET", "/api/credits/balance").json["balances"]}["ai"] == 100
    assert [each["credits"] for each in outside("GET", "/api/credits/packages").json["packages"]] == [50, 100, 250, 500]
    assert {each["type"] for each in http("GET", "/api/credits/transactions").json["transactions"]} == {"PURCHASE", "INTERVIEW"}
    listed = {each["id"]: each["status"] for each in http("GET", "/api/v1/payments/").json["payments"]}
    assert (listed[bought["id"]], listed[checkout["id"]]) == ("succeeded", "requires_action")
    assert http("GET", f"/api/v1/payments/{bought['id']}/").json["amount"] == "900"
    assert http("POST", f"/api/v1/payments/{bought['id']}/refund/", {}).reason == "PLATFORM_ADMIN_ONLY"
