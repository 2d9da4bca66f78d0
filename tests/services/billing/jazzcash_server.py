"""A stateful stand-in of JazzCash's page and inquiry over real HTTP, by its integration guide; its secure hash is worked out here on its own."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from tests.services.billing.stand_in import Asked, StandIn

FORM = (
    "pp_Version", "pp_TxnType", "pp_Language", "pp_MerchantID", "pp_Password", "pp_TxnRefNo", "pp_Amount", "pp_TxnCurrency", "pp_TxnDateTime",
    "pp_BillReference", "pp_Description", "pp_TxnExpiryDateTime", "pp_ReturnURL", "pp_SecureHash",
)  # fmt: skip


class JazzCashServer(StandIn):
    """The hosted form that a person's browser posts, what it then says, and the inquiry."""

    def __init__(self, salt: str = "salt_of_the_test", merchant: str = "MC12345", password: str = "pass12345") -> None:
        super().__init__()
        self.salt, self.merchant, self.password = salt, merchant, password
        self.transactions: dict[str, dict[str, Any]] = {}
        self.calls: list[dict[str, str]] = []

    # What a person does.

    def pay(self, form: dict[str, str], *, code: str = "000") -> dict[str, str]:
        """The person's browser posts the form and the person pays, or does not; what JazzCash then says, signed, to the browser and to us."""
        assert all(name in form for name in FORM)
        assert form["pp_SecureHash"] == self.hash({name: value for name, value in form.items() if name != "pp_SecureHash"}), (
            "the form is signed"
        )
        assert (form["pp_MerchantID"], form["pp_TxnCurrency"]) == (self.merchant, "PKR")
        assert form["pp_TxnRefNo"].isalnum()
        assert len(form["pp_TxnRefNo"]) <= 20
        with self.lock:
            before = self.transactions.get(form["pp_TxnRefNo"])
            assert before is None or before["code"] != "000", "what is paid is not paid again"
            self.transactions[form["pp_TxnRefNo"]] = {"amount": int(form["pp_Amount"]), "code": code, "number": len(self.transactions) + 1}
        told = {
            "pp_Amount": form["pp_Amount"], "pp_AuthCode": "", "pp_BankID": "", "pp_BillReference": form["pp_BillReference"], "pp_Language": "EN",
            "pp_MerchantID": self.merchant, "pp_ResponseCode": code, "pp_ResponseMessage": "Thank you for Using JazzCash.",
            "pp_RetreivalReferenceNo": f"2611211{len(self.transactions):05d}", "pp_SettlementExpiry": "", "pp_SubMerchantID": "", "pp_TxnCurrency": "PKR",
            "pp_TxnDateTime": form["pp_TxnDateTime"], "pp_TxnRefNo": form["pp_TxnRefNo"], "pp_TxnType": "MWALLET", "pp_Version": "1.1",
            "ppmpf_1": "", "ppmpf_2": "", "ppmpf_3": "", "ppmpf_4": "", "ppmpf_5": "",
        }  # fmt: skip
        self.calls.append(told)
        return told

    def taken(self) -> dict[str, int]:
        """What was taken, by the number of the transaction."""
        return {number: each["amount"] for number, each in self.transactions.items() if each["code"] == "000"}

    # What JazzCash posts.

    def signed(self, fields: dict[str, str], *, salt: str = "") -> tuple[bytes, dict[str, str]]:
        return urlencode(fields | {"pp_SecureHash": self.hash(fields, salt)}).encode(), {}

    def hash(self, fields: dict[str, str], salt: str = "") -> str:
        key = salt or self.salt
        text = key
        for name in sorted(fields):
            if fields[name]:
                text += "&" + fields[name]
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()

    # The API.

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if (asked.verb, asked.path) != ("POST", "/ApplicationAPI/API/PaymentInquiry/Inquire"):
            return 404, {}
        fields = dict(asked.body)
        given = fields.pop("pp_SecureHash", "")
        if given != self.hash(fields) or (fields["pp_MerchantID"], fields["pp_Password"]) != (self.merchant, self.password):
            return 200, {"pp_ResponseCode": "115", "pp_ResponseMessage": "Invalid hash received."}
        found = self.transactions.get(fields["pp_TxnRefNo"])
        if found is None:
            return 200, {"pp_ResponseCode": "118", "pp_ResponseMessage": "No transaction found."}
        paid, pending = found["code"] == "000", found["code"] in ("124", "157")
        told = {
            "pp_AuthCode": "", "pp_BankID": None, "pp_PaymentResponseCode": "121" if paid else found["code"],
            "pp_PaymentResponseMessage": "Transaction has been marked confirmed by Merchant." if paid else "Not paid.", "pp_ProductID": None,
            "pp_ResponseCode": "000", "pp_ResponseMessage": "Inquiry was successful.", "pp_RetrievalReferenceNo": f"{found['number']:012d}",
            "pp_SettlementDate": "", "pp_SettlementExpiry": "", "pp_Status": "Completed" if paid else "Pending" if pending else "Failed",
        }  # fmt: skip
        told |= {"pp_Amount": found["told"]} if "told" in found else {}
        return 200, told | {"pp_SecureHash": self.hash({name: value or "" for name, value in told.items()})}
