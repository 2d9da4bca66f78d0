"""Whatever a provider signs is either read or refused: nothing in a body that is signed right is a fault of ours."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.stack.stripe_stand_in import sign
from services.billing.providers.configured import providers_of
from services.billing.providers.jazzcash import secure_hash, transaction_number
from services.billing.providers.protocol import Notice, Provider
from services.billing.settings import Settings
from services.chassis import errors

SECRET = "a_secret_of_the_test"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SETTINGS = Settings(
    service="billing", secret_key="0123456789abcdefghijklmnopqrstuvwxyz", service_token="0123456789abcdefghijklmnopqrstuvwxyz",
    stripe_secret_key="sk_test_x", stripe_webhook_secrets=SECRET, razorpay_key_id="k", razorpay_key_secret="k", razorpay_webhook_secrets=SECRET,
    jazzcash_merchant_id="MC1", jazzcash_password="p", jazzcash_salts=SECRET,
)  # type: ignore[arg-type] # fmt: skip
PROVIDERS = providers_of(SETTINGS)
NAMES = st.sampled_from(
    [
        "id",
        "type",
        "event",
        "data",
        "object",
        "payload",
        "metadata",
        "reference",
        "entity",
        "order",
        "payment",
        "refund",
        "notes",
        "payment_intent",
        "order_id",
    ]
)
THINGS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["order", "checkout.session", "charge", "order.paid"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


def read(provider: Provider, body: bytes) -> Notice | errors.Refusal:
    headers = {
        "stripe-signature": sign(body, SECRET, NOW.timestamp()), "x-razorpay-signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }  # fmt: skip
    try:
        return provider.read(headers, body, now=NOW)
    except errors.Refusal as refusal:
        assert refusal.reason in ("WEBHOOK_UNREADABLE", "SIGNATURE_INVALID")
        return refusal


@pytest.mark.parametrize("name", ["stripe", "razorpay"])
@given(thing=THINGS)
@example(thing={"id": "1", "type": "x", "data": {"object": {"object": "charge", "metadata": ["x"], "payment_intent": ["x"]}}})
@example(thing={"event": "order.paid", "payload": {"order": {"entity": "x"}, "payment": {"entity": {"notes": "x", "order_id": {}}}}})
@example(thing={"event": "order.paid", "payload": {"order": {"entity": [1]}}})
@example(thing={"event": "order.paid", "payload": ["order"]})
def test_any_json_that_is_signed_is_read_or_refused(name: str, thing: Any) -> None:
    assert isinstance(read(PROVIDERS[name], json.dumps(thing).encode()), Notice | errors.Refusal)


@pytest.mark.parametrize("name", ["stripe", "razorpay", "jazzcash"])
@given(body=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(name: str, body: bytes) -> None:
    assert isinstance(read(PROVIDERS[name], body), Notice | errors.Refusal)


FIELDS = st.dictionaries(
    st.sampled_from(["pp_TxnRefNo", "pp_ResponseCode", "pp_Amount", "pp_BankID", "ppmpf_1", "pp_MerchantID", "x"]), st.text(max_size=9)
)


@given(told=FIELDS)
def test_any_form_that_jazzcash_signs_is_read_or_refused(told: dict[str, str]) -> None:
    told = {name: value.encode(errors="replace").decode() for name, value in told.items()} | {"pp_MerchantID": "MC1"}
    body = urlencode(told | {"pp_SecureHash": secure_hash(told, SECRET)}).encode()
    answer = read(PROVIDERS["jazzcash"], body)
    complete = bool(told.get("pp_TxnRefNo") and told.get("pp_ResponseCode"))
    assert isinstance(answer, Notice) == complete


@given(told=FIELDS, name=st.sampled_from(["pp_Amount", "pp_TxnRefNo", "pp_ResponseCode", "ppmpf_1"]), value=st.text(min_size=1, max_size=9))
def test_no_field_of_jazzcashs_can_be_changed_unnoticed(told: dict[str, str], name: str, value: str) -> None:
    hashed = secure_hash(told, SECRET)
    same = sorted(told.items()) == sorted((told | {name: value}).items())
    # The values are joined by a sign that may be in them, so only what changes no boundary is told apart: what it is for is asked about anyway.
    if not same and "&" not in value and not any("&" in each for each in told.values()) and not told.get(name):
        assert secure_hash(told | {name: value}, SECRET) != hashed


@given(number=st.integers(min_value=0, max_value=2**128 - 1))
def test_a_transaction_number_is_twenty_letters_and_digits_and_always_the_same(number: int) -> None:
    made = transaction_number(UUID(int=number))
    assert (len(made), made.isalnum(), made.isascii(), made == transaction_number(UUID(int=number))) == (20, True, True, True)
