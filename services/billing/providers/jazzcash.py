"""JazzCash: a form that the person's browser posts to its page, signed with its secure hash, and the inquiry that says what became of it."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import requests

from services.billing.providers.protocol import Charge, Notice, Outcome, Refunded, unanswered
from services.billing.settings import Settings
from services.chassis import errors

_SECONDS = 8.0  # below the deadline of whoever called us
_LIVE = "https://payments.jazzcash.com.pk"
_FORM = "/CustomerPortal/transactionmanagement/merchantform/"
_INQUIRY = "/ApplicationAPI/API/PaymentInquiry/Inquire"
_PAKISTAN = timezone(timedelta(hours=5))
_OPEN = timedelta(days=1)
_ANSWERED = "000"  # the inquiry found the transaction, whatever became of it
_PAID = ("000", "121")
_STATES = {
    "Completed": "succeeded",
    "Pending": "pending",
    "Failed": "failed",
    "Dropped": "failed",
    "Reversed": "failed",
    "Expired": "failed",
}


class JazzCash:
    """See providers/protocol.py.

    It has no SDK, takes rupees only, and is asked nothing to begin a charge: the same reference makes the same form, signed here, as often as it is needed.
    """

    name = "jazzcash"
    saves_methods = False
    refunds = False

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.jazzcash_base_url.rstrip("/") or _LIVE
        self._merchant = settings.jazzcash_merchant_id
        self._password = settings.jazzcash_password.get_secret_value()
        self._salts = [salt.get_secret_value() for salt in settings.jazzcash_salts]
        self._rate = settings.jazzcash_rupees
        self._session = requests.Session()

    def price(self, amount: int, currency: str) -> tuple[int, str]:
        if currency != "USD":
            raise errors.FailedPrecondition("PROVIDER_OFF", f"JazzCash takes rupees, and nobody said how many a unit of {currency} is")
        return int((amount * self._rate).quantize(Decimal(1), ROUND_HALF_UP)), "PKR"

    def start(self, charge: Charge) -> Outcome:
        number, began = transaction_number(charge.reference), charge.began_at.astimezone(_PAKISTAN)
        form = {
            "pp_Version": "1.1", "pp_TxnType": "", "pp_Language": "EN", "pp_MerchantID": self._merchant, "pp_SubMerchantID": "", "pp_Password": self._password,
            "pp_BankID": "", "pp_ProductID": "", "pp_TxnRefNo": number, "pp_Amount": str(charge.amount), "pp_TxnCurrency": charge.currency,
            "pp_TxnDateTime": f"{began:%Y%m%d%H%M%S}", "pp_BillReference": number, "pp_Description": _plain(charge.description),
            "pp_TxnExpiryDateTime": f"{began + _OPEN:%Y%m%d%H%M%S}", "pp_ReturnURL": charge.return_url,
            "ppmpf_1": "", "ppmpf_2": "", "ppmpf_3": "", "ppmpf_4": "", "ppmpf_5": "",
        }  # fmt: skip
        form["pp_SecureHash"] = secure_hash(form, self._salts[0])
        return Outcome("requires_action", number, charge.reference, url=self._base_url + _FORM, form=form)

    def find(self, charge: Charge, handle: str) -> Outcome:
        number = transaction_number(charge.reference)
        told = self._inquire(number)
        if told.get("pp_ResponseCode") != _ANSWERED:  # nobody has been on its page yet
            return self.start(charge)
        code = str(told.get("pp_PaymentResponseCode") or "")
        state = _STATES.get(str(told.get("pp_Status") or ""), "pending")
        if state == "succeeded" and code in _PAID:
            # The inquiry need not repeat the amount; it is the one of the form, which the hash has sealed.
            received = int(told.get("pp_Amount") or charge.amount)
            return Outcome("succeeded", number, charge.reference, received, 0, charge.currency)
        if state == "failed":
            return Outcome("failed", number, charge.reference, failure=f"jazzcash_{code}")
        return Outcome("pending", number, charge.reference)

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        raise errors.invalid_field("payment_method", "PAYMENT_METHOD_INVALID", "JazzCash keeps no methods: leave it out")

    def forget(self, customer: str, method: str) -> None:
        """There is nothing: JazzCash keeps neither customers nor methods for us."""

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        raise errors.FailedPrecondition("REFUND_BY_HAND", "money goes back on JazzCash's own pages")

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """JazzCash signs neither a time nor an id: the same state of the same transaction is the same event, for good."""
        fields = self._verified(body)
        number, code = fields.get("pp_TxnRefNo", ""), fields.get("pp_ResponseCode", "")
        if not number or not code:
            raise errors.InvalidArgument("WEBHOOK_UNREADABLE", "this is about no transaction")
        event_id = ":".join((number, code, fields.get("pp_RetreivalReferenceNo", ""), fields.get("pp_AuthCode", "")))
        return Notice(event_id, f"transaction.{code}", number)

    def returned(self, body: bytes) -> bool:
        try:
            self._verified(body)
        except errors.Unauthenticated:
            return False
        return True

    def since(self, moment: datetime) -> Iterator[Outcome]:
        """JazzCash lists nothing: what we know of is asked about one by one, and nothing is ever begun that we do not know of."""
        return iter(())

    def _verified(self, body: bytes) -> dict[str, str]:
        pairs = _pairs(body)
        fields = dict(pairs)
        # A name that comes twice could be read in one way by whoever signed it and in another here.
        twice = len(fields) != len(pairs)
        given = fields.get("pp_SecureHash", "").upper()
        if twice or not given.isascii() or not any(hmac.compare_digest(secure_hash(fields, salt), given) for salt in self._salts):
            raise errors.Unauthenticated("SIGNATURE_INVALID", "this is not signed by JazzCash with a salt that is known here")
        if fields.get("pp_MerchantID") != self._merchant:
            raise errors.Unauthenticated("SIGNATURE_INVALID", "this is about another merchant")
        return fields

    def _inquire(self, number: str) -> dict[str, Any]:
        asked = {"pp_TxnRefNo": number, "pp_MerchantID": self._merchant, "pp_Password": self._password}
        asked["pp_SecureHash"] = secure_hash(asked, self._salts[0])
        try:
            answer = self._session.post(self._base_url + _INQUIRY, json=asked, timeout=_SECONDS)
            answer.raise_for_status()
            told = {str(name): "" if value is None else str(value) for name, value in answer.json().items()}
        except (requests.RequestException, ValueError, AttributeError) as problem:
            raise unanswered() from problem
        given = told.get("pp_SecureHash", "").upper()
        if given and not any(hmac.compare_digest(secure_hash(told, salt), given) for salt in self._salts):
            raise unanswered()
        return told


def secure_hash(fields: Mapping[str, str], salt: str) -> str:
    """HMAC-SHA256, keyed by the salt, over the salt and the values that are not empty, in the order of their names."""
    names = sorted(name for name, value in fields.items() if name.startswith("pp") and name != "pp_SecureHash" and value)
    message = "&".join([salt, *(fields[name] for name in names)])
    return hmac.new(salt.encode(), message.encode(), hashlib.sha256).hexdigest().upper()


def transaction_number(reference: UUID) -> str:
    """Our reference in the twenty letters and digits that JazzCash allows: 98 bits of its hash."""
    number, text = int.from_bytes(hashlib.sha256(reference.bytes).digest()), "T"
    while len(text) < 20:
        number, digit = divmod(number, 36)
        text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]
    return text


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError as problem:
        raise errors.Unauthenticated("SIGNATURE_INVALID", "this is not a form of JazzCash's") from problem


def _plain(text: str) -> str:
    """JazzCash refuses what could be markup in a description."""
    return "".join(letter if letter.isalnum() or letter in " .,-" else " " for letter in text)[:200]
