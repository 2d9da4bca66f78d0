"""Tokens of persons and of services, and those that are none (RFC 8725)."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from services.chassis import errors, ids, tokens
from services.chassis.tokens import AccessTokens, KeyRing, ServiceTokens

ISSUER = "einstellen"
PRIVATE = {
    "ec": ec.generate_private_key(ec.SECP256R1()),
    "ed": ed25519.Ed25519PrivateKey.generate(),
    "rsa": rsa.generate_private_key(65537, 2048),
}
ALGORITHM = {"ec": ("ES256", ECAlgorithm), "ed": ("EdDSA", OKPAlgorithm), "rsa": ("RS256", RSAAlgorithm)}
PUBLISHED = {
    "keys": [
        {**ALGORITHM[name][1].to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": ALGORITHM[name][0]}
        for name, key in PRIVATE.items()
    ]
}
PERSON = {"sub": str(ids.mint()), "org": str(ids.mint()), "sid": str(ids.mint()), "kind": "business", "role": "owner"}


def token(key: Any = PRIVATE["ec"], algorithm: str = "ES256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + 900, **PERSON, **claims}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": "ec", "typ": tokens.TYPE, **(header or {})})


def hmac_with(secret: bytes, header: dict[str, Any]) -> str:
    """Signed with the public key for a secret, which the library itself refuses to do."""
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    body = token().split(".")[1]
    signed = f"{part(json.dumps(header).encode())}.{body}"
    return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


@pytest.fixture
def access() -> AccessTokens:
    return AccessTokens(KeyRing(lambda: PUBLISHED), ISSUER)


@pytest.mark.parametrize("name", ["ec", "ed"])
def test_a_token_names_its_person(access: AccessTokens, name: str) -> None:
    person = access.verify(token(PRIVATE[name], ALGORITHM[name][0], {"kid": name}))
    assert (str(person.user_id), str(person.tenant_id), str(person.session_id)) == (PERSON["sub"], PERSON["org"], PERSON["sid"])
    assert (person.kind, person.role, person.is_platform_admin) == ("business", "owner", False)


def test_only_the_word_true_makes_a_platform_administrator(access: AccessTokens) -> None:
    assert access.verify(token(admin=True)).is_platform_admin
    assert not any(access.verify(token(admin=value)).is_platform_admin for value in ("true", 1, ["x"], False))


PEM = PRIVATE["ec"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SIGNED = token()
WRONG = {
    "algorithm none": token(None, "none"),
    "HS256 with the public key": hmac_with(PEM, {"alg": "HS256", "kid": "ec", "typ": tokens.TYPE}),
    "HS256 with the public key, said to be ES256": hmac_with(PEM, {"alg": "ES256", "kid": "ec", "typ": tokens.TYPE}),
    "an algorithm that we do not use, though its key is published": token(PRIVATE["rsa"], "RS256", {"kid": "rsa"}),
    "a key that is published for another algorithm": token(PRIVATE["ec"], "ES256", {"kid": "ed"}),
    "an unknown key": token(ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": "unknown"}),
    "a stranger's key under a known name": token(ec.generate_private_key(ec.SECP256R1())),
    "a key that the token brings along": token(
        ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": "mine", "jwk": PUBLISHED["keys"][0], "jku": "http://127.0.0.1/keys"}
    ),
    "the type of another kind of token": token(header={"typ": "JWT"}),
    "the type of a service's token": token(header={"typ": tokens.SERVICE_TYPE}),
    "another audience": token(aud="another"),
    "no audience": token(aud=None),
    "another issuer": token(iss="another"),
    "no end": token(exp=None),
    "a beginning in the future": token(iat=int(time.time()) + 600),
    "no person": token(sub=None),
    "a person who is no id": token(sub="1 OR 1=1"),
    "no organization": token(org=None),
    "a changed claim": ".".join([SIGNED.split(".")[0], token(role="viewer").split(".")[1], SIGNED.split(".")[2]]),
    "no signature": SIGNED.rpartition(".")[0] + ".",
    "no token": "token",
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_token_is_not_valid_with(access: AccessTokens, wrong: str) -> None:
    with pytest.raises(errors.Unauthenticated) as refusal:
        access.verify(wrong)
    assert refusal.value.reason == "TOKEN_INVALID"


def test_a_token_that_has_expired_says_so(access: AccessTokens) -> None:
    with pytest.raises(errors.Unauthenticated) as refusal:
        access.verify(token(exp=int(time.time()) - 60))
    assert refusal.value.reason == "TOKEN_EXPIRED"


def test_a_token_that_was_verified_before_still_expires(access: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    signed, now = token(), time.time()
    access.verify(signed)
    monkeypatch.setattr(KeyRing, "key", lambda *_: pytest.fail("a verified token is remembered"))
    access.verify(signed)
    monkeypatch.undo()
    monkeypatch.setattr(time, "time", lambda: now + 901)
    monkeypatch.setattr("jwt.api_jwt.datetime", _later(now + 920))
    with pytest.raises(errors.Unauthenticated) as refusal:
        access.verify(signed)
    assert refusal.value.reason == "TOKEN_EXPIRED"


def _later(moment: float) -> type:
    from datetime import datetime  # noqa: PLC0415

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(moment, tz)

    return Later


def test_an_unknown_key_is_looked_up_at_once_but_not_at_every_token(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    document: dict[str, Any] = {"keys": []}
    ring = KeyRing(lambda: fetched.append(1) or document)
    assert ring.key("ec") is None
    document = PUBLISHED
    assert ring.key("ec") is None  # within two seconds nobody asks again
    assert len(fetched) == 1
    now[0] += 2.1
    assert ring.key("ec") is not None
    assert ring.key("ed") is not None
    assert len(fetched) == 2


def test_known_keys_stay_good_while_the_one_who_publishes_them_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    now, away = [1000.0], [False]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def fetch() -> dict[str, Any]:
        if away[0]:
            raise errors.Unavailable("KEYS_UNAVAILABLE", "away")
        return PUBLISHED

    ring = KeyRing(fetch)
    assert ring.key("ec") is not None
    away[0] = True
    now[0] += 10_000
    assert ring.key("ec") is not None
    with pytest.raises(errors.Unavailable):
        ring.key("unknown")


KEY = "3f9c1e7ab25d4860c1f2a9e8b7d60514"


def test_a_service_is_known_by_its_token_at_the_one_it_calls() -> None:
    assert ServiceTokens(KEY, "auth").verify(ServiceTokens(KEY, "jobs").sign("auth")) == "jobs"


def service_token(**changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": "jobs", "aud": "auth", "iat": now, "exp": now + 60, **changes.pop("claims", {})}
    return jwt.encode(
        {n: v for n, v in claims.items() if v is not None},
        changes.get("key", KEY),
        "HS256",
        {"typ": changes.get("typ", tokens.SERVICE_TYPE)},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ServiceTokens(KEY, "jobs").sign("notifications"), service_token(key="another key of thirty-two letters"), service_token(typ="JWT"),
        service_token(typ=tokens.TYPE), service_token(claims={"exp": int(time.time()) - 60}), service_token(claims={"exp": None}),
        service_token(claims={"iss": None}), service_token(claims={"aud": None}), token(None, "none"), token(), "token", "",
    ],
    ids=["replayed to another service", "another key", "a wrong type", "a person's type", "expired", "no end", "no name", "no audience", "none", "a person's",
         "no token", "nothing"],
)  # fmt: skip
def test_a_services_token_is_refused_when_it_is(wrong: str) -> None:
    with pytest.raises(errors.Unauthenticated) as refusal:
        ServiceTokens(KEY, "auth").verify(wrong)
    assert refusal.value.reason == "SERVICE_TOKEN_INVALID"


def test_a_services_token_is_made_anew_before_it_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    jobs = ServiceTokens(KEY, "jobs")
    first = jobs.sign("auth")
    now[0] += 20
    assert jobs.sign("auth") == first
    now[0] += 20
    assert jobs.sign("auth") != first
    assert jobs.sign("auth") != jobs.sign("notifications")
