"""Billing of a test's own, beside the house: its own database, stand-ins of the providers, and a clock that the test moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import psycopg2
from google.api.httpbody_pb2 import HttpBody

from cli.stack.databases import copy_database, drop_database
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.stripe_stand_in import StripeServer
from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc, payments_pb2, payments_pb2_grpc, subscriptions_pb2, subscriptions_pb2_grpc
from services.billing import admin
from services.billing.__main__ import start
from services.billing.settings import Settings
from services.chassis.clients import OPTIONS
from services.chassis.database import Database
from services.chassis.server import Server
from services.chassis.settings import load
from tests.conftest import Account, House, until
from tests.services.billing.founder import Founder
from tests.services.billing.jazzcash_server import JazzCashServer
from tests.services.billing.paypal_server import PayPalServer
from tests.services.billing.razorpay_server import RazorpayServer

ROTATED = "a_secret_that_is_being_rotated_out"
HERE = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/pity"}


@dataclass
class TestClock:
    """The real time and as much more as the test has let pass."""

    __test__ = False
    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Till:
    """The RPCs of billing in the words of the tests."""

    house: House
    stripe: StripeServer
    razorpay: RazorpayServer
    paypal: PayPalServer
    jazzcash: JazzCashServer
    clock: TestClock
    server: Server
    environment: dict[str, str]
    settings: Settings
    database: Database
    owner_url: str
    channel: grpc.Channel
    founder: Founder

    def __post_init__(self) -> None:
        self._tables = psycopg2.connect(self.owner_url)
        self._tables.autocommit = True
        self.credits: Any = credits_pb2_grpc.CreditServiceStub(self.channel)
        self.subscriptions: Any = subscriptions_pb2_grpc.SubscriptionServiceStub(self.channel)
        self.payments: Any = payments_pb2_grpc.PaymentServiceStub(self.channel)
        self.webhooks: Any = payments_pb2_grpc.WebhookServiceStub(self.channel)

    def company(self) -> Account:
        return self.known(self.founder.found())

    def known(self, account: Account) -> Account:
        until(lambda: self.rows("SELECT 1 FROM organizations WHERE tenant_id = %s", account.tenant_id), "billing knows it")
        return account

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the owner of the tables sees."""
        with self._tables.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def quiet(self) -> None:
        """Waits until no task is due."""
        self._ring()
        due = "SELECT kind FROM tasks WHERE state = 'running' OR (state = 'ready' AND run_at <= %s)"
        until(lambda: not self.rows(due, self.clock()), "every task that is due has run", 30)

    def settled(self, account: Account) -> None:
        """Waits until each task of theirs that is due has been tried at least once."""
        self._ring()
        untried = "SELECT 1 FROM tasks WHERE tenant_id = %s AND attempts = 0 AND state = 'ready' AND run_at <= %s"
        until(lambda: not self.rows(untried, account.tenant_id, self.clock()), "every task that is due has been tried", 30)

    def rest(self) -> None:
        """Ends the months of everybody so far, so that the time that the next test lets pass is not theirs as well."""
        self.rows(
            "UPDATE tasks SET state = 'cancelled' WHERE state = 'ready' AND kind IN ('renew', 'remind', 'retry_invoice', 'lapse', 'run_out')"
        )

    def _ring(self) -> None:
        for work in self.server._background:
            own = getattr(work, "_database", None)
            if own is not None:
                own.committed.ring()

    def pass_time(self, **delta: float) -> None:
        """Lets time pass and everything happen that falls into it."""
        end = self.clock() + timedelta(**delta)
        while True:
            coming, running = self.rows("SELECT min(run_at) FILTER (WHERE state = 'ready'), bool_or(state = 'running') FROM tasks")[0]
            if running:  # whatever it is going to leave behind comes first
                self.quiet()
                continue
            moment = min(coming, end) if coming else end
            if moment > self.clock():
                self.clock.ahead += moment - self.clock() + timedelta(milliseconds=1)
            self.quiet()
            if moment >= end:
                return

    def balance(self, account: Account, unit: str = "hiring") -> float:
        answer = self.credits.GetBalance(credits_pb2.GetBalanceRequest(), metadata=account.metadata)
        return next(each.amount for each in answer.balances if each.unit == unit)

    def buy(self, account: Account, package: str = "ai-100", provider: str = "stripe", **fields: Any) -> Any:
        request = payments_pb2.CreatePaymentRequest(**{"package_id": package, "provider": provider, **HERE, **fields})
        return self.payments.CreatePayment(request, metadata=account.metadata)

    def payment(self, account: Account, payment_id: str) -> Any:
        return self.payments.GetPayment(payments_pb2.GetPaymentRequest(payment_id=payment_id), metadata=account.metadata)

    def plan(self, name: str) -> str:
        plans = self.subscriptions.ListPlans(subscriptions_pb2.ListPlansRequest()).plans
        return next(each.id for each in plans if each.name == name)

    def subscribe(self, account: Account, plan: str = "HumanLite", method: str = "pm_card_visa", **fields: Any) -> Any:
        request = subscriptions_pb2.CreateSubscriptionRequest(
            **{"plan_id": self.plan(plan), "provider": "stripe" if plan != "Free" else "", "payment_method": method, **HERE, **fields}
        )
        return self.subscriptions.CreateSubscription(request, metadata=account.metadata)

    def subscription(self, account: Account, subscription: Any) -> Any:
        request = subscriptions_pb2.GetSubscriptionRequest(subscription_id=subscription.id)
        return self.subscriptions.GetSubscription(request, metadata=account.metadata)

    def invoices(self, account: Account) -> list[Any]:
        return list(self.payments.ListInvoices(payments_pb2.ListInvoicesRequest(page_size=100), metadata=account.metadata).invoices)

    def declining(self, account: Account, decide: Callable[[], str]) -> None:
        """From now on each charge of this organization's is declined for the reason that `decide` gives, or not."""
        before = self.stripe.decide

        def decided(intent: dict[str, Any]) -> str:
            theirs = self.stripe.objects[intent["customer"]]["metadata"].get("tenant_id") == account.tenant_id
            return decide() if theirs else before(intent)

        self.stripe.decide = decided

    def tell(self, event: dict[str, Any], provider: str = "stripe") -> None:
        """A webhook arrives, signed at this moment."""
        at = {"at": self.clock().timestamp()} if provider == "stripe" else {}
        self.receive(provider, *getattr(self, provider).signed(event, **at))

    def receive(self, provider: str, body: bytes, headers: dict[str, str]) -> Any:
        names = {"stripe": "ReceiveStripe", "razorpay": "ReceiveRazorpay", "paypal": "ReceivePayPal", "jazzcash": "ReceiveJazzCash"}
        call = getattr(self.webhooks, names[provider])
        return call(HttpBody(content_type="application/json", data=body), metadata=tuple(headers.items()))

    def close(self) -> None:
        self._tables.close()

    def verified(self) -> None:
        """The ledger proves itself, and what the provider has taken is what was written down, once each."""
        assert admin.verify(self.database)[1] == []
        query = "SELECT id, amount - refunded, handle, amount FROM payments WHERE status = 'succeeded' AND provider = %s"
        for name in ("stripe", "razorpay", "paypal"):
            assert {str(each[0]): each[1] for each in self.rows(query, name)} == getattr(self, name).taken(), name
        assert {each[2]: each[3] for each in self.rows(query, "jazzcash")} == self.jazzcash.taken(), "whose refunds it knows nothing of"
        gaps = "SELECT tenant_id FROM invoices WHERE number IS NOT NULL GROUP BY tenant_id HAVING max(number) <> count(*)"
        assert self.rows(gaps) == [], "invoices are numbered without gaps"


@contextmanager
def open_till(house: House, name: str, **settings: str) -> Iterator[Till]:
    worker_name = f"{name}_{uuid4().hex[:8]}"
    urls = copy_database(house.postgres, house.folder, "billing", "billing_db", worker_name)
    clock, port = TestClock(), free_port()
    servers = stripe, razorpay, paypal, jazzcash = StripeServer(), RazorpayServer(), PayPalServer(), JazzCashServer()
    for stand_in in servers:
        stand_in.clock = clock
    roots = house.folder.root / f"{worker_name}.pem"
    roots.write_bytes(paypal.authority.pem)
    environment = house.environment | {
        "BILLING_DATABASE_URL": urls.app, "BILLING_LISTEN": f"{LOOPBACK}:{port}", "PUBLIC_URL": "https://einstellen.example",
        "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_BASE_URL": stripe.url, "STRIPE_WEBHOOK_SECRET": f"{ROTATED},{stripe.secret}",
        "RAZORPAY_KEY_ID": razorpay.key[0], "RAZORPAY_KEY_SECRET": razorpay.key[1], "RAZORPAY_BASE_URL": razorpay.url,
        "RAZORPAY_WEBHOOK_SECRET": f"{razorpay.secret},{ROTATED}",
        "PAYPAL_CLIENT_ID": "client", "PAYPAL_CLIENT_SECRET": "EO-of-the-test-0123456789", "PAYPAL_BASE_URL": paypal.url,
        "PAYPAL_WEBHOOK_ID": f"{paypal.webhook_id} {ROTATED}", "PAYPAL_CERTIFICATE_ROOTS": str(roots),
        "JAZZCASH_MERCHANT_ID": jazzcash.merchant, "JAZZCASH_PASSWORD": jazzcash.password, "JAZZCASH_BASE_URL": jazzcash.url,
        "JAZZCASH_INTEGRITY_SALT": f"{jazzcash.salt},{ROTATED}", "RECONCILE_DAYS": "0", **settings,
    }  # fmt: skip
    chosen = load(Settings, "billing", environment)
    server = start(chosen, clock)
    database, channel = Database(urls.app, pool_size=4), grpc.insecure_channel(f"{LOOPBACK}:{port}", options=OPTIONS)
    till = Till(house, *servers, clock, server, environment, chosen, database, urls.owner, channel, Founder(house))
    try:
        yield till
    finally:
        till.close()
        channel.close()
        server.stop(1)
        database.close()
        for stand_in in servers:
            stand_in.close()
        drop_database(house.postgres, worker_name)
