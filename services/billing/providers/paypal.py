"""PayPal: orders that the person approves and we capture, refunds, and webhooks whose certificate is checked, through its own SDK."""

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import certifi
import requests
from apimatic_core.exceptions.auth_validation_exception import AuthValidationException  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import verification
from paypalserversdk.configuration import Configuration, Environment, Server  # type: ignore[import-untyped]
from paypalserversdk.exceptions.api_exception import ApiException  # type: ignore[import-untyped]
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials  # type: ignore[import-untyped]
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient  # type: ignore[import-untyped]

from services.billing.providers import currencies
from services.billing.providers.protocol import Charge, Notice, Outcome, Refunded, id_of, unanswered
from services.billing.settings import Settings
from services.chassis import errors

_SECONDS = 8.0  # below the deadline of whoever called us
_LIVE = "https://api-m.paypal.com"
_CERTIFICATES = "/v1/notifications/certs/"
_CERTIFICATE = re.compile("[A-Za-z0-9-]+")
_LARGEST_CERTIFICATE = 64 * 1024
_SIGNED_BY = "messageverificationcerts"
_CAPTURE = "capture/"  # before the handle of a charge of which only PayPal's reports told
_LONGEST_SEARCH = timedelta(days=31)
_KEPT_CERTIFICATES = 50
# Refusals that another try with the same wallet does not change (https://developer.paypal.com/api/rest/reference/orders/v2/errors).
_FINAL = {
    "MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE", "PAYEE_BLOCKED_TRANSACTION", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED", "PAYER_CANNOT_PAY",
    "TRANSACTION_BLOCKED_BY_PAYEE",
}  # fmt: skip
_UNPROCESSABLE = 422
_OURS = (400, 404, 409, 422)  # what is wrong with the request, and stays so
_NOT_THERE = (404, 410)


class PayPal:
    """See providers/protocol.py. A charge is an order; the person approves it, and whoever asks about it next captures it."""

    name = "paypal"
    saves_methods = True
    refunds = True

    def __init__(self, settings: Settings) -> None:
        configuration = Configuration(
            timeout=_SECONDS, environment=Environment.PRODUCTION,
            client_credentials_auth_credentials=ClientCredentialsAuthCredentials(
                o_auth_client_id=settings.paypal_client_id, o_auth_client_secret=settings.paypal_client_secret.get_secret_value()
            ),
        )  # fmt: skip
        self._base_url = settings.paypal_base_url.rstrip("/") or _LIVE
        configuration.environments = {Environment.PRODUCTION: {Server.DEFAULT: self._base_url}}
        self._api: Any = PaypalServersdkClient(config=configuration)
        self._webhook_ids = settings.paypal_webhook_ids
        self._signer = Signer(self._base_url, settings.paypal_certificate_roots)

    def price(self, amount: int, currency: str) -> tuple[int, str]:
        return amount, currency

    def start(self, charge: Charge) -> Outcome:
        try:
            with _answering():
                return _of_order(_read(self._api.orders.create_order(_asked(charge))), charge.reference, charge.method)
        except ApiException as problem:
            issue = _issue(problem)
            return Outcome("failed", "", charge.reference, failure=issue.lower(), final=issue in _FINAL)

    def find(self, charge: Charge, handle: str) -> Outcome:
        if not handle:
            return self.start(charge)
        try:
            with _answering():
                if handle.startswith(_CAPTURE):
                    capture = _read(self._api.payments.get_captured_payment({"capture_id": handle.removeprefix(_CAPTURE)}))
                    handle = capture["supplementary_data"]["related_ids"]["order_id"]
                order = self._order(handle)
                if order["status"] == "APPROVED":
                    self._capture(handle)
                    order = self._order(handle)
        except ApiException as problem:
            if problem.response_code not in _NOT_THERE:
                raise
            return Outcome(
                "failed", handle, charge.reference, failure="abandoned", final=True
            )  # PayPal drops an order that nobody approves in time
        return _of_order(order, charge.reference, charge.method)

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        words = "leave it out: the method is kept when it is first paid with on PayPal's page"
        if not customer:
            raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", words)
        try:
            with _answering():
                token = _read(self._api.vault.get_payment_token(method))
        except ApiException as problem:
            raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", words) from problem
        if token["customer"]["id"] != customer:
            raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", words)
        return customer

    def forget(self, customer: str, method: str) -> None:
        try:
            with _answering():
                self._api.vault.delete_payment_token(method)
        except ApiException as problem:
            if problem.response_code not in _NOT_THERE:
                raise

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        with _answering():
            capture_id = handle.removeprefix(_CAPTURE) if handle.startswith(_CAPTURE) else _captures(self._order(handle))[0]["id"]
            body = {
                "amount": _money(amount, charge.currency),
                "custom_id": str(charge.reference),
                "note_to_payer": charge.description[:255],
            }
            asked = {"capture_id": capture_id, "paypal_request_id": str(reference), "prefer": "return=representation", "body": body}
            try:
                made = _read(self._api.payments.refund_captured_payment(asked))
            except ApiException as problem:
                if problem.response_code != _UNPROCESSABLE:
                    raise
                return Refunded("failed", "")  # somebody at PayPal has sent it back meanwhile, or it is too old to go back
        return Refunded({"COMPLETED": "succeeded", "FAILED": "failed", "CANCELLED": "failed"}.get(made["status"], "pending"), made["id"])

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """PayPal signs the time of an event, and tells of it again for three days under the same: that an event is old says nothing."""
        if not any(self._signer.signed(headers, body, webhook_id, now=now) for webhook_id in self._webhook_ids):
            raise errors.Unauthenticated("SIGNATURE_INVALID", "this is not signed by PayPal for a webhook that is known here")
        try:
            event = json.loads(body)
            kind, resource = str(event["event_type"]), event["resource"]
            related = (resource.get("supplementary_data") or {}).get("related_ids") or {}
            order_id = str(resource["id"]) if kind.startswith("CHECKOUT.ORDER.") else str(related.get("order_id") or "")
            units = resource.get("purchase_units") or [{}]
            reference = resource.get("custom_id") or units[0].get("custom_id") or ""
            return Notice(str(event["id"]), kind, order_id, str(reference))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
            raise errors.InvalidArgument("WEBHOOK_UNREADABLE", "this is not an event of PayPal's") from problem

    def returned(self, body: bytes) -> bool:
        return True

    def since(self, moment: datetime) -> Iterator[Outcome]:
        """From PayPal's reports, which know a charge within three hours."""
        found: dict[str, Outcome] = {}
        back: dict[str, int] = {}
        with _answering():
            for page in self._report(moment):
                for each in page["transaction_details"]:
                    info = each["transaction_info"]
                    amount, code = _read_money(info["transaction_amount"]), info["transaction_event_code"]
                    if code.startswith("T11"):  # reversals and refunds
                        back[info["paypal_reference_id"]] = back.get(info["paypal_reference_id"], 0) - amount
                    elif code.startswith("T00") and info["transaction_status"] in ("S", "V") and amount > 0:
                        currency = info["transaction_amount"]["currency_code"]
                        name = _CAPTURE + info["transaction_id"]
                        found[info["transaction_id"]] = Outcome("succeeded", name, id_of(info.get("custom_field")), amount, 0, currency)
        for transaction_id, outcome in found.items():
            yield replace(outcome, refunded=back.pop(transaction_id, 0))
        for transaction_id in back:
            yield from self._taken_before(transaction_id)

    def _taken_before(self, capture_id: str) -> Iterator[Outcome]:
        """A charge of which only a refund is in the report; none where it was not taken by an order."""
        try:
            with _answering():
                capture = _read(self._api.payments.get_captured_payment({"capture_id": capture_id}))
                related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
                if not related.get("order_id"):
                    return
                order = self._order(related["order_id"])
        except ApiException as problem:
            if problem.response_code not in _NOT_THERE:
                raise
            return
        reference = id_of(order["purchase_units"][0].get("custom_id"))
        if reference is not None:
            yield _of_order(order, reference)

    def _report(self, moment: datetime) -> Iterator[Any]:
        number, pages = 1, 1
        while number <= pages:
            until = moment + _LONGEST_SEARCH
            asked = {
                "start_date": _stamp(moment),
                "end_date": _stamp(until),
                "fields": "transaction_info",
                "page_size": 500,
                "page": number,
            }
            page = _read(self._api.transaction_search.search_transactions(asked))
            yield page
            number, pages = number + 1, int(page.get("total_pages") or 1)

    def _order(self, order_id: str) -> Any:
        return _read(self._api.orders.get_order({"id": order_id}))

    def _capture(self, order_id: str) -> None:
        try:
            self._api.orders.capture_order({"id": order_id, "prefer": "return=representation"})
        except ApiException as problem:
            # Captured before, which PayPal does once only, or declined, after which the person may choose another method: the order says which.
            if problem.response_code != _UNPROCESSABLE:
                raise


class Signer:
    """Checks PayPal's signatures, made over the raw body's CRC by the key of a certificate that PayPal serves and a root vouches for."""

    def __init__(self, base_url: str, roots: str) -> None:
        parts = urlsplit(base_url)
        sandbox = ".sandbox" if ".sandbox." in base_url else ""
        own = parts.hostname is not None and parts.hostname.endswith(".paypal.com")
        # Its own addresses over TLS alone; another base URL, as of a stand-in, is trusted as it is written.
        hosts = ("api", "api-m") if own else ()
        self._prefixes = tuple(f"https://{host}{sandbox}.paypal.com{_CERTIFICATES}" for host in hosts) or (base_url + _CERTIFICATES,)
        self._name = x509.DNSName(f"{_SIGNED_BY}{sandbox}.paypal.com")
        pem = Path(roots or certifi.where()).read_bytes()
        self._roots = verification.Store(x509.load_pem_x509_certificates(pem))
        self._chains: dict[str, list[x509.Certificate]] = {}

    def signed(self, headers: Mapping[str, str], body: bytes, webhook_id: str, *, now: datetime) -> bool:
        try:
            transmission_id, time = headers["paypal-transmission-id"], headers["paypal-transmission-time"]
            signature = b64decode(headers["paypal-transmission-sig"], validate=True)
            url, algorithm = headers["paypal-cert-url"], headers["paypal-auth-algo"]
        except (KeyError, ValueError):
            return False
        if algorithm != "SHA256withRSA" or not transmission_id or not time:
            return False
        key = self._key(url, now=now)
        if key is None:
            return False
        try:
            key.verify(signature, f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode(), padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    def _key(self, url: str, *, now: datetime) -> rsa.RSAPublicKey | None:
        """The key of the certificate at this address, where the address is PayPal's and the certificate is PayPal's and valid now."""
        prefix = next((each for each in self._prefixes if url.startswith(each)), None)
        if prefix is None or not _CERTIFICATE.fullmatch(url, len(prefix)):
            return None
        chain = self._chains.get(url)
        if chain is None:
            chain = self._fetch(url)
        if not chain:
            return None
        verifier = verification.PolicyBuilder().store(self._roots).time(now).build_server_verifier(self._name)
        try:
            verifier.verify(chain[0], chain[1:])
        except verification.VerificationError:
            return None
        if len(self._chains) >= _KEPT_CERTIFICATES:
            self._chains.clear()
        self._chains[url] = chain
        key = chain[0].public_key()
        return key if isinstance(key, rsa.RSAPublicKey) else None

    def _fetch(self, url: str) -> list[x509.Certificate]:
        try:
            with requests.get(url, timeout=_SECONDS, allow_redirects=False, stream=True) as answer:
                if answer.status_code in _NOT_THERE:
                    return []
                if answer.status_code != requests.codes.ok:
                    raise unanswered()
                pem = answer.raw.read(_LARGEST_CERTIFICATE, decode_content=True)
        except requests.RequestException as problem:
            raise unanswered() from problem
        try:
            return x509.load_pem_x509_certificates(pem)
        except ValueError:
            return []


@contextmanager
def _answering() -> Iterator[None]:
    """Turns what is no answer, be it PayPal's fault, the network's or our key's, into Unavailable."""
    try:
        yield
    except ApiException as problem:
        if problem.response_code in _OURS:
            raise
        raise unanswered() from problem
    except (requests.RequestException, AuthValidationException, OSError) as problem:
        raise unanswered() from problem


def _asked(charge: Charge) -> dict[str, Any]:
    """The request for an order. The reference makes a second one with the same the same order, for six hours."""
    unit = {
        "reference_id": "default", "custom_id": str(charge.reference), "invoice_id": str(charge.reference), "description": charge.description[:127],
        "amount": _money(charge.amount, charge.currency),
    }  # fmt: skip
    wallet: dict[str, Any] = {}
    if charge.method:
        initiator = "MERCHANT" if charge.off_session else "CUSTOMER"
        credential = {"payment_initiator": initiator, "payment_type": "RECURRING", "usage": "SUBSEQUENT"}
        wallet = {"vault_id": charge.method, "stored_credential": credential}
    else:
        wallet["experience_context"] = {
            "return_url": charge.return_url, "cancel_url": charge.cancel_url, "user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING",
        }  # fmt: skip
        if charge.keep:
            wallet["attributes"] = {"vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}}
    body = {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": {"paypal": wallet}}
    return {"body": body, "paypal_request_id": str(charge.reference), "prefer": "return=representation"}


def _of_order(order: Any, reference: UUID, method: str = "") -> Outcome:
    captures, handle = _captures(order), str(order["id"])
    source = ((order.get("payment_source") or {}).get("paypal") or {}).get("attributes") or {}
    vault = source.get("vault") or {}
    taken = [each for each in captures if each["status"] in ("COMPLETED", "REFUNDED", "PARTIALLY_REFUNDED")]
    if taken:
        back = [each for unit in order["purchase_units"] for each in (unit.get("payments") or {}).get("refunds") or []]
        refunded = sum(_read_money(each["amount"]) for each in back if each["status"] == "COMPLETED")
        received = sum(_read_money(each["amount"]) for each in taken)
        return Outcome(
            "succeeded", handle, reference, received, refunded, taken[0]["amount"]["currency_code"],
            customer=str((vault.get("customer") or {}).get("id") or ""), method=str(vault.get("id") or ""),
        )  # fmt: skip
    if captures and captures[-1]["status"] == "PENDING":
        return Outcome("pending", handle, reference)
    if method or order["status"] == "VOIDED":
        failed = bool(captures) or order["status"] == "VOIDED"
        return Outcome("failed" if failed else "pending", handle, reference, failure="declined" if failed else "")
    url = next((str(each["href"]) for each in order.get("links") or [] if each["rel"] in ("payer-action", "approve")), "")
    return Outcome("requires_action", handle, reference, url=url)


def _captures(order: Any) -> list[Any]:
    return [each for unit in order.get("purchase_units") or [] for each in (unit.get("payments") or {}).get("captures") or []]


def _read(answer: Any) -> Any:
    """PayPal's JSON as it came: its SDK's models drop what they do not know."""
    return json.loads(answer.text)


def _issue(problem: ApiException) -> str:
    try:
        told = json.loads(problem.response.text)
        return str((told.get("details") or [{}])[0].get("issue") or told.get("name") or "refused")
    except (ValueError, AttributeError, IndexError):
        return "refused"


def _money(amount: int, currency: str) -> dict[str, str]:
    return {"currency_code": currency, "value": currencies.written(amount, currency)}


def _read_money(told: Mapping[str, str]) -> int:
    return currencies.smallest(told["value"], told["currency_code"])


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
