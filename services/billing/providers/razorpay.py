"""Razorpay: orders paid on its hosted checkout, tokens for renewals, refunds, and signed webhooks, through its own SDK."""

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import razorpay  # type: ignore[import-untyped]
import requests

from services.billing.providers.protocol import Charge, Notice, Outcome, Refunded, id_of, unanswered
from services.billing.settings import Settings
from services.chassis import errors

_SECONDS = 8.0  # below the deadline of whoever called us
_PAGE = 100
_TAKEN = ("captured", "refunded")
_TOKEN_LASTS = timedelta(days=3650)
_DEAREST = 20  # times the first charge: what a token may be charged for, as a dearer plan
# Declines that another try with the same method does not change (https://razorpay.com/docs/errors/payments/cards).
_FINAL = {
    "card_declined_by_bank_permanently", "card_expired", "card_lost_or_stolen", "card_not_supported", "debit_instrument_blocked",
    "international_transaction_not_allowed", "mandate_cancelled", "recurring_payment_not_enabled", "token_cancelled", "token_deleted",
}  # fmt: skip


class Razorpay:
    """See providers/protocol.py.

    Razorpay knows no idempotency keys for orders, so a charge is every order whose receipt is our reference: whoever begins one a second time, having
    lost the first answer, adds an order, and what is paid on any of them is seen.
    """

    name = "razorpay"
    saves_methods = True
    refunds = True

    def __init__(self, settings: Settings) -> None:
        session = requests.Session()
        session.request = functools.partial(session.request, timeout=_SECONDS)  # type: ignore[method-assign]
        self._key = settings.razorpay_key_id
        self._key_secret = settings.razorpay_key_secret.get_secret_value()
        options = {"base_url": settings.razorpay_base_url} if settings.razorpay_base_url else {}
        self._api: Any = razorpay.Client(session=session, auth=(self._key, self._key_secret), **options)
        self._secrets = [secret.get_secret_value() for secret in settings.razorpay_webhook_secrets]

    def price(self, amount: int, currency: str) -> tuple[int, str]:
        return amount, currency

    def start(self, charge: Charge) -> Outcome:
        with _answering():
            orders = self._orders(charge)
            if not orders:
                self._order(charge)
                orders = self._orders(charge)
            return self._of_orders(charge, orders)

    def find(self, charge: Charge, handle: str) -> Outcome:
        return self.start(charge)

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        """A token is made on Razorpay's page and belongs to its customer from then on: here it is only looked up."""
        try:
            with _answering():
                if customer:
                    self._api.token.fetch(customer, method)
                    return customer
        except razorpay.errors.BadRequestError as problem:
            raise _no_method() from problem
        raise _no_method()

    def forget(self, customer: str, method: str) -> None:
        """The token goes, by which money could be taken. Razorpay lets nobody delete a customer."""
        try:
            with _answering():
                self._api.token.delete(customer, method)
        except razorpay.errors.BadRequestError as problem:
            if "does not exist" not in str(problem):
                raise

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        with _answering():
            paid = next(each for order in self._orders(charge) for each in self._payments(order) if each["status"] in _TAKEN)
            made = next((each for each in self._refunds(paid) if each.get("receipt") == str(reference)), None)
            if made is None:
                asked = {"amount": amount, "receipt": str(reference), "notes": {"reference": str(charge.reference)}}
                try:
                    made = self._api.payment.refund(paid["id"], asked, headers={"X-Refund-Idempotency": str(reference)})
                except razorpay.errors.BadRequestError as problem:
                    if _about_our_key(problem):
                        raise
                    return Refunded("failed", "")  # somebody at Razorpay has sent it back meanwhile, or it is too old to go back
        return Refunded({"processed": "succeeded", "failed": "failed"}.get(made["status"], "pending"), made["id"])

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        signature = headers.get("x-razorpay-signature", "")
        if not any(self._signed(body, signature, secret) for secret in self._secrets):
            raise errors.Unauthenticated("SIGNATURE_INVALID", "this is not signed by Razorpay with a secret that is known here")
        # The event's id is in a header that nobody signs; the body is what cannot be forged.
        return _notice(body, headers.get("x-razorpay-event-id") or hashlib.sha256(body).hexdigest())

    def returned(self, body: bytes) -> bool:
        fields = {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
        try:
            return bool(self._api.utility.verify_payment_signature(fields))
        except (razorpay.errors.SignatureVerificationError, KeyError, TypeError):
            return False

    def since(self, moment: datetime) -> Iterator[Outcome]:
        seen = set()
        with _answering():
            for each in _all(self._api.payment, moment):
                seen.add(each["id"])
                if each["status"] in _TAKEN:
                    yield _of_payment(each)
            for refund in _all(self._api.refund, moment):
                if refund["payment_id"] not in seen:
                    seen.add(refund["payment_id"])
                    yield _of_payment(self._api.payment.fetch(refund["payment_id"]))

    def _orders(self, charge: Charge) -> list[Any]:
        found = self._api.order.all({"receipt": str(charge.reference), "count": _PAGE})["items"]
        return sorted(
            (each for each in found if each["receipt"] == str(charge.reference)), key=lambda each: (each["created_at"], each["id"])
        )

    def _payments(self, order: Any) -> list[Any]:
        return list(self._api.order.payments(order["id"])["items"])

    def _refunds(self, payment: Any) -> list[Any]:
        return list(self._api.payment.fetch_multiple_refund(payment["id"], {"count": _PAGE})["items"])

    def _order(self, charge: Charge) -> None:
        asked: dict[str, Any] = {
            "amount": charge.amount, "currency": charge.currency, "receipt": str(charge.reference), "payment_capture": True,
            "notes": {"reference": str(charge.reference)},
        }  # fmt: skip
        if charge.keep or charge.method:
            asked["customer_id"] = charge.customer or self._api.customer.create({"name": "Organization", "notes": asked["notes"]})["id"]
        if charge.keep:
            until = int((charge.began_at + _TOKEN_LASTS).timestamp())
            asked["token"] = {"max_amount": charge.amount * _DEAREST, "expire_at": until, "frequency": "as_presented"}
        self._api.order.create(asked)

    def _of_orders(self, charge: Charge, orders: list[Any]) -> Outcome:
        payments = [each for order in orders for each in self._payments(order)]
        if charge.method and not payments:
            payments = self._charge_again(charge, orders[0])
        for each in payments:
            if each["status"] == "authorized":
                each.update(self._api.payment.capture(each["id"], each["amount"], {"currency": each["currency"]}))
        taken = [each for each in payments if each["status"] in _TAKEN]
        if taken:
            order = next(order for order in orders if order["id"] == taken[0]["order_id"])
            return self._taken(charge, order, taken)
        order_id = str(orders[0]["id"])
        if not charge.method:
            url = f"{self._api.base_url}/v1/checkout/embedded"
            return Outcome("requires_action", order_id, charge.reference, url=url, form=self._form(charge, orders[0]))
        if all(each["status"] == "failed" for each in payments):
            why = str(payments[-1].get("error_reason") or "declined")
            return Outcome("failed", order_id, charge.reference, failure=why, final=why in _FINAL)
        return Outcome("pending", order_id, charge.reference)

    def _taken(self, charge: Charge, order: Any, taken: list[Any]) -> Outcome:
        """Paid on two orders is twice the money, which the caller will not take for the right amount."""
        received, refunded = sum(each["amount"] for each in taken), sum(each["amount_refunded"] for each in taken)
        token = taken[0].get("token_id") or ""
        if token and charge.keep:  # the next charge has to name whom it charges
            told = {name: taken[0].get(name) for name in ("email", "contact") if taken[0].get(name)}
            self._api.customer.edit(order["customer_id"], told)
        return Outcome(
            "succeeded", order["id"], charge.reference, received, refunded, taken[0]["currency"], customer=order.get("customer_id") or "", method=token,
        )  # fmt: skip

    def _charge_again(self, charge: Charge, order: Any) -> list[Any]:
        """Takes money with nobody present. Razorpay refuses to have an order paid that is paid, so asking twice takes it once."""
        customer = self._api.customer.fetch(charge.customer)
        asked = {
            "email": customer.get("email"), "contact": customer.get("contact"), "amount": charge.amount, "currency": charge.currency, "order_id": order["id"],
            "customer_id": charge.customer, "token": charge.method, "recurring": "1", "description": charge.description,
            "notes": {"reference": str(charge.reference)},
        }  # fmt: skip
        try:
            self._api.payment.createRecurring(asked)
        except razorpay.errors.BadRequestError as problem:
            # Its SDK keeps only the words of an error, and the payment that was declined has the reason.
            return self._payments(order) or [{"status": "failed", "error_reason": "_".join(str(problem).lower().split())[:80]}]
        return self._payments(order)

    def _form(self, charge: Charge, order: Any) -> Mapping[str, str]:
        fields = {
            "key_id": self._key, "order_id": order["id"], "amount": str(order["amount"]), "currency": order["currency"], "name": "Einstellen",
            "description": charge.description, "notes[reference]": str(charge.reference), "callback_url": charge.return_url,
            "cancel_url": charge.cancel_url,
        }  # fmt: skip
        return fields | ({"customer_id": order["customer_id"], "recurring": "1"} if charge.keep else {})

    def _signed(self, body: bytes, signature: str, secret: str) -> bool:
        try:
            return bool(self._api.utility.verify_webhook_signature(body.decode(), signature, secret))
        except (razorpay.errors.SignatureVerificationError, ValueError, TypeError):
            return False


@contextmanager
def _answering() -> Iterator[None]:
    """Turns what is no answer, be it Razorpay's fault, the network's or our key's, into Unavailable."""
    try:
        yield
    except (requests.RequestException, razorpay.errors.ServerError, razorpay.errors.GatewayError, ValueError) as problem:
        raise unanswered() from problem
    except razorpay.errors.BadRequestError as problem:
        if _about_our_key(problem):
            raise unanswered() from problem
        raise


def _about_our_key(problem: razorpay.errors.BadRequestError) -> bool:
    return "authentication failed" in str(problem).lower()


def _all(things: Any, moment: datetime) -> Iterator[Any]:
    """Every payment, or every refund, that was made from then on."""
    for number in range(0, 1_000_000, _PAGE):
        page = things.all({"from": int(moment.timestamp()), "count": _PAGE, "skip": number})["items"]
        yield from page
        if len(page) < _PAGE:
            return


def _of_payment(payment: Any) -> Outcome:
    notes = payment.get("notes")  # a list where there are none
    reference = id_of(notes.get("reference")) if isinstance(notes, dict) else None
    return Outcome(
        "succeeded", payment.get("order_id") or payment["id"], reference, payment["amount"], payment["amount_refunded"], payment["currency"]
    )


def _notice(body: bytes, event_id: str) -> Notice:
    """What the event is about: the order of its payment or refund."""
    try:
        event = json.loads(body)
        things = [event["payload"][name]["entity"] for name in ("order", "payment", "refund") if name in event["payload"]]
        handle = next((str(each["id"]) for each in things if each.get("entity") == "order"), "")
        handle = handle or next((str(each["order_id"]) for each in things if each.get("order_id")), "")
        notes = [each.get("notes") for each in things]  # a list where there are none
        reference = next((str(each["reference"]) for each in notes if isinstance(each, dict) and each.get("reference")), "")
        return Notice(event_id, str(event["event"]), handle, reference)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise errors.InvalidArgument("WEBHOOK_UNREADABLE", "this is not an event of Razorpay's") from problem


def _no_method() -> errors.InvalidArgument:
    return errors.invalid_field(
        "payment_method", "PAYMENT_METHOD_INVALID", "leave it out: the method is kept when it is first paid with on Razorpay's page"
    )
