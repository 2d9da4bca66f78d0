"""A stateful stand-in of PayPal's API over real HTTP, for what billing uses of it; test_stand_ins.py holds what it says against PayPal's OpenAPI documents."""

import itertools
import json
import re
import zlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.services.billing.stand_in import Asked, StandIn

SIGNER = "messageverificationcerts.paypal.com"


class PayPalServer(StandIn):
    """Orders that a person approves, captures, refunds, saved wallets, reports, and webhooks signed by a certificate of its own authority."""

    def __init__(self, webhook_id: str = "WH-OF-THE-TEST") -> None:
        super().__init__()
        self.webhook_id = webhook_id
        self.orders: dict[str, dict[str, Any]] = {}
        self.captures: dict[str, str] = {}
        self.keys: dict[str, tuple[int, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.declining: set[str] = set()
        self._vaulting: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self.authority = Authority()
        self.key, self.chain = self.authority.issue(SIGNER)
        self.chains = {"CERT-360caa42-fca2a594-7a8abba8": self.chain}

    # What a person, or somebody at PayPal, does.

    def approve(self, order_id: str) -> None:
        with self.lock:
            order = self.orders[order_id]
            order["status"] = "APPROVED"
            order["payment_source"] = {"paypal": {"email_address": "buyer@example.com", "account_id": "QYR5Z8XDVJNXQ"}}
            self._emit("CHECKOUT.ORDER.APPROVED", "checkout-order", _shown(order))

    def capture(self, order_id: str) -> None:
        with self.lock:
            assert self._capture(order_id)[0] == 201

    def refund_at_the_desk(self, order_id: str, amount: int) -> None:
        with self.lock:
            capture = self.orders[order_id]["purchase_units"][0]["payments"]["captures"][0]
            self._refund(capture["id"], {"amount": {"currency_code": "USD", "value": f"{amount / 100:.2f}"}})

    def taken(self) -> dict[str, int]:
        """What was taken, less what went back, by our reference."""
        with self.lock:
            found: dict[str, int] = {}
            for order in self.orders.values():
                unit = order["purchase_units"][0]
                for each in unit["payments"]["captures"]:
                    if each["status"] in ("COMPLETED", "REFUNDED", "PARTIALLY_REFUNDED"):
                        assert unit["custom_id"] not in found, "one reference, one charge"
                        found[unit["custom_id"]] = _cents(each) - sum(map(_cents, unit["payments"]["refunds"]))
            return found

    # Webhooks.

    def signed(self, event: dict[str, Any], **changes: Any) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event).encode()
        return body, self.headers(body, **changes)

    def headers(
        self, body: bytes, *, key: rsa.RSAPrivateKey | None = None, webhook_id: str = "", time: str = "2026-11-21T10:00:00Z", url: str = "", crc: str = "",
        transmission_id: str = "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
    ) -> dict[str, str]:  # fmt: skip
        message = f"{transmission_id}|{time}|{webhook_id or self.webhook_id}|{crc or zlib.crc32(body)}".encode()
        return {
            "paypal-transmission-id": transmission_id, "paypal-transmission-time": time, "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": url or f"{self.url}/v1/notifications/certs/{next(iter(self.chains))}",
            "paypal-transmission-sig": b64encode((key or self.key).sign(message, padding.PKCS1v15(), SHA256())).decode(),
        }  # fmt: skip

    # The API.

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.startswith("/v1/notifications/certs/"):
            chain = self.chains.get(asked.path.rpartition("/")[2])
            return (200, chain) if chain else (404, b"")
        if asked.path == "/v1/oauth2/token":
            return 200, {"scope": "", "access_token": "A21AA", "token_type": "Bearer", "app_id": "APP-1", "expires_in": 32400, "nonce": "n"}
        key = asked.headers.get("paypal-request-id", "")
        if asked.verb == "POST" and key in self.keys:
            return self.keys[key]
        status, answer = self._answer(asked)
        if asked.verb == "POST" and key and status < 500:
            self.keys[key] = (status, json.loads(json.dumps(answer)))
        return status, answer

    def _answer(self, asked: Asked) -> tuple[int, Any]:
        name = asked.path.split("/")[4] if asked.path.count("/") >= 4 else ""
        match (asked.verb, re.sub(r"(?<=orders/|ptures/|tokens/)[\w-]+", "{}", asked.path)):
            case ("POST", "/v2/checkout/orders"):
                return self._order(asked.body)
            case ("GET", "/v2/checkout/orders/{}"):
                return (200, _shown(self.orders[name])) if name in self.orders else _missing()
            case ("POST", "/v2/checkout/orders/{}/capture"):
                return self._capture(name)
            case ("GET", "/v2/payments/captures/{}"):
                if name not in self.captures:
                    return _missing()
                order = self.orders[self.captures[name]]
                capture = next(each for each in order["purchase_units"][0]["payments"]["captures"] if each["id"] == name)
                return 200, capture | {"supplementary_data": {"related_ids": {"order_id": order["id"]}}}
            case ("POST", "/v2/payments/captures/{}/refund"):
                return self._refund(name, asked.body or {})
            case ("GET", "/v3/vault/payment-tokens/{}"):
                return (200, {"id": name, "customer": {"id": "cust1"}}) if name in self._vaulting else _missing()
            case ("DELETE", "/v3/vault/payment-tokens/{}"):
                return (204, b"") if self._vaulting.pop(name, None) else _missing()
            case ("GET", "/v1/reporting/transactions"):
                return 200, self._report(asked.query)
        return _missing()

    def _order(self, body: dict[str, Any]) -> tuple[int, Any]:
        unit = body["purchase_units"][0]
        made = {
            "id": self._id(), "intent": body["intent"], "status": "CREATED", "create_time": self._now(), "_source": body["payment_source"]["paypal"],
            "purchase_units": [{**unit, "payments": {"captures": [], "refunds": []}}], "links": [],
        }  # fmt: skip
        made["links"] = [
            {"href": f"{self.url}/v2/checkout/orders/{made['id']}", "rel": "self", "method": "GET"},
            {"href": f"https://www.paypal.com/checkoutnow?token={made['id']}", "rel": "payer-action", "method": "GET"},
        ]
        self.orders[made["id"]] = made
        vaulted = made["_source"].get("vault_id")
        if vaulted:
            if vaulted not in self._vaulting:
                return _refused("MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE")
            if vaulted in self.declining:
                return _refused("INSTRUMENT_DECLINED")
            made["payment_source"] = {"paypal": {"email_address": "buyer@example.com"}}
            self._complete(made)
        else:
            made["status"] = "PAYER_ACTION_REQUIRED"
        return 201, _shown(made)

    def _capture(self, order_id: str) -> tuple[int, Any]:
        order = self.orders.get(order_id)
        if order is None:
            return _missing()
        if order["status"] == "COMPLETED":
            return _refused("ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            return _refused("ORDER_NOT_APPROVED")
        if order_id in self.declining:
            order["status"] = "PAYER_ACTION_REQUIRED"
            return _refused("INSTRUMENT_DECLINED")
        self._complete(order)
        return 201, _shown(order)

    def _complete(self, order: dict[str, Any]) -> None:
        unit = order["purchase_units"][0]
        capture = {
            "id": self._id(), "status": "COMPLETED", "amount": unit["amount"], "final_capture": True, "custom_id": unit["custom_id"],
            "invoice_id": unit["invoice_id"], "create_time": self._now(), "update_time": self._now(), "links": [],
        }  # fmt: skip
        unit["payments"]["captures"].append(capture)
        self.captures[capture["id"]] = order["id"]
        order["status"] = "COMPLETED"
        if (order["_source"].get("attributes") or {}).get("vault"):
            vault = {"id": f"vault-{next(self._numbers)}", "status": "VAULTED", "customer": {"id": "cust1"}}
            self._vaulting[vault["id"]] = vault
            order["payment_source"]["paypal"]["attributes"] = {"vault": vault}
        related = {"supplementary_data": {"related_ids": {"order_id": order["id"]}}}
        self._emit("PAYMENT.CAPTURE.COMPLETED", "capture", capture | related)
        self._emit("CHECKOUT.ORDER.COMPLETED", "checkout-order", _shown(order))

    def _refund(self, capture_id: str, body: dict[str, Any]) -> tuple[int, Any]:
        if capture_id not in self.captures:
            return _missing()
        payments = self.orders[self.captures[capture_id]]["purchase_units"][0]["payments"]
        capture = next(each for each in payments["captures"] if each["id"] == capture_id)
        amount = body.get("amount") or capture["amount"]
        back = sum(map(_cents, payments["refunds"])) + _cents({"amount": amount})
        if back > _cents(capture):
            return _refused("REFUND_AMOUNT_EXCEEDED")
        made = {"id": self._id(), "status": "COMPLETED", "amount": amount, "custom_id": capture["custom_id"], "create_time": self._now(), "links": [
            {"href": f"{self.url}/v2/payments/captures/{capture_id}", "rel": "up", "method": "GET"},
        ]}  # fmt: skip
        payments["refunds"].append(made)
        capture["status"] = "REFUNDED" if back == _cents(capture) else "PARTIALLY_REFUNDED"
        self._emit("PAYMENT.CAPTURE.REFUNDED", "refund", made)
        return 201, made

    def _report(self, query: dict[str, str]) -> dict[str, Any]:
        rows = []
        for order in self.orders.values():
            payments = order["purchase_units"][0]["payments"]
            for each in payments["captures"]:
                rows.append((each, _row("T0006", each["id"], each["amount"], 1, custom_field=each["custom_id"])))
                rows += [
                    (back, _row("T1107", back["id"], back["amount"], -1, paypal_reference_id=each["id"], paypal_reference_id_type="TXN"))
                    for back in payments["refunds"]
                ]
        rows = [row for made, row in rows if query["start_date"] <= made["create_time"] <= query["end_date"]]
        size, page = int(query["page_size"]), int(query["page"])
        return {
            "transaction_details": rows[size * (page - 1) : size * page],
            "page": page,
            "total_items": len(rows),
            "total_pages": -(-len(rows) // size),
        }

    def _emit(self, kind: str, resource_type: str, resource: dict[str, Any]) -> None:
        event = {
            "id": f"WH-{next(self._numbers)}-EVENT", "event_version": "1.0", "create_time": self._now(), "resource_type": resource_type, "event_type": kind,
            "summary": kind, "resource": json.loads(json.dumps(resource)), "links": [],
        }  # fmt: skip
        self.events.append(event)

    def _now(self) -> str:
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def _id(self) -> str:
        return f"{next(self._numbers):017d}"


class Authority:
    """A root that issues certificates, as a real one does for PayPal."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of the test")])
        self.certificate = self._sign(self._name, self.key.public_key(), authority=True)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, host: str, *, begins: timedelta = timedelta(days=-1), ends: timedelta = timedelta(days=3650)
    ) -> tuple[rsa.RSAPrivateKey, bytes]:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return key, self._sign(name, key.public_key(), host=host, begins=begins, ends=ends).public_bytes(Encoding.PEM)

    def _sign(
        self, name: x509.Name, key: rsa.RSAPublicKey, *, host: str = "", authority: bool = False, begins: timedelta = timedelta(days=-1),
        ends: timedelta = timedelta(days=3650),
    ) -> x509.Certificate:  # fmt: skip
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key).serial_number(x509.random_serial_number())
            .not_valid_before(now + begins).not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )  # fmt: skip
        usage = {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
        rest = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
        made = made.add_extension(x509.KeyUsage(**usage, **dict.fromkeys(rest, False)), critical=True)
        if host:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        return made.sign(self.key, SHA256())


def _shown(order: dict[str, Any]) -> dict[str, Any]:
    """As PayPal shows it: without what is empty."""
    shown = {name: value for name, value in order.items() if not name.startswith("_")}
    units = [dict(unit) for unit in order["purchase_units"]]
    for unit in units:
        unit["payments"] = {name: rows for name, rows in unit["payments"].items() if rows}
        if not unit["payments"]:
            del unit["payments"]
    return json.loads(json.dumps(shown | {"purchase_units": units}))  # type: ignore[no-any-return]


def _row(code: str, name: str, amount: dict[str, str], sign: int, **more: str) -> dict[str, Any]:
    money = {"currency_code": amount["currency_code"], "value": f"{sign * float(amount['value']):.2f}"}
    return {
        "transaction_info": {
            "transaction_id": name,
            "transaction_event_code": code,
            "transaction_status": "S",
            "transaction_amount": money,
            **more,
        }
    }


def _cents(thing: dict[str, Any]) -> int:
    return round(float(thing["amount"]["value"]) * 100)


def _missing() -> tuple[int, Any]:
    return 404, _problem("RESOURCE_NOT_FOUND", "The specified resource does not exist.", "INVALID_RESOURCE_ID")


def _refused(issue: str) -> tuple[int, Any]:
    words = "The requested action could not be performed, semantically incorrect, or failed business validation."
    return 422, _problem("UNPROCESSABLE_ENTITY", words, issue)


def _problem(name: str, message: str, issue: str) -> dict[str, Any]:
    return {"name": name, "message": message, "debug_id": "b1d1f06c7246c", "details": [{"issue": issue}], "links": []}
