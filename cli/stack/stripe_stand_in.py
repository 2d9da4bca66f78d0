"""A stateful stand-in of Stripe over real HTTP, with the part of its API that billing uses, its payment page and its webhooks, where there is no Stripe."""

import hashlib
import hmac
import itertools
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

# What Stripe's own test methods do, https://docs.stripe.com/testing
DECLINES = {
    "pm_card_chargeDeclined": "generic_decline", "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedStolenCard": "stolen_card", "pm_card_chargeDeclinedExpiredCard": "expired_card",
}  # fmt: skip
SECURE = "pm_card_authenticationRequired"


class StripeServer:
    """Payments by card, Checkout, customers and refunds. `decide` may decline a charge, `before_answer` may break the line after the work is done.

    `hooks` are the addresses that each event is told to. Ids are numbered from `first` on, so that they do not come again in books that outlive this process.
    """

    def __init__(self, first: int = 1) -> None:
        self.secret = f"whsec_{secrets.token_hex(16)}"
        self.hooks: list[str] = []
        self.objects: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[str, tuple[int, dict[str, Any]], datetime]] = {}
        self.requests: list[tuple[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.decide: Callable[[dict[str, Any]], str] = lambda intent: DECLINES.get(intent["payment_method"] or "", "")
        self.before_answer: Callable[[str, str], bool] = lambda _verb, _path: True
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._numbers = itertools.count(first)
        self._lock = threading.RLock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer is one packet, or the peer's delayed acknowledgement makes it wait
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer._serve(self, "GET")

            def do_POST(self) -> None:
                outer._serve(self, "POST")

            def do_DELETE(self) -> None:
                outer._serve(self, "DELETE")

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    # What a person, or somebody at Stripe, does.

    def pay(self, session_id: str, method: str = "pm_card_visa") -> None:
        """The person pays on the hosted page."""
        with self._lock:
            session = self.objects[session_id]
            intent = self._intent(
                {"amount": session["amount_total"], "currency": session["currency"], "metadata": session["_intent"].get("metadata", {}),
                 "setup_future_usage": session["_intent"].get("setup_future_usage"), "customer": session["customer"] or self._customer({})["id"]}
            )  # fmt: skip
            self._confirm(intent, method, present=True)
            if intent["status"] == "succeeded":
                session.update(payment_status="paid", status="complete", payment_intent=intent["id"], customer=intent["customer"])
                self._emit("checkout.session.completed", session)

    def expire(self, session_id: str) -> None:
        with self._lock:
            self.objects[session_id]["status"] = "expired"
            self._emit("checkout.session.expired", self.objects[session_id])

    def authenticate(self, intent_id: str) -> None:
        """The person passes 3-D Secure."""
        with self._lock:
            self._succeed(self.objects[intent_id])

    def refund_at_the_desk(self, intent_id: str, amount: int) -> None:
        with self._lock:
            self._refund({"payment_intent": intent_id, "amount": amount})

    def taken(self) -> dict[str, int]:
        """What was taken, less what went back, by our reference."""
        with self._lock:
            found = {}
            for each in self.objects.values():
                if each["object"] == "payment_intent" and each["status"] == "succeeded":
                    back = self.objects[each["latest_charge"]]["amount_refunded"]
                    reference = each["metadata"].get("reference", each["id"])
                    assert reference not in found, "one reference, one charge"
                    found[reference] = each["amount_received"] - back
            return found

    # Webhooks.

    def signed(self, event: dict[str, Any], *, at: float | None = None, secret: str = "") -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event).encode()
        return body, {"stripe-signature": sign(body, secret or self.secret, at)}

    def deliver(self, url: str, event: dict[str, Any]) -> int:
        body, headers = self.signed(event)
        return requests.post(url, data=body, headers=headers | {"content-type": "application/json"}, timeout=10).status_code

    # The API.

    def _serve(self, handler: BaseHTTPRequestHandler, verb: str) -> None:
        raw = handler.rfile.read(int(handler.headers.get("content-length") or 0)).decode()
        path = urlsplit(handler.path).path
        if path.startswith("/pay/"):
            self._show_page(handler, path.removeprefix("/pay/"), verb)
            return
        asked = nested(parse_qsl(raw if verb == "POST" else urlsplit(handler.path).query, keep_blank_values=True))
        key = handler.headers.get("idempotency-key", "") if verb == "POST" else ""
        with self._lock:
            self.requests.append((verb, path))
            before = self.keys.get(key) if key else None
            if before is not None and self.clock() - before[2] > timedelta(days=1):
                before = None  # Stripe forgets a key after a day
            if before is not None and before[0] != raw + path:
                status, answer = error(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters")
            elif before is not None:
                status, answer = before[1]
            else:
                status, answer = self._answer(verb, path, asked)
                if key and status != 429:
                    self.keys[key] = (raw + path, (status, json.loads(json.dumps(answer))), self.clock())
            body = json.dumps({name: value for name, value in answer.items() if not name.startswith("_")}).encode()
        if not self.before_answer(verb, path):
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _show_page(self, handler: BaseHTTPRequestHandler, session_id: str, verb: str) -> None:
        """The hosted page: it shows what is to be paid, and its button pays it with a card that is good."""
        with self._lock:
            session = self.objects.get(session_id)
            if session is not None and verb == "POST" and session["status"] == "open":
                self.pay(session_id)
        told = b""
        if session is None:
            handler.send_response(404)
        elif verb == "POST":
            handler.send_response(303)
            handler.send_header("location", session["success_url"])
        else:
            handler.send_response(200)
            words = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
            told = f"<!doctype html><title>A stand-in of Stripe</title><form method=post><button>Pay {words}</button></form>".encode()
            handler.send_header("content-type", "text/html; charset=utf-8")
        handler.send_header("content-length", str(len(told)))
        handler.end_headers()
        handler.wfile.write(told)

    def _answer(self, verb: str, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        route = (verb, re.sub(r"(?<=/)(pi|cs|cus|pm|re)_\w+", "{}", path))
        found = re.search(r"/((?:pi|cs|cus|pm|re)_\w+)", path)
        name = found[1] if found else ""
        match route:
            case ("POST", "/v1/customers"):
                return 200, self._customer(asked)
            case ("DELETE", "/v1/customers/{}") if name in self.objects:
                del self.objects[name]
                return 200, {"id": name, "object": "customer", "deleted": True}
            case ("POST", "/v1/payment_methods/{}/attach"):
                return self._attach(name, asked)
            case ("POST", "/v1/payment_intents"):
                intent = self._intent(asked)
                if asked.get("confirm") == "true":
                    self._confirm(intent, asked.get("payment_method", ""), present=asked.get("off_session") != "true")
                if intent["last_payment_error"]:
                    return 402, {"error": intent["last_payment_error"] | {"payment_intent": self._shown(intent, [])}}
                return 200, self._shown(intent, [])
            case ("GET", "/v1/payment_intents"):
                since = int((asked.get("created") or {}).get("gte", 0))
                rows = [each for each in self.objects.values() if each["object"] == "payment_intent" and each["created"] >= since][::-1]
                start = next((n + 1 for n, each in enumerate(rows) if each["id"] == asked.get("starting_after")), 0)
                page, limit = rows[start:], int(asked.get("limit", 10))
                shown = [self._shown(each, ["latest_charge"]) for each in page[:limit]]
                return 200, {"object": "list", "url": path, "has_more": len(page) > limit, "data": shown}
            case ("POST", "/v1/checkout/sessions") if asked.get("customer") and asked["customer"] not in self.objects:
                return error(400, "resource_missing", f"No such customer: '{asked['customer']}'")
            case ("POST", "/v1/checkout/sessions"):
                return 200, self._session(asked)
            case ("POST", "/v1/refunds"):
                return self._refund(asked)
            case ("GET", "/v1/refunds"):
                since, whose = int((asked.get("created") or {}).get("gte", 0)), asked.get("payment_intent")
                made = [
                    each
                    for each in self.objects.values()
                    if each["object"] == "refund" and each["created"] >= since and whose in (None, each["payment_intent"])
                ]
                return 200, {"object": "list", "url": path, "has_more": False, "data": made[::-1]}
            case ("GET", "/v1/payment_intents/{}" | "/v1/checkout/sessions/{}" | "/v1/refunds/{}" | "/v1/customers/{}"):
                if name in self.objects:
                    return 200, self._shown(self.objects[name], list((asked.get("expand") or {}).values()))
        return error(404, "resource_missing", f"No such path or object: {verb} {path}")

    def _shown(self, thing: dict[str, Any], expand: list[str]) -> dict[str, Any]:
        shown = {name: value for name, value in thing.items() if not name.startswith("_")}
        for path in expand:
            first, _, rest = path.removeprefix("data.").partition(".")
            if shown.get(first):
                shown[first] = self._shown(self.objects[shown[first]], [rest] if rest else [])
        return shown

    def _add(self, prefix: str, **fields: Any) -> dict[str, Any]:
        made = {"id": f"{prefix}_{next(self._numbers)}", "created": int(self.clock().timestamp()), "livemode": False, **fields}
        self.objects[made["id"]] = made
        return made

    def _customer(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._add("cus", object="customer", metadata=asked.get("metadata", {}))

    def _attach(self, name: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not name.startswith("pm_card_"):
            return error(404, "resource_missing", f"No such PaymentMethod: '{name}'")
        return 200, {"id": name, "object": "payment_method", "customer": asked["customer"], "type": "card"}

    def _intent(self, asked: dict[str, Any]) -> dict[str, Any]:
        made = self._add(
            "pi", object="payment_intent", amount=int(asked["amount"]), amount_received=0, currency=asked["currency"], customer=asked.get("customer"),
            description=asked.get("description"), metadata=asked.get("metadata", {}), payment_method=None, status="requires_payment_method",
            last_payment_error=None, latest_charge=None, next_action=None, client_secret="", setup_future_usage=asked.get("setup_future_usage"),
            payment_method_types=["card"],
        )  # fmt: skip
        made["client_secret"] = f"{made['id']}_secret_x"
        self._emit("payment_intent.created", made)
        return made

    def _confirm(self, intent: dict[str, Any], method: str, *, present: bool) -> None:
        intent["payment_method"] = method
        declined = self.decide(intent)
        if declined or (method == SECURE and not present):
            code = {"code": "authentication_required"} if not declined else {"code": "card_declined", "decline_code": declined}
            problem = {"type": "card_error", "message": "Your card was declined.", **code}
            intent.update(status="requires_payment_method", last_payment_error=problem, payment_method=None)
            self._emit("payment_intent.payment_failed", intent)
        elif method == SECURE:
            intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
            self._emit("payment_intent.requires_action", intent)
        else:
            self._succeed(intent)

    def _succeed(self, intent: dict[str, Any]) -> None:
        charge = self._add(
            "ch",
            object="charge",
            amount=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            payment_intent=intent["id"],
            metadata=intent["metadata"],
            refunded=False,
        )
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], next_action=None)
        self._emit("charge.succeeded", charge)
        self._emit("payment_intent.succeeded", intent)

    def _session(self, asked: dict[str, Any]) -> dict[str, Any]:
        amount = sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in asked["line_items"].values())
        currency = next(iter(asked["line_items"].values()))["price_data"]["currency"]
        made = self._add(
            "cs", object="checkout.session", mode=asked["mode"], status="open", payment_status="unpaid", payment_intent=None, amount_total=amount,
            currency=currency, customer=asked.get("customer"), client_reference_id=asked.get("client_reference_id"), metadata=asked.get("metadata", {}),
            success_url=asked["success_url"], cancel_url=asked["cancel_url"], url="", _intent=asked.get("payment_intent_data", {}),
        )  # fmt: skip
        made["url"] = f"{self.url}/pay/{made['id']}"
        return made

    def _refund(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        charge = self.objects[self.objects[asked["payment_intent"]]["latest_charge"]]
        amount = int(asked.get("amount", charge["amount"]))
        if charge["amount_refunded"] + amount > charge["amount"]:
            return error(400, "charge_already_refunded", "Refund amount is greater than unrefunded amount on charge")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        made = self._add(
            "re", object="refund", amount=amount, currency=charge["currency"], payment_intent=asked["payment_intent"], status="succeeded", charge=charge["id"],
            metadata=asked.get("metadata", {}),
        )  # fmt: skip
        del made["livemode"]  # which a refund has not
        self._emit("charge.refunded", charge)
        return 200, made

    def _emit(self, kind: str, thing: dict[str, Any]) -> None:
        shown = json.loads(json.dumps(self._shown(thing, [])))
        event = (
            {"id": f"evt_{next(self._numbers)}", "object": "event", "type": kind, "created": int(self.clock().timestamp()), "livemode": False,
             "api_version": "2025-01-27.acacia", "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, "data": {"object": shown}}
        )  # fmt: skip
        self.events.append(event)
        for url in self.hooks:
            threading.Thread(target=self.deliver, args=(url, event), daemon=True).start()


def sign(body: bytes, secret: str, at: float | None = None) -> str:
    """The header Stripe-Signature, by https://docs.stripe.com/webhooks#verify-manually."""
    moment = int(time.time() if at is None else at)
    return f"t={moment},v1={hmac.new(secret.encode(), f'{moment}.'.encode() + body, hashlib.sha256).hexdigest()}"


def error(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    kind = "idempotency_error" if code == "idempotency_error" else "invalid_request_error"
    return status, {"error": {"type": kind, "code": code, "message": message}}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as dictionaries."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, *rest = re.findall(r"[^\[\]]+", name)
        here = found
        for part, _ in zip([first, *rest], rest, strict=False):
            here = here.setdefault(part, {})
        here[[first, *rest][-1]] = value
    return found
