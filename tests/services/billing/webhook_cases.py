"""What providers tell, as they sign it and as nobody should accept it: each case makes a body and its headers out of a genuine event."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import grpc

from cli.stack.stripe_stand_in import sign
from services.billing.rpc.webhooks import LARGEST
from tests.conftest import Account
from tests.services.billing.paypal_server import SIGNER, Authority
from tests.services.billing.till import ROTATED, Till

Signed = tuple[bytes, dict[str, str]]
Case = Callable[["Scene"], Signed]
NAMES = ("stripe", "razorpay", "paypal", "jazzcash")
REASONS = {
    "SIGNATURE_INVALID": grpc.StatusCode.UNAUTHENTICATED, "SIGNATURE_EXPIRED": grpc.StatusCode.UNAUTHENTICATED,
    "WEBHOOK_UNREADABLE": grpc.StatusCode.INVALID_ARGUMENT, "WEBHOOK_TOO_LARGE": grpc.StatusCode.OUT_OF_RANGE,
    "PROVIDER_UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
}  # fmt: skip


class Scene:
    """A provider's event of a payment that was made, and how it signs one."""

    def __init__(self, till: Till, name: str) -> None:
        self.till, self.name, self.stand_in = till, name, getattr(till, name)
        self.company = till.company()
        self.payment, self.events = bought(till, self.company, name)
        self.event = self.events[-1]

    @property
    def now(self) -> float:
        return self.till.clock().timestamp()

    def sign(self, body: bytes, secret: str = "") -> Signed:
        """As the provider signs these bytes, with its own secret or this one."""
        match self.name:
            case "stripe":
                return body, {"stripe-signature": sign(body, secret or self.stand_in.secret, self.now)}
            case "razorpay":
                signature = hmac.new((secret or self.stand_in.secret).encode(), body, hashlib.sha256).hexdigest()
                return body, {"x-razorpay-signature": signature, "x-razorpay-event-id": "evt_of_the_test"}
            case "paypal":
                return body, self.stand_in.headers(body, webhook_id=secret)
            case _:
                return self.stand_in.signed(dict(parse_qsl(body.decode(), keep_blank_values=True)), salt=secret)

    @property
    def genuine(self) -> Signed:
        body = urlencode(self.event).encode() if self.name == "jazzcash" else json.dumps(self.event).encode()
        return self.sign(body)


def bought(till: Till, company: Account, name: str) -> tuple[Any, list[dict[str, Any]]]:
    """A package that was paid for, of which half went back, and the four events of it that nobody has told yet."""
    payment, stand_in = till.buy(company, provider=name), getattr(till, name)
    if name == "jazzcash":
        told = stand_in.pay(dict(payment.form))
        return payment, [told | {"pp_ResponseCode": code} for code in ("157", "124", "121", "000")]
    before = len(stand_in.events)
    if name == "stripe":
        stand_in.pay(payment.provider_id)
        stand_in.refund_at_the_desk(stand_in.objects[payment.provider_id]["payment_intent"], 450)
    elif name == "razorpay":
        stand_in.pay(payment.provider_id)
        stand_in.refund_at_the_desk(payment.provider_id, 450)
    else:
        stand_in.approve(payment.provider_id)
        stand_in.capture(payment.provider_id)
        stand_in.refund_at_the_desk(payment.provider_id, 450)
    kinds = (
        "payment_intent.created", "payment_intent.succeeded", "checkout.session.completed", "charge.refunded", "payment.authorized", "payment.captured",
        "order.paid", "refund.processed", "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.COMPLETED", "PAYMENT.CAPTURE.REFUNDED",
    )  # fmt: skip
    found = [each for each in stand_in.events[before:] if (each.get("event_type") or each.get("event") or each.get("type")) in kinds]
    assert len(found) == 4
    return payment, found


def body_of(change: Callable[[bytes], bytes]) -> Case:
    """The genuine signature around other bytes."""

    def case(scene: Scene) -> Signed:
        body, headers = scene.genuine
        changed = change(body)
        assert changed != body
        return changed, headers

    return case


def header(name: str, change: Callable[[str], str | None]) -> Case:
    """The genuine body under another header, or none."""

    def case(scene: Scene) -> Signed:
        body, headers = scene.genuine
        value = change(headers[name])
        return body, {key: each for key, each in headers.items() if key != name} | ({} if value is None else {name: value})

    return case


def raw(body: bytes, secret: str = "") -> Case:
    """Other bytes, signed right."""
    return lambda scene: scene.sign(body, secret)


def flip(at: Callable[[int], int]) -> Case:
    return body_of(lambda body: body[: at(len(body))] + bytes([body[at(len(body))] ^ 1]) + body[at(len(body)) + 1 :])


def secret(value: str) -> Case:
    return lambda scene: scene.sign(scene.genuine[0], value)


def stripe_at(seconds: float, *more: str) -> Case:
    """Signed by Stripe so many seconds from now, with more in the header before."""

    def case(scene: Scene) -> Signed:
        body = json.dumps(scene.event).encode()
        return body, {"stripe-signature": ",".join([*more, sign(body, scene.stand_in.secret, scene.now + seconds)])}

    return case


def stripe_header(change: Callable[[str, str], str]) -> Case:
    """A header made of the genuine time and signature."""

    def case(scene: Scene) -> Signed:
        body, headers = scene.genuine
        parts = dict(part.split("=", 1) for part in headers["stripe-signature"].split(","))
        return body, {"stripe-signature": change(parts["t"], parts["v1"])}

    return case


def paypal(**changes: Any) -> Case:
    """Signed by PayPal's key, but with something else in what is signed, or told."""
    return lambda scene: (scene.genuine[0], scene.stand_in.headers(scene.genuine[0], **changes))


def paypal_certificate(make: Callable[[Any], tuple[Any, bytes]]) -> Case:
    """Signed by the key of another certificate, which PayPal's own address serves."""

    def case(scene: Scene) -> Signed:
        key, chain = make(scene.stand_in)
        name = f"CERT-{hashlib.sha256(chain).hexdigest()[:12]}"
        scene.stand_in.chains[name] = chain
        url = f"{scene.stand_in.url}/v1/notifications/certs/{name}"
        return scene.genuine[0], scene.stand_in.headers(scene.genuine[0], key=key, url=url)

    return case


def fields(change: Callable[[dict[str, str]], dict[str, str]], *, salt: str = "") -> Case:
    """JazzCash's form with other fields, signed right."""
    return lambda scene: scene.stand_in.signed(change(dict(scene.event)), salt=salt)


def unsigned(change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Case:
    """JazzCash's form, changed after it was signed."""
    return lambda scene: (urlencode(change(parse_qsl(scene.genuine[0].decode(), keep_blank_values=True))).encode(), {})


def hashed(message: Callable[[dict[str, str]], str], key: Callable[[Any], str] = lambda stand_in: stand_in.salt) -> Case:
    """JazzCash's form under a hash over something else."""

    def case(scene: Scene) -> Signed:
        mac = hmac.new(key(scene.stand_in).encode(), f"{scene.stand_in.salt}&{message(scene.event)}".encode(), hashlib.sha256)
        return urlencode(scene.event | {"pp_SecureHash": mac.hexdigest().upper()}).encode(), {}

    return case


def values(told: Mapping[str, str], names: list[str]) -> str:
    return "&".join(told[name] for name in names)


CHANGED: dict[str, Case] = {
    "the first byte is changed": flip(lambda size: 0),
    "a byte in the middle is changed": flip(lambda size: size // 2),
    "the last byte is changed": flip(lambda size: size - 1),
    "a byte is missing": body_of(lambda body: body[:-1]),
    "another follows": body_of(lambda body: body + b"0"),
    "nothing is in it": body_of(lambda body: b""),
    "it is no text": body_of(lambda body: b"\xff\xfe" + body),
}
SERIALISED: dict[str, Case] = {
    "its JSON is indented": body_of(lambda body: json.dumps(json.loads(body), indent=2).encode()),
    "its JSON has other keys first": body_of(
        lambda body: json.dumps(dict(reversed(json.loads(body).items())), separators=(",", ": ")).encode()
    ),
    "its JSON has no spaces or has some": body_of(
        lambda body: json.dumps(json.loads(body), separators=(",", ":") if b'": ' in body else (", ", ": ")).encode()
    ),
    "a space follows it": body_of(lambda body: body + b" "),
    "it begins with a mark of its byte order": body_of(lambda body: b"\xef\xbb\xbf" + body),
}


def signature_cases(name: str) -> dict[str, Case]:
    return {
        "no signature": header(name, lambda value: None),
        "an empty signature": header(name, lambda value: ""),
        "half a signature": header(name, lambda value: value[: len(value) // 2]),
        "a signature and more": header(name, lambda value: value + "0"),
        "a signature of nonsense": header(name, lambda value: "nonsense"),
        "a signature twice": header(name, lambda value: value + value.rpartition("v1=")[2]),
        "a foreign secret": secret("a_secret_of_nobody_here"),
        "the secret of nothing": secret(" "),
    }


# Every one of these is refused, and leaves nothing behind.
REFUSED: dict[str, dict[str, dict[str, Case]]] = {
    "stripe": {
        "SIGNATURE_INVALID": CHANGED | SERIALISED | signature_cases("stripe-signature") | {
            "no time": stripe_header(lambda time, mac: f"v1={mac}"),
            "an empty time": stripe_header(lambda time, mac: f"t=,v1={mac}"),
            "a time of words": stripe_header(lambda time, mac: f"t=now,v1={mac}"),
            "another time than was signed": stripe_header(lambda time, mac: f"t={int(time) + 1},v1={mac}"),
            "only a signature of the old scheme": stripe_header(lambda time, mac: f"t={time},v0={mac}"),
            "several signatures, all wrong": stripe_header(lambda time, mac: f"t={time},v1={mac[::-1]},v1={'0' * 64}"),
            "the signature in capitals": stripe_header(lambda time, mac: f"t={time},v1={mac.upper()}"),
            "two times, the signed one last": stripe_header(lambda time, mac: f"t={int(time) + 1},t={time},v1={mac}"),
        },
        "SIGNATURE_EXPIRED": {
            "five minutes and a little old": stripe_at(-302),
            "a day old": stripe_at(-86_400),
            "from five minutes and a little ahead": stripe_at(302),
            "from tomorrow": stripe_at(86_400),
        },
        "WEBHOOK_UNREADABLE": {
            "no JSON": raw(b"not json"), "JSON of another shape": raw(b"[1]"), "no object in it": raw(b'{"id": "evt_1", "type": "x", "data": {}}'),
        },
    },
    "razorpay": {
        "SIGNATURE_INVALID": CHANGED | SERIALISED | signature_cases("x-razorpay-signature") | {
            "the signature in capitals": header("x-razorpay-signature", str.upper),
            "the signature of the key and not of the webhook": lambda scene: scene.sign(scene.genuine[0], scene.stand_in.key[1]),
            "the signature of the JSON written anew": lambda scene: (
                scene.genuine[0], scene.sign(json.dumps(scene.event, separators=(",", ":")).encode())[1]
            ),
            "several signatures with a comma, one of them right": header("x-razorpay-signature", lambda value: f"{'0' * 64},{value}"),
            "the signature under another name": lambda scene: (scene.genuine[0], {"x-signature": scene.genuine[1]["x-razorpay-signature"]}),
            "another amount": body_of(lambda body: body.replace(b'"amount": 900', b'"amount": 901')),
            "another event": body_of(lambda body: body.replace(b"refund.processed", b"payment.captured")),
        },
        "WEBHOOK_UNREADABLE": {
            "no JSON": raw(b"not json"), "JSON of another shape": raw(b"[1]"), "no payload in it": raw(b'{"event": "order.paid"}'),
            "a payload without things": raw(b'{"event": "order.paid", "payload": {"order": {}}}'),
        },
    },
    "paypal": {
        "SIGNATURE_INVALID": CHANGED | SERIALISED | signature_cases("paypal-transmission-sig") | {
            "the CRC in hexadecimal": lambda scene: paypal(crc=f"{zlib.crc32(scene.genuine[0]):x}")(scene),
            "the CRC in hexadecimal with its mark": lambda scene: paypal(crc=hex(zlib.crc32(scene.genuine[0])))(scene),
            "the CRC as a signed number": lambda scene: paypal(crc=str(zlib.crc32(scene.genuine[0]) - (1 << 32)))(scene),
            "the CRC of the JSON written anew": lambda scene: paypal(
                crc=str(zlib.crc32(json.dumps(scene.event, separators=(",", ":")).encode()))
            )(scene),
            "no time": header("paypal-transmission-time", lambda value: None),
            "an empty time": paypal(time=""),
            "another time than was signed": header("paypal-transmission-time", lambda value: "2026-11-21T10:00:01Z"),
            "no id of the transmission": header("paypal-transmission-id", lambda value: None),
            "another transmission": header("paypal-transmission-id", lambda value: value[::-1]),
            "no algorithm": header("paypal-auth-algo", lambda value: None),
            "a weaker algorithm": header("paypal-auth-algo", lambda value: "SHA1withRSA"),
            "no certificate": header("paypal-cert-url", lambda value: None),
            "a foreign certificate host": header("paypal-cert-url", lambda value: "https://evil.example/v1/notifications/certs/CERT-1"),
            "a certificate host that begins alike": header("paypal-cert-url", lambda value: value.replace("/v1", ".evil.example/v1")),
            "a certificate host behind an at sign": header(
                "paypal-cert-url", lambda value: value.replace("/v1/notifications/certs/", "@evil.example/v1/notifications/certs/")
            ),
            "a certificate by a path that climbs": header("paypal-cert-url", lambda value: value.replace("CERT-", "../../CERT-")),
            "a certificate by a path with a question": header("paypal-cert-url", lambda value: value + "?to=https://evil.example"),
            "a certificate over another scheme": header("paypal-cert-url", lambda value: value.replace("http://", "ftp://")),
            "a certificate that is not there": header("paypal-cert-url", lambda value: value + "0"),
            "a certificate that nobody vouches for": paypal_certificate(lambda stand_in: Authority().issue(SIGNER)),
            "a certificate of another name": paypal_certificate(lambda stand_in: stand_in.authority.issue("www.paypal.com")),
            "a certificate of a name that ends alike": paypal_certificate(lambda stand_in: stand_in.authority.issue(f"{SIGNER}.evil.example")),
            "a certificate that has run out": paypal_certificate(
                lambda stand_in: stand_in.authority.issue(SIGNER, begins=timedelta(days=-9), ends=timedelta(days=-1))
            ),
            "a certificate of years to come": paypal_certificate(lambda stand_in: stand_in.authority.issue(SIGNER, begins=timedelta(days=3000))),
            "a certificate that is none": paypal_certificate(lambda stand_in: (stand_in.key, b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----")),
        },
        "WEBHOOK_UNREADABLE": {
            "no JSON": raw(b"not json"), "JSON of another shape": raw(b"[1]"), "no resource in it": raw(b'{"id": "WH-1", "event_type": "X"}'),
        },
    },
    "jazzcash": {
        "SIGNATURE_INVALID": CHANGED | {
            "a byte in the middle is changed": body_of(lambda body: body.replace(b"Thank", b"Uhank")),
            "no hash": unsigned(lambda pairs: [pair for pair in pairs if pair[0] != "pp_SecureHash"]),
            "an empty hash": unsigned(lambda pairs: [(name, "" if name == "pp_SecureHash" else value) for name, value in pairs]),
            "half a hash": unsigned(lambda pairs: [(name, value[:32] if name == "pp_SecureHash" else value) for name, value in pairs]),
            "a hash of letters that are none": unsigned(lambda pairs: [(name, "é" * 64 if name == "pp_SecureHash" else value) for name, value in pairs]),
            "a foreign salt": fields(dict, salt="a_salt_of_nobody_here"),
            "another amount": unsigned(lambda pairs: [(name, "1" if name == "pp_Amount" else value) for name, value in pairs]),
            "another answer": unsigned(lambda pairs: [(name, "199" if name == "pp_ResponseCode" else value) for name, value in pairs]),
            "another transaction": unsigned(lambda pairs: [(name, value[::-1] if name == "pp_TxnRefNo" else value) for name, value in pairs]),
            "another field that nobody signed": unsigned(lambda pairs: [*pairs, ("pp_Extra", "1")]),
            "another free field that nobody signed": unsigned(lambda pairs: [*pairs, ("ppmpf_6", "1")]),
            "an empty field filled in": unsigned(lambda pairs: [(name, value or "1") for name, value in pairs]),
            "a field that is empty now": unsigned(lambda pairs: [(name, "" if name == "pp_Amount" else value) for name, value in pairs]),
            "a field twice": unsigned(lambda pairs: [*pairs, ("pp_Amount", "1")]),
            "a field twice with the same in it": unsigned(lambda pairs: [*pairs, pairs[0]]),
            "two values that changed places": unsigned(
                lambda pairs: [(name, {"pp_Language": "PKR", "pp_TxnCurrency": "EN"}.get(name, value)) for name, value in pairs]
            ),
            "a hash over empty fields too": hashed(lambda told: values(told, sorted(told))),
            "a hash over fields in their own order": hashed(lambda told: values(told, [name for name in reversed(told) if told[name]])),
            "a hash keyed by the password": hashed(
                lambda told: values(told, [name for name in sorted(told) if told[name]]), key=lambda stand_in: stand_in.password
            ),
            "a hash without its key": lambda scene: (
                urlencode(scene.event | {"pp_SecureHash": hashlib.sha256(urlencode(scene.event).encode()).hexdigest()}).encode(), {}
            ),
            "another merchant": fields(lambda told: told | {"pp_MerchantID": "MC99999"}),
            "no merchant": fields(lambda told: {name: value for name, value in told.items() if name != "pp_MerchantID"}),
            "JSON": lambda scene: (json.dumps(scene.event).encode(), {}),
            "more fields than any form has": unsigned(lambda pairs: pairs + [(f"x{number}", "1") for number in range(100)]),
        },
        "WEBHOOK_UNREADABLE": {
            "no transaction in it": fields(lambda told: told | {"pp_TxnRefNo": ""}), "no answer in it": fields(lambda told: told | {"pp_ResponseCode": ""}),
        },
    },
}  # fmt: skip
for _name in NAMES:
    REFUSED[_name]["WEBHOOK_TOO_LARGE"] = {
        "it is too large": raw(b"a=" + b"x" * LARGEST),
        "it is far too large": raw(b"a=" + b"x" * 4 * LARGEST),
    }


def recased(change: Callable[[str], str]) -> Case:
    return unsigned(lambda pairs: [(name, change(value) if name == "pp_SecureHash" else value) for name, value in pairs])


# Every one of these is what happened, however it comes.
ACCEPTED: dict[str, dict[str, Case]] = {
    "stripe": {
        "as it comes": stripe_at(0), "almost five minutes old": stripe_at(-290), "almost five minutes ahead": stripe_at(290),
        "the secret that is being rotated out": secret(ROTATED),
        "several signatures, one of them right": stripe_header(lambda time, mac: f"t={time},v1={'0' * 64},v1={mac},v0={'1' * 64}"),
        "the time after the signature": stripe_header(lambda time, mac: f"v1={mac},t={time}"),
    },
    "razorpay": {
        "as it comes": lambda scene: scene.genuine, "the secret that is being rotated out": secret(ROTATED),
        "no id in its header": header("x-razorpay-event-id", lambda value: None),
        "an event of last year": lambda scene: scene.sign(json.dumps(scene.event | {"created_at": 1_700_000_000}).encode()),
        "an event of the next century": lambda scene: scene.sign(json.dumps(scene.event | {"created_at": 4_200_000_000}).encode()),
    },
    "paypal": {
        "as it comes": lambda scene: scene.genuine, "the webhook that is being replaced": secret(ROTATED),
        "told again after three days": paypal(time="2026-11-18T10:00:00Z"), "told by a clock that is ahead": paypal(time="2036-11-18T10:00:00Z"),
        "a certificate that has been renewed": paypal_certificate(lambda stand_in: stand_in.authority.issue(SIGNER)),
    },
    "jazzcash": {
        "as it comes": lambda scene: scene.genuine, "the salt that is being rotated out": fields(dict, salt=ROTATED),
        "empty fields left out": unsigned(lambda pairs: [pair for pair in pairs if pair[1]]),
        "more empty fields": unsigned(lambda pairs: [*pairs, ("pp_CNIC", ""), ("ppmpf_9", "")]),
        "its fields in another order": unsigned(lambda pairs: pairs[::-1]),
        "its hash in small letters": recased(str.lower),
        "its spaces written otherwise": lambda scene: (scene.genuine[0].replace(b"+", b"%20"), {}),
        "everything written as numbers": lambda scene: (
            "&".join(f"{name}={quote(value, safe='')}" for name, value in parse_qsl(scene.genuine[0].decode(), keep_blank_values=True)).encode(), {}
        ),
        "a free field that was signed": fields(lambda told: told | {"ppmpf_1": "ours"}),
        "a field that is no part of it": unsigned(lambda pairs: [*pairs, ("utm_source", "x")]),
        "a time of last year": fields(lambda told: told | {"pp_TxnDateTime": "20251121100000"}),
        "no time": fields(lambda told: told | {"pp_TxnDateTime": ""}),
    },
}  # fmt: skip
