"""The life of a subscription on a clock that the test moves: bought, renewed, changed, declined, mended, ended."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from einstellen.billing.v1 import payments_pb2, subscriptions_pb2
from services.billing import catalogue
from services.billing.store import plans
from services.chassis import calls
from tests.conftest import Account, until
from tests.refusals import refused
from tests.services.billing.conftest import at_once
from tests.services.billing.till import HERE, Till

FAILED, BAD, EXISTS, MISSING = (
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.NOT_FOUND,
)  # fmt: skip


@pytest.fixture
def company(till: Till) -> Account:
    return till.company()


@pytest.fixture
def newcomer(till: Till) -> Account:
    """Somebody with a mailbox of their own."""
    return till.known(till.house.employer())


def at(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)


def to_the_end(till: Till, account: Account, subscription: Any, **more: float) -> Any:
    """The subscription after its month, and a little more."""
    left = at(till.subscription(account, subscription).period_end_time) - till.clock()
    till.pass_time(seconds=left.total_seconds() + 1)
    till.pass_time(**more)
    return till.subscription(account, subscription)


def change(till: Till, account: Account, subscription: Any, plan: str, **fields: Any) -> Any:
    request = subscriptions_pb2.ChangePlanRequest(subscription_id=subscription.id, plan_id=till.plan(plan), **fields)
    return till.subscriptions.ChangePlan(request, metadata=account.metadata)


def cancel(till: Till, account: Account, subscription: Any, **fields: Any) -> Any:
    request = subscriptions_pb2.CancelSubscriptionRequest(subscription_id=subscription.id, **fields)
    return till.subscriptions.CancelSubscription(request, metadata=account.metadata)


def test_a_plan_is_paid_by_the_saved_method_and_renews_each_month(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")
    assert (bought.status, bought.remaining_credits, till.balance(company)) == ("active", 5, 5)
    renewed = to_the_end(till, company, bought)
    assert (renewed.status, renewed.remaining_credits) == ("active", 5), "what was left of the old month has run out"
    assert at(renewed.period_start_time) == at(bought.period_end_time)
    assert [(each.number, each.kind, each.status, each.amount) for each in till.invoices(company)] == [
        (2, "renewal", "paid", 1000), (1, "first", "paid", 1000),
    ]  # fmt: skip


def test_many_who_subscribe_at_once_get_one_subscription_and_one_charge(till: Till, company: Account) -> None:
    answers = at_once(10, lambda _: till.subscribe(company, "HumanAdv", request_id="once").id)
    assert len(set(answers)) == 1
    with refused(EXISTS, "SUBSCRIPTION_EXISTS"):
        till.subscribe(company, "HumanPro")
    assert till.balance(company) == 10
    assert till.subscribe(company, "Free", method="").status == "active", "of the other family it may have one"


def test_a_card_that_asks_for_3d_secure_waits_for_the_person(till: Till, company: Account) -> None:
    bought = till.subscribe(company, method="pm_card_authenticationRequired")
    assert (bought.status, bought.payment.status, till.balance(company)) == ("incomplete", "requires_action", 0)
    assert bought.payment.client_secret
    till.stripe.authenticate(bought.payment.provider_id)
    till.tell(till.stripe.events[-1])
    till.quiet()
    assert till.subscription(company, bought).status == "active"
    assert till.balance(company) == 5


def test_a_declined_first_payment_leaves_nothing_behind(till: Till, company: Account) -> None:
    bought = till.subscribe(company, method="pm_card_chargeDeclined")
    assert (bought.status, bought.payment.failure, till.balance(company)) == ("cancelled", "generic_decline", 0)
    assert [each.status for each in till.invoices(company)] == ["void"]
    assert till.subscribe(company, method="pm_card_visa").status == "active"


def test_a_plan_is_bought_on_stripes_page_and_the_method_is_kept_for_renewals(till: Till, company: Account) -> None:
    request = subscriptions_pb2.CreateCheckoutSessionRequest(plan_id=till.plan("HumanLite"), **HERE)
    payment = till.subscriptions.CreateCheckoutSession(request, metadata=company.metadata)
    till.stripe.pay(payment.provider_id)
    till.pass_time(minutes=1)
    bought = till.subscriptions.ListSubscriptions(subscriptions_pb2.ListSubscriptionsRequest(), metadata=company.metadata).subscriptions[0]
    assert bought.status == "active"
    assert to_the_end(till, company, bought).status == "active"


def test_a_trial_costs_nothing_is_had_once_and_then_is_paid(till: Till, company: Account) -> None:
    trial = till.subscribe(company, "Pro", trial=True)
    assert (trial.status, till.invoices(company)) == ("trialing", [])
    assert quotas(till, company) == ("Pro", 5000, 300)
    paid = to_the_end(till, company, trial)
    assert (paid.status, [each.amount for each in till.invoices(company)]) == ("active", [2900])
    cancel(till, company, paid)
    assert quotas(till, company) == ("Free", 100, 60)
    with refused(FAILED, "TRIAL_USED"):
        till.subscribe(company, "Team", trial=True)


def quotas(till: Till, account: Account) -> tuple[str, int, int]:
    found = till.subscriptions.GetQuotas(subscriptions_pb2.GetQuotasRequest(), metadata=account.metadata)
    return found.plan_name, found.quotas.tokens, found.quotas.requests


def test_other_services_ask_what_an_organization_may_do(till: Till, company: Account) -> None:
    till.subscribe(company, "Team")
    request = subscriptions_pb2.GetQuotasRequest(tenant_id=company.tenant_id)
    found = till.subscriptions.GetQuotas(request, metadata=till.house.as_service("content", "billing"))
    assert (found.plan_name, found.quotas.posts, found.quotas.members) == ("Team", -1, 10)
    with refused(BAD, "TENANT_NOT_YOURS", field="tenant_id"):
        till.subscriptions.GetQuotas(request, metadata=till.company().metadata)


def test_an_upgrade_costs_its_share_of_the_rest_of_the_month(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")
    length = at(bought.period_end_time) - at(bought.period_start_time)
    till.pass_time(seconds=length.total_seconds() / 2)
    better = change(till, company, bought, "HumanPro")
    assert (better.plan_name, better.remaining_credits) == ("HumanPro", 12.5), "5, and half of the 15 more"
    invoice = till.invoices(company)[0]
    assert (invoice.kind, invoice.status) == ("upgrade", "paid")
    assert 995 <= invoice.amount <= 1000
    renewed = to_the_end(till, company, bought)
    assert (renewed.remaining_credits, till.invoices(company)[0].amount) == (20, 3000)


def test_an_upgrade_that_is_not_paid_changes_nothing(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")
    till.declining(company, lambda: "insufficient_funds")
    same = change(till, company, bought, "HumanPro")
    assert (same.plan_name, same.payment.failure, till.balance(company)) == ("HumanLite", "insufficient_funds", 5)


def test_a_downgrade_waits_for_the_next_month_and_can_be_taken_back(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanPro")
    waiting = change(till, company, bought, "HumanLite")
    assert (waiting.plan_name, waiting.next_plan_id, till.balance(company)) == ("HumanPro", till.plan("HumanLite"), 20)
    assert not change(till, company, bought, "HumanPro").next_plan_id
    change(till, company, bought, "HumanLite", request_id="again")
    renewed = to_the_end(till, company, bought)
    assert (renewed.plan_name, renewed.remaining_credits, till.invoices(company)[0].amount) == ("HumanLite", 5, 1000)
    with refused(BAD, "PLAN_SAME"):
        change(till, company, bought, "HumanLite")
    with refused(BAD, "PLAN_OF_OTHER_FAMILY"):
        change(till, company, bought, "Pro")


def test_a_cancelled_plan_runs_to_the_end_of_its_month_unless_it_is_resumed(till: Till, company: Account) -> None:
    bought = till.subscribe(company)
    assert at(cancel(till, company, bought, at_period_end=True).end_time) == at(bought.period_end_time)
    resume = subscriptions_pb2.ResumeSubscriptionRequest(subscription_id=bought.id)
    assert till.subscriptions.ResumeSubscription(resume, metadata=company.metadata).auto_renew
    assert to_the_end(till, company, bought).status == "active"
    cancel(till, company, bought, at_period_end=True)
    assert to_the_end(till, company, bought).status == "cancelled"
    assert (len(till.invoices(company)), till.balance(company)) == (2, 0)
    with refused(FAILED, "SUBSCRIPTION_CANCELLED"):
        till.subscriptions.ResumeSubscription(resume, metadata=company.metadata)


def test_a_renewal_that_is_declined_is_tried_again_on_schedule_and_mended(till: Till, newcomer: Account) -> None:
    bought = till.subscribe(newcomer)
    declines = ["insufficient_funds", "insufficient_funds"]
    till.declining(newcomer, lambda: declines.pop() if declines else "")
    late = to_the_end(till, newcomer, bought)
    assert (late.status, till.balance(newcomer)) == ("past_due", 0), "no credits for what is not paid"
    till.pass_time(days=1, hours=1)
    assert till.subscription(newcomer, bought).status == "past_due"
    till.pass_time(days=3)
    mended = till.subscription(newcomer, bought)
    assert (mended.status, till.balance(newcomer), declines) == ("active", 5, [])
    assert at(mended.period_start_time) == at(bought.period_end_time), "the month begins when it was due"
    assert [each.number for each in till.invoices(newcomer)] == [2, 1], "one invoice for the month, however often it is tried"
    subjects = until(lambda: (s := mails(till, newcomer)) and any("all is well" in each for each in s) and s, "they were told")
    assert any("did not come through" in each for each in subjects)


def mails(till: Till, account: Account) -> list[str]:
    return [mail["subject"] for mail in till.house.mails(account.email)]


def test_who_pays_has_a_receipt_and_who_gets_money_back_is_told(till: Till, newcomer: Account, administrator: Any) -> None:
    payment = till.buy(newcomer)
    till.stripe.pay(payment.provider_id)
    assert till.payment(newcomer, payment.id).status == "succeeded"
    till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=300), metadata=administrator)
    till.quiet()
    expected = {"Receipt: 9.00 USD for 100 ai credits", "Refund: 3.00 USD for 100 ai credits"}
    until(lambda: expected <= set(mails(till, newcomer)), "both mails are there")


def test_a_renewal_is_announced_three_days_before_and_a_cancelled_one_is_not(till: Till, newcomer: Account) -> None:
    bought, other = till.subscribe(newcomer), till.known(till.house.employer())
    cancel(till, other, till.subscribe(other), at_period_end=True)
    left = at(bought.period_end_time) - till.clock()
    till.pass_time(seconds=left.total_seconds() - 3 * 86_400 - 60)
    assert not any("three days" in each for each in mails(till, newcomer))
    till.pass_time(minutes=5)
    until(lambda: any("it renews in three days" in each for each in mails(till, newcomer)), "they were told")
    assert not any("three days" in each for each in mails(till, other))


@pytest.mark.parametrize(("decline", "tries"), [("insufficient_funds", 4), ("stolen_card", 1)])
def test_after_the_last_try_or_a_hard_decline_it_is_suspended_and_a_payment_by_hand_mends_it(
    till: Till, company: Account, decline: str, tries: int
) -> None:
    bought = till.subscribe(company)
    tried: list[None] = []
    till.declining(company, lambda: tried.append(None) or decline)
    late = to_the_end(till, company, bought, days=12)
    till.declining(company, lambda: "")
    assert (late.status, len(tried)) == ("suspended", tries)
    invoice = till.invoices(company)[0]
    assert invoice.status == "open"
    payment = till.payments.PayInvoice(payments_pb2.PayInvoiceRequest(invoice_id=invoice.id), metadata=company.metadata)
    assert payment.status == "succeeded"
    assert (till.subscription(company, bought).status, till.balance(company)) == ("active", 5)
    with refused(FAILED, "INVOICE_NOT_OPEN"):
        till.payments.PayInvoice(payments_pb2.PayInvoiceRequest(invoice_id=invoice.id), metadata=company.metadata)


def test_credits_of_the_plan_are_consumed_once_a_key(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")

    def consume(amount: float, key: str, reason: str = "An interview") -> Any:
        request = subscriptions_pb2.ConsumeCreditsRequest(subscription_id=bought.id, amount=amount, reason=reason, request_id=key)
        return till.subscriptions.ConsumeCredits(request, metadata=company.metadata)

    answers = at_once(10, lambda _: consume(1.5, "once").id)
    assert len(set(answers)) == 1
    assert consume(1.5, "once").remaining_credits == 3.5
    with refused(EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        consume(2, "once")
    with refused(FAILED, "CREDITS_INSUFFICIENT"):
        consume(4, "more")
    stranger = till.company()
    with refused(MISSING, "SUBSCRIPTION_NOT_FOUND"):
        request = subscriptions_pb2.ConsumeCreditsRequest(subscription_id=bought.id, amount=1)
        till.subscriptions.ConsumeCredits(request, metadata=stranger.metadata)


def test_who_bought_a_plan_keeps_its_price_when_it_changes(till: Till, company: Account) -> None:
    bought = till.subscribe(company, "HumanLite")
    dearer = [replace(offer, price=15_00) if offer.name == "HumanLite" else offer for offer in catalogue.PLANS]
    for offers in (dearer, catalogue.PLANS):
        with till.database.begin(calls.SYSTEM) as connection:
            plans.seed(connection, offers, now=till.clock())
        if offers is dearer:
            assert till.subscribe(till.company(), "HumanLite").plan_id != bought.plan_id
            to_the_end(till, company, bought)
            assert till.invoices(company)[0].amount == 1000


def test_a_provider_is_needed_for_what_has_a_price(till: Till, company: Account) -> None:
    with refused(BAD, "PROVIDER_MISSING", field="provider"):
        till.subscribe(company, provider="")
    with refused(BAD, "PAYMENT_METHOD_INVALID", field="payment_method"):
        till.subscribe(company, method="pm_nobody")
    with refused(MISSING, "PLAN_NOT_FOUND"):
        till.subscribe(company, plan_id=company.tenant_id)
