"""No secret of a provider's leaves the settings: not into a log, a row, a mail or an answer, whatever goes wrong."""

import logging
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pydantic import SecretStr

from einstellen.billing.v1 import payments_pb2
from services.billing.settings import Settings
from tests.refusals import told
from tests.services.billing.till import Till
from tests.services.billing.webhook_cases import NAMES, bought

_TEXTS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb')"


def secrets_of(settings: Settings) -> Iterator[str]:
    for value in vars(settings).values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, SecretStr) and each.get_secret_value():
                yield each.get_secret_value()


@pytest.mark.parametrize("name", NAMES)
def test_whatever_goes_wrong_no_secret_is_told(till: Till, administrator: Any, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG)
    company, stand_in, said = till.company(), getattr(till, name), []
    payment, events = bought(till, company, name)
    body, headers = stand_in.signed(events[-1], **({"at": till.clock().timestamp()} if name == "stripe" else {}))
    for altered in (body + b" ", b"{}", body[:-9]):
        with pytest.raises(grpc.RpcError) as refusal:
            till.receive(name, altered, headers)
        said.append(str(told(refusal.value)))
    till.receive(name, body, headers)
    till.quiet()
    stand_in.before_answer = lambda verb, path: False  # the line is cut from now on
    try:
        if name != "jazzcash":  # which is asked nothing to begin with
            with pytest.raises(grpc.RpcError) as refusal:
                till.buy(company, provider=name)
            said.append(str(told(refusal.value)))
        till.payments.RefundPayment(payments_pb2.RefundPaymentRequest(payment_id=payment.id, amount=1), metadata=administrator)
        till.settled(company)
    finally:
        stand_in.before_answer = lambda verb, path: True
    till.pass_time(minutes=1)  # and then what was asked for happens after all
    assert till.payment(company, payment.id).refunded_amount == (1 if name == "jazzcash" else 451)
    said += [caplog.text, *(str(till.rows(f'SELECT "{column}" FROM {table}')) for table, column in till.rows(_TEXTS))]
    hidden = set(secrets_of(till.settings))
    assert len(hidden) > 8
    assert "PROVIDER_UNAVAILABLE" in "".join(said) or name == "jazzcash", "it did go wrong"
    assert [secret for secret in hidden if any(secret in each for each in said)] == []
