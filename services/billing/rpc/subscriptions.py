"""The RPCs of plans and subscriptions."""

from dataclasses import replace
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.billing.v1 import payments_pb2, subscriptions_pb2, subscriptions_pb2_grpc
from services.billing import renewals, rules
from services.billing.cashier import RECOVERY, Cashier
from services.billing.renewals import Invoicing
from services.billing.rpc.messages import to_payment, to_plan, to_quotas, to_subscription
from services.billing.store import credits as accounts
from services.billing.store import payments, plans
from services.billing.store import subscriptions as store
from services.billing.tables.credits import Booking
from services.billing.tables.payments import Payment
from services.billing.tables.subscriptions import Plan, Subscription
from services.chassis import audit, calls, errors, idempotency, ids, paging
from services.chassis.calls import Person, Scope
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
_RUNNING = ("trialing", "active", "past_due")


class SubscriptionService(subscriptions_pb2_grpc.SubscriptionServiceServicer):
    """See subscriptions.proto."""

    def __init__(self, database: Database, cashier: Cashier, invoicing: Invoicing, clock: Clock = utc_now) -> None:
        self._database = database
        self._cashier = cashier
        self._invoicing = invoicing
        self._clock = clock

    def ListPlans(self, request: subscriptions_pb2.ListPlansRequest, context: Context) -> subscriptions_pb2.ListPlansResponse:
        with self._database.begin(calls.ANONYMOUS) as connection:
            found = plans.list_plans(connection, request.family)
        return subscriptions_pb2.ListPlansResponse(plans=map(to_plan, found))

    def CreateSubscription(self, request: subscriptions_pb2.CreateSubscriptionRequest, context: Context) -> subscriptions_pb2.Subscription:
        person = calls.person()
        with self._database.begin(person) as connection:
            plan = plans.get_current(connection, UUID(request.plan_id))
        if plan.offer.price:
            self._save(person, request.provider, request.payment_method)
        made, payment = self._subscribe(person, plan, request, request.provider, hosted=not request.payment_method, trial=request.trial)
        return self._read(person, made, self._go_on(payment))

    def CreateCheckoutSession(self, request: subscriptions_pb2.CreateCheckoutSessionRequest, context: Context) -> payments_pb2.Payment:
        person = calls.person()
        with self._database.begin(person) as connection:
            plan = plans.get_current(connection, UUID(request.plan_id))
        if not plan.offer.price:
            raise errors.invalid_field("plan_id", "PLAN_IS_FREE", "costs nothing: subscribe to it without a payment")
        _, payment = self._subscribe(person, plan, request, request.provider or "stripe", hosted=True, trial=False)
        assert payment is not None
        return to_payment(*self._cashier.look(payment.id))

    def GetSubscription(self, request: subscriptions_pb2.GetSubscriptionRequest, context: Context) -> subscriptions_pb2.Subscription:
        return self._read(calls.person(), UUID(request.subscription_id))

    def ListSubscriptions(
        self, request: subscriptions_pb2.ListSubscriptionsRequest, context: Context
    ) -> subscriptions_pb2.ListSubscriptionsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            shown, token = page.cut(store.list_subscriptions(connection, person.tenant_id, page), lambda each: [each.id])
            told = [self._tell(connection, each) for each in shown]
        return subscriptions_pb2.ListSubscriptionsResponse(subscriptions=told, next_page_token=token)

    def CancelSubscription(self, request: subscriptions_pb2.CancelSubscriptionRequest, context: Context) -> subscriptions_pb2.Subscription:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            found = store.lock_subscription(connection, UUID(request.subscription_id), person.tenant_id)
            if found.status != "cancelled" and request.at_period_end and found.status in ("active", "trialing"):
                found = store.put_subscription(connection, replace(found, auto_renew=False, updated_at=now))
                audit.record(
                    connection, "subscription.not_renewing", subscription_id=found.id, **audit.turned(auto_renew=(True, found.auto_renew))
                )
            elif found.status != "cancelled":
                found = renewals.end(connection, found, now=now)
            return self._tell(connection, found)

    def ResumeSubscription(self, request: subscriptions_pb2.ResumeSubscriptionRequest, context: Context) -> subscriptions_pb2.Subscription:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            found = store.lock_subscription(connection, UUID(request.subscription_id), person.tenant_id)
            if found.status == "cancelled":
                raise errors.FailedPrecondition("SUBSCRIPTION_CANCELLED", "it has ended: subscribe anew")
            if not found.auto_renew:
                found = store.put_subscription(connection, replace(found, auto_renew=True, updated_at=now))
                audit.record(
                    connection, "subscription.resumed", subscription_id=found.id, **audit.turned(auto_renew=(False, found.auto_renew))
                )
            return self._tell(connection, found)

    def ChangePlan(self, request: subscriptions_pb2.ChangePlanRequest, context: Context) -> subscriptions_pb2.Subscription:
        person, now, payment = calls.person(), self._clock(), None
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, subscriptions_pb2.Subscription)
            if claim.answer is not None:
                return self._read(person, UUID(claim.answer.id))
            found = store.lock_subscription(connection, UUID(request.subscription_id), person.tenant_id)
            old, new = plans.get_plan(connection, found.plan_id), plans.get_current(connection, UUID(request.plan_id))
            if found.next_plan_id is not None and old.offer.name == new.offer.name:  # stays with what it has
                store.put_subscription(connection, replace(found, next_plan_id=None, updated_at=now))
            else:
                rules.check_change(found, old.offer, new.offer)
                payment = self._change(connection, found, old, new)
            audit.record(connection, "subscription.plan_changed", subscription_id=found.id, **audit.turned(plan_id=(old.id, new.id)))
            claim.keep(subscriptions_pb2.Subscription(id=str(found.id)))
        return self._read(person, found.id, self._go_on(payment))

    def ConsumeCredits(self, request: subscriptions_pb2.ConsumeCreditsRequest, context: Context) -> subscriptions_pb2.CreditUsage:
        person, now = calls.person(), self._clock()
        amount, key = rules.halves(request.amount), request.request_id or calls.current().idempotency_key or str(ids.mint())
        with self._database.begin(person) as connection:
            found = store.get_subscription(connection, UUID(request.subscription_id), person.tenant_id)
        if found.family != "hiring":
            raise errors.FailedPrecondition("PLAN_WITHOUT_CREDITS", "this plan has quotas and no credits")
        booking, spent = Booking(ids.mint(), "INTERVIEW", f"consume:{key[:100]}", request.reason, str(found.id)), None
        if found.status in _RUNNING:
            audited = audit.row("credits.spent", transaction_id=booking.id)
            spent = accounts.spend(self._database, person.tenant_id, "hiring", amount, booking, audited, now=now)
        with self._database.begin(person) as connection:
            account = next(each for each in accounts.get_accounts(connection, person.tenant_id) if each.unit == "hiring")
            first = spent or accounts.find_booking(connection, person.tenant_id, booking.key)
        if first is None and found.status not in _RUNNING:
            raise errors.FailedPrecondition("SUBSCRIPTION_NOT_ACTIVE", f"the subscription is {found.status}")
        if first is None:
            raise rules.insufficient(account, amount, now=now)
        if spent is None:
            accounts.keep(self._database, person.tenant_id)
        rules.check_same(first, "hiring", amount, booking)
        return subscriptions_pb2.CreditUsage(
            id=str(first.id), subscription_id=str(found.id), amount=amount / 2, reason=first.description,
            remaining_credits=account.live_monthly(now) / 2, used_time=to_timestamp(first.created_at),
        )  # fmt: skip

    def GetQuotas(self, request: subscriptions_pb2.GetQuotasRequest, context: Context) -> subscriptions_pb2.TenantQuotas:
        tenant_id = _tenant(request.tenant_id)
        with self._database.begin(Scope(tenant_id)) as connection:
            found = store.find_of_family(connection, tenant_id, "content")
            runs = found is not None and found.status in _RUNNING
            plan = plans.get_plan(connection, found.plan_id) if found and runs else plans.list_plans(connection, "content")[0]
        return subscriptions_pb2.TenantQuotas(
            plan_name=plan.offer.name,
            quotas=to_quotas(plan.offer.quotas),
            period_end_time=to_timestamp(found.period_end if found and runs else None),
        )

    def _save(self, person: Person, provider: str, method: str) -> None:
        """Keeps the method at the provider and here, before anything is owed."""
        if not provider:
            raise errors.invalid_field("provider", "PROVIDER_MISSING", "say who takes the money: the plan has a price")
        taker = self._cashier.provider(provider)
        if not method:
            return
        if not taker.saves_methods:
            raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", f"{provider} keeps no methods: leave it out")
        with self._database.begin(person) as connection:
            customer, kept = payments.find_customer(connection, person.tenant_id, provider)
        if kept != method:
            customer = taker.save(person.tenant_id, customer, method)
            with self._database.begin(person) as connection:
                payments.keep_customer(connection, person.tenant_id, provider, customer, method)

    def _subscribe(
        self, person: Person, plan: Plan, request: subscriptions_pb2.CreateSubscriptionRequest | subscriptions_pb2.CreateCheckoutSessionRequest,
        provider: str, *, hosted: bool, trial: bool,
    ) -> tuple[UUID, Payment | None]:  # fmt: skip
        """Writes the subscription down with its first invoice and that this is about to be paid; the same key finds both again."""
        now = self._clock()
        if plan.offer.price:
            self._cashier.provider(provider)
        made = rules.subscribe(person.tenant_id, plan, provider, trial=trial, now=now)
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, subscriptions_pb2.Subscription)
            if claim.answer is not None:
                payment_id = claim.answer.payment.id
                return UUID(claim.answer.id), payments.get_payment(connection, UUID(payment_id), person.tenant_id) if payment_id else None
            accounts.get_accounts(connection, person.tenant_id)  # or it is not known here yet
            if made.status == "trialing" and store.had_of_family(connection, person.tenant_id, made.family):
                raise errors.FailedPrecondition("TRIAL_USED", "a trial is for those who had no subscription of this family before")
            store.add_subscription(connection, made)
            audit.record(connection, "subscription.created", subscription_id=made.id, plan_id=plan.id)
            payment = None
            if made.status == "incomplete":
                invoice = self._invoicing.for_period(connection, made, plan, "first", now=now)
                payment = self._cashier.begin(
                    connection, invoice, provider, hosted=hosted, success_url=request.success_url, cancel_url=request.cancel_url, run_at=now + RECOVERY,
                    now=now,
                )  # fmt: skip
            else:
                renewals.renew_later(connection, made)
            claim.keep(
                subscriptions_pb2.Subscription(id=str(made.id), payment=payments_pb2.Payment(id=str(payment.id)) if payment else None)
            )
            renewals.changed(connection, made)
        return made.id, payment

    def _change(self, connection: Connection, found: Subscription, old: Plan, new: Plan) -> Payment | None:
        """A cheaper plan waits for the next month, a dearer one for its payment; on trial nothing is owed yet."""
        now = self._clock()
        if found.status == "trialing" or not old.offer.price <= new.offer.price:
            moved = {"plan_id": new.id} if found.status == "trialing" else {"next_plan_id": new.id}
            store.put_subscription(connection, replace(found, **moved, updated_at=now))  # type: ignore[arg-type]
            return None
        if store.open_invoices(connection, found.id):
            raise errors.FailedPrecondition("UPGRADE_UNPAID", "pay the open invoice first")
        provider = self._cashier.provider(found.payment_method).name
        invoice = self._invoicing.for_upgrade(connection, found, old, new, now=now)
        if invoice.status == "paid":
            renewals.paid(connection, invoice, None, now=now)
            return None
        return self._cashier.begin(connection, invoice, provider, run_at=now + RECOVERY, now=now)

    def _go_on(self, payment: Payment | None) -> payments_pb2.Payment | None:
        """Asks the provider. Where it does not answer, the payment stays pending and its task sees to it."""
        if payment is None:
            return None
        try:
            return to_payment(*self._cashier.look(payment.id))
        except errors.Unavailable:
            return to_payment(payment)

    def _read(self, person: Person, subscription_id: UUID, payment: payments_pb2.Payment | None = None) -> subscriptions_pb2.Subscription:
        with self._database.begin(person) as connection:
            return self._tell(connection, store.get_subscription(connection, subscription_id, person.tenant_id), payment)

    def _tell(
        self, connection: Connection, found: Subscription, payment: payments_pb2.Payment | None = None
    ) -> subscriptions_pb2.Subscription:
        account = next(each for each in accounts.get_accounts(connection, found.tenant_id) if each.unit == "hiring")
        return to_subscription(found, plans.get_plan(connection, found.plan_id), account, payment, now=self._clock())


def _tenant(given: str) -> UUID:
    call = calls.current()
    if call.service and given:
        return UUID(given)
    if call.person is None or (given and UUID(given) != call.person.tenant_id):
        raise errors.invalid_field("tenant_id", "TENANT_NOT_YOURS", "is not your active organization: leave it out")
    return call.person.tenant_id
