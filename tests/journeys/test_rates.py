"""How many requests a minute each organization may send, by its plan, counted at Envoy."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import jwt
import pytest
import yaml

from cli import edge as configuration
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.supervisor import Supervisor
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from einstellen.billing.v1 import subscriptions_pb2
from services.auth.plans import Plans
from services.billing.catalogue import PLANS
from tests.conftest import Account, House, until
from tests.journeys import raw
from tests.journeys.http import Answer, Http

FREE = 60


@pytest.fixture(scope="module")
def strict(house: House) -> Iterator[str]:
    """The address of an Envoy that lets through what plans allow and no more, and has a proxy of ours in front."""
    with tempfile.TemporaryDirectory(prefix="einstellen-rates-") as root:
        folder = DataFolder(Path(root) / "data")
        port, admin_port = free_port(), free_port()
        upstreams = {name: int(address.rpartition(":")[2]) for name, address in house.addresses.items()}
        config = configuration.render(
            folder.room("envoy") / "envoy.yaml", address=LOOPBACK, port=port, admin_port=admin_port,
            upstreams={**upstreams, "gateway": 1, "gateway-grpc": 1}, trusted_proxies=1,
        )  # fmt: skip
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            supervisor.start(envoy_child(folder, config, admin_port=admin_port))
            until(lambda: Http(f"http://{LOOPBACK}:{port}")("GET", "/.well-known/jwks.json").status == 200, "Envoy has the keys")
            yield f"{LOOPBACK}:{port}"


def ask(host: str, account: Account) -> Answer:
    return Http(f"http://{host}", account.access)("GET", "/api/v1/auth/me")


def exhaust(host: str, account: Account) -> list[Answer]:
    """Eight at once, so that no slow machine lets the bucket fill as fast as it is emptied."""
    answers: list[Answer] = []
    with ThreadPoolExecutor(8) as pool:
        while not any(answer.status == 429 for answer in answers):
            answers += pool.map(lambda _: ask(host, account), range(40))
            assert len(answers) < FREE * 10, "the limit is never reached"
    return answers


def test_an_organization_beyond_its_plan_is_told_to_wait_and_no_other(house: House, strict: str) -> None:
    busy, calm = house.register(), house.register()
    first = ask(strict, busy)
    assert (first.status, first.headers["x-ratelimit-limit"].split(",")[0]) == (200, str(FREE))
    assert int(first.headers["x-ratelimit-remaining"]) < FREE
    answers = exhaust(strict, busy)
    assert sum(answer.status == 200 for answer in answers) >= FREE - 1
    refusal = next(answer for answer in answers if answer.status == 429)
    assert refusal.reason == "TOO_MANY_REQUESTS"
    assert (refusal.headers["x-ratelimit-remaining"], refusal.headers["retry-after"]) == ("0", "1")
    assert int(refusal.headers["x-ratelimit-reset"]) >= 0
    assert ask(strict, calm).status == 200
    until(lambda: ask(strict, busy).status == 200, "the bucket fills again")


def test_grpc_is_counted_with_rest(house: House, strict: str) -> None:
    account = house.register()
    exhaust(strict, account)
    with grpc.insecure_channel(strict) as channel:
        stub = auth_pb2_grpc.AuthServiceStub(channel)

        def ask_all() -> None:
            for _ in range(FREE):
                stub.GetProfile(auth_pb2.GetProfileRequest(), metadata=account.metadata)

        with pytest.raises(grpc.RpcError) as caught:
            ask_all()
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_nobody_uses_up_what_is_another_organizations(house: House, strict: str) -> None:
    victim = house.register()
    spoof = f"X-Tenant-Id: {victim.tenant_id}\r\nX-Tenant-Rate: {FREE}\r\n"
    request = f"GET /api/v1/plans HTTP/1.1\r\nHost: edge\r\n{spoof}\r\n" * (FREE * 2)
    replies = raw.exchange(strict, (request + "GET /api/v1/plans HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n").encode())
    assert len(replies) == FREE * 2 + 1
    assert int(ask(strict, victim).headers["x-ratelimit-remaining"]) == FREE - 1


@pytest.mark.parametrize("seen", ["203.0.113.9", "198.51.100.1, 203.0.113.9", "198.51.100.1,10.0.0.1, 203.0.113.9"])
def test_behind_a_trusted_proxy_the_address_is_the_one_that_it_saw(strict: str, person: Account, seen: str) -> None:
    """Whatever stands before it in the list, the client may have written itself."""
    http, login = Http(f"http://{strict}"), {"email": person.email, "password": person.password}
    pair = http("POST", "/api/v1/auth/login", login, x_forwarded_for=seen, x_envoy_external_address="198.51.100.2").json
    listed = Http(f"http://{strict}", pair["access_token"])("GET", "/api/v1/auth/sessions").json["sessions"]
    assert [session["ip_address"] for session in listed if session["is_current"]] == ["203.0.113.9"]


def test_every_rate_that_is_sold_has_a_bucket_that_fills_in_a_minute() -> None:
    config = yaml.safe_load(configuration.SOURCE.read_text())
    manager = config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    (limits,) = [each["typed_config"] for each in manager["http_filters"] if each["name"].endswith("local_ratelimit")]
    buckets = {each["entries"][0].get("value"): each["token_bucket"] for each in limits["descriptors"]}
    assert {str(offer.quotas.requests) for offer in PLANS} == set(buckets) - {"yes"}
    for rate, bucket in buckets.items():
        assert bucket["fill_interval"] == "1s"
        assert bucket["max_tokens"] == bucket["tokens_per_fill"] * 60 == (int(rate) if rate != "yes" else 600)


# What the token says.


class Billing:
    """Says one rate after another, or is away."""

    def __init__(self, *rates: int) -> None:
        self.rates = list(rates)

    def GetQuotas(self, request: Any, timeout: float) -> subscriptions_pb2.TenantQuotas:
        if not self.rates:
            raise grpc.RpcError
        return subscriptions_pb2.TenantQuotas(quotas=subscriptions_pb2.Quotas(requests=self.rates.pop(0)))


def plans_by(billing: Billing) -> Plans:
    plans = Plans(grpc.insecure_channel("127.0.0.1:1"))
    vars(plans)["_billing"] = billing
    return plans


def test_a_token_says_the_rate_of_its_organization(person: Account) -> None:
    assert jwt.decode(person.access, options={"verify_signature": False})["rate"] == FREE


def test_each_token_says_what_billing_says_then_and_signing_in_does_not_wait_for_it() -> None:
    organization, billing = uuid4(), Billing(60, 300, 1200)
    plans = plans_by(billing)
    assert [plans.rate(organization) for _ in range(3)] == [60, 300, 1200]
    assert plans.rate(organization) == 1200, "what was said last counts while nothing is said"
    billing.rates.append(300)
    assert plans.rate(organization) == 1200, "who waited in vain is not made to wait again at once"
    assert plans_by(Billing()).rate(organization) == FREE


def test_a_changed_plan_counts_at_the_edge_from_the_next_token_on(house: House, strict: str) -> None:
    account = house.register()
    exhaust(strict, account)
    house.take_plan(account, "Team")
    assert ask(strict, account).headers["x-ratelimit-limit"].split(",")[0] == str(FREE), "the token is from before"
    account = refreshed(strict, account)
    answer = ask(strict, account)
    assert (answer.status, answer.headers["x-ratelimit-limit"].split(",")[0], answer.headers["x-ratelimit-remaining"]) == (
        200,
        "1200",
        "1199",
    )
    api = Http(f"http://{strict}", account.access)
    (subscription,) = api("GET", "/api/v1/subscriptions").json["subscriptions"]
    assert api("POST", f"/api/v1/subscriptions/{subscription['id']}/cancel", {}).json["status"] == "cancelled"
    assert ask(strict, refreshed(strict, account)).headers["x-ratelimit-limit"].split(",")[0] == str(FREE)


def refreshed(host: str, account: Account) -> Account:
    pair = Http(f"http://{host}")("POST", "/api/v1/auth/token/refresh", {"refresh_token": account.refresh}).json
    return replace(account, access=pair["access_token"], refresh=pair["refresh_token"])
