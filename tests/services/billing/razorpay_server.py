"""A stateful stand-in of Razorpay's API over real HTTP, for what billing uses of it, by Razorpay's documentation and what its SDK sends."""

import hashlib
import hmac
import itertools
import json
import re
from typing import Any

from tests.services.billing.stand_in import Asked, StandIn


class RazorpayServer(StandIn):
    """Orders, the payments of a person on the hosted checkout, tokens that are charged again, refunds, and signed webhooks."""

    def __init__(self, secret: str = "webhook_secret_of_the_test", key: tuple[str, str] = ("rzp_test_x", "key_secret_x")) -> None:
        super().__init__()
        self.secret, self.key = secret, key
        self.objects: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.declining: set[str] = set()
        self._refund_keys: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)

    # What a person, or somebody at Razorpay, does.

    def pay(self, order_id: str, *, decline: str = "", captured: bool = True) -> dict[str, str]:
        """The person pays on the hosted checkout; what their browser then brings back to us."""
        with self.lock:
            order = self.objects[order_id]
            payment = self._payment(order, email="buyer@example.com", contact="+919000090000", decline=decline, captured=captured)
            if order.get("_token") and not decline:
                token = self._add(
                    "token", entity="token", customer_id=order["customer_id"], recurring=True, max_amount=order["_token"]["max_amount"]
                )
                payment["token_id"], payment["customer_id"] = token["id"], order["customer_id"]
        signature = hmac.new(self.key[1].encode(), f"{order_id}|{payment['id']}".encode(), hashlib.sha256).hexdigest()
        return {"razorpay_payment_id": payment["id"], "razorpay_order_id": order_id, "razorpay_signature": signature}

    def refund_at_the_desk(self, order_id: str, amount: int) -> None:
        with self.lock:
            self._refund(next(each for each in self._of_order(order_id) if each["captured"]), {"amount": amount}, "")

    def orders(self) -> list[dict[str, Any]]:
        return [each for each in self.objects.values() if each["entity"] == "order"]

    def taken(self) -> dict[str, int]:
        """What was taken, less what went back, by our reference."""
        with self.lock:
            found: dict[str, int] = {}
            for order in self.orders():
                for each in self._of_order(order["id"]):
                    if each["captured"]:
                        assert order["receipt"] not in found, "one reference, one charge"
                        found[order["receipt"]] = each["amount"] - each["amount_refunded"]
            return found

    # Webhooks.

    def signed(self, event: dict[str, Any], *, secret: str = "", event_id: str = "") -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event, separators=(",", ":")).encode()
        signature = hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()
        return body, {"x-razorpay-signature": signature, "x-razorpay-event-id": event_id or f"evt_{hashlib.sha256(body).hexdigest()[:14]}"}

    # The API.

    def answer(self, asked: Asked) -> tuple[int, Any]:
        name = next((part for part in asked.path.split("/") if re.match(r"(order|pay|cust|token|rfnd)_", part)), "")
        match (asked.verb, re.sub(r"/(order|pay|cust|token|rfnd)_\w+", "/{}", asked.path)):
            case ("POST", "/v1/orders"):
                return self._order(asked.body)
            case ("GET", "/v1/orders"):
                return self._page([each for each in self.orders() if each["receipt"] == asked.query.get("receipt", each["receipt"])], asked)
            case ("GET", "/v1/orders/{}/payments"):
                return self._page(self._of_order(name), asked) if name in self.objects else _bad("The id provided does not exist")
            case ("GET", "/v1/payments"):
                return self._page([each for each in self.objects.values() if each["entity"] == "payment"], asked)
            case ("GET", "/v1/payments/{}") if name in self.objects:
                return 200, _shown(self.objects[name])
            case ("GET", "/v1/refunds"):
                return self._page([each for each in self.objects.values() if each["entity"] == "refund"], asked)
            case ("POST", "/v1/payments/{}/capture"):
                return self._capture(self.objects[name], asked.body)
            case ("POST", "/v1/payments/{}/refund"):
                return self._refund(self.objects[name], asked.body, asked.headers.get("x-refund-idempotency", ""))
            case ("GET", "/v1/payments/{}/refunds"):
                return self._page([e for e in self.objects.values() if e["entity"] == "refund" and e["payment_id"] == name], asked)
            case ("POST", "/v1/payments/create/recurring"):
                return self._recurring(asked.body)
            case ("POST", "/v1/customers"):
                return 200, self._add(
                    "cust", entity="customer", **{"email": None, "contact": None, "name": None, "notes": [], **asked.body}
                )
            case ("GET" | "PUT", "/v1/customers/{}") if name in self.objects:
                self.objects[name].update(asked.body or {})
                return 200, _shown(self.objects[name])
            case ("GET", "/v1/customers/{}/tokens/{}"):
                token = self.objects.get(asked.path.rpartition("/")[2])
                return (200, _shown(token)) if token and token["customer_id"] == name else _bad("The id provided does not exist")
            case ("DELETE", "/v1/customers/{}/tokens/{}"):
                gone = self.objects.pop(asked.path.rpartition("/")[2], None)
                return (200, {"deleted": True}) if gone else _bad("The id provided does not exist")
        return _bad("The requested URL was not found on the server.")

    def _order(self, body: dict[str, Any]) -> tuple[int, Any]:
        if not isinstance(body.get("amount"), int) or body["amount"] < 100 or len(body.get("receipt", "")) > 40:
            return _bad("Order amount less than minimum amount allowed")
        made = self._add(
            "order", entity="order", amount=body["amount"], amount_paid=0, amount_due=body["amount"], currency=body["currency"], receipt=body["receipt"],
            offer_id=None, status="created", attempts=0, notes=body.get("notes", []), customer_id=body.get("customer_id"), _token=body.get("token"),
        )  # fmt: skip
        return 200, _shown(made)

    def _payment(self, order: dict[str, Any], *, decline: str, captured: bool = True, **more: Any) -> dict[str, Any]:
        status = "failed" if decline else "captured" if captured else "authorized"
        made = self._add(
            "pay", entity="payment", amount=order["amount"], currency=order["currency"], status=status, order_id=order["id"], amount_refunded=0,
            refund_status=None, captured=status == "captured", notes=order["notes"], token_id=None, description=None, method="card",
            error_code="BAD_REQUEST_ERROR" if decline else None, error_reason=decline or None, **more,
        )  # fmt: skip
        order["attempts"] += 1
        if decline:
            order["status"] = "attempted"
            self._emit("payment.failed", payment=made)
            return made
        self._emit("payment.authorized", payment=made)
        if captured:
            self._captured(made, order)
        return made

    def _captured(self, payment: dict[str, Any], order: dict[str, Any]) -> None:
        payment.update(status="captured", captured=True)
        order.update(status="paid", amount_paid=order["amount"], amount_due=0)
        self._emit("payment.captured", payment=payment)
        self._emit("order.paid", payment=payment, order=order)

    def _capture(self, payment: dict[str, Any], body: dict[str, Any]) -> tuple[int, Any]:
        if payment["status"] != "authorized" or body["amount"] != payment["amount"]:
            return _bad("This payment has already been captured")
        self._captured(payment, self.objects[payment["order_id"]])
        return 200, _shown(payment)

    def _recurring(self, body: dict[str, Any]) -> tuple[int, Any]:
        order, token = self.objects[body["order_id"]], self.objects.get(body["token"])
        if token is None or token["customer_id"] != body["customer_id"] or not body.get("email") or not body.get("contact"):
            return _bad("The token or customer is not valid")
        if order["status"] == "paid":
            return _bad("Payment already done for this order.")
        payment = self._payment(
            order, email=body["email"], contact=body["contact"], decline="insufficient_funds" if token["id"] in self.declining else ""
        )
        if payment["status"] == "failed":
            return _bad("Your payment could not be completed due to insufficient account balance.")
        return 200, {"razorpay_payment_id": payment["id"]}

    def _refund(self, payment: dict[str, Any], body: dict[str, Any], key: str) -> tuple[int, Any]:
        if key in self._refund_keys:
            return 200, _shown(self._refund_keys[key])
        if payment["amount_refunded"] + body["amount"] > payment["amount"]:
            return _bad("The total refund amount is greater than the refund payment amount")
        payment["amount_refunded"] += body["amount"]
        whole = payment["amount_refunded"] == payment["amount"]
        payment.update(refund_status="full" if whole else "partial", status="refunded" if whole else "captured")
        made = self._add(
            "rfnd", entity="refund", amount=body["amount"], currency=payment["currency"], payment_id=payment["id"], receipt=body.get("receipt"),
            notes=body.get("notes", []), status="processed", speed_processed="normal",
        )  # fmt: skip
        if key:
            self._refund_keys[key] = made
        self._emit("refund.processed", refund=made, payment=payment)
        return 200, _shown(made)

    def _of_order(self, order_id: str) -> list[dict[str, Any]]:
        return [each for each in self.objects.values() if each["entity"] == "payment" and each["order_id"] == order_id]

    def _page(self, rows: list[dict[str, Any]], asked: Asked) -> tuple[int, Any]:
        skip, count = int(asked.query.get("skip", 0)), int(asked.query.get("count", 10))
        since = int(asked.query.get("from", 0))
        shown = [_shown(each) for each in rows[::-1] if each["created_at"] >= since][skip : skip + count]
        return 200, {"entity": "collection", "count": len(shown), "items": shown}

    def _add(self, prefix: str, **fields: Any) -> dict[str, Any]:
        made = {"id": f"{prefix}_{next(self._numbers):014d}", "created_at": int(self.clock().timestamp()), **fields}
        self.objects[made["id"]] = made
        return made

    def _emit(self, kind: str, **things: dict[str, Any]) -> None:
        payload = {name: {"entity": json.loads(json.dumps(_shown(each)))} for name, each in things.items()}
        self.events.append(
            {
                "entity": "event",
                "account_id": "acc_1",
                "event": kind,
                "contains": [*things],
                "payload": payload,
                "created_at": next(self._numbers),
            }
        )


def _shown(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _bad(words: str) -> tuple[int, Any]:
    error = {
        "code": "BAD_REQUEST_ERROR",
        "description": words,
        "source": "business",
        "step": "payment_initiation",
        "reason": "input_validation_failed",
    }
    return 400, {"error": error}
