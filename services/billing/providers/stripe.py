"""Stripe: Checkout sessions, PaymentIntents with 3-D Secure, saved methods, refunds and signed webhooks, through its own SDK."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe

from services.billing.providers.protocol import Charge, Notice, Outcome, Refunded, id_of, unanswered
from services.billing.settings import Settings
from services.chassis import errors

_SECONDS = 8.0  # below the deadline of whoever called us
_WINDOW = timedelta(minutes=5)
# Declines that another try with the same card does not change (https://docs.stripe.com/declines/codes).
_FINAL = {
    "authentication_required",
    "card_not_supported", "card_velocity_exceeded", "expired_card", "fraudulent", "incorrect_number", "invalid_account",
    "lost_card", "merchant_blacklist", "new_account_information_available", "no_action_taken", "pickup_card", "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization", "security_violation", "stolen_card", "stop_payment_order", "transaction_not_allowed",
}  # fmt: skip
_STATES = {
    "succeeded": "succeeded", "canceled": "failed", "requires_payment_method": "failed", "requires_action": "requires_action",
    "requires_confirmation": "pending", "requires_capture": "pending", "processing": "pending",
}  # fmt: skip


class Stripe:
    """See providers/protocol.py."""

    name = "stripe"
    saves_methods = True
    refunds = True

    def __init__(self, settings: Settings) -> None:
        base: Any = {"api": settings.stripe_base_url} if settings.stripe_base_url else None
        self._api = stripe.StripeClient(
            settings.stripe_secret_key.get_secret_value(), base_addresses=base, max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=_SECONDS),
        ).v1  # fmt: skip
        self._secrets = [secret.get_secret_value() for secret in settings.stripe_webhook_secrets]

    def price(self, amount: int, currency: str) -> tuple[int, str]:
        return amount, currency

    def start(self, charge: Charge) -> Outcome:
        return self._take(charge) if charge.method else self._check_out(charge)

    def find(self, charge: Charge, handle: str) -> Outcome:
        if not handle:
            return self.start(charge)  # by its idempotency key: what was begun before, if it was
        with _answering():
            if handle.startswith("cs_"):
                return _of_session(self._api.checkout.sessions.retrieve(handle, {"expand": ["payment_intent.latest_charge"]}))
            return _of_intent(self._api.payment_intents.retrieve(handle, {"expand": ["latest_charge"]}))

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        try:
            with _answering():
                if not customer:
                    made = self._api.customers.create(
                        {"metadata": {"tenant_id": str(tenant_id)}}, {"idempotency_key": f"customer-{tenant_id}"}
                    )
                    customer = made.id
                self._api.payment_methods.attach(method, {"customer": customer})
        except (stripe.InvalidRequestError, stripe.CardError) as problem:
            raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", "is not one that can be charged") from problem
        return customer

    def forget(self, customer: str, method: str) -> None:
        try:
            with _answering():
                self._api.customers.delete(customer)
        except stripe.InvalidRequestError as problem:
            if problem.code != "resource_missing":
                raise

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        with _answering():
            intent = handle
            if handle.startswith("cs_"):
                intent = str(_id(self._api.checkout.sessions.retrieve(handle).payment_intent))
            # Its idempotency key is forgotten after a day; what it was asked before is there all the same.
            known = self._api.refunds.list({"payment_intent": intent, "limit": 100}).data
            made = next((each for each in known if (each.to_dict().get("metadata") or {}).get("reference") == str(reference)), None)
            if made is None:
                asked: Any = {"payment_intent": intent, "amount": amount, "metadata": {"reference": str(reference)}}
                try:
                    made = self._api.refunds.create(asked, {"idempotency_key": str(reference)})
                except stripe.InvalidRequestError:  # somebody at Stripe has sent it back meanwhile
                    return Refunded("failed", "")
        state = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}.get(str(made.status), "pending")
        return Refunded(state, made.id)

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        header = headers.get("stripe-signature", "")
        if not any(_signed(body, header, secret) for secret in self._secrets):
            raise errors.Unauthenticated("SIGNATURE_INVALID", "this is not signed by Stripe with a secret that is known here")
        # The SDK refuses what is old; what comes from the future could be kept and sent again then.
        signed_at = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
        if abs(now - datetime.fromtimestamp(signed_at, UTC)) > _WINDOW:
            raise errors.Unauthenticated("SIGNATURE_EXPIRED", "this was signed more than five minutes from now")
        return _notice(body)

    def returned(self, body: bytes) -> bool:
        return True

    def since(self, moment: datetime) -> Iterator[Outcome]:
        seen, created = set(), {"gte": int(moment.timestamp())}
        with _answering():
            asked: Any = {"created": created, "limit": 100, "expand": ["data.latest_charge"]}
            for intent in self._api.payment_intents.list(asked).auto_paging_iter():
                seen.add(intent.id)
                outcome = _of_intent(intent)
                if outcome.status == "succeeded":
                    yield outcome
            back: Any = {"created": created, "limit": 100}
            for refund in self._api.refunds.list(back).auto_paging_iter():
                name = _id(refund.payment_intent)
                if name and name not in seen:
                    seen.add(name)
                    yield _of_intent(self._api.payment_intents.retrieve(name, {"expand": ["latest_charge"]}))

    def _take(self, charge: Charge) -> Outcome:
        asked: Any = {
            "amount": charge.amount, "currency": charge.currency.lower(), "customer": charge.customer, "payment_method": charge.method,
            "payment_method_types": ["card"], "confirm": True, "metadata": {"reference": str(charge.reference)},
        }  # fmt: skip
        if charge.description:
            asked["description"] = charge.description
        if charge.off_session:
            asked["off_session"] = True
        try:
            with _answering():
                return _of_intent(self._api.payment_intents.create(asked, {"idempotency_key": str(charge.reference)}))
        except stripe.CardError as problem:
            return _declined(problem, charge)
        except stripe.InvalidRequestError as problem:
            return _invalid(problem, charge)

    def _check_out(self, charge: Charge) -> Outcome:
        price = {"currency": charge.currency.lower(), "unit_amount": charge.amount, "product_data": {"name": charge.description}}
        asked: Any = {
            "mode": "payment", "client_reference_id": str(charge.reference), "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": charge.success_url, "cancel_url": charge.cancel_url, "metadata": {"reference": str(charge.reference)},
            "payment_intent_data": {"metadata": {"reference": str(charge.reference)}},
        }  # fmt: skip
        if charge.keep:
            asked["payment_intent_data"]["setup_future_usage"] = "off_session"
        if charge.customer:
            asked["customer"] = charge.customer
        elif charge.keep:
            asked["customer_creation"] = "always"
        try:
            with _answering():
                return _of_session(self._api.checkout.sessions.create(asked, {"idempotency_key": str(charge.reference)}))
        except stripe.InvalidRequestError as problem:
            return _invalid(problem, charge)


@contextmanager
def _answering() -> Iterator[None]:
    """Turns what is no answer, be it Stripe's fault, the network's or our key's, into Unavailable."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError, stripe.PermissionError) as problem:
        raise unanswered() from problem
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as problem:
        raise unanswered() from problem


def _of_intent(intent: Any) -> Outcome:
    """A PaymentIntent as we see it. One that waits for a method, and has had one, was declined. Its method is told where it was to be kept."""
    fields = intent.to_dict() if hasattr(intent, "to_dict") else intent
    problem = fields.get("last_payment_error") or {}
    status = _STATES.get(fields["status"], "pending")
    if fields["status"] == "requires_payment_method" and not problem:
        status = "pending"
    charge = fields.get("latest_charge")
    code = problem.get("decline_code") or problem.get("code") or ""
    return Outcome(
        status, fields["id"], id_of((fields.get("metadata") or {}).get("reference")), fields.get("amount_received") or 0,
        (charge.get("amount_refunded") or 0) if isinstance(charge, dict) else 0, fields["currency"].upper(),
        client_secret=fields.get("client_secret") or "" if status == "requires_action" else "",
        failure=(code or "canceled") if status == "failed" else "", final=code in _FINAL or fields["status"] == "canceled",
        customer=_id(fields.get("customer")), method=_id(fields.get("payment_method")) if fields.get("setup_future_usage") else "",
    )  # fmt: skip


def _of_session(session: Any) -> Outcome:
    """A Checkout session as we see it; once it is paid, its PaymentIntent says what was taken."""
    fields = session.to_dict()
    reference, intent = id_of(fields.get("client_reference_id")), fields.get("payment_intent")
    if fields.get("payment_status") == "paid" and isinstance(intent, dict):
        taken = _of_intent(intent)
        return Outcome(
            "succeeded", fields["id"], reference, taken.received, taken.refunded, taken.currency, customer=_id(fields.get("customer")), method=taken.method
        )  # fmt: skip
    if fields.get("status") == "expired":
        return Outcome("failed", fields["id"], reference, failure="abandoned", final=True)
    return Outcome("requires_action", fields["id"], reference, url=fields.get("url") or "")


def _declined(problem: stripe.CardError, charge: Charge) -> Outcome:
    body = problem.json_body if isinstance(problem.json_body, dict) else {}
    told = body.get("error") or {}
    code = str(told.get("decline_code") or told.get("code") or "card_declined")
    intent = told.get("payment_intent") or {}
    return Outcome("failed", str(intent.get("id") or ""), charge.reference, failure=code, final=code in _FINAL)


def _invalid(problem: stripe.InvalidRequestError, charge: Charge) -> Outcome:
    """What Stripe will never do, as for a customer who was deleted there."""
    return Outcome("failed", "", charge.reference, failure=str(problem.code or "invalid_request"), final=True)


def _signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body.decode(), header, secret, None))
    except (stripe.SignatureVerificationError, ValueError, IndexError):
        return False


def _notice(body: bytes) -> Notice:
    """What the event is about: a Checkout session, a PaymentIntent, or the PaymentIntent of a charge, refund or dispute."""
    try:
        event = json.loads(body)
        thing = event["data"]["object"]
        whole = thing.get("object") in ("checkout.session", "payment_intent")
        handle = str(thing.get("id") or "") if whole else _id(thing.get("payment_intent"))
        reference = (thing.get("metadata") or {}).get("reference") or thing.get("client_reference_id") or ""
        return Notice(str(event["id"]), str(event["type"]), handle, str(reference))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise errors.InvalidArgument("WEBHOOK_UNREADABLE", "this is not an event of Stripe's") from problem


def _id(value: Any) -> str:
    """The id of what Stripe gives as an id, as the whole object, or not at all."""
    return str(value["id"] if isinstance(value, dict) else getattr(value, "id", value) or "")
