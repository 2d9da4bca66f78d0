"""Tokens of persons and of services, and those that are none (RFC 8725)."""

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from services.chassis import errors, ids, jose, tokens
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


def claims() -> dict[str, Any]:
    now = int(time.time())
    return {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + 900, **PERSON}


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(header: Any = None, payload: str | None = None, payload_part: str | None = None) -> str:
    """Signed by the right key, whatever it is: what a library would not let us write."""
    said = header if isinstance(header, str) else json.dumps(header or {"alg": "ES256", "kid": "ec", "typ": tokens.TYPE})
    body = payload_part or part((json.dumps(claims()) if payload is None else payload).encode())
    signed = f"{part(said.encode())}.{body}"
    return f"{signed}.{part(ECAlgorithm(ECAlgorithm.SHA256).sign(signed.encode(), PRIVATE['ec']))}"


def loose(text: str) -> str:
    """Another spelling of the same bytes: the last letter has bits that no byte takes."""
    text += " " * ((1 - len(text)) % 3)
    text += "" if text.endswith(" ") else "   "
    return part(text.encode())[:-1] + "B"


def decode_raw(signed: str) -> tuple[int, int]:
    signature = base64.urlsafe_b64decode(signed.rpartition(".")[2] + "==")
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


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
MADE = time.time()  # these are made when tests are collected, and may be looked at an hour later
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
    "algorithm None, in other letters": raw({"alg": "nOnE", "kid": "ec", "typ": tokens.TYPE}),
    "an algorithm in other letters": raw({"alg": "es256", "kid": "ec", "typ": tokens.TYPE}),
    "an algorithm that is no text": raw({"alg": ["ES256"], "kid": "ec", "typ": tokens.TYPE}),
    "no algorithm": raw({"kid": "ec", "typ": tokens.TYPE}),
    "no key": raw({"alg": "ES256", "typ": tokens.TYPE}),
    "a key that is no text": raw({"alg": "ES256", "kid": 1, "typ": tokens.TYPE}),
    "a key whose name is a path": raw({"alg": "ES256", "kid": "../../ec", "typ": tokens.TYPE}),
    "a key whose name is a query": raw({"alg": "ES256", "kid": "x' OR '1'='1", "typ": tokens.TYPE}),
    "an extension that must be understood": token(header={"crit": ["exp"]}),
    "a name twice in the header": raw('{"alg": "ES256", "alg": "ES256", "kid": "ec", "typ": "at+jwt"}'),
    "a name twice in the claims": raw(payload=json.dumps({"aud": "another"})[:-1] + ", " + json.dumps(claims())[1:]),
    "the type of a token for the web at large": token(header={"typ": "application/jwt"}),
    "a signature in another form": SIGNED.rpartition(".")[0] + "." + part(encode_dss_signature(*decode_raw(SIGNED))),
    "a signature of zeros": SIGNED.rpartition(".")[0] + "." + part(bytes(64)),
    "the signature of another token": SIGNED.rpartition(".")[0] + "." + token(role="viewer").rpartition(".")[2],
    "padding": SIGNED.replace(".", "=.", 1),
    "white space": SIGNED.replace(".", ". ", 1),
    "a line break at the end": SIGNED + "\n",
    "a letter of the other alphabet": SIGNED + "+",
    "bits that mean nothing": raw(payload_part=loose(json.dumps(claims()))),
    "four parts": SIGNED + ".e30",
    "five parts, as what is encrypted": f"{SIGNED}.e30.e30",
    "JSON instead": json.dumps(dict(zip(("protected", "payload", "signature"), SIGNED.split("."), strict=True))),
    "claims that are a list": raw(payload="[]"),
    "claims that are no JSON": raw(payload="claims"),
    "claims that are nested without end": raw(payload="[" * 5000),
    "more than any token needs": token(more="x" * 20_000),
    "an end that is text": token(exp=str(int(time.time()) + 900)),
    "an end that is true": token(exp=True),
    "an end that is no number": raw(payload=json.dumps(claims()).replace(str(claims()["exp"]), "NaN")),
    "an end that never comes": raw(payload=json.dumps(claims()).replace(str(claims()["exp"]), "Infinity")),
    "a start in the future": token(nbf=int(time.time()) + 600),
    "several audiences": token(aud=[ISSUER, "another"]),
    "an audience that contains ours": token(aud=f"{ISSUER}.example.com"),
    "no audiences": token(aud=[]),
    "several issuers": raw(payload=json.dumps({**claims(), "iss": [ISSUER]})),
    "an organization that is a list": raw(payload=json.dumps({**claims(), "org": [claims()["org"]]})),
    "no session": token(sid=None),
    "no role": token(role=None),
    "no token": "token",
    "nothing": "",
}  # fmt: skip


def test_what_is_made_by_hand_is_good_where_nothing_is_wrong_with_it(access: AccessTokens) -> None:
    assert str(access.verify(raw()).user_id) == PERSON["sub"]
    assert str(access.verify(raw(payload=json.dumps({**claims(), "aud": [ISSUER], "nbf": 0}))).user_id) == PERSON["sub"]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_token_is_not_valid_with(access: AccessTokens, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: MADE)
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
    monkeypatch.setattr(time, "time", lambda: now + 920)
    with pytest.raises(errors.Unauthenticated) as refusal:
        access.verify(signed)
    assert refusal.value.reason == "TOKEN_EXPIRED"


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


@pytest.mark.parametrize("away", [False, True])
def test_a_flood_of_unknown_keys_is_no_flood_of_fetches(monkeypatch: pytest.MonkeyPatch, *, away: bool) -> None:
    fetched: list[int] = []
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)

    def fetch() -> dict[str, Any]:
        fetched.append(1)
        if away:
            raise errors.Unavailable("KEYS_UNAVAILABLE", "away")
        return PUBLISHED

    verifier = AccessTokens(KeyRing(fetch), ISSUER)
    forged = [token(header={"kid": f"unknown-{number}"}) for number in range(500)]

    def present(wrong: str) -> str:
        with pytest.raises(errors.Refusal) as refusal:
            verifier.verify(wrong)
        return refusal.value.reason

    with ThreadPoolExecutor(16) as pool:
        reasons = set(pool.map(present, forged))
    assert reasons == {"KEYS_UNAVAILABLE" if away else "TOKEN_INVALID"}
    assert len(fetched) == 1


DECOYS: dict[str, dict[str, Any]] = {
    "a secret that everybody can read": {"kty": "oct", "alg": "HS256", "k": part(b"x" * 32)},
    "a secret under our algorithm's name": {"kty": "oct", "alg": "ES256", "k": part(b"x" * 32)},
    "another curve": {**ALGORITHM["ec"][1].to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True), "alg": "ES256"},
    "another curve under our curve's name": {
        **ALGORITHM["ec"][1].to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True), "alg": "ES256", "crv": "P-256"
    },
    "a point that is not on the curve": {**PUBLISHED["keys"][0], "y": part(bytes(32))},
    "no algorithm": {name: value for name, value in PUBLISHED["keys"][0].items() if name != "alg"},
    "for encryption": {**PUBLISHED["keys"][0], "use": "enc"},
    "for signing alone": {**PUBLISHED["keys"][0], "key_ops": ["sign"]},
    "a name that is no text": {**PUBLISHED["keys"][0], "kid": ["ec"]},
}  # fmt: skip


@pytest.mark.parametrize("decoy", DECOYS.values(), ids=DECOYS)
def test_a_published_key_is_not_used_that_is(decoy: dict[str, Any]) -> None:
    assert jose.read_keys({"keys": [{"kid": "decoy", **decoy}, PUBLISHED["keys"][1], "no key"]}, tokens.ALGORITHMS).keys() == {"ed"}


def test_two_published_keys_of_one_name_are_none() -> None:
    first, second, _ = PUBLISHED["keys"]
    assert jose.read_keys({"keys": [first, second, {**first}]}, tokens.ALGORITHMS).keys() == {"ed"}


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
def test_a_services_token_is_refused_when_it_is(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: MADE)
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
