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

NAMES = ("stripe", "razorpay", "paypal", "jazzcash")


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
