"""What is believed of an id token: a provider that lies in each way there is, over real HTTP."""

import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.auth.providers.google import Google
from services.auth.settings import Settings
from services.chassis import errors

CLIENT, NONCE = "client.example", "the nonce of this sign-in"
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CURVE = ec.generate_private_key(ec.SECP256R1())


@dataclass
class Liar:
    """Answers with what a test puts here, and remembers what it was asked."""

    url: str = ""
    token: str = ""
    status: int = 200
    document: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)


def public(key: Any, kid: str, algorithm: str) -> dict[str, Any]:
    made = (
        RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) if algorithm == "RS256" else ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    )
    return {**made, "kid": kid, "use": "sig", "alg": algorithm}


@pytest.fixture
def liar() -> Iterator[Liar]:
    found = Liar()

    class Handler(BaseHTTPRequestHandler):
        def _send(self, status: int, body: object, **headers: str) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            found.asked.append(self.path)
            self._send(200, {"keys": found.keys} if self.path == "/keys" else found.document)

        def do_POST(self) -> None:
            found.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            found.forms.append(dict(urllib.parse.parse_qsl(body)))
            if found.status == 307:
                self._send(307, {}, location=f"{found.url}/elsewhere")
            else:
                self._send(found.status, {"id_token": found.token} if found.status == 200 else {"error": "invalid_grant"})

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    found.document = {
        "issuer": found.url, "authorization_endpoint": f"{found.url}/go", "token_endpoint": f"{found.url}/token", "jwks_uri": f"{found.url}/keys",
    }  # fmt: skip
    found.keys = [public(KEY, "one", "RS256"), public(CURVE, "two", "ES256")]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def google(liar: Liar) -> Google:
    secret = "8fjQ2kd91zLq7Wm3Xv5Tb6Yn4Rc0Hs1G"
    return Google(Settings(service="auth", secret_key=secret, service_token=secret, google_client_id=CLIENT, google_issuer=liar.url))  # type: ignore[call-arg]


def claims(liar: Liar, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {
        "iss": liar.url, "aud": CLIENT, "sub": "1234", "iat": now, "exp": now + 60, "nonce": NONCE, "email": "ada@example.com", "email_verified": True,
        **changes,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not ...}


def signed(said: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(said, key, algorithm, {name: value for name, value in {"kid": "one", **header}.items() if value is not None})


def redeem(google: Google, liar: Liar, token: str) -> Any:
    liar.token = token
    return google.redeem("a code", "a verifier", NONCE)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_token_that_holds_is_believed(google: Google, liar: Liar, algorithm: str) -> None:
    key, kid = (KEY, "one") if algorithm == "RS256" else (CURVE, "two")
    found = redeem(google, liar, signed(claims(liar, aud=[CLIENT], azp=CLIENT, given_name="Ada"), key, algorithm, kid=kid))
    assert (found.subject, found.email, found.is_email_verified, found.first_name) == ("1234", "ada@example.com", True, "Ada")
    assert liar.forms[0]["code_verifier"] == "a verifier"


LIES: dict[str, Callable[[Liar], str]] = {
    "another issuer": lambda at: signed(claims(at, iss="https://accounts.example.com")),
    "the issuer with a slash": lambda at: signed(claims(at, iss=at.url + "/")),
    "no issuer": lambda at: signed(claims(at, iss=...)),
    "another audience": lambda at: signed(claims(at, aud="other.example")),
    "one audience among several": lambda at: signed(claims(at, aud=[CLIENT, "other.example"])),
    "no audience": lambda at: signed(claims(at, aud=...)),
    "for another party": lambda at: signed(claims(at, azp="other.example")),
    "expired": lambda at: signed(claims(at, exp=int(time.time()) - 60)),
    "no expiry": lambda at: signed(claims(at, exp=...)),
    "expiry in words": lambda at: _raw(claims(at, exp="tomorrow")),
    "from the future": lambda at: signed(claims(at, iat=int(time.time()) + 3600)),
    "not before later": lambda at: signed(claims(at, nbf=int(time.time()) + 3600)),
    "another nonce": lambda at: signed(claims(at, nonce="of another sign-in")),
    "no nonce": lambda at: signed(claims(at, nonce=...)),
    "nonce as a list": lambda at: signed(claims(at, nonce=[NONCE])),
    "no subject": lambda at: signed(claims(at, sub=...)),
    "subject empty": lambda at: signed(claims(at, sub="")),
    "unknown key": lambda at: signed(claims(at), OTHER, kid="three"),
    "another key by a known name": lambda at: signed(claims(at), OTHER),
    "no key id": lambda at: signed(claims(at), kid=None),
    "the wrong one of two keys": lambda at: signed(claims(at), kid="two"),
    "another algorithm with the right key": lambda at: signed(claims(at), algorithm="RS512"),
    "unsigned": lambda at: jwt.encode(claims(at), None, "none", {"kid": "one"}),
    "signed with the public key as a secret": lambda at: _confused(claims(at), at),
    "signature cut off": lambda at: signed(claims(at)).rpartition(".")[0] + ".",
    "signature changed": lambda at: signed(claims(at))[:-8] + "AAAAAAAA",
    "an access token": lambda at: signed(claims(at), typ="at+jwt"),
    "with critical extensions": lambda at: signed(claims(at), crit=["exp"]),
    "a key brought along": lambda at: signed(claims(at), OTHER, jwk=public(OTHER, "one", "RS256")),
    "no token": lambda _: "",
}


def _raw(said: dict[str, Any]) -> str:
    return jwt.PyJWS().encode(json.dumps(said).encode(), KEY, "RS256", {"kid": "one"})


def _confused(said: dict[str, Any], at: Liar) -> str:
    return jwt.PyJWS().encode(json.dumps(said).encode(), at.keys[0]["n"].encode(), "HS256", {"kid": "one"})


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_not_believed(google: Google, liar: Liar, lie: str) -> None:
    with pytest.raises(errors.Unauthenticated, match="ID_TOKEN_INVALID"):
        redeem(google, liar, LIES[lie](liar))


def test_a_hundred_unknown_keys_ask_for_the_keys_once(google: Google, liar: Liar) -> None:
    for number in range(100):
        with pytest.raises(errors.Unauthenticated):
            redeem(google, liar, signed(claims(liar), OTHER, kid=f"unknown-{number}"))
    assert liar.asked.count("/keys") == 1
    assert liar.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(("status", "problem"), [(400, errors.Unauthenticated), (401, errors.Unavailable), (500, errors.Unavailable)])
def test_what_the_provider_answers_tells_whose_fault_it_is(google: Google, liar: Liar, status: int, problem: type[Exception]) -> None:
    liar.status = status
    with pytest.raises(problem):
        redeem(google, liar, signed(claims(liar)))


def test_a_secret_and_a_code_are_carried_to_no_other_address(google: Google, liar: Liar) -> None:
    liar.status = 307
    with pytest.raises(errors.Unavailable):
        redeem(google, liar, signed(claims(liar)))
    assert "/elsewhere" not in liar.asked


@pytest.mark.parametrize("change", [{"issuer": "https://accounts.example.com"}, {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": ""}])
def test_a_discovery_document_that_is_not_the_issuers_is_not_used(google: Google, liar: Liar, change: dict[str, str]) -> None:
    liar.document |= change
    with pytest.raises(errors.Unavailable, match="GOOGLE_UNAVAILABLE"):
        google.address("state", NONCE, "verifier")


def test_without_a_client_nobody_is_sent_there(liar: Liar) -> None:
    secret = "8fjQ2kd91zLq7Wm3Xv5Tb6Yn4Rc0Hs1G"
    off = Google(Settings(service="auth", secret_key=secret, service_token=secret, google_issuer=liar.url))  # type: ignore[call-arg]
    with pytest.raises(errors.FailedPrecondition, match="GOOGLE_OFF"):
        off.address("state", NONCE, "verifier")
    assert liar.asked == []
