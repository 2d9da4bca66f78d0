"""Billing on one thread: its RPCs and its tasks, called directly, on a clock that stands until it is moved, with places where it may break.

Whoever opens a shop says what happens at each step: before a transaction, before each statement, before and after a commit, around each call of a provider.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from google.api.httpbody_pb2 import HttpBody

from einstellen.billing.v1 import credits_pb2, payments_pb2, subscriptions_pb2
from services.billing import catalogue, tasks
from services.billing.cashier import Cashier
from services.billing.providers.stripe import Stripe
from services.billing.renewals import Invoicing
from services.billing.rpc.credits import CreditService
from services.billing.rpc.payments import PaymentService
from services.billing.rpc.subscriptions import SubscriptionService
from services.billing.rpc.webhooks import WebhookService
from services.billing.settings import Settings
from services.billing.store import credits as accounts
from services.billing.store import plans
from services.billing.tables.credits import Organization
from services.chassis import calls, ids
from services.chassis.calls import Call, Person
from services.chassis.database import Database
from services.chassis.settings import load
from services.chassis.tasks import Worker

At = Callable[[str], None]
HERE = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/pity"}


class Stepping(Database):
    """A database that says where it is. `depth` is above zero inside a transaction."""

    def __init__(self, url: str, at: At) -> None:
        super().__init__(url, pool_size=3)
        self._at = at
        self.depth = 0
        sa.event.listen(self.engine, "before_cursor_execute", lambda *_: at("statement"))

    @contextmanager
    def begin(self, who: Any) -> Iterator[sa.Connection]:
        self._at("begin")
        with super().begin(who) as connection:
            self.depth += 1
            try:
                yield connection
            finally:
                self.depth -= 1
            self._at("commit")
        self._at("committed")

    def run_alone(self, who: Any, statement: str, parameters: Mapping[str, object]) -> Any:
        self._at("begin")
        found = super().run_alone(who, statement, parameters)
        self._at("committed")
        return found


class Watched:
    """A provider with a step before each question and after each answer."""

    def __init__(self, own: Any, at: At) -> None:
        self._own = own
        self._at = at

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._own, name)
        if name not in ("start", "find", "save", "refund", "since"):
            return found

        def asked(*args: Any) -> Any:
            self._at("asking")
            answer = found(*args)
            self._at("answered")
            return answer

        return asked


class Deaf:
    """A channel to notifications, which hears nothing."""

    def unary_unary(self, *_: Any, **__: Any) -> Any:
        return lambda *_, **__: None

    unary_stream = stream_unary = stream_stream = unary_unary


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass(frozen=True)
class Headers:
    """What a webhook's RPC asks its context for."""

    headers: Mapping[str, str]

    def invocation_metadata(self) -> Any:
        return tuple(self.headers.items())


class Shop:
    """Billing's services and its worker, wired as `__main__` wires them."""

    def __init__(self, environment: Mapping[str, str], clock: Clock, at: At = lambda where: None) -> None:
        settings = load(Settings, "billing", environment)
        self.clock = clock
        self.database = Stepping(settings.database_url, at)
        invoicing = Invoicing(settings.tax_percent)
        provider: Any = Watched(Stripe(settings), at)
        self.cashier = cashier = Cashier(self.database, {"stripe": provider}, invoicing, settings.public_url, clock)
        deaf: Any = Deaf()
        with self.database.begin(calls.SYSTEM) as connection:
            plans.seed(connection, catalogue.PLANS, now=clock())
            self.plans = {plan.offer.name: str(plan.id) for plan in plans.list_plans(connection, "")}
        self.credits = CreditService(self.database, low=settings.low_credits, tokens_per_credit=settings.tokens_per_credit, clock=clock)
        self.subscriptions = SubscriptionService(self.database, cashier, invoicing, clock)
        self.payments = PaymentService(
            self.database, cashier, invoicing, tax_name=settings.tax_name, public_url=settings.public_url, clock=clock
        )
        self.webhooks = WebhookService(self.database, cashier, clock)
        self.worker = Worker(
            "billing", self.database, tasks.handlers(self.database, cashier, invoicing, deaf, clock, reconcile_days=3), clock=clock
        )

    def close(self) -> None:
        self.database.close()

    def open_account(self) -> Person:
        """The owner of a new organization that billing has heard of."""
        person = Person(ids.mint(), ids.mint(), "business", "owner", ids.mint())
        with self.database.begin(calls.SYSTEM) as connection:
            accounts.add_organization(connection, Organization(person.tenant_id, person.user_id, "business", self.clock()))
        return person

    # The RPCs, as the interceptor would call them.

    def ask(self, request: Any, person: Person | None = None, service: str = "") -> Any:
        """Has an RPC answered that is called by a person, or by a service."""
        method = type(request).__name__.removesuffix("Request")
        servicer = next(each for each in (self.credits, self.subscriptions, self.payments) if method in type(each).__dict__)
        return self._answered(servicer, method, request, None, person, service)

    def tell(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Stripe's webhook arrives."""
        self._answered(self.webhooks, "ReceiveStripe", HttpBody(data=body), Headers(headers), None, "")

    def _answered(self, servicer: Any, method: str, request: Any, context: Any, person: Person | None, service: str) -> Any:
        before = calls.current()
        calls.enter(Call("billing", f"/{type(servicer).__name__}/{method}", str(uuid4()), person=person, service=service))
        try:
            return getattr(servicer, method)(request, context)
        finally:
            calls.enter(before)

    # What people and services ask for.

    def grant(self, person: Person, unit: str, amount: float, key: str) -> Any:
        request = credits_pb2.GrantCreditsRequest(
            tenant_id=str(person.tenant_id), unit=unit, amount=amount, description="A start", request_id=key
        )
        return self.ask(request, person)

    def spend(self, person: Person, unit: str, amount: float, key: str) -> Any:
        kind = "INTERVIEW" if unit == "hiring" else "TAILOR"
        request = credits_pb2.SpendCreditsRequest(tenant_id=str(person.tenant_id), unit=unit, amount=amount, type=kind, request_id=key)
        return self.ask(request, service="interviews")

    def reverse(self, person: Person, key: str) -> Any:
        return self.ask(credits_pb2.ReverseSpendRequest(tenant_id=str(person.tenant_id), request_id=key), service="interviews")

    def hold(self, person: Person, unit: str, amount: float, key: str, seconds: int = 3600) -> Any:
        request = credits_pb2.HoldCreditsRequest(tenant_id=str(person.tenant_id), unit=unit, amount=amount, request_id=key, seconds=seconds)
        return self.ask(request, service="interviews")

    def settle(self, person: Person, hold_id: str, amount: float) -> Any:
        request = credits_pb2.SettleHoldRequest(tenant_id=str(person.tenant_id), hold_id=hold_id, amount=amount, type="INTERVIEW")
        return self.ask(request, service="interviews")

    def release(self, person: Person, hold_id: str) -> Any:
        return self.ask(credits_pb2.ReleaseHoldRequest(tenant_id=str(person.tenant_id), hold_id=hold_id), service="interviews")

    def balance(self, person: Person, unit: str) -> Any:
        return next(each for each in self.ask(credits_pb2.GetBalanceRequest(), person).balances if each.unit == unit)

    def buy(self, person: Person, package: str, key: str) -> Any:
        return self.ask(payments_pb2.CreatePaymentRequest(package_id=package, provider="stripe", request_id=key, **HERE), person)

    def payment(self, person: Person, payment_id: str) -> Any:
        return self.ask(payments_pb2.GetPaymentRequest(payment_id=payment_id), person)

    def refund(self, person: Person, payment_id: str, amount: int, key: str) -> Any:
        return self.ask(payments_pb2.RefundPaymentRequest(payment_id=payment_id, amount=amount, request_id=key), person)

    def pay(self, person: Person, invoice_id: str, *, other_method: bool = False) -> Any:
        return self.ask(payments_pb2.PayInvoiceRequest(invoice_id=invoice_id, other_method=other_method, **HERE), person)

    def invoices(self, person: Person) -> list[Any]:
        return list(self.ask(payments_pb2.ListInvoicesRequest(page_size=100), person).invoices)

    def subscribe(self, person: Person, plan: str, key: str, method: str = "pm_card_visa", *, trial: bool = False) -> Any:
        request = subscriptions_pb2.CreateSubscriptionRequest(
            plan_id=self.plans[plan], provider="stripe", payment_method=method, request_id=key, trial=trial, **HERE
        )
        return self.ask(request, person)

    def subscription(self, person: Person, subscription_id: str) -> Any:
        return self.ask(subscriptions_pb2.GetSubscriptionRequest(subscription_id=subscription_id), person)

    def change_plan(self, person: Person, subscription_id: str, plan: str, key: str) -> Any:
        request = subscriptions_pb2.ChangePlanRequest(subscription_id=subscription_id, plan_id=self.plans[plan], request_id=key)
        return self.ask(request, person)

    def cancel(self, person: Person, subscription_id: str, *, at_period_end: bool = False) -> Any:
        request = subscriptions_pb2.CancelSubscriptionRequest(subscription_id=subscription_id, at_period_end=at_period_end)
        return self.ask(request, person)

    def resume(self, person: Person, subscription_id: str) -> Any:
        return self.ask(subscriptions_pb2.ResumeSubscriptionRequest(subscription_id=subscription_id), person)

    def consume(self, person: Person, subscription_id: str, amount: float, key: str) -> Any:
        request = subscriptions_pb2.ConsumeCreditsRequest(subscription_id=subscription_id, amount=amount, reason="Work", request_id=key)
        return self.ask(request, person)
