"""The RPCs that providers call: what is signed right is kept, and answered before anything is done about it."""

import hashlib
import json

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from einstellen.billing.v1 import payments_pb2_grpc
from services.billing.cashier import Cashier
from services.billing.store import payments as store
from services.chassis import audit, calls, errors, ids, tasks
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
LARGEST = 256 * 1024
_HEARD = json.dumps({"pp_ResponseCode": "000", "pp_ResponseMessage": "Received", "pp_SecureHash": ""}).encode()


class WebhookService(payments_pb2_grpc.WebhookServiceServicer):
    """See payments.proto."""

    def __init__(self, database: Database, cashier: Cashier, clock: Clock = utc_now) -> None:
        self._database = database
        self._cashier = cashier
        self._clock = clock

    def ReceiveStripe(self, request: HttpBody, context: Context) -> Empty:
        self._keep("stripe", request, context)
        return Empty()

    def ReceiveRazorpay(self, request: HttpBody, context: Context) -> Empty:
        self._keep("razorpay", request, context)
        return Empty()

    def ReceivePayPal(self, request: HttpBody, context: Context) -> Empty:
        self._keep("paypal", request, context)
        return Empty()

    def ReceiveJazzCash(self, request: HttpBody, context: Context) -> HttpBody:
        self._keep("jazzcash", request, context)
        return HttpBody(content_type="application/json", data=_HEARD)

    def _keep(self, provider: str, request: HttpBody, context: Context) -> None:
        """What is signed is kept once: neither another id around the same bytes nor other bytes under the same id make it a second event."""
        if len(request.data) > LARGEST:
            raise errors.OutOfRange("WEBHOOK_TOO_LARGE", f"a webhook has at most {LARGEST} bytes")
        headers = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        now = self._clock()
        notice = self._cashier.provider(provider).read(headers, request.data, now=now)
        row = {
            "id": ids.mint(), "provider": provider, "event_id": notice.event_id[:200], "kind": notice.kind[:200], "handle": notice.handle[:200],
            "reference": notice.reference[:200], "body": request.data, "digest": hashlib.sha256(request.data).digest(), "outcome": "",
            "received_at": now,
        }  # fmt: skip
        with self._database.begin(calls.SYSTEM) as connection:
            if store.add_webhook(connection, row):
                tasks.enqueue(connection, "apply_webhook", {"webhook_id": row["id"]}, tenant_id=None)
                audit.record(connection, "webhook.received", webhook_id=row["id"])
